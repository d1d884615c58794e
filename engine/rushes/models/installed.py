"""Which models a run can use: what the graph needs to know of the models folder, without opening it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from rushes.errors import Problem

PACKAGES: Mapping[str, str] = MappingProxyType(
    {"clip_tokenizer": "tokenizers", "whisper": "faster-whisper", "whisper_base": "faster-whisper"}
)
"""Model -> the optional distribution that reads it. What it makes of the model is as much its own as the model's: its
version belongs into every key that the model's digest is in, and without it the model is of no use."""


EXTRAS: Mapping[str, str] = MappingProxyType({"tokenizers": "words", "faster-whisper": "transcribe"})
"""Optional distribution -> the extra of ours that installs it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelFile:
    """An installed model that was checked. The path never enters a key."""

    path: str
    digest: str
    """BLAKE3 of its bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InstalledModels:
    """Models by name: those at hand, and why the others are not."""

    manifest_b3: str = ""
    """BLAKE3 of the manifest that they were checked against."""
    files: Mapping[str, ModelFile] = field(default_factory=dict[str, ModelFile])
    missing: Mapping[str, Problem] = field(default_factory=dict[str, Problem])
    """Wanted and not installed -> what is missing, and the command that installs it."""

"""What is said, written down by Whisper: what the analyzer `transcribe` takes and writes. The work is in transcribe_pass.py.

It needs the extra `transcribe` (the package faster-whisper) and one of the models `whisper_base` and `whisper`. `transcript`
reads its tables.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from rushes.analyze.spec import Analyzer, SoundWish, Wishes
from rushes.analyze.transcript import TABLES
from rushes.recipe.limits import Limits, check_limits

RATE_HZ = 16000
PARTS = ("", "_config", "_tokenizer", "_vocabulary")
"""A Whisper is four files; what their names in the manifest have behind that of the first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Params:
    """model: which Whisper writes; whisper is one of your choice, such as a larger one (`rushes models install whisper`).
    language: what is spoken, such as en; "": Whisper finds out from the first half minute of speech. beam: how many
    readings are weighed against each other at each word. prompt: a text in whose manner it writes; one with fillers has it
    write fillers, too, which it leaves out otherwise."""

    model: Literal["whisper_base", "whisper"] = "whisper_base"
    language: str = ""
    beam: Annotated[int, Limits(least=1, most=20)] = 5
    prompt: str = "Um, so, uh, like, hmm, okay."

    def __post_init__(self) -> None:
        check_limits(self)


def wishes(params: Params) -> Wishes:
    """One channel at the model's rate."""
    return Wishes(sound=SoundWish(rate_hz=RATE_HZ, channels=1))


def models(params: Params) -> tuple[str, ...]:
    """Whisper, in its four files."""
    return tuple(params.model + part for part in PARTS)


ANALYZER = Analyzer(
    name="transcribe",
    version=2,
    source="clip",
    params=Params,
    wishes=wishes,
    start="rushes.analyze.transcribe_pass:start",
    columns=(),
    tables=TABLES,
    # What computes and what finds speech, beside the package that reads the model (models.installed.PACKAGES).
    libraries=("av", "ctranslate2", "numpy", "onnxruntime"),
    models=models,
)

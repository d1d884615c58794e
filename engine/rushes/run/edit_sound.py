"""What the record of a run says of the sound of its edit: what of it is heard, and where somebody speaks."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from rushes.analyze.tables import unpack_tables
from rushes.recipe.build import spec_from_plain
from rushes.recipe.sound_spec import SoundSpec
from rushes.store.store import Store

Spans = list[tuple[float, float]]
"""Begin and end in seconds of the clip, half open."""


def sound_of(record: Mapping[str, Any]) -> SoundSpec:
    """edit.sound of a run. What a newer rushes says of it besides is left alone."""
    return spec_from_plain(SoundSpec, (record["recipe"].get("edit") or {}).get("sound") or {})


def speech_of(record: Mapping[str, Any], clips: Collection[str], cache: Path) -> dict[str, Spans]:
    """Clip -> its stretches of speech, of those that were listened to and that the store still knows."""
    if not cache.is_dir():
        return {}
    store = Store(cache)
    made = {node["id"]: node["outputs"] for node in record["nodes"]}
    found: dict[str, Spans] = {}
    for clip in sorted(clips):
        digest = made.get(f"analyze/speech/{clip}", {}).get("tables.bin")
        path = None if digest is None else store.verified(digest)
        spans = None if path is None else speech_spans(path.read_bytes())
        if spans is not None:
            found[clip] = spans
    return found


def speech_spans(tables: bytes) -> Spans | None:
    """What the analyzer `speech` wrote. None for sound that nobody could decode: it has no samples, which is not the same as no
    speech."""
    found, _ = unpack_tables(tables)
    return None if found["samples"].is_empty() else list(found["segments"].sort("start_s").iter_rows())

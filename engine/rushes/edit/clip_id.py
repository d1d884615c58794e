"""How new shots are called."""

from __future__ import annotations

from blake3 import blake3


def new_clip_id(digest: str, file: str, source_start_frames: int, record_start_frames: int) -> str:
    """Short and stable: the same source at the same place has the same name in every run."""
    facts = f"{digest}|{file}|{source_start_frames}|{record_start_frames}"
    return f"c{blake3(facts.encode()).hexdigest()[:12]}"

"""What is said of an edit of talk once it was changed: how much of what was said is still heard in it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from rushes.timeline.tree import Reasoning, Timeline


def stay_words(file: str, kept_s: float, duration_s: float) -> str:
    """How much of a clip an edit shows."""
    return f"{file}: {kept_s:.2f} s of {duration_s:.2f} s stay"


def talk_reasoning(timeline: Timeline, known: Mapping[str, Any]) -> Reasoning:
    """Objective, bound and gap of the shots as they stand, and a note on each clip that was heard. known: `said`, file ->
    stretches of speech in seconds, and `lengths_s`, file -> seconds, of the clips that the plan shows."""
    ranges = {file: _shown_s(timeline, file) for file in known["said"]}
    said_s = math.fsum(end - begin for stretches in known["said"].values() for begin, end in stretches)
    heard_s = math.fsum(_overlap_s(ranges[file], stretches) for file, stretches in known["said"].items())
    share = round(min(1.0, heard_s / said_s), 9)
    notes = [
        stay_words(file, math.fsum(end - begin for begin, end in ranges[file]), length_s)
        for file, length_s in known["lengths_s"].items()
    ]
    return replace(
        timeline.ai_reasoning,
        objective=share,
        bound=1.0,
        gap=round(1.0 - share, 9),
        objective_of="edit",
        notes=tuple(notes),
    )


def _shown_s(timeline: Timeline, file: str) -> list[tuple[float, float]]:
    """What is shown of a file, in seconds, sorted and without overlap."""
    shown = sorted(
        (float(clip.source_start_s()), float(clip.source_end_s(timeline.rate_fps)))
        for clip in timeline.clips
        if clip.file == file
    )
    found: list[tuple[float, float]] = []
    for begin, end in shown:
        if found and begin <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((begin, end))
    return found


def _overlap_s(ranges: Sequence[tuple[float, float]], stretches: Sequence[Sequence[float]]) -> float:
    return math.fsum(
        max(0.0, min(end, last) - max(begin, first)) for begin, end in ranges for first, last in stretches
    )

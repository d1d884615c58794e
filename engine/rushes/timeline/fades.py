"""How much of its first and last shot an edit takes to come out of black and to go into it."""

from __future__ import annotations

from rushes.timeline.tree import Timeline


def fade_frames(timeline: Timeline) -> tuple[int, int]:
    """Frames at the start and at the end that are faded: as many as are asked for and the shots there are seen alone.

    Where an edit has one shot, the start takes what it asks for and the end what is left.
    """
    if not timeline.clips:
        return 0, 0
    into = {part.from_clip: part.duration_frames // 2 for part in timeline.transitions}
    out_of = {part.to_clip: part.duration_frames - part.duration_frames // 2 for part in timeline.transitions}
    first, last = timeline.clips[0], timeline.clips[-1]
    opens = min(timeline.fades.in_frames, first.duration_frames - into.get(first.id, 0))
    taken = opens if first is last else 0
    closes = min(timeline.fades.out_frames, last.duration_frames - out_of.get(last.id, 0) - taken)
    return max(0, opens), max(0, closes)

"""Edits of made timelines, without a folder: wishes become entries of a log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from rushes.timeline.edit_log import Edit, EditLog, append, new_log, read_log
from rushes.timeline.fold import fold
from rushes.timeline.make_edit import File, delete_edit, lock_edit, move_edit, replace_edit, trim_edit
from rushes.timeline.tree import Retime, RetimeKey, TimelineClip

AT = "2026-05-01T12:00:00Z"
FILE_S = Fraction(4)
"""Length of every file."""


def four_seconds(_clip: TimelineClip) -> Fraction | None:
    return FILE_S


def unknown_length(_clip: TimelineClip) -> Fraction | None:
    return None


def log_of(steps: Sequence[Edit | Sequence[Edit]], by: str = "ann", at: str = AT) -> EditLog:
    """A log of these edits; a sequence of them is one step."""
    log = new_log(b"plan")
    for step in steps:
        group = len(log.entries) + 1
        for edit in [step] if isinstance(step, Edit) else step:
            log = read_log(log.data + append(log, edit, at, by, group=group))
    return log


def undo(steps: int = 1) -> Edit:
    return Edit(action="undo", payload={"steps": steps})


def redo(steps: int = 1) -> Edit:
    return Edit(action="redo", payload={"steps": steps})


OTHER = File(name="other.mp4", digest="f" * 64, rate_fps=Fraction(25), length_s=Fraction(2))


def folded(plan, *steps):
    """The plan after these edits; a function makes its edit from the timeline as it then is."""
    made = []
    for step in steps:
        made.append(step(fold(plan, log_of(made).entries)) if callable(step) else step)
    return fold(plan, log_of(made).entries)


def shots(timeline):
    return [(clip.id, clip.timeline_start_frames, clip.duration_frames) for clip in timeline.clips]


def sources(timeline):
    return {clip.id: clip.source_start_frames for clip in timeline.clips}


def cuts(timeline):
    return [
        (part.type, part.at_frames, part.beat_index if part.at_beat else None)
        for part in timeline.transitions
    ]


def delete(place, reason="", **options):
    return lambda now: delete_edit(now, now.clips[place - 1], reason, four_seconds, **options)


def move(here, there, **options):
    return lambda now: move_edit(now, now.clips[here - 1], there, four_seconds, **options)


def trim(place, start_s=None, end_s=None, **options):
    ends = [None if at is None else Fraction(at) for at in (start_s, end_s)]
    return lambda now: trim_edit(now, now.clips[place - 1], *ends, four_seconds, **options)


def lock(place, what="both", **options):
    return lambda now: lock_edit(now, now.clips[place - 1], what, **options)


def swap(place, start_s=None, file=OTHER):
    start = None if start_s is None else Fraction(start_s)
    return lambda now: replace_edit(now, now.clips[place - 1], file, start)


def ramped(plan):
    """Its second clip begins at double speed and goes on at two thirds."""
    keys = ((0, 0.0), (15, 1.0), (45, 5 / 3))
    retime = Retime(keys=tuple(RetimeKey(at_frames=at, source_s=round(s, 6)) for at, s in keys))
    first, second, *rest = plan.clips
    return replace(plan, clips=(first, replace(second, retime=retime), *rest))


def range_of(clip_id, start, duration):
    return {"clip_id": clip_id, "source_start_frames": start, "duration_frames": duration, "took": []}

"""Which shots a section of an edit holds: its borders are cuts, those nearest to the times that were asked for."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from rushes.errors import Problem, RecipeError
from rushes.timeline.tree import Timeline

_SAME_S = Fraction(1, 200)


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """Half-open, in record frames, from cut to cut. notes: where it differs from what was asked, in words."""

    start_frames: int
    end_frames: int
    notes: tuple[str, ...]


def section_between(timeline: Timeline, start_s: Fraction | None, end_s: Fraction | None) -> Section:
    """The section from the cut nearest to start_s to the one nearest to end_s; None: from the beginning, to the end.

    Raises RecipeError where that is outside the edit, empty, or inside one shot.
    """
    length_s = timeline.duration_s()
    begin_s, stop_s = Fraction(0) if start_s is None else start_s, length_s if end_s is None else end_s
    asked = f"--section {_time(begin_s)}..{_time(stop_s)}"
    whole = f"--section 0s..{_time(length_s)}"
    if begin_s >= stop_s:
        raise RecipeError(
            Problem(None, f"{asked} is empty", "write the earlier time first, such as --section 8s..15s")
        )
    if begin_s >= length_s or stop_s > length_s + Fraction(1, 2) / timeline.rate_fps + _SAME_S:
        what = f"{asked} is not inside the edit, which lasts {_time(length_s)}"
        raise RecipeError(Problem(None, what, f"give times up to {_time(length_s)}; all of it is {whole}"))
    cuts = [clip.timeline_start_frames for clip in timeline.clips] + [timeline.duration_frames]
    start, end = (
        min(cuts, key=lambda cut: (abs(cut / timeline.rate_fps - at), cut)) for at in (begin_s, stop_s)
    )
    if start >= end:
        raise RecipeError(_inside(timeline, asked, begin_s, stop_s))
    notes = tuple(
        f"the section {verb} at {_time(cut / timeline.rate_fps)}, the cut nearest to {_time(at)}"
        for verb, cut, at in (("begins", start, begin_s), ("ends", end, stop_s))
        if abs(cut / timeline.rate_fps - at) > _SAME_S
    )
    return Section(start_frames=start, end_frames=end, notes=notes)


def _inside(timeline: Timeline, asked: str, start_s: Fraction, end_s: Fraction) -> Problem:
    middle_s = (start_s + end_s) / 2
    rate = timeline.rate_fps
    place, clip = next(
        (place, clip)
        for place, clip in enumerate(timeline.clips, start=1)
        if clip.timeline_end_frames() / rate > middle_s or place == len(timeline.clips)
    )
    own = f"{_time(clip.timeline_start_s(rate))}..{_time(clip.timeline_end_frames() / rate)}"
    return Problem(
        None,
        f"{asked} lies inside one shot or around one cut: no whole shot is in it",
        f"--section {own} makes clip {place} ({clip.id}, {clip.file}) anew",
    )


def _time(at_s: Fraction) -> str:
    return f"{round(float(at_s), 2):g}s"

"""Whether a section that was made anew still fits an edit that was changed since."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from rushes.timeline.parts_document import clip_from_document
from rushes.timeline.tree import Timeline, TimelineClip, Transition

_Range = tuple[str, Fraction, Fraction]


def section_fits(payload: Mapping[str, Any], then: Timeline, now: Timeline) -> bool:
    """Whether nothing inside a section or at its borders changed, and no new shot shows what was shown, or taken out,
    elsewhere since. payload: of a `regenerate_requested` that was made on `then`."""
    start, end = payload["section_start_frames"], payload["section_end_frames"]
    if _around(then, start, end) != _around(now, start, end):
        return False
    before = set(_ranges(then))
    elsewhere = [found for found in _ranges(now) if found not in before]
    old = {clip.id for clip in then.clips}
    made = [clip_from_document(clip) for clip in payload["clips"]]
    shown = [_range(clip, now.rate_fps) for clip in made if clip.id not in old]
    return not any(_overlap(one, other) for one in shown for other in elsewhere)


def _around(timeline: Timeline, start: int, end: int) -> tuple[object, ...]:
    """The shots of a section as they are, what its neighbours show, and its cuts."""
    inside = [clip for clip in timeline.clips if start <= clip.timeline_start_frames < end]
    beside = [
        (
            clip.id,
            clip.digest,
            clip.source_start_frames,
            clip.timeline_start_frames,
            clip.duration_frames,
            clip.retime,
        )
        for clip in timeline.clips
        if end == clip.timeline_start_frames or clip.timeline_start_frames + clip.duration_frames == start
    ]
    return inside, beside, [part for part in timeline.transitions if _touches(part, start, end)]


def _touches(part: Transition, start: int, end: int) -> bool:
    return start <= part.at_frames <= end


def _ranges(timeline: Timeline) -> Iterator[_Range]:
    for clip in timeline.clips:
        yield _range(clip, timeline.rate_fps)
    for gone in timeline.deleted_clips:
        rate_fps = Fraction(gone["source_rate_fps"])
        yield gone["digest"], gone["source_start_frames"] / rate_fps, gone["source_end_frames"] / rate_fps


def _range(clip: TimelineClip, rate_fps: Fraction) -> _Range:
    return clip.digest, clip.source_start_s(), clip.source_end_s(rate_fps)


def _overlap(one: _Range, other: _Range) -> bool:
    return one[0] == other[0] and one[1] < other[2] and other[1] < one[2]

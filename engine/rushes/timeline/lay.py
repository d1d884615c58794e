"""Shots laid one after another again after an edit: record positions, cuts, and which of them lie on beats."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

from rushes.timeline.titles import placed
from rushes.timeline.tree import Retime, RetimeKey, Timeline, TimelineClip, TimelineSong, Transition
from rushes.units import seconds_to_frames


def laid(timeline: Timeline, clips: Sequence[TimelineClip]) -> Timeline:
    """The timeline with these shots, one after another from frame 0.

    A transition stays where both its shots still meet as they did; else there is a hard cut. Cuts that moved get the
    beat that they lie on now. Titles stay with what they are bound to, and go where that is gone.
    """
    laid_clips: list[TimelineClip] = []
    at = 0
    for clip in clips:
        laid_clips.append(
            clip if clip.timeline_start_frames == at else replace(clip, timeline_start_frames=at)
        )
        at += clip.duration_frames
    after = replace(
        timeline,
        clips=tuple(laid_clips),
        duration_frames=at,
        transitions=_transitions(timeline, laid_clips),
    )
    return placed(after, timeline.titles) if timeline.titles else after


def beat_at(song: TimelineSong | None, at_frames: int, rate_fps: Fraction) -> int | None:
    """The beat of the song that lies within a frame of a record position, the nearest one; None: there is none."""
    if song is None or not song.beats:
        return None
    at_s = song.start_s + float(at_frames / rate_fps)
    nearest = _nearest(song.beats, at_s)
    # A millionth: the precision of beats in the document.
    return nearest if abs(song.beats[nearest] - at_s) <= float(1 / rate_fps) + 1e-6 else None


def nearest_beat_frames(song: TimelineSong | None, at_frames: int, rate_fps: Fraction) -> int | None:
    """The record position of the beat nearest to one; None where the song has no beats."""
    if song is None or not song.beats:
        return None
    beat_s = song.beats[_nearest(song.beats, song.start_s + float(at_frames / rate_fps))]
    return seconds_to_frames(beat_s - song.start_s, rate_fps)


def with_range(
    clip: TimelineClip, source_start_frames: int, duration_frames: int, rate_fps: Fraction
) -> TimelineClip:
    """The shot with another source range of the same file. A retimed shot keeps the speed of every picture that stays; of
    the same length it keeps its speeds and shows other pictures. A crop was made for what was shown: where more than a
    frame is shown besides, the shot has none, until one is made for its new range."""
    retime = clip.retime
    if retime is not None and duration_frames != clip.duration_frames:
        moved_s = source_start_frames / clip.source_rate_fps - clip.source_start_s()
        retime = _cut_retime(retime, moved_s, duration_frames)
    changed = replace(
        clip, source_start_frames=source_start_frames, duration_frames=duration_frames, retime=retime
    )
    return changed if _is_inside(changed, clip, rate_fps) else replace(changed, reframe=None)


def frame_showing(retime: Retime, source_s: Fraction) -> int:
    """The frame of a retimed shot, nearest whole one, at which so much source has run; also beyond both ends."""
    if source_s == 0:
        return 0
    stretches = list(pairwise(retime.keys))
    a, b = next((pair for pair in stretches if source_s < pair[1].source_s), stretches[-1])
    share = (source_s - Fraction(a.source_s)) / (Fraction(b.source_s) - Fraction(a.source_s))
    return round(a.at_frames + share * (b.at_frames - a.at_frames))


def _is_inside(clip: TimelineClip, before: TimelineClip, rate_fps: Fraction) -> bool:
    """Whether a shot shows nothing but what it showed before, to within a frame: ends are rounded."""
    slack_s = max(1 / rate_fps, 1 / clip.source_rate_fps)
    begins = clip.source_start_s() >= before.source_start_s() - slack_s
    return begins and clip.source_end_s(rate_fps) <= before.source_end_s(rate_fps) + slack_s


def _nearest(times: Sequence[float], at_s: float) -> int:
    """Index of the nearest of ascending times; of two as near the earlier."""
    after = bisect_left(times, at_s)
    if after == 0:
        return 0
    if after == len(times):
        return after - 1
    return after if times[after] - at_s < at_s - times[after - 1] else after - 1


def _transitions(timeline: Timeline, clips: Sequence[TimelineClip]) -> tuple[Transition, ...]:
    if not timeline.transitions and len(timeline.clips) > 1:
        return ()
    before = {clip.id: clip for clip in timeline.clips}
    known = {(part.from_clip, part.to_clip): part for part in timeline.transitions}
    found: list[Transition] = []
    for a, b in pairwise(clips):
        old = known.get((a.id, b.id))
        at = b.timeline_start_frames
        if old is not None and old.at_frames == at and (before[a.id], before[b.id]) == (a, b):
            found.append(old)
            continue
        beat = beat_at(timeline.song, at, timeline.rate_fps)
        if old is not None and old.at_frames == at:
            beat = old.beat_index if old.at_beat else beat
        if old is None or not _still_meet(old, before, a, b, timeline.rate_fps):
            old = Transition(
                from_clip=a.id,
                to_clip=b.id,
                type="hard_cut",
                at_frames=at,
                duration_frames=0,
                at_beat=False,
                beat_index=None,
            )
        found.append(replace(old, at_frames=at, at_beat=beat is not None, beat_index=beat))
    return tuple(found)


def _still_meet(
    transition: Transition,
    before: dict[str, TimelineClip],
    a: TimelineClip,
    b: TimelineClip,
    rate_fps: Fraction,
) -> bool:
    """Whether the pictures at both sides of a cut are those that its transition was made for, with room for it."""
    was_a, was_b = before[a.id], before[b.id]
    out = (was_a.digest, was_a.source_end_s(rate_fps)) == (a.digest, a.source_end_s(rate_fps))
    into = (was_b.digest, was_b.source_start_frames) == (b.digest, b.source_start_frames)
    shorter = min(a.duration_frames - was_a.duration_frames, b.duration_frames - was_b.duration_frames) < 0
    room = min(a.duration_frames, b.duration_frames) >= 2 * transition.duration_frames
    return out and into and (room or not shorter)


def _cut_retime(retime: Retime, moved_s: Fraction, duration_frames: int) -> Retime:
    """The speeds from the picture that lies `moved_s` of source after the first one, for a number of frames."""
    head = frame_showing(retime, moved_s)
    base_s = retime.source_s(head)
    inner = [key for key in retime.keys if head < key.at_frames < head + duration_frames]
    ends = [
        RetimeKey(at_frames=at, source_s=float(retime.source_s(at))) for at in (head, head + duration_frames)
    ]
    keys = tuple(
        RetimeKey(at_frames=key.at_frames - head, source_s=_micro(Fraction(key.source_s) - base_s))
        for key in (ends[0], *inner, ends[1])
    )
    return replace(retime, keys=keys)


def _micro(seconds: Fraction) -> float:
    return round(float(seconds), 6) + 0.0

"""Who gives or takes time when an edit makes the shots of a stretch too long or too short for it.

Shots that are locked in position stand still, so the shots between two of them must fill what lies between. What an edit
takes away or adds there is evened out by the two shots beside it and by no others. Behind the last of them an edit may
get shorter or longer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

from rushes.errors import Problem
from rushes.timeline.edit_log import EditError
from rushes.timeline.lay import nearest_beat_frames, with_range
from rushes.timeline.locks import holds_position, holds_source, lock_words
from rushes.timeline.name_clip import called
from rushes.timeline.tree import Timeline, TimelineClip

LEAST_S = Fraction(1, 4)
"""No shot is made shorter than that to make room for another: it would be a flash."""

Media = Callable[[TimelineClip], Fraction | None]
"""Length of a shot's file in seconds, None: unknown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What an edit makes of the shots, before they fit.

    shots: in their new order, with the ranges they shall have. seams: where time is missing or too much: index n is the
    cut before shot n, 0 and len(shots) are the ends. fixed: the shot that the edit is about, which gives and takes nothing
    itself. tail_first: the shot before a seam is asked first, else the one after. closed: the edit keeps its length.
    on_beat: cuts that move, move on to the nearest beat.
    """

    shots: tuple[TimelineClip, ...]
    seams: tuple[int, ...]
    tail_first: bool
    fixed: int | None = None
    closed: bool = False
    on_beat: bool = False


def settled(timeline: Timeline, wish: Wish, media: Media) -> tuple[TimelineClip, ...]:
    """The shots of the wish with ranges that fit; record positions are still the old ones.

    Raises EditError where no shot beside the edit can give or take the time.
    """
    shots = list(wish.shots)
    for first, last in _stretches(timeline, wish):
        begin = shots[first - 1].timeline_end_frames() if first else 0
        if last == len(shots) and not wish.closed:
            continue
        end = timeline.duration_frames if last == len(shots) else shots[last].timeline_start_frames
        missing = end - begin - sum(shot.duration_frames for shot in shots[first:last])
        if missing:
            seam = next((seam for seam in wish.seams if first <= seam <= last), last)
            tail = seam - 2 if seam - 1 == wish.fixed else seam - 1
            ends = [("tail", tail), ("head", seam)][:: 1 if wish.tail_first else -1]
            _even_out(timeline, shots, (first, last), missing, ends, media)
    if wish.on_beat and not wish.closed:
        _snap(timeline, shots, min(wish.seams), media)
    return tuple(shots)


def ended_on_beat(timeline: Timeline, clip: TimelineClip, media: Media) -> TimelineClip:
    """The shot ended at the beat nearest to its end, where its file and its length allow it."""
    end = clip.timeline_end_frames()
    beat = nearest_beat_frames(timeline.song, end, timeline.rate_fps)
    if beat is None or abs(beat - end) > _room(timeline, clip, "tail", beat - end, media)[0]:
        return clip
    return with_tail(clip, beat - end, timeline.rate_fps)


def head_room_frames(clip: TimelineClip, rate_fps: Fraction) -> int:
    """How many timeline frames the shot can begin earlier in its file."""
    per_frame = clip.source_at_s(0, rate_fps) - clip.source_at_s(-1, rate_fps)
    return floor(clip.source_start_s() / per_frame)


def tail_room_frames(clip: TimelineClip, rate_fps: Fraction, media: Media) -> int:
    """How many timeline frames the shot can end later in its file; 0 where nobody knows how long that is."""
    length_s = media(clip)
    if length_s is None:
        return 0
    last = clip.duration_frames
    per_frame = clip.source_at_s(last + 1, rate_fps) - clip.source_at_s(last, rate_fps)
    return max(0, floor((length_s - clip.source_end_s(rate_fps)) / per_frame))


def with_head(clip: TimelineClip, frames: int, rate_fps: Fraction) -> TimelineClip:
    """The shot begun so many timeline frames earlier in its file and as much longer; negative: later and shorter. Its last
    picture stays, to within a source frame."""
    start = max(0, floor(clip.source_at_s(-frames, rate_fps) * clip.source_rate_fps))
    return with_range(clip, start, clip.duration_frames + frames, rate_fps)


def with_tail(clip: TimelineClip, frames: int, rate_fps: Fraction) -> TimelineClip:
    """The shot ended so many timeline frames later in its file; negative: earlier."""
    return with_range(clip, clip.source_start_frames, clip.duration_frames + frames, rate_fps)


def _stretches(timeline: Timeline, wish: Wish) -> Iterator[tuple[int, int]]:
    """Shots between two that are locked in position, or an end: first index, index behind the last."""
    first = 0
    for at, shot in enumerate(wish.shots):
        if holds_position(shot):
            yield first, at
            first = at + 1
    yield first, len(wish.shots)


@dataclass(frozen=True, slots=True)
class _Side:
    """An end of a shot beside a seam. room: how many frames it can take or give; why: what says more where it cannot."""

    end: str
    at: int
    room: int
    why: str


def _even_out(
    timeline: Timeline,
    shots: list[TimelineClip],
    stretch: tuple[int, int],
    missing: int,
    ends: Sequence[tuple[str, int]],
    media: Media,
) -> None:
    """Let the shots at the seam fill `missing` frames, or give them up where that is negative. ends: which end of which
    shot, the first one asked first."""
    first, last = stretch
    sides = [
        _Side(end, at, *_room(timeline, shots[at], end, missing, media))
        for end, at in ends
        if first <= at < last
    ]
    if sum(side.room for side in sides) < abs(missing):
        raise EditError(_cannot(timeline, shots, last, missing, sides))
    for side, part in zip(sides, _parts(timeline, shots, first, sides, missing), strict=True):
        move = with_tail if side.end == "tail" else with_head
        if part:
            shots[side.at] = move(shots[side.at], part, timeline.rate_fps)


def _parts(
    timeline: Timeline, shots: Sequence[TimelineClip], first: int, sides: Sequence[_Side], missing: int
) -> tuple[int, ...]:
    """Frames that each side takes, negative: gives. One does all where it can; two share so that the cut between them lies
    on a beat, the first one with as much as it can."""
    size, sign = abs(missing), 1 if missing > 0 else -1
    for at, side in enumerate(sides):
        if side.room >= size:
            return tuple(missing if at == other else 0 for other in range(len(sides)))
    one, other = sides
    choices = range(one.room, size - other.room - 1, -1)
    tail = next(side for side in sides if side.end == "tail")
    begin = sum(shot.duration_frames for shot in shots[first : tail.at + 1])
    begin += shots[first - 1].timeline_end_frames() if first else 0

    def is_on_beat(part: int) -> bool:
        cut = begin + sign * (part if one is tail else size - part)
        return nearest_beat_frames(timeline.song, cut, timeline.rate_fps) == cut

    part = next((part for part in choices if is_on_beat(part)), choices[0])
    return sign * part, sign * (size - part)


def _room(timeline: Timeline, shot: TimelineClip, side: str, missing: int, media: Media) -> tuple[int, str]:
    """How many frames a shot can take (missing > 0) or give, and why it cannot where that says more."""
    if holds_source(shot):
        return 0, f"{shot.id} is {lock_words(shot)}"
    if missing < 0:
        return max(0, shot.duration_frames - ceil(LEAST_S * timeline.rate_fps)), ""
    if side == "head":
        return head_room_frames(shot, timeline.rate_fps), ""
    if media(shot) is None:
        return 0, f"nobody knows how long {shot.file} is"
    return tail_room_frames(shot, timeline.rate_fps, media), ""


def _cannot(
    timeline: Timeline, shots: Sequence[TimelineClip], last: int, missing: int, sides: Sequence[_Side]
) -> Problem:
    if last < len(shots):
        anchor = shots[last]
        at_s = float(anchor.timeline_start_s(timeline.rate_fps))
        where = f"before {called(timeline, anchor)}, which stands at {at_s:.2f} s and is {lock_words(anchor)}"
        fix = f"unlock it with `rushes edit OUT unlock {anchor.id}`, or replace the clip instead"
    else:
        where = "at this place, so that the edit keeps its length"
        fix = "let the edit change its length with --ripple"
    word = "would be missing" if missing > 0 else "would be too much"
    verb = "has" if missing > 0 else "can spare"
    said = [side.why or f"{shots[side.at].id} {verb} {_s(side.room, timeline)}" for side in sides]
    beside = f": beside it, {', '.join(said)}" if said else ": there is no other shot beside it"
    return Problem(None, f"{_s(abs(missing), timeline)} {word} {where}{beside}", fix)


def _s(frames: int, timeline: Timeline) -> str:
    return f"{float(frames / timeline.rate_fps):.2f} s"


def _snap(timeline: Timeline, shots: list[TimelineClip], seam: int, media: Media) -> None:
    """Move every cut from the seam on to its nearest beat, as far as the shot before it allows. Only behind the last shot
    that is locked in position: what stands before it must keep its length."""
    free = max((at + 1 for at, shot in enumerate(shots) if holds_position(shot)), default=0)
    at = shots[free - 1].timeline_end_frames() if free else 0
    for place in range(free, len(shots) - 1):
        shot = shots[place]
        at += shot.duration_frames
        beat = nearest_beat_frames(timeline.song, at, timeline.rate_fps)
        if beat is None or place + 1 < seam or holds_source(shot):
            continue
        if abs(beat - at) <= _room(timeline, shot, "tail", beat - at, media)[0]:
            shots[place] = with_tail(shot, beat - at, timeline.rate_fps)
            at = beat

"""When titles are shown: their places worked out anew whenever shots move."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from rushes.media.find import matches_any
from rushes.timeline.tree import Timeline, Title, TitlePlace
from rushes.units import seconds_to_frames

SHORT_S = 3.0
"""How long a title stays at the start, at the end or after a time, where nothing says so."""


def placed(timeline: Timeline, titles: tuple[Title, ...]) -> Timeline:
    """The timeline with these titles, each in the frames that its place means now; in order of time, then of name.

    One whose section is not heard or whose clip is not shown is not in the timeline.
    """
    found: list[Title] = []
    for title in titles:
        span = title_span(timeline, title.place)
        if span is not None:
            found.append(replace(title, start_frames=span[0], end_frames=span[1]))
    found.sort(key=lambda title: (title.start_frames, title.name))
    return replace(timeline, titles=tuple(found))


def title_span(timeline: Timeline, place: TitlePlace) -> tuple[int, int] | None:
    """First frame, and the one after the last; None where there is no frame for it."""
    end = timeline.duration_frames
    length = _frames(timeline, SHORT_S if place.length_s is None else place.length_s)
    if place.kind == "whole":
        span = (0, end)
    elif place.kind == "end":
        span = (end - length, end)
    elif place.kind == "time":
        begin = _frames(timeline, place.from_s or 0.0)
        span = (begin, begin + length if place.until_s is None else _frames(timeline, place.until_s))
        if place.until_s is not None and place.length_s is not None:
            span = (begin, min(span[1], begin + length))
    elif place.kind == "section":
        span = _section(timeline, place)
    elif place.kind == "clip":
        span = _shot(timeline, place)
    else:
        span = (0, length)
    begin, last = max(0, span[0]), min(end, span[1])
    return (begin, last) if begin < last else None


def hasty_titles(timeline: Timeline) -> dict[str, tuple[Title, str]]:
    """Name -> a title that stands too briefly to be read, and a warning; of those alone whose length follows from the edit."""
    found: dict[str, tuple[Title, str]] = {}
    for title in timeline.titles:
        stands_s = float((title.end_frames - title.start_frames) / timeline.rate_fps)
        words = sum(any(letter.isalnum() for letter in word) for word in title.look.text.split())
        # While it comes and goes it can be read half of the time.
        needs_s = max(_LEAST_S, words / _WORDS_PER_S + title.look.fade_s)
        if stands_s < needs_s - _ROUNDING_S and not _is_as_long_as_asked(timeline, title):
            counted = "1 word takes" if words == 1 else f"{words} words take"
            told = f"the title {title.name} stands {stands_s:.2f} s, too briefly to be read: {counted} about {needs_s:.1f} s"
            found[title.name] = title, told
    return found


_LEAST_S = 1.0
_WORDS_PER_S = 3.0
"""180 words a minute, the faster of the speeds that the subtitle guidelines of the BBC recommend."""
_ROUNDING_S = 0.05
HASTY_FIX = "make its shot longer, or say when it is shown with from_s and length_s"


def _is_as_long_as_asked(timeline: Timeline, title: Title) -> bool:
    place, frames = title.place, title.end_frames - title.start_frames
    if place.kind == "whole":
        return True
    if place.length_s is not None and frames >= _frames(timeline, place.length_s):
        return True
    return place.until_s is not None and title.end_frames >= _frames(timeline, place.until_s)


def _frames(timeline: Timeline, at_s: float) -> int:
    return seconds_to_frames(Fraction(str(at_s)), timeline.rate_fps)


def _section(timeline: Timeline, place: TitlePlace) -> tuple[int, int]:
    song = timeline.song
    for part in () if song is None else song.sections:
        assert song is not None
        begin, end = (max(0, _frames(timeline, at_s - song.start_s)) for at_s in (part.start_s, part.end_s))
        if part.label == place.name and begin < min(end, timeline.duration_frames):
            return begin, _at_most(timeline, place, begin, end)
    return 0, 0


def _shot(timeline: Timeline, place: TitlePlace) -> tuple[int, int]:
    for clip in timeline.clips:
        if matches_any(clip.file, (place.name,)):
            begin = clip.timeline_start_frames
            return begin, _at_most(timeline, place, begin, clip.timeline_end_frames())
    return 0, 0


def _at_most(timeline: Timeline, place: TitlePlace, begin: int, end: int) -> int:
    return end if place.length_s is None else min(end, begin + _frames(timeline, place.length_s))

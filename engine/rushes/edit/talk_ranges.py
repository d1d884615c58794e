"""Which parts of a recording of somebody who speaks stay: arithmetic on seconds, then on frames.

Everything that is rounded is rounded outwards, so that what stays holds all of what must stay.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

Span = tuple[float, float]
"""Begin and end in seconds, half open."""

REMNANT_S = 0.25
"""Voice beside a filler that no word of the transcript claims and that is shorter than this is the filler's own."""
_LEAST_FRAMES = 2
"""What is cut out is at least so long: less is no cut that anybody would make."""
_SLACK = Fraction(1, 10**6)
"""Of a frame: times are rounded to six digits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What is heard in a clip. speech: all that must stay; fillers: what must go. Both sorted, and apart from each other."""

    duration_s: float
    speech: tuple[Span, ...]
    fillers: tuple[tuple[float, float, str], ...] = ()
    """With what is said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pads:
    """What stays of silence, in seconds; see rushes.recipe.talk_spec."""

    before_s: float
    after_s: float
    min_silence_s: float
    min_shot_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A part of a clip that stays. start_frames counts frames of the clip, frames those of the edit."""

    start_frames: int
    frames: int


def heard_in(
    duration_s: float,
    voice: Iterable[Span],
    words: Iterable[Span],
    fillers: Iterable[tuple[float, float, str]],
) -> Heard:
    """What must stay and what must go. voice: where somebody is heard; words: where a transcript has a word that is no
    filler. A word that overlaps a filler stays whole."""
    said = joined(_inside(words, duration_s))
    gone = [
        (start, end, text)
        for first, last, text in fillers
        for start, end in without(_inside([(first, last)], duration_s), said)
    ]
    spans = [(start, end) for start, end, _ in gone]
    kept = without(joined([*_inside(voice, duration_s), *said]), joined(spans))
    edges = {edge for span in joined(spans) for edge in span}
    stays = [span for span in kept if not (said and _is_remnant(span, edges, said))]
    return Heard(duration_s=duration_s, speech=tuple(stays), fillers=tuple(sorted(gone)))


def _is_remnant(span: Span, edges: set[float], said: Sequence[Span]) -> bool:
    beside = span[0] in edges or span[1] in edges
    claimed = any(first < span[1] and span[0] < last for first, last in said)
    return beside and not claimed and span[1] - span[0] < REMNANT_S


def _inside(spans: Iterable[Span], duration_s: float) -> list[Span]:
    cut = [(max(0.0, first), min(duration_s, last)) for first, last in spans]
    return [span for span in cut if span[1] > span[0]]


def joined(spans: Iterable[Span]) -> list[Span]:
    """The same time as spans in order that neither overlap nor touch."""
    found: list[Span] = []
    for first, last in sorted(spans):
        if found and first <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], last))
        else:
            found.append((first, last))
    return found


def without(spans: Iterable[Span], holes: Sequence[Span]) -> list[Span]:
    """What is left of spans outside holes, which are in order and apart."""
    found: list[Span] = []
    for first, last in spans:
        at = first
        for begin, end in holes:
            if end <= at or begin >= last:
                continue
            if begin > at:
                found.append((at, begin))
            at = end
        if at < last:
            found.append((at, last))
    return found


def kept_spans(heard: Heard, pads: Pads) -> list[Span]:
    """What stays, in seconds: speech with some of the silence around it, silences that are too short to cut, no filler."""
    if not heard.speech:
        return []
    spans: list[Span] = []
    begin = heard.speech[0][0]
    for (_, end), (next_begin, _) in pairwise(heard.speech):
        if next_begin - end < pads.min_silence_s and not _fillers_in(heard, end, next_begin):
            continue
        spans.append((begin, end))
        begin = next_begin
    spans.append((begin, heard.speech[-1][1]))
    return _widened(_padded(spans, heard, pads), heard, pads.min_shot_s)


def _fillers_in(heard: Heard, begin: float, end: float) -> list[Span]:
    return [(first, last) for first, last, _ in heard.fillers if first < end and begin < last]


def _free(heard: Heard, begin: float, end: float) -> tuple[float, float]:
    """How far speech that ends at `begin`, and speech that begins at `end`, may reach into the gap between them."""
    fillers = _fillers_in(heard, begin, end)
    if not fillers:
        return end, begin
    return fillers[0][0], max(last for _, last in fillers)


def _padded(spans: Sequence[Span], heard: Heard, pads: Pads) -> list[Span]:
    found: list[Span] = []
    ends = [0.0, *(end for _, end in spans)]
    begins = [*(begin for begin, _ in spans), heard.duration_s]
    for place, (begin, end) in enumerate(spans):
        earliest = _free(heard, ends[place], begin)[1]
        latest = _free(heard, end, begins[place + 1])[0]
        found.append((max(earliest, begin - pads.before_s), min(latest, end + pads.after_s)))
    return _merged(found)


def _merged(spans: Sequence[Span]) -> list[Span]:
    """Pads that meet make one span; spans that touch at a filler of no length stay apart."""
    found: list[Span] = []
    for begin, end in spans:
        if found and begin < found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((begin, end))
    return found


def _widened(spans: Sequence[Span], heard: Heard, least_s: float) -> list[Span]:
    """Spans that are too short keep more of the silence after them, then of that before them."""
    found: list[Span] = []
    for place, (begin, end) in enumerate(spans):
        after = spans[place + 1][0] if place + 1 < len(spans) else heard.duration_s
        before = found[-1][1] if found else 0.0
        latest = max(end, min(after, _free(heard, end, after)[0]))
        wide = min(latest, max(end, begin + least_s))
        earliest = min(begin, max(before, _free(heard, before, begin)[1]))
        found.append((max(earliest, min(begin, wide - least_s)), wide))
    return _merged(found)


def stretches(
    spans: Sequence[Span], duration_s: float, source_rate_fps: Fraction, rate_fps: Fraction
) -> list[Stretch]:
    """Spans as whole frames, rounded outwards as far as the clip goes; those that would lie closer than two frames
    become one."""
    found: list[Stretch] = []
    least_s = _LEAST_FRAMES / rate_fps
    for begin, end in spans:
        start = max(0, math.floor(Fraction(begin) * source_rate_fps + _SLACK))
        if found and start / source_rate_fps < _end_s(found[-1], source_rate_fps, rate_fps) + least_s:
            start = found.pop().start_frames
        found.append(_stretch(start, end, duration_s, source_rate_fps, rate_fps))
    return found


def _stretch(
    start: int, end_s: float, duration_s: float, source_rate_fps: Fraction, rate_fps: Fraction
) -> Stretch:
    start_s = start / source_rate_fps
    wanted = math.ceil((Fraction(end_s) - start_s) * rate_fps - _SLACK)
    # A source of another rate may end within a frame of the edit: what is longer has no picture.
    most = math.floor((Fraction(duration_s) - start_s) * rate_fps + _SLACK)
    return Stretch(start_frames=start, frames=max(1, min(wanted, most)))


def _end_s(stretch: Stretch, source_rate_fps: Fraction, rate_fps: Fraction) -> Fraction:
    return stretch.start_frames / source_rate_fps + stretch.frames / rate_fps

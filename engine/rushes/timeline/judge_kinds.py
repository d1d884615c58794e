"""Each kind of constraint, judged from the shots of a timeline as they stand now."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType
from typing import Any

from rushes.recipe.constraint_spec import ConstraintSpec
from rushes.timeline.judge_footage import SPEECH_EDGE_S
from rushes.timeline.judge_shots import Column, Shots

_NEARLY = 1e-6


@dataclass(frozen=True, slots=True)
class Verdict:
    """How an edit stands to one constraint: what it limits as a number or in words, and whether it holds. wrong: indices of the
    shots that break one that looks at one shot at a time; None: it looks at many."""

    used: float | str
    holds: bool
    wrong: tuple[int, ...] | None = None


def between(used: float, asks: Mapping[str, Any], slack: float = _NEARLY) -> Verdict:
    """A number that has a least and a most value."""
    low, high = asks.get("min"), asks.get("max")
    holds = (low is None or used >= low - slack) and (high is None or used <= high + slack)
    return Verdict(used, holds)


def _where(spec: ConstraintSpec, shots: Shots) -> list[bool] | None:
    return [True] * len(shots.clips) if spec.where is None else shots.truth("where", spec.where)


def _share(spec: ConstraintSpec, shots: Shots, _row: Mapping[str, Any]) -> Verdict | None:
    truth, where = shots.truth("share", spec.share or ""), _where(spec, shots)
    if truth is None or where is None:
        return None
    frames = [clip.duration_frames if spec.by == "time" else 1 for clip in shots.clips]
    total = sum(length for length, there in zip(frames, where, strict=True) if there)
    if not total:
        return Verdict("no shot there", holds=True)
    part = sum(length for length, there, true in zip(frames, where, truth, strict=True) if there and true)
    return between(round(part / total, 6), {"min": spec.min, "max": spec.max})


def _count(spec: ConstraintSpec, shots: Shots, _row: Mapping[str, Any]) -> Verdict | None:
    truth, where = shots.truth("count", spec.count or ""), _where(spec, shots)
    if truth is None or where is None:
        return None
    low, high = (spec.min, spec.max) if spec.exactly is None else (spec.exactly, spec.exactly)
    return between(sum(a and b for a, b in zip(truth, where, strict=True)), {"min": low, "max": high})


def _uses(spec: ConstraintSpec, shots: Shots, row: Mapping[str, Any]) -> Verdict | None:
    values, where = shots.values("uses", spec.uses or ""), _where(spec, shots)
    if values is None or where is None:
        return None
    counts = Counter(value for value, there in zip(values, where, strict=True) if there and value is not None)
    most = max(counts.values(), default=0)
    least = min((counts[value] for value in row["offered"]), default=0)
    holds = (spec.max is None or most <= spec.max) and (spec.min is None or least >= spec.min)
    return Verdict(least if spec.min and spec.max is None else most, holds)


def _edge(spec: ConstraintSpec, shots: Shots, _row: Mapping[str, Any]) -> Verdict | None:
    truth = shots.truth(spec.kind, spec.first or spec.last or "")
    if truth is None:
        return None
    at = 0 if spec.first is not None else len(truth) - 1
    return Verdict("yes" if truth[at] else "no", truth[at], () if truth[at] else (at,))


def _order(spec: ConstraintSpec, shots: Shots, _row: Mapping[str, Any]) -> Verdict | None:
    truths = [shots.truth(f"order.{at}", text) for at, text in enumerate(spec.order or ())]
    known = [truth for truth in truths if truth is not None]
    if len(known) < len(truths):
        return None
    ranks = [
        next((at for at, truth in enumerate(known) if truth[shot]), None) for shot in range(len(known[0]))
    ]
    there = [rank for rank in ranks if rank is not None]
    holds = all(a <= b for a, b in pairwise(there))
    return Verdict("in order" if holds else "not in order", holds)


def longest_run(values: Sequence[Any]) -> int:
    """Most values in a row that are equal; None is equal to nothing."""
    longest = run = 0
    for before, now in pairwise([None, *values]):
        run = 0 if now is None else run + 1 if now == before else 1
        longest = max(longest, run)
    return longest


def _streak(spec: ConstraintSpec, shots: Shots, row: Mapping[str, Any]) -> Verdict | None:
    values: Column
    if row["text"]:
        values = shots.values("streak", spec.streak or "")
    else:
        truth = shots.truth("streak", spec.streak or "")
        values = None if truth is None else [value or None for value in truth]
    return None if values is None else between(longest_run(values), {"max": spec.max})


def _spacing(spec: ConstraintSpec, shots: Shots, _row: Mapping[str, Any]) -> Verdict | None:
    values = shots.values("spacing", spec.spacing or "")
    if values is None:
        return None
    ends: dict[Any, float] = {}
    gaps: list[float] = []
    for clip, value in zip(shots.clips, values, strict=True):
        if value is not None:
            gaps += [shots.start_s(clip) - ends[value]] if value in ends else []
            ends[value] = shots.start_s(clip) + shots.length_s(clip)
    if not gaps:
        return Verdict("no two shots", holds=True)
    return between(round(min(gaps), 6), {"min": spec.min_s}, 0.5 / float(shots.timeline.rate_fps))


def _of_cuts(keeps: Sequence[bool]) -> Verdict:
    return Verdict(f"{sum(keeps)} of {len(keeps)} cuts", all(keeps))


def _distinct(_spec: ConstraintSpec, shots: Shots, _row: Mapping[str, Any]) -> Verdict | None:
    looks = shots.looks()
    return None if looks is None else _of_cuts([a < 0 or a != b for a, b in pairwise(looks)])


def _after(spec: ConstraintSpec, shots: Shots, _row: Mapping[str, Any]) -> Verdict | None:
    key = "never" if spec.never is not None else "only"
    before, then = shots.truth("after", spec.after or ""), shots.truth(key, spec.never or spec.only or "")
    if before is None or then is None:
        return None
    right = [not now if key == "never" else now for now in then[1:]]
    return _of_cuts([not a or b for a, b in zip(before, right, strict=False)])


def _neighbours(spec: ConstraintSpec, shots: Shots, _row: Mapping[str, Any]) -> Verdict | None:
    keeps = shots.neighbours(spec.neighbours or "")
    return None if keeps is None else _of_cuts(keeps)


def _of_shots(wrong: Sequence[int], looked: int, what: str = "shots") -> Verdict:
    """What looks at one shot at a time. looked: at how many."""
    return Verdict(f"{looked - len(wrong)} of {looked} {what}", not wrong, tuple(wrong))


def _every(spec: ConstraintSpec, shots: Shots, _row: Mapping[str, Any]) -> Verdict | None:
    truth, where = shots.truth("every", spec.every or ""), _where(spec, shots)
    if truth is None or where is None:
        return None
    wrong = [at for at, (true, there) in enumerate(zip(truth, where, strict=True)) if there and not true]
    return _of_shots(wrong, sum(where))


def _length(spec: ConstraintSpec, shots: Shots, _row: Mapping[str, Any]) -> Verdict | None:
    truth = shots.truth("length", spec.length or "")
    if truth is None:
        return None
    lengths = {at: shots.length_s(clip) for at, clip in enumerate(shots.clips) if truth[at]}
    if not lengths:
        return Verdict("no such shot", True, ())
    frame_s = 0.5 / float(shots.timeline.rate_fps)
    limits = {"min": spec.min_s, "max": spec.max_s}
    wrong = tuple(at for at, length in lengths.items() if not between(length, limits, frame_s).holds)
    return Verdict(f"{min(lengths.values()):.2f} to {max(lengths.values()):.2f} s", not wrong, wrong)


def _cuts(spec: ConstraintSpec, shots: Shots, row: Mapping[str, Any]) -> Verdict | None:
    where, marks = _where(spec, shots), _marks_s(spec, shots, row)
    if where is None or marks is None:
        return None
    near_s = 1.0 / float(shots.timeline.rate_fps) + _NEARLY
    looked = [(at, at_s) for at, at_s in _cuts_s(shots) if where[at]]
    wrong = [at for at, at_s in looked if not any(abs(mark - at_s) <= near_s for mark in marks)]
    return _of_shots(wrong, len(looked), "cuts")


def _marks_s(spec: ConstraintSpec, shots: Shots, row: Mapping[str, Any]) -> Sequence[float] | None:
    """Song times that cuts are to lie on; None: the plan does not say them."""
    song = shots.timeline.song
    if song is None:
        return ()
    marks: Sequence[float] | None = {"beat": song.beats, "downbeat": song.downbeats}.get(
        spec.cuts or "", row.get("at_s")
    )
    return marks


def _cuts_s(shots: Shots) -> list[tuple[int, float]]:
    """Shots after the first, each with the song time of the cut before it."""
    song = shots.timeline.song
    begins_s = 0.0 if song is None else song.start_s
    return [(at, begins_s + shots.start_s(clip)) for at, clip in enumerate(shots.clips) if at]


def _hold(spec: ConstraintSpec, shots: Shots, row: Mapping[str, Any]) -> Verdict | None:
    """Cuts are whole frames, and moments lie where the song has them: half a frame is no difference."""
    song, moments = shots.timeline.song, row.get("at_s")
    if song is None:
        return Verdict("0 in the edit", True, ())
    if moments is None:
        return None
    slack_s = 0.5 / float(shots.timeline.rate_fps) + _NEARLY
    end_s = song.start_s + float(shots.timeline.duration_s())
    inside = [at for at in moments if song.start_s - slack_s <= at <= end_s + slack_s]
    wrong = tuple(
        at
        for at, cut_s in _cuts_s(shots)
        if any(_is_held(spec, cut_s - moment, slack_s) for moment in inside)
    )
    return Verdict(f"{len(inside)} in the edit", not wrong, wrong)


def _is_held(spec: ConstraintSpec, away_s: float, slack_s: float) -> bool:
    """Whether a cut so long after a moment, negative before it, lies where there must be none."""
    if abs(away_s) <= slack_s:
        return spec.before_s is not None and spec.after_s is not None
    most_s = spec.before_s if away_s < 0 else spec.after_s
    return most_s is not None and abs(away_s) < most_s - slack_s


def _uncut(_spec: ConstraintSpec, shots: Shots, _row: Mapping[str, Any]) -> Verdict | None:
    if shots.takes.are_known and not shots.takes.were_heard:
        return Verdict("nobody listened for speech", True, ())
    heard = [shots.takes.speech_s(clip.file) for clip in shots.clips]
    if not shots.takes.are_known or any(stretches is None for stretches in heard):
        return None
    wrong = [at for at, stretches in enumerate(heard) if _cuts_into(shots, at, stretches or ())]
    return _of_shots(wrong, len(heard))


def _cuts_into(shots: Shots, at: int, stretches: Iterable[Sequence[float]]) -> bool:
    """Whether a shot begins or ends in speech; by half a frame of its file is nothing, as it begins with a whole one."""
    clip = shots.clips[at]
    edge_s = SPEECH_EDGE_S + 0.5 / float(clip.source_rate_fps) + _NEARLY
    ends_s = (float(clip.source_start_s()), float(clip.source_end_s(shots.timeline.rate_fps)))
    return any(first + edge_s < end_s < last - edge_s for first, last in stretches for end_s in ends_s)


KINDS: Mapping[str, Callable[[ConstraintSpec, Shots, Mapping[str, Any]], Verdict | None]] = MappingProxyType(
    {
        "share": _share,
        "count": _count,
        "uses": _uses,
        "first": _edge,
        "last": _edge,
        "order": _order,
        "streak": _streak,
        "spacing": _spacing,
        "distinct": _distinct,
        "after": _after,
        "neighbours": _neighbours,
        "every": _every,
        "length": _length,
        "cuts": _cuts,
        "hold": _hold,
        "uncut": _uncut,
    }
)
"""None: what some shot is like that it looks at is not known."""

"""The edit as arithmetic: places, spans between them, units of footage that can fill a span, and the limits.

A *span* is an edge between two places of the grid. A *unit* is a piece of footage that is used as a whole or not at all.
A unit has a *kind*: all that the rules about what follows what need to know of it, such as its angle. The best edit is
the path of spans from the first place to the last, with one unit on each, that is worth most.

Rules with `weight` None are hard. One with a weight may be broken: each offence takes the weight times its size, as the
rule says, from the objective.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

IMPOSSIBLE = -np.inf


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Row:
    """A weighted count over all shots: low <= sum of span_part[span] x unit_part[unit] <= high.

    An offence is as large as the distance to the bounds.
    """

    name: str
    span_part: Floats
    """(spans,)"""
    unit_part: Floats
    """(units,)"""
    low: float = -np.inf
    high: float = np.inf
    weight: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Cover:
    """Of the shots that touch a window, at most one is of each group. Each shot too many in a window is an offence of 1."""

    name: str
    touches: Bools
    """(windows, spans) which spans touch which window."""
    unit_group: Ints
    """(units,) group of a unit; -1: in none."""
    weight: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Streak:
    """At most so many shots in a row are of one class. Each shot beyond is an offence as large as its span_weight."""

    name: str
    class_of_kind: Ints
    """(kinds,) class of a kind; -1 never counts as a streak."""
    most: int
    weight: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sequence:
    """Once a shot of a kind in `after` was shown, none of a kind in `before` may come. Each that comes is an offence as large
    as its span_weight."""

    name: str
    before: Bools
    """(kinds,)"""
    after: Bools
    """(kinds,) disjoint from before."""
    weight: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Follow:
    """Which kind may not follow which. An offence is as large as the span_weight of the shot that follows."""

    name: str
    forbidden: Bools
    """(kinds + 1, kinds) kind b right after a; the last row: as the first shot."""
    weight: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CutProblem:
    """What may follow what, and what it is worth.

    Spans are sorted by (end, start); units are sorted by kind, so that the units of one kind are a slice.
    """

    place_count: int
    span_start: Ints
    """(spans,) place at which a span begins."""
    span_end: Ints
    """(spans,) place at which it ends, above span_start."""
    span_weight: Floats
    """(spans,) share of the whole edit, 0..1: pair values are weighed with it."""
    value: Floats
    """(spans, units) worth of a unit on a span, already weighed; -inf where it does not fit."""
    unit_clip: Ints
    """(units,) which clip a unit belongs to."""
    unit_kind: Ints
    """(units,) its kind, ascending."""
    unit_limit: Ints
    """(units,) how often it may be used."""
    clip_limit: Ints
    """(clips,) how often all units of a clip may be used together."""
    wanted: Bools
    """(groups, clips) of each group at least one clip must be used."""
    pair_value: Floats
    """(kinds + 1, kinds) worth of kind b after kind a; the last row is for the first shot."""
    free_kind: int | None
    """The kind that stands for `not known`: it never counts as a streak."""
    max_streak: int | None
    """How many shots in a row may be of one kind; None: any number."""
    apart: bool
    """Two shots in a row never come from one clip."""
    rows: tuple[Row, ...] = ()
    covers: tuple[Cover, ...] = ()
    streaks: tuple[Streak, ...] = ()
    sequences: tuple[Sequence, ...] = ()
    follows: tuple[Follow, ...] = ()

    def __post_init__(self) -> None:
        if np.any(np.diff(self.unit_kind) < 0):
            raise ValueError("units are not sorted by kind")
        if np.any(self.span_start >= self.span_end):
            raise ValueError("a span ends before it begins")
        if np.any(np.diff(self.span_end * self.place_count + self.span_start) <= 0):
            raise ValueError("spans are not sorted by (end, start)")

    @property
    def kind_count(self) -> int:
        return int(self.pair_value.shape[1])

    def kind_slices(self) -> list[slice]:
        """Units of each kind."""
        marks = np.searchsorted(self.unit_kind, np.arange(self.kind_count + 1))
        return [slice(int(a), int(b)) for a, b in pairwise(marks)]


@dataclass(frozen=True, slots=True)
class Choice:
    """One shot: a span and the unit on it, as indices."""

    span: int
    unit: int


Choices = tuple[Choice, ...]


RowLike = Row | Cover | Streak | Sequence | Follow
"""Any rule that has a name, and a weight where it is soft."""

ROW_TOLERANCE = 1e-6
"""A count within this of its bounds keeps them: sums of shares are not exact."""


def rules_of(problem: CutProblem) -> tuple[RowLike, ...]:
    """All named rules, in a fixed order."""
    return (*problem.rows, *problem.covers, *problem.streaks, *problem.sequences, *problem.follows)


def offences(problem: CutProblem, choices: Choices) -> dict[str, float]:
    """How far each named rule is broken, soft and hard alike; rules that hold are left out."""
    found: dict[str, float] = {}
    for rule in rules_of(problem):
        size = _offence(problem, rule, choices)
        if size > 0.0:
            found[rule.name] = found.get(rule.name, 0.0) + size
    return found


def objective(problem: CutProblem, choices: Choices) -> float:
    """Worth of an edit, less what its offences against soft rules cost; -inf where a unit does not fit its span.

    Hard limits are not looked at.
    """
    total = 0.0
    before = problem.kind_count
    for choice in choices:
        kind = int(problem.unit_kind[choice.unit])
        total += float(problem.value[choice.span, choice.unit])
        total += float(problem.span_weight[choice.span] * problem.pair_value[before, kind])
        before = kind
    return total - soft_cost(problem, choices)


def soft_cost(problem: CutProblem, choices: Choices) -> float:
    """What the offences against soft rules take from the objective."""
    return math.fsum(
        rule.weight * _offence(problem, rule, choices)
        for rule in rules_of(problem)
        if rule.weight is not None
    )


def broken_limits(problem: CutProblem, choices: Choices) -> tuple[str, ...]:
    """Names of the limits and hard rules that an edit breaks, in a fixed order; empty for a lawful edit."""
    broken: list[str] = []
    spans = [choice.span for choice in choices]
    units = [choice.unit for choice in choices]
    clips = [int(problem.unit_clip[unit]) for unit in units]
    ends = [0, *(int(problem.span_end[span]) for span in spans)]
    if [int(problem.span_start[span]) for span in spans] != ends[:-1] or ends[-1] != problem.place_count - 1:
        broken.append("path")
    if any(not np.isfinite(problem.value[choice.span, choice.unit]) for choice in choices):
        broken.append("fit")
    if np.any(np.bincount(units, minlength=len(problem.unit_limit)) > problem.unit_limit):
        broken.append("unit_limit")
    clip_uses = np.bincount(clips, minlength=len(problem.clip_limit))
    if np.any(clip_uses > problem.clip_limit):
        broken.append("clip_limit")
    if np.any(problem.wanted @ clip_uses < 1):
        broken.append("wanted")
    if problem.apart and any(a == b for a, b in pairwise(clips)):
        broken.append("apart")
    streak = angle_streak(problem)
    if streak is not None and _offence(problem, streak, choices) > 0.0:
        broken.append("streak")
    for rule in rules_of(problem):
        tolerance = ROW_TOLERANCE if isinstance(rule, Row) else 0.0
        if rule.weight is None and _offence(problem, rule, choices) > tolerance:
            broken.append(rule.name)
    return tuple(broken)


def angle_streak(problem: CutProblem) -> Streak | None:
    """The built-in limit on shots of one kind in a row, as a rule."""
    if problem.max_streak is None:
        return None
    kinds = np.arange(problem.kind_count)
    free = -1 if problem.free_kind is None else problem.free_kind
    return Streak(name="streak", class_of_kind=np.where(kinds == free, -1, kinds), most=problem.max_streak)


def _offence(problem: CutProblem, rule: RowLike, choices: Choices) -> float:
    """How far a rule is broken, 0 where it holds."""
    spans = np.array([choice.span for choice in choices], dtype=np.int64)
    units = np.array([choice.unit for choice in choices], dtype=np.int64)
    if isinstance(rule, Row):
        count = float(rule.span_part[spans] @ rule.unit_part[units])
        return max(0.0, count - rule.high, rule.low - count)
    if isinstance(rule, Cover):
        return _crowded(rule, spans, rule.unit_group[units])
    kinds = problem.unit_kind[units]
    if isinstance(rule, Streak):
        wrong = _beyond(rule.class_of_kind[kinds], rule.most)
    elif isinstance(rule, Sequence):
        wrong = rule.before[kinds] & (np.cumsum(rule.after[kinds]) > 0)
    else:
        last = np.concatenate([[problem.kind_count], kinds[:-1]])[: len(kinds)]
        wrong = rule.forbidden[last, kinds]
    return float(problem.span_weight[spans][wrong].sum())


def _crowded(cover: Cover, spans: Ints, groups: Ints) -> float:
    """Shots too many, over all windows and groups."""
    total = 0
    members, uses = np.unique(groups[groups >= 0], return_counts=True)
    for group in members[uses > 1]:
        held = cover.touches[:, spans[groups == group]].sum(axis=1)
        total += int(np.maximum(held - 1, 0).sum())
    return float(total)


def _beyond(classes: Ints, most: int) -> Bools:
    """Which shots are beyond the streak that is allowed."""
    wrong = np.zeros(len(classes), dtype=bool)
    run, before = 0, -1
    for at, now in enumerate(classes.tolist()):
        run = 0 if now < 0 else run + 1 if now == before else 1
        wrong[at] = run > most
        before = now
    return wrong

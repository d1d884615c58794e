"""A problem of which most is settled: shots that stand still stay where they are, and what they break among themselves is no
fault of the shots that are chosen now."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from collections.abc import Sequence as Listed
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TypeVar

import numpy as np

from rushes.edit.build import Built
from rushes.edit.footage import Footage
from rushes.edit.places import Places, Spans
from rushes.edit.problem import (
    Choice,
    Choices,
    Cover,
    CutProblem,
    Floats,
    Follow,
    Row,
    Sequence,
    Streak,
    angle_streak,
    offences,
)
from rushes.edit.request import KeptShot
from rushes.edit.terms import Shots

_DEAR = 2.0
"""What the smallest offence against an excused rule costs: more than any choice of shots can be worth."""
_FEW = 1e-6
_HABIT = 1e-7
"""How much more a shot is worth where it stands already: it decides between equals."""

_Rule = TypeVar("_Rule", Cover, Streak, Sequence, Follow)
_Soft = Cover | Streak | Sequence | Follow

ANGLE_STREAK = "edit.max_same_angle_streak"
APART = "no two shots in a row from one clip"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Settled:
    """built: with all kept shots in its problem. excused: name of each rule that they break by themselves -> what that takes from
    every objective."""

    built: Built
    excused: Mapping[str, float]


def settle_kept(
    built: Built,
    spans: Spans,
    places: Places,
    footage: Footage,
    shots: Shots,
    standing: Listed[KeptShot],
) -> Settled:
    """The problem in which every kept shot is shown exactly once, and rules that cannot hold beside the kept shots may be broken.

    A rule that is excused costs so much for each further offence that none is made that can be avoided. standing: shots that
    decide between edits which are equally good.
    """
    problem = replace(built.problem, value=_with_habit(built, spans, places, footage, shots, standing))
    problem = replace(problem, rows=(*problem.rows, *_moving_rows(built, footage)))
    still = _still(problem, spans)
    problem, apart = _apart(problem, still)
    problem, costs = _softened(problem, still)
    return Settled(built=replace(built, problem=problem), excused={**dict.fromkeys(apart, 0.0), **costs})


def _with_habit(
    built: Built,
    spans: Spans,
    places: Places,
    footage: Footage,
    shots: Shots,
    standing: Listed[KeptShot],
) -> Floats:
    """Values with a trifle more for what stands there now."""
    value = built.problem.value.copy()
    frames = places.frames
    for shot in standing:
        there = (frames[spans.start] == shot.record_start_frames) & (
            frames[spans.end] == shot.record_end_frames
        )
        for span in np.flatnonzero(there).tolist():
            for unit in range(value.shape[1]):
                column = built.column_of(Choice(span, unit))
                piece = footage.pieces[int(shots.piece[column])]
                off_s = abs(float(shots.in_s[span, column]) - float(shot.source_start_s))
                if piece.clip == shot.clip and off_s * float(piece.rate_fps) < 0.5:
                    value[span, unit] += _HABIT
    return value


def _moving_rows(built: Built, footage: Footage) -> Iterator[Row]:
    """Shots that may stand elsewhere are shown exactly once."""
    moving = {shot.id for shot in footage.kept if shot.hold == "source"}
    every = np.ones(len(built.problem.span_start))
    units = len(built.problem.unit_clip)
    for unit in range(units):
        name = footage.pieces[built.piece_of(Choice(0, unit))].kept
        if name in moving:
            part = np.zeros(units)
            part[unit] = 1.0
            yield Row(name=f"lock of {name}", span_part=every, unit_part=part, low=1.0, high=1.0)


def _still(problem: CutProblem, spans: Spans) -> Choices:
    """The shots that stand still with one unit for each, in record order."""
    assert spans.held is not None
    able = np.isfinite(problem.value)
    settled = np.flatnonzero((spans.held >= 0) & (able.sum(axis=1) == 1))
    order = settled[np.argsort(spans.start[settled], kind="stable")]
    return tuple(Choice(int(span), int(able[span].argmax())) for span in order)


def _runs(problem: CutProblem, still: Choices) -> list[Choices]:
    """Shots that stand still, each row of them that follow each other."""
    runs: list[list[Choice]] = []
    for choice in still:
        if runs and problem.span_end[runs[-1][-1].span] == problem.span_start[choice.span]:
            runs[-1].append(choice)
        else:
            runs.append([choice])
    return [tuple(run) for run in runs]


def _apart(problem: CutProblem, still: Choices) -> tuple[CutProblem, tuple[str, ...]]:
    """Neighbours from one clip that stand still: one of the two counts as a clip of its own, the one further from what is
    chosen anew."""
    if not problem.apart:
        return problem, ()
    clip, limit = problem.unit_clip.copy(), problem.clip_limit.tolist()
    own = 0
    for run in _runs(problem, still):
        before_section = problem.span_start[run[0].span] == 0
        for a, b in pairwise(run):
            if clip[a.unit] != clip[b.unit] or a.unit == b.unit:
                continue
            apart = a if before_section else b
            limit[clip[apart.unit]] -= 1
            clip[apart.unit] = len(limit)
            limit.append(1)
            own += 1
    if not own:
        return problem, ()
    wanted = np.concatenate([problem.wanted, np.zeros((len(problem.wanted), own), dtype=bool)], axis=1)
    changed = replace(problem, unit_clip=clip, clip_limit=np.array(limit, dtype=np.int64), wanted=wanted)
    return changed, (APART,)


def _softened(problem: CutProblem, still: Choices) -> tuple[CutProblem, dict[str, float]]:
    """Hard rules that cannot hold with the kept shots, made soft and dear."""
    dear = _DEAR / float(problem.span_weight.min())
    costs: dict[str, float] = {}
    rows: list[Row] = []
    for row in problem.rows:
        beyond = 0.0 if row.weight is not None else _out_of_reach(problem, row)
        rows.append(replace(row, weight=dear) if beyond else row)
        if beyond:
            costs[row.name] = dear * beyond
    streak = angle_streak(problem)
    if streak is not None and _broken_by(problem, streak, still):
        streaks = (*problem.streaks, replace(streak, name=ANGLE_STREAK))
        problem = replace(problem, max_streak=None, streaks=streaks)

    def excused(rules: tuple[_Rule, ...]) -> tuple[_Rule, ...]:
        sizes = [0.0 if rule.weight is not None else _broken_by(problem, rule, still) for rule in rules]
        costs.update({rule.name: dear * size for rule, size in zip(rules, sizes, strict=True) if size})
        return tuple(
            replace(rule, weight=dear) if size else rule for rule, size in zip(rules, sizes, strict=True)
        )

    changed = replace(
        problem,
        rows=tuple(rows),
        covers=excused(problem.covers),
        streaks=excused(problem.streaks),
        sequences=excused(problem.sequences),
        follows=excused(problem.follows),
    )
    return changed, costs


def _out_of_reach(problem: CutProblem, row: Row) -> float:
    """How far a count stays from its bounds whatever is chosen, seen without any other rule."""
    able = np.isfinite(problem.value)
    worth = row.span_part[:, None] * row.unit_part[None, :]
    least = _best_way(problem, np.where(able, -worth, -np.inf).max(axis=1))
    most = _best_way(problem, np.where(able, worth, -np.inf).max(axis=1))
    beyond = max(row.low - most, -least - row.high)
    return beyond if np.isfinite(beyond) and beyond > _FEW else 0.0


def _best_way(problem: CutProblem, worth: Floats) -> float:
    """The most that a path from the first place to the last is worth; worth: (spans,)."""
    reach = [-np.inf] * problem.place_count
    reach[0] = 0.0
    for start, end, gain in zip(
        problem.span_start.tolist(), problem.span_end.tolist(), worth.tolist(), strict=True
    ):
        reach[end] = max(reach[end], reach[start] + gain)
    return reach[-1]


def _broken_by(problem: CutProblem, rule: _Soft, still: Choices) -> float:
    """How far the kept shots break a rule, whatever is chosen between them."""
    if not isinstance(rule, Streak | Follow):
        return _size(problem, rule, still)
    return math.fsum(_size(problem, _not_first(problem, rule, run), run) for run in _runs(problem, still))


def _not_first(problem: CutProblem, rule: Streak | Follow, run: Choices) -> Streak | Follow:
    """The rule as it holds inside a row of shots that something comes before."""
    if isinstance(rule, Streak) or problem.span_start[run[0].span] == 0:
        return rule
    forbidden = rule.forbidden.copy()
    forbidden[-1] = False
    return replace(rule, forbidden=forbidden)


def _size(problem: CutProblem, rule: _Soft, shots: Choices) -> float:
    alone = replace(problem, rows=(), covers=(), streaks=(), sequences=(), follows=())
    match rule:
        case Cover():
            alone = replace(alone, covers=(rule,))
        case Streak():
            alone = replace(alone, streaks=(rule,))
        case Sequence():
            alone = replace(alone, sequences=(rule,))
        case Follow():
            alone = replace(alone, follows=(rule,))
    return math.fsum(offences(alone, shots).values())

"""Is there a lawful edit at all? Footage that is alike is counted instead of told apart.

Clips that are alike (the same limit, the same wanted groups, pieces of the same kinds that fit the same spans and count the
same in every row) are one class, and so are the pieces that are alike in it. A class knows how often it is used on which
spans, not where each clip goes: whatever the counts, dealing the uses out to the clips in turn gives every clip its share
(the limits are nested: pieces within clips). What is left is one path through the places, a *letter* on each of its
spans - all that rules about what follows what, and rows that depend on the span, need to know of a piece - and the
counts. HiGHS finds one or proves that there is none; it stops at a count of nodes, never at a time.

Covers (two shots of one clip far apart) are the only rules that counting cannot see whole: what the dealing breaks is
dealt again by the solver; where that fails, other shapes are drawn, for one shape may put the only takes that are long enough
side by side that another puts apart; where all fail every piece is told apart, if there are few enough.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from rushes.edit.alike import all_apart, counted
from rushes.edit.counting import INFEASIBLE, NODES, Model
from rushes.edit.deal import dealt_by_solver
from rushes.edit.problem import Bools, Choice, Choices, Cover, CutProblem, Ints, Streak

MOST_APART = 30_000
"""Spans x pieces up to which every piece may be told apart."""
MANY_SPANS = 120
"""From here on few lengths of shots are tried first."""


@dataclass(frozen=True, slots=True)
class Effort:
    """When a search is given up. shapes: paths that are looked for whose pieces can be dealt out; nodes: of each search. With
    little effort only few lengths of shots are tried where there are many."""

    shapes: int
    nodes: int


FULL = Effort(shapes=5, nodes=NODES)
LITTLE = Effort(shapes=1, nodes=20)


@dataclass(frozen=True, slots=True, eq=False)
class Feasible:
    """choices: a lawful edit. None: none was found. is_proof: there is none at all."""

    choices: Choices | None
    is_proof: bool = False


def lawful_edit(problem: CutProblem, *, fewest: bool = False, effort: Effort = FULL) -> Feasible:
    """A lawful edit (of few shots), or the proof that there is none; neither where the search was given up.

    A large problem is first asked with few lengths of shots only: where that has an answer it comes several times sooner.
    """
    hard = hard_only(problem)
    for few in _few_lengths(hard):
        found = _searched(thinned(hard, few), fewest=fewest, effort=effort)
        if found.choices is not None:
            return Feasible(tuple(Choice(int(few[one.span]), one.unit) for one in found.choices))
    if effort == LITTLE and len(hard.span_start) >= MANY_SPANS:
        return Feasible(None)
    return _searched(hard, fewest=fewest, effort=effort)


def _few_lengths(problem: CutProblem) -> Iterator[Ints]:
    """Spans of three lengths, as steps of the grid: twice other three; none where there are not many spans."""
    if len(problem.span_start) < MANY_SPANS:
        return
    steps = problem.span_end - problem.span_start
    lengths = np.unique(steps[np.isfinite(problem.value).any(axis=1)])
    count = len(lengths)
    if count > 3:
        for picked in ([0, count // 3, 2 * count // 3], [1, count // 2, count - 1]):
            yield np.flatnonzero(np.isin(steps, lengths[picked]))


def thinned(problem: CutProblem, spans: Ints) -> CutProblem:
    """The problem with some of its spans only."""
    return replace(
        problem,
        span_start=problem.span_start[spans],
        span_end=problem.span_end[spans],
        span_weight=problem.span_weight[spans],
        value=problem.value[spans],
        rows=tuple(replace(row, span_part=row.span_part[spans]) for row in problem.rows),
        covers=tuple(replace(cover, touches=cover.touches[:, spans]) for cover in problem.covers),
    )


def _searched(hard: CutProblem, *, fewest: bool, effort: Effort) -> Feasible:
    alike = counted(hard)
    model = Model(hard, alike)
    for draw in range(effort.shapes):
        answer = model.solve(fewest=fewest, draw=draw, nodes=effort.nodes)
        if answer is not None and answer.x is not None:
            shape, classes = model.read(answer.x)
            dealt = alike.deal(shape, classes)
            kept = dealt if _keeps_apart(hard, dealt) else dealt_by_solver(hard, alike, shape)
            if kept is not None:
                return Feasible(kept)
        elif draw == 0:
            return Feasible(None, is_proof=answer is None or answer.status == INFEASIBLE)
    return _told_apart(hard, fewest=fewest) if effort == FULL else Feasible(None)


def reach_of_row(problem: CutProblem, row: int) -> tuple[float, float] | None:
    """The least and the most that a row (its own bounds aside) counts in any mixture of lawful edits: proven bounds on every
    edit, by linear programming. row: its number among the problem's. None: there is no edit."""
    hard = hard_only(problem)
    one = problem.rows[row]
    model = Model(hard, counted(hard))
    columns, factor = model.counted_by(next(at for at, other in enumerate(hard.rows) if other is one))
    cost = np.zeros(model.width)
    cost[columns] = factor
    least, most = model.relaxed(cost), model.relaxed(-cost)
    return None if least is None or most is None else (least, -most)


def _told_apart(problem: CutProblem, *, fewest: bool) -> Feasible:
    if problem.value.size > MOST_APART:
        return Feasible(None)
    alike = all_apart(problem)
    model = Model(problem, alike)
    answer = model.solve(fewest=fewest)
    if answer is None or answer.x is None:
        return Feasible(None, is_proof=answer is None or answer.status == INFEASIBLE)
    shape, classes = model.read(answer.x)
    return Feasible(alike.deal(shape, classes))


def hard_only(problem: CutProblem) -> CutProblem:
    """The problem with its old limits as rules, and without its soft rules."""
    streaks = tuple(rule for rule in problem.streaks if rule.weight is None)
    if problem.max_streak is not None:
        kinds = np.arange(problem.kind_count)
        free = -1 if problem.free_kind is None else problem.free_kind
        classes = np.where(kinds == free, -1, kinds)
        streaks += (Streak(name="streak", class_of_kind=classes, most=problem.max_streak),)
    covers = tuple(rule for rule in problem.covers if rule.weight is None)
    if problem.apart:
        places = np.arange(1, problem.place_count - 1)[:, None]
        touches: Bools = (problem.span_start == places) | (problem.span_end == places)
        covers += (Cover(name="apart", touches=touches, unit_group=problem.unit_clip),)
    return replace(
        problem,
        rows=tuple(rule for rule in problem.rows if rule.weight is None),
        covers=covers,
        streaks=streaks,
        sequences=tuple(rule for rule in problem.sequences if rule.weight is None),
        follows=tuple(rule for rule in problem.follows if rule.weight is None),
        max_streak=None,
        apart=False,
    )


def _keeps_apart(problem: CutProblem, choices: Choices) -> bool:
    """Whether the covers hold; all else does by construction."""
    spans = [choice.span for choice in choices]
    units = np.array([choice.unit for choice in choices], dtype=np.int64)
    for cover in problem.covers:
        groups = cover.unit_group[units]
        for group in np.unique(groups[groups >= 0]).tolist():
            if np.any(cover.touches[:, spans][:, groups == group].sum(axis=1) > 1):
                return False
    return True

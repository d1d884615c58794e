"""Closing the gap: what cannot be part of a better edit is struck out, and a solver settles the little that is left.

Reduced-cost fixing: at good prices, the best path through a choice bounds every edit that contains it. All edits worth
at least `goal` use only choices whose bound reaches `goal`. So if the best edit among those reaches it too, it is the
best of all; and if none does, `goal` is a new bound. HiGHS (with scipy) runs one branch-and-cut thread and stops at a
count of nodes, never at a time: the answer is the same on every run.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

import numpy as np

from rushes.edit.problem import IMPOSSIBLE, Bools, Choice, Choices, CutProblem, Floats, Ints
from rushes.edit.relax import PathProgram, Prices, refund


@dataclass(frozen=True, slots=True, eq=False)
class Kept:
    """What may be part of an edit worth `goal`. Uses: (span, unit). Steps: (span, state before, state after)."""

    use_span: Ints
    use_unit: Ints
    step_span: Ints
    step_from: Ints
    step_to: Ints

    @property
    def size(self) -> int:
        return len(self.use_span) + len(self.step_span)


@dataclass(frozen=True, slots=True, eq=False)
class Settled:
    """What the solver found: the best edit among the kept choices (None: none found) and a bound on all of them.

    bound is -inf where the kept choices hold no edit at all.
    """

    choices: Choices | None
    bound: float


@dataclass(frozen=True, slots=True, eq=False)
class PathBounds:
    """For each use and each step, a bound on every edit that contains it."""

    use: Floats
    step: Floats


def path_bounds(program: PathProgram, prices: Prices) -> PathBounds:
    """Bounds at given prices: the worth of the best path through each choice. use (spans, units)."""
    problem, states = program.problem, program.states
    net = program.net_value(prices)
    best, _ = program.best_by_kind(net)
    reach, _ = program.forward(best)
    left = program.backward(best)
    around = reach[problem.span_start][:, :, None] + program.step
    around = around + left[problem.span_end][:, None, : states.count] + refund(problem, prices)
    of_angle = np.full((len(problem.span_start), problem.kind_count), IMPOSSIBLE)
    for state in range(states.count):
        angle = states.angle[state]
        of_angle[:, angle] = np.maximum(of_angle[:, angle], around[:, :, state].max(axis=1))
    return PathBounds(
        use=net + of_angle[:, problem.unit_kind], step=around + best[:, states.angle][:, None, :]
    )


def keep(bounds: PathBounds, goal: float, slack: float = 1e-9) -> Kept:
    """Choices that an edit worth `goal` may contain."""
    use_span, use_unit = np.nonzero(bounds.use >= goal - slack)
    step_span, step_from, step_to = np.nonzero(bounds.step >= goal - slack)
    return Kept(use_span, use_unit, step_span, step_from, step_to)


class _Rows:
    """Constraint rows, collected as triplets."""

    def __init__(self) -> None:
        self.count = 0
        self.row: list[Ints] = []
        self.column: list[Ints] = []
        self.factor: list[Floats] = []
        self.low: list[Floats] = []
        self.high: list[Floats] = []

    def add(self, group: Ints, column: Ints, factor: Floats, low: Floats, high: Floats) -> None:
        """One row per number in `group` (0, 1, ... without holes)."""
        self.row.append(group + self.count)
        self.column.append(column)
        self.factor.append(factor)
        self.low.append(low)
        self.high.append(high)
        self.count += len(low)


def settle(program: PathProgram, kept: Kept, nodes: int) -> Settled:
    """Best edit among the kept choices, by branch and cut with at most `nodes` nodes."""
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import coo_matrix

    problem = program.problem
    uses, steps = len(kept.use_span), len(kept.step_span)
    if uses == 0 or steps == 0:
        return Settled(None, IMPOSSIBLE)
    rows = _Rows()
    _link(program, kept, rows)
    _flow(program, kept, rows)
    if not _limits(problem, kept, rows):
        return Settled(None, IMPOSSIBLE)
    gain = np.concatenate(
        [
            problem.value[kept.use_span, kept.use_unit],
            program.step[kept.step_span, kept.step_from, kept.step_to],
        ]
    )
    matrix = coo_matrix(
        (np.concatenate(rows.factor), (np.concatenate(rows.row), np.concatenate(rows.column))),
        shape=(rows.count, uses + steps),
    ).tocsr()
    answer = cast(
        Any,
        milp(
            -gain,
            constraints=LinearConstraint(
                matrix, cast(Any, np.concatenate(rows.low)), cast(Any, np.concatenate(rows.high))
            ),
            bounds=Bounds(0, 1),
            integrality=np.ones(uses + steps, dtype=np.int64),
            options={"node_limit": nodes, "mip_rel_gap": 0.0},
        ),
    )
    if answer.status == 2:
        return Settled(None, IMPOSSIBLE)
    dual = answer.mip_dual_bound
    bound = -float(dual) if dual is not None and np.isfinite(dual) else np.inf
    return Settled(None if answer.x is None else _read(problem, kept, answer.x[:uses] > 0.5), bound)


def _link(program: PathProgram, kept: Kept, rows: _Rows) -> None:
    """A span with an angle carries one unit of that angle exactly when the path takes it."""
    angles = program.problem.kind_count
    uses = len(kept.use_span)
    by_use = kept.use_span * angles + program.problem.unit_kind[kept.use_unit]
    by_step = kept.step_span * angles + program.states.angle[kept.step_to]
    names, group = np.unique(np.concatenate([by_use, by_step]), return_inverse=True)
    factor = np.concatenate([np.ones(uses), -np.ones(len(by_step))])
    rows.add(group, np.arange(len(group)), factor, np.zeros(len(names)), np.zeros(len(names)))


def _flow(program: PathProgram, kept: Kept, rows: _Rows) -> None:
    """One path leaves the first place and reaches the last."""
    problem, width = program.problem, program.states.count + 1
    leaves = problem.span_start[kept.step_span] * width + kept.step_from
    enters = problem.span_end[kept.step_span] * width + kept.step_to
    names, group = np.unique(np.concatenate([leaves, enters]), return_inverse=True)
    steps = len(kept.step_span)
    column = len(kept.use_span) + np.tile(np.arange(steps), 2)
    factor = np.concatenate([np.ones(steps), -np.ones(steps)])
    first = names == program.states.count
    last = names // width == problem.place_count - 1
    low = np.where(first, 1.0, np.where(last, -1.0, 0.0))
    rows.add(group, column, factor, low, np.where(first, 1.0, 0.0))


def _limits(problem: CutProblem, kept: Kept, rows: _Rows) -> bool:
    """Limits on clips, pieces and neighbours; False where a wanted group has no use left at all."""
    columns = np.arange(len(kept.use_span))
    ones = np.ones(len(columns))
    clip_of_use = problem.unit_clip[kept.use_unit]
    clips, group = np.unique(clip_of_use, return_inverse=True)
    rows.add(group, columns, ones, np.zeros(len(clips)), problem.clip_limit[clips].astype(float))
    for members in problem.wanted:
        of_group = columns[members[clip_of_use]]
        if len(of_group) == 0:
            return False
        one = np.ones(1)
        rows.add(np.zeros(len(of_group), dtype=np.int64), of_group, np.ones(len(of_group)), one, one * np.inf)
    tight: Bools = problem.unit_limit < problem.clip_limit[problem.unit_clip]
    of_tight = tight[kept.use_unit]
    units, group = np.unique(kept.use_unit[of_tight], return_inverse=True)
    rows.add(
        group,
        columns[of_tight],
        ones[of_tight],
        np.zeros(len(units)),
        problem.unit_limit[units].astype(float),
    )
    if problem.apart:
        touches = np.concatenate([problem.span_start[kept.use_span], problem.span_end[kept.use_span]])
        both = touches * len(problem.clip_limit) + np.tile(clip_of_use, 2)
        names, group = np.unique(both, return_inverse=True)
        rows.add(group, np.tile(columns, 2), np.tile(ones, 2), np.zeros(len(names)), np.ones(len(names)))
    return True


def _read(problem: CutProblem, kept: Kept, taken: Bools) -> Choices:
    spans, units = kept.use_span[taken], kept.use_unit[taken]
    order = np.argsort(problem.span_start[spans], kind="stable")
    return tuple(Choice(int(spans[at]), int(units[at])) for at in order)

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

from rushes.edit.priced import PreparedCover
from rushes.edit.problem import IMPOSSIBLE, Bools, Choice, Choices, CutProblem, Floats, Ints
from rushes.edit.relax import PathProgram

_BROKEN = 10.0
"""Cost of breaking a hard limit by 1 while a lawful edit is still looked for: more than any edit is worth."""


@dataclass(frozen=True, slots=True, eq=False)
class Kept:
    """What may be part of an edit worth `goal`. Uses: (span, unit). Steps: (span, step of the states)."""

    use_span: Ints
    use_unit: Ints
    step_span: Ints
    step: Ints

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
    """For each use and each step, a bound on every edit that contains it. use: (spans, units). step: (spans, steps of the
    states)."""

    use: Floats
    step: Floats


def path_bounds(program: PathProgram, prices: Floats) -> PathBounds:
    """Bounds at given prices: the worth of the best path through each choice."""
    problem, states = program.problem, program.states
    net = program.limits.net_value(prices)
    best, _ = program.best_by_kind(net)
    reach, left = program.forward(best), program.backward(best)
    step = reach[problem.span_start][:, states.come]
    step += problem.span_weight[:, None] * states.worth
    step += left[problem.span_end][:, states.to]
    step += program.limits.refund(prices)
    of_kind = np.full((len(problem.span_start), problem.kind_count), IMPOSSIBLE)
    kinds, first = np.unique(states.kind[states.to], return_index=True)
    of_kind[:, kinds] = np.maximum.reduceat(step, first, axis=1)
    step += best[:, states.kind[states.to]]
    return PathBounds(use=net + of_kind[:, problem.unit_kind], step=step)


def keep(bounds: PathBounds, goal: float, slack: float = 1e-9) -> Kept:
    """Choices that an edit worth `goal` may contain."""
    use_span, use_unit = np.nonzero(bounds.use >= goal - slack)
    step_span, step = np.nonzero(bounds.step >= goal - slack)
    return Kept(use_span, use_unit, step_span, step)


def kept_size(bounds: PathBounds, goal: float, slack: float = 1e-9) -> int:
    """How many choices `keep` leaves."""
    return int((bounds.use >= goal - slack).sum() + (bounds.step >= goal - slack).sum())


def joined(program: PathProgram, bounds: PathBounds, paths: tuple[Choices, ...], more: int) -> Kept:
    """All parts of some paths, and for each of their spans and kinds so many uses of footage, best bounds first."""
    problem, states = program.problem, program.states
    use = np.zeros(problem.value.shape, dtype=bool)
    step = np.zeros((len(problem.span_start), len(states.to)), dtype=bool)
    for path in paths:
        state = states.count
        for choice in path:
            onto = (states.come == state) & (states.kind[states.to] == problem.unit_kind[choice.unit])
            taken = int(np.flatnonzero(onto)[0])
            state = int(states.to[taken])
            step[choice.span, taken] = use[choice.span, choice.unit] = True
    span, kept = np.nonzero(step)
    of_kind = np.zeros((len(problem.span_start), problem.kind_count), dtype=bool)
    of_kind[span, states.kind[states.to[kept]]] = True
    use |= of_kind[:, problem.unit_kind] & best_of_each_kind(program, bounds, more)
    return Kept(*np.nonzero(use), *np.nonzero(step))


def best_of_each_kind(program: PathProgram, bounds: PathBounds, most: int) -> Bools:
    """(spans, units) the units of each kind with the best bounds on each span, so many of them."""
    best: Bools = np.isfinite(bounds.use)
    for _, units in program.slices:
        count = units.stop - units.start
        if count > most:
            of_kind = bounds.use[:, units]
            least = np.partition(of_kind, count - most, axis=1)[:, count - most]
            best[:, units] &= of_kind >= least[:, None]
    return best


class _Rows:
    """Constraint rows, collected as triplets, and the slack columns of those that may be broken at a cost."""

    def __init__(self, columns: int, now: Floats | None) -> None:
        """now: (columns,) an edit that may be unlawful; the rows that it breaks may stay broken, at a cost."""
        self.count = 0
        self._columns = columns
        self.now = now
        self.row: list[Ints] = []
        self.column: list[Ints] = []
        self.factor: list[Floats] = []
        self.low: list[Floats] = []
        self.high: list[Floats] = []
        self.slack_cost: list[float] = []

    def add(
        self,
        group: Ints,
        column: Ints,
        factor: Floats,
        low: Floats,
        high: Floats,
        weight: Floats | None = None,
    ) -> None:
        """One row per number in `group` (0, 1, ... without holes). weight: what breaking it by 1 costs."""
        self.row.append(group + self.count)
        self.column.append(column)
        self.factor.append(factor)
        self.low.append(low)
        self.high.append(high)
        if weight is not None and np.isfinite(weight).all():
            self._slack(np.flatnonzero(np.isfinite(low)), 1.0, weight)
            self._slack(np.flatnonzero(np.isfinite(high)), -1.0, weight)
        elif self.now is not None:
            held = np.bincount(group, weights=factor * self.now[column], minlength=len(low))
            dear = np.full(len(low), _BROKEN)
            self._slack(np.flatnonzero(held < low - 1e-9), 1.0, dear)
            self._slack(np.flatnonzero(held > high + 1e-9), -1.0, dear)
        self.count += len(low)

    def _slack(self, rows: Ints, factor: float, weight: Floats) -> None:
        self.row.append(rows + self.count)
        self.column.append(self._columns + len(self.slack_cost) + np.arange(len(rows)))
        self.factor.append(np.full(len(rows), factor))
        self.slack_cost += weight[rows].tolist()


def settle(
    program: PathProgram,
    kept: Kept,
    nodes: int,
    *,
    worth: Floats | None = None,
    near: float = 0.0,
    now: Choices | None = None,
) -> Settled:
    """Best edit among the kept choices, by branch and cut with at most `nodes` nodes.

    worth: (spans, units) instead of the value, with soft covers priced in already: these have no rows then. near: it may be
    worth less than the best by this share. now: an edit among the choices that may be unlawful: what it breaks may stay
    broken, at a high cost.
    """
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import coo_matrix

    problem = program.problem
    uses, steps = len(kept.use_span), len(kept.step_span)
    if uses == 0 or steps == 0:
        return Settled(None, IMPOSSIBLE)
    rows = _Rows(uses + steps, None if now is None else _columns_of(program, kept, now))
    _limits(program, kept, rows, with_soft_covers=worth is None)
    rows.now = None
    _link(program, kept, rows)
    _flow(program, kept, rows)
    gain = np.concatenate(
        [
            (problem.value if worth is None else worth)[kept.use_span, kept.use_unit],
            problem.span_weight[kept.step_span] * program.states.worth[kept.step],
            -np.array(rows.slack_cost),
        ]
    )
    whole = np.arange(len(gain)) < uses + steps
    matrix = coo_matrix(
        (np.concatenate(rows.factor), (np.concatenate(rows.row), np.concatenate(rows.column))),
        shape=(rows.count, len(gain)),
    ).tocsr()
    answer = cast(
        Any,
        milp(
            -gain,
            constraints=LinearConstraint(
                matrix, cast(Any, np.concatenate(rows.low)), cast(Any, np.concatenate(rows.high))
            ),
            bounds=Bounds(0, cast(Any, np.where(whole, 1.0, np.inf))),
            integrality=whole.astype(np.int64),
            options={"node_limit": nodes, "mip_rel_gap": near},
        ),
    )
    if answer.status == 2:
        return Settled(None, IMPOSSIBLE)
    dual = answer.mip_dual_bound
    bound = -float(dual) if dual is not None and np.isfinite(dual) else np.inf
    return Settled(None if answer.x is None else _read(problem, kept, answer.x[:uses] > 0.5), bound)


def _columns_of(program: PathProgram, kept: Kept, choices: Choices) -> Floats:
    """(columns,) 1 for the uses of an edit. Its steps are left at 0: only limits on uses are asked with it."""
    taken = np.zeros(program.problem.value.shape, dtype=bool)
    for choice in choices:
        taken[choice.span, choice.unit] = True
    uses = taken[kept.use_span, kept.use_unit].astype(np.float64)
    return np.concatenate([uses, np.zeros(len(kept.step_span))])


def _link(program: PathProgram, kept: Kept, rows: _Rows) -> None:
    """A span with a kind carries one unit of that kind exactly when the path takes it."""
    kinds = program.problem.kind_count
    uses = len(kept.use_span)
    by_use = kept.use_span * kinds + program.problem.unit_kind[kept.use_unit]
    by_step = kept.step_span * kinds + program.states.kind[program.states.to[kept.step]]
    names, group = np.unique(np.concatenate([by_use, by_step]), return_inverse=True)
    factor = np.concatenate([np.ones(uses), -np.ones(len(by_step))])
    rows.add(group, np.arange(len(group)), factor, np.zeros(len(names)), np.zeros(len(names)))


def _flow(program: PathProgram, kept: Kept, rows: _Rows) -> None:
    """One path leaves the first place and reaches the last."""
    problem, states = program.problem, program.states
    width = states.count + 1
    leaves = problem.span_start[kept.step_span] * width + states.come[kept.step]
    enters = problem.span_end[kept.step_span] * width + states.to[kept.step]
    names, group = np.unique(np.concatenate([leaves, enters]), return_inverse=True)
    steps = len(kept.step_span)
    column = len(kept.use_span) + np.tile(np.arange(steps), 2)
    factor = np.concatenate([np.ones(steps), -np.ones(steps)])
    first = names == states.count
    last = names // width == problem.place_count - 1
    low = np.where(first, 1.0, np.where(last, -1.0, 0.0))
    rows.add(group, column, factor, low, np.where(first, 1.0, 0.0))
    ends = np.flatnonzero(problem.span_end[kept.step_span] == problem.place_count - 1)
    one = np.ones(1)
    rows.add(np.zeros(len(ends), dtype=np.int64), len(kept.use_span) + ends, np.ones(len(ends)), one, one)


def _limits(program: PathProgram, kept: Kept, rows: _Rows, *, with_soft_covers: bool) -> None:
    """Limits on clips and pieces, wanted groups, rows and covers."""
    problem, limits = program.problem, program.limits
    columns = np.arange(len(kept.use_span))
    clip_of_use = problem.unit_clip[kept.use_unit]
    _at_most(rows, clip_of_use, columns, problem.clip_limit)
    tight = columns[limits.is_tight[kept.use_unit]]
    _at_most(rows, kept.use_unit[tight], tight, problem.unit_limit)
    one = np.ones(1)
    for members in problem.wanted:
        held = columns[members[clip_of_use]]
        rows.add(np.zeros(len(held), dtype=np.int64), held, np.ones(len(held)), one, one * np.inf)
    _counted(program, kept, rows)
    for cover in limits.covers:
        if with_soft_covers or not np.isfinite(cover.weight):
            _cover(cover, kept, rows)


def _cover(cover: PreparedCover, kept: Kept, rows: _Rows) -> None:
    """Of each group at most one use in each window; of hard windows only those that no other one implies."""
    group = cover.group[kept.use_unit]
    for one in np.unique(group[group >= 0]).tolist():
        columns = np.flatnonzero(group == one)
        touched = np.zeros((cover.shape[0], len(columns)))
        for at, span in enumerate(kept.use_span[columns].tolist()):
            touched[cover.windows[span], at] = 1.0
        touched = touched[touched.sum(axis=1) > 1]
        touched, times = np.unique(touched, axis=0, return_counts=True)
        if not np.isfinite(cover.weight):
            largest = _largest(touched)
            touched, times = touched[largest], times[largest]
        window, held = np.nonzero(touched)
        most = np.ones(len(touched), dtype=np.int64)
        _at_most(rows, window, columns[held], most, np.asarray(cover.weight * times, dtype=np.float64))


def _largest(sets: Floats) -> Bools:
    """(sets,) whether a set, each different from all others, is part of no other one."""
    part = (sets @ sets.T) == sets.sum(axis=1)[:, None]
    return np.asarray(part.sum(axis=1) == 1, dtype=np.bool_)


def _at_most(rows: _Rows, key: Ints, columns: Ints, most: Ints, weight: Floats | None = None) -> None:
    """One row per key: its columns add up to at most `most[key]`."""
    names, group = np.unique(key, return_inverse=True)
    rows.add(
        group,
        columns,
        np.ones(len(columns)),
        np.full(len(names), -np.inf),
        most[names].astype(float),
        weight if weight is None else weight[names],
    )


def _counted(program: PathProgram, kept: Kept, rows: _Rows) -> None:
    limits = program.limits
    for at, row in enumerate(program.problem.rows):
        part = limits.span_part[limits.which_part[at]]
        factor = part[kept.use_span] * limits.unit_part[at, kept.use_unit]
        held = np.flatnonzero(factor)
        weight = None if row.weight is None else row.weight * limits.scale[at : at + 1]
        rows.add(
            np.zeros(len(held), dtype=np.int64),
            held,
            factor[held],
            limits.row_low[at : at + 1],
            limits.row_high[at : at + 1],
            weight,
        )


def _read(problem: CutProblem, kept: Kept, taken: Bools) -> Choices:
    spans, units = kept.use_span[taken], kept.use_unit[taken]
    order = np.argsort(problem.span_start[spans], kind="stable")
    return tuple(Choice(int(spans[at]), int(units[at])) for at in order)

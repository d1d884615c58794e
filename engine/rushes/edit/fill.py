"""Can the footage fill the song? Counted, without asking what anything is worth.

A piece that can fill a span can fill every shorter one. So which pieces go where need not be decided: it is enough that
for every length no more shots of an angle are that long than there are pieces for it (Hall's theorem for nested sets),
and no more shots of all angles than clips have uses: a clip that shows two angles counts for both, but is used once.
What is left is one path through the places with a few counted limits. Of all such paths the one with the fewest shots
is taken: it leaves most footage to choose from when pieces are put in.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

import numpy as np

from rushes.edit.problem import Bools, Choice, Choices, CutProblem, Floats, Ints
from rushes.edit.relax import States, make_states

_NODES = 200
_ANY_ANGLE = -1
_INFEASIBLE = 2
"""Status of scipy's milp."""


@dataclass(frozen=True, slots=True, eq=False)
class _Paths:
    """Steps that a path may take, (steps,) each: span, state before, state after."""

    states: States
    span: Ints
    come: Ints
    to: Ints


def furthest_place(problem: CutProblem) -> int:
    """No lawful edit of this footage gets further than this place: a proven bound, by linear programming.

    It knows the limits on uses and streaks, not must-use and neighbours.
    """
    paths = _paths(problem)
    if len(paths.span) == 0:
        return 0
    answer = _solve(problem, paths, whole=False)
    return 0 if answer.x is None else int(np.floor(-answer.fun + 1e-6))


@dataclass(frozen=True, slots=True, eq=False)
class Filled:
    """A way to fill the whole edit. shape: its spans and angles; each unit stands only for its angle. None: none was found.
    is_proof: there is none at all."""

    shape: Choices | None
    is_proof: bool = False


def filled_whole(problem: CutProblem) -> Filled:
    """The way with the fewest shots, or the proof that there is none; neither where the search was given up."""
    paths = _paths(problem)
    if len(paths.span) == 0:
        return Filled(None, is_proof=True)
    answer = _solve(problem, paths, whole=True)
    if answer.x is None:
        return Filled(None, is_proof=answer.status == _INFEASIBLE)
    taken = answer.x[: len(paths.span)] > 0.5
    spans, angles = paths.span[taken], paths.states.angle[paths.to[taken]]
    order = np.argsort(problem.span_start[spans], kind="stable")
    shape = tuple(
        Choice(int(spans[at]), int(np.flatnonzero(problem.unit_kind == angles[at])[0])) for at in order
    )
    return Filled(shape)


def _paths(problem: CutProblem) -> _Paths:
    states = make_states(problem)
    offered = np.array([bool((problem.unit_kind == angle).any()) for angle in range(problem.kind_count)])
    legal: Bools = np.isfinite(states.step) & offered[states.angle][None, :]
    allowed = np.repeat(legal[None], len(problem.span_start), axis=0)
    allowed[problem.span_start == 0, : states.count] = False
    allowed[problem.span_start > 0, states.count] = False
    span, come, to = np.nonzero(allowed)
    return _Paths(states, span, come, to)


def _solve(problem: CutProblem, paths: _Paths, *, whole: bool) -> Any:
    """whole: any path to the last place, in whole steps; else the furthest reach of a mixture of paths."""
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import coo_matrix

    steps, width = len(paths.span), paths.states.count + 1
    nodes = np.arange(problem.place_count * width)
    place = nodes // width
    rows = [
        problem.span_end[paths.span] * width + paths.to,
        problem.span_start[paths.span] * width + paths.come,
        nodes,
    ]
    columns = [np.arange(steps), np.arange(steps), steps + nodes]
    factors: list[Floats] = [np.ones(steps), -np.ones(steps), -np.ones(len(nodes))]
    start = np.where(nodes == paths.states.count, -1.0, 0.0)
    low, high = [start], [start]
    count = len(nodes)
    length = _lengths(problem)[paths.span]
    for angle, least, most in _capacity(problem):
        of_angle = paths.states.angle[paths.to] == angle if angle != _ANY_ANGLE else length >= 0
        held = np.flatnonzero(of_angle & (length >= least))
        rows.append(np.full(len(held), count))
        columns.append(held)
        factors.append(np.ones(len(held)))
        low.append(np.zeros(1))
        high.append(np.array([float(most)]))
        count += 1
    matrix = coo_matrix(
        (np.concatenate(factors), (np.concatenate(rows), np.concatenate(columns))),
        shape=(count, steps + len(nodes)),
    ).tocsr()
    may_end = (place == problem.place_count - 1) if whole else np.ones(len(nodes), dtype=bool)
    return cast(
        Any,
        milp(
            np.concatenate([np.full(steps, float(whole)), np.zeros(len(nodes)) if whole else -place]),
            constraints=LinearConstraint(
                matrix, cast(Any, np.concatenate(low)), cast(Any, np.concatenate(high))
            ),
            bounds=Bounds(0, cast(Any, np.concatenate([np.ones(steps), may_end]))),
            integrality=np.concatenate([np.full(steps, float(whole)), np.zeros(len(nodes))]),
            options={"node_limit": _NODES},
        ),
    )


def _lengths(problem: CutProblem) -> Ints:
    """Length of each span as its rank among all lengths; equal shares are equal lengths."""
    return np.unique(np.round(problem.span_weight, 9), return_inverse=True)[1]


def _capacity(problem: CutProblem) -> list[tuple[int, int, int]]:
    """(angle, length, most): at most so many shots of an angle, or of any, are at least that long."""
    length = _lengths(problem)
    longest = np.where(np.isfinite(problem.value), length[:, None], -1).max(axis=0)
    found: list[tuple[int, int, int]] = []
    for angle in (*range(problem.kind_count), _ANY_ANGLE):
        for rank in range(int(length.max()) + 1):
            able = ((problem.unit_kind == angle) | (angle == _ANY_ANGLE)) & (longest >= rank)
            per_clip = np.bincount(
                problem.unit_clip[able], weights=problem.unit_limit[able], minlength=len(problem.clip_limit)
            )
            most = int(np.minimum(per_clip, problem.clip_limit).sum())
            if not found or found[-1][::2] != (angle, most):
                found.append((angle, rank, most))
    return found

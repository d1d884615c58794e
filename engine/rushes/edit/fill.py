"""Can the footage fill the song? Counted exactly, without asking what anything is worth.

A piece that can fill a span can fill every shorter one. So which pieces go where need not be decided: it is enough that
for every length no more shots of an angle are that long than there are pieces for it (Hall's theorem for nested sets).
What is left is one path through the places with a few counted limits, small enough to be solved outright.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

import numpy as np

from rushes.edit.problem import Choice, Choices, CutProblem, Floats, Ints
from rushes.edit.relax import make_states

_NODES = 2000


@dataclass(frozen=True, slots=True, eq=False)
class Filled:
    """The longest stretch from the first place that the footage fills. end_place: where it ends, 0 for nowhere.

    shape: one choice for each shot; its unit stands only for its angle.
    """

    end_place: int
    shape: Choices


def longest_fill(problem: CutProblem, limit: int = _NODES) -> Filled:
    """The longest stretch that holds the limits on use and streaks (not must-use and neighbours, which come later)."""
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import coo_matrix

    states = make_states(problem)
    capacity = _capacity(problem)
    offered = np.array([bool((problem.unit_angle == angle).any()) for angle in range(problem.angle_count)])
    legal = np.isfinite(states.step) & offered[states.angle][None, :]
    reachable = np.ones((len(problem.span_start), *legal.shape), dtype=bool) & legal[None]
    reachable[problem.span_start == 0, : states.count] = False
    reachable[problem.span_start > 0, states.count] = False
    span, come, to = np.nonzero(reachable)
    width = states.count + 1
    ends = np.arange(problem.place_count * width)
    rows, columns, factors = _flow(problem, span, come, to, width)
    row = [rows, ends]
    column = [columns, len(span) + ends]
    factor = [factors, -np.ones(len(ends))]
    low = [np.where(ends == states.count, -1.0, 0.0)]
    high = [low[0]]
    count = len(ends)
    for angle, length, most in capacity:
        held = np.flatnonzero((states.angle[to] == angle) & (_span_length(problem)[span] >= length))
        row.append(np.full(len(held), count))
        column.append(held)
        factor.append(np.ones(len(held)))
        low.append(np.zeros(1))
        high.append(np.array([float(most)]))
        count += 1
    gain = np.concatenate([np.zeros(len(span)), (ends // width).astype(np.float64)])
    matrix = coo_matrix(
        (np.concatenate(factor), (np.concatenate(row), np.concatenate(column))),
        shape=(count, len(span) + len(ends)),
    ).tocsr()
    answer = cast(
        Any,
        milp(
            -gain,
            constraints=LinearConstraint(
                matrix, cast(Any, np.concatenate(low)), cast(Any, np.concatenate(high))
            ),
            bounds=Bounds(0, 1),
            integrality=np.concatenate([np.ones(len(span)), np.zeros(len(ends))]),
            options={"node_limit": limit, "mip_rel_gap": 0.0},
        ),
    )
    if answer.x is None:
        return Filled(0, ())
    return _read(problem, span[answer.x[: len(span)] > 0.5], to[answer.x[: len(span)] > 0.5], states.angle)


def _flow(problem: CutProblem, span: Ints, come: Ints, to: Ints, width: int) -> tuple[Ints, Ints, Floats]:
    """Rows (place, state): what enters minus what leaves."""
    enters = problem.span_end[span] * width + to
    leaves = problem.span_start[span] * width + come
    steps = np.arange(len(span))
    return (
        np.concatenate([enters, leaves]),
        np.concatenate([steps, steps]),
        np.concatenate([np.ones(len(span)), -np.ones(len(span))]),
    )


def _span_length(problem: CutProblem) -> Ints:
    """Length of each span as its rank among all lengths; equal shares are equal lengths."""
    return np.unique(np.round(problem.span_weight, 9), return_inverse=True)[1]


def _capacity(problem: CutProblem) -> list[tuple[int, int, int]]:
    """(angle, length, most): at most so many shots of an angle are at least that long."""
    length = _span_length(problem)
    fits = np.isfinite(problem.value)
    longest = np.where(fits, length[:, None], -1).max(axis=0)
    found: list[tuple[int, int, int]] = []
    for angle in range(problem.angle_count):
        for rank in range(int(length.max()) + 1):
            able = (problem.unit_angle == angle) & (longest >= rank)
            per_clip = np.bincount(
                problem.unit_clip[able], weights=problem.unit_limit[able], minlength=len(problem.clip_limit)
            )
            found.append((angle, rank, int(np.minimum(per_clip, problem.clip_limit).sum())))
    return found


def _read(problem: CutProblem, spans: Ints, to: Ints, angles: Ints) -> Filled:
    order = np.argsort(problem.span_start[spans], kind="stable")
    shape = tuple(
        Choice(int(spans[at]), int(np.flatnonzero(problem.unit_angle == angles[to[at]])[0])) for at in order
    )
    return Filled(int(problem.span_end[spans].max()) if len(spans) else 0, shape)

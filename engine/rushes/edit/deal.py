"""Which piece goes where, for a path whose spans and letters are settled: found by the solver, all rules seen whole."""

from __future__ import annotations

from typing import Any, cast

import numpy as np

from rushes.edit.alike import Alike
from rushes.edit.lines import Lines
from rushes.edit.problem import Choice, Choices, CutProblem

_NODES = 50


def dealt_by_solver(problem: CutProblem, alike: Alike, shape: Choices) -> Choices | None:
    """Units of the same letters for the shots of a path so that every hard rule holds; None where none was found."""
    from scipy.optimize import Bounds, milp

    spans = np.array([choice.span for choice in shape])
    letters = alike.letter_of_unit[[choice.unit for choice in shape]]
    may = np.isfinite(problem.value[spans]) & (alike.letter_of_unit[None, :] == letters[:, None])
    shot, unit = np.nonzero(may)
    count = len(shot)
    columns, ones = np.arange(count), np.ones(count)
    lines = Lines()
    once = np.ones(len(shape))
    lines.add(shot, columns, ones, once, once)
    clips, units = len(problem.clip_limit), len(problem.unit_limit)
    lines.add(problem.unit_clip[unit], columns, ones, np.zeros(clips), problem.clip_limit.astype(float))
    lines.add(unit, columns, ones, np.zeros(units), problem.unit_limit.astype(float))
    for members in problem.wanted:
        held = columns[members[problem.unit_clip[unit]]]
        lines.one(held, np.ones(len(held)), 1.0, np.inf)
    for row in problem.rows:
        lines.bounded(columns, row.span_part[spans[shot]] * row.unit_part[unit], row.low, row.high)
    for cover in problem.covers:
        grouped = columns[cover.unit_group[unit] >= 0]
        window, at = np.nonzero(cover.touches[:, spans[shot[grouped]]])
        taken = grouped[at]
        named = window * (int(cover.unit_group.max(initial=0)) + 1) + cover.unit_group[unit[taken]]
        names, group = np.unique(named, return_inverse=True)
        lines.add(group, taken, np.ones(len(taken)), np.zeros(len(names)), np.ones(len(names)))
    answer: Any = milp(
        np.zeros(count),
        constraints=lines.matrix(count),
        bounds=Bounds(0, cast(Any, ones)),
        integrality=np.ones(count, dtype=np.int64),
        options={"node_limit": _NODES},
    )
    if answer.x is None:
        return None
    taken = np.flatnonzero(answer.x > 0.5)
    return tuple(Choice(int(spans[shot[at]]), int(unit[at])) for at in taken[np.argsort(shot[taken])])

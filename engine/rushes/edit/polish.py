"""A better edit from a good one: a window of it is made anew, exactly, while the rest stays; then the next window."""

from __future__ import annotations

import numpy as np

from rushes.edit.problem import Choices, broken_limits
from rushes.edit.prove import Kept, PathBounds, settle
from rushes.edit.relax import PathProgram
from rushes.edit.repair import better

_WINDOW = 8
"""Shots that are made anew together; windows overlap by half."""


def polished(
    program: PathProgram, bounds: PathBounds, choices: Choices, most: int, nodes: int, rounds: int
) -> Choices:
    """The edit after at most `rounds` rounds of windows; a round without gain is the last.

    most: how many uses of footage within a window are looked at, best bounds first.
    """
    found = choices
    for _ in range(rounds):
        before = found
        for first in range(0, max(1, len(found) - _WINDOW // 2), _WINDOW // 2):
            kept = _around(program, bounds, found, first, most)
            settled = settle(program, kept, nodes).choices
            if settled is None or broken_limits(program.problem, settled):
                continue
            if better(program.problem, settled, found):
                found = settled
        if found is before:
            break
    return found


def _around(program: PathProgram, bounds: PathBounds, choices: Choices, first: int, most: int) -> Kept:
    """The edit as it is outside the window, and the most promising choices within it."""
    problem, states = program.problem, program.states
    window = choices[first : first + _WINDOW]
    start, end = problem.span_start[window[0].span], problem.span_end[window[-1].span]
    inside = (problem.span_start >= start) & (problem.span_end <= end)
    reach = np.where(inside[:, None], bounds.use, -np.inf)
    ranked = np.sort(reach[np.isfinite(reach)])
    goal = ranked[-min(most, len(ranked))] if len(ranked) else np.inf
    use = np.isfinite(reach) & (reach >= goal)
    step = np.isfinite(bounds.step) & inside[:, None] & (bounds.step >= goal)
    for choice in choices:
        use[choice.span, choice.unit] = True
        onto = states.kind[states.to] == problem.unit_kind[choice.unit]
        from_start = states.come == states.count
        step[choice.span] |= onto & (from_start == (problem.span_start[choice.span] == 0))
    return Kept(*np.nonzero(use), *np.nonzero(step))

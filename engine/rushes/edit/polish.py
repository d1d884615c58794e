"""A better edit from a good one: a window of it is made anew, exactly, while the rest stays; then the next window."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rushes.edit.problem import Choices
from rushes.edit.prove import Kept, PathBounds, best_of_each_kind, settle
from rushes.edit.relax import PathProgram
from rushes.edit.repair import better

_LAWFUL = 1e-6
"""An edit breaks no limit by more than this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Windows:
    """How an edit is made anew in parts. gap: an edit closer to its bound, as a share, is left as it is. choices: how many
    uses of footage within a window are looked at, best bounds first. shots: in one window; windows overlap by half. A
    round without gain is the last."""

    gap: float
    choices: int
    rounds: int
    shots: int = 8
    of_kind: int = 1_000
    """How many units of one kind are looked at on one span."""
    nodes: int = 200


def polished(program: PathProgram, bounds: PathBounds, choices: Choices, windows: Windows) -> Choices:
    """The edit after at most so many rounds of windows. It may be unlawful: then less so."""
    found, half = choices, windows.shots // 2
    promising = np.where(best_of_each_kind(program, bounds, windows.of_kind), bounds.use, -np.inf)
    excess = program.limits.excess(found)
    for _ in range(windows.rounds):
        before = found
        for first in range(0, max(1, len(found) - half), half):
            if first >= len(found):
                # What was settled on the way has fewer shots.
                break
            kept = _around(program, PathBounds(promising, bounds.step), found, first, windows)
            now = found if excess > _LAWFUL else None
            settled = settle(program, kept, windows.nodes, now=now).choices
            if settled is None:
                continue
            left = program.limits.excess(settled)
            if left < excess - _LAWFUL or (left <= excess and better(program.problem, settled, found)):
                found, excess = settled, left
        if found is before:
            break
    return found


def _around(program: PathProgram, bounds: PathBounds, choices: Choices, first: int, windows: Windows) -> Kept:
    """The edit as it is outside the window, and the most promising choices within it that the rest leaves room for."""
    problem, states = program.problem, program.states
    window = choices[first : first + windows.shots]
    start, end = problem.span_start[window[0].span], problem.span_end[window[-1].span]
    inside = (problem.span_start >= start) & (problem.span_end <= end)
    outside = (*choices[:first], *choices[first + windows.shots :])
    reach = np.where(inside[:, None] & program.limits.room(outside), bounds.use, -np.inf)
    ranked = np.sort(reach[np.isfinite(reach)])
    goal = ranked[-min(windows.choices, len(ranked))] if len(ranked) else np.inf
    use = np.isfinite(reach) & (reach >= goal)
    step = np.isfinite(bounds.step) & inside[:, None] & (bounds.step >= goal)
    for choice in choices:
        use[choice.span, choice.unit] = True
        onto = states.kind[states.to] == problem.unit_kind[choice.unit]
        from_start = states.come == states.count
        step[choice.span] |= onto & (from_start == (problem.span_start[choice.span] == 0))
    return Kept(*np.nonzero(use), *np.nonzero(step))

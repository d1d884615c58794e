"""The second choice for a place, with everything else as it is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rushes.edit.problem import (
    IMPOSSIBLE,
    Choice,
    Choices,
    CutProblem,
    Floats,
    broken_limits,
)

_TRIED = 50


@dataclass(frozen=True, slots=True)
class Second:
    """The best unit of another clip for a place, and by how much the objective would drop; below 0 never for an optimum."""

    choice: Choice
    loss: float


def runner_up(problem: CutProblem, choices: Choices, at: int) -> Second | None:
    """The best lawful replacement of the shot `at` by another clip; None where there is none."""
    gain = gains(problem, choices, at)
    now = choices[at].unit
    change = gain[now] - gain
    change[problem.unit_clip == problem.unit_clip[now]] = np.inf
    for unit in np.argsort(change, kind="stable")[:_TRIED]:
        if not np.isfinite(change[unit]):
            return None
        other = Choice(choices[at].span, int(unit))
        if not broken_limits(problem, (*choices[:at], other, *choices[at + 1 :])):
            return Second(other, float(change[unit]))
    return None


def gains(problem: CutProblem, choices: Choices, at: int) -> Floats:
    """(units,) what each unit would bring at the place of a shot, with its neighbours as they are; soft rules aside."""
    span = choices[at].span
    angle = problem.unit_kind
    before = problem.kind_count if at == 0 else int(angle[choices[at - 1].unit])
    gain = problem.value[span] + problem.span_weight[span] * problem.pair_value[before, angle]
    if at + 1 < len(choices):
        after = choices[at + 1]
        gain = gain + problem.span_weight[after.span] * problem.pair_value[angle, angle[after.unit]]
    return np.where(np.isfinite(gain), gain, IMPOSSIBLE)

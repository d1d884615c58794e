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
    soft_cost,
)

_TRIED = 50


@dataclass(frozen=True, slots=True)
class Second:
    """The best unit of another clip for a place, and by how much the objective would drop; below 0 never for an optimum."""

    choice: Choice
    loss: float


def runner_up(problem: CutProblem, choices: Choices, at: int) -> Second | None:
    """The best lawful replacement of the shot `at` by another clip; None where there is none among the likeliest.

    Units are tried in the order of what they change by themselves; soft rules can win back no more than they cost now.
    """
    gain = gains(problem, choices, at)
    now = choices[at].unit
    change = gain[now] - gain
    change[problem.unit_clip == problem.unit_clip[now]] = np.inf
    cost_now = soft_cost(problem, choices)
    best: Second | None = None
    for unit in np.argsort(change, kind="stable")[:_TRIED]:
        least = float(change[unit]) - cost_now
        if not np.isfinite(change[unit]) or (best is not None and best.loss <= least):
            break
        other = Choice(choices[at].span, int(unit))
        changed = (*choices[:at], other, *choices[at + 1 :])
        if broken_limits(problem, changed):
            continue
        loss = least + soft_cost(problem, changed)
        if best is None or loss < best.loss:
            best = Second(other, loss)
    return best


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

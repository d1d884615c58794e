"""Bounds are lowered by moving prices: subgradient steps, each a mixture with the one before, as long as Polyak's rule says.

The step rule is that of Held, Wolfe and Crowder (1974): towards a goal that no bound can reach, shorter after a number of
steps without a better bound. The deflection is that of Camerini, Fratta and Maffioli (1975).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from rushes.edit.priced import Limits
from rushes.edit.problem import Choices, Floats
from rushes.edit.relax import Relaxed

_MEMORY = 0.6
"""Share of the way before that is part of the next one."""
_SHORTER = 0.7
_BETTER = 1e-7


class Bounding(Protocol):
    """A program that gives a bound at any prices, and says by how much its path overruns each limit."""

    def solve(self, prices: Floats) -> Relaxed | None: ...

    def over_use(self, choices: Choices, prices: Floats) -> Floats: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
    """most: steps at most. size: of the first one, as a share of what leads to the goal. patience: steps without a better
    bound before the next ones are shorter."""

    most: int
    size: float
    patience: int


def lowered(
    program: Bounding,
    limits: Limits,
    prices: Floats,
    steps: Steps,
    goal: Callable[[float], float],
    is_hopeless: Callable[[int, Relaxed], bool],
) -> tuple[Floats, float] | None:
    """The prices with the lowest bound on the way from some prices on, and that bound; None where there is no path, or it
    becomes hopeless.

    goal: below a bound, what the steps aim at. is_hopeless: asked of every path, with the number of its step.
    """
    way, size, stalled = limits.free(), steps.size, 0
    best, bound = prices, float("inf")
    for step in range(steps.most):
        relaxed = program.solve(prices)
        if relaxed is None or is_hopeless(step, relaxed):
            return None
        if relaxed.bound < bound - _BETTER:
            best, bound, stalled = prices, relaxed.bound, 0
        else:
            stalled += 1
            size, stalled = (size * _SHORTER, 0) if stalled >= steps.patience else (size, stalled)
        over = program.over_use(relaxed.choices, prices)
        if not over.any():
            break
        way = over + _MEMORY * way
        prices = limits.moved(prices, way, size * (relaxed.bound - goal(bound) + 1e-5))
    return best, bound

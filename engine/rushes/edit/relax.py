"""An upper bound on every edit: the limits on use become prices, and what is left is an exact dynamic program.

Held and Karp's method (1970, Lagrangian relaxation by subgradients) on a shortest path with resources. For any prices
the best path is worth at least as much as the best lawful edit, so the lowest such worth is a proven bound.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from rushes.edit.problem import IMPOSSIBLE, Choice, Choices, CutProblem, Floats, Ints


@dataclass(frozen=True, slots=True, eq=False)
class States:
    """What a path must remember at a place: the angle of the last shot and how many in a row had it.

    angle, streak: shape (states,). step: (states + 1, states), pair value of going from a state (the last row: from the
    start) to a state, -inf where the streak forbids it.
    """

    angle: Ints
    streak: Ints
    step: Floats

    @property
    def count(self) -> int:
        return len(self.angle)


def make_states(problem: CutProblem) -> States:
    """One state an angle where streaks do not matter, else one for each angle and length of streak."""
    listed: list[tuple[int, int]] = []
    for angle in range(problem.kind_count):
        longest = 1 if problem.max_streak is None or angle == problem.free_kind else problem.max_streak
        listed += [(angle, streak) for streak in range(1, longest + 1)]
    step = np.full((len(listed) + 1, len(listed)), IMPOSSIBLE)
    for to, (angle, streak) in enumerate(listed):
        for come, (last, run) in enumerate(listed):
            if _may_follow(problem, last, run, angle, streak):
                step[come, to] = problem.pair_value[last, angle]
        if streak == 1:
            step[-1, to] = problem.pair_value[-1, angle]
    return States(
        np.array([angle for angle, _ in listed], dtype=np.int64),
        np.array([streak for _, streak in listed], dtype=np.int64),
        step,
    )


def _may_follow(problem: CutProblem, last: int, run: int, angle: int, streak: int) -> bool:
    if problem.max_streak is None or angle == problem.free_kind or last != angle:
        return streak == 1
    return streak == run + 1


@dataclass(frozen=True, slots=True, eq=False)
class Prices:
    """What a use costs, none below zero. clip: (clips,), unit: (units,), joint: (places, clips) for shots that touch a
    place. wanted: (groups,) what a use of the group earns."""

    clip: Floats
    unit: Floats
    wanted: Floats
    joint: Floats | None

    def of_units(self, problem: CutProblem) -> Floats:
        """(units,) price of using a unit anywhere."""
        return (self.clip - self.wanted @ problem.wanted)[problem.unit_clip] + self.unit


@dataclass(frozen=True, slots=True, eq=False)
class Relaxed:
    """The best path at given prices: its choices, which may break the limits, and the bound that it proves."""

    prices: Prices
    bound: float
    choices: Choices


class PathProgram:
    """The dynamic program over places and states, kept warm for many prices."""

    def __init__(self, problem: CutProblem) -> None:
        self.problem = problem
        self.states = make_states(problem)
        self.slices = problem.kind_slices()
        self.step = problem.span_weight[:, None, None] * np.where(
            np.isfinite(self.states.step), self.states.step, 0.0
        )
        self.step[:, ~np.isfinite(self.states.step)] = IMPOSSIBLE
        marks = np.searchsorted(problem.span_end, np.arange(problem.place_count + 1))
        self.into = [slice(int(a), int(b)) for a, b in pairwise(marks)]

    def net_value(self, prices: Prices) -> Floats:
        """(spans, units) worth after prices."""
        problem = self.problem
        net = problem.value - prices.of_units(problem)
        if prices.joint is not None:
            net -= prices.joint[problem.span_start][:, problem.unit_clip]
            net -= prices.joint[problem.span_end][:, problem.unit_clip]
        return net

    def best_by_kind(self, net: Floats) -> tuple[Floats, Ints]:
        """Best net value of each span by angle, and the unit that gives it: both (spans, angles)."""
        best = np.full((net.shape[0], self.problem.kind_count), IMPOSSIBLE)
        unit = np.zeros(best.shape, dtype=np.int64)
        rows = np.arange(net.shape[0])
        for angle, of_angle in enumerate(self.slices):
            if of_angle.stop > of_angle.start:
                first = net[:, of_angle].argmax(axis=1)
                unit[:, angle] = first + of_angle.start
                best[:, angle] = net[rows, unit[:, angle]]
        return best, unit

    def forward(self, best: Floats) -> tuple[Floats, list[Ints]]:
        """Worth of the best path to (place, state), and where it came from as span offset x states + state."""
        count = self.states.count
        arcs = self.step + best[:, self.states.angle][:, None, :]
        reach = np.full((self.problem.place_count, count + 1), IMPOSSIBLE)
        reach[0, count] = 0.0
        came: list[Ints] = [np.zeros(count, dtype=np.int64)]
        columns = np.arange(count)
        for place in range(1, self.problem.place_count):
            of_place = self.into[place]
            if of_place.start == of_place.stop:
                came.append(np.zeros(count, dtype=np.int64))
                continue
            worth = arcs[of_place] + reach[self.problem.span_start[of_place]][:, :, None]
            flat = worth.reshape(-1, count)
            pick = flat.argmax(axis=0)
            reach[place, :count] = flat[pick, columns]
            came.append(pick)
        return reach, came

    def backward(self, best: Floats) -> Floats:
        """(places, states + 1) worth of the best path from (place, state) to the last place."""
        count = self.states.count
        arcs = self.step + best[:, self.states.angle][:, None, :]
        left = np.full((self.problem.place_count, count + 1), IMPOSSIBLE)
        left[-1, :count] = 0.0
        for place in range(self.problem.place_count - 1, 0, -1):
            of_place = self.into[place]
            through = (arcs[of_place] + left[place, :count]).max(axis=2)
            np.maximum.at(left, self.problem.span_start[of_place], through)
        return left

    def trace(self, reach: Floats, came: list[Ints], units: Ints) -> Choices:
        """The best path, read backwards."""
        count = self.states.count
        place = self.problem.place_count - 1
        state = int(reach[place, :count].argmax())
        found: list[Choice] = []
        while place > 0:
            offset, last = divmod(int(came[place][state]), count + 1)
            span = self.into[place].start + offset
            found.append(Choice(span, int(units[span, self.states.angle[state]])))
            place, state = int(self.problem.span_start[span]), last
        return tuple(reversed(found))

    def solve(self, prices: Prices) -> Relaxed | None:
        """The best path at these prices and its bound; None where no path exists at all."""
        best, units = self.best_by_kind(self.net_value(prices))
        reach, came = self.forward(best)
        worth = float(reach[-1, : self.states.count].max())
        if not np.isfinite(worth):
            return None
        return Relaxed(prices, worth + refund(self.problem, prices), self.trace(reach, came, units))


def refund(problem: CutProblem, prices: Prices) -> float:
    """What the limits themselves are worth at these prices: added to the net worth, it makes the bound."""
    total = float(problem.clip_limit @ prices.clip + problem.unit_limit @ prices.unit - prices.wanted.sum())
    return total + (float(prices.joint[1:-1].sum()) if prices.joint is not None else 0.0)


def no_prices(problem: CutProblem) -> Prices:
    """Everything free."""
    clips, units = len(problem.clip_limit), len(problem.unit_limit)
    joint = np.zeros((problem.place_count, clips)) if problem.apart else None
    return Prices(np.zeros(clips), np.zeros(units), np.zeros(len(problem.wanted)), joint)


def over_use(problem: CutProblem, choices: Choices, prices: Prices) -> Prices:
    """By how much each limit is overrun, negative where there is room: the direction in which prices should move.

    A limit with room whose price is zero already stays out of it, so that it does not shorten the step of the others.
    """
    clips, units = len(problem.clip_limit), len(problem.unit_limit)
    used_units = np.bincount([choice.unit for choice in choices], minlength=units)
    used_clips = np.bincount([problem.unit_clip[choice.unit] for choice in choices], minlength=clips)
    unit = used_units - problem.unit_limit
    unit[problem.unit_limit >= problem.clip_limit[problem.unit_clip]] = 0
    return Prices(
        _unless_at_rest(used_clips - problem.clip_limit, prices.clip),
        _unless_at_rest(unit, prices.unit),
        _unless_at_rest(1 - problem.wanted @ used_clips, prices.wanted),
        _joint_over_use(problem, choices, prices),
    )


def _unless_at_rest(over: Ints, price: Floats) -> Floats:
    return np.where((over < 0) & (price <= 0), 0, over).astype(np.float64)


def _joint_over_use(problem: CutProblem, choices: Choices, prices: Prices) -> Floats | None:
    if prices.joint is None:
        return None
    over = np.full(prices.joint.shape, -1.0)
    for choice in choices:
        clip = problem.unit_clip[choice.unit]
        over[problem.span_start[choice.span], clip] += 1
        over[problem.span_end[choice.span], clip] += 1
    over[(over < 0) & (prices.joint <= 0)] = 0.0
    over[[0, -1]] = 0.0
    return over


def moved(prices: Prices, way: Prices, step: float) -> Prices:
    """Prices after a step, none below zero."""
    joint = None
    if prices.joint is not None and way.joint is not None:
        joint = np.maximum(prices.joint + step * way.joint, 0.0)
    return Prices(
        np.maximum(prices.clip + step * way.clip, 0.0),
        np.maximum(prices.unit + step * way.unit, 0.0),
        np.maximum(prices.wanted + step * way.wanted, 0.0),
        joint,
    )


def blended(way: Prices, before: Prices | None, share: float) -> Prices:
    """A direction that remembers the one before: damps the zigzag of subgradients (Camerini, Fratta, Maffioli 1975)."""
    if before is None:
        return way
    joint = None
    if way.joint is not None and before.joint is not None:
        joint = way.joint + share * before.joint
    return Prices(
        way.clip + share * before.clip,
        way.unit + share * before.unit,
        way.wanted + share * before.wanted,
        joint,
    )


def length_squared(way: Prices) -> float:
    """Squared Euclidean length of a direction."""
    total = float(way.clip @ way.clip + way.unit @ way.unit + way.wanted @ way.wanted)
    return total + (float((way.joint**2).sum()) if way.joint is not None else 0.0)

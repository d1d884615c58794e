"""The limits that count uses, and what they cost: every one is a price, all prices are one row of numbers.

A limit `count <= most` has a price of 0 or more; a rule with two bounds has one price of either sign, above zero while
the upper bound presses, below it while the lower one does. The price of a soft rule never exceeds its weight: then it is
cheaper to break it, which is what its weight means. Rules are scaled so that one shot counts about one.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from types import MappingProxyType

import numpy as np

from rushes.edit.problem import Bools, Choices, Cover, CutProblem, Floats, Ints


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """What the limits cost in the end. clip: (clips,) of one more use of each clip. wanted: (groups,) what asking for each
    group costs. rules: by name, the most that a unit of a count, or a shot in a window, is worth; 0 where a rule does not
    press."""

    clip: Floats
    wanted: Floats
    rules: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True, eq=False)
class PreparedCover:
    """A cover made ready. windows: for each span those that it touches; held: the same in one row, first: where those of
    each span begin, touching: the spans that touch any."""

    name: str
    weight: float
    group: Ints
    shape: tuple[int, int]
    """windows, groups."""
    windows: list[Ints]
    held: Ints
    touching: Ints
    first: Ints
    part: slice

    def over_spans(self, price: Floats) -> Floats:
        """(spans, groups) the prices of all windows that a span touches, from (windows, groups).

        Not a matrix product: that would be shared out among the cores.
        """
        total = np.zeros((len(self.windows), price.shape[1]))
        total[self.touching] = np.add.reduceat(price[self.held], self.first, axis=0)
        return total

    def offences(self, spans: Ints, units: Ints) -> float:
        """Shots too many, over all windows and groups."""
        return float(np.maximum(_crowding(self, spans, units), 0.0).sum())


class Limits:
    """All counted limits of a problem. Prices are one vector: clips, units, wanted groups, rows, then each cover's
    (windows, groups)."""

    def __init__(self, problem: CutProblem) -> None:
        self.problem = problem
        clips, units, wanted = len(problem.clip_limit), len(problem.unit_limit), len(problem.wanted)
        marks = np.cumsum([0, clips, units, wanted, len(problem.rows)])
        self.clip, self.unit, self.wanted, self.rows = (slice(int(a), int(b)) for a, b in pairwise(marks))
        self.is_tight: Bools = problem.unit_limit < problem.clip_limit[problem.unit_clip]
        self.covers: list[PreparedCover] = []
        self.size = int(marks[-1])
        for cover in (*_neighbours(problem), *problem.covers):
            self.covers.append(_prepared(cover, self.size))
            self.size = self.covers[-1].part.stop
        self._prepare_rows()
        self.lowest, self.highest = self._bounds()
        self.pace = self._paces()

    def _prepare_rows(self) -> None:
        rows = self.problem.rows
        spans, units = len(self.problem.span_start), len(self.problem.unit_clip)
        parts = np.array([row.span_part for row in rows], dtype=np.float64).reshape(len(rows), spans)
        of_unit = np.array([row.unit_part for row in rows], dtype=np.float64).reshape(len(rows), units)
        self.scale = np.array([_typical(a, b) for a, b in zip(parts, of_unit, strict=True)])
        self.unit_part = of_unit / self.scale[:, None]
        self.span_part, which = np.unique(parts, axis=0, return_inverse=True)
        self.which_part: Ints = np.asarray(which).reshape(-1)
        self.row_low = np.array([row.low for row in rows]) / self.scale
        self.row_high = np.array([row.high for row in rows]) / self.scale

    def _bounds(self) -> tuple[Floats, Floats]:
        low, high = np.zeros(self.size), np.full(self.size, np.inf)
        weights = np.array([np.inf if row.weight is None else row.weight for row in self.problem.rows])
        weights = weights * self.scale
        low[self.rows] = np.where(np.isfinite(self.row_low), -weights, 0.0)
        high[self.rows] = np.where(np.isfinite(self.row_high), weights, 0.0)
        for cover in self.covers:
            high[cover.part] = cover.weight
        return low, high

    def _paces(self) -> Floats:
        """How fast each price moves: a shot too many offends in all the windows that it touches, so each of these moves
        slower the more there are."""
        pace = np.ones(self.size)
        for cover in self.covers:
            pace[cover.part] = len(cover.touching) / max(1, len(cover.held))
        return pace

    def free(self) -> Floats:
        """Everything free."""
        return np.zeros(self.size)

    def net_value(self, prices: Floats) -> Floats:
        """(spans, units) worth after prices."""
        problem = self.problem
        of_unit = (
            prices[self.unit] + (prices[self.clip] - prices[self.wanted] @ problem.wanted)[problem.unit_clip]
        )
        net = problem.value - of_unit
        self.take_rules(net, prices)
        return net

    def value_under_soft_covers(self, prices: Floats) -> Floats:
        """(spans, units) worth after the prices of soft covers."""
        asked = self.free()
        for cover in self.covers:
            if np.isfinite(cover.weight):
                asked[cover.part] = prices[cover.part]
        net = self.problem.value.copy()
        self.take_rules(net, asked)
        return net

    def without_soft_covers(self, prices: Floats) -> Floats:
        """The prices with soft covers free."""
        found = prices.copy()
        for cover in self.covers:
            if np.isfinite(cover.weight):
                found[cover.part] = 0.0
        return found

    @property
    def has_rules(self) -> bool:
        """Whether anything but uses of clips, pieces and wanted groups is counted."""
        return bool(self.problem.rows or self.problem.covers)

    def take_rules(self, net: Floats, prices: Floats) -> None:
        """Take what rows and covers cost from (spans, units) worth."""
        asked = prices[self.rows]
        for part in np.unique(self.which_part[asked != 0.0]):
            of_part = self.which_part == part
            net -= np.outer(self.span_part[part], asked[of_part] @ self.unit_part[of_part])
        for cover in self.covers:
            price = prices[cover.part].reshape(cover.shape)
            groups = np.flatnonzero(price.any(axis=0))
            if len(groups) == 0:
                continue
            units = np.flatnonzero(np.isin(cover.group, groups))
            column = np.searchsorted(groups, cover.group[units])
            net[:, units] -= cover.over_spans(price[:, groups])[:, column]

    def refund(self, prices: Floats) -> float:
        """What the limits themselves are worth at these prices: added to the net worth, it makes the bound."""
        problem, asked = self.problem, prices[self.rows]
        total = float(problem.clip_limit @ prices[self.clip] + problem.unit_limit @ prices[self.unit])
        total -= float(prices[self.wanted].sum())
        up, down = asked > 0, asked < 0
        total += float(asked[up] @ self.row_high[up] + asked[down] @ self.row_low[down])
        return total + math.fsum(float(prices[cover.part].sum()) for cover in self.covers)

    def over_use(self, choices: Choices, prices: Floats, less: Floats | None = None) -> Floats:
        """By how much each limit is overrun, negative where there is room: the direction in which prices should move.

        What would leave the range of its price stays out of it, so that it does not shorten the step of the others.
        """
        problem = self.problem
        spans = np.array([choice.span for choice in choices])
        units = np.array([choice.unit for choice in choices])
        over = np.zeros(self.size)
        used = np.bincount(problem.unit_clip[units], minlength=len(problem.clip_limit))
        over[self.clip] = used - problem.clip_limit
        of_unit = np.bincount(units, minlength=len(problem.unit_limit)) - problem.unit_limit
        over[self.unit] = np.where(self.is_tight, of_unit, 0)
        over[self.wanted] = 1 - problem.wanted @ used
        over[self.rows] = self._off_rows(spans, units, prices[self.rows])
        for cover in self.covers:
            over[cover.part] = _crowding(cover, spans, units)
        if less is not None:
            over -= less
        over[(over < 0) & (prices <= self.lowest)] = 0.0
        over[(over > 0) & (prices >= self.highest)] = 0.0
        return over

    def excess(self, choices: Choices) -> float:
        """By how much an edit breaks hard limits, added up; 0 where it breaks none."""
        hard = np.isinf(self.highest) | np.isinf(self.lowest)
        return float(np.abs(self.over_use(choices, self.free()))[hard].sum())

    def room(self, choices: Choices) -> Bools:
        """(spans, units) what could be added to some shots without breaking a limit on clips, pieces or a hard cover."""
        problem = self.problem
        spans = np.array([choice.span for choice in choices], dtype=np.int64)
        units = np.array([choice.unit for choice in choices], dtype=np.int64)
        used = np.bincount(problem.unit_clip[units], minlength=len(problem.clip_limit))
        free: Bools = (used < problem.clip_limit)[problem.unit_clip]
        free &= np.bincount(units, minlength=len(problem.unit_limit)) < problem.unit_limit
        found: Bools = np.repeat(free[None], len(problem.span_start), axis=0)
        for cover in self.covers:
            if np.isinf(cover.weight):
                taken = _crowding(cover, spans, units).reshape(cover.shape) >= 0
                blocked = cover.over_spans(taken.astype(np.float64)) > 0
                found &= ~blocked[:, cover.group] | (cover.group < 0)
        return found

    def _off_rows(self, spans: Ints, units: Ints, asked: Floats) -> Floats:
        parts = self.span_part[self.which_part][:, spans] * self.unit_part[:, units]
        count = parts.sum(axis=1)
        over, under = count - self.row_high, count - self.row_low
        presses_up = (asked > 0) | ((asked == 0) & (over > 0))
        presses_down = (asked < 0) | ((asked == 0) & (under < 0))
        return np.where(presses_up, over, np.where(presses_down, under, 0.0))

    def moved(self, prices: Floats, way: Floats, gain: float) -> Floats:
        """Prices after a step that would lower the bound by `gain` if it went on as it begins, within their ranges."""
        direction = self.pace * way
        step = gain / float((direction * way).sum())
        return np.clip(prices + step * direction, self.lowest, self.highest)

    def told(self, prices: Floats) -> Prices:
        """What the limits cost, for those who explain an edit."""
        rules: dict[str, float] = {}
        for row, price in zip(self.problem.rows, np.abs(prices[self.rows]) / self.scale, strict=True):
            rules[row.name] = max(rules.get(row.name, 0.0), float(price))
        for cover in self.covers:
            rules[cover.name] = max(rules.get(cover.name, 0.0), float(prices[cover.part].max(initial=0.0)))
        return Prices(clip=prices[self.clip], wanted=prices[self.wanted], rules=MappingProxyType(rules))


def no_prices(problem: CutProblem) -> Prices:
    """Nothing costs anything."""
    return Prices(clip=np.zeros(len(problem.clip_limit)), wanted=np.zeros(len(problem.wanted)))


def _typical(span_part: Floats, unit_part: Floats) -> float:
    """The size of a typical count of one shot; 1 where nothing is counted."""
    a, b = np.abs(span_part[span_part != 0]), np.abs(unit_part[unit_part != 0])
    return float(np.median(a) * np.median(b)) if len(a) and len(b) else 1.0


def _neighbours(problem: CutProblem) -> list[Cover]:
    """Neighbours of one clip, as a cover: both touch the place between them."""
    if not problem.apart or problem.place_count <= 2:
        return []
    inner = np.arange(1, problem.place_count - 1)[:, None]
    touches = (problem.span_start == inner) | (problem.span_end == inner)
    return [Cover(name="apart", touches=touches, unit_group=problem.unit_clip)]


def _prepared(cover: Cover, start: int) -> PreparedCover:
    groups = int(cover.unit_group.max(initial=-1)) + 1
    span, window = np.nonzero(cover.touches.T)
    touching, first = np.unique(span, return_index=True)
    return PreparedCover(
        name=cover.name,
        weight=np.inf if cover.weight is None else cover.weight,
        group=cover.unit_group,
        shape=(len(cover.touches), groups),
        windows=[np.flatnonzero(column) for column in cover.touches.T],
        held=window,
        touching=touching,
        first=first,
        part=slice(start, start + len(cover.touches) * groups),
    )


def _crowding(cover: PreparedCover, spans: Ints, units: Ints) -> Floats:
    over = np.full(cover.shape, -1.0)
    for span, group in zip(spans.tolist(), cover.group[units].tolist(), strict=True):
        if group >= 0:
            over[cover.windows[span], group] += 1.0
    return over.reshape(-1)

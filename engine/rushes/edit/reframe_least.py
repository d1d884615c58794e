"""Where a sum of kinked lines over a way is least: the linear program of `reframe_track`, without scipy.

Each line is flat up to a kink or falls towards it, and rises behind it, or is a wall; each looks at up to four neighbouring moments
of the way. A primal-dual interior-point method with Mehrotra's corrector, as Portnoy and Koenker use for regression by absolute
values ("The Gaussian hare and the Laplacian tortoise", Statistical Science 12, 1997): the unknowns beside the way are the slopes
of the lines where they are taken. Its equations are a band of seven diagonals. Unlike a simplex method it ends inside
what is equally good, not in a corner that the last digit decides, and it adds in a fixed order, whatever the machine's BLAS does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Places = NDArray[np.int64]
Flags = NDArray[np.bool_]

SPAN = 4
"""A line looks at no more moments than this."""
_ROUNDS = 60
_GAP = 1e-10
"""How far the sum may be from the least: a millionth of the way counts for a hundred times as much."""
_TURN = 1e-9
"""How far the slopes of all lines together may be from level."""
_STEP = 0.995
"""So much of the way to the nearest bound is gone at once."""
_PIVOT = 1e-14
"""Of a diagonal at least so much is left: where lines are as stiff as they are near the end, no digit of the rest is."""
_ROOM = 1e-3
"""The first distances from kinks are at least this."""


@dataclass(frozen=True)
class Lines:
    """Kinked lines over a way of n moments: line k falls with slope -falls[k] up to its kink and rises with rises[k] behind it; a
    rise of infinity is a wall.

    first: first moment that a line looks at, shape (m,). parts: what it weighs the moments from there on with, shape (m, SPAN), 0
    beyond the last moment. kinks, falls, rises: shape (m,), of 0 and more.
    """

    n: int
    first: Places
    parts: Array
    kinks: Array
    falls: Array
    rises: Array
    _at: Places = field(init=False)
    _pairs: tuple[Places, Array] = field(init=False)

    def __post_init__(self) -> None:
        at = np.minimum(self.first[:, None] + np.arange(SPAN), self.n - 1)
        low, high = np.triu_indices(SPAN)
        object.__setattr__(self, "_at", at)
        object.__setattr__(
            self,
            "_pairs",
            ((high - low) * self.n + at[:, low], self.parts[:, low] * self.parts[:, high]),
        )

    def of(self, way: Array) -> Array:
        """What each line looks at, shape (m,)."""
        return np.asarray((self.parts * way[self._at]).sum(axis=1))

    def onto(self, slopes: Array) -> Array:
        """What the slopes of all lines together are at each moment, shape (n,)."""
        found = np.bincount(self._at.ravel(), (self.parts * slopes[:, None]).ravel(), self.n)
        return np.asarray(found, float)

    def band(self, weights: Array) -> Array:
        """Diagonals of the lines' squares, weighed: the main one and those above it, shape (SPAN, n)."""
        index, products = self._pairs
        found = np.bincount(index.ravel(), (products * weights[:, None]).ravel(), SPAN * self.n)
        return np.asarray(found, float).reshape(SPAN, self.n)

    def cost(self, way: Array) -> float:
        """The sum, walls left out."""
        off = self.of(way) - self.kinks
        rises = np.where(np.isinf(self.rises), 0, self.rises)
        return float(np.maximum(-self.falls * off, rises * off).sum())


def joined(lines: Sequence[Lines]) -> Lines:
    """All lines over the same way."""
    return Lines(
        lines[0].n,
        np.concatenate([one.first for one in lines]),
        np.concatenate([one.parts for one in lines]),
        np.concatenate([one.kinks for one in lines]),
        np.concatenate([one.falls for one in lines]),
        np.concatenate([one.rises for one in lines]),
    )


@dataclass(frozen=True, slots=True)
class _Point:
    """way: shape (n,). low, high: how far the slope of each line where it is taken is from the least and from the most that it has.
    below, above: how far before and behind its kink the way may yet be. Of a wall high is 1 and above 0."""

    way: Array
    low: Array
    high: Array
    below: Array
    above: Array

    def moved(self, step: _Point, way: float, slopes: float) -> _Point:
        return _Point(
            self.way + way * step.way,
            self.low + slopes * step.low,
            self.high + slopes * step.high,
            self.below + way * step.below,
            self.above + way * step.above,
        )

    @property
    def gap(self) -> float:
        """How much more than the least the sum is."""
        return float((self.low * self.below + self.high * self.above).sum())


def least(lines: Lines, start: Array) -> Array:
    """The way with the least sum, shape (n,). start: a way that touches no wall; what is found touches none either."""
    free = np.isfinite(lines.rises)
    point = _first(lines, start, free)
    for _ in range(_ROUNDS):
        turn = lines.onto(point.low - lines.falls)
        if point.gap < _GAP and float(np.abs(turn).max()) < _TURN:
            break
        stiff = 1 / (point.below / point.low + point.above / point.high)
        step = partial(_step, lines, free, point, turn, stiff, _factored(lines.band(stiff)))
        nothing = np.zeros(len(free))
        straight = step(nothing, nothing)
        left = point.moved(straight, *_lengths(point, straight, free, 1.0)).gap / point.gap
        even = left**3 * point.gap / (len(free) + int(free.sum()))
        bent = step(even - straight.low * straight.below, even - straight.high * straight.above)
        point = point.moved(bent, *_lengths(point, bent, free, _STEP))
    return point.way


def _first(lines: Lines, start: Array, free: Flags) -> _Point:
    """The slopes in the middle between their bounds."""
    off = lines.of(start) - lines.kinks
    room = float(np.abs(off[free]).mean()) + _ROOM
    below = np.where(free, np.maximum(-off, 0) + room, -off)
    half = (np.where(free, lines.rises, 0) + lines.falls) / 2
    even = float((half * below)[free].mean())
    return _Point(
        way=start,
        low=np.where(free, half, even / below),
        high=np.where(free, half, 1),
        below=below,
        above=np.where(free, np.maximum(off, 0) + room, 0),
    )


def _step(
    lines: Lines,
    free: Flags,
    point: _Point,
    turn: Array,
    stiff: Array,
    band: list[list[float]],
    below: Array,
    above: Array,
) -> _Point:
    """Newton's step to where low times below, and high times above, are as given. turn: slopes of all lines together."""
    down = below / point.low - point.below
    up = np.where(free, above / point.high - point.above, 0)
    way = _solved(band, lines.onto((up - down) * stiff) - turn)
    slopes = (lines.of(way) - (up - down)) * stiff
    return _Point(
        way=way,
        low=slopes,
        high=np.where(free, -slopes, 0),
        below=down - point.below / point.low * slopes,
        above=up + point.above / point.high * slopes,
    )


def _lengths(point: _Point, step: _Point, free: Flags, share: float) -> tuple[float, float]:
    """How far a step may go, 1 at most: of the way, and of the slopes."""
    way = min(_length(point.below, step.below), _length(point.above[free], step.above[free]))
    slopes = min(_length(point.low, step.low), _length(point.high, step.high))
    return min(1.0, share * way), min(1.0, share * slopes)


def _length(room: Array, step: Array) -> float:
    """How often the step fits before the first of what shrinks is nothing."""
    return 1 / max(float((-step / room).max(initial=0)), 1e-12)


def _factored(band: Array) -> list[list[float]]:
    """Cholesky's factors of a band: the inverse of each row's diagonal, and its other elements as shares of it."""
    rows = [list(row) for row in zip(*band.tolist(), strict=True)]
    for at, (row, whole) in enumerate(zip(rows, band[0].tolist(), strict=True)):
        row[0] = max(row[0], _PIVOT * whole)
        shares = [one / row[0] for one in row[1:]]
        for more, share in enumerate(shares, start=1):
            if at + more < len(rows):
                below = rows[at + more]
                for place in range(SPAN - more):
                    below[place] -= share * row[more + place]
        rows[at] = [1 / row[0], *shares]
    return rows


def _solved(factors: list[list[float]], right: Array) -> Array:
    found = [*right.tolist(), *[0.0] * (SPAN - 1)]
    for at, (_, one, two, three) in enumerate(factors):
        here = found[at]
        found[at + 1] -= one * here
        found[at + 2] -= two * here
        found[at + 3] -= three * here
    found[len(factors) :] = [0.0] * (SPAN - 1)
    for at in range(len(factors) - 1, -1, -1):
        inverse, one, two, three = factors[at]
        found[at] = found[at] * inverse - one * found[at + 1] - two * found[at + 2] - three * found[at + 3]
    return np.array(found[: len(factors)])

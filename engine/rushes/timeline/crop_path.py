"""The way of a crop window between its keys.

Between two keys that stand alone the window eases from rest to rest (a cubic without slope at its ends). Through three or
more it runs on: a cubic per stretch whose slope at a key is that of the parabola through the key and its neighbours
(at the ends: through the first or last three). Both have no jump in speed. Before the first and after the last key it
rests. Two keys at the same moment are a jump, and what lies before and after it has nothing to do with each other.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise

from rushes.timeline.tree import Reframe, ReframeKey

Place = tuple[float, float, float]
"""Centre across and down as shares of the picture, and width of the window as a share of the picture's."""

_PARTS = 8
"""So many points are looked at between two keys to find how far a cubic goes."""
_STAMP_S = 1e-4
"""A picture that starts this little before a jump is the first one after it: keys are rounded."""


class CropPath:
    """A window's way, looked up by source time. keys: in order of time, at least one."""

    def __init__(self, keys: Sequence[ReframeKey]) -> None:
        self._pieces = [_Piece(piece) for piece in _pieces(keys)]
        self._starts_s = [piece.times_s[0] for piece in self._pieces[1:]]

    def at(self, at_s: float) -> Place:
        """Where the window is."""
        return self._pieces[self.stretch(at_s)].at(at_s)

    def stretch(self, at_s: float) -> int:
        """Number of the stretch between jumps, from 0. The window's width is the same all along it."""
        return bisect_right(self._starts_s, at_s + _STAMP_S)

    def reach(self, stretch: int) -> tuple[Place, Place]:
        """Least and greatest middle that the window has on a stretch, each with the window's width."""
        piece = self._pieces[stretch]
        parts = [a + (b - a) * n / _PARTS for a, b in pairwise(piece.times_s) for n in range(_PARTS)]
        places = [piece.at(at_s) for at_s in (*parts, piece.times_s[-1])]
        xs, ys = [place[0] for place in places], [place[1] for place in places]
        return (min(xs), min(ys), places[0][2]), (max(xs), max(ys), places[0][2])

    @property
    def is_still(self) -> bool:
        """Whether the window never moves."""
        return len({place for piece in self._pieces for place in piece.places}) == 1


def largest_move(one: Reframe, other: Reframe, from_s: float, until_s: float) -> float:
    """How far apart the middles or the widths of two windows ever are from one moment to another, looked at there and at
    the keys of both in between; a share of the picture. 0 where the first moment is not before the last."""
    paths = CropPath(one.keys), CropPath(other.keys)
    keys_s = {key.at_s for key in (*one.keys, *other.keys) if from_s < key.at_s < until_s}
    moments = sorted(keys_s | {from_s, until_s}) if from_s < until_s else []
    return max(
        (abs(a - b) for at_s in moments for a, b in zip(paths[0].at(at_s), paths[1].at(at_s), strict=True)),
        default=0.0,
    )


def _pieces(keys: Sequence[ReframeKey]) -> list[list[ReframeKey]]:
    found = [[keys[0]]]
    for before, key in pairwise(keys):
        if key.at_s == before.at_s:
            found.append([])
        found[-1].append(key)
    return found


class _Piece:
    """Keys without a jump between them."""

    def __init__(self, keys: Sequence[ReframeKey]) -> None:
        self.times_s = [key.at_s for key in keys]
        self.places: list[Place] = [(key.x_01, key.y_01, key.width_01) for key in keys]
        self._slopes = [_slopes(self.times_s, [place[axis] for place in self.places]) for axis in (0, 1)]

    def at(self, at_s: float) -> Place:
        if at_s <= self.times_s[0]:
            return self.places[0]
        if at_s >= self.times_s[-1]:
            return self.places[-1]
        after = bisect_right(self.times_s, at_s)
        x, y = (self._between(axis, after, at_s) for axis in (0, 1))
        return x, y, self.places[after][2]

    def _between(self, axis: int, after: int, at_s: float) -> float:
        length_s = self.times_s[after] - self.times_s[after - 1]
        s = (at_s - self.times_s[after - 1]) / length_s
        begin, end = self.places[after - 1][axis], self.places[after][axis]
        leaves, arrives = (slope * length_s for slope in self._slopes[axis][after - 1 : after + 1])
        bend = begin - end
        return begin + s * (
            leaves + s * (-3 * bend - 2 * leaves - arrives + s * (2 * bend + leaves + arrives))
        )


def _slopes(times_s: Sequence[float], values: Sequence[float]) -> list[float]:
    """Slope at each key."""
    if len(times_s) < 3:
        return [0.0] * len(times_s)
    steps_s = [b - a for a, b in pairwise(times_s)]
    rises = [(b - a) / step_s for (a, b), step_s in zip(pairwise(values), steps_s, strict=True)]
    inner = [
        (rise * next_s + next_rise * step_s) / (step_s + next_s)
        for (rise, next_rise), (step_s, next_s) in zip(pairwise(rises), pairwise(steps_s), strict=True)
    ]
    return [2 * rises[0] - inner[0], *inner, 2 * rises[-1] - inner[-1]]

"""A way of the crop that follows what matters, smooth as a camera on a dolly.

First the best way by dynamic programming over places, with its speed bounded; then the smooth way next to it by a linear
program over the moments: its distance from that way, its speed and its acceleration are weighed by their absolute values, so
that it stands still, moves evenly or speeds up evenly and changes between these seldom; required regions lie inside, or it
costs. After Grundmann, Kwatra and Essa, "Auto-directed video stabilization with robust L1 optimal camera paths" (CVPR
2011), as used for reframing by Google's AutoFlip (2020).

The bounds hold for the curve of rushes.timeline.crop_path, not for its keys alone: with d the second differences of evenly
spaced keys, the curve's acceleration runs on each stretch from (2 d[i] - d[i + 1]) / step^2 to (2 d[i + 1] - d[i]) / step^2, and
is d / step^2 on the first and the last. A cubic stays between the ends of its Bezier polygon, so that the crop stays in the
picture.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from rushes.edit.reframe_least import SPAN, Lines, joined, least
from rushes.edit.reframe_scene import PLACES, Scene

Array = NDArray[np.float64]

_MOVES = 0.5
"""Cost of a move over the whole picture, in the search."""
_OFF, _SPEED, _ACCELERATION = 1.0, 0.6, 0.3
_SPEED_KEPT = 0.8
"""A parabola that is at most this at its ends and its middle is at most 1 anywhere."""


def tracked(scene: Scene, max_speed_per_s: float, max_acceleration_per_s2: float) -> Array:
    """Middles of the crop at the scene's moments, shape (n,)."""
    lines = lines_of(scene, _searched(scene, max_speed_per_s), max_speed_per_s, max_acceleration_per_s2)
    return least(lines, np.full(lines.n, (scene.places[0] + scene.places[-1]) / 2))


def _searched(scene: Scene, max_speed_per_s: float) -> Array:
    """The cheapest way over the places; it may turn as sharply as it likes."""
    apart = scene.places[1] - scene.places[0]
    reach = min(max(1, int(max_speed_per_s * scene.step_s / apart)), PLACES - 1)
    steps = np.arange(-reach, reach + 1)
    moves = _MOVES * np.abs(steps) * apart
    best = scene.lost[0].copy()
    came = np.zeros(scene.lost.shape, int)
    for row in range(1, len(scene.lost)):
        padded = np.pad(best, reach, constant_values=np.inf)
        options = np.lib.stride_tricks.sliding_window_view(padded, PLACES) + moves[:, None]
        came[row] = np.argmin(options, axis=0)
        best = scene.lost[row] + options[came[row], np.arange(PLACES)]
    at = int(np.argmin(best))
    way = [at]
    for row in range(len(scene.lost) - 1, 0, -1):
        at += int(steps[came[row][at]])
        way.append(at)
    return np.asarray(scene.places[way[::-1]])


def lines_of(scene: Scene, wanted: Array, max_speed_per_s: float, max_acceleration_per_s2: float) -> Lines:
    """What the way pays for and what it must not pass. wanted: the way that it should be near, shape (n,)."""
    n, step_s = len(wanted), scene.step_s
    speed, bend = np.array([-1, 1]) / step_s, np.array([1, -2, 1]) / step_s**2
    return joined(
        [
            _weighed(n, [1], np.arange(n), wanted, _OFF / n, _OFF / n),
            _weighed(n, speed, np.arange(n - 1), 0, _SPEED * step_s, _SPEED * step_s),
            _weighed(n, bend, np.arange(n - 2), 0, _ACCELERATION * step_s, _ACCELERATION * step_s),
            *_held(scene),
            *_walls(n, _speeds(n), _SPEED_KEPT * max_speed_per_s * step_s),
            *_walls(n, _bends(n), max_acceleration_per_s2 * step_s**2),
            *_inside(n, float(scene.places[0]), float(scene.places[-1])),
        ]
    )


Stencil = tuple[Sequence[float], Sequence[int] | NDArray[np.int64]]
"""How neighbouring moments are weighed, and the first moments of which."""


def _weighed(
    n: int,
    stencil: Sequence[float] | Array,
    first: Sequence[int] | NDArray[np.int64],
    kinks: float | Array,
    falls: float | Array,
    rises: float | Array,
) -> Lines:
    at = np.asarray(first, np.int64)
    parts = np.zeros((len(at), SPAN))
    parts[:, : len(stencil)] = stencil
    many = (np.broadcast_to(np.asarray(one, float), at.shape) for one in (kinks, falls, rises))
    return Lines(n, at, parts, *many)


def _held(scene: Scene) -> Iterator[Lines]:
    """Every region inside the crop."""
    n, half = len(scene.times_s), scene.length / 2
    known = [(row, one) for row, here in enumerate(scene.regions) for one in here if one.cost > 0]
    rows = [row for row, _ in known]
    begins, ends = (np.array([getattr(one, name) for _, one in known]) for name in ("begin", "end"))
    costs = np.array([one.cost / max(one.end - one.begin, 1e-6) / n for _, one in known])
    yield _weighed(n, [-1], rows, half - ends, 0, costs)
    yield _weighed(n, [1], rows, half + begins, 0, costs)


def _speeds(n: int) -> Iterator[Stencil]:
    """Of the curve, a step: at each key, and in the middle of each stretch."""
    yield (-0.5, 0.0, 0.5), np.arange(n - 2)
    yield (-1.5, 2.0, -0.5), [0]
    yield (0.5, -2.0, 1.5), [n - 3]
    yield (0.125, -1.375, 1.375, -0.125), np.arange(n - 3)
    yield (-1.0, 1.0), [0, n - 2]


def _bends(n: int) -> Iterator[Stencil]:
    """Changes of the curve's speed, a step: on the first and last stretch, and at both ends of each other."""
    yield (1.0, -2.0, 1.0), np.arange(n - 2)
    yield (2.0, -5.0, 4.0, -1.0), np.arange(n - 3)
    yield (-1.0, 4.0, -5.0, 2.0), np.arange(n - 3)


def _walls(n: int, stencils: Iterator[Stencil], most: float) -> Iterator[Lines]:
    for stencil, first in stencils:
        for sign in (1, -1):
            yield _weighed(n, sign * np.array(stencil) / most, first, 1, 0, np.inf)


def _inside(n: int, least_01: float, most_01: float) -> Iterator[Lines]:
    """The curve's Bezier polygon inside the picture: the keys, and a third of their slope before and after them."""
    sixth = 1 / 6
    stencils: list[Stencil] = [
        ((1.0,), [0, n - 1]),
        ((-sixth, 1.0, sixth), np.arange(n - 2)),
        ((sixth, 1.0, -sixth), np.arange(n - 2)),
        ((0.5, 4 * sixth, -sixth), [0]),
        ((-sixth, 4 * sixth, 0.5), [n - 3]),
    ]
    middle, half = (least_01 + most_01) / 2, (most_01 - least_01) / 2
    for stencil, first in stencils:
        for sign in (1, -1):
            parts = sign * np.array(stencil) / half
            yield _weighed(n, parts, first, 1 + sign * middle / half, 0, np.inf)

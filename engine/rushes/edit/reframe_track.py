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

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog
from scipy.sparse import block_array, csr_array, diags_array, eye_array, vstack

from rushes.edit.reframe_scene import PLACES, Scene

Array = NDArray[np.float64]
Rows = Any
"""A sparse matrix: scipy has no name for what its operations give."""

_MOVES = 0.5
"""Cost of a move over the whole picture, in the search."""
_OFF, _SPEED, _ACCELERATION = 1.0, 0.6, 0.3
_SPEED_KEPT = 0.8
"""A parabola that is at most this at its ends and its middle is at most 1 anywhere."""


def tracked(scene: Scene, max_speed_per_s: float, max_acceleration_per_s2: float) -> Array:
    """Middles of the crop at the scene's moments, shape (n,)."""
    return _smooth(scene, _searched(scene, max_speed_per_s), max_speed_per_s, max_acceleration_per_s2)


def _searched(scene: Scene, max_speed_per_s: float) -> Array:
    """The cheapest way over the places; it may turn as sharply as it likes."""
    apart = scene.places[1] - scene.places[0]
    reach = max(1, int(max_speed_per_s * scene.step_s / apart))
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


def _smooth(scene: Scene, wanted: Array, max_speed_per_s: float, max_acceleration_per_s2: float) -> Array:
    """The linear program. Its unknowns: the way, how far each of what is weighed is off, how much of each region is cut."""
    n, step_s = len(wanted), scene.step_s
    speed: Rows = diags_array([-1.0, 1.0], offsets=[0, 1], shape=(n - 1, n)).tocsr() / step_s
    bend: Rows = diags_array([1.0, -2.0, 1.0], offsets=[0, 1, 2], shape=(n - 2, n)).tocsr() / step_s**2
    weighed: Rows = vstack([eye_array(n), speed, bend])
    aims = np.concatenate([wanted, np.zeros(2 * n - 3)])
    weights = np.repeat([_OFF / n, _SPEED * step_s, _ACCELERATION * step_s], [n, n - 1, n - 2])
    held, ends, costs = _held(scene)
    first, last = float(scene.places[0]), float(scene.places[-1])
    slopes = _slopes(speed)
    curve, most = _curve(speed, slopes, bend, max_speed_per_s, max_acceleration_per_s2)
    third: Rows = slopes * (step_s / 3)
    polygon: Rows = vstack([(eye_array(n) + third).tocsr()[:-1], (eye_array(n) - third).tocsr()[1:]])
    curve = vstack([curve, polygon, -polygon])
    most = np.concatenate([most, np.repeat([last, -first], 2 * n - 2)])
    off: Rows = eye_array(len(aims))
    cut: Rows = -vstack([eye_array(len(costs)), eye_array(len(costs))])
    parts: Rows = [[weighed, -off, None], [-weighed, -off, None], [held, None, cut], [curve, None, None]]
    found = linprog(
        np.concatenate([np.zeros(n), weights, costs]),
        A_ub=block_array(parts),
        b_ub=np.concatenate([aims, -aims, ends, most]),
        bounds=[(first, last)] * n + [(0, None)] * (len(aims) + len(costs)),
        method="highs-ds",
    )
    # A crop that rests keeps every bound, so there always is a solution.
    assert found.x is not None, found.message
    return np.asarray(np.clip(found.x[:n], first, last))


def _held(scene: Scene) -> tuple[Rows, Array, Array]:
    """Rows that keep every region inside the crop: first all their ends, then all their beginnings; the costs of what lies outside,
    per share of the picture."""
    known = [(row, region) for row, here in enumerate(scene.regions) for region in here]
    half, count = scene.length / 2, len(scene.times_s)
    rows = np.array([row for row, _ in known], int)
    at = csr_array((np.ones(len(known)), (np.arange(len(known)), rows)), shape=(len(known), count))
    ends = [half - region.end for _, region in known] + [half + region.begin for _, region in known]
    costs = [region.cost / max(region.end - region.begin, 1e-6) / count for _, region in known]
    return vstack([-at, at]).tocsr(), np.array(ends, float), np.array(costs, float)


def _slopes(speed: Rows) -> Rows:
    """Rows that give the slope of the curve at each key."""
    inner = (speed[:-1] + speed[1:]) / 2
    return vstack([2 * speed[[0]] - inner[[0]], inner, 2 * speed[[-1]] - inner[[-1]]]).tocsr()


def _curve(
    speed: Rows, slopes: Rows, bend: Rows, max_speed_per_s: float, max_acceleration_per_s2: float
) -> tuple[Rows, Array]:
    """Rows that bound speed and acceleration of the curve through the keys."""
    speeds = vstack([slopes, 1.5 * speed - 0.25 * (slopes[:-1] + slopes[1:])])
    bends = vstack([bend, 2 * bend[:-1] - bend[1:], 2 * bend[1:] - bend[:-1]])
    rows: Rows = vstack([speeds, -speeds, bends, -bends]).tocsr()
    most = [_SPEED_KEPT * max_speed_per_s, max_acceleration_per_s2]
    return rows, np.repeat(most, [2 * speeds.shape[0], 2 * bends.shape[0]])

"""How far the picture moved between two small frames: what most of its parts agree on.

A subject may fill the frame. Its parts move against each other while the background moves as one, so every part of the
picture has one vote, however strong its edges are.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

REACH_PX = 6
"""The largest shift that is looked for, in all directions."""
_PART_PX = 12
"""About the side of a part: large enough to be told from its surroundings, small enough that many see no subject."""
_WELL_01 = 0.1
"""How deep into the costs of a part, from its least to its mean, a shift still counts as explaining it."""
_NOISE = 1.0
"""Squared difference of 0..255 that noise alone makes: a part with less to tell has hardly a vote."""

_AWAY = 1e-3 * np.hypot(*np.mgrid[-REACH_PX : REACH_PX + 1, -REACH_PX : REACH_PX + 1])
"""Where nothing tells one shift from another, the picture stands still."""


def picture_shift(before: Floats, after: Floats) -> tuple[float, float]:
    """By how many px the picture moved right and down, to a fraction of a px; up to 6 px in all directions.

    Every part of the picture says how badly each shift explains it (mean squared difference). The shift that most parts
    agree on wins, and the parts that agree find its fraction. Phase correlation would be quicker, but calls what little
    moves in a still picture the camera's doing. A frame of 24 px or less stands still.
    """
    if min(before.shape) <= 4 * REACH_PX:
        return 0.0, 0.0
    costs = _costs(before, after)
    least = costs.min(axis=(1, 2), keepdims=True)
    depth = _WELL_01 * (costs.mean(axis=(1, 2), keepdims=True) - least) + _NOISE
    refused = np.minimum((costs - least) / depth, 1.0)
    y, x = divmod(int((refused.sum(axis=0) + _AWAY).argmin()), costs.shape[2])
    agreed = costs[refused[:, y, x] < 1].sum(axis=0)
    return x - REACH_PX + _valley(agreed[y], x), y - REACH_PX + _valley(agreed[:, x], y)


def _costs(before: Floats, after: Floats) -> Floats:
    """Mean squared difference of each part under each shift; shape (parts, 13, 13)."""
    height, width = (side - 2 * REACH_PX for side in before.shape)
    down, across = (max(1, round(side / _PART_PX)) for side in (height, width))
    part_height, part_width = height // down, width // across
    costs: list[Any] = []
    for top in range(0, down * part_height, part_height):
        for left in range(0, across * part_width, part_width):
            bottom, right = top + part_height + 2 * REACH_PX, left + part_width + 2 * REACH_PX
            part = before[top + REACH_PX : bottom - REACH_PX, left + REACH_PX : right - REACH_PX]
            costs.append(cv2.matchTemplate(after[top:bottom, left:right], part, cv2.TM_SQDIFF))
    return np.asarray(costs, np.float32) / np.float32(part_height * part_width)


def _valley(costs: Any, at: int) -> float:
    """Bottom of the parabola through a cost and its neighbours, -0.5..0.5 from it; 0 where they form no valley."""
    if not 0 < at < len(costs) - 1:
        return 0.0
    left, least, right = (float(costs[at + k]) for k in (-1, 0, 1))
    bend = left - 2 * least + right
    return min(0.5, max(-0.5, 0.5 * (left - right) / bend)) if bend > 1e-6 else 0.0

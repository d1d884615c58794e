"""What the camera did between two pictures: a similarity fitted to dense flow, without what moves on its own."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

_GRID_PX = 8
_ROUNDS = 5
_MIN_SPREAD_PX = 0.1
_MIN_TEXTURE = 3
"""Mean deviation of 0..255 around a point below which flow is a guess from its neighbours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraStep:
    """Speeds over one step. pan, tilt: frame widths and heights a second, right and up positive; zoom: growth a second;
    roll: degrees a second, clockwise; speed, residual: mean length of the flow and of what the fit leaves, in longer
    sides a second."""

    over_s: float
    pan_per_s: float
    tilt_per_s: float
    zoom_per_s: float
    roll_deg_per_s: float
    speed_per_s: float
    residual_per_s: float


def fit_camera(flow: Floats, before: NDArray[np.uint8], over_s: float) -> CameraStep:
    """Fit dx, dy = shift + (zoom, roll) about the centre, by least squares with Tukey weights.

    flow: shape (h, w, 2), px, from `before` (shape (h, w)) to the next picture; over_s: time between them, above 0.
    A picture without texture stands still.
    """
    height, width = before.shape
    half = _GRID_PX // 2
    dx, dy = (flow[half::_GRID_PX, half::_GRID_PX, axis].ravel().astype(np.float64) for axis in (0, 1))
    x, y = _centred_grid(width, height)
    textured = _texture(before)[half::_GRID_PX, half::_GRID_PX].ravel() >= _MIN_TEXTURE
    dx[~textured] = dy[~textured] = 0.0
    zoom, roll, shift_x, shift_y = _robust_similarity(x, y, dx, dy, textured.astype(np.float64))
    rest = np.hypot(dx - shift_x - zoom * x + roll * y, dy - shift_y - roll * x - zoom * y) * textured
    longer = max(height, width)
    # The picture moves against the camera.
    return CameraStep(
        over_s=over_s,
        pan_per_s=-shift_x / width / over_s,
        tilt_per_s=shift_y / height / over_s,
        zoom_per_s=zoom / over_s,
        roll_deg_per_s=-math.degrees(roll) / over_s,
        speed_per_s=float(np.hypot(dx, dy).mean()) / longer / over_s,
        residual_per_s=float(rest.mean()) / longer / over_s,
    )


def _robust_similarity(
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    dx: NDArray[np.float64],
    dy: NDArray[np.float64],
    weight: NDArray[np.float64],
) -> tuple[float, float, float, float]:
    """zoom, roll (radians, y down), shift_x, shift_y. Starts from the median, so that a subject may fill nearly half."""
    if weight.sum() < 8:
        return 0.0, 0.0, 0.0, 0.0
    used = weight > 0
    shift_x, shift_y, zoom, roll = float(np.median(dx[used])), float(np.median(dy[used])), 0.0, 0.0
    for _ in range(_ROUNDS):
        rest = np.hypot(dx - shift_x - zoom * x + roll * y, dy - shift_y - roll * x - zoom * y)
        reach = 4.685 * max(_MIN_SPREAD_PX, 1.4826 * float(np.median(rest[used])))
        w = weight * np.square(np.clip(1 - np.square(rest / reach), 0, None))
        total = w.sum()
        if total < 8:
            break
        mean_x, mean_y = (w @ x) / total, (w @ y) / total
        mean_dx, mean_dy = (w @ dx) / total, (w @ dy) / total
        cx, cy, cdx, cdy = x - mean_x, y - mean_y, dx - mean_dx, dy - mean_dy
        size = w @ (cx * cx + cy * cy)
        zoom, roll = float(w @ (cx * cdx + cy * cdy) / size), float(w @ (cx * cdy - cy * cdx) / size)
        shift_x = float(mean_dx - zoom * mean_x + roll * mean_y)
        shift_y = float(mean_dy - roll * mean_x - zoom * mean_y)
    return zoom, roll, shift_x, shift_y


@lru_cache(maxsize=16)
def _centred_grid(width: int, height: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    half = _GRID_PX // 2
    across = np.arange(half, width, _GRID_PX, dtype=np.float64) + (0.5 - width / 2)
    down = np.arange(half, height, _GRID_PX, dtype=np.float64) + (0.5 - height / 2)
    x, y = np.meshgrid(across, down)
    return x.ravel(), y.ravel()


def _texture(gray: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Mean difference of each pixel's surroundings to their mean, 0..255."""
    size = (_GRID_PX, _GRID_PX)
    return cast("NDArray[np.uint8]", cv2.blur(cv2.absdiff(gray, cv2.blur(gray, size)), size))

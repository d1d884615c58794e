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
Points = NDArray[np.complex128]

_GRID_PX = 8
_ROUNDS = 5
_MIN_POINTS = 8
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
    moved = _as_complex(flow[half::_GRID_PX, half::_GRID_PX])
    at = _centred_grid(width, height)
    textured = _texture(before)[half::_GRID_PX, half::_GRID_PX].ravel() >= _MIN_TEXTURE
    moved[~textured] = 0
    turn, shift = _robust_similarity(at, moved, textured)
    rest = np.abs(moved - shift - turn * at) * textured
    longer = max(height, width)
    # The picture moves against the camera.
    return CameraStep(
        over_s=over_s,
        pan_per_s=-shift.real / width / over_s,
        tilt_per_s=shift.imag / height / over_s,
        zoom_per_s=turn.real / over_s,
        roll_deg_per_s=-math.degrees(turn.imag) / over_s,
        speed_per_s=float(np.abs(moved).mean()) / longer / over_s,
        residual_per_s=float(rest.mean()) / longer / over_s,
    )


def _robust_similarity(at: Points, moved: Points, used: NDArray[np.bool_]) -> tuple[complex, complex]:
    """(zoom + i roll, shift): moved = shift + (zoom + i roll) at, with points as x + i y, y down, roll in radians.

    Starts from the median, so that a subject may fill nearly half of the picture.
    """
    if np.count_nonzero(used) < _MIN_POINTS:
        return 0j, 0j
    turn = 0j
    shift = complex(_median(moved.real[used]), _median(moved.imag[used]))
    for _ in range(_ROUNDS):
        rest = np.abs(moved - shift - turn * at)
        reach = 4.685 * max(_MIN_SPREAD_PX, 1.4826 * _median(rest[used]))
        weight = used * np.square(np.maximum(1 - np.square(rest / reach), 0))
        total = float(weight.sum())
        if total < _MIN_POINTS:
            break
        mean_at, mean_moved = complex(weight @ at) / total, complex(weight @ moved) / total
        away = at - mean_at
        size = float(weight @ np.square(np.abs(away)))
        turn = complex(np.vdot(away, weight * (moved - mean_moved))) / size
        shift = mean_moved - turn * mean_at
    return turn, shift


def _median(values: NDArray[np.float64]) -> float:
    """The upper median: for weights it need not be the mean of two, which is what takes time."""
    return float(np.partition(values, len(values) // 2)[len(values) // 2])


def _as_complex(vectors: Floats) -> Points:
    return np.ascontiguousarray(vectors, np.float64).view(np.complex128).ravel()


@lru_cache(maxsize=16)
def _centred_grid(width: int, height: int) -> Points:
    half = _GRID_PX // 2
    across = np.arange(half, width, _GRID_PX, dtype=np.float64) + (0.5 - width / 2)
    down = np.arange(half, height, _GRID_PX, dtype=np.float64) + (0.5 - height / 2)
    return (across[None, :] + 1j * down[:, None]).ravel()


def _texture(gray: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Mean difference of each pixel's surroundings to their mean, 0..255."""
    size = (_GRID_PX, _GRID_PX)
    return cast("NDArray[np.uint8]", cv2.blur(cv2.absdiff(gray, cv2.blur(gray, size)), size))

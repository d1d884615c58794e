"""YOLOX without its network: how a picture goes in and how boxes come out.

Method: Ge et al., "YOLOX: Exceeding YOLO Series in 2021" (arXiv 2107.08430): no anchors, one prediction a cell of three
grids, its confidence the product of "some object" and "this class". The exported network gives raw offsets.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

_STRIDES_PX = (8, 16, 32)
_PAD_LEVEL = 114
"""What surrounded the pictures in training."""
_MOST_GROWTH = 10.0
"""Bound of the logarithm of a size in cells: a damaged model must not overflow."""


@dataclass(frozen=True, slots=True)
class Boxes:
    """left_top_px, size_px: shape (n, 2), in pixels of the network's input; confidence_01: shape (n,)."""

    left_top_px: Floats
    size_px: Floats
    confidence_01: Floats


def letterboxed(rgb: NDArray[np.uint8], side_px: int) -> tuple[Floats, float]:
    """The network's input and the factor by which the picture was scaled into its left upper corner.

    rgb: shape (h, w, 3) uint8. Returns shape (1, 3, side, side), blue, green, red, 0..255 and not normalised.
    """
    height, width = rgb.shape[:2]
    scale = side_px / max(height, width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    fitted = rgb if size == (width, height) else cv2.resize(rgb, size, interpolation=cv2.INTER_LINEAR)
    square = np.full((side_px, side_px, 3), _PAD_LEVEL, np.uint8)
    square[: size[1], : size[0]] = fitted
    return np.ascontiguousarray(square[:, :, ::-1].transpose(2, 0, 1)[None], np.float32), scale


def decoded(raw: Floats, class_index: int, side_px: int) -> Boxes:
    """Boxes of one class, one a cell of the grids.

    raw: shape (cells, 5 + classes): centre as an offset in cells, size as its logarithm in cells, confidence of an
    object, confidences of the classes. Raises ValueError where it has not as many cells as a square of side_px.
    """
    corners, strides = _cells(side_px)
    if raw.ndim != 2 or len(raw) != len(corners) or raw.shape[1] <= 5 + class_index:
        raise ValueError(f"an output of shape {raw.shape} does not fit {len(corners)} cells")
    centre = (raw[:, :2] + corners) * strides
    size = np.exp(np.minimum(raw[:, 2:4], _MOST_GROWTH)) * strides
    confidence = np.clip(raw[:, 4] * raw[:, 5 + class_index], 0, 1)
    return Boxes(cast(Floats, centre - size / 2), size, confidence)


@lru_cache(maxsize=4)
def _cells(side_px: int) -> tuple[Floats, Floats]:
    """Column and row of every cell, shape (cells, 2), and its side in px, shape (cells, 1); coarser grids last."""
    corners: list[NDArray[np.int64]] = []
    strides: list[NDArray[np.int64]] = []
    for stride in _STRIDES_PX:
        down, across = np.mgrid[: side_px // stride, : side_px // stride]
        corners.append(np.stack([across, down], axis=-1).reshape(-1, 2))
        strides.append(np.full((down.size, 1), stride))
    return np.concatenate(corners).astype(np.float32), np.concatenate(strides).astype(np.float32)

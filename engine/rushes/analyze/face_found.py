"""What a face detector finds in one picture, whichever detector it is, and how boxes overlap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Found:
    """Faces of one picture in its pixels, the most confident first.

    boxes_px: shape (n, 4): left, top, width, height; may lie partly outside.
    confidence_01: shape (n,).
    landmarks_px: shape (n, k, 2): x and y of the points that `landmarks` names, in that order.
    """

    boxes_px: Floats
    confidence_01: Floats
    landmarks_px: Floats
    landmarks: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.confidence_01)

    def chosen(self, rows: Sequence[int] | NDArray[np.intp]) -> Found:
        """Some of the faces, in the order of their row numbers here."""
        at = np.asarray(rows, dtype=np.intp)
        return Found(self.boxes_px[at], self.confidence_01[at], self.landmarks_px[at], self.landmarks)


def in_order(boxes_px: Floats, confidence_01: Floats) -> NDArray[np.intp]:
    """Row numbers by falling confidence, then from left to right, then from top to bottom, then as they came."""
    rows = np.arange(len(confidence_01))
    return np.lexsort((rows, boxes_px[:, 1], boxes_px[:, 0], -confidence_01))


def overlap_01(box: Floats, boxes: Floats) -> Floats:
    """Intersection over union of one box with each of others (left, top, width, height); 0 where both are empty."""
    left = np.maximum(box[0], boxes[:, 0])
    top = np.maximum(box[1], boxes[:, 1])
    right = np.minimum(box[0] + box[2], boxes[:, 0] + boxes[:, 2])
    bottom = np.minimum(box[1] + box[3], boxes[:, 1] + boxes[:, 3])
    shared = np.maximum(right - left, 0) * np.maximum(bottom - top, 0)
    united = box[2] * box[3] + boxes[:, 2] * boxes[:, 3] - shared
    share: Floats = np.divide(shared, united, out=np.zeros_like(shared), where=united > 0)
    return share


def apart(boxes: Floats, most_overlap_01: float) -> list[int]:
    """Non-maximum suppression: rows that overlap no kept earlier row by more than that. boxes: the best first."""
    kept: list[int] = []
    for row in range(len(boxes)):
        if not kept or float(overlap_01(boxes[row], boxes[kept]).max()) <= most_overlap_01:
            kept.append(row)
    return kept

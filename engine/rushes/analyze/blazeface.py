"""BlazeFace, the short range model of MediaPipe, through OpenCV's DNN.

The network: Bazarevsky and others, "BlazeFace: sub-millisecond neural face detection on mobile GPUs" (2019). Numbers of
its anchors and of its decoding are those of MediaPipe's graph face_detection_short_range: 896 anchors of fixed size on
grids of 8 px (two a cell) and 16 px (six a cell) over 128x128 px, offsets in pixels of the input, logits cut at +-100.
It was made for a face close to a phone's camera: of faces a tenth as wide as the picture it finds some, of smaller ones
none.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from rushes.analyze.face_found import Floats, Found, in_order, overlap_01

LANDMARKS = ("right_eye", "left_eye", "nose", "mouth", "right_ear", "left_ear")
SIDE_PX = 128
ANCHORS_BY_STRIDE = ((8, 2), (16, 6))
"""Stride in px, anchors in each cell."""
_MOST_LOGIT = 100.0
_SCORES, _BOXES = "classificators", "regressors"


def find_faces(net: Any, rgb: NDArray[np.uint8], floor_01: float, most_overlap_01: float) -> Found:
    """Faces of a picture at or above a confidence.

    net: cv2.dnn.Net of face_detection_short_range.tflite. rgb: shape (h, w, 3) uint8.
    """
    blob, scale, offset_px = letterboxed(rgb)
    net.setInput(blob)
    scores, boxes = net.forward((_SCORES, _BOXES))
    found = decoded(boxes.reshape(-1, 16), scores.reshape(-1), floor_01, most_overlap_01)
    return _unboxed(found, scale, offset_px)


def letterboxed(rgb: NDArray[np.uint8]) -> tuple[Floats, float, tuple[int, int]]:
    """The picture in the middle of a black square of 128 px, shape (1, 3, 128, 128), -1..1; pixels of it per pixel of
    the picture; its left and top in it."""
    height, width = rgb.shape[:2]
    scale = SIDE_PX / max(height, width)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    left, top = (SIDE_PX - size[0]) // 2, (SIDE_PX - size[1]) // 2
    square = np.zeros((SIDE_PX, SIDE_PX, 3), np.uint8)
    shape = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    square[top : top + size[1], left : left + size[0]] = cv2.resize(rgb, size, interpolation=shape)
    blob = square.transpose(2, 0, 1)[None].astype(np.float32) / np.float32(127.5) - np.float32(1)
    return np.ascontiguousarray(blob), scale, (left, top)


@cache
def anchors_px() -> Floats:
    """Centres of the anchors in px of the input: shape (896, 2), grid after grid, row by row."""
    grids = []
    for stride, per_cell in ANCHORS_BY_STRIDE:
        y, x = np.mgrid[0 : SIDE_PX // stride, 0 : SIDE_PX // stride]
        centres = (np.stack((x, y), axis=2).reshape(-1, 2) + 0.5) * stride
        grids.append(np.repeat(centres, per_cell, axis=0))
    return np.concatenate(grids).astype(np.float32)


def decoded(boxes: Floats, logits: Floats, floor_01: float, most_overlap_01: float) -> Found:
    """Faces in px of the input.

    boxes: shape (896, 16): centre x, y, width, height, then six points x, y; all in px, all but the sizes from the
    anchor. logits: shape (896,).
    """
    confidence = 1 / (1 + np.exp(-np.clip(logits.astype(np.float64), -_MOST_LOGIT, _MOST_LOGIT)))
    rows = np.flatnonzero(confidence >= floor_01)
    centres = anchors_px()[rows]
    sizes = boxes[rows, 2:4]
    left_top = boxes[rows, :2] + centres - sizes / 2
    points = boxes[rows, 4:].reshape(-1, len(LANDMARKS), 2) + centres[:, None]
    found = Found(
        np.concatenate((left_top, sizes), axis=1), confidence[rows].astype(np.float32), points, LANDMARKS
    )
    return merged(found.chosen(in_order(found.boxes_px, found.confidence_01)), most_overlap_01)


def merged(found: Found, most_overlap_01: float) -> Found:
    """Weighted suppression: each group that overlaps its best one becomes its mean, weighted by confidence.

    found: the best first. The confidence is that of the best. One box of this network jitters; the mean is steady.
    """
    left = np.arange(len(found))
    boxes, points, confidence = [], [], []
    while left.size:
        joins = overlap_01(found.boxes_px[left[0]], found.boxes_px[left]) > most_overlap_01
        joins[0] = True
        group = found.chosen(left[joins])
        weights = group.confidence_01 / group.confidence_01.sum()
        boxes.append(weights @ group.boxes_px)
        points.append(np.tensordot(weights, group.landmarks_px, axes=1))
        confidence.append(group.confidence_01[0])
        left = left[~joins]
    return Found(
        np.array(boxes, np.float32).reshape(-1, 4),
        np.array(confidence, np.float32),
        np.array(points, np.float32).reshape(-1, len(found.landmarks), 2),
        found.landmarks,
    )


def _unboxed(found: Found, scale: float, offset_px: tuple[int, int]) -> Found:
    offset = np.array(offset_px, np.float32)
    boxes = found.boxes_px.copy()
    boxes[:, :2] -= offset
    return Found(
        boxes / np.float32(scale),
        found.confidence_01,
        (found.landmarks_px - offset) / np.float32(scale),
        found.landmarks,
    )

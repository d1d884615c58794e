"""YuNet, a face detector with five landmarks, through ONNX Runtime.

The network and the meaning of its outputs: Wu, Peng and Yu, "YuNet: a tiny millisecond-level face detector" (2023) and
its repository ShiqiYu/libfacedetection.train. Each cell of three grids (8, 16 and 32 px) gives one box: the square root
of class and objectness probability is its confidence, its centre is the cell's corner plus an offset in cells, its
sides are exponentials in cells, its landmarks are offsets from the cell's corner in cells.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from rushes.analyze.face_found import Floats, Found, apart, in_order

LANDMARKS = ("right_eye", "left_eye", "nose", "mouth_right", "mouth_left")
STRIDES_PX = (8, 16, 32)
_SIDE_MULTIPLE_PX = 32
_OUTPUTS = tuple(f"{kind}_{stride}" for kind in ("cls", "obj", "bbox", "kps") for stride in STRIDES_PX)
Heads = dict[str, Floats]


def find_faces(session: Any, rgb: NDArray[np.uint8], floor_01: float, most_overlap_01: float) -> Found:
    """Faces of a picture at or above a confidence.

    session: of the file yunet_n_dynamic.onnx. rgb: shape (h, w, 3) uint8.
    """
    blob = network_input(rgb)
    values = session.run(_OUTPUTS, {"input": blob})
    heads = {name: value[0] for name, value in zip(_OUTPUTS, values, strict=True)}
    return decoded(heads, blob.shape[3], floor_01, most_overlap_01)


def network_input(rgb: NDArray[np.uint8]) -> Floats:
    """Shape (1, 3, H, W) float32, blue, green, red, 0..255; black below and right up to multiples of 32."""
    height, width = rgb.shape[:2]
    padded = cv2.copyMakeBorder(
        rgb, 0, -height % _SIDE_MULTIPLE_PX, 0, -width % _SIDE_MULTIPLE_PX, cv2.BORDER_CONSTANT
    )
    return np.ascontiguousarray(padded[:, :, ::-1].transpose(2, 0, 1)[None], dtype=np.float32)


def decoded(heads: Heads, width_px: int, floor_01: float, most_overlap_01: float) -> Found:
    """Faces from the outputs of the network.

    heads: per stride cls_, obj_ (cells, 1), bbox_ (cells, 4) and kps_ (cells, 10), cells row by row.
    width_px: of the network's input.
    """
    parts = [_of_stride(heads, stride, width_px, floor_01) for stride in STRIDES_PX]
    boxes, confidence, points = (np.concatenate(column) for column in zip(*parts, strict=True))
    order = in_order(boxes, confidence)
    found = Found(boxes, confidence, points, LANDMARKS).chosen(order)
    return found.chosen(apart(found.boxes_px, most_overlap_01))


def _of_stride(heads: Heads, stride: int, width_px: int, floor_01: float) -> tuple[Floats, Floats, Floats]:
    sure = np.clip(heads[f"cls_{stride}"][:, 0], 0, 1) * np.clip(heads[f"obj_{stride}"][:, 0], 0, 1)
    confidence = np.sqrt(sure)
    cells = np.flatnonzero(confidence >= floor_01)
    corners = np.stack((cells % (width_px // stride), cells // (width_px // stride)), axis=1)
    corners = corners.astype(np.float32)
    box = heads[f"bbox_{stride}"][cells]
    sizes = np.exp(box[:, 2:]) * stride
    left_top = (corners + box[:, :2]) * stride - sizes / 2
    points = (heads[f"kps_{stride}"][cells].reshape(-1, 5, 2) + corners[:, None]) * stride
    return np.concatenate((left_top, sizes), axis=1), confidence[cells], points

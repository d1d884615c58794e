"""Networks that read a face: crops cut as each expects them, and what it says of them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, cast

import cv2
import numpy as np
from numpy.typing import NDArray

Rgb = NDArray[np.uint8]
Gray = NDArray[np.uint8]
Floats = NDArray[np.float64]

CROP_PX = 192
BOX_PX = 96
"""Longer side of the box within the crop."""
MINI_XCEPTION = ("anger", "disgust", "fear", "happiness", "sadness", "surprise", "neutral")
"""Outputs of mini-Xception in our names: oarriaga/face_classification, the seven classes of FER2013."""
MOVEMENTS = {
    "mouth_smile": (44, 45),
    "mouth_frown": (30, 31),
    "brow_inner_up": (3,),
    "jaw_open": (25,),
}
"""Outputs of MediaPipe's blendshapes, left and right; the order is that of its face_blendshapes graph.
Its cheekSquint, which belongs to a smile, stays below a millionth on every face tried."""
EYES_SHUT = (9, 10)
"""eyeBlinkLeft and eyeBlinkRight among the same outputs."""
# fmt: off
POINTS = (
    0, 1, 4, 5, 6, 7, 8, 10, 13, 14, 17, 21, 33, 37, 39, 40, 46, 52, 53, 54, 55, 58, 61, 63, 65, 66, 67, 70, 78, 80, 81,
    82, 84, 87, 88, 91, 93, 95, 103, 105, 107, 109, 127, 132, 133, 136, 144, 145, 146, 148, 149, 150, 152, 153, 154, 155,
    157, 158, 159, 160, 161, 162, 163, 168, 172, 173, 176, 178, 181, 185, 191, 195, 197, 234, 246, 249, 251, 263, 267,
    269, 270, 276, 282, 283, 284, 285, 288, 291, 293, 295, 296, 297, 300, 308, 310, 311, 312, 314, 317, 318, 321, 323,
    324, 332, 334, 336, 338, 356, 361, 362, 365, 373, 374, 375, 377, 378, 379, 380, 381, 382, 384, 385, 386, 387, 388,
    389, 390, 397, 398, 400, 402, 405, 409, 415, 454, 466, 468, 469, 470, 471, 472, 473, 474, 475, 476, 477,
)
# fmt: on
"""The 146 of MediaPipe's 478 face points that its blendshapes read (face_blendshapes_graph.cc, Apache-2.0)."""
_MESH_PADDING = 0.25
"""MediaPipe's landmark graph takes a square of 1.5 times the box."""
_FLOOR_01 = 1e-3
"""Added before the logarithm: a view that is sure of the opposite shall not outweigh all others."""


def crop_of(jpeg: bytes) -> Rgb | None:
    """The crop in red, green, blue, shape (192, 192, 3); None where the bytes are no picture."""
    bgr = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR) if jpeg else None
    if bgr is None:
        return None
    if bgr.shape[:2] != (CROP_PX, CROP_PX):
        bgr = cv2.resize(bgr, (CROP_PX, CROP_PX), interpolation=cv2.INTER_AREA)
    return cast("Rgb", cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB))


def upright(crop: NDArray[np.uint8], padding: float, roll_rad: float, size_px: int) -> NDArray[np.uint8]:
    """The padded box out of the middle of a crop, turned so that the eyes are level, size_px wide and high.

    roll_rad: angle of the line from the person's right eye to the left one, clockwise as the picture is seen.
    """
    scale = size_px / (BOX_PX * (1 + 2 * padding))
    along, across = math.cos(roll_rad) * scale, math.sin(roll_rad) * scale
    middle = CROP_PX / 2
    turn = np.array(
        [
            [along, across, size_px / 2 - (along + across) * middle],
            [-across, along, size_px / 2 - (along - across) * middle],
        ]
    )
    shown = cv2.warpAffine(
        crop, turn, (size_px, size_px), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(shown, dtype=np.uint8)


def mini_xception_log(session: Any, gray: Gray, paddings: Sequence[float], roll_rad: float) -> Floats:
    """Mean logarithm of the seven classes over crops of several paddings and their mirror images; shape (7,)."""
    views = [_halved(upright(gray, padding, roll_rad, 96)) for padding in paddings]
    both = np.stack([side for view in views for side in (view, view[:, ::-1])])
    said = session.run(None, {_input(session): both[..., None].astype(np.float32) / 127.5 - 1})[0]
    return np.asarray(np.log(np.asarray(said, np.float64) + _FLOOR_01).mean(axis=0))


def ferplus_01(session: Any, gray: Gray, padding: float, roll_rad: float) -> Floats:
    """The eight of FER+, mean of a crop and its mirror image; shape (8,), sum 1."""
    view = _halved(upright(gray, padding, roll_rad, 128))
    name = _input(session)
    said = [
        softmax(np.asarray(session.run(None, {name: side[None, None].astype(np.float32)})[0], np.float64))
        for side in (view, view[:, ::-1])
    ]
    return np.asarray(np.mean(said, axis=0).ravel())


def movements_01(landmarks: Any, blendshapes: Any, rgb: Rgb, roll_rad: float) -> Floats | None:
    """MOVEMENTS of a face, 0..1, mean of left and right; None where the landmarks' own judgement is "no face"."""
    said = blendshapes_01(landmarks, blendshapes, rgb, roll_rad)
    return None if said is None else moved_01(said)


def moved_01(said: Floats) -> Floats:
    """MOVEMENTS of the 52 blendshapes of a face."""
    return np.array([said[list(which)].mean() for which in MOVEMENTS.values()], np.float64)


def blendshapes_01(landmarks: Any, blendshapes: Any, rgb: Rgb, roll_rad: float) -> Floats | None:
    """The 52 blendshapes of a face, 0..1; None where the landmarks' own judgement is "no face"."""
    view = upright(rgb, _MESH_PADDING, roll_rad, CROP_PX).astype(np.float32)[None] / 255
    points, presence = landmarks.run(None, {_input(landmarks): view})
    if float(np.ravel(presence)[0]) < 0:
        return None
    placed = np.reshape(points, (-1, 3))[list(POINTS), :2].astype(np.float32)
    said = blendshapes.run(None, {_input(blendshapes): placed[None]})[0]
    return np.ravel(np.asarray(said, np.float64))


def softmax(logits: Floats) -> Floats:
    """Shares of the last axis, sum 1."""
    raised = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=-1, keepdims=True))


def _halved(view: Gray) -> Gray:
    """Half as wide: the smallest networks see a smoother face than one scaled in one step."""
    half = view.shape[0] // 2
    return np.asarray(cv2.resize(view, (half, half), interpolation=cv2.INTER_AREA), dtype=np.uint8)


def _input(session: Any) -> str:
    return str(session.get_inputs()[0].name)

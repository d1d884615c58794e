"""Finding faces while a clip streams past: boxes, landmarks, a second look at each, and a small picture of each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import cv2
import numpy as np
import polars as pl
from numpy.typing import NDArray

from rushes.analyze import blazeface, yunet
from rushes.analyze.face_detection import BOXES, CROPS, LANDMARKS, PICTURES, Params
from rushes.analyze.face_found import Floats, Found, overlap_01
from rushes.analyze.spec import Picture, Seen, SoundBlock
from rushes.media.info import MediaInfo
from rushes.models.session import Models

_YUNET_OVERLAP_01 = 0.5
"""Loose: `faces` removes more by its own nms_iou_01."""
_BLAZEFACE_OVERLAP_01 = 0.3
"""What MediaPipe merges at; merged boxes cannot be taken apart again."""
_CROP_OF_BOX = 2.0
_CROP_PX = 192
_JPEG_QUALITY = 92
_SECOND_OF_BOX = 3.0
_SECOND_PX = 128
_SECOND_FLOOR_01 = 0.05
_SECOND_OVERLAP_01 = 0.3
"""Of a box in the second look with the first one, to be the same face."""
Rgb = NDArray[np.uint8]
Look = Callable[[Rgb, float], Found]
"""A picture and the least confidence -> faces."""


def start(params: Params, info: MediaInfo, models: Models) -> FaceFinder:
    """A finder for one clip. Raises ModelError where the model cannot be read."""
    cv2.setNumThreads(1)
    return FaceFinder(params, detector(params.detector, models))


def detector(name: str, models: Models) -> Look:
    """The detector of a name."""
    if name == "blazeface":
        net = models.tflite(name)
        return lambda rgb, floor_01: blazeface.find_faces(net, rgb, floor_01, _BLAZEFACE_OVERLAP_01)
    session = models.onnx(name)
    return lambda rgb, floor_01: yunet.find_faces(session, rgb, floor_01, _YUNET_OVERLAP_01)


class FaceFinder:
    """Keeps numbers of each picture, and some kilobytes of JPEG for each face."""

    def __init__(self, params: Params, look: Look) -> None:
        self._params = params
        self._look = look
        self._pictures: list[tuple[Any, ...]] = []
        self._boxes: list[tuple[Any, ...]] = []
        self._crops: list[tuple[Any, ...]] = []

    def update(self, picture: Picture) -> None:
        """See one picture in colour."""
        rgb = picture.pixels
        height, width = rgb.shape[:2]
        self._pictures.append((picture.t_s, picture.pts, width, height))
        found = _inside(self._look(rgb, self._params.floor_confidence_01), width, height)
        for face in range(min(len(found), self._params.max_faces)):
            box = found.boxes_px[face]
            place = _places(found, face, width, height)
            second = second_look_01(self._look, rgb, box)
            head = (picture.pts, picture.t_s, face, float(found.confidence_01[face]))
            self._boxes.append((*head, *place, second))
            self._crops.append((picture.pts, face, *_jpeg_of(rgb, box)))

    def hear(self, block: SoundBlock) -> None:
        """Sound has no face."""

    def finish(self, seen: Seen) -> Mapping[str, pl.DataFrame]:
        """`pictures`, `boxes` and `crops`, in order of time."""
        return {
            "pictures": _frame(self._pictures, PICTURES),
            "boxes": _frame(self._boxes, BOXES),
            "crops": _frame(self._crops, CROPS),
        }


def second_look_01(look: Look, rgb: Rgb, box: Floats) -> float:
    """How sure the detector is of a face when it sees it small, in the middle of its surroundings: the best of the cut-out
    and its mirror image; 0 where it finds nothing there.

    The square of three times the longer side of the box is scaled to 128 px, so that the face is 43 px high, whatever it
    was; black beyond the picture. What is a face at one scale only, such as toys, petals and sleeves, falls out.
    """
    square = square_of(rgb, box, _SECOND_OF_BOX, _SECOND_PX, cv2.BORDER_CONSTANT)
    left, top, side = square_px(box, _SECOND_OF_BOX)
    wanted = (box - np.array((left, top, 0, 0), np.float32)) * np.float32(_SECOND_PX / side)
    mirrored = wanted.copy()
    mirrored[0] = _SECOND_PX - wanted[0] - wanted[2]
    views = ((square, wanted), (np.ascontiguousarray(square[:, ::-1]), mirrored))
    return max(map(partial(_confidence_at, look), *zip(*views, strict=True)))


def square_px(box: Floats, times: float) -> tuple[int, int, int]:
    """Left, top and side of the square around the middle of a box, as many times its longer side; whole pixels."""
    side = max(2, round(float(max(box[2], box[3])) * times))
    left, top = (round(float(box[axis] + box[2 + axis] / 2) - side / 2) for axis in (0, 1))
    return left, top, side


def square_of(rgb: Rgb, box: Floats, times: float, size_px: int, border: int) -> Rgb:
    """That square scaled to size_px. border: how OpenCV makes up what lies outside the picture."""
    left, top, side = square_px(box, times)
    height, width = rgb.shape[:2]
    inside = rgb[max(0, top) : min(height, top + side), max(0, left) : min(width, left + side)]
    padded = cv2.copyMakeBorder(
        inside,
        max(0, -top),
        max(0, top + side - height),
        max(0, -left),
        max(0, left + side - width),
        border,
    )
    shrinks = side > size_px
    shape = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(padded, (size_px, size_px), interpolation=shape), dtype=np.uint8)


def _confidence_at(look: Look, rgb: Rgb, box: Floats) -> float:
    found = look(rgb, _SECOND_FLOOR_01)
    same = overlap_01(box, found.boxes_px) >= _SECOND_OVERLAP_01
    return float(found.confidence_01[same].max()) if same.any() else 0.0


def _inside(found: Found, width: int, height: int) -> Found:
    """Faces whose middle lies in the picture."""
    middle = found.boxes_px[:, :2] + found.boxes_px[:, 2:] / 2
    return found.chosen(np.flatnonzero(((middle >= 0) & (middle < (width, height))).all(axis=1)))


def _places(found: Found, face: int, width: int, height: int) -> list[float | None]:
    """Box and landmarks in fractions of the picture; None for points that the detector does not give."""
    size = np.array((width, height), np.float64)
    box = found.boxes_px[face].astype(np.float64).reshape(2, 2) / size
    points = dict(zip(found.landmarks, found.landmarks_px[face].astype(np.float64) / size, strict=True))
    if "mouth" not in points:
        points["mouth"] = (points["mouth_right"] + points["mouth_left"]) / 2
    marks = [points[name].tolist() if name in points else [None, None] for name in LANDMARKS]
    return [*box.ravel().tolist(), *(value for mark in marks for value in mark)]


def _jpeg_of(rgb: Rgb, box: Floats) -> tuple[float, float, float, bytes]:
    """The square in px of the picture, and what it shows."""
    crop = square_of(rgb, box, _CROP_OF_BOX, _CROP_PX, cv2.BORDER_REPLICATE)
    _, jpeg = cv2.imencode(
        ".jpg", cv2.cvtColor(crop, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY]
    )
    left, top, side = square_px(box, _CROP_OF_BOX)
    return float(left), float(top), float(side), jpeg.tobytes()


def _frame(rows: list[tuple[Any, ...]], columns: tuple[tuple[str, str], ...]) -> pl.DataFrame:
    schema = {name: getattr(pl, kind) for name, kind in columns}
    return pl.DataFrame(rows, schema=schema, orient="row")

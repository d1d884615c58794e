"""Finding people by YOLOX while a clip streams past."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import cv2
import numpy as np
import polars as pl
from numpy.typing import NDArray

from rushes.analyze.bodies import COLUMNS, INPUT_SIDE_PX, MODEL, Params
from rushes.analyze.face_found import apart
from rushes.analyze.spec import Picture, Seen, SoundBlock
from rushes.analyze.yolox import decoded, letterboxed
from rushes.errors import ModelError, Place, Problem
from rushes.media.info import MediaInfo
from rushes.models.session import Models

Floats = NDArray[np.float32]

_PERSON = 0
"""Of the 80 classes of COCO."""
_COVER_SIDE = 64
_PICTURES: dict[str, Any] = {
    "t_s": pl.Float64,
    "pts": pl.Int64,
    "width_px": pl.Int64,
    "height_px": pl.Int64,
}
_BOX = ("confidence_01", "x_01", "y_01", "width_01", "height_01")
_BOXES: dict[str, Any] = {
    "pts": pl.Int64,
    "t_s": pl.Float64,
    "body": pl.Int64,
    **dict.fromkeys(_BOX, pl.Float64),
}
_SAMPLES: dict[str, Any] = {"t_s": pl.Float64, **dict.fromkeys((c.name for c in COLUMNS), pl.Float64)}


def start(params: Params, info: MediaInfo, models: Models) -> PeopleFinder:
    """A finder for one clip. Raises ModelError where the model cannot be read."""
    # One clip, one core: threads of OpenCV would fight with the other clips.
    cv2.setNumThreads(1)
    return PeopleFinder(params, models.onnx(MODEL))


class PeopleFinder:
    """Keeps a few boxes a picture."""

    def __init__(self, params: Params, session: Any) -> None:
        self._params = params
        self._session = session
        self._input = session.get_inputs()[0].name
        self._pictures: list[tuple[float, int, int, int]] = []
        self._boxes: list[tuple[float, ...]] = []
        self._samples: list[tuple[float | None, ...]] = []

    def update(self, picture: Picture) -> None:
        """Search one picture in colour."""
        height, width = picture.pixels.shape[:2]
        found = self._found(picture.pixels)
        self._pictures.append((picture.t_s, picture.pts, width, height))
        self._boxes += [(picture.pts, picture.t_s, body, *row) for body, row in enumerate(found.tolist())]
        self._samples.append((picture.t_s, *measures(found)))

    def hear(self, block: SoundBlock) -> None:
        """Sound has no picture."""

    def finish(self, seen: Seen) -> Mapping[str, pl.DataFrame]:
        """`samples`, `pictures` (all that were searched) and `boxes`."""
        return {
            "samples": pl.DataFrame(self._samples, schema=_SAMPLES, orient="row"),
            "pictures": pl.DataFrame(self._pictures, schema=_PICTURES, orient="row"),
            "boxes": pl.DataFrame(self._boxes, schema=_BOXES, orient="row"),
        }

    def _found(self, rgb: NDArray[np.uint8]) -> NDArray[np.float64]:
        pixels, scale = letterboxed(rgb, INPUT_SIDE_PX)
        raw = np.asarray(self._session.run(None, {self._input: pixels})[0], np.float32)
        height, width = rgb.shape[:2]
        return people(raw, scale * width, scale * height, self._params)


def people(raw: Floats, width_px: float, height_px: float, params: Params) -> NDArray[np.float64]:
    """People in one picture that fills width_px and height_px of the network's input, the most confident first.

    raw: what the network gives, shape (1, cells, 85). Returns shape (n, 5): confidence, then left, top, width and height
    as shares of the picture, cut off at its borders. Raises ModelError where the shape is another.
    """
    try:
        boxes = decoded(raw.reshape(raw.shape[-2:]), _PERSON, INPUT_SIDE_PX)
    except ValueError as error:
        raise ModelError(
            Problem(Place(MODEL), f"this is no YOLOX for people: {error}", "run rushes models verify")
        ) from error
    sure = np.flatnonzero(boxes.confidence_01 >= params.confidence_01)
    # Equally confident cells keep the network's order.
    best = sure[np.argsort(-boxes.confidence_01[sure], kind="stable")]
    kept = best[
        apart(np.hstack([boxes.left_top_px[best], boxes.size_px[best]]), params.nms_iou_01)[
            : params.max_bodies
        ]
    ]
    whole = np.array([width_px, height_px])
    begin = np.clip(boxes.left_top_px[kept].astype(np.float64) / whole, 0, 1)
    end = np.clip((boxes.left_top_px + boxes.size_px)[kept].astype(np.float64) / whole, 0, 1)
    rows = np.hstack([boxes.confidence_01[kept, None].astype(np.float64), begin, end - begin])
    return rows[(rows[:, 3:] > 0).all(axis=1)]


def measures(found: NDArray[np.float64]) -> tuple[float | None, ...]:
    """The per-sample columns of one picture, in their order. found: as `people` gives it."""
    count = float(len(found))
    tallest = float(found[:, 4].max()) if len(found) else None
    return count, count, 100.0 if len(found) else 0.0, tallest, _covered_01(found[:, 1:])


def _covered_01(boxes: NDArray[np.float64]) -> float:
    """Share of a raster that lies in a box: exact to its cells, and two people behind each other count once."""
    cells = np.zeros((_COVER_SIDE, _COVER_SIDE), np.bool_)
    for left, top, width, height in np.rint(boxes * _COVER_SIDE).astype(int).tolist():
        cells[top : top + height, left : left + width] = True
    return float(cells.mean())

"""What the tests of faces share: tables of face_detection made by hand, crops of one colour, and installed models."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import polars as pl
import pytest
from rushes.analyze.face_detection import BOXES, CROPS, PICTURES
from rushes.analyze.faces import Params
from rushes.analyze.faces_pass import start
from rushes.analyze.spec import ClipFacts
from rushes.media.info import MediaInfo
from rushes.models.session import Models

SHARED = Path(__file__).parents[2] / "../shared"
DATA = SHARED / "data"
WIDTH_PX, HEIGHT_PX = 640, 320
FILES = {
    "yunet": "yunet/yunet_n_dynamic.onnx",
    "blazeface": "blazeface/face_detection_short_range.tflite",
}
RED, BLUE = (200, 40, 40), (40, 60, 200)
Row = dict[str, Any]


_NAMED = os.environ.get("RUSHES_MODELS")
"""As the tests were started: they run without it, so that no run finds the models of whoever works here."""


def installed(name: str) -> Models:
    """A model of the folder that RUSHES_MODELS names, or of the shared one; skips the test where it is not there."""
    folders = [Path(_NAMED)] if _NAMED else []
    tried = [folder / FILES[name] for folder in (*folders, SHARED / "models")]
    path = next((path for path in tried if path.exists()), None)
    if path is None:
        pytest.skip(f"the model {FILES[name]} is neither in RUSHES_MODELS nor in ../shared/models")
    return Models({name: path})


def footage(name: str) -> Path:
    """A file or folder of the shared data; skips the test where it is not there."""
    if not (DATA / name).exists():
        pytest.skip(f"there is no {name} in ../shared/data")
    return DATA / name


def face_at(
    t_s: float,
    x_01: float = 0.5,
    y_01: float = 0.5,
    *,
    size_01: float = 0.1,
    face: int = 0,
    confidence_01: float = 0.9,
    second_look_01: float = 0.9,
    turned: float = 0.0,
    color: tuple[int, int, int] | None = None,
) -> Row:
    """A face whose middle is there, as wide as size_01 of the picture's width and as high as it is wide.

    turned: by how much of the distance of the eyes the nose lies right of the middle. color: of its crop.
    """
    high = size_01 * WIDTH_PX / HEIGHT_PX
    eyes = size_01 * 0.4
    points = {
        "right_eye": (-eyes / 2, -high / 6),
        "left_eye": (eyes / 2, -high / 6),
        "nose": (turned * eyes, 0.0),
        "mouth": (0.0, high / 4),
    }
    places = {
        f"{name}_{axis}_01": middle + offset
        for name, offsets in points.items()
        for axis, middle, offset in zip("xy", (x_01, y_01), offsets, strict=True)
    }
    return {
        "pts": round(t_s * 1000),
        "t_s": t_s,
        "face": face,
        "confidence_01": confidence_01,
        "x_01": x_01 - size_01 / 2,
        "y_01": y_01 - high / 2,
        "width_01": size_01,
        "height_01": high,
        "second_look_01": second_look_01,
        "color": color,
        **places,
    }


def crop_of(color: tuple[int, int, int]) -> bytes:
    """A crop of one colour (red, green, blue), without the losses of JPEG."""
    return cv2.imencode(".png", np.full((192, 192, 3), color[::-1], np.uint8))[1].tobytes()


def tables_of(times_s: list[float], faces: list[Row]) -> Mapping[str, pl.DataFrame]:
    """Tables of face_detection: pictures of 640x320 px at these times, and these faces."""
    pictures = [(t_s, round(t_s * 1000), WIDTH_PX, HEIGHT_PX) for t_s in times_s]
    boxes = [{name: row.get(name) for name, _ in BOXES} for row in faces]
    crops = [(row["pts"], row["face"], 0.0, 0.0, 1.0, crop_of(row["color"])) for row in faces if row["color"]]
    return {
        "pictures": pl.DataFrame(pictures, schema=schema_of(PICTURES), orient="row"),
        "boxes": pl.DataFrame(boxes, schema=schema_of(BOXES)),
        "crops": pl.DataFrame(crops, schema=schema_of(CROPS), orient="row"),
    }


def schema_of(columns: tuple[tuple[str, str], ...]) -> dict[str, Any]:
    """Declared columns as polars takes them."""
    return {name: getattr(pl, kind) for name, kind in columns}


def judged(
    raw: Mapping[str, pl.DataFrame], *, cuts_s: list[float] | None = None, **params: float
) -> Mapping[str, pl.DataFrame]:
    """Tables of `faces` from those of `face_detection`, and from the cuts of `shots` where they are given."""
    info = MediaInfo(path="", digest="", size_bytes=0, container="", duration_s=0.0, video=None, audio=None)
    facts = ClipFacts(info=info, duration_s=0.0)
    tables = {"face_detection": raw}
    if cuts_s is not None:
        tables["shots"] = {"cuts": pl.DataFrame({"t_s": cuts_s}, schema={"t_s": pl.Float64})}
    return start(Params(**params), facts, tables, Models())

"""From boxes to faces, people and columns: arithmetic on the tables of face_detection."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl

from rushes.analyze.face_found import apart
from rushes.analyze.face_looks import look_of
from rushes.analyze.face_tracks import Sighting, follow
from rushes.analyze.faces import COLUMNS, CUTS, SOURCE, Params
from rushes.analyze.spec import ClipFacts, TablesByAnalyzer
from rushes.models.session import Models

_YAW_GAIN = 1.75
"""From the ratio of nose and eyes to the tangent of the yaw; chosen on stills, see yaw_deg."""
_YAW_POINTS = ("right_eye", "left_eye", "nose", "mouth")
_SAMPLES: dict[str, Any] = {
    "t_s": pl.Float64,
    **{column.name: pl.Float64 for column in COLUMNS if column.per_sample},
}
_CLIP: dict[str, Any] = {"people_count": pl.Float64, "face_timestamps": pl.List(pl.Float64)}
_TRACKS: dict[str, Any] = {"pts": pl.Int64, "face": pl.Int64, "track": pl.Int64}
Row = Mapping[str, Any]


def start(
    params: Params, facts: ClipFacts, tables: TablesByAnalyzer, models: Models
) -> Mapping[str, pl.DataFrame]:
    """`clip`, `samples` (a row per picture that was looked at) and `tracks` (a row per accepted face).

    Where no picture was looked at, the clip's values are null: nobody knows.
    """
    found = tables[SOURCE]
    pictures = found["pictures"].sort("pts").rows(named=True)
    faces = accepted(found["boxes"], params)
    shown = [faces.get(picture["pts"], []) for picture in pictures]
    people = follow(_sightings(pictures, shown, found["crops"], _cuts_s(tables)), params)
    return {
        "clip": _clip(pictures, shown, people, params),
        "samples": pl.DataFrame(
            [_sample(picture, rows) for picture, rows in zip(pictures, shown, strict=True)],
            schema=_SAMPLES,
            orient="row",
        ),
        "tracks": pl.DataFrame(
            [
                (row["pts"], row["face"], track)
                for rows, tracks in zip(shown, people, strict=True)
                for row, track in zip(rows, tracks, strict=True)
            ],
            schema=_TRACKS,
            orient="row",
        ),
    }


def accepted(boxes: pl.DataFrame, params: Params) -> dict[int, list[Row]]:
    """Boxes that are faces, by the pts of their picture, the most confident first."""
    best = pl.max_horizontal("confidence_01", "second_look_01")
    sure = (best >= params.min_confidence_01) & (pl.col("second_look_01") >= params.min_second_look_01)
    large = pl.col("width_01") * pl.col("height_01") >= params.min_area_01
    by_picture: dict[int, list[Row]] = {}
    for row in boxes.filter(sure & large).sort("pts", "face").iter_rows(named=True):
        by_picture.setdefault(row["pts"], []).append(row)
    return {pts: _apart(rows, params.nms_iou_01) for pts, rows in by_picture.items()}


def yaw_deg(row: Row, aspect: float) -> float | None:
    """Which way a face looks, from its landmarks: 0 to the camera, 90 to the right of the picture; -90..90.

    row: a row of `boxes`. aspect: width of the picture over its height. The nose stands out from the plane of eyes and
    mouth; turned by an angle it moves across by its length times the sine, while the eyes close up by the cosine. Both
    are measured across the line from the middle of the eyes to the mouth, so that a tilted head changes nothing. None
    where that line has no length or a point is missing.

    Error against the yaw of MediaPipe's 478 points, itself a model's guess: on 279 stills that look mostly ahead, median
    2.5 degrees and 5.9 in 90 %; the gain was chosen on them. Between 30 and 60 degrees the median is 11. Beyond 60 it
    says 40 to 68 (six faces): "turned away", not an angle.
    """
    points = [[row[f"{name}_{axis}_01"] for axis in ("x", "y")] for name in _YAW_POINTS]
    if any(value is None for point in points for value in point):
        return None
    right, left, nose, mouth = np.array(points, np.float64) * (aspect, 1.0)
    middle = (right + left) / 2
    down = mouth - middle
    length = float(np.hypot(*down))
    if length == 0:
        return None
    across = np.array((down[1], -down[0])) / length
    turned = math.atan2(_YAW_GAIN * float((nose - middle) @ across), float((left - right) @ across))
    return min(90.0, max(-90.0, math.degrees(turned)))


def _apart(rows: list[Row], most_overlap_01: float) -> list[Row]:
    boxes = np.array([[row[name] for name in ("x_01", "y_01", "width_01", "height_01")] for row in rows])
    return [rows[index] for index in apart(boxes.astype(np.float32), most_overlap_01)]


def _sightings(
    pictures: Sequence[Row], shown: Sequence[Sequence[Row]], crops: pl.DataFrame, cuts_s: Sequence[float]
) -> list[list[Sighting]]:
    jpegs = {(pts, face): jpeg for pts, face, jpeg in crops.select("pts", "face", "jpeg").iter_rows()}
    return [
        [
            _sighting(
                row,
                _aspect(picture),
                jpegs.get((row["pts"], row["face"]), b""),
                bisect_right(cuts_s, row["t_s"]),
            )
            for row in rows
        ]
        for picture, rows in zip(pictures, shown, strict=True)
    ]


def _sighting(row: Row, aspect: float, jpeg: bytes, shot: int) -> Sighting:
    return Sighting(
        pts=row["pts"],
        t_s=row["t_s"],
        face=row["face"],
        x=row["x_01"] + row["width_01"] / 2,
        y=(row["y_01"] + row["height_01"] / 2) / aspect,
        size=max(row["width_01"], row["height_01"] / aspect),
        look=look_of(jpeg),
        shot=shot,
    )


def _cuts_s(tables: TablesByAnalyzer) -> list[float]:
    return sorted(tables[CUTS]["cuts"]["t_s"].to_list()) if CUTS in tables else []


def _aspect(picture: Row) -> float:
    return float(picture["width_px"] / picture["height_px"])


def _sample(picture: Row, rows: Sequence[Row]) -> tuple[float | None, ...]:
    """A row of `samples`."""
    count = float(len(rows))
    largest = max(rows, key=lambda row: (_area_01(row), -row["face"]), default=None)
    head = (picture["t_s"], 100.0 if rows else 0.0, count, count)
    if largest is None:
        return (*head, None, None, None, None, None)
    yaw = yaw_deg(largest, _aspect(picture))
    x, y = (_middle_01(largest, *names) for names in (("x_01", "width_01"), ("y_01", "height_01")))
    return (*head, _area_01(largest), x, y, yaw, None if yaw is None else abs(yaw))


def _clip(
    pictures: Sequence[Row], shown: Sequence[Sequence[Row]], people: Sequence[Sequence[int]], params: Params
) -> pl.DataFrame:
    if not pictures:
        return pl.DataFrame([(None, None)], schema=_CLIP, orient="row")
    moments = [picture["t_s"] for picture, rows in zip(pictures, shown, strict=True) if rows]
    sightings = Counter(track for tracks in people for track in tracks)
    least = params.min_people_share_01 * len(moments)
    count = sum(times >= least for times in sightings.values())
    return pl.DataFrame([(float(count), moments)], schema=_CLIP, orient="row")


def _area_01(row: Row) -> float:
    """Share of the picture that a box fills, without what lies outside."""
    sides = (_inside_01(row["x_01"], row["width_01"]), _inside_01(row["y_01"], row["height_01"]))
    return (sides[0][1] - sides[0][0]) * (sides[1][1] - sides[1][0])


def _middle_01(row: Row, begin: str, length: str) -> float:
    return min(1.0, max(0.0, float(row[begin] + row[length] / 2)))


def _inside_01(begin: float, length: float) -> tuple[float, float]:
    return min(1.0, max(0.0, begin)), min(1.0, max(0.0, begin + length))

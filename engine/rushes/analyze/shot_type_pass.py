"""Shot type and angle from the tables of faces, people, camera and, where wished, CLIP. No media is opened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl

from rushes.analyze.framing import Body, Face, Moment, Verdict, angle, shot_type, surer
from rushes.analyze.shot_times import ShotTimes
from rushes.analyze.shot_type import ANGLES, SHOT_TYPES, Params, prompts_by_label
from rushes.analyze.spec import ClipFacts, TablesByAnalyzer
from rushes.models.session import Models

_ZOOM_S = 2.0
"""What a zoom is measured over, around a moment and at the ends of a clip beside it: a hand that moves on is none."""
_STEADY_REACH_S = 2.0
_SAMPLES: dict[str, Any] = {
    "t_s": pl.Float64,
    "shot_type": pl.String,
    "shot_type_confidence_01": pl.Float64,
    "shot_type_from": pl.String,
    "angle": pl.String,
    "angle_confidence_01": pl.Float64,
}


def start(
    params: Params, facts: ClipFacts, tables: TablesByAnalyzer, models: Models
) -> Mapping[str, pl.DataFrame]:
    """`samples`: a verdict for every picture in which faces were looked for. Raises ModelError (see zero_shot)."""
    times = tables["face_detection"]["pictures"].sort("t_s", "pts").select("pts", "t_s").rows()
    shots = ShotTimes(tables)
    moments = Moments(params, tables, shots)
    seen = [moments.at(pts, t_s) for pts, t_s in times]
    types = [shot_type(moment, params) for moment in seen]
    angles = [angle(moment, params) for moment in seen]
    at_s = [t_s for _, t_s in times]
    if params.zero_shot and "clip_embedding" in tables:
        words = Words(params, tables, models, shots)
        types = words.added(types, at_s, prompts_by_label(params.shot_type_prompts, SHOT_TYPES))
        angles = words.added(angles, at_s, prompts_by_label(params.angle_prompts, ANGLES))
    types, angles = steadied(types, at_s, shots), steadied(angles, at_s, shots)
    rows = [
        (t_s, kind.label, kind.confidence_01, kind.source, view.label, view.confidence_01)
        for t_s, kind, view in zip(at_s, types, angles, strict=True)
    ]
    return {"samples": pl.DataFrame(rows, schema=_SAMPLES, orient="row")}


class Moments:
    """What the tables know of a clip, looked up by time."""

    def __init__(self, params: Params, tables: TablesByAnalyzer, shots: ShotTimes) -> None:
        self._shots = shots
        self._hold_s = params.hold_s
        self._faces = _largest_faces(tables)
        self._bodies_s, self._bodies = _tallest_bodies(tables)
        moving = tables["motion"]["samples"].drop_nulls("zoom_per_s").sort("t_s")
        self._motion_s = moving["t_s"].to_numpy()
        self._zoom = moving["zoom_per_s"].to_numpy()
        self._pan = np.hypot(moving["pan_per_s"].to_numpy(), moving["tilt_per_s"].to_numpy())

    def at(self, pts: int, t_s: float) -> Moment:
        """The moment of a picture in which faces were looked for."""
        end_s = float(self._motion_s[-1]) if len(self._motion_s) else 0.0
        begin_s = max(0.0, min(t_s - _ZOOM_S / 2, end_s - _ZOOM_S))
        first, last = np.searchsorted(self._motion_s, (begin_s - 1e-9, begin_s + _ZOOM_S + 1e-9))
        zoom = float(np.median(self._zoom[first:last])) if last > first else None
        pan = float(np.median(self._pan[first:last])) if last > first else 0.0
        return Moment(self._faces.get(pts), self._body(t_s), zoom, pan)

    def _body(self, t_s: float) -> Body | None:
        """The tallest person of the nearest picture of the shot that was searched."""
        row = self._shots.nearest(self._bodies_s, t_s, self._hold_s)
        return None if row is None else self._bodies[row]


def _largest_faces(tables: TablesByAnalyzer) -> dict[int, Face]:
    """pts -> the largest of the faces that `faces` accepted."""
    accepted = tables["face_detection"]["boxes"].join(
        tables["faces"]["tracks"].select("pts", "face"), on=["pts", "face"], how="semi"
    )
    # As in `faces`, whose yaw belongs to the largest by area.
    area = pl.col("width_01") * pl.col("height_01")
    largest = accepted.sort("pts", -area, "face").unique("pts", keep="first", maintain_order=True)
    yaws = _yaws_deg(tables)
    return {
        pts: Face(height, confidence, yaws.get(pts))
        for pts, height, confidence in largest.select("pts", "height_01", "confidence_01").rows()
    }


def _yaws_deg(tables: TablesByAnalyzer) -> dict[int, float]:
    """pts -> turn of the largest face, where it is known."""
    pictures = tables["face_detection"]["pictures"].select("pts", "t_s")
    turned = tables["faces"]["samples"].select("t_s", "face_yaw_deg").drop_nulls()
    return dict(pictures.join(turned, on="t_s").select("pts", "face_yaw_deg").rows())


def _tallest_bodies(tables: TablesByAnalyzer) -> tuple[list[float], list[Body | None]]:
    """Times of the pictures that were searched, sorted, and the tallest person in each."""
    if "bodies" not in tables:
        return [], []
    pictures, boxes = tables["bodies"]["pictures"], tables["bodies"]["boxes"]
    tallest = boxes.sort(
        "pts", "height_01", "confidence_01", "body", descending=[False, True, True, False]
    ).unique("pts", keep="first", maintain_order=True)
    names = ("width_px", "height_px", "y_01", "width_01", "height_01", "confidence_01")
    ordered = pictures.sort("t_s", "pts")
    known = ordered.join(tallest.drop("t_s"), on="pts", how="left", maintain_order="left").select(names)
    return ordered["t_s"].to_list(), [_body_of(*row) for row in known.rows()]


def _body_of(
    picture_width_px: int,
    picture_height_px: int,
    y_01: float | None,
    width_01: float,
    height_01: float,
    confidence_01: float,
) -> Body | None:
    if y_01 is None:
        return None
    ratio = height_01 * picture_height_px / (width_01 * picture_width_px)
    return Body(height_01, ratio, y_01, y_01 + height_01, confidence_01)


class Words:
    """What CLIP says of a clip whose pictures were embedded."""

    def __init__(self, params: Params, tables: TablesByAnalyzer, models: Models, shots: ShotTimes) -> None:
        ordered = tables["clip_embedding"]["embeddings"].sort("t_s", "pts")
        self._at_s: list[float] = ordered["t_s"].to_list()
        self._vectors = [np.frombuffer(vector, "<f4") for vector in ordered["vector"]]
        self._params, self._models, self._shots = params, models, shots

    def added(
        self, verdicts: list[Verdict], at_s: list[float], prompts: Mapping[str, tuple[str, ...]]
    ) -> list[Verdict]:
        """Verdicts of some moments, and where CLIP is surer than they are, its own."""
        # It loads the library of the models and perhaps the text model: only where it is wished.
        from rushes.analyze.zero_shot import chances_01, label_vectors

        if not self._vectors or not prompts:
            return verdicts
        chances = chances_01(np.stack(self._vectors), label_vectors(prompts, self._models))
        chances *= self._params.zero_shot_trust_01
        said = [Verdict(list(prompts)[int(row.argmax())], float(row.max()), "words") for row in chances]
        near = [self._shots.nearest(self._at_s, t_s, self._params.hold_s) for t_s in at_s]
        return [
            verdict if row is None else surer(verdict, said[row])
            for verdict, row in zip(verdicts, near, strict=True)
        ]


def steadied(verdicts: list[Verdict], at_s: list[float], shots: ShotTimes) -> list[Verdict]:
    """Verdicts that change from one moment to the next are less sure: confidence times the share of those labelled the
    same among the labelled ones of the shot within 2 s. at_s: sorted."""
    found: list[Verdict] = []
    for verdict, t_s in zip(verdicts, at_s, strict=True):
        around = [verdicts[row].label for row in shots.around(at_s, t_s, _STEADY_REACH_S)]
        near = [label for label in around if label is not None]
        share = near.count(verdict.label) / len(near) if verdict.label is not None else 0.0
        found.append(replace(verdict, confidence_01=verdict.confidence_01 * share))
    return found

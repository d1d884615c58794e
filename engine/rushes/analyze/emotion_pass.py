"""From faces to the mood of pictures and clips: arithmetic on the tables of face_detection, faces and expressions.

In one picture faces are weighted by their width (the root of their area): a viewer reads the person in front, and a
bystander's face is small. A picture counts once, however many faces it has. One smile makes a picture a smiling one,
whoever smiles: that is what a viewer would sign.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from rushes.analyze.emotion import COLUMNS, DETECTION, EXPRESSIONS, FACES, Params
from rushes.analyze.expressions import NAMES
from rushes.analyze.spec import ClipFacts, TablesByAnalyzer
from rushes.models.session import Models

_SAMPLES: dict[str, Any] = {
    "t_s": pl.Float64,
    **{column.name: pl.Float64 for column in COLUMNS if column.per_sample},
}
Row = Mapping[str, Any]


def start(
    params: Params, facts: ClipFacts, tables: TablesByAnalyzer, models: Models
) -> Mapping[str, pl.DataFrame]:
    """`clip` and `samples`, a row per picture that was looked at.

    A face whose crop could not be read has no expression: it counts as no face here.
    """
    pictures = tables[DETECTION]["pictures"].sort("pts").rows(named=True)
    shown = _by_picture(tables)
    samples = [_sample(picture["t_s"], shown.get(picture["pts"], []), params) for picture in pictures]
    return {
        "clip": pl.DataFrame({"emotion_dominant": pl.Series([_dominant(samples)], dtype=pl.String)}),
        "samples": pl.DataFrame(samples, schema=_SAMPLES, orient="row"),
    }


def _by_picture(tables: TablesByAnalyzer) -> dict[int, list[Row]]:
    """Accepted faces with what they express and how large they are, by pts."""
    keys = ["pts", "face"]
    area = (pl.col("width_01") * pl.col("height_01")).alias("area_01")
    faces = (
        tables[FACES]["tracks"]
        .select(keys)
        .join(tables[DETECTION]["boxes"].select(*keys, area), on=keys)
        .join(tables[EXPRESSIONS]["expressions"].drop("t_s"), on=keys)
        .sort(keys)
    )
    shown: dict[int, list[Row]] = {}
    for row in faces.iter_rows(named=True):
        shown.setdefault(row["pts"], []).append(row)
    return shown


def _sample(t_s: float, faces: Sequence[Row], params: Params) -> tuple[float | None, ...]:
    if not faces:
        return (t_s, *[None] * len(NAMES), 0.0, None)
    means = [_mean(faces, f"{name}_01", params) for name in NAMES]
    smiles = any(row["smile_01"] >= params.smile_happiness_01 for row in faces)
    seen = [row for row in faces if row["eyes_closed_01"] is not None]
    return (t_s, *means, 100.0 if smiles else 0.0, _mean(seen, "eyes_closed_01", params) if seen else None)


def _mean(faces: Sequence[Row], name: str, params: Params) -> float:
    """Larger faces count more."""
    weights = [float(row["area_01"]) ** params.area_power for row in faces]
    return math.fsum(w * row[name] for w, row in zip(weights, faces, strict=True)) / math.fsum(weights)


def _dominant(samples: Sequence[tuple[float | None, ...]]) -> str | None:
    """The expression with the highest mean over the pictures with a face; of equal ones the first of NAMES."""
    told = [sample[1 : 1 + len(NAMES)] for sample in samples if sample[1] is not None]
    if not told:
        return None
    sums = [math.fsum(value for value in column if value is not None) for column in zip(*told, strict=True)]
    return NAMES[sums.index(max(sums))]

"""What is known along clips, in even bins of time: one row of numbers for all clips, one after the other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl

from rushes.edit.problem import Floats

BIN_S = 0.2
"""Step of what is known along a clip: that of the samples frame."""

_QUALITY_COLUMNS = ("visual_quality_01", "sharpness_01")


def bins_of(clips: pl.DataFrame) -> tuple[dict[str, int], int]:
    """Where each clip's bins begin, and how many there are in all; clips are a bin apart."""
    offsets: dict[str, int] = {}
    at = 0
    for row in clips.select("clip", "duration_s").sort("clip").iter_rows():
        offsets[row[0]] = at
        at += int(np.ceil((row[1] or 0.0) / BIN_S)) + 2
    return offsets, at


def score_bins(rows: list[dict[str, Any]], offsets: Mapping[str, int], bins: int) -> Floats:
    """(bins,) score of the segment that each bin lies in; NaN where there is none. rows: clip, start_s, end_s, score."""
    grid = np.full(bins, np.nan)
    for row in rows:
        if row["score"] is not None:
            first = offsets[row["clip"]]
            grid[first + round(row["start_s"] / BIN_S) : first + max(1, round(row["end_s"] / BIN_S))] = row[
                "score"
            ]
    return grid


def column_of(samples: pl.DataFrame, name: str) -> Floats | None:
    """(samples,) a column as numbers; None where there is none."""
    return samples[name].cast(pl.Float64).to_numpy() if name in samples.columns else None


def quality_of(samples: pl.DataFrame) -> Floats | None:
    """How clean each sample is: the mean of visual quality, sharpness and freedom from shake, of those that are known."""
    parts = [values for name in _QUALITY_COLUMNS if (values := column_of(samples, name)) is not None]
    shake = column_of(samples, "shake_01")
    if shake is not None:
        parts.append(1.0 - shake)
    if not parts:
        return None
    stacked = np.stack(parts)
    known = np.isfinite(stacked)
    total = np.where(known, stacked, 0.0).sum(axis=0)
    return np.where(known.any(axis=0), total / np.maximum(known.sum(axis=0), 1), np.nan)


def sample_bins(
    samples: pl.DataFrame, offsets: Mapping[str, int], bins: int, values: Floats | None
) -> Floats:
    """(bins,) values of samples; NaN where there is none."""
    grid = np.full(bins, np.nan)
    if values is None or len(samples) == 0:
        return grid
    first = samples["clip"].replace_strict(offsets, default=-1, return_dtype=pl.Int64).to_numpy()
    at = np.floor(samples["t_s"].to_numpy() / BIN_S + 1e-6).astype(np.int64)
    inside = (first >= 0) & (first + at < bins)
    grid[(first + at)[inside]] = values[inside]
    return grid

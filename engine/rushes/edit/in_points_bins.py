"""What is known of the moments of all clips beside score and motion, in the bins of the footage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from rushes.edit.footage_bins import BIN_S, column_of, sample_bins
from rushes.edit.in_points_accents import Accents, accents_of
from rushes.edit.in_points_flaws import actions_unfinished, camera_speed, flaws_of, moves_unfinished
from rushes.edit.problem import Floats, Ints


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Moments:
    """Per bin, or on the line of the bins. None: nobody looked.

    clean: how free of flaws a bin is, 0..1. flaw: index in CAUSES of what spoils it most. unfinished: how much of an action a
    shot cuts off that ends there, 0..1. accents: where movement peaks.
    """

    clean: Floats | None = None
    flaw: Floats | None = None
    unfinished: Floats | None = None
    accents: Accents | None = None


def moments_of(
    samples: pl.DataFrame,
    accents: pl.DataFrame | None,
    segments: Sequence[Mapping[str, Any]],
    offsets: Mapping[str, int],
    bins: int,
) -> Moments:
    """segments: clip, shot_index, start_s, end_s. offsets: where each clip's bins begin."""
    clean, flaw = _flaws(samples, offsets, bins)
    return Moments(
        clean=clean,
        flaw=flaw,
        unfinished=_unfinished(samples, segments, offsets, bins),
        accents=accents_of(accents, {clip: first * BIN_S for clip, first in offsets.items()}, bins * BIN_S),
    )


def _flaws(
    samples: pl.DataFrame, offsets: Mapping[str, int], bins: int
) -> tuple[Floats | None, Floats | None]:
    """What is not known is clean."""
    found = flaws_of(samples)
    if found is None:
        return None, None
    clean, flaw = (sample_bins(samples, offsets, bins, values) for values in found)
    return np.where(np.isfinite(clean), clean, 1.0), np.where(np.isfinite(flaw), flaw, 0.0)


def _unfinished(
    samples: pl.DataFrame, segments: Sequence[Mapping[str, Any]], offsets: Mapping[str, int], bins: int
) -> Floats | None:
    subject, camera = column_of(samples, "subject_motion_01"), camera_speed(samples)
    if subject is None or not np.isfinite(subject).any():
        return None
    shot = _shots(segments, offsets, bins)
    found = actions_unfinished(sample_bins(samples, offsets, bins, subject), shot)
    if camera is None:
        return found
    pan, tilt, zoom = (sample_bins(samples, offsets, bins, part) for part in camera)
    return np.maximum(found, moves_unfinished((pan, tilt, zoom), shot))


def _shots(segments: Sequence[Mapping[str, Any]], offsets: Mapping[str, int], bins: int) -> Ints:
    """Per bin the number of its unbroken picture; -1 where there is none."""
    found = np.full(bins, -1, dtype=np.int64)
    numbers: dict[tuple[str, int], int] = {}
    for row in segments:
        number = numbers.setdefault((row["clip"], row["shot_index"]), len(numbers))
        first = offsets[row["clip"]]
        found[first + round(row["start_s"] / BIN_S) : first + max(1, round(row["end_s"] / BIN_S))] = number
    return found

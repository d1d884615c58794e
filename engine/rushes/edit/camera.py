"""Which way the camera turns during a part of a clip."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True, slots=True)
class Turn:
    """How fast the camera turns, in widths and heights of the picture a second; negative to the left and down."""

    right_per_s: float
    up_per_s: float


def turn_of(samples: pl.DataFrame, clip: str, from_s: float, until_s: float) -> Turn:
    """The mean over a part of a clip; 0 where nothing is known. samples: clip, t_s and, where motion was looked for,
    pan_per_s (right is positive) and tilt_per_s (up is positive)."""
    rows = samples.filter(
        (samples["clip"] == clip) & (samples["t_s"] >= from_s - 1e-6) & (samples["t_s"] < until_s)
    )
    right, up = (rows[name].mean() if name in rows.columns else None for name in ("pan_per_s", "tilt_per_s"))
    return Turn(*(float(value) if isinstance(value, int | float) else 0.0 for value in (right, up)))

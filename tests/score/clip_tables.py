"""Tables of clips as analyzers write them: their cuts, and what a test adds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import polars as pl
from rushes.analyze.spec import Column
from rushes.score.library import ClipTables


def clip(
    name: str, duration_s: float, cuts_s: Sequence[float] = (), **tables: Mapping[str, pl.DataFrame]
) -> ClipTables:
    cuts = {"shots": {"cuts": pl.DataFrame({"t_s": list(cuts_s)}, schema={"t_s": pl.Float64})}}
    return ClipTables(
        clip=name,
        digest=name[::-1],
        duration_s=duration_s,
        width_px=1080,
        height_px=1920,
        rate_fps=Fraction(30000, 1001),
        has_audio=False,
        complete=True,
        tables={**cuts, **tables},
    )


COLUMNS = (
    Column(name="sharpness_01", unit="01", per_sample=True, says=""),
    Column(name="peak", per_sample=True, aggregate="max", says=""),
    Column(name="face", type="bool", per_sample=True, aggregate="share", says=""),
    Column(name="kind", type="text", per_sample=True, says=""),
    Column(name="integrated_lufs", unit="lufs", says=""),
    Column(name="level", type="text", says=""),
    Column(name="vertical", type="bool", says=""),
)


def samples(**columns: Sequence[Any]) -> dict[str, pl.DataFrame]:
    return {"samples": pl.DataFrame(dict(columns))}

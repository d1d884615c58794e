"""Many small tables of one kind, one per clip and analyzer, put on top of each other."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TypeAlias

import polars as pl

from rushes.analyze.spec import Column

TablesOfClip: TypeAlias = Mapping[str, Mapping[str, pl.DataFrame]]
"""Analyzer -> table name -> frame."""

DTYPES: Mapping[str, pl.DataType] = MappingProxyType(
    {"number": pl.Float64(), "bool": pl.Boolean(), "text": pl.String(), "list": pl.List(pl.Float64())}
)
"""A list is of moments (Float64) until a table says that it is of ranges."""
SECOND_US = 1_000_000
CLIP_US = 10**12
"""Distance on the common time line of two clips' starts: eleven days, beyond any clip. It lets one sorted search serve
all clips at once."""


def dtype_of(column: Column) -> pl.DataType:
    """The type of a column in the frames; a sampled condition is a share of pictures."""
    return DTYPES["number" if column.per_sample and column.type == "bool" else column.type]


def stacked(
    tables: Sequence[TablesOfClip], table: str, wanted: Mapping[str, pl.DataType]
) -> list[pl.DataFrame]:
    """One frame per analyzer that has such a table: clip_index (Int64) and those of the wanted columns that it has.

    Rows keep the order of the clips and, within one, of its table. NaN and infinities become null.
    """
    analyzers = sorted({name for of_clip in tables for name, found in of_clip.items() if table in found})
    return [_of_analyzer(tables, analyzer, table, wanted) for analyzer in analyzers]


def _of_analyzer(
    tables: Sequence[TablesOfClip], analyzer: str, table: str, wanted: Mapping[str, pl.DataType]
) -> pl.DataFrame:
    found = [
        (index, frame)
        for index, of_clip in enumerate(tables)
        if (frame := of_clip.get(analyzer, {}).get(table)) is not None
    ]
    frames = [frame for _, frame in found]
    heights = [frame.height for frame in frames]
    whole = _on_top(frames)
    kept = {name: dtype for name, dtype in wanted.items() if name in whole.columns}
    clip_index = _repeated([index for index, _ in found], heights).alias("clip_index")
    return whole.select(
        _clean(name, dtype, whole.schema[name]) for name, dtype in kept.items()
    ).insert_column(0, clip_index)


def _repeated(numbers: Sequence[int], times: Sequence[int]) -> pl.Series:
    """Each number so many times, as Int64. (NumPy can do it too, but to rank stored clips would then wait for it.)"""
    rows = pl.DataFrame({"number": numbers, "times": times}, schema={"number": pl.Int64, "times": pl.UInt32})
    some = rows.filter(pl.col("times") > 0)
    return some.select(pl.col("number").repeat_by("times").explode()).get_column("number")


def _on_top(frames: Sequence[pl.DataFrame]) -> pl.DataFrame:
    try:
        return pl.concat(frames, how="vertical", rechunk=True)
    except (pl.exceptions.SchemaError, pl.exceptions.ShapeError):
        # A clip without any value gives a column of type Null.
        return pl.concat(frames, how="diagonal_relaxed", rechunk=True)


def _clean(name: str, dtype: pl.DataType, found: pl.DataType) -> pl.Expr:
    if isinstance(dtype, pl.List) and isinstance(found, pl.List) and found.inner != pl.Null():
        return pl.col(name)
    column = pl.col(name).cast(dtype)
    if dtype != pl.Float64:
        return column
    return column.replace([math.inf, -math.inf, math.nan], [None, None, None])


def seconds_of(us: pl.Expr) -> pl.Expr:
    """Whole microseconds in seconds. Rounded, because polars divides a column by a number through the number's inverse,
    but a single value exactly: one time must be one number in every frame."""
    return (us / SECOND_US).round(6)


def time_us(name: str) -> pl.Expr:
    """Whole microseconds of a column in seconds: times compare exactly, and print with six digits."""
    return (pl.col(name) * SECOND_US).round().cast(pl.Int64)

"""What analyzers saw picture by picture: on an even grid, and gathered over clips and segments."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from rushes.analyze.spec import Column
from rushes.score.stack import CLIP_US, TablesOfClip, dtype_of, seconds_of, stacked, time_us

BIN_US = 200_000
"""Length of a bin of the `samples` frame; the analyzers' usual sampling interval."""


def stacked_samples(tables: Sequence[TablesOfClip], columns: Sequence[Column]) -> list[pl.DataFrame]:
    """Per analyzer: clip_index, t_us (Int64, from 0), at_us (t_us on the common time line), its per-sample columns; sorted by
    at_us. Conditions are 0 or 1."""
    wanted = {"t_s": pl.Float64(), **{column.name: dtype_of(column) for column in columns}}
    found: list[pl.DataFrame] = []
    for frame in stacked(tables, "samples", wanted):
        timed = frame.filter(pl.col("t_s").is_not_null()).with_columns(t_us=time_us("t_s").clip(0))
        timed = timed.with_columns(at_us=pl.col("clip_index") * CLIP_US + pl.col("t_us")).drop("t_s")
        found.append(timed.sort("at_us", maintain_order=True))
    return found


def clip_values(tables: Sequence[TablesOfClip], columns: Sequence[Column]) -> pl.DataFrame:
    """clip_index and every clip-level column that some `clip` table has, one row per clip."""
    values = pl.DataFrame({"clip_index": pl.Series(range(len(tables)), dtype=pl.Int64)})
    for frame in stacked(tables, "clip", {column.name: dtype_of(column) for column in columns}):
        first = frame.unique("clip_index", keep="first", maintain_order=True)
        values = values.join(first, on="clip_index", how="left", maintain_order="left")
    return values


def aggregated(samples: Sequence[pl.DataFrame], key: str, columns: Sequence[Column]) -> pl.DataFrame:
    """One row per value of an integer key, sorted by it: each per-sample column aggregated as it declares."""
    keys = [frame.get_column(key) for frame in samples]
    rows = (
        pl.concat(keys).drop_nulls().unique().sort().to_frame()
        if keys
        else pl.DataFrame(schema={key: pl.Int64})
    )
    for frame in samples:
        mine = [column for column in columns if column.name in frame.columns]
        rows = rows.join(_numbers(frame, key, mine), on=key, how="left", maintain_order="left")
        for column in mine:
            if column.type == "text":
                rows = rows.join(
                    _most_frequent(frame, key, column.name), on=key, how="left", maintain_order="left"
                )
    return rows


def _numbers(frame: pl.DataFrame, key: str, columns: Sequence[Column]) -> pl.DataFrame:
    # Neither threads nor chunks, which joins make by threads, may divide a group: a sum of floats would depend on them.
    numbers = [_aggregate(column) for column in columns if column.type != "text"]
    return frame.rechunk().group_by(key, maintain_order=True).agg(numbers)


def _aggregate(column: Column) -> pl.Expr:
    values = pl.col(column.name)
    match column.aggregate:
        case "mean":
            return values.mean()
        case "min":
            return values.min()
        case "max":
            return values.max()
        case "median":
            return values.median()
        case "share":
            return (values != 0).cast(pl.Float64).mean()


def _most_frequent(frame: pl.DataFrame, key: str, name: str) -> pl.DataFrame:
    """The text that occurs most often; of equals, the first by alphabet."""
    counted = frame.filter(pl.col(name).is_not_null()).group_by(key, name).agg(pl.len().alias("\x00count"))
    ordered = counted.sort([key, "\x00count", name], descending=[False, True, False])
    return ordered.unique(key, keep="first", maintain_order=True).select(key, name)


def nearest_for(
    rows: pl.DataFrame,
    samples: Sequence[pl.DataFrame],
    inside: Sequence[pl.DataFrame],
    columns: Sequence[Column],
) -> pl.DataFrame:
    """Give rows that no sample lies in the values of the nearest sample of the same clip that has any.

    A row whose samples have no value keeps none: where nobody is seen, no shot type is borrowed from another moment.
    rows: clip_index, middle_us (on the common time line), row (unique), and the per-sample columns. inside: per frame of
    samples, those that lie in a row, with the column row.
    """
    for frame, within in zip(samples, inside, strict=True):
        for column in columns:
            if column.name in frame.columns and rows.get_column(column.name).has_nulls():
                rows = _fill_from_nearest(rows, frame, within, column.name)
    return rows


def _fill_from_nearest(
    rows: pl.DataFrame, samples: pl.DataFrame, within: pl.DataFrame, name: str
) -> pl.DataFrame:
    is_empty = pl.col(name).is_null() & ~pl.col("row").is_in(within.get_column("row").drop_nulls().implode())
    empty = rows.filter(is_empty).select("row", "clip_index", "middle_us")
    known = samples.filter(pl.col(name).is_not_null()).select(
        "at_us", pl.col("clip_index").alias("\x00clip"), pl.col(name).alias("\x00value")
    )
    near = empty.sort("middle_us", "row").join_asof(
        known, left_on="middle_us", right_on="at_us", strategy="nearest"
    )
    # Clips lie eleven days apart, so a sample of another clip is nearest only where this one has none.
    fills = near.filter(pl.col("\x00clip") == pl.col("clip_index")).select("row", "\x00value")
    joined = rows.join(fills, on="row", how="left", maintain_order="left")
    return joined.with_columns(pl.coalesce(name, "\x00value").alias(name)).drop("\x00value")


def sample_grid(
    clips: pl.DataFrame, samples: Sequence[pl.DataFrame], columns: Sequence[Column]
) -> pl.DataFrame:
    """Even bins of 0.2 s over each clip: clip, t_s, and per column the mean (of text the most frequent) in the bin.

    clips: clip_index (dense, sorted), clip, duration_us. A bin without a sample takes the nearest bin of its clip that has
    one, the earlier of two.
    """
    grid = _empty_grid(clips)
    in_bins = [_binned(frame, clips, grid) for frame in samples]
    means = [
        Column(name=column.name, type=column.type, says=column.says, per_sample=True) for column in columns
    ]
    filled = grid.join(aggregated(in_bins, "row", means), on="row", how="left", maintain_order="left")
    held = [column for column in columns if column.name in filled.columns]
    filled = filled.with_columns(_nearest_in_clip(filled, column.name) for column in held)
    missing = [pl.lit(None, dtype_of(column)).alias(column.name) for column in columns if column not in held]
    return filled.with_columns(missing).select(
        "clip", seconds_of(pl.col("bin") * BIN_US).alias("t_s"), *(column.name for column in columns)
    )


def _empty_grid(clips: pl.DataFrame) -> pl.DataFrame:
    count = (pl.col("duration_us") + (BIN_US - 1)) // BIN_US
    bins = clips.select("clip_index", "clip", bin=pl.int_ranges(0, count)).filter(
        pl.col("bin").list.len() > 0
    )
    grid = bins.explode("bin").with_row_index("row").with_columns(pl.col("row").cast(pl.Int64))
    return grid.with_columns(
        first_row=pl.col("row") - pl.col("bin"),
        last_row=pl.col("row").max().over("clip_index"),
    )


def _binned(samples: pl.DataFrame, clips: pl.DataFrame, grid: pl.DataFrame) -> pl.DataFrame:
    starts = grid.filter(pl.col("bin") == 0).select("clip_index", "row", "last_row")
    placed = samples.join(starts, on="clip_index", how="inner", maintain_order="left")
    at = pl.col("row") + pl.col("t_us") // BIN_US
    return placed.with_columns(pl.min_horizontal(at, "last_row").alias("row"))


def _nearest_in_clip(filled: pl.DataFrame, name: str) -> pl.Series:
    values = filled.get_column(name)
    if not values.has_nulls():
        return values
    rows = filled.select(
        "row",
        "first_row",
        "last_row",
        before=pl.when(pl.col(name).is_not_null()).then(pl.col("row")).forward_fill(),
        after=pl.when(pl.col(name).is_not_null()).then(pl.col("row")).backward_fill(),
    )
    before = pl.when(pl.col("before") >= pl.col("first_row")).then(pl.col("before"))
    after = pl.when(pl.col("after") <= pl.col("last_row")).then(pl.col("after"))
    rows = rows.select("row", before=before, after=after)
    is_later = (pl.col("after") - pl.col("row")) < (pl.col("row") - pl.col("before"))
    source = (
        pl.when(pl.col("before").is_null() | is_later)
        .then(pl.coalesce("after", "before"))
        .otherwise(pl.col("before"))
    )
    return values.gather(rows.select(source.alias("source")).get_column("source")).alias(name)

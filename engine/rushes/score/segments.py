"""Clips divided into segments: at cuts, and long shots into even parts."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from rushes.recipe.spec import SegmentsSpec
from rushes.score.stack import CLIP_US, SECOND_US, TablesOfClip, stacked, time_us


def stacked_cuts(tables: Sequence[TablesOfClip], clips: pl.DataFrame) -> pl.DataFrame:
    """clip_index, t_us of every cut that lies inside its clip, sorted, each once.

    clips: clip_index, duration_us.
    """
    nothing = pl.DataFrame(schema={"clip_index": pl.Int64, "t_s": pl.Float64})
    found = pl.concat([nothing, *stacked(tables, "cuts", {"t_s": pl.Float64()})])
    timed = found.select("clip_index", t_us=time_us("t_s")).join(
        clips.select("clip_index", "duration_us"), on="clip_index"
    )
    inside = (pl.col("t_us") > 0) & (pl.col("t_us") < pl.col("duration_us"))
    return timed.filter(inside).select("clip_index", "t_us").unique().sort("clip_index", "t_us")


def divided(clips: pl.DataFrame, cuts: pl.DataFrame, spec: SegmentsSpec) -> pl.DataFrame:
    """clip_index, shot_index, index (both from 1), start_us, end_us; sorted.

    A shot longer than max_s is divided into the fewest equal parts that are not. Parts shorter than min_s are dropped, but
    a clip that would lose all of them keeps its longest, the first of equals.
    """
    max_us, min_us = round(spec.max_s * SECOND_US), round(spec.min_s * SECOND_US)
    length = pl.col("end_us") - pl.col("start_us")
    shots = _shots(clips, cuts).with_columns(count=(length + (max_us - 1)) // max_us, length=length)
    parts = shots.with_columns(part=pl.int_ranges(0, pl.col("count"))).explode("part")
    edge = pl.col("start_us") + pl.col("length") * pl.col("part") // pl.col("count")
    next_edge = pl.col("start_us") + pl.col("length") * (pl.col("part") + 1) // pl.col("count")
    parts = parts.select("clip_index", "shot_index", start_us=edge, end_us=next_edge)
    kept = _long_enough(parts, min_us).sort("clip_index", "start_us")
    return kept.with_columns(index=pl.int_range(1, pl.len() + 1).over("clip_index"))


def _shots(clips: pl.DataFrame, cuts: pl.DataFrame) -> pl.DataFrame:
    playable = clips.filter(pl.col("duration_us") > 0)
    starts = pl.concat(
        [
            playable.select("clip_index", start_us=pl.lit(0, pl.Int64)),
            cuts.select("clip_index", start_us=pl.col("t_us")),
        ]
    ).sort("clip_index", "start_us")
    next_start = pl.col("start_us").shift(-1).over("clip_index")
    return (
        starts.join(playable.select("clip_index", "duration_us"), on="clip_index", maintain_order="left")
        .with_columns(
            end_us=next_start.fill_null(pl.col("duration_us")),
            shot_index=pl.int_range(1, pl.len() + 1).over("clip_index"),
        )
        .drop("duration_us")
    )


def _long_enough(parts: pl.DataFrame, min_us: int) -> pl.DataFrame:
    length = pl.col("end_us") - pl.col("start_us")
    parts = parts.with_columns(length=length)
    long = parts.filter(pl.col("length") >= min_us)
    lost = parts.join(long, on="clip_index", how="anti")
    longest = lost.sort(["clip_index", "length", "start_us"], descending=[False, True, False]).unique(
        "clip_index", keep="first", maintain_order=True
    )
    return pl.concat([long, longest]).drop("length")


def placed(samples: pl.DataFrame, parts: pl.DataFrame) -> pl.DataFrame:
    """Samples with the `row` of the part they lie in; samples outside every part are left out.

    samples: at_us, sorted. parts: row, clip_index, start_us, end_us, sorted.
    """
    edges = parts.select(
        "row",
        start_at=pl.col("clip_index") * CLIP_US + pl.col("start_us"),
        end_at=pl.col("clip_index") * CLIP_US + pl.col("end_us"),
    )
    inside = samples.join_asof(edges, left_on="at_us", right_on="start_at", strategy="backward")
    return inside.filter(pl.col("at_us") < pl.col("end_at"))

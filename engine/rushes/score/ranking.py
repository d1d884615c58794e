"""The clips of a library from best to worst, in rows for reports and JSON."""

from __future__ import annotations

from typing import Any

import polars as pl

from rushes.score.columns import BOOST_COLUMN, best_score_column, best_segment_column, scores_in
from rushes.score.evaluate import Scored
from rushes.units import round_6

_COLUMNS = (
    *("clip", "score", "badge", "best_segment", "best_start_s", "best_end_s", "best_score"),
    *("reasons", "ml_score_reasons", "tags", "rejected", "reject_reasons", "partial", "missing_parts"),
)


def ranking(scored: Scored, score: str, *, high_01: float, medium_01: float) -> pl.DataFrame:
    """One row per clip by one score: the clips that may be used, then those not scored, then the rejected ones; equals by
    name.

    rank: Int64 from 1; null for rejected and unscored clips. clip. score. badge: high (score >= high_01), medium
    (>= medium_01), low; null where not scored. best_segment, best_start_s, best_end_s, best_score: of its best segment
    that is not rejected. reasons, ml_score_reasons, tags, rejected, reject_reasons. partial, missing_parts. Every score of the recipe by its
    name, and personalized_boost where there are personal features, unless one of the columns above has that name.
    Raises ValueError for medium_01 above high_01 and for a score that is not there.
    """
    if not 0 <= medium_01 <= high_01 <= 1:
        raise ValueError(f"medium_01={medium_01} and high_01={high_01} are not in order within 0..1")
    if score not in scored.clips.columns:
        raise ValueError(f"there is no score {score}")
    ranges = scored.segments.select("segment", best_start_s="start_s", best_end_s="end_s")
    rows = scored.clips.select(
        "clip",
        score=score,
        badge=_badge(pl.col(score), high_01, medium_01),
        best_segment=best_segment_column(score),
        best_score=best_score_column(score),
        tags="tags",
        reasons="reasons",
        ml_score_reasons="ml_score_reasons",
        rejected="rejected",
        reject_reasons="reject_reasons",
        partial="partial",
        missing_parts="missing_parts",
        **_by_name(scored.clips),
    ).join(ranges, left_on="best_segment", right_on="segment", how="left", maintain_order="left")
    ordered = rows.sort(["rejected", "score", "clip"], descending=[False, True, False], nulls_last=True)
    is_ranked = ~pl.col("rejected") & pl.col("score").is_not_null()
    rank = pl.when(is_ranked).then(pl.int_range(1, pl.len() + 1)).cast(pl.Int64)
    return ordered.select(rank.alias("rank"), *_COLUMNS, *_by_name(scored.clips))


def _by_name(clips: pl.DataFrame) -> dict[str, str]:
    named = [*scores_in(clips.columns), *(name for name in (BOOST_COLUMN,) if name in clips.columns)]
    return {name: name for name in named if name not in ("rank", *_COLUMNS)}


def ranking_rows(ranked: pl.DataFrame) -> list[dict[str, Any]]:
    """The rows as JSON, numbers with six digits."""
    return [
        {name: round_6(value) if isinstance(value, float) else value for name, value in row.items()}
        for row in ranked.iter_rows(named=True)
    ]


def _badge(score: pl.Expr, high_01: float, medium_01: float) -> pl.Expr:
    text = pl.when(score >= high_01).then(pl.lit("high")).when(score >= medium_01).then(pl.lit("medium"))
    return pl.when(score.is_not_null()).then(text.otherwise(pl.lit("low")))

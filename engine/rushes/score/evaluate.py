"""Features, scores and rules applied to a library. All numbers of a score are recipe data; here is only the arithmetic."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add

import polars as pl

from rushes.analyze.spec import Column
from rushes.recipe.expression import BUILT_IN_COLUMNS, Expression
from rushes.recipe.spec import FeatureSpec, RuleSpec, ScoreSpec, TermSpec
from rushes.score.columns import (
    best_score_column,
    best_segment_column,
    known_columns,
    rank_column,
    share_column,
    term_column,
)
from rushes.score.library import Library
from rushes.score.program import Program, read_program
from rushes.score.rules import Level, with_rejects_of_clips, with_rules
from rushes.score.translate import translate


@dataclass(frozen=True, slots=True)
class Scored:
    """The frames of a library with what the recipe says of them; rows and order as there.

    Both have per feature its column; per score its value (0..1, null = not scored), "<score>.<term>" (0..1),
    "<score>.<term>.share" (of the weight; null where the term took no part) and "<score>.rank" (Int64, 1 = best); rejected,
    reject_reasons, tags, reasons. clips has also "<score>.best_segment" and "<score>.best_score" among its segments that
    are not rejected, segment_count and usable_segment_count (Int64).
    """

    clips: pl.DataFrame
    segments: pl.DataFrame


def score_library(
    library: Library,
    features: Sequence[FeatureSpec],
    scores: Sequence[ScoreSpec],
    thresholds: Mapping[str, float],
    rules: Sequence[RuleSpec],
    columns: Sequence[Column],
) -> Scored:
    """Apply a recipe. Raises RecipeError naming every missing column and every other fault before anything is computed."""
    known = known_columns(columns, {name: () for name in _metadata(library, columns)}, thresholds)
    program = read_program(features, scores, rules, known)
    clips = _applied(library.clips, program, thresholds, "clip")
    segments = with_rejects_of_clips(_applied(library.segments, program, thresholds, "segment"), clips)
    return Scored(_with_segments(clips, segments, scores), segments)


def _metadata(library: Library, columns: Sequence[Column]) -> list[str]:
    declared = {"digest", *BUILT_IN_COLUMNS, *(column.name for column in columns)}
    texts = [name for name, dtype in library.clips.schema.items() if dtype == pl.String]
    return [name for name in texts if name not in declared]


def _applied(
    frame: pl.DataFrame, program: Program, thresholds: Mapping[str, float], level: Level
) -> pl.DataFrame:
    for feature, tree in program.features:
        frame = frame.with_columns(translate(tree, thresholds).on(frame).alias(feature.name))
    for score, trees in program.scores:
        frame = _with_score(frame, score, trees, thresholds)
    return with_rules(frame, program.rules, thresholds, level)


def _with_score(
    frame: pl.DataFrame, spec: ScoreSpec, trees: Sequence[Expression], thresholds: Mapping[str, float]
) -> pl.DataFrame:
    values = [
        translate(tree, thresholds).on(frame).clip(0.0, 1.0).alias(term_column(spec.name, term.name))
        for term, tree in zip(spec.terms, trees, strict=True)
    ]
    frame = frame.with_columns(values)
    frame = frame.with_columns(_weighted_mean(spec).alias(spec.name))
    total = _total(spec.terms, spec.name)
    shares = [_share(spec, term, total) for term in spec.terms]
    return frame.with_columns(*shares, _rank(frame, spec.name))


def _total(terms: Sequence[TermSpec], score: str) -> pl.Expr:
    """Weight of the terms that are there."""
    weights = [
        pl.when(pl.col(term_column(score, term.name)).is_not_null()).then(term.weight).otherwise(0.0)
        for term in terms
    ]
    return reduce(add, weights, pl.lit(0.0))


def _weighted_mean(spec: ScoreSpec) -> pl.Expr:
    """Sums in the order of the terms above and below the line, so that terms which are all 1 give exactly 1."""
    values = [pl.col(term_column(spec.name, term.name)) for term in spec.terms]
    weighted = [value.fill_null(0.0) * term.weight for value, term in zip(values, spec.terms, strict=True)]
    total = _total(spec.terms, spec.name)
    mean = (reduce(add, weighted, pl.lit(0.0)) / total).clip(0.0, 1.0)
    is_scored = total > 0
    if spec.missing == "null" and values:
        is_scored = is_scored & pl.all_horizontal(value.is_not_null() for value in values)
    return pl.when(is_scored).then(mean)


def _share(spec: ScoreSpec, term: TermSpec, total: pl.Expr) -> pl.Expr:
    took_part = pl.col(term_column(spec.name, term.name)).is_not_null() & pl.col(spec.name).is_not_null()
    return pl.when(took_part).then(term.weight / total).alias(share_column(spec.name, term.name))


def _rank(frame: pl.DataFrame, score: str) -> pl.Series:
    """Places from 1, highest first; rows without a score last; equals in the order of the frame, which is that of names."""
    rows = frame.select(pl.col(score), row=pl.int_range(0, pl.len()))
    ordered = rows.sort([score, "row"], descending=[True, False], nulls_last=True)
    placed = ordered.with_columns(place=pl.int_range(1, pl.len() + 1)).sort("row")
    return placed.get_column("place").cast(pl.Int64).alias(rank_column(score))


def _with_segments(clips: pl.DataFrame, segments: pl.DataFrame, scores: Sequence[ScoreSpec]) -> pl.DataFrame:
    usable = segments.filter(~pl.col("rejected"))
    for name, rows in (("segment_count", segments), ("usable_segment_count", usable)):
        counts = rows.group_by("clip").agg(pl.len().cast(pl.Int64).alias(name))
        clips = clips.join(counts, on="clip", how="left", maintain_order="left")
        clips = clips.with_columns(pl.col(name).fill_null(0))
    for spec in scores:
        ranked = usable.filter(pl.col(spec.name).is_not_null()).sort("clip", rank_column(spec.name))
        best = ranked.unique("clip", keep="first", maintain_order=True).select(
            "clip",
            pl.col("segment").alias(best_segment_column(spec.name)),
            pl.col(spec.name).alias(best_score_column(spec.name)),
        )
        clips = clips.join(best, on="clip", how="left", maintain_order="left")
    return clips

"""Features, scores and rules applied to a library. All numbers of a score are recipe data; here is only the arithmetic."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial, reduce
from math import fsum
from operator import add
from typing import TYPE_CHECKING

import polars as pl

from rushes.analyze.spec import Column
from rushes.recipe.check_expressions import FRAME_COLUMNS
from rushes.recipe.expression import BUILT_IN_COLUMNS, Expression
from rushes.recipe.spec import FeatureSpec, PersonalSpec, RuleSpec, ScoreSpec, TermSpec
from rushes.score.columns import (
    BOOST_COLUMN,
    best_score_column,
    best_segment_column,
    known_columns,
    personal_column,
    rank_column,
    share_column,
    term_column,
)
from rushes.score.program import Program, read_program
from rushes.score.rules import Level, with_rejects_of_clips, with_rules
from rushes.score.translate import translate

if TYPE_CHECKING:
    from rushes.score.library import Library


@dataclass(frozen=True, slots=True)
class Scored:
    """The frames of a library with what the recipe says of them; rows and order as there.

    Both have per feature its column; where the recipe has personal features "personal.<feature>" (-1..1) and
    personalized_boost (-1..1, never null); per score its value (0..1, null = not scored), "<score>.<term>" (0..1, signed
    -1..1), "<score>.<term>.share" (null where the term took no part; value x share is what a term adds, so that these add
    up to the score before it is clamped) and "<score>.rank" (Int64, 1 = best); rejected, reject_reasons, tags, reasons.
    clips has also ml_score_reasons (its reasons under the name that others know), "<score>.best_segment" and
    "<score>.best_score" among its segments that are not rejected, segment_count and usable_segment_count (Int64).
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
    *,
    personal: PersonalSpec | None = None,
    max_reasons: int = 6,
) -> Scored:
    """Apply a recipe. Raises RecipeError naming every missing column and every other fault before anything is computed."""
    program = _program(library.clips, features, personal, scores, thresholds, rules, columns)
    weights = personal.weights if personal is not None else {}
    apply = partial(
        _applied, program=program, thresholds=thresholds, weights=weights, max_reasons=max_reasons
    )
    clips = _with_named_reasons(apply(library.clips, level="clip"))
    segments = with_rejects_of_clips(apply(library.segments, level="segment"), clips)
    return Scored(_with_segments(clips, segments, scores), segments)


def score_clips(
    frame: pl.DataFrame,
    features: Sequence[FeatureSpec],
    personal: PersonalSpec | None,
    scores: Sequence[ScoreSpec],
    rules: Sequence[RuleSpec],
    thresholds: Mapping[str, float],
    columns: Sequence[Column],
    *,
    max_reasons: int = 6,
) -> pl.DataFrame:
    """Apply a recipe to clips alone: `Scored.clips` without what is known from segments only (best_segment, best_score,
    segment_count, usable_segment_count).

    frame: as `Library.clips`; a declared column that it has not cannot be named. Raises RecipeError as `score_library`.
    """
    there = [column for column in columns if column.name in frame.columns]
    program = _program(frame, features, personal, scores, thresholds, rules, there)
    weights = personal.weights if personal is not None else {}
    scored = _applied(frame, "clip", program, thresholds, weights, max_reasons)
    return _with_named_reasons(scored)


def _program(
    clips: pl.DataFrame,
    features: Sequence[FeatureSpec],
    personal: PersonalSpec | None,
    scores: Sequence[ScoreSpec],
    thresholds: Mapping[str, float],
    rules: Sequence[RuleSpec],
    columns: Sequence[Column],
) -> Program:
    known = known_columns(columns, {name: () for name in _metadata(clips, columns)}, thresholds)
    return read_program(features, personal, scores, rules, known)


def _with_named_reasons(clips: pl.DataFrame) -> pl.DataFrame:
    return clips.with_columns(ml_score_reasons="reasons")


def _metadata(clips: pl.DataFrame, columns: Sequence[Column]) -> list[str]:
    declared = {*FRAME_COLUMNS, *BUILT_IN_COLUMNS, *(column.name for column in columns)}
    texts = [name for name, dtype in clips.schema.items() if dtype == pl.String]
    return [name for name in texts if name not in declared]


def _applied(
    frame: pl.DataFrame,
    level: Level,
    program: Program,
    thresholds: Mapping[str, float],
    weights: Mapping[str, float],
    max_reasons: int,
) -> pl.DataFrame:
    for feature, tree in program.features:
        frame = frame.with_columns(translate(tree, thresholds).on(frame).alias(feature.name))
    if program.personal:
        frame = _with_personal(frame, program, thresholds, weights)
    for score, trees in program.scores:
        frame = _with_score(frame, score, trees, thresholds)
    return with_rules(frame, program.rules, thresholds, level, max_reasons=max_reasons)


def _with_personal(
    frame: pl.DataFrame, program: Program, thresholds: Mapping[str, float], weights: Mapping[str, float]
) -> pl.DataFrame:
    """Add the personal features and the boost: a feature that is missing adds nothing to it."""
    frame = frame.with_columns(
        translate(tree, thresholds).on(frame).clip(-1.0, 1.0).alias(personal_column(feature.name))
        for feature, tree in program.personal
    )
    parts = [
        pl.col(personal_column(feature.name)).fill_null(0.0) * weights[feature.name]
        for feature, _ in program.personal
        if feature.name in weights
    ]
    return frame.with_columns(reduce(add, parts, pl.lit(0.0)).clip(-1.0, 1.0).alias(BOOST_COLUMN))


def _with_score(
    frame: pl.DataFrame, spec: ScoreSpec, trees: Sequence[Expression], thresholds: Mapping[str, float]
) -> pl.DataFrame:
    values = [
        translate(tree, thresholds)
        .on(frame)
        .clip(-1.0 if term.signed else 0.0, 1.0)
        .alias(term_column(spec.name, term.name))
        for term, tree in zip(spec.terms, trees, strict=True)
    ]
    frame = frame.with_columns(values)
    frame = frame.with_columns(_value(frame, spec))
    total = _weight_at_hand(spec)
    shares = [_share(spec, term, total) for term in spec.terms]
    return frame.with_columns(*shares, _rank(frame, spec.name))


_MEAN, _OVER, _UNDER = "\x00mean", "\x00over", "\x00under"
_NEARLY = 1e-9
"""Sums of weights, such as 0.1 + 0.2, may miss by rounding the share that a recipe asks for."""


def _parted(spec: ScoreSpec) -> tuple[list[TermSpec], list[TermSpec]]:
    """The terms of the mean, and the signed ones."""
    return [term for term in spec.terms if not term.signed], [term for term in spec.terms if term.signed]


def _weight_at_hand(spec: ScoreSpec) -> pl.Expr:
    """Weight of the terms of the mean that have a value."""
    weights = [
        pl.when(pl.col(term_column(spec.name, term.name)).is_not_null()).then(term.weight).otherwise(0.0)
        for term in _parted(spec)[0]
    ]
    return reduce(add, weights, pl.lit(0.0))


def _value(frame: pl.DataFrame, spec: ScoreSpec) -> pl.Series:
    """The score as ScoreSpec says; null where too little of the weight is at hand.

    Sums run in the order of the terms above and below the line, so that terms which are all 1 give exactly 1.
    """
    plain, signed = _parted(spec)
    total = _weight_at_hand(spec)
    mean = _quotient(frame, reduce(add, [_weighted(spec, term) for term in plain], pl.lit(0.0)), total)
    if signed:
        whole = fsum(term.weight for term in plain)
        raised = reduce(add, [_weighted(spec, term) for term in signed], pl.col(_MEAN) * whole)
        everything = reduce(add, [term.weight for term in signed], whole)
        mean = _quotient(frame.with_columns(mean.alias(_MEAN)), raised, pl.lit(everything))
    least = spec.least_share_01 * fsum(term.weight for term in plain) - _NEARLY
    is_scored = (total > 0) & (total >= least)
    if spec.missing == "null" and plain:
        values = [pl.col(term_column(spec.name, term.name)) for term in plain]
        is_scored = is_scored & pl.all_horizontal(value.is_not_null() for value in values)
    scored = pl.when(is_scored).then(pl.col(_MEAN).clip(0.0, 1.0)).alias(spec.name)
    return frame.with_columns(mean.alias(_MEAN)).select(scored).to_series()


def _quotient(frame: pl.DataFrame, over: pl.Expr, under: pl.Expr) -> pl.Series:
    """Row by row. In an expression, polars divides by a column that is the same in all rows through its inverse: ones over
    ones would not give exactly 1, and a row's value would depend on the other rows."""
    parts = frame.with_columns(over.alias(_OVER), under.alias(_UNDER))
    return parts.get_column(_OVER) / parts.get_column(_UNDER)


def _weighted(spec: ScoreSpec, term: TermSpec) -> pl.Expr:
    return pl.col(term_column(spec.name, term.name)).fill_null(0.0) * term.weight


def _share(spec: ScoreSpec, term: TermSpec, total: pl.Expr) -> pl.Expr:
    """What the term's value counts in the score: the mean's terms share what the signed ones leave."""
    plain, signed = _parted(spec)
    whole = fsum(one.weight for one in plain)
    everything = whole + fsum(one.weight for one in signed)
    if term.signed:
        share = pl.lit(term.weight / everything)
    else:
        share = term.weight / total * (whole / everything) if signed else term.weight / total
    took_part = pl.col(term_column(spec.name, term.name)).is_not_null() & pl.col(spec.name).is_not_null()
    return pl.when(took_part).then(share).alias(share_column(spec.name, term.name))


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

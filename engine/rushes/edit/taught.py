"""What a user's deletions teach the next choice: deleted takes are not offered again, and takes like them are worth less."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from rushes.edit.kept import TOUCH_S
from rushes.edit.request import AvoidedShot, EditRequest
from rushes.recipe.expression import parse_expression
from rushes.recipe.instruction_spec import SAME_CLIP, DeleteReasonSpec
from rushes.score.translate import translate

DELETED = "deleted"
"""Why a take is left out."""
_TEXTS = pl.List(pl.String)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Lesson:
    """segments: all of them, what was deleted rejected, with the scores that they have now. notes: what was learned, in words."""

    segments: pl.DataFrame
    notes: tuple[str, ...]


def taught(request: EditRequest) -> Lesson:
    """The segments of a request after its user's deletions."""
    spec = request.edit
    gone = [shot for shot in request.avoid if shot.less_01 >= 1]
    touched = _touched(request.segments, gone)
    segments = _rejected(request.segments, touched)
    if spec.score in segments.columns:
        segments = _lowered(segments, spec.score, _shares(request, segments))
    return Lesson(segments=segments, notes=tuple(_notes(request, int(touched.sum()))))


def _rejected(segments: pl.DataFrame, touched: pl.Series) -> pl.DataFrame:
    """What was deleted is known, as other shots may show it still, but not offered."""
    before = pl.col("rejected") if "rejected" in segments.columns else pl.lit(value=False)
    reasons = pl.col("reject_reasons") if "reject_reasons" in segments.columns else pl.lit(None, _TEXTS)
    return segments.with_columns(
        (before | touched).alias("rejected"),
        pl.when(touched).then(pl.lit([DELETED], _TEXTS)).otherwise(reasons).alias("reject_reasons"),
    )


def _touched(segments: pl.DataFrame, shots: Sequence[AvoidedShot]) -> pl.Series:
    """Which segments show some of these shots."""
    found = pl.lit(False)
    for shot in shots:
        overlap = pl.min_horizontal("end_s", pl.lit(shot.end_s)) - pl.max_horizontal(
            "start_s", pl.lit(shot.start_s)
        )
        found = found | ((pl.col("clip") == shot.clip) & (overlap > TOUCH_S))
    return segments.select(found.alias("touched")).get_column("touched") if shots else _none(segments)


def _none(segments: pl.DataFrame) -> pl.Series:
    return pl.Series("touched", [False] * len(segments), dtype=pl.Boolean)


def _lowered(segments: pl.DataFrame, score: str, shares: Iterator[pl.Series]) -> pl.DataFrame:
    for share in shares:
        segments = segments.with_columns((pl.col(score) * (1 - share)).alias(score))
    return segments


def _shares(request: EditRequest, segments: pl.DataFrame) -> Iterator[pl.Series]:
    """By what share the score of every segment is lowered, one lesson after the other."""
    for shot in request.avoid:
        if 0 < shot.less_01 < 1:
            yield _touched(segments, [shot]).cast(pl.Float64) * shot.less_01
    known = {spec.name: spec for spec in request.edit.delete_reasons}
    for reason in sorted({shot.reason for shot in request.avoid} & set(known)):
        clips = sorted({shot.clip for shot in request.avoid if shot.reason == reason})
        spec = known[reason]
        shown = segments.get_column("clip").is_in(clips).cast(pl.Float64) * _of_clip(spec)
        own = _has_it(segments, spec, clips, request.thresholds) * spec.by
        # The larger one: what is said of the clip says nothing more of a take that has it anyway.
        yield pl.select(pl.max_horizontal(own, shown)).to_series()


def _of_clip(spec: DeleteReasonSpec) -> float:
    """How much less other takes of the same clip are worth."""
    return spec.by / 2 if spec.same_clip_by is None else spec.same_clip_by


def _has_it(
    segments: pl.DataFrame, spec: DeleteReasonSpec, clips: Sequence[str], thresholds: Mapping[str, float]
) -> pl.Series:
    """(segments) 0..1 how much each has of what the reason speaks of; what is not known has nothing of it."""
    frame = segments.with_columns(pl.col("clip").is_in(clips).alias(SAME_CLIP))
    found = translate(parse_expression(spec.lower), thresholds).on(frame)
    return found.cast(pl.Float64).fill_null(0.0).clip(0.0, 1.0)


def _notes(request: EditRequest, dropped: int) -> Iterator[str]:
    if dropped:
        takes = "1 take that was deleted is" if dropped == 1 else f"{dropped} takes that were deleted are"
        yield f"{takes} not offered again"
    known = {spec.name: spec for spec in request.edit.delete_reasons}
    for reason in sorted({shot.reason for shot in request.avoid} - {""}):
        if reason in known:
            less = f"takes that are so too are worth up to {known[reason].by:.0%} less"
            yield f"deleted as {reason}: {less}, other takes of the same clips {_of_clip(known[reason]):.0%}"
        else:
            yield f'the reason "{reason}" is kept, but teaches nothing: edit.delete_reasons does not name it'

"""Rules applied to a frame: what is rejected, which tags and which reasons a row gets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import repeat
from typing import Literal

import polars as pl

from rushes.recipe.expression import Slot, Template, Value, format_value
from rushes.score.program import Rule
from rushes.score.translate import translate

Level = Literal["clip", "segment"]
_TEXTS = pl.List(pl.String)


def with_rules(
    frame: pl.DataFrame,
    rules: Sequence[Rule],
    thresholds: Mapping[str, float],
    level: Level,
    *,
    max_reasons: int = 6,
) -> pl.DataFrame:
    """Add rejected (Boolean), reject_reasons, tags and reasons (lists of texts, in the order of the rules).

    A rule whose condition is missing does not fire. No text stands twice in one list; of the reasons the first
    max_reasons stay.
    """
    fired = [(rule, _texts(frame, rule, thresholds)) for rule in rules if rule.spec.level in (level, "both")]
    rejects = _lists(frame, [texts for rule, texts in fired if rule.spec.reject is not None])
    tags = _lists(frame, [texts for rule, texts in fired if rule.spec.tag is not None])
    reasons = _lists(frame, [texts for rule, texts in fired if rule.spec.say is not None])
    return frame.with_columns(
        (rejects.list.len() > 0).alias("rejected"),
        rejects.alias("reject_reasons"),
        tags.alias("tags"),
        reasons.list.head(max_reasons).alias("reasons"),
    )


def with_rejects_of_clips(segments: pl.DataFrame, clips: pl.DataFrame) -> pl.DataFrame:
    """Reject every segment of a rejected clip, its clip's reasons before its own."""
    of_clip = clips.select("clip", pl.col("reject_reasons").alias("\x00of_clip"))
    both = segments.join(of_clip, on="clip", how="left", maintain_order="left").with_columns(
        pl.concat_list("\x00of_clip", "reject_reasons")
        .list.unique(maintain_order=True)
        .alias("reject_reasons")
    )
    return both.with_columns(rejected=pl.col("reject_reasons").list.len() > 0).drop("\x00of_clip")


def _texts(frame: pl.DataFrame, rule: Rule, thresholds: Mapping[str, float]) -> pl.Series:
    """The words of a rule where it fires, else null."""
    fires = translate(rule.condition, thresholds).on(frame).fill_null(value=False)
    rows = frame.filter(fires)
    columns = {
        slot.name: rows.get_column(slot.name).to_list()
        for slot in rule.words.slots
        if slot.name not in thresholds
    }
    texts = pl.Series(_worded(rule.words, columns, thresholds, rows.height), dtype=pl.String)
    return pl.repeat(None, frame.height, dtype=pl.String, eager=True).scatter(fires.arg_true(), texts)


def _worded(
    words: Template,
    columns: Mapping[str, Sequence[Value | None]],
    thresholds: Mapping[str, float],
    height: int,
) -> list[str]:
    """The words of every row. What is the same in all is put into words once."""
    parts: list[Iterable[str]] = []
    for part in words.parts:
        if isinstance(part, Slot) and part.name in columns:
            parts.append([format_value(part, value) for value in columns[part.name]])
        else:
            same = format_value(part, thresholds[part.name]) if isinstance(part, Slot) else part
            parts.append(repeat(same, height))
    return ["".join(row) for row in zip(*parts, strict=True)] if parts else [""] * height


def _lists(frame: pl.DataFrame, texts: Sequence[pl.Series]) -> pl.Series:
    if not texts:
        return pl.Series([[]], dtype=_TEXTS).new_from_index(0, frame.height)
    named = pl.DataFrame([series.alias(str(index)) for index, series in enumerate(texts)])
    lists = pl.concat_list(pl.all()).list.drop_nulls().list.unique(maintain_order=True)
    return named.select(lists.alias("lists")).get_column("lists")

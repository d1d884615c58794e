"""Small libraries for the tests of this stage, made without analyzers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import polars as pl
from rushes.analyze.spec import Column
from rushes.recipe.spec import (
    FeatureSpec,
    PersonalFeatureSpec,
    PersonalSpec,
    RuleSpec,
    ScoreSpec,
    SegmentsSpec,
    TermSpec,
)
from rushes.score.evaluate import Scored, score_library
from rushes.score.library import ClipTables, Library, gather

COLUMNS = (
    Column(name="a_01", unit="01", per_sample=True, says=""),
    Column(name="b_01", unit="01", says=""),
)


def library(clips: Mapping[str, tuple[Sequence[float | None], float | None]]) -> Library:
    """Clip -> (a_01 of each of its one-second segments, b_01 of the clip)."""
    return gather([_clip(name, a, b) for name, (a, b) in clips.items()], COLUMNS, SegmentsSpec(), ["angle"])


def _clip(name: str, a: Sequence[float | None], b: float | None) -> ClipTables:
    times = [at + 0.5 for at in range(len(a))]
    samples = pl.DataFrame({"t_s": times, "a_01": list(a)}, schema={"t_s": pl.Float64, "a_01": pl.Float64})
    cuts = pl.DataFrame({"t_s": [float(at) for at in range(1, len(a))]}, schema={"t_s": pl.Float64})
    return ClipTables(
        clip=name,
        digest=name,
        duration_s=float(len(a)),
        width_px=1080,
        height_px=1920,
        rate_fps=Fraction(30),
        has_audio=True,
        complete=True,
        metadata={"angle": name.split("_")[0]},
        tables={
            "one": {"samples": samples, "cuts": cuts},
            "two": {"clip": pl.DataFrame({"b_01": [b]}, schema={"b_01": pl.Float64})},
        },
    )


def score(name: str, *terms: tuple[str, str, float], signed: Sequence[str] = (), **more: Any) -> ScoreSpec:
    """A score from (term, value, weight). signed: names of terms."""
    made = tuple(
        TermSpec(name=term, value=value, weight=weight, signed=term in signed)
        for term, value, weight in terms
    )
    return ScoreSpec(name=name, terms=made, **more)


def personal(features: Mapping[str, str], **weights: float) -> PersonalSpec:
    """Personal features by name, and their weights."""
    made = tuple(PersonalFeatureSpec(name=name, value=value) for name, value in features.items())
    return PersonalSpec(features=made, weights=weights)


def scored(
    of: Library,
    *,
    features: Mapping[str, str] | None = None,
    scores: Sequence[ScoreSpec] = (),
    rules: Sequence[RuleSpec] = (),
    thresholds: Mapping[str, float] | None = None,
    **more: Any,
) -> Scored:
    """Apply a small recipe."""
    made = tuple(FeatureSpec(name=name, value=value) for name, value in (features or {}).items())
    return score_library(of, made, scores, thresholds or {}, rules, COLUMNS, **more)


def values(frame: pl.DataFrame, *names: str) -> list[tuple[Any, ...]]:
    return frame.select(names).rows()

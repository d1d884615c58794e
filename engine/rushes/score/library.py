"""Analyzers' tables of all clips, gathered into the frames that scores, edits and reports read."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from types import MappingProxyType
from typing import Any

import polars as pl

from rushes.analyze.spec import Column
from rushes.recipe.expression import BUILT_IN_COLUMNS
from rushes.recipe.spec import SegmentsSpec
from rushes.score.looks import with_looks
from rushes.score.samples import aggregated, clip_values, nearest_for, sample_grid, stacked_samples
from rushes.score.segments import divided, placed, stacked_cuts
from rushes.score.stack import CLIP_US, SECOND_US, TablesOfClip, dtype_of, seconds_of, stacked

PROVENANCE: Mapping[str, pl.DataType] = MappingProxyType(
    {
        "analysis_version": pl.String(),
        "pipeline_version": pl.String(),
        "frame_sample_fps": pl.Float64(),
        "audio_sample_rate_hz": pl.Int64(),
        "model_manifest_b3": pl.String(),
        "models_used": pl.List(pl.String()),
    }
)
"""What a run states of every clip, and the type of its column."""

_BUILT_IN = tuple(name for name in BUILT_IN_COLUMNS if name not in ("clip", "duration_s"))


_ACCENT: Mapping[str, pl.DataType] = MappingProxyType({"t_s": pl.Float64(), "strength_01": pl.Float64()})

_OF_FILE = ("analyzed_hash", "analyzed_size_bytes", *PROVENANCE)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipTables:
    """All that is known of one clip.

    tables: analyzer -> table name -> frame. `clip` has one row; `samples` has t_s and a row per sampled picture; `cuts`
    has t_s (Float64). An analyzer that failed or could not run has no tables, and its reason in `failures` or
    `unavailable`.
    """

    clip: str
    digest: str
    duration_s: float
    """From the first shown frame to the end of the last; 0 where nothing can be shown."""
    width_px: int | None
    height_px: int | None
    rate_fps: Fraction | None
    has_audio: bool
    complete: bool
    metadata: Mapping[str, str] = field(default_factory=dict[str, str])
    tables: TablesOfClip = field(default_factory=dict[str, Mapping[str, pl.DataFrame]])
    failures: Mapping[str, str] = field(default_factory=dict[str, str])
    """Analyzer -> why it failed on this clip."""
    unavailable: Mapping[str, str] = field(default_factory=dict[str, str])
    """Analyzer -> why it could not run at all, such as "the model yunet is not installed"."""
    bytes: int | None = None
    """Of the file."""
    provenance: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """What was analysed with what, by the names of PROVENANCE; what is not given is null."""

    def __post_init__(self) -> None:
        if not (math.isfinite(self.duration_s) and self.duration_s >= 0):
            raise ValueError(f"{self.clip}: duration_s={self.duration_s} is no duration")


@dataclass(frozen=True, slots=True)
class Library:
    """All clips. Numbers are Float64 and finite; what is not known is null.

    clips: clip (unique, sorted), digest, the built-in columns, metadata, every declared column, failures (list of
        "analyzer: reason"), missing_parts (list of "analyzer: reason", of those that failed and those that could not run,
        and of the end of a file that breaks off; empty where nothing is missing), analyzed_hash (= digest),
        analyzed_size_bytes (Int64), the columns of PROVENANCE.
    segments: segment (unique, "clip#001"), clip, index and shot_index (Int64, from 1), start_s, end_s, the built-in
        columns, metadata, every declared column but lists; look_vector where pictures were embedded (looks.py); sorted by
        clip and index.
    samples: clip, t_s (start of a bin of 0.2 s), every per-sample column; sorted by clip and t_s, without holes.
    cuts: clip, t_s; sorted.
    accents: clip, t_s, strength_01 (1: the strongest of its clip) of the moments at which motion peaks; sorted. No
        expression sees them; empty too where nobody looked for movement.
    seen: clip, and the columns of `clips` that metadata may say too (with their NAME_confidence_01), as analyzers alone
        have them. Files are renamed: what outlives a run keeps these, and lays the metadata of the day over them. No
        expression sees them.
    """

    clips: pl.DataFrame
    segments: pl.DataFrame
    samples: pl.DataFrame
    cuts: pl.DataFrame
    seen: pl.DataFrame = field(default_factory=pl.DataFrame)
    accents: pl.DataFrame = field(default_factory=pl.DataFrame)


def gather(
    clips: Sequence[ClipTables],
    columns: Sequence[Column],
    segments: SegmentsSpec,
    metadata: Sequence[str] = (),
) -> Library:
    """Gather and divide. metadata: text columns that must be there even if no clip has a value.

    Every declared column is in the frames, all null where no table has it; one of type list in `clips` alone. A
    per-sample column is aggregated as it declares over the whole clip and over each segment's [start_s, end_s); a segment
    without a sample takes the sample of its clip nearest to its middle.

    A text column that both metadata and an analyzer have is one column: what metadata says of the clip holds for all of
    it, else what was seen; where metadata says something, the analyzer's column NAME_confidence_01, if it has one, is 1.
    Raises ValueError when two clips or two columns have one name, that case aside.
    """
    ordered = sorted(clips, key=lambda known: known.clip)
    texts = sorted({*metadata, *(name for known in ordered for name in known.metadata)})
    seen = {column.name for column in columns if column.type == "text"}
    shared = [name for name in texts if name in seen]
    texts = [name for name in texts if name not in seen]
    _refuse_twins("clips", [known.clip for known in ordered])
    _refuse_twins("columns", [*BUILT_IN_COLUMNS, *texts, *(column.name for column in columns)])
    tables = [known.tables for known in ordered]
    sampled = [column for column in columns if column.per_sample]
    samples = stacked_samples(tables, sampled)
    values = clip_values(tables, [column for column in columns if not column.per_sample])
    facts = _facts(ordered, texts)
    cuts = stacked_cuts(tables, facts)
    said = pl.DataFrame(
        {
            "clip": pl.Series([known.clip for known in ordered], dtype=pl.String),
            **{
                _said(name): pl.Series([known.metadata.get(name) for known in ordered], dtype=pl.String)
                for name in shared
            },
        }
    )
    whole = facts.join(values, on="clip_index", how="left", maintain_order="left")
    single = [column for column in columns if column.type != "list"]
    clip_rows = _clips(whole, aggregated(samples, "clip_index", sampled), columns, texts)
    segment_rows = _segments(whole, divided(facts, cuts, segments), samples, single, texts)
    segment_rows = with_looks(segment_rows, _embeddings(ordered))
    return Library(
        _decided(clip_rows, said, shared),
        _decided(segment_rows, said, shared),
        sample_grid(facts, samples, sampled),
        _cuts(facts, cuts),
        clip_rows.select("clip", *shared, *_sure(clip_rows, shared).values()),
        _accents(tables, facts),
    )


def _embeddings(clips: Sequence[ClipTables]) -> dict[str, pl.DataFrame]:
    found = {known.clip: known.tables.get("clip_embedding", {}) for known in clips}
    return {clip: tables["embeddings"] for clip, tables in found.items() if "embeddings" in tables}


def _said(name: str) -> str:
    return f"\x00said {name}"


def _sure(rows: pl.DataFrame, shared: Sequence[str]) -> dict[str, str]:
    """Shared column -> the column with its confidence, of those that have one."""
    return {name: f"{name}_confidence_01" for name in shared if f"{name}_confidence_01" in rows.columns}


def _decided(rows: pl.DataFrame, said: pl.DataFrame, shared: Sequence[str]) -> pl.DataFrame:
    """Let what metadata says of a clip stand before what was seen. said: clip, and per shared column what it says."""
    if not shared:
        return rows
    joined = rows.join(said, on="clip", how="left", maintain_order="left")
    sure = _sure(rows, shared)
    return joined.with_columns(
        *(pl.coalesce(_said(name), name).alias(name) for name in shared),
        *(
            pl.when(pl.col(_said(name)).is_not_null())
            .then(1.0)
            .otherwise(pl.col(confidence))
            .alias(confidence)
            for name, confidence in sure.items()
        ),
    ).select(rows.columns)


def _refuse_twins(kind: str, names: Sequence[str]) -> None:
    twins = sorted(name for name, count in Counter(names).items() if count > 1)
    if twins:
        raise ValueError(f"two {kind} have the same name: {', '.join(twins)}")


def _facts(clips: Sequence[ClipTables], texts: Sequence[str]) -> pl.DataFrame:
    """clip_index, duration_us, clip, digest, the built-in columns, metadata and failures."""
    facts = {
        "clip_index": pl.Series(range(len(clips)), dtype=pl.Int64),
        "duration_us": pl.Series([round(known.duration_s * SECOND_US) for known in clips], dtype=pl.Int64),
        "clip": pl.Series([known.clip for known in clips], dtype=pl.String),
        "digest": pl.Series([known.digest for known in clips], dtype=pl.String),
        "width_px": pl.Series([known.width_px for known in clips], dtype=pl.Float64),
        "height_px": pl.Series([known.height_px for known in clips], dtype=pl.Float64),
        "rate_fps": pl.Series(
            [None if known.rate_fps is None else float(known.rate_fps) for known in clips], dtype=pl.Float64
        ),
        "has_audio": pl.Series([known.has_audio for known in clips], dtype=pl.Boolean),
        "complete": pl.Series([known.complete for known in clips], dtype=pl.Boolean),
        "partial": pl.Series([bool(_missing_parts(known)) for known in clips], dtype=pl.Boolean),
        "failures": pl.Series(
            [[f"{name}: {why}" for name, why in sorted(known.failures.items())] for known in clips],
            dtype=pl.List(pl.String),
        ),
        "missing_parts": pl.Series([_missing_parts(known) for known in clips], dtype=pl.List(pl.String)),
        "analyzed_hash": pl.Series([known.digest for known in clips], dtype=pl.String),
        "analyzed_size_bytes": pl.Series([known.bytes for known in clips], dtype=pl.Int64),
        **{
            name: pl.Series([known.provenance.get(name) for known in clips], dtype=dtype)
            for name, dtype in PROVENANCE.items()
        },
        **{name: pl.Series([known.metadata.get(name) for known in clips], dtype=pl.String) for name in texts},
    }
    length_s = seconds_of(pl.col("duration_us"))
    return pl.DataFrame(facts).with_columns(duration_s=length_s, clip_duration_s=length_s)


def _missing_parts(known: ClipTables) -> list[str]:
    """What is not known of a clip, and why: analyzers by name, then the end of a file that breaks off."""
    reasons = {**known.unavailable, **known.failures}
    parts = [f"{name}: {why}" for name, why in sorted(reasons.items())]
    if not known.complete:
        parts.append(f"end: the file breaks off after {known.duration_s:.2f} s")
    return parts


def _with_all(frame: pl.DataFrame, columns: Sequence[Column]) -> pl.DataFrame:
    """Add the declared columns that no table had."""
    return frame.with_columns(
        pl.lit(None, dtype_of(column)).alias(column.name)
        for column in columns
        if column.name not in frame.columns
    )


def _clips(
    whole: pl.DataFrame, means: pl.DataFrame, columns: Sequence[Column], texts: Sequence[str]
) -> pl.DataFrame:
    joined = whole.join(means, on="clip_index", how="left", maintain_order="left")
    named = [column.name for column in columns]
    return _with_all(joined, columns).select(
        "clip", "digest", "duration_s", *_BUILT_IN, *texts, *named, "failures", "missing_parts", *_OF_FILE
    )


def _segments(
    whole: pl.DataFrame,
    parts: pl.DataFrame,
    samples: Sequence[pl.DataFrame],
    columns: Sequence[Column],
    texts: Sequence[str],
) -> pl.DataFrame:
    sampled = [column for column in columns if column.per_sample]
    rows = parts.with_columns(
        row=pl.int_range(0, pl.len()),
        middle_us=pl.col("clip_index") * CLIP_US + (pl.col("start_us") + pl.col("end_us")) // 2,
    )
    inside = [placed(frame, rows) for frame in samples]
    means = aggregated(inside, "row", sampled)
    joined = rows.join(means, on="row", how="left", maintain_order="left")
    rows = nearest_for(joined, samples, inside, sampled)
    rows = rows.join(
        whole.drop("duration_s"), on="clip_index", how="left", maintain_order="left"
    ).with_columns(
        segment=pl.concat_str("clip", pl.lit("#"), pl.col("index").cast(pl.String).str.zfill(3)),
        start_s=seconds_of(pl.col("start_us")),
        end_s=seconds_of(pl.col("end_us")),
        duration_s=seconds_of(pl.col("end_us") - pl.col("start_us")),
    )
    own = ("segment", "clip", "index", "shot_index", "start_s", "end_s", "duration_s")
    named = [column.name for column in columns]
    return _with_all(rows, columns).select(*own, *_BUILT_IN, *texts, *named)


def _accents(tables: Sequence[TablesOfClip], facts: pl.DataFrame) -> pl.DataFrame:
    nothing = pl.DataFrame(schema={"clip_index": pl.Int64, **_ACCENT})
    found = pl.concat([nothing, *stacked(tables, "motion_accents", _ACCENT)]).drop_nulls()
    named = found.join(facts.select("clip_index", "clip"), on="clip_index", how="left", maintain_order="left")
    return named.select("clip", *_ACCENT).sort("clip", "t_s", "strength_01")


def _cuts(facts: pl.DataFrame, cuts: pl.DataFrame) -> pl.DataFrame:
    named = cuts.join(facts.select("clip_index", "clip"), on="clip_index", how="left", maintain_order="left")
    return named.select("clip", t_s=seconds_of(pl.col("t_us")))

"""A resolved recipe: frozen, typed, every default filled in. `schemas/recipe.schema.json` has the same keys."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Aspect = Literal["9:16", "1:1", "16:9"]
GridUnit = Literal["half_beat", "beat", "downbeat", "free"]
IfShort = Literal["fail", "shorten", "repeat"]
Quality = Literal["low", "high", "maximum"]
TransitionType = Literal["hard_cut", "quick_dissolve"]

SIZES_PX: Mapping[str, tuple[int, int]] = {"9:16": (1080, 1920), "1:1": (1080, 1080), "16:9": (1920, 1080)}
"""Width and height of the finished video by aspect."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FootageSpec:
    """Which files are clips. Globs are matched against the path below the footage folder and against the bare name."""

    dir: str | None = None
    include: tuple[str, ...] = ("**/*",)
    exclude: tuple[str, ...] = ()
    metadata: Mapping[str, Mapping[str, tuple[str, ...]]] = field(
        default_factory=dict[str, Mapping[str, tuple[str, ...]]]
    )
    """Text columns read from file names: column -> value -> globs; the first value that matches wins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SongSpec:
    """The song under the edit and which part of it is used."""

    file: str | None = None
    start_s: float | None = None
    """None: the engine picks the part."""
    fade_in_s: float = 0.05
    fade_out_s: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class AnalyzerSpec:
    """One analyzer switched on, with all its parameters."""

    name: str
    params: Mapping[str, Any]
    if_unavailable: Literal["skip", "fail"] = "skip"


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentsSpec:
    """How clips are divided into segments: at cuts, and long shots into even parts."""

    max_s: float = 4.0
    min_s: float = 0.4


@dataclass(frozen=True, slots=True, kw_only=True)
class FeatureSpec:
    """A derived column of clips and segments."""

    name: str
    value: str
    unit: str = ""
    says: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TermSpec:
    """One part of a score: an expression, clamped to 0..1, with its share."""

    name: str
    value: str
    weight: float
    says: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreSpec:
    """A named score: the weighted mean of its terms, clamped to 0..1. Terms that are missing leave the mean
    (`missing: rescale`) or make the score null (`missing: null`); no term at hand is always null."""

    name: str
    terms: tuple[TermSpec, ...]
    missing: Literal["rescale", "null"] = "rescale"
    says: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSpec:
    """When a condition holds: reject the row, tag it, or say a reason. Exactly one of reject, tag, say is set."""

    name: str
    when: str
    reject: str | None = None
    tag: str | None = None
    say: str | None = None
    level: Literal["clip", "segment", "both"] = "both"


@dataclass(frozen=True, slots=True, kw_only=True)
class TransitionsSpec:
    """Which transitions may be used. Where and how often is the style's preference."""

    allow: tuple[TransitionType, ...] = ("hard_cut", "quick_dissolve")
    dissolve_s: float = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class EditSpec:
    """What the edit must be like, and what it is judged by."""

    duration_s: float = 30.0
    tolerance_s: float = 0.5
    """How far the total may be from duration_s so that it ends on the grid."""
    aspect: Aspect = "9:16"
    rate_fps: int = 30
    grid: GridUnit = "beat"
    """Where cuts may lie. free: every 0.25 s, for edits without a song."""
    min_shot_s: float = 0.5
    max_shot_s: float = 4.0
    handle_s: float = 0.1
    """Source left unused at both ends of a shot."""
    max_uses_per_clip: int = 1
    max_same_angle_streak: int | None = None
    """None: as the style says."""
    must_use: tuple[str, ...] = ()
    never_use: tuple[str, ...] = ()
    min_score_01: float = 0.0
    """Segments that score lower are no candidates."""
    score: str = "heuristic_score"
    """Which score says how good a segment is."""
    if_short: IfShort = "fail"
    weights: Mapping[str, float] = field(default_factory=dict[str, float])
    """Weights of the objective's terms: score, energy, shot_type, pacing, sequence, angle_change, order."""
    transitions: TransitionsSpec = field(default_factory=TransitionsSpec)
    seed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoSpec:
    """The rendered video."""

    quality: Quality = "high"
    loudness_lufs: float = -14.0
    true_peak_db: float = -1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportSpec:
    """The report."""

    title: str = ""
    embed_video: Literal["preview", "none"] = "preview"
    max_unused: int = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputsSpec:
    """What a run writes; None: not written."""

    video: VideoSpec | None = field(default_factory=VideoSpec)
    report: ReportSpec | None = field(default_factory=ReportSpec)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSpec:
    """How failures and time are handled."""

    on_error: Literal["skip", "fail"] = "skip"
    clip_limit_s: float = 1800.0
    """A clip whose analysis takes longer is given up, with that reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """The whole, resolved recipe."""

    name: str
    says: str = ""
    creator_id: str = "default"
    footage: FootageSpec = field(default_factory=FootageSpec)
    song: SongSpec | None = None
    """None: an edit without a song."""
    analyzers: tuple[AnalyzerSpec, ...] = ()
    segments: SegmentsSpec = field(default_factory=SegmentsSpec)
    thresholds: Mapping[str, float] = field(default_factory=dict[str, float])
    features: tuple[FeatureSpec, ...] = ()
    scores: tuple[ScoreSpec, ...] = ()
    rules: tuple[RuleSpec, ...] = ()
    style: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """The style profile, resolved and checked against schemas/style.schema.json."""
    edit: EditSpec | None = field(default_factory=EditSpec)
    """None: rank only."""
    outputs: OutputsSpec = field(default_factory=OutputsSpec)
    run: RunSpec = field(default_factory=RunSpec)

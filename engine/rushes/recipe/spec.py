"""A resolved recipe: frozen, typed, every default filled in. `schemas/recipe.schema.json` has the same keys."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Annotated, Any, Literal

from rushes.recipe.constraint_spec import ConstraintSpec
from rushes.recipe.instruction_spec import DeleteReasonSpec, InstructionSpec
from rushes.recipe.limits import Limits, check_limits
from rushes.recipe.outputs_spec import OutputsSpec, RunSpec
from rushes.recipe.rates import IsRate, exact_rate
from rushes.recipe.sound_spec import SoundSpec
from rushes.recipe.talk_spec import TalkSpec
from rushes.recipe.title_spec import TitleSpec
from rushes.recipe.transition_spec import FadesSpec, RampsSpec, TransitionsSpec

Aspect = Literal["9:16", "1:1", "16:9"]
GridUnit = Literal["half_beat", "beat", "downbeat", "free"]
IfShort = Literal["fail", "shorten", "repeat"]
RegionKind = Literal["face", "person"]
Metadata = Mapping[str, Mapping[str, tuple[str, ...]]]

OBJECTIVE_TERMS: Mapping[str, str] = {
    "score": "How good the segment is, by edit.score.",
    "energy": "Motion that fits the energy of the music, as the style likes it there.",
    "shot_type": "Shot types that the style likes at that energy.",
    "pacing": "A length near the one that the style wants there.",
    "accent": "Shots that begin on strong beats, and peaks of motion on beats.",
    "clean": "No blur, shake, closed eyes or shove of the camera in the shot, and no action cut before it ends.",
    "sequence": "An angle that the style likes after the one before.",
    "angle_change": "Another angle than the one before.",
    "order": "Clips in the order of their names.",
}
"""What an edit is judged by; `edit.weights` gives each its weight."""

SIZES_PX: Mapping[str, tuple[int, int]] = {"9:16": (1080, 1920), "1:1": (1080, 1080), "16:9": (1920, 1080)}
"""Width and height of the finished video by aspect."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FootageSpec:
    """Which files are clips. Globs are matched against the path below the footage folder and against the bare name."""

    dir: str | None = None
    """The footage folder, relative to the file that says so. Sub-folders are searched."""
    include: tuple[str, ...] = ("**/*",)
    """Globs of the files to take; pictures and sounds among them are not clips."""
    exclude: tuple[str, ...] = ()
    """Globs of the files to leave out."""
    metadata: Metadata = field(default_factory=dict[str, Mapping[str, tuple[str, ...]]])
    """Text columns read from file names: column -> value -> globs; the first value that matches wins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SongSpec:
    """The song under the edit and which part of it is used."""

    file: str | None = None
    """The song's file, relative to the file that says so."""
    start_s: Annotated[float | None, Limits(least=0)] = None
    """Where in the song the edit begins; null: the engine picks the part."""
    fade_in_s: Annotated[float, Limits(least=0, most=30)] = 0.05
    """The song begins from silence over this time."""
    fade_out_s: Annotated[float, Limits(least=0, most=30)] = 1.0
    """The song ends in silence over this time."""

    def __post_init__(self) -> None:
        check_limits(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class AnalyzerSpec:
    """One analyzer switched on, with all its parameters."""

    name: str
    params: Mapping[str, Any]
    if_unavailable: Literal["skip", "fail"] = "skip"
    """What to do where the analyzer needs a model that is not installed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentsSpec:
    """How clips are divided into segments: at cuts, and long shots into even parts."""

    max_s: Annotated[float, Limits(above=0, most=3600)] = 4.0
    """Longer shots are divided evenly into parts of at most this length. Each part is a take, so where a clip may be used more
    than once no shot of the edit is longer, less a handle at each end: raise it along with edit.max_shot_s."""
    min_s: Annotated[float, Limits(above=0, most=3600)] = 0.4
    """Shorter pieces between two cuts are no segments."""

    def __post_init__(self) -> None:
        check_limits(self)
        if self.min_s > self.max_s:
            raise ValueError(f"min_s={self.min_s} is above max_s={self.max_s}")


@dataclass(frozen=True, slots=True, kw_only=True)
class FeatureSpec:
    """A derived column of clips and segments."""

    name: str
    value: str
    """An expression over columns, thresholds and earlier features."""
    unit: str = ""
    """Unit of the value, such as s or 01; "" for counts."""
    says: str = ""
    """What the column means, for the report."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TermSpec:
    """One part of a score: an expression, clamped to 0..1, with its share; or, signed, what raises or lowers the score."""

    name: str
    value: str
    """An expression; its value is clamped to 0..1, that of a signed term to -1..1."""
    weight: Annotated[float, Limits(least=0)]
    """Share of the term; shares need not add up to 1."""
    signed: bool = False
    """The term is no part of the mean: it adds its weight times -1..1, and 0 where its value is missing."""
    says: str = ""
    """What the term rewards, for the report."""

    def __post_init__(self) -> None:
        check_limits(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreSpec:
    """A named score: the weighted mean of its terms, clamped to 0..1. No term at hand is always null: "not scored".

    With signed terms it is (U x mean + what the signed terms add) / (U + S), where U is the sum of all weights of terms
    that are not signed, whether they are at hand or not, and S that of the signed ones. Signed terms alone score nothing.
    """

    name: str
    terms: tuple[TermSpec, ...]
    """The terms by name."""
    missing: Literal["rescale", "null"] = "rescale"
    """Terms without a value leave the mean (rescale), or make the score null; signed terms do neither."""
    least_share_01: Annotated[float, Limits(least=0, most=1)] = 0.0
    """Where the terms at hand have a smaller share of the weight than this (signed terms aside), the score is null."""
    says: str = ""
    """What the score means, for the report."""

    def __post_init__(self) -> None:
        check_limits(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalFeatureSpec:
    """Something that a creator may like or dislike in clips, from -1 to 1."""

    name: str
    value: str
    """An expression over columns, thresholds and features; its value is clamped to -1..1."""
    says: str = ""
    """What the feature means, for people who look at the weights."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalSpec:
    """What is learned from a creator's favourites and bads, and what the learned weights make of a clip.

    Columns: `personal.NAME` (-1..1) for every feature, and `personalized_boost`: the sum of weight times feature, clamped to
    -1..1; a feature that is missing adds nothing, and without weights it is 0.
    """

    rate: Annotated[float, Limits(above=0, most=10)] = 1.0
    """A learned weight is (mean of the favourites - mean of the bads) x rate, clamped to max_weight_01."""
    max_weight_01: Annotated[float, Limits(above=0, most=1)] = 0.8
    """No weight is larger than this, upwards or downwards."""
    min_favourites: Annotated[int, Limits(least=1)] = 10
    """With fewer favourites nothing is learned: all weights stay 0."""
    min_bads: Annotated[int, Limits(least=1)] = 10
    """With fewer bads nothing is learned: all weights stay 0."""
    min_known: Annotated[int, Limits(least=1)] = 3
    """A feature that is known of fewer favourites, or of fewer bads, gets no weight."""
    engaged_views: Annotated[int, Limits(least=1)] = 3
    """A clip without a tag that was viewed so often counts as part of a favourite; so does one exported or viewed again."""
    engaged_completion_01: Annotated[float, Limits(above=0, most=1)] = 0.8
    """So does one viewed once up to this share."""
    engaged_weight_01: Annotated[float, Limits(least=0, most=1)] = 0.5
    """Such a clip is this much of a favourite."""
    features: tuple[PersonalFeatureSpec, ...] = ()
    """What is learned about, by name."""
    weights: Mapping[str, Annotated[float, Limits(least=-1, most=1)]] = field(
        default_factory=dict[str, float]
    )
    """Weight of each feature; one without a weight counts for 0. `rushes learn personal` learns them."""

    def __post_init__(self) -> None:
        check_limits(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSpec:
    """When a condition holds: reject the row, tag it, or say a reason. Exactly one of reject, tag, say is set."""

    name: str
    when: str
    """A condition over columns, thresholds, features and scores."""
    reject: str | None = None
    """Rejects the row, for this reason. The text may hold {column}, {column:.2f} or {column:percent}."""
    tag: str | None = None
    """Tags the row with this word."""
    say: str | None = None
    """Gives this reason for the score. The text may hold {column}, {column:.2f} or {column:percent}."""
    level: Literal["clip", "segment", "both"] = "both"
    """Which rows the rule looks at."""

    def __post_init__(self) -> None:
        if sum(text is not None for text in (self.reject, self.tag, self.say)) != 1:
            raise ValueError(f"rule {self.name}: exactly one of reject, tag and say must be set")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReframeSpec:
    """How a picture of another shape fills the frame. Other than in the middle it takes the analyzer `saliency`."""

    mode: Literal["auto", "steady", "centre", "fit"] = "auto"
    """auto: per shot one place, one move, or a way that follows, whichever shows most of what matters for the least motion.
    steady: one place per shot. centre: always the middle. fit: always the whole picture, over a blurred copy of it."""
    max_speed_per_s: Annotated[float, Limits(above=0, most=10)] = 0.25
    """The crop moves at most so many widths of the picture a second (heights, where it moves up and down)."""
    max_acceleration_per_s2: Annotated[float, Limits(above=0, most=100)] = 0.5
    """Its speed changes by at most so much a second."""
    require: tuple[RegionKind, ...] = ("face", "person")
    """What should not be cut off, as far as it fits into the crop: face, person."""
    fit_for: tuple[RegionKind, ...] = ("face",)
    """Where these cannot be inside the crop, the shot shows more of the picture, smaller, over a blurred copy of it."""
    least_weight_01: Annotated[float, Limits(least=0, most=1)] = 0.25
    """Faces and people that matter less than this, as those far in the background do, may be cut off. 1: the largest
    face; people count for half of what faces do, unless `saliency` weighs them otherwise."""
    pad_blur_01: Annotated[float, Limits(least=0, most=0.2)] = 0.03
    """How far that copy is blurred, as a share of the frame's width."""

    def __post_init__(self) -> None:
        check_limits(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class EditSpec:
    """What the edit must be like, and what it is judged by."""

    duration_s: Annotated[float, Limits(above=0, most=3600)] = 30.0
    """Length of the edit."""
    tolerance_s: Annotated[float, Limits(least=0, most=60)] = 0.5
    """How far the total may be from duration_s so that it ends on the grid."""
    aspect: Aspect = "9:16"
    """Shape of the picture."""
    rate_fps: Annotated[int | str, IsRate()] = 30
    """Pictures a second of the finished video: a whole number, or one of the NTSC rates 23.976, 29.97, 47.952, 59.94 and
    119.88, which are held exactly: 29.97 is 30000/1001, and may be written so."""
    grid: GridUnit = "beat"
    """Where cuts may lie. free: every 0.25 s, for edits without a song."""
    min_shot_s: Annotated[float, Limits(above=0, most=3600)] = 0.5
    """No shot is shorter."""
    max_shot_s: Annotated[float, Limits(above=0, most=3600)] = 4.0
    """No shot is longer. Nor is any longer than a take: see segments.max_s."""
    handle_s: Annotated[float, Limits(least=0, most=10)] = 0.1
    """Source left unused at both ends of a shot."""
    max_uses_per_clip: Annotated[int, Limits(least=1)] = 1
    """How many shots may come from one clip."""
    max_same_angle_streak: Annotated[int | None, Limits(least=1)] = None
    """How many shots of one angle may follow each other. null: as the style says."""
    must_use: tuple[str, ...] = ()
    """Globs of clips; each must match a clip that the edit uses."""
    never_use: tuple[str, ...] = ()
    """Globs of clips that the edit must not use."""
    min_score_01: Annotated[float, Limits(least=0, most=1)] = 0.0
    """Segments that score lower are no candidates."""
    score: str = "heuristic_score"
    """Which score says how good a segment is."""
    if_short: IfShort = "fail"
    """What to do when the footage cannot fill the edit: fail, make it shorter, or use clips more often."""
    weights: Mapping[str, Annotated[float, Limits(least=0)]] = field(default_factory=lambda: {"score": 1.0})
    """Weights of the objective's terms; a term without a weight does not count."""
    energy_bias_01: Annotated[float, Limits(least=-1, most=1)] = 0.0
    """Shots are chosen as if the music were so much more energetic than it is (0: its quiet fifth, 1: its loud fifth); below 0:
    calmer."""
    instructions: tuple[InstructionSpec, ...] = ()
    """How a part of the edit is made anew with `rushes regenerate --instruction NAME`, by name."""
    delete_reasons: tuple[DeleteReasonSpec, ...] = ()
    """What it teaches that `rushes edit OUT delete CLIP --reason NAME` took out a shot, by name."""
    constraints: tuple[ConstraintSpec, ...] = ()
    """What the edit must do, and with a weight should do, by name. Each kind has an example in docs/constraints.md."""
    transitions: TransitionsSpec = field(default_factory=TransitionsSpec)
    fades: FadesSpec = field(default_factory=FadesSpec)
    """Whether the edit opens from black and ends in it."""
    ramps: RampsSpec = field(default_factory=RampsSpec)
    """Speed ramps within shots; none unless ramps.share is above 0."""
    reframe: ReframeSpec = field(default_factory=ReframeSpec)
    """How the picture is cropped to the frame."""
    talk: TalkSpec | None = None
    """Everything that is said, without silences and fillers, instead of shots on a grid: duration_s does not apply then.
    null: shots are chosen."""
    sound: SoundSpec = field(default_factory=SoundSpec)
    """What is heard of the clips."""
    titles: tuple[TitleSpec, ...] = ()
    """What is written over the picture, by name."""
    seed: Annotated[int, Limits(least=0)] = 0
    """Decides between edits that are nearly equally good: a seed above 0 draws a worth for every piece of footage, the term
    `variation` with 0.002 of all weight."""

    def __post_init__(self) -> None:
        check_limits(self)
        exact_rate(self.rate_fps)
        if self.min_shot_s > self.max_shot_s:
            raise ValueError(f"min_shot_s={self.min_shot_s} is above max_shot_s={self.max_shot_s}")

    @property
    def rate(self) -> Fraction:
        """Pictures a second, exact: for what lies on a frame."""
        return exact_rate(self.rate_fps)

    @property
    def frames_per_s(self) -> float:
        """Pictures a second: for times that are judged. Whole where the rate is."""
        return self.rate_fps if isinstance(self.rate_fps, int) else float(self.rate)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """The whole, resolved recipe."""

    name: str
    """Name of the recipe; without it the name of its file."""
    says: str = ""
    """What the recipe makes, in a sentence."""
    creator_id: str = "default"
    """Whose style this is; the profile's name where a profile is used."""
    footage: FootageSpec = field(default_factory=FootageSpec)
    """Which files are clips."""
    song: SongSpec | None = None
    """The song under the edit; null: an edit without a song."""
    analyzers: tuple[AnalyzerSpec, ...] = ()
    """Which analyzers look at the footage and the song, with their parameters."""
    segments: SegmentsSpec = field(default_factory=SegmentsSpec)
    """How clips are divided."""
    thresholds: Mapping[str, float] = field(default_factory=dict[str, float])
    """Numbers that expressions use by name."""
    features: tuple[FeatureSpec, ...] = ()
    """Derived columns by name, computed in this order."""
    personal: PersonalSpec | None = None
    """What is learned from favourites and bads, and how it counts; null: nothing."""
    scores: tuple[ScoreSpec, ...] = ()
    """Scores by name."""
    rules: tuple[RuleSpec, ...] = ()
    """Rules by name, applied in this order."""
    style: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """The style of the edit: the name of a profile, or `extends: NAME` and what differs from it. Resolved, it is the
    whole style, checked against schemas/style.schema.json."""
    edit: EditSpec | None = field(default_factory=EditSpec)
    """What the edit must be like; null: rank only."""
    outputs: OutputsSpec = field(default_factory=OutputsSpec)
    """What a run writes."""
    run: RunSpec = field(default_factory=RunSpec)
    """How failures and time are handled, and what models run on."""

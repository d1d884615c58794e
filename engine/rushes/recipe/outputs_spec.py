"""What a run writes, and how it runs: the sections `outputs` and `run`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Literal

from rushes.recipe.limits import Limits, check_limits

Provider = Literal["cpu", "cuda", "tensorrt", "coreml", "directml", "openvino", "rocm"]
"""Names of rushes.models.session.PROVIDERS, which is a later stage; a test holds them equal."""
Quality = Literal["low", "high", "maximum"]


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoSpec:
    """The rendered video."""

    quality: Quality = "high"
    """How much is spent on the picture: low for drafts."""
    loudness_lufs: Annotated[float, Limits(least=-40, most=-5)] = -14.0
    """Integrated loudness of the sound (EBU R128)."""
    true_peak_db: Annotated[float, Limits(least=-20, most=0)] = -1.0
    """The true peak stays at or below this, in dBTP."""

    def __post_init__(self) -> None:
        check_limits(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportSpec:
    """The report."""

    title: str = ""
    """Headline; "" = the name of the recipe."""
    embed_video: Literal["preview", "none"] = "preview"
    """Whether the page carries a small copy of the video."""
    max_unused: Annotated[int, Limits(least=0)] = 200
    """So many of the clips that were not used are listed."""

    def __post_init__(self) -> None:
        check_limits(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class BadgesSpec:
    """Where the badges of a score begin: high, medium, and low below."""

    high_01: Annotated[float, Limits(least=0, most=1)] = 0.7
    """Scores from here on are high."""
    medium_01: Annotated[float, Limits(least=0, most=1)] = 0.4
    """Scores from here on are medium."""

    def __post_init__(self) -> None:
        check_limits(self)
        if self.medium_01 > self.high_01:
            raise ValueError(f"medium_01={self.medium_01} is above high_01={self.high_01}")


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputsSpec:
    """What a run writes; null: not written."""

    video: VideoSpec | None = field(default_factory=VideoSpec)
    """The finished video; null: none."""
    report: ReportSpec | None = field(default_factory=ReportSpec)
    """The page that explains the edit; null: none."""
    badges: BadgesSpec = field(default_factory=BadgesSpec)
    """How scores are called."""
    max_reasons: Annotated[int, Limits(least=0)] = 6
    """At most so many reasons stand beside a score, the first rules first."""

    def __post_init__(self) -> None:
        check_limits(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class StageLimitsSpec:
    """How long each stage may take as a whole; null: as long as it needs."""

    analyze_s: Annotated[float | None, Limits(above=0)] = None
    """Probing and analysing all clips, and gathering what was found."""
    score_s: Annotated[float | None, Limits(above=0)] = None
    """Features, scores and rules."""
    edit_s: Annotated[float | None, Limits(above=0)] = None
    """Solving the edit."""
    render_s: Annotated[float | None, Limits(above=0)] = None
    """Encoding the video."""
    report_s: Annotated[float | None, Limits(above=0)] = None
    """Writing the report."""

    def __post_init__(self) -> None:
        check_limits(self)

    def of(self, stage: str) -> float | None:
        """The limit of a stage of the graph by its name, such as "render"; None: none."""
        limit_s: float | None = getattr(self, f"{stage}_s", None)
        return limit_s


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSpec:
    """How failures and time are handled, and what models run on."""

    on_error: Literal["skip", "fail"] = "skip"
    """What a clip that cannot be read does to the run: it is left out and reported, or the run fails."""
    clip_limit_s: Annotated[float, Limits(above=0)] = 1800.0
    """A clip whose analysis takes longer is given up, with that reason."""
    stage_limits: StageLimitsSpec = field(default_factory=StageLimitsSpec)
    """Limits of whole stages."""
    providers: tuple[Provider, ...] = ("cpu",)
    """What models run on, the first that is at hand: execution providers of ONNX Runtime."""

    def __post_init__(self) -> None:
        check_limits(self)

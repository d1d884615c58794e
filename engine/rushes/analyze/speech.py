"""When somebody speaks: what the analyzer `speech` reads and writes. The work is in speech_pass.py."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from rushes.analyze.spec import Analyzer, Column, no_wishes
from rushes.recipe.limits import Limits, check_limits


@dataclass(frozen=True, slots=True, kw_only=True)
class Params:
    """threshold_01: how likely speech must be for it to begin. onset_01: it then counts from where it was that likely
    already, without a break: words begin more softly than a model is sure of; from threshold_01 on this changes nothing.
    release_01: speech ends where it is less likely than that. merge_gap_ms: pauses shorter than that do not divide speech. min_speech_ms: what is shorter after that is none.
    padding_ms: added before and after each stretch of speech."""

    threshold_01: Annotated[float, Limits(above=0, most=1)] = 0.5
    onset_01: Annotated[float, Limits(above=0, most=1)] = 1.0
    release_01: Annotated[float, Limits(least=0, most=1)] = 0.35
    merge_gap_ms: Annotated[float, Limits(least=0, most=60_000)] = 100.0
    min_speech_ms: Annotated[float, Limits(least=0, most=60_000)] = 250.0
    padding_ms: Annotated[float, Limits(least=0, most=10_000)] = 0.0

    def __post_init__(self) -> None:
        check_limits(self)
        if self.release_01 > self.threshold_01:
            raise ValueError(f"release_01={self.release_01} is above threshold_01={self.threshold_01}")


COLUMNS = (
    Column(
        name="speech_percent",
        unit="percent",
        per_sample=True,
        says="Share of the time in which somebody speaks, in percent; 0 without sound.",
    ),
    Column(
        name="speech_segments",
        type="list",
        unit="s",
        says="Stretches of speech: start_s and end_s, from the start of the picture.",
    ),
    Column(
        name="speech_segment_count", says="Number of stretches of speech; many short ones mean many pauses."
    ),
    Column(name="speech_duration_ms", unit="ms", says="Time in which somebody speaks, in milliseconds."),
    Column(name="silence_duration_ms", unit="ms", says="Time in which nobody speaks, in milliseconds."),
    Column(name="longest_speech_s", unit="s", says="The longest stretch of speech; 0 where there is none."),
)

ANALYZER = Analyzer(
    name="speech",
    version=2,
    source="tables",
    params=Params,
    wishes=no_wishes,
    start="rushes.analyze.speech_pass:start",
    columns=COLUMNS,
    tables={"segments": (("start_s", "Float64"), ("end_s", "Float64"))},
    reads=("voice_activity",),
)

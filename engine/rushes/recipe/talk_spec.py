"""How talk is cut: what of a recording of somebody who speaks is left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated

from rushes.recipe.limits import Limits, check_limits


@dataclass(frozen=True, slots=True, kw_only=True)
class PunchInSpec:
    """Jump cuts hidden by size: where a cut stays within one take, every other shot is seen from nearer."""

    scale: Annotated[float, Limits(above=1, most=2)] = 1.12
    """How much larger the picture is in such a shot. Less than 1.08 looks like a mistake, more than 1.3 costs sharpness.
    Where a face would be cut off, the shot stays as it is."""

    def __post_init__(self) -> None:
        check_limits(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class TalkSpec:
    """An edit of everything that is said: clips in the order of their names, without silences and fillers.

    Speech is what the analyzer `speech` hears and the words that `transcript` knows. None of it is left
    out but fillers, and no cut lies inside a word. The length follows from what is said. Of the rest of the section
    `edit`, the following count here: aspect, rate_fps, min_shot_s, never_use, fades, reframe, sound and titles.
    """

    pad_before_s: Annotated[float, Limits(least=0, most=5)] = 0.1
    """So much of the silence before speech stays."""
    pad_after_s: Annotated[float, Limits(least=0, most=5)] = 0.15
    """So much of the silence after speech stays: words die away more slowly than they begin."""
    min_silence_s: Annotated[float, Limits(least=0, most=60)] = 0.5
    """Silences shorter than that stay whole: they are how somebody speaks."""
    max_duration_s: Annotated[float | None, Limits(above=0, most=36000)] = None
    """The edit ends before the stretch of speech that would make it longer; null: all that is said."""
    fillers: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    """Words that are cut where a transcript has their times: language, such as en -> words or phrases. A filler in one
    language is a word in another: those of a transcript's own language count, and none where it is not known."""
    punch_in: PunchInSpec | None = field(default_factory=PunchInSpec)
    """How jump cuts are hidden; null: they are not."""

    def __post_init__(self) -> None:
        check_limits(self)

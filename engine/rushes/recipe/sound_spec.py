"""What is heard of the clips."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Literal

from rushes.recipe.limits import Limits, check_limits

ClipSound = Literal["none", "under", "only"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DuckSpec:
    """How the song steps back while somebody speaks in the clips."""

    by_db: Annotated[float, Limits(above=0, most=60)] = 10.0
    """So much quieter the song is meanwhile."""
    attack_ms: Annotated[float, Limits(least=5, most=5000)] = 150.0
    """It goes down over this time, and is down when speech begins."""
    release_ms: Annotated[float, Limits(least=5, most=10000)] = 500.0
    """It comes back over this time after speech has ended."""
    hold_ms: Annotated[float, Limits(least=0, most=10000)] = 400.0
    """In pauses up to this length it stays down."""
    only_speech: bool = True
    """true: for what the analyzer `speech` hears, and by level where it did not listen. false: for all that is heard of the
    clips."""

    def __post_init__(self) -> None:
        check_limits(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class SoundSpec:
    """What is heard of the clips themselves."""

    clips: ClipSound = "none"
    """none: the song alone. under: the song, and the sound of the clips with it. only: the sound of the clips, and no
    song. Shots that do not run at the speed at which they were filmed are silent."""
    crossfade_s: Annotated[float, Limits(least=0, most=1)] = 0.015
    """At a cut the sound of one shot gives way to that of the next over this time, half of it before the cut."""
    clip_gain_db: Annotated[float, Limits(least=-60, most=24)] = -6.0
    """With clips: under, how loud the clips are beside the song, as loudness is measured, whatever it was when they were
    filmed: 0 is as loud as the song where it is not ducked."""
    duck: DuckSpec | None = field(default_factory=DuckSpec)
    """With clips: under, how the song makes room for them; null: it does not."""

    def __post_init__(self) -> None:
        check_limits(self)

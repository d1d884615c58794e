"""What is heard of the clips."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from rushes.recipe.limits import Limits, check_limits

ClipSound = Literal["none", "only"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SoundSpec:
    """What is heard of the clips themselves."""

    clips: ClipSound = "none"
    """none: the song alone. only: the sound of the clips, and no song."""
    crossfade_s: Annotated[float, Limits(least=0, most=1)] = 0.015
    """At a cut the sound of one shot gives way to that of the next over this time, half of it before the cut."""

    def __post_init__(self) -> None:
        check_limits(self)

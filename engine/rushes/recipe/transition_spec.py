"""How one shot gives way to the next, how the first one comes and the last one goes, and how fast a shot runs: what a recipe
says of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from rushes.recipe.limits import Limits, check_limits

TransitionType = Literal["hard_cut", "quick_dissolve", "whip_pan", "dip_to_black"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TransitionsSpec:
    """Which transitions may be used. Where and how often is the style's preference."""

    allow: tuple[TransitionType, ...] = ("hard_cut", "quick_dissolve")
    """The types that may be used."""
    dissolve_s: Annotated[float, Limits(above=0, most=5)] = 0.2
    """Length of a quick_dissolve."""
    whip_pan_s: Annotated[float, Limits(above=0, most=2)] = 0.3
    """Length of a whip_pan."""
    dip_s: Annotated[float, Limits(above=0, most=5)] = 0.5
    """Length of a dip_to_black, which is black at the cut."""

    def __post_init__(self) -> None:
        check_limits(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class FadesSpec:
    """How the picture of the whole edit begins and ends. The song has song.fade_in_s and song.fade_out_s."""

    in_s: Annotated[float, Limits(least=0, most=10)] = 0.0
    """The edit opens from black over this time, within its first shot. 0: it does not."""
    out_s: Annotated[float, Limits(least=0, most=10)] = 0.0
    """It ends in black over this time, within its last shot. 0: it does not."""

    def __post_init__(self) -> None:
        check_limits(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class RampsSpec:
    """Speed ramps: a shot runs fast towards its strongest movement and slow from there, and that moment is on a beat."""

    share: Annotated[float, Limits(least=0, most=1)] = 0.0
    """At most this share of the shots gets a ramp, the strongest movements first. 0: none."""
    fast: Annotated[float, Limits(least=1, most=10)] = 2.0
    """How fast a shot runs towards its movement, at most; less where there is not enough source before it."""
    slow: Annotated[float, Limits(least=0.1, most=1)] = 0.5
    """How fast it runs from there on."""
    slow_s: Annotated[float, Limits(above=0, most=10)] = 0.4
    """How long it stays slow; then it runs at its own speed again."""
    ease_s: Annotated[float, Limits(least=0, most=5)] = 0.2
    """How long the speed takes to change."""
    least_change: Annotated[float, Limits(above=1, most=100)] = 1.5
    """No ramp is made where the source leaves it less than this times as fast before the movement as after it."""
    least_strength_01: Annotated[float, Limits(least=0, most=1)] = 0.5
    """Movements that are weaker, against the strongest of their clip, get no ramp."""
    min_shot_s: Annotated[float, Limits(above=0, most=3600)] = 1.0
    """Shorter shots get no ramp."""
    blend: bool = True
    """Slow pictures are mixed of their neighbours where the clip has too few; else each is shown several times."""

    def __post_init__(self) -> None:
        check_limits(self)
        if self.fast / self.slow < self.least_change:
            raise ValueError(
                f"fast={self.fast} is less than least_change={self.least_change} times slow={self.slow}"
            )

"""The sound of the clips as editing programs have it: items on tracks of their own, as long as the picture that they are linked
to.

The video crosses from sound to sound within milliseconds at hard cuts, which is finer than frames: there items meet. Where
pictures dissolve and both sides are heard, sounds cross as long; where one side is silent, the other is cut.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from rushes.emit.interchange import Dissolve, Exchange, Shot


@dataclass(frozen=True, slots=True, kw_only=True)
class HeardShot:
    """The sound of a shot. place: of its picture, from 1. coming_in, going_out: how it crosses with its neighbours, None for
    cuts. rises_frames, falls_frames: how long it takes to come and to go with the picture at the ends of the edit."""

    place: int
    shot: Shot
    coming_in: Dissolve | None
    going_out: Dissolve | None
    rises_frames: int = 0
    falls_frames: int = 0


def heard_shots(exchange: Exchange, channels: Collection[int] | None = None) -> tuple[HeardShot, ...]:
    """The shots that are heard, in order. channels: those alone whose files have so many; others count as silent."""

    def is_heard(shot: Shot) -> bool:
        return shot.heard and (channels is None or shot.media.audio_channels in channels)

    shots = exchange.shots
    heard = [is_heard(shot) for shot in shots]
    crossing = [
        shot.dissolve if at and heard[at] and heard[at - 1] else None for at, shot in enumerate(shots)
    ]
    last = len(shots) - 1
    return tuple(
        HeardShot(
            place=at + 1,
            shot=shot,
            coming_in=crossing[at],
            going_out=crossing[at + 1] if at < last else None,
            rises_frames=exchange.opens_frames if at == 0 else 0,
            falls_frames=exchange.closes_frames if at == last else 0,
        )
        for at, shot in enumerate(shots)
        if heard[at]
    )


def channel_counts(exchange: Exchange) -> tuple[int, ...]:
    """How many channels the files of the shots that are heard have, the fewest first."""
    return tuple(sorted({shot.media.audio_channels for shot in exchange.shots if shot.heard}))

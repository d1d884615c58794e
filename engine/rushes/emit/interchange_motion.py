"""Where a shot's picture lies in the frame, for formats that can say so: the crop as scale and position over time.

The crop of a key is `width_01` of the picture's width, in the shape of the frame, its centre at (x_01, y_01) of the
picture. Without keys it is the largest crop around the middle, as the renderer makes it.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from rushes.emit.interchange import Exchange, Shot
from rushes.timeline.tree import TimelineClip
from rushes.units import seconds_to_frames


@dataclass(frozen=True, slots=True, kw_only=True)
class ReframeKey:
    """A crop at a time: at_s counts from the first picture shown; x_01, y_01 its centre, width_01 its width as shares of
    the picture's width and height."""

    at_s: float
    x_01: float
    y_01: float
    width_01: float


@dataclass(frozen=True, slots=True, kw_only=True)
class MotionKey:
    """at_frames: timeline frames since the shot begins. scale: frame pixels per picture pixel. right_01, down_01: how far
    the picture's middle lies from the frame's, in widths and heights of the picture before it is scaled."""

    at_frames: int
    scale: float
    right_01: float
    down_01: float


def reframe_keys(clip: TimelineClip) -> tuple[ReframeKey, ...]:
    """The keys of a clip's reframing, in order of time; empty where it has none."""
    reframe = getattr(clip, "reframe", None)
    if reframe is None:
        return ()
    keys = (
        ReframeKey(at_s=key.at_s, x_01=key.x_01, y_01=key.y_01, width_01=key.width_01) for key in reframe.keys
    )
    return tuple(sorted(keys, key=lambda key: key.at_s))


def motion_of(shot: Shot, exchange: Exchange) -> tuple[MotionKey, ...]:
    """One key where the picture stays where it is, several where it moves; the last of those within one frame counts."""
    given = reframe_keys(shot.clip) or (_middle(shot, exchange),)
    keys = {seconds_to_frames(key.at_s, exchange.rate_fps): _motion(key, shot, exchange) for key in given}
    return tuple(keys[at] for at in sorted(keys))


def fit_scale(shot: Shot, exchange: Exchange) -> float:
    """Frame pixels per picture pixel at which the whole picture is just inside the frame."""
    return min(exchange.width_px / shot.media.width_px, exchange.height_px / shot.media.height_px)


def _middle(shot: Shot, exchange: Exchange) -> ReframeKey:
    shape = Fraction(exchange.width_px, exchange.height_px)
    widest = shape * Fraction(shot.media.height_px, shot.media.width_px)
    return ReframeKey(at_s=0.0, x_01=0.5, y_01=0.5, width_01=float(min(Fraction(1), widest)))


def _motion(key: ReframeKey, shot: Shot, exchange: Exchange) -> MotionKey:
    scale = exchange.width_px / (key.width_01 * shot.media.width_px)
    return MotionKey(
        at_frames=seconds_to_frames(key.at_s, exchange.rate_fps),
        scale=scale,
        right_01=(0.5 - key.x_01) * scale,
        down_01=(0.5 - key.y_01) * scale,
    )

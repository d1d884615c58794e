"""Where a shot's picture lies in the frame, for formats that can say so: the crop as scale and position over time.

Other programs run straight from key to key, while a crop path eases: it is looked up at every frame of the edit, and as
many of these become keys as straight lines need to stay within half a pixel of it. Without a path the picture fills the
frame from its middle, as the renderer makes it.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from rushes.emit.interchange import Exchange, Shot
from rushes.timeline.crop_path import CropPath, Place

_APART_PX = 0.5
"""How far from the path a straight line may put an edge of the picture."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MotionKey:
    """at_frames: timeline frames since the shot begins; below 0 in the dissolve that it comes in with. scale: frame pixels
    per picture pixel. right_01, down_01: how far the picture's middle lies from the frame's, in widths and heights of the
    picture before it is scaled."""

    at_frames: int
    scale: float
    right_01: float
    down_01: float


def motion_of(shot: Shot, exchange: Exchange, after_frames: int = 0) -> tuple[MotionKey, ...]:
    """One key where the picture stays where it is, otherwise those between which it runs straight.

    after_frames: how long the shot is seen after its end, in the dissolve that it goes out with.
    """
    if shot.clip.reframe is None:
        return (_key(0, _middle(shot, exchange), shot, exchange),)
    path = CropPath(shot.clip.reframe.keys)
    head = shot.dissolve.before_frames if shot.dissolve else 0
    keys = [
        _key(at, path.at(float(shot.clip.source_at_s(at, exchange.rate_fps))), shot, exchange)
        for at in range(-head, shot.frames + after_frames)
    ]
    if all(_apart_px(key, keys[0], shot) == 0 for key in keys):
        return (keys[0],)
    kept = [0, *_corners(keys, 0, len(keys) - 1, shot), len(keys) - 1]
    return tuple(keys[at] for at in dict.fromkeys(kept))


def fit_scale(shot: Shot, exchange: Exchange) -> float:
    """Frame pixels per picture pixel at which the whole picture is just inside the frame."""
    return min(exchange.width_px / shot.media.width_px, exchange.height_px / shot.media.height_px)


def is_padded(shot: Shot) -> bool:
    """Whether parts of the frame are outside the picture, which the renderer fills with a blurred copy."""
    return shot.clip.reframe is not None and shot.clip.reframe.mode == "fit"


def _middle(shot: Shot, exchange: Exchange) -> Place:
    shape = Fraction(exchange.width_px, exchange.height_px)
    widest = shape * Fraction(shot.media.height_px, shot.media.width_px)
    return 0.5, 0.5, float(min(Fraction(1), widest))


def _key(at_frames: int, place: Place, shot: Shot, exchange: Exchange) -> MotionKey:
    x_01, y_01, width_01 = place
    scale = exchange.width_px / (width_01 * shot.media.width_px)
    return MotionKey(
        at_frames=at_frames, scale=scale, right_01=(0.5 - x_01) * scale, down_01=(0.5 - y_01) * scale
    )


def _corners(keys: list[MotionKey], first: int, last: int, shot: Shot) -> list[int]:
    """The keys between two that a straight line misses, found by halving at the worst one (Douglas and Peucker, 1973)."""
    found: list[int] = []
    spans = [(first, last)]
    while spans:
        begin, end = spans.pop()
        misses = [
            (_apart_px(keys[at], _between(keys[begin], keys[end], keys[at].at_frames), shot), -at)
            for at in range(begin + 1, end)
        ]
        if misses and max(misses)[0] > _APART_PX:
            worst = -max(misses)[1]
            found.append(worst)
            spans += [(begin, worst), (worst, end)]
    return sorted(found)


def _between(begin: MotionKey, end: MotionKey, at_frames: int) -> MotionKey:
    share = (at_frames - begin.at_frames) / (end.at_frames - begin.at_frames)
    return MotionKey(
        at_frames=at_frames,
        scale=begin.scale + share * (end.scale - begin.scale),
        right_01=begin.right_01 + share * (end.right_01 - begin.right_01),
        down_01=begin.down_01 + share * (end.down_01 - begin.down_01),
    )


def _apart_px(one: MotionKey, other: MotionKey, shot: Shot) -> float:
    """How far apart an edge of the picture can lie, in pixels of the frame."""
    grown = abs(one.scale - other.scale) / 2
    across = (abs(one.right_01 - other.right_01) + grown) * shot.media.width_px
    down = (abs(one.down_01 - other.down_01) + grown) * shot.media.height_px
    return max(across, down)

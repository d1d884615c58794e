"""Jump cuts hidden by size: where a cut stays within one take, every other shot is seen from nearer."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence

from rushes.timeline.crop_path import CropPath
from rushes.timeline.tree import Reframe, ReframeKey
from rushes.units import round_6

_SAME_S = 0.001
"""A shot that begins where the one before it ended runs on: there is no cut to see."""
_NEARER = 0.995
"""A window that is so much smaller than the largest one is a shot from nearer already."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class FaceSeen:
    """Where a face is at a moment of source time: a box as shares of the picture."""

    at_s: float
    x_01: float
    y_01: float
    width_01: float
    height_01: float


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class ShotSeen:
    """One shot of the edit, with its crop (None: the middle), its clip's faces, and what else draws the eye: moments, with
    the middle of it across and down. start_s, end_s: source time; cuts_s: the clip's own cuts; picture_shape, frame_shape:
    width / height. fixed: the crop is not ours to change."""

    file: str
    start_s: float
    end_s: float
    picture_shape: float
    frame_shape: float
    reframe: Reframe | None
    faces: Sequence[FaceSeen] = ()
    draws: Sequence[tuple[float, float, float]] = ()
    cuts_s: Sequence[float] = ()
    fixed: bool = False


def punched_in(shots: Sequence[ShotSeen], scale: float) -> list[Reframe | None]:
    """The crop of every shot. Of two that follow each other within one take, one is seen `scale` times as large; a shot
    stays as it is where a face would be cut off, where all of the picture is shown over a blurred copy, or where it is fixed."""
    found: list[Reframe | None] = []
    near = False
    for place, shot in enumerate(shots):
        crop = shot.reframe
        if shot.fixed:
            near = _is_near(shot)
        else:
            jumps = place > 0 and _same_take(shots[place - 1], shot)
            runs_on = jumps and abs(shot.start_s - shots[place - 1].end_s) < _SAME_S
            nearer = _nearer(shot, scale) if jumps and near == runs_on else None
            near = nearer is not None
            crop = nearer or crop
        found.append(crop)
    return found


def _is_near(shot: ShotSeen) -> bool:
    largest = min(1.0, shot.frame_shape / shot.picture_shape)
    return shot.reframe is not None and shot.reframe.keys[0].width_01 < largest * _NEARER


def _same_take(before: ShotSeen, shot: ShotSeen) -> bool:
    """Whether both are of one clip and none of its own cuts lies between them."""
    if before.file != shot.file:
        return False
    first, last = sorted((before.end_s, shot.start_s))
    return not any(first - _SAME_S < cut <= last + _SAME_S for cut in shot.cuts_s)


def _nearer(shot: ShotSeen, scale: float) -> Reframe | None:
    """The window made smaller around the faces, or else around what draws the eye, so that they keep their place in the
    frame; None where a face does not fit."""
    wide = shot.reframe or _middle(shot)
    if wide.mode == "fit":
        return None
    faces = [face for face in shot.faces if shot.start_s <= face.at_s < shot.end_s]
    first = wide.keys[0]
    aim = _inside(first, _aim(shot, wide, faces), shot)
    # How far from its middle the window is aimed, in its widths: a window that moves takes its aim along.
    off = ((aim[0] - first.x_01) / first.width_01, (aim[1] - first.y_01) / first.width_01)
    keys = tuple(
        ReframeKey(
            at_s=key.at_s,
            x_01=round_6(key.x_01 + off[0] * key.width_01 * (1 - 1 / scale)),
            y_01=round_6(key.y_01 + off[1] * key.width_01 * (1 - 1 / scale)),
            width_01=round_6(key.width_01 / scale),
        )
        for key in wide.keys
    )
    near = dataclasses.replace(wide, keys=keys)
    if all(_holds(near, face, shot) for face in faces):
        return near
    moved = _moved(near, faces, shot) if len(keys) == 1 else near
    return moved if all(_holds(moved, face, shot) for face in faces) else None


def _moved(near: Reframe, faces: Sequence[FaceSeen], shot: ShotSeen) -> Reframe:
    """A window at rest, moved as little as it takes to have all faces in it; it stays inside the picture."""
    (key,) = near.keys
    width, height = key.width_01, key.width_01 * shot.picture_shape / shot.frame_shape
    x = _within(key.x_01, [(face.x_01, face.x_01 + face.width_01) for face in faces], width)
    y = _within(key.y_01, [(face.y_01, face.y_01 + face.height_01) for face in faces], height)
    return dataclasses.replace(near, keys=(dataclasses.replace(key, x_01=round_6(x), y_01=round_6(y)),))


def _within(middle: float, spans: Sequence[tuple[float, float]], length: float) -> float:
    """The middle nearest to one from which a window shows all spans, or the middle of them where it is too short."""
    first, last = min(begin for begin, _ in spans), max(end for _, end in spans)
    # Rounding must not cut a face by a millionth.
    room = max(0.0, min(length / 2, (length - (last - first)) / 2) - 2e-6)
    aimed = min(max(middle, (first + last) / 2 - room), (first + last) / 2 + room)
    return min(max(aimed, length / 2), 1 - length / 2)


def _middle(shot: ShotSeen) -> Reframe:
    """What a shot without a crop shows."""
    width = min(1.0, shot.frame_shape / shot.picture_shape)
    key = ReframeKey(at_s=round_6(shot.start_s), x_01=0.5, y_01=0.5, width_01=round_6(width))
    return Reframe(mode="steady", keys=(key,))


def _inside(key: ReframeKey, aim: tuple[float, float], shot: ShotSeen) -> tuple[float, float]:
    """The place in the window that is nearest to an aim: a window around it then lies inside the one before."""
    across, down = key.width_01 / 2, key.width_01 * shot.picture_shape / shot.frame_shape / 2
    x = min(max(aim[0], key.x_01 - across), key.x_01 + across)
    return x, min(max(aim[1], key.y_01 - down), key.y_01 + down)


def _aim(shot: ShotSeen, wide: Reframe, faces: Sequence[FaceSeen]) -> tuple[float, float]:
    """The middle of the faces, else of what draws the eye, else of the window."""
    if not faces:
        drawn = [place[1:] for place in shot.draws if shot.start_s <= place[0] < shot.end_s]
        if not drawn:
            return wide.keys[0].x_01, wide.keys[0].y_01
        return math.fsum(x for x, _ in drawn) / len(drawn), math.fsum(y for _, y in drawn) / len(drawn)
    left, right = min(f.x_01 for f in faces), max(f.x_01 + f.width_01 for f in faces)
    top, bottom = min(f.y_01 for f in faces), max(f.y_01 + f.height_01 for f in faces)
    return (left + right) / 2, (top + bottom) / 2


def _holds(window: Reframe, face: FaceSeen, shot: ShotSeen) -> bool:
    x, y, width = CropPath(window.keys).at(face.at_s)
    height = width * shot.picture_shape / shot.frame_shape
    across = x - width / 2 <= face.x_01 and face.x_01 + face.width_01 <= x + width / 2
    return across and y - height / 2 <= face.y_01 and face.y_01 + face.height_01 <= y + height / 2

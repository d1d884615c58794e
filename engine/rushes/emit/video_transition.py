"""How the picture of one shot gives way to that of the next: dissolves, dips to black, whip pans.

All work on the finished size, yuv420p of limited range, and are made of whole numbers or of doubles in a fixed order: the same
pictures give the same ones everywhere.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import cast

import numpy as np
from av.video.frame import VideoFrame
from numpy.typing import NDArray

from rushes.emit.planes import Plane, planes_of
from rushes.emit.video import SegmentFade
from rushes.timeline.tree import Direction

_Doubles = NDArray[np.float64]

_BLACK_LUMA, _GRAY = 16, 128
_WAY = 3
"""A whip pan goes so many pictures far: enough for both to have gone by before they could be made out."""
_SEAM = (1.5, 2.5)
"""Where on that way, in pictures, the second takes the place of the first."""


def mixed(before: VideoFrame, after: VideoFrame, part: int, whole: int) -> VideoFrame:
    """part / whole of `after`, the rest of `before`, rounded to nearest."""
    first, second = (cast(Plane, frame.to_ndarray()).astype(np.uint32) for frame in (before, after))
    found = (first * (whole - part) + second * part + whole // 2) // whole
    return VideoFrame.from_ndarray(found.astype(np.uint8), format="yuv420p")


def dissolved(
    outgoing: Iterator[VideoFrame], incoming: Iterator[VideoFrame], frames: int
) -> Iterator[VideoFrame]:
    """Picture i of n shows (i + 1) / (n + 1) of the incoming shot."""
    for i, (before, after) in enumerate(zip(outgoing, incoming, strict=True)):
        yield mixed(before, after, i + 1, frames + 1)


def dipped(
    outgoing: Iterator[VideoFrame], incoming: Iterator[VideoFrame], frames: int
) -> Iterator[VideoFrame]:
    """The outgoing pictures fade, the first incoming one is black, and the others come out of it, in even steps."""
    first = frames // 2
    second = frames - first
    for i, picture in enumerate(outgoing):
        yield _faded(picture, first - i, first + 1)
    for i, picture in enumerate(incoming):
        yield _faded(picture, i, second)


def faded(
    pictures: Iterator[tuple[VideoFrame, int]], fades: Sequence[SegmentFade]
) -> Iterator[tuple[VideoFrame, int]]:
    """Pictures of a segment, each with the number of frames that it stays, out of black and into it in even steps."""
    at = 0
    for picture, times in pictures:
        lights = [[(fade.light(i), fade.frames) for fade in fades] for i in range(at, at + times)]
        at += times
        if all(part == whole for light in lights for part, whole in light):
            yield picture, times
            continue
        for light in lights:
            shown = picture
            for part, whole in light:
                shown = shown if part == whole else _faded(shown, part, whole)
            yield shown, 1


def _faded(picture: VideoFrame, part: int, whole: int) -> VideoFrame:
    """part / whole of a picture's light and colour, rounded to nearest."""
    flat = cast(Plane, picture.to_ndarray()).astype(np.int32)
    black = np.full((flat.shape[0], 1), _GRAY, np.int32)
    black[: picture.height] = _BLACK_LUMA
    found = black + ((flat - black) * (2 * part) + whole) // (2 * whole)
    return VideoFrame.from_ndarray(found.astype(np.uint8), format="yuv420p")


def whipped(
    outgoing: Iterator[VideoFrame], incoming: Iterator[VideoFrame], frames: int, direction: Direction
) -> Iterator[VideoFrame]:
    """The camera turns from the outgoing shot to the incoming one, from rest to rest, its shutter open all the time.

    Both shots are mirrored over and over on an endless band, along which the frame moves three pictures far; on the way the
    band of the one melts into that of the other. Each picture is the mean of all that passes while it is exposed, so the
    faster it moves the more it is smeared along the way.
    """
    for i, (before, after) in enumerate(zip(outgoing, incoming, strict=True)):
        opens, shuts = (_WAY * _eased((i + end) / frames) for end in (0, 1))
        planes = [
            _exposed(first, second, opens, shuts, direction)
            for first, second in zip(planes_of(before), planes_of(after), strict=True)
        ]
        flat = np.concatenate([plane.ravel() for plane in planes])
        yield VideoFrame.from_ndarray(flat.reshape(-1, before.width), format="yuv420p")


def _eased(share: float) -> float:
    """Share of the way after a share of the time: without speed or acceleration at both ends."""
    return share**3 * (10 + share * (6 * share - 15))


def _exposed(first: Plane, second: Plane, opens: float, shuts: float, direction: Direction) -> Plane:
    """One plane, exposed from one place of the way to another (in pictures)."""
    lying = [plane.T if direction in ("up", "down") else plane for plane in (first, second)]
    if direction in ("left", "up"):
        lying = [plane[:, ::-1] for plane in lying]
    found = _moved(lying[0], lying[1], opens, shuts)
    if direction in ("left", "up"):
        found = found[:, ::-1]
    return found.T if direction in ("up", "down") else found


def _moved(first: Plane, second: Plane, opens: float, shuts: float) -> Plane:
    """Mean of what passes each pixel while the frame moves to the right along the band."""
    width = first.shape[1]
    begin, end = opens * width, shuts * width
    left, right = math.floor(begin), math.ceil(end) + width + 1
    sums = np.zeros((first.shape[0], right - left + 1), np.float64)
    np.cumsum(_band(first, second, left, right), axis=1, out=sums[:, 1:])
    light = _sum_until(sums, end + 1 - left, width)
    light -= _sum_until(sums, begin - left, width)
    light /= 1 + end - begin
    found: Plane = np.rint(light, out=light).clip(0, 255).astype(np.uint8)
    return found


def _band(first: Plane, second: Plane, left: int, right: int) -> _Doubles:
    """Columns of the band: of the first shot in the beginning, of the second in the end. The last picture of the way is
    the second shot as it is."""
    width = first.shape[1]
    at = np.arange(left, right)
    share = np.clip(((at + 0.5) / width - _SEAM[0]) / (_SEAM[1] - _SEAM[0]), 0.0, 1.0)
    share = share * share * (3 - 2 * share)
    if not share.any():
        return first[:, _mirrored(at, width)].astype(np.float64)
    if share.min() == 1:
        return second[:, _mirrored(at - _WAY * width, width)].astype(np.float64)
    found: _Doubles = first[:, _mirrored(at, width)] * (1 - share)
    found += second[:, _mirrored(at - _WAY * width, width)] * share
    return found


def _mirrored(at: NDArray[np.int64], width: int) -> NDArray[np.int64]:
    """Column of a picture that is mirrored at its edges without end."""
    within = np.mod(at, 2 * width)
    return np.where(within < width, within, 2 * width - 1 - within)


def _sum_until(sums: _Doubles, first: float, width: int) -> _Doubles:
    """Running sums at so many places a column apart, the first of which may lie between columns."""
    whole = math.floor(first)
    found: _Doubles = sums[:, whole : whole + width] * (whole + 1 - first)
    found += sums[:, whole + 1 : whole + 1 + width] * (first - whole)
    return found

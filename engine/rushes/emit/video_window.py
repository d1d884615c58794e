"""Pictures seen through a window that moves by parts of a pixel, or that is larger than the picture.

One filter graph makes the part of the picture that the window ever reaches as large as the frame shows it; from that the
frame is taken at an offset that need not be whole, by a sinc under Lanczos' window of three lobes. A window at rest that
is the largest of its shape inside the picture goes the way of any other crop.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import cast

import cv2
import numpy as np
from av.video.frame import VideoFrame
from numpy.typing import NDArray

from rushes.emit.planes import Plane, planes_of
from rushes.emit.video import Crop, Window
from rushes.emit.video_picture import Box, PictureFilter, stored_place
from rushes.media.info import VideoInfo
from rushes.timeline.crop_path import CropPath

_WHOLE = 0.002
"""A window that is so nearly as large as the picture in one direction is meant to be just that: widths are rounded."""
_MARGIN_PX = 8
"""Around what the window reaches, for the taps of both scalers."""
_LOBES = 3
_STEPS_A_PIXEL = 256
_SMALLER = 8
"""The blurred copy is made from a picture so much smaller."""
_DIMMED = 0.7
"""Brightness and colour of the copy, so that the picture stands out."""


@dataclass(frozen=True, slots=True)
class _Axis:
    """One direction of a stretch. length_01: of the window, as a share of the picture. whole_px: length of the whole
    picture as the frame shows it. shown_px: what the picture fills of the frame, from pad_px on. begin_01, end_01: what
    the window reaches."""

    length_01: float
    whole_px: float
    shown_px: int
    pad_px: int
    begin_01: float
    end_01: float


@dataclass(frozen=True, slots=True)
class _Stage:
    """How the pictures of a stretch are made: scaled, and then shown from an offset on. begin_01, whole_px: across and
    down, where the scaled part begins in the picture, and how large all of the picture is at that scale."""

    scaled: PictureFilter
    across: _Axis
    down: _Axis
    begin_01: tuple[float, float]
    whole_px: tuple[float, float]


class WindowFilter:
    """Makes output pictures of one clip as seen through a window."""

    def __init__(
        self, video: VideoInfo, window: Window, width_px: int, height_px: int, pixel_aspect: Fraction
    ) -> None:
        cv2.setNumThreads(1)
        self._video, self._window = video, window
        self._path = CropPath(window.keys)
        self._width_px, self._height_px = width_px, height_px
        self._pixel_aspect = pixel_aspect
        self._stages: dict[tuple[int, int, int], _Stage | PictureFilter] = {}
        small = (_even(width_px / _SMALLER), _even(height_px / _SMALLER))
        self._copied = PictureFilter(video, Crop(), *small, pixel_aspect) if window.pads else None

    def apply(self, picture: VideoFrame, at_s: float) -> VideoFrame:
        """A yuv420p picture, BT.709, limited range, of the output's size. at_s: source time of the picture."""
        key = (self._path.stretch(at_s), picture.width, picture.height)
        if key not in self._stages:
            self._stages[key] = self._stage(*key)
        stage = self._stages[key]
        return stage.apply(picture) if isinstance(stage, PictureFilter) else self._seen(stage, picture, at_s)

    def _stage(self, stretch: int, stored_width: int, stored_height: int) -> _Stage | PictureFilter:
        least, most = self._path.reach(stretch)
        width_01, height_01 = self._size_01(least[2], stored_width, stored_height)
        if least == most and abs(max(width_01, height_01) - 1) < _WHOLE:
            crop = Crop(x_01=_along(least[0], width_01), y_01=_along(least[1], height_01))
            return PictureFilter(self._video, crop, self._width_px, self._height_px, self._pixel_aspect)
        across = _axis(self._width_px, width_01, least[0], most[0])
        down = _axis(self._height_px, height_01, least[1], most[1])
        return self._moving(across, down, stored_width, stored_height)

    def _size_01(self, width_01: float, stored_width: int, stored_height: int) -> tuple[float, float]:
        """Width and height of the window as shares of the picture's; no more than it where nothing is padded."""
        shape = stored_width * float(self._pixel_aspect) / stored_height
        shown = 1 / shape if self._video.rotation_deg in (90, 270) else shape
        height_01 = width_01 * shown * self._height_px / self._width_px
        larger = 1.0 if self._window.pads else max(1.0, width_01, height_01)
        return width_01 / larger, height_01 / larger

    def _moving(self, across: _Axis, down: _Axis, stored_width: int, stored_height: int) -> _Stage:
        """Scale what the window reaches, and a little around it."""
        turn = self._video.rotation_deg
        corners = [
            stored_place(x_01, y_01, turn)
            for x_01, y_01 in ((across.begin_01, down.begin_01), (across.end_01, down.end_01))
        ]
        (left, right), (top, bottom) = (sorted(pair) for pair in zip(*corners, strict=True))
        x_px, width_px = _whole_pixels(left, right, stored_width)
        y_px, height_px = _whole_pixels(top, bottom, stored_height)
        stored = (
            (x_px / stored_width, y_px / stored_height),
            ((x_px + width_px) / stored_width, (y_px + height_px) / stored_height),
        )
        shown = [stored_place(*corner, (360 - turn) % 360) for corner in stored]
        begins, ends = (tuple(pick(pair) for pair in zip(*shown, strict=True)) for pick in (min, max))
        lengths = [end - begin for begin, end in zip(begins, ends, strict=True)]
        sizes = [_even(length * axis.whole_px) for length, axis in zip(lengths, (across, down), strict=True)]
        box: Box = (width_px, height_px, x_px, y_px)
        return _Stage(
            PictureFilter(self._video, box, sizes[0], sizes[1], self._pixel_aspect),
            across,
            down,
            (begins[0], begins[1]),
            (sizes[0] / lengths[0], sizes[1] / lengths[1]),
        )

    def _seen(self, stage: _Stage, picture: VideoFrame, at_s: float) -> VideoFrame:
        planes = planes_of(stage.scaled.apply(picture))
        place = self._path.at(at_s)
        height_px, width_px = planes[0].shape
        x_px = _offset_px(place[0], stage.across, stage.begin_01[0], stage.whole_px[0], width_px)
        y_px = _offset_px(place[1], stage.down, stage.begin_01[1], stage.whole_px[1], height_px)
        size = (stage.across.shown_px, stage.down.shown_px)
        shown = [
            _taken(plane, x_px / half, y_px / half, size[0] // half, size[1] // half)
            for plane, half in zip(planes, (1, 2, 2), strict=True)
        ]
        if self._copied is not None:
            pads = stage.across.pad_px, stage.down.pad_px
            shown = [
                _laid(over, under, pads[0] // half, pads[1] // half)
                for over, under, half in zip(shown, self._blurred(picture), (1, 2, 2), strict=True)
            ]
        flat = np.concatenate([plane.ravel() for plane in shown])
        return VideoFrame.from_ndarray(flat.reshape(-1, self._width_px), format="yuv420p")

    def _blurred(self, picture: VideoFrame) -> list[Plane]:
        """A copy of the picture that fills the frame, blurred and dimmed."""
        assert self._copied is not None
        found: list[Plane] = []
        for plane, half, black in zip(
            planes_of(self._copied.apply(picture)), (1, 2, 2), (16, 128, 128), strict=True
        ):
            sigma = max(0.1, self._window.blur_01 * plane.shape[1])
            soft = cv2.GaussianBlur(plane, (0, 0), sigma, borderType=cv2.BORDER_REPLICATE)
            dim = np.rint(black + (soft.astype(np.float32) - black) * _DIMMED).astype(np.uint8)
            size = (self._width_px // half, self._height_px // half)
            found.append(cast(Plane, cv2.resize(dim, size, interpolation=cv2.INTER_LINEAR)))
        return found


def _axis(frame_px: int, length_01: float, least: float, most: float) -> _Axis:
    whole_px = frame_px / length_01
    if length_01 < 1:
        half = length_01 / 2
        return _Axis(length_01, whole_px, frame_px, 0, max(0.0, least - half), min(1.0, most + half))
    shown_px = min(frame_px, _even(whole_px))
    middle = (least + most) / 2
    pad_px = 2 * round((frame_px / 2 - middle * shown_px) / 2)
    return _Axis(length_01, shown_px, shown_px, min(frame_px - shown_px, max(0, pad_px)), 0.0, 1.0)


def _along(middle: float, length_01: float) -> float:
    """How far along the way that a window of this length has its middle lies, 0..1."""
    return 0.5 if length_01 > 1 - _WHOLE else min(1.0, max(0.0, (middle - length_01 / 2) / (1 - length_01)))


def _whole_pixels(begin_01: float, end_01: float, size_px: int) -> tuple[int, int]:
    """First pixel, even, and number of pixels, even unless they are all: what is wanted and a margin."""
    first = max(0, 2 * math.floor((begin_01 * size_px - _MARGIN_PX) / 2))
    last = min(size_px, 2 * math.ceil((end_01 * size_px + _MARGIN_PX) / 2))
    return first, last - first


def _offset_px(middle: float, axis: _Axis, begin_01: float, whole_px: float, scaled_px: int) -> float:
    """Where in the scaled part the frame begins."""
    wanted_px = 0.0 if axis.length_01 >= 1 else (middle - axis.length_01 / 2 - begin_01) * whole_px
    # Steps too small to be seen, so that rounded keys move nothing where the window fills the picture.
    stepped_px = round(wanted_px * _STEPS_A_PIXEL) / _STEPS_A_PIXEL
    return min(float(scaled_px - axis.shown_px), max(0.0, stepped_px))


def _even(length_px: float) -> int:
    return max(2, 2 * round(length_px / 2))


def _taken(plane: Plane, x_px: float, y_px: float, width_px: int, height_px: int) -> Plane:
    """A part of a plane from an offset on that need not be whole."""
    across, x, before_x = _taps(x_px)
    down, y, before_y = _taps(y_px)
    rows = slice(max(0, y - before_y), y - before_y + height_px + len(down) - 1)
    columns = slice(max(0, x - before_x), x - before_x + width_px + len(across) - 1)
    part = plane[rows, columns]
    edges = (
        rows.start - (y - before_y),
        max(0, rows.stop - plane.shape[0]),
        columns.start - (x - before_x),
        max(0, columns.stop - plane.shape[1]),
    )
    if any(edges):
        part = cast(Plane, cv2.copyMakeBorder(part, *edges, borderType=cv2.BORDER_REPLICATE))
    if len(across) == len(down) == 1:
        return part
    soft = cv2.sepFilter2D(part, -1, across, down, anchor=(before_x, before_y))
    return cast(Plane, soft[before_y : before_y + height_px, before_x : before_x + width_px])


def _taps(offset_px: float) -> tuple[NDArray[np.float32], int, int]:
    """Weights of the pixels around an offset, whose sum is 1; its whole part; and how many of them lie before that."""
    whole = math.floor(offset_px)
    if offset_px == whole:
        return np.ones(1, np.float32), whole, 0
    away = np.arange(1 - _LOBES, _LOBES + 1) - (offset_px - whole)
    taps = np.sinc(away) * np.sinc(away / _LOBES)
    return np.asarray(taps / taps.sum(), np.float32), whole, _LOBES - 1


def _laid(over: Plane, under: Plane, x_px: int, y_px: int) -> Plane:
    under[y_px : y_px + over.shape[0], x_px : x_px + over.shape[1]] = over
    return under

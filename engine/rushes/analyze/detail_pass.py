"""Measuring where a picture has edges, where it moves on its own and where it is unlike the rest of itself, while a clip
streams past."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, cast

import cv2
import numpy as np
import polars as pl
from numpy.typing import NDArray

from rushes.analyze.detail import Params
from rushes.analyze.motion_fit import CameraStep, fit_camera
from rushes.analyze.spec import Picture, Seen, SoundBlock
from rushes.media.info import MediaInfo

Gray = NDArray[np.uint8]
Floats = NDArray[np.float32]

_STRONG_EDGES = 24.0
"""Mean slope in a cell, levels of 255 a px, at which detail is 255."""
_FAST_PER_S = 0.25
"""Mean speed in a cell that the camera does not explain, in longer sides a second, at which motion is 255."""
_UNEXPLAINED = 16.0
"""Mean difference of 255 between a picture and the one before, moved along the flow, above which they are two shots or
a flash."""
_LEAPED_LEVELS, _LEAPED_01 = 24, 0.4
"""Where no flow explains so great a difference of 255, but no more than so much of the picture differs, something in it
moved further than flow finds: a cut or a flash changes more."""
_MIN_SIDE_PX = 32
_TEXTURE_PX, _MIN_TEXTURE = 9, 1.5
"""Mean slope around a pixel, levels a px, below which there is nothing to follow."""
_BLACK_LEVEL = 32
_BAR_EDGE_PX = 3
"""Scaling and flow smear the edge of a bar by so much."""
_STANDOUT_SIDE_PX = 64
"""Longer side at which a picture is searched for what is unlike the rest: there things are seen, not their texture."""
_STANDOUT_SIGMA_PX = 2.5
_STANDOUT_MOST_01 = 0.99
"""Quantile of what stands out that is 255: a few cells of a picture do."""
_GRIDS: dict[str, Any] = {
    "pts": pl.Int64,
    "t_s": pl.Float64,
    "columns_n": pl.Int64,
    "rows_n": pl.Int64,
    "detail": pl.Binary,
    "motion": pl.Binary,
    "standout": pl.Binary,
}


def start(params: Params, info: MediaInfo) -> DetailMeter:
    """A meter for one clip."""
    # One clip, one core: threads of OpenCV would fight with the other clips.
    cv2.setNumThreads(1)
    return DetailMeter(params)


class DetailMeter:
    """Keeps three small grids a sample, and the last picture."""

    def __init__(self, params: Params) -> None:
        self._params = params
        self._before: Picture | None = None
        self._first_waits = False
        self._due_s = 0.0
        self._rows: list[tuple[int, float, int, int, bytes, bytes, bytes]] = []
        self._flow = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_ULTRAFAST)
        self._flow.setFinestScale(1)
        self._flow.setPatchStride(6)

    def update(self, picture: Picture) -> None:
        """See a sample, or the picture just before one."""
        picture = replace(picture, pixels=picture.pixels.copy())
        before, self._before = self._before, picture
        if before is not None and self._first_waits:
            # The first sample has nothing before it: it moves as the next picture says.
            self._measure(before, before, picture)
            self._first_waits = False
        if picture.t_s < self._due_s - 0.5 / (self._params.rate_hz * self._params.steps_a_sample):
            return
        self._due_s = (math.floor(picture.t_s * self._params.rate_hz + 0.5) + 1) / self._params.rate_hz
        if before is None:
            self._first_waits = True
        else:
            self._measure(picture, before, picture)

    def hear(self, block: SoundBlock) -> None:
        """Sound has no picture."""

    def finish(self, seen: Seen) -> Mapping[str, pl.DataFrame]:
        """`grids`: detail, motion and what stands out of each sample, uint8, row by row from the left upper corner."""
        if self._before is not None and self._first_waits:
            self._measure(self._before, self._before, self._before)
        return {"grids": pl.DataFrame(self._rows, schema=_GRIDS, orient="row")}

    def _measure(self, sample: Picture, before: Picture, after: Picture) -> None:
        detail, motion, unlike = (np.zeros(sample.pixels.shape, np.float32) for _ in range(3))
        # Bars stand still whatever the camera does, and their edges are the sharpest of all.
        area = lit_area(sample.pixels)
        if sample.pixels[area].size:
            detail[area] = slopes(sample.pixels[area])
            motion[area] = self._own_motion(before, after, area)
            unlike[area] = standout(sample.pixels[area], detail[area])
        columns, rows = grid_size(sample.pixels.shape, self._params.cells)
        grids = (
            cells(detail, columns, rows, _STRONG_EDGES).tobytes(),
            cells(motion, columns, rows, _FAST_PER_S).tobytes(),
            cells(unlike, columns, rows, 1.0).tobytes(),
        )
        self._rows.append((sample.pts, sample.t_s, columns, rows, *grids))

    def _own_motion(self, before: Picture, after: Picture, area: tuple[slice, slice]) -> Floats:
        """Speed in an area that the camera does not explain, in longer sides of the picture a second."""
        still = np.zeros(after.pixels[area].shape, np.float32)
        over_s = after.t_s - before.t_s
        if over_s <= 0 or before.pixels.shape != after.pixels.shape or min(still.shape) < _MIN_SIDE_PX:
            return still
        one, other = (np.ascontiguousarray(picture.pixels[area]) for picture in (before, after))
        flow = cast(Floats, self._flow.calc(one, other, cast(Floats, None)))
        if not explains(flow, one, other):
            return _leaped(one, other)
        rest = flow - camera_flow(fit_camera(flow, one, over_s), *one.shape)
        # Flow in flat places is a guess from their neighbours.
        rest[cv2.blur(slopes(one), (_TEXTURE_PX, _TEXTURE_PX)) < _MIN_TEXTURE] = 0
        return cast(Floats, cv2.magnitude(rest[..., 0], rest[..., 1]) / (max(after.pixels.shape) * over_s))


def grid_size(shape: tuple[int, ...], cells_n: int) -> tuple[int, int]:
    """Columns and rows of a grid over a picture of shape (h, w), cells_n along the longer side."""
    longer = max(shape[:2])
    return max(1, round(cells_n * shape[1] / longer)), max(1, round(cells_n * shape[0] / longer))


def slopes(gray: Gray) -> Floats:
    """How steep brightness is at each pixel, levels a px (sum of both directions), shape (h, w)."""
    across, down = cv2.spatialGradient(gray)
    # The 3 x 3 Sobel kernel gives eight times the slope.
    return (np.abs(across) + np.abs(down)).astype(np.float32) / np.float32(8)


def standout(gray: Gray, steep: Floats) -> Floats:
    """How much each pixel belongs to something that is unlike the rest of the picture, 0..1, shape (h, w): a bottle on an
    empty table is, a table's edge that runs all along it is not. steep: slopes of the picture; where it is flat nothing is.

    The picture is made anew from what its spectrum has beyond the smooth course that spectra have: the spectral residual
    (Hou and Zhang, CVPR 2007)."""
    height, width = gray.shape
    shrink = _STANDOUT_SIDE_PX / max(height, width)
    size = max(1, round(width * shrink)), max(1, round(height * shrink))
    spectrum = np.fft.rfft2(cv2.resize(gray, size, interpolation=cv2.INTER_AREA))
    course = np.log(np.abs(spectrum) + 1e-3)
    residual = course - cv2.blur(course, (3, 3), borderType=cv2.BORDER_REFLECT)
    made = np.fft.irfft2(np.exp(residual + 1j * np.angle(spectrum)), size[::-1]) ** 2
    found = cv2.GaussianBlur(made.astype(np.float32), (0, 0), _STANDOUT_SIGMA_PX)
    found[cv2.blur(cv2.resize(steep, size, interpolation=cv2.INTER_AREA), (3, 3)) < _MIN_TEXTURE] = 0
    most = float(np.quantile(found, _STANDOUT_MOST_01))
    return cast(Floats, cv2.resize(np.minimum(found / most, 1) if most > 0 else found, (width, height)))


def cells(values: Floats, columns: int, rows: int, full: float) -> NDArray[np.uint8]:
    """Means over the cells of a grid, `full` as 255: shape (rows, columns)."""
    means = cv2.resize(values, (columns, rows), interpolation=cv2.INTER_AREA)
    return cast(Gray, np.rint(np.clip(means / full, 0, 1) * 255).astype(np.uint8))


def lit_area(gray: Gray) -> tuple[slice, slice]:
    """Rows and columns of a picture without black bars at its borders and their smeared edges; none of a black one."""
    across, down = (_lit(gray.max(axis=axis)) for axis in (0, 1))
    return down, across


def _lit(brightest: Gray) -> slice:
    lit = np.flatnonzero(brightest > _BLACK_LEVEL)
    if not len(lit):
        return slice(0, 0)
    first, last = int(lit[0]), int(lit[-1])
    begin = first + _BAR_EDGE_PX if first > 0 else 0
    end = last + 1 - _BAR_EDGE_PX if last < len(brightest) - 1 else last + 1
    return slice(begin, max(begin, end))


def explains(flow: Floats, before: Gray, after: Gray) -> bool:
    """Whether moving along the flow leads from one picture to the other: between two shots it does not."""
    height, width = before.shape
    across, down = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    came = cv2.remap(
        after, across + flow[..., 0], down + flow[..., 1], cv2.INTER_NEAREST, borderMode=cv2.BORDER_REPLICATE
    )
    return cv2.norm(came, before, cv2.NORM_L1) / before.size <= _UNEXPLAINED


def _leaped(before: Gray, after: Gray) -> Floats:
    """Speed of what moved further than flow finds, there where it was and where it is; nothing between two shots."""
    differs = cv2.absdiff(before, after) > _LEAPED_LEVELS
    if differs.mean() > _LEAPED_01:
        differs[:] = False
    return cast(Floats, differs.astype(np.float32) * np.float32(_FAST_PER_S))


def camera_flow(step: CameraStep, height: int, width: int) -> Floats:
    """The flow that the camera alone makes, shape (h, w, 2), px."""
    zoom = step.zoom_per_s * step.over_s
    roll = -math.radians(step.roll_deg_per_s) * step.over_s
    right_px = -step.pan_per_s * width * step.over_s
    down_px = step.tilt_per_s * height * step.over_s
    across = np.arange(width, dtype=np.float32)[None, :] + (0.5 - width / 2)
    down = np.arange(height, dtype=np.float32)[:, None] + (0.5 - height / 2)
    return np.stack(
        [right_px + zoom * across - roll * down, down_px + roll * across + zoom * down], axis=-1
    ).astype(np.float32)

"""Titles on finished pictures: drawn once a segment, blended into the planes of each picture in whole numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from av.video.frame import VideoFrame
from numpy.typing import NDArray

from rushes.emit.planes import planes_in
from rushes.emit.title_layout import TitleLayout, draw_line, title_layout
from rushes.emit.video import SegmentTitle
from rushes.timeline.tree import TitleLook

_WHOLE = 256
_SHADOW_01 = 0.75
_SHADOW_SIZE, _SHADOW_DOWN, _SHADOW_GAIN = 0.09, 0.03, 1.8
"""Softness and place below the letters, of their size, and how much it is thickened, so that letters are legible on white."""
_CORNER = 0.22
"""Radius of the box's corners, of the letters' size."""

_Doubles = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Patch:
    """A part of one plane: light or color times coverage, and coverage, both as 256ths."""

    rows: slice
    columns: slice
    light: NDArray[np.int32]
    cover: NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class _Drawn:
    title: SegmentTitle
    planes: tuple[_Patch, _Patch, _Patch]


def with_titles(
    pictures: Iterator[tuple[VideoFrame, int]],
    titles: Sequence[SegmentTitle],
    width_px: int,
    height_px: int,
    fonts: Mapping[str, Path],
) -> Iterator[tuple[VideoFrame, int]]:
    """The pictures of a segment with its titles on them, later ones above earlier ones.

    pictures: yuv420p with the number of frames that each stays. fonts: digest -> file of every font that is not the one that
    ships. A picture that stays is drawn anew only where a title comes or goes meanwhile.
    """
    drawn = [
        _Drawn(title, _planes_of(title.look, width_px, height_px, fonts.get(title.look.font_digest)))
        for title in titles
    ]
    at = 0
    for picture, times in pictures:
        strengths = [tuple(strength(one.title, frame) for one in drawn) for frame in range(at, at + times)]
        at += times
        begin = 0
        for n in range(1, times + 1):
            if n == times or strengths[n] != strengths[begin]:
                yield _blended(picture, drawn, strengths[begin]), n - begin
                begin = n


def strength(title: SegmentTitle, frame: int) -> int:
    """How much of a title is there at a frame of its segment: 0..256."""
    since, left = frame - title.begins, title.begins + title.frames - frame
    if since < 0 or left <= 0:
        return 0
    steps = min(title.fade_frames, title.frames // 2) + 1
    return min(_WHOLE, (2 * _WHOLE * min(since + 1, left) + steps) // (2 * steps))


def _blended(picture: VideoFrame, drawn: Sequence[_Drawn], strengths: Sequence[int]) -> VideoFrame:
    if not any(strengths):
        return picture
    flat = np.array(picture.to_ndarray(), np.uint8)
    planes = planes_in(flat.reshape(-1), picture.width, picture.height)
    for one, share in zip(drawn, strengths, strict=True):
        if share:
            for plane, patch in zip(planes, one.planes, strict=True):
                _blend(plane, patch, share)
    return VideoFrame.from_ndarray(flat, format="yuv420p")


def _blend(plane: NDArray[np.uint8], patch: _Patch, share: int) -> None:
    below = plane[patch.rows, patch.columns].astype(np.int32)
    above = patch.light * share
    one = _WHOLE * _WHOLE
    # A shift divides by 65536 several times faster.
    plane[patch.rows, patch.columns] = (below * (one - patch.cover * share) + above + one // 2) >> 16


def _planes_of(
    look: TitleLook, width_px: int, height_px: int, font: Path | None
) -> tuple[_Patch, _Patch, _Patch]:
    layout = title_layout(look, width_px, height_px, font)
    area = _area(layout, width_px, height_px)
    light = np.zeros((3, area[3] - area[1], area[2] - area[0]))
    cover = np.zeros(light.shape[1:])
    for mask, color in _layers(look, layout, width_px, height_px, font):
        part = mask[area[1] : area[3], area[0] : area[2]]
        light = light * (1 - part) + np.array(_yuv(color))[:, None, None] * part
        cover = cover * (1 - part) + part
    whole, half = (_slices(area, step) for step in (1, 2))
    luma, blue, red = light
    return (
        _Patch(*whole, _fixed(luma), _fixed(cover)),
        _Patch(*half, _fixed(_halved(blue)), _fixed(_halved(cover))),
        _Patch(*half, _fixed(_halved(red)), _fixed(_halved(cover))),
    )


def _area(layout: TitleLayout, width_px: int, height_px: int) -> tuple[int, int, int, int]:
    """What a title may touch, with its shadow: even, inside the frame."""
    spread = round(layout.size_px * 0.5)
    left, top, right, bottom = layout.box
    return (
        max(0, left - spread) // 2 * 2,
        max(0, top - spread) // 2 * 2,
        min(width_px, (right + spread + 1) // 2 * 2),
        min(height_px, (bottom + spread + 1) // 2 * 2),
    )


def _slices(area: tuple[int, int, int, int], step: int) -> tuple[slice, slice]:
    left, top, right, bottom = (edge // step for edge in area)
    return slice(top, bottom), slice(left, right)


def _layers(
    look: TitleLook, layout: TitleLayout, width_px: int, height_px: int, font: Path | None
) -> Iterator[tuple[_Doubles, str]]:
    """Masks 0..1 of the frame's size with their colors, the lowest first."""
    letters = np.zeros((height_px, width_px), np.uint8)
    for line in layout.lines:
        draw_line(letters, line, layout, font)
    if look.box_01:
        yield _box(layout, width_px, height_px) * look.box_01, look.box_color
    else:
        yield _shadow(letters, layout.size_px), "#000000"
    yield letters / 255, look.color


def _shadow(letters: NDArray[np.uint8], size_px: int) -> _Doubles:
    """Soft and dark around the letters. Blurred in whole numbers, as OpenCV does it for bytes: alike on every machine."""
    width = 2 * round(3 * _SHADOW_SIZE * size_px) + 1
    soft = cv2.GaussianBlur(letters, (width, width), _SHADOW_SIZE * size_px)
    down = round(_SHADOW_DOWN * size_px)
    moved = np.zeros_like(soft)
    moved[down:] = soft[: len(soft) - down]
    shadow: _Doubles = np.minimum(1.0, moved / 255 * _SHADOW_GAIN) * _SHADOW_01
    return shadow


def _box(layout: TitleLayout, width_px: int, height_px: int) -> _Doubles:
    left, top, right, bottom = layout.box
    radius = min(round(_CORNER * layout.size_px), (right - left) // 2, (bottom - top) // 2)
    y, x = np.ogrid[:height_px, :width_px]
    beside = np.maximum(0, np.maximum(left + radius - (x + 0.5), (x + 0.5) - (right - radius)))
    above = np.maximum(0, np.maximum(top + radius - (y + 0.5), (y + 0.5) - (bottom - radius)))
    away = np.sqrt(beside**2 + above**2)
    mask: _Doubles = np.clip(radius - away + 0.5, 0.0, 1.0)
    return mask


def _yuv(color: str) -> tuple[float, float, float]:
    """BT.709, limited range."""
    red, green, blue = (int(color[at : at + 2], 16) / 255 for at in (1, 3, 5))
    luma = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return 16 + 219 * luma, 128 + 224 * (blue - luma) / 1.8556, 128 + 224 * (red - luma) / 1.5748


def _halved(plane: _Doubles) -> _Doubles:
    """Means of two by two."""
    height, width = plane.shape
    mean: _Doubles = plane.reshape(height // 2, 2, width // 2, 2).mean(axis=(1, 3))
    return mean


def _fixed(values: _Doubles) -> NDArray[np.int32]:
    return np.rint(values * _WHOLE).astype(np.int32)

"""Small upright SDR pictures from decoded frames, scaled in the decoder's own filter graph."""

from __future__ import annotations

from typing import Any, cast

import av.filter
import numpy as np
from av.filter.context import FilterContext
from av.video.frame import VideoFrame
from numpy.typing import NDArray

from rushes.media.info import VideoInfo
from rushes.media.tone_map import cube_file
from rushes.media.wishes import PictureWish

_Step = tuple[str, dict[str, str]]

_TURNS: dict[int, tuple[_Step, ...]] = {
    0: (),
    90: (("transpose", {"dir": "clock"}),),
    180: (("hflip", {}), ("vflip", {})),
    270: (("transpose", {"dir": "cclock"}),),
}
_PIXEL_FORMATS = {"gray": "gray", "rgb": "rgb24"}
_UNKNOWN_MATRIX = 2
_HD_HEIGHT_PX = 720


class Scaler:
    """One size and form of picture for any number of wishes.

    The graph is made for the first frame and made anew where a stream changes its size or format midway.
    """

    def __init__(self, wish: PictureWish, video: VideoInfo) -> None:
        self._wish = wish
        self._video = video
        self._made_for: tuple[int, int, str, int, int] | None = None
        self._graph: av.filter.Graph | None = None
        self._source: FilterContext | None = None
        self._sink: FilterContext | None = None

    def pixels(self, frame: VideoFrame) -> NDArray[np.uint8]:
        """The frame as (h, w) or (h, w, 3) uint8, full range. A view into the returned frame's own memory."""
        shape = (frame.width, frame.height, frame.format.name, frame.colorspace, frame.color_range)
        if shape != self._made_for:
            self._make(frame)
            self._made_for = shape
        assert self._source is not None and self._sink is not None
        self._source.push(frame)
        small = self._sink.pull()
        assert isinstance(small, VideoFrame)
        return _view(small)

    def _make(self, frame: VideoFrame) -> None:
        graph = av.filter.Graph()
        # Threads inside a filter cost more than they give on small pictures; clips run beside each other instead.
        graph.threads = 1
        source = graph.add(
            "buffer",
            video_size=f"{frame.width}x{frame.height}",
            pix_fmt=frame.format.name,
            time_base="1/1000",
            pixel_aspect="1/1",
            colorspace=str(frame.colorspace),
            range=str(frame.color_range),
        )
        sink = graph.add("buffersink")
        chain = [graph.add(name, **options) for name, options in self._steps(frame)]
        graph.link_nodes(source, *chain, sink).configure()
        self._graph, self._source, self._sink = graph, source, sink

    def _steps(self, frame: VideoFrame) -> list[_Step]:
        width_px, height_px = scaled_size(frame.width, frame.height, self._wish.long_side_px)
        flags = ("fast_bilinear" if self._wish.quick else "area") + "+bitexact+accurate_rnd"
        scale = {"w": str(width_px), "h": str(height_px), "flags": flags}
        if frame.colorspace == _UNKNOWN_MATRIX and self._wish.form == "rgb":
            # Players take untagged HD for BT.709; libswscale would take it for BT.601.
            scale["in_color_matrix"] = "bt709" if frame.height >= _HD_HEIGHT_PX else "bt601"
        steps = [("scale", scale)]
        if self._video.transfer != "sdr":
            cube = str(cube_file(self._video.transfer))
            steps += [("format", {"pix_fmts": "gbrp10"}), ("lut3d", {"file": cube, "interp": "tetrahedral"})]
        steps += _TURNS[self._video.rotation_deg]
        return [*steps, ("format", {"pix_fmts": _PIXEL_FORMATS[self._wish.form]})]


def scaled_size(width_px: int, height_px: int, long_side_px: int) -> tuple[int, int]:
    """Size with the longer side at most long_side_px, the shape kept, both at least 1."""
    longer = max(width_px, height_px)
    if longer <= long_side_px:
        return width_px, height_px
    return max(1, round(width_px * long_side_px / longer)), max(1, round(height_px * long_side_px / longer))


def _view(frame: VideoFrame) -> NDArray[np.uint8]:
    plane = frame.planes[0]
    # Planes speak the buffer protocol, which type checkers know from Python 3.12 on.
    memory = cast(Any, plane)
    if frame.format.name == "gray":
        return np.ndarray((frame.height, frame.width), np.uint8, memory, strides=(plane.line_size, 1))
    return np.ndarray((frame.height, frame.width, 3), np.uint8, memory, strides=(plane.line_size, 3, 1))

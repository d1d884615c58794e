"""Source pictures made into output pictures: cropped, turned, scaled and brought to BT.709, in one filter graph."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType

import av
import av.filter
from av.video.frame import VideoFrame

from rushes.emit.video import Crop
from rushes.media.info import VideoInfo
from rushes.media.tone_map import cube_file

_TURNS: Mapping[int, tuple[tuple[str, str], ...]] = MappingProxyType(
    {
        0: (),
        90: (("transpose", "clock"),),
        180: (("hflip", ""), ("vflip", "")),
        270: (("transpose", "cclock"),),
    }
)
_MATRICES: Mapping[int, str] = MappingProxyType(
    {1: "bt709", 4: "fcc", 5: "bt470", 6: "smpte170m", 7: "smpte240m", 9: "bt2020", 10: "bt2020"}
)
"""libavutil's numbers of YUV matrices, as the scale filter names them."""
_SCALER = "bicubic+accurate_rnd+bitexact"
Box = tuple[int, int, int, int]
"""Width, height, x and y in a stored picture, whole pixels."""


@dataclass(frozen=True, slots=True)
class _Stored:
    """How a picture comes from the decoder."""

    width_px: int
    height_px: int
    pixel_format: str
    pixel_aspect: Fraction
    matrix: int
    color_range: int


class PictureFilter:
    """Makes output pictures of one clip, of a crop or of one box. A clip that changes its size or format midway gets a new graph there."""

    def __init__(
        self,
        video: VideoInfo,
        crop: Crop | Box,
        width_px: int,
        height_px: int,
        pixel_aspect: Fraction = Fraction(1),
    ) -> None:
        self._video, self._crop = video, crop
        self._width_px, self._height_px = width_px, height_px
        self._pixel_aspect = pixel_aspect
        self._stored: _Stored | None = None
        self._graph: av.filter.Graph | None = None

    def apply(self, picture: VideoFrame) -> VideoFrame:
        """A yuv420p picture, BT.709, limited range, of the output's size."""
        stored = _Stored(
            picture.width,
            picture.height,
            picture.format.name,
            self._pixel_aspect,
            picture.colorspace,
            picture.color_range,
        )
        graph = self._graph if stored == self._stored else None
        if graph is None:
            graph = self._build(stored)
            self._stored, self._graph = stored, graph
        graph.vpush(picture)
        return graph.vpull()

    def _build(self, stored: _Stored) -> av.filter.Graph:
        graph = av.filter.Graph()
        graph.threads = 1
        steps = [
            graph.add(
                "buffer",
                f"video_size={stored.width_px}x{stored.height_px}:pix_fmt={stored.pixel_format}:"
                f"time_base={self._video.time_base}:colorspace={stored.matrix}:range={stored.color_range}",
            ),
            *(graph.add(name, **options) for name, options in self._chain(stored)),
            graph.add("buffersink"),
        ]
        graph.link_nodes(*steps).configure()
        return graph

    def _chain(self, stored: _Stored) -> list[tuple[str, dict[str, str]]]:
        turned = self._video.rotation_deg in (90, 270)
        width, height = (self._height_px, self._width_px) if turned else (self._width_px, self._height_px)
        window = self._box(stored, Fraction(width, height))
        crop: list[tuple[str, dict[str, str]]] = [
            ("crop", dict(zip(("w", "h", "x", "y"), map(str, window), strict=True)) | {"exact": "1"})
        ]
        turns: list[tuple[str, dict[str, str]]] = [
            (name, {"dir": option} if option else {}) for name, option in _TURNS[self._video.rotation_deg]
        ]
        # The smaller picture is the one to turn.
        if window[0] * window[1] < width * height:
            return crop + turns + self._scale(stored, self._width_px, self._height_px)
        return crop + self._scale(stored, width, height) + turns

    def _box(self, stored: _Stored, shape: Fraction) -> Box:
        if not isinstance(self._crop, Crop):
            return self._crop
        place = stored_place(self._crop.x_01, self._crop.y_01, self._video.rotation_deg)
        return cover_window(stored, shape, place)

    def _scale(self, stored: _Stored, width: int, height: int) -> list[tuple[str, dict[str, str]]]:
        size = {"w": str(width), "h": str(height), "flags": _SCALER}
        source = {"in_color_matrix": self._matrix(stored)}
        target = {"out_color_matrix": "bt709", "out_range": "tv"}
        if self._video.transfer == "sdr":
            return [
                ("scale", size | source | target),
                ("setsar", {"sar": "1"}),
                ("format", {"pix_fmts": "yuv420p"}),
            ]
        cube = {"file": str(cube_file(self._video.transfer)), "interp": "tetrahedral"}
        return [
            ("scale", size | source),
            ("format", {"pix_fmts": "gbrp10le"}),
            ("lut3d", cube),
            ("scale", {"flags": _SCALER} | target),
            ("setsar", {"sar": "1"}),
            ("format", {"pix_fmts": "yuv420p"}),
        ]

    def _matrix(self, stored: _Stored) -> str:
        """Where a file does not say, what players take: BT.601 below 720 lines, BT.709 from there on."""
        if self._video.transfer != "sdr":
            return "bt2020"
        small = max(stored.width_px, stored.height_px) < 1280 and min(stored.width_px, stored.height_px) < 720
        return _MATRICES.get(stored.matrix, "smpte170m" if small else "bt709")


def stored_place(x_01: float, y_01: float, rotation_deg: int) -> tuple[float, float]:
    """A place of the picture as it is stored, before it is turned."""
    return {
        0: (x_01, y_01),
        90: (y_01, 1 - x_01),
        180: (1 - x_01, 1 - y_01),
        270: (1 - y_01, x_01),
    }[rotation_deg]


def cover_window(stored: _Stored, shape: Fraction, place: tuple[float, float]) -> Box:
    """Width, height, x and y of the largest window of the shape (width / height, as shown) in a stored picture.

    All are even, as the halved colour planes want, but where the picture itself is odd and used whole.
    """
    shape_stored = shape / stored.pixel_aspect
    if Fraction(stored.width_px, stored.height_px) > shape_stored:
        width, height = _even(stored.height_px * shape_stored, stored.width_px), stored.height_px
    else:
        width, height = stored.width_px, _even(stored.width_px / shape_stored, stored.height_px)
    x_px = 2 * round((stored.width_px - width) * place[0] / 2)
    y_px = 2 * round((stored.height_px - height) * place[1] / 2)
    return width, height, min(x_px, stored.width_px - width), min(y_px, stored.height_px - height)


def _even(length_px: Fraction, most_px: int) -> int:
    return min(most_px, max(2, 2 * round(length_px / 2)))

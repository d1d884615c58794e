"""Measuring how good pictures look while a clip streams past."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, cast

import cv2
import numpy as np
import polars as pl
from numpy.typing import NDArray

from rushes.analyze.quality import COLUMNS, Params
from rushes.analyze.spec import Picture, Seen, SoundBlock
from rushes.media.info import MediaInfo

Gray = NDArray[np.uint8]

_NAMES = tuple(column.name for column in COLUMNS)
_SCHEMA: dict[str, Any] = {"t_s": pl.Float64, **dict.fromkeys(_NAMES, pl.Float64)}
_FIRST_BLUR_VARIANCE = 0.5 + 4 / 12
"""Of the 3 x 3 binomial that keeps single noisy pixels from passing for edges, and of the two px that a gradient spans."""
_REBLUR_VARIANCE = 1.0
"""Of two more binomials."""
_EDGE_SHARE = 0.02
_MIN_EDGE = 6 * 256
"""Difference over two pixels, in 256ths of a level, below which there is no edge to judge."""
_MIN_SIDE_PX = 16
_SHARP_PX, _BLURRED_PX = 0.25, 1.52
_VIVID = 110.0
_NOISE_AT_1 = 5.0


def start(params: Params, info: MediaInfo) -> QualityMeter:
    """A meter for one clip."""
    # One clip, one core: threads of OpenCV would fight with the other clips.
    cv2.setNumThreads(1)
    return QualityMeter(params)


class QualityMeter:
    """Keeps seven numbers a sample."""

    def __init__(self, params: Params) -> None:
        self._params = params
        self._luma: dict[int, tuple[float, dict[str, float | None]]] = {}
        self._color: dict[int, dict[str, float | None]] = {}

    def update(self, picture: Picture) -> None:
        """See the luma or the colour of one sample."""
        if picture.wish == 0:
            self._luma[picture.pts] = (picture.t_s, self._luma_measures(picture.pixels))
        else:
            self._color[picture.pts] = color_measures(picture.pixels)

    def hear(self, block: SoundBlock) -> None:
        """Sound has no picture."""

    def finish(self, seen: Seen) -> Mapping[str, pl.DataFrame]:
        """`samples`: a row each."""
        rows = [
            {"t_s": t_s, **luma, **self._color.get(pts, {})}
            for pts, (t_s, luma) in sorted(self._luma.items())
        ]
        return {"samples": pl.DataFrame(rows, schema=_SCHEMA)}

    def _luma_measures(self, gray: Gray) -> dict[str, float | None]:
        rows = gray[::2]
        share = cv2.calcHist([rows], [0], None, [256], [0, 256]).ravel() / rows.size
        below = np.cumsum(share)
        lost = below[self._params.black_level] + share[self._params.white_level :].sum()
        dark, bright = np.searchsorted(below, (0.02, 0.98))
        return {
            "sharpness_01": sharpness_01(_middle(gray)),
            "exposure_01": float(share @ np.arange(256) / 255),
            "clipping_01": _clip_01(lost),
            "contrast_01": _clip_01((int(bright) - int(dark)) / 255),
            "noise_01": _clip_01(noise_level(gray) / _NOISE_AT_1),
        }


def color_measures(rgb: NDArray[np.uint8]) -> dict[str, float | None]:
    """colorfulness_01 after Hasler and Suesstrunk (2003), and color_variance_01.

    rgb: shape (h, w, 3) uint8. color_variance_01 is the deviation of the two opponent colours from their means over
    the most that is possible.
    """
    planes = rgb.reshape(-1, 3).astype(np.float32)
    red_green = planes[:, 0] - planes[:, 1]
    yellow_blue = (planes[:, 0] + planes[:, 1]) / 2 - planes[:, 2]
    spread = math.hypot(float(red_green.std()), float(yellow_blue.std()))
    offset = math.hypot(float(red_green.mean()), float(yellow_blue.mean()))
    return {
        "colorfulness_01": _clip_01((spread + 0.3 * offset) / _VIVID),
        "color_variance_01": _clip_01(spread / math.hypot(255, 255)),
    }


def sharpness_01(gray: Gray) -> float | None:
    """How narrow the strongest edges are; null where there is no edge, as in a picture of one colour.

    The blur of an edge follows from how much its gradient falls when it is blurred a little more (Zhuo and Sim,
    "Defocus map estimation from a single image", 2011): contrast cancels out. The sharpest quarter of the strongest 2 %
    of gradients counts, so that a soft background does not make a focused subject unsharp. 1 up to 0.25 px of blur at
    the analysed size, falling evenly to 0 at 1.52 px.
    """
    blur_px = edge_blur_px(gray)
    if blur_px is None:
        return None
    return _clip_01((_BLURRED_PX - blur_px) / (_BLURRED_PX - _SHARP_PX))


def edge_blur_px(gray: Gray) -> float | None:
    """Deviation of the Gaussian that blurs the strongest edges, px; None where there is no edge."""
    if min(gray.shape) < _MIN_SIDE_PX:
        return None
    # 16 bits keep the ratio of small gradients exact to a percent, at half of the price of floats.
    fine = np.left_shift(gray, 8, dtype=np.uint16)
    once = cv2.GaussianBlur(fine, (3, 3), 0)
    again = cv2.GaussianBlur(cv2.GaussianBlur(once, (3, 3), 0), (3, 3), 0)
    strength, weaker = _gradient(once), _gradient(again)
    edges = strength >= max(_top(strength, _EDGE_SHARE), _MIN_EDGE)
    if not edges.any():
        return None
    ratio = strength[edges].astype(np.float32) / np.maximum(weaker[edges], 1)
    sharpest = max(float(np.percentile(ratio, 75)), 1.0 + 1e-3)
    variance = _REBLUR_VARIANCE / (sharpest**2 - 1) - _FIRST_BLUR_VARIANCE
    return math.sqrt(max(variance, 0.0))


def noise_level(gray: Gray) -> float:
    """Standard deviation of the grain, 0..255, in the flattest part of the picture.

    As Immerkaer, "Fast noise variance estimation" (1996), does, from second differences, which are blind to flat areas
    and slopes; here along every fourth row. Taken over tiles, and of these the quarter with the least, because texture
    looks like noise.
    """
    rows = gray[::4].astype(np.int16)
    bend = np.abs(rows[:, 2:] + rows[:, :-2] - 2 * rows[:, 1:-1])
    height, width = bend.shape[0] // 8 * 8, bend.shape[1] // 32 * 32
    if height == 0 or width == 0:
        return 0.0
    tiles = bend[:height, :width].reshape(height // 8, 8 * width // 32, 32).mean(axis=2, dtype=np.float32)
    tiles = tiles.reshape(height // 8, 8, width // 32).mean(axis=1)
    return float(np.percentile(tiles, 25)) * math.sqrt(math.pi / 2) / math.sqrt(6)


def _middle(gray: Gray) -> Gray:
    """The picture without an eighth at each side: where the subject is, for half of the price."""
    height, width = gray.shape
    return gray[height // 8 : height - height // 8, width // 8 : width - width // 8]


def _gradient(image: Any) -> NDArray[np.uint16]:
    """Larger one of the central differences across and down, without the border."""
    across = cv2.absdiff(image[1:-1, 2:], image[1:-1, :-2])
    down = cv2.absdiff(image[2:, 1:-1], image[:-2, 1:-1])
    return cast("NDArray[np.uint16]", cv2.max(across, down))


def _top(values: NDArray[np.uint16], share: float) -> int:
    """The value that a share of all values reaches."""
    flat = values[::2, ::2].ravel()
    count = max(1, int(flat.size * share))
    return int(np.partition(flat, -count)[-count])


def _clip_01(value: float) -> float:
    return min(1.0, max(0.0, float(value)))

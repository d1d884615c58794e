"""What the cut finder remembers of a clip while it streams past: a few numbers a frame."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from typing import Any, cast

import cv2
import numpy as np
import polars as pl
from numpy.typing import NDArray

from rushes.analyze.shots import Params
from rushes.analyze.shots_rules import Change, find_cuts, may_be_cut
from rushes.analyze.spec import Picture, Seen, SoundBlock
from rushes.media.info import MediaInfo

_TINY_PX = (32, 18)
_SHIFT_PX = 2
"""Shift of a tiny picture up to which camera motion is forgiven: two frame widths a second at 30 fps."""
_BINS = 32
_MID_GRAY = 128.0
_LOOK_AHEAD = (1, 2, 3, 4)
"""A flash is over within so many frames; the picture is then what it was before."""
_BLEND_S = (0.53, 0.8)
"""Lengths of dissolve that are tested. Longer and shorter ones pass the test in part."""
_BLEND_STEP = 3
_MIN_BLEND_DIFF = 12.0
_MAX_BLEND_LIKENESS = 0.55
_CUTS: dict[str, Any] = {"t_s": pl.Float64, "strength_01": pl.Float64}

Tiny = NDArray[np.uint8]
Floats = NDArray[np.float32]


def start(params: Params, info: MediaInfo) -> CutFinder:
    """A finder for one clip."""
    # One clip, one core: threads of OpenCV would fight with the other clips.
    cv2.setNumThreads(1)
    rate_fps = float(info.video.rate_fps) if info.video is not None else 30.0
    return CutFinder(params, rate_fps)


class CutFinder:
    """Keeps seven numbers a frame, and tiny pictures of the last second."""

    def __init__(self, params: Params, rate_fps: float) -> None:
        self._params = params
        self._blends = [min(120, max(8, round(length_s * rate_fps / 4) * 4)) for length_s in _BLEND_S]
        self._leveled: deque[Tiny] = deque(maxlen=len(_LOOK_AHEAD) + 2)
        self._recent: deque[Floats] = deque(maxlen=max(self._blends) + 1)
        self._histogram: NDArray[np.float64] | None = None
        self._change = Change()

    def update(self, picture: Picture) -> None:
        """See the next frame."""
        tiny = cv2.resize(picture.pixels, _TINY_PX, interpolation=cv2.INTER_AREA)
        wide = cast(Floats, tiny.astype(np.float32))
        (mean,), (spread,) = (numbers.ravel() for numbers in cv2.meanStdDev(tiny))
        # Without its mean, a picture looks the same when the exposure or a lamp changes.
        leveled = np.clip(wide + (_MID_GRAY + 0.5 - float(mean)), 0, 255).astype(np.uint8)
        self._leveled.append(leveled)
        self._recent.append(wide)
        change = self._change
        change.t_s.append(picture.t_s)
        change.mean.append(float(mean))
        change.spread.append(float(spread))
        change.step.append(_distance(leveled, self._leveled[-2]) if len(self._leveled) > 1 else 0.0)
        change.histogram_01.append(self._histogram_change(picture.pixels))
        change.lasting.append(np.inf)
        self._look_back()
        change.blend_01.append(self._blend())

    def hear(self, block: SoundBlock) -> None:
        """Sound has no cuts."""

    def finish(self, seen: Seen) -> Mapping[str, pl.DataFrame]:
        """`clip` (one row) and `cuts`, in order of time."""
        cuts = find_cuts(self._change, self._params)
        return {
            "clip": pl.DataFrame({"cut_count": [float(len(cuts))]}),
            "cuts": pl.DataFrame(cuts, schema=_CUTS, orient="row"),
        }

    def _histogram_change(self, gray: Tiny) -> float:
        histogram = cv2.calcHist([gray], [0], None, [_BINS], [0, 256]).ravel().astype(np.float64) / gray.size
        before, self._histogram = self._histogram, histogram
        return 0.0 if before is None else float(np.abs(histogram - before).sum()) / 2

    def _look_back(self) -> None:
        """Tell the steps of the last frames how far the picture still is from what it was before them."""
        change = self._change
        for ahead in _LOOK_AHEAD:
            at = len(change.step) - 1 - ahead
            if at >= 1 and len(self._leveled) > ahead + 1 and may_be_cut(change, at):
                distance = _distance(self._leveled[-1], self._leveled[-2 - ahead])
                change.lasting[at] = min(change.lasting[at], distance)

    def _blend(self) -> float:
        """How badly the last moments are explained as a mix of their ends: 0 is a perfect dissolve, 1 is none."""
        count = len(self._change.t_s)
        if count % _BLEND_STEP:
            return 1.0
        return min(
            [1.0, *(self._blend_error(length) for length in self._blends if len(self._recent) > length)]
        )

    def _blend_error(self, length: int) -> float:
        recent, change = self._recent, self._change
        last, end = len(recent) - 1, len(change.t_s) - 1
        before, after = recent[last - length], recent[last]
        spread = (change.spread[end - length], change.spread[end])
        if min(spread) < _MIN_BLEND_DIFF:
            return 1.0
        apart = cv2.norm(after, before, cv2.NORM_L1) / after.size
        if apart < _MIN_BLEND_DIFF:
            return 1.0
        product = float(np.vdot(before, after)) / after.size - change.mean[end - length] * change.mean[end]
        if product / (spread[0] * spread[1]) > _MAX_BLEND_LIKENESS:
            return 1.0
        off = 0.0
        for quarter in (1, 2, 3):
            mixed = cv2.addWeighted(before, 1 - quarter / 4, after, quarter / 4, 0)
            off += cv2.norm(recent[last - length + length * quarter // 4], mixed, cv2.NORM_L1)
        return min(1.0, off / 3 / after.size / apart)


def _distance(one: Tiny, other: Tiny) -> float:
    """Root mean square difference, 0..255, at the shift of up to _SHIFT_PX that fits best."""
    core = other[_SHIFT_PX:-_SHIFT_PX, _SHIFT_PX:-_SHIFT_PX]
    least, *_ = cv2.minMaxLoc(cv2.matchTemplate(one, core, cv2.TM_SQDIFF))
    return float(np.sqrt(max(0.0, least) / core.size))

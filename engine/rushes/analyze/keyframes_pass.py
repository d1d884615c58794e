"""Choosing the pictures that stand for a clip while it streams past."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

import cv2
import numpy as np
import polars as pl
from numpy.typing import NDArray

from rushes.analyze.keyframes import Params
from rushes.analyze.spec import Picture, Seen, SoundBlock
from rushes.media.info import MediaInfo

_FIXED_S = (2.0, 4.0, 6.0)
_NEAR_S = 0.25
"""How much before a fixed time its frame may lie: clips of few frames a second have none at it."""
_KEYFRAMES: dict[str, Any] = {"t_s": pl.Float64, "pts": pl.Int64, "why": pl.String, "jpeg": pl.Binary}


def start(params: Params, info: MediaInfo) -> KeyframePicker:
    """A picker for one clip."""
    return KeyframePicker(params)


@dataclass(frozen=True, slots=True)
class _Kept:
    t_s: float
    pts: int
    why: str
    changed_01: float
    jpeg: bytes


class KeyframePicker:
    """Keeps the fixed frames, the strongest changes and the latest picture: a number that max_frames bounds."""

    def __init__(self, params: Params) -> None:
        self._params = params
        self._fixed: list[_Kept] = []
        self._changes: list[_Kept] = []
        self._due_s = list(_FIXED_S)
        self._key_gray: NDArray[np.uint8] | None = None
        self._latest: tuple[Picture, NDArray[np.uint8]] | None = None

    def update(self, picture: Picture) -> None:
        """See one picture in colour."""
        gray = cast("NDArray[np.uint8]", cv2.cvtColor(picture.pixels, cv2.COLOR_RGB2GRAY))
        self._latest = (picture, picture.pixels.copy())
        if self._key_gray is None:
            self._fixed.append(self._keep(picture, picture.pixels, "first", 1.0))
            self._key_gray = gray
            return
        changed_01 = self._changed_01(gray)
        if self._due_s and picture.t_s >= self._due_s[0] - _NEAR_S:
            why = f"{self._due_s[0]:g} s"
            self._due_s = [due_s for due_s in self._due_s if picture.t_s < due_s - _NEAR_S]
            self._fixed.append(self._keep(picture, picture.pixels, why, changed_01))
            self._key_gray = gray
        elif changed_01 > self._params.changed_share_01:
            self._changes.append(self._keep(picture, picture.pixels, "change", changed_01))
            self._changes = _strongest(self._changes, self._params.max_frames)
            self._key_gray = gray

    def hear(self, block: SoundBlock) -> None:
        """Sound has no picture."""

    def finish(self, seen: Seen) -> Mapping[str, pl.DataFrame]:
        """`clip` (one row) and `keyframes`, in order of time."""
        kept = self._fixed[: self._params.max_frames]
        times = {frame.pts for frame in kept}
        if self._latest is not None and len(kept) < self._params.max_frames:
            picture, pixels = self._latest
            if picture.pts not in times:
                kept.append(self._keep(picture, pixels, "last", 0.0))
                times.add(picture.pts)
        spare = [frame for frame in self._changes if frame.pts not in times]
        kept += _strongest(spare, self._params.max_frames - len(kept))
        rows = [(f.t_s, f.pts, f.why, f.jpeg) for f in sorted(kept, key=lambda frame: frame.pts)]
        return {
            "clip": pl.DataFrame({"keyframe_count": [float(len(rows))]}),
            "keyframes": pl.DataFrame(rows, schema=_KEYFRAMES, orient="row"),
        }

    def _changed_01(self, gray: NDArray[np.uint8]) -> float:
        assert self._key_gray is not None
        if self._key_gray.shape != gray.shape:
            return 1.0
        difference = cv2.absdiff(self._key_gray, gray)
        return float(np.count_nonzero(difference > self._params.changed_level)) / gray.size

    def _keep(self, picture: Picture, pixels: NDArray[np.uint8], why: str, changed_01: float) -> _Kept:
        bgr = cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR)
        _, jpeg = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, self._params.jpeg_quality])
        return _Kept(picture.t_s, picture.pts, why, changed_01, jpeg.tobytes())


def _strongest(frames: list[_Kept], count: int) -> list[_Kept]:
    return sorted(frames, key=lambda frame: (-frame.changed_01, frame.pts))[: max(0, count)]

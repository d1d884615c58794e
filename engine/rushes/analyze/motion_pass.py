"""Following camera and subject while a clip streams past."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

import cv2
import numpy as np
import polars as pl
from numpy.typing import NDArray

from rushes.analyze.motion import FLOW_SIDE_PX, Params
from rushes.analyze.motion_fit import CameraStep, fit_camera
from rushes.analyze.motion_path import (
    accents,
    activity_level,
    camera_kind,
    duplicate_percent,
    shake_01,
    step_outliers,
)
from rushes.analyze.motion_shift import picture_shift
from rushes.analyze.spec import Picture, Seen, SoundBlock
from rushes.media.info import MediaInfo

_PATH_PX = 80
_STEP_S = 0.06
"""The path has at most some 15 steps a second: a hand does not tremble faster than they show."""
_FAST_STEP = 0.02
"""Share of the picture that it may move between samples for flow to need no first guess."""
_FAST_PER_S = 0.5
"""Mean speed, in longer sides a second, at which motion_flow_score is 1."""
_BUSY_PER_S = 0.25
"""Mean speed that the camera does not explain, in longer sides a second, at which subject_motion_01 is 1."""
_MOTION = (
    "motion_flow_score",
    "pan_per_s",
    "tilt_per_s",
    "zoom_per_s",
    "roll_deg_per_s",
    "subject_motion_01",
    "shake_01",
    "motion_stability_score",
)
_SAMPLES: dict[str, Any] = {"t_s": pl.Float64, **dict.fromkeys(_MOTION, pl.Float64)}
_ACCENTS: dict[str, Any] = {"t_s": pl.Float64, "strength_01": pl.Float64}
_CLIP: dict[str, Any] = {
    "motion_activity_level": pl.String,
    "motion_kind": pl.String,
    "duplicate_frame_percent": pl.Float64,
}

Gray = NDArray[np.uint8]
Floats = NDArray[np.float32]


def start(params: Params, info: MediaInfo) -> MotionMeter:
    """A meter for one clip."""
    # One clip, one core: threads of OpenCV would fight with the other clips.
    cv2.setNumThreads(1)
    return MotionMeter(params)


@dataclass(slots=True)
class _Path:
    """Every frame: its time and its mean difference to the one before. Every step of the path: its time, and how far the
    picture has moved since the last one, in its width and height."""

    t_s: list[float] = field(default_factory=list[float])
    diff: list[float] = field(default_factory=list[float])
    step_s: list[float] = field(default_factory=list[float])
    shift: list[tuple[float, float]] = field(default_factory=list[tuple[float, float]])


class MotionMeter:
    """Keeps a few numbers a frame and a sample, and the last pictures."""

    def __init__(self, params: Params) -> None:
        self._params = params
        self._path = _Path()
        self._before: Gray | None = None
        self._small: Floats | None = None
        self._sampled: tuple[float, Gray, int] | None = None
        self._steps: list[tuple[float, CameraStep | None]] = []
        self._flow = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_ULTRAFAST)
        # Flow of the ultrafast preset at twice the size has the same detail and a third more to do; patches of 8 px that
        # overlap by 2 instead of 4 are dense enough for a camera.
        self._flow.setFinestScale(1)
        self._flow.setPatchStride(6)

    def update(self, picture: Picture) -> None:
        """See the next frame, small, or the next sample of it, larger."""
        if picture.wish == 0:
            self._follow(picture)
        else:
            self._sample(picture)

    def hear(self, block: SoundBlock) -> None:
        """Sound does not move."""

    def finish(self, seen: Seen) -> Mapping[str, pl.DataFrame]:
        """`clip` (one row), `samples` and `motion_accents`."""
        path, params = self._path, self._params
        t_s, diff = np.array(path.t_s), np.array(path.diff)
        jumps = step_outliers(diff)
        path_s, shift = np.array(path.step_s), np.array(path.shift).reshape(-1, 2)
        jumped = np.diff(np.cumsum(jumps)[np.searchsorted(t_s, path_s)], prepend=0) > 0
        shake = np.interp(t_s, path_s, shake_01(path_s, np.where(jumped[:, None], 0.0, shift)))
        rows = [self._row(at_s, step, t_s, shake, jumps) for at_s, step in self._steps]
        samples = pl.DataFrame(rows, schema=_SAMPLES, orient="row")
        clip = {
            "motion_activity_level": activity_level(diff, params),
            "motion_kind": camera_kind(samples, params),
            "duplicate_frame_percent": duplicate_percent(diff),
        }
        return {
            "clip": pl.DataFrame([clip], schema=_CLIP),
            "samples": samples,
            "motion_accents": pl.DataFrame(
                accents(t_s, np.where(jumps, 0.0, diff)), schema=_ACCENTS, orient="row"
            ),
        }

    def _follow(self, picture: Picture) -> None:
        gray, path = picture.pixels, self._path
        diff = 0.0
        if self._before is not None and self._before.shape == gray.shape:
            diff = cv2.norm(gray, self._before, cv2.NORM_L1) / gray.size
        self._before = gray.copy()
        path.t_s.append(picture.t_s)
        path.diff.append(diff)
        if path.step_s and picture.t_s < path.step_s[-1] + _STEP_S:
            return
        small = _shrunk(gray, _PATH_PX).astype(np.float32)
        shift = (0.0, 0.0)
        if self._small is not None and self._small.shape == small.shape:
            x_px, y_px = picture_shift(self._small, small)
            shift = (x_px / small.shape[1], y_px / small.shape[0])
        self._small = small
        path.step_s.append(picture.t_s)
        path.shift.append(shift)

    def _sample(self, picture: Picture) -> None:
        gray = _shrunk(picture.pixels, FLOW_SIDE_PX)
        steps = len(self._path.shift)
        step: CameraStep | None = None
        if self._sampled is not None and self._sampled[1].shape == gray.shape:
            before_s, before, first_step = self._sampled
            moved = np.sum(self._path.shift[first_step:], axis=0) if steps > first_step else (0.0, 0.0)
            step = self._camera_step(before, gray, moved, picture.t_s - before_s)
        self._sampled = (picture.t_s, gray, steps)
        self._steps.append((picture.t_s, step))

    def _camera_step(self, before: Gray, after: Gray, moved: Any, over_s: float) -> CameraStep | None:
        height, width = before.shape
        if min(height, width) < 32 or over_s <= 0:
            return None
        guess: Floats | None = None
        if max(abs(moved[0]), abs(moved[1])) > _FAST_STEP:
            # Flow that starts from the camera's path also finds fast pans, which are larger than its windows.
            same = np.full((height, width), complex(moved[0] * width, moved[1] * height), np.complex64)
            guess = same.view(np.float32).reshape(height, width, 2)
        flow = cast(Floats, self._flow.calc(before, after, cast(Floats, guess)))
        return fit_camera(flow, before, over_s)

    def _row(
        self,
        at_s: float,
        step: CameraStep | None,
        t_s: NDArray[np.float64],
        shake: NDArray[np.float64],
        jumps: NDArray[np.bool_],
    ) -> tuple[float | None, ...]:
        nearest = int(np.argmin(np.abs(t_s - at_s))) if len(t_s) else 0
        shaking = float(shake[nearest]) if len(shake) else None
        steady = None if shaking is None else 1.0 - shaking
        span = (t_s <= at_s + 1e-6) & (t_s > at_s - (step.over_s if step else 0.0) + 1e-6)
        if step is None or jumps[span].any():
            # Between two shots nothing has moved.
            return (at_s, None, None, None, None, None, None, shaking, steady)
        return (
            at_s,
            min(1.0, step.speed_per_s / _FAST_PER_S),
            step.pan_per_s,
            step.tilt_per_s,
            step.zoom_per_s,
            step.roll_deg_per_s,
            min(1.0, step.residual_per_s / _BUSY_PER_S),
            shaking,
            steady,
        )


def _shrunk(gray: Gray, long_side_px: int) -> Gray:
    """A smaller copy; of the same size where the picture is no larger."""
    scale = min(1.0, long_side_px / max(gray.shape))
    size = (max(1, round(gray.shape[1] * scale)), max(1, round(gray.shape[0] * scale)))
    if scale == 1.0:
        return gray.copy()
    # Halving has a quick way in OpenCV: twice takes a sixth of the time of quartering.
    while gray.shape[0] >= 2 * size[1] and gray.shape[1] >= 2 * size[0]:
        half = (gray.shape[1] // 2, gray.shape[0] // 2)
        gray = cast(Gray, cv2.resize(gray, half, interpolation=cv2.INTER_AREA))
    return (
        gray if gray.shape == size[::-1] else cast(Gray, cv2.resize(gray, size, interpolation=cv2.INTER_AREA))
    )

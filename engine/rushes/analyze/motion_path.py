"""What a camera's path tells: shake, kind, activity, repeats, accents. Pure numbers in, numbers out."""

from __future__ import annotations

import math

import numpy as np
import polars as pl
from numpy.typing import NDArray

from rushes.analyze.motion import Params

Numbers = NDArray[np.float64]

_SMOOTH_S = 0.5
"""Moves slower than this are meant; faster ones are shake."""
_SHAKE_AT_1 = 0.02
"""Deviation from the smooth path, in frame widths, that cannot be watched."""
_SAME_DIFF = 0.1
"""Mean difference of 0..255 below which a frame repeats the one before: what encoding it again leaves of nothing."""
_JUMP_RATIO, _JUMP_DIFF = 4.0, 10.0
_ACCENT_S = 0.1
_ACCENT_GAP_S = 0.25
_ACCENT_RISE = 0.3


def step_outliers(diff: Numbers) -> NDArray[np.bool_]:
    """Frames that differ from the one before far more than their neighbours do: cuts, which are no motion."""
    padded = np.concatenate([np.zeros(3), diff, np.zeros(3)])
    around = np.max([padded[k : k + len(diff)] for k in (0, 1, 2, 4, 5, 6)], axis=0) if len(diff) else diff
    return (diff > _JUMP_DIFF) & (diff > _JUMP_RATIO * around)


def shake_01(t_s: Numbers, shift: Numbers) -> Numbers:
    """Shake around each frame, 0..1.

    t_s: shape (n,); shift: shape (n, 2), motion of each frame against the one before in widths and heights. The path
    is the sum of the shifts; shake is the deviation from the path smoothed over half a second, within half a second.
    """
    if len(t_s) < 3:
        return np.zeros(len(t_s))
    step_s = max(1e-3, float(np.median(np.diff(t_s))))
    path = np.cumsum(shift, axis=0)
    reach = max(1.0, _SMOOTH_S / 2 / step_s)
    away = path - np.column_stack([_smooth_path(path[:, axis], reach) for axis in (0, 1)])
    return np.clip(np.sqrt(_smooth(np.square(away).sum(axis=1), reach)) / _SHAKE_AT_1, 0, 1)


def activity_level(diff: Numbers, params: Params) -> str:
    """low, medium or high by the mean difference of consecutive frames, 0..255."""
    mean = float(diff[1:].mean()) if len(diff) > 1 else 0.0
    if mean > params.high_diff:
        return "high"
    return "medium" if mean > params.medium_diff else "low"


def duplicate_percent(diff: Numbers) -> float:
    """Share of frames that repeat the one before, 0..100."""
    return 100.0 * float((diff[1:] < _SAME_DIFF).mean()) if len(diff) > 1 else 0.0


def camera_kind(samples: pl.DataFrame, params: Params) -> str:
    """What the camera does in most of the clip, by the medians of its samples.

    Zoom wins over a pan that moves the border of the picture less; a pan must go one way, or it is shake.
    """
    moving = samples.drop_nulls("pan_per_s")
    if moving.is_empty():
        return "static"
    pan, tilt, zoom = (moving[name].to_numpy() for name in ("pan_per_s", "tilt_per_s", "zoom_per_s"))
    along = math.hypot(float(np.median(pan)), float(np.median(tilt)))
    growth = float(np.median(zoom))
    if abs(growth) > params.zoom_per_s and abs(growth) / 2 > along:
        return "zoom_in" if growth > 0 else "zoom_out"
    if along > params.fast_pan_per_s:
        return "fast_pan"
    speed = float(np.median(np.hypot(pan, tilt)))
    if along > params.pan_per_s and along > speed / 2:
        return "slow_pan"
    shaking = samples["shake_01"].drop_nulls().to_numpy()
    is_shaky = len(shaking) > 0 and float(np.median(shaking)) > params.handheld_shake_01
    return "handheld" if is_shaky or speed > params.pan_per_s else "static"


def accents(t_s: Numbers, diff: Numbers) -> list[tuple[float, float]]:
    """(t_s, strength_01) of the moments at which motion peaks, in order of time; 1 is the strongest of the clip."""
    if len(t_s) < 5:
        return []
    step_s = max(1e-3, float(np.median(np.diff(t_s))))
    curve = _smooth(diff, max(1.0, _ACCENT_S / 2 / step_s))
    base, top = float(np.median(curve)), float(curve.max())
    if top - base < 1.0:
        return []
    strength = (curve - base) / (top - base)
    peaks = 1 + np.flatnonzero((curve[1:-1] > curve[:-2]) & (curve[1:-1] >= curve[2:]))
    kept: list[int] = []
    for at in sorted(peaks.tolist(), key=lambda at: (-curve[at], at)):
        apart = all(abs(t_s[at] - t_s[other]) >= _ACCENT_GAP_S for other in kept)
        if strength[at] >= _ACCENT_RISE and apart:
            kept.append(at)
    return [(float(t_s[at]), float(strength[at])) for at in sorted(kept)]


def _smooth_path(path: Numbers, deviation: float) -> Numbers:
    """Gaussian mean that goes on straight beyond both ends, so that an even pan is its own smooth path."""
    margin = min(len(path) - 1, max(1, round(3 * deviation)))
    longer = np.pad(path, margin, mode="reflect", reflect_type="odd")
    return _smooth(longer, deviation)[margin : margin + len(path)]


def _smooth(values: Numbers, deviation: float) -> Numbers:
    """Gaussian mean over a few frames; at the ends over what is there."""
    reach = max(1, round(3 * deviation))
    kernel = np.exp(-0.5 * np.square(np.arange(-reach, reach + 1) / deviation))
    weight = np.convolve(np.ones(len(values)), kernel, mode="full")[reach : reach + len(values)]
    smooth: Numbers = np.convolve(values, kernel, mode="full")[reach : reach + len(values)] / weight
    return smooth

"""What spoils a moment of footage, and where an action is cut before it ends: what is known of it at every sample.

A shot is judged by its worst moment: one blurred fifth of a second in a second of footage is seen.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from rushes.edit.problem import Bools, Floats, Ints

CAUSES = ("closed_eyes", "start", "end", "blur", "shake")
"""What spoils a moment. start, end: the shove of starting or stopping the camera."""
EDGE_S = 0.6
"""So long lasts the shove of pressing record, and of putting the camera down."""

_SHORTEST_S = 1.6
"""In a shorter clip there is too little beside its ends to compare them with."""
_LEVEL_SHARE = 0.75
"""A clip's own level of movement or sharpness is what so much of its time does not exceed."""
_BLUR_FREE, _BLUR_FULL = 0.2, 0.6
"""Sharpness below the clip's own level, as a share of it: nothing is wrong until, and all is wrong from. The level is not
the median: more than half of a clip may be blurred."""
_SHAKE_FREE_01 = 0.1
_SHUT_FREE_01, _SHUT_FULL_01 = 0.45, 0.75
"""A blink reaches 0.8 and more; eyes that look down reach half of it."""
_SHOVE_FREE_PER_S, _SHOVE_FULL_PER_S = 0.1, 0.4
"""Speed of the camera above the clip's own level, in widths of the picture a second."""
_TREMBLE_FREE_01, _TREMBLE_FULL_01 = 0.1, 0.5
"""Shake above the clip's own level."""
_KNOWN_FIRST = 0.15
"""The shove of the camera is named before the blur and the shake that it makes."""

_SETTLES_BINS, _RISES_BINS = 7, 3
"""An action that calms down within 1.4 s is waited for; a rise takes some 0.6 s."""
_SUBJECT_LEAST, _CAMERA_LEAST = 0.06, 0.2
"""Changes of subject_motion_01, and of the camera's speed in widths a second, that can be an action or a move at all."""


def flaws_of(samples: pl.DataFrame) -> tuple[Floats, Floats] | None:
    """(samples,) how clean each is, 0..1, and the index in CAUSES of its worst flaw; None where nothing is known."""
    shown = {cause: flaw for cause in CAUSES if (flaw := _flaw(cause, samples)) is not None}
    if not shown or samples.is_empty():
        return None
    flaws = samples.select(flaw.fill_null(0.0).clip(0.0, 1.0).alias(cause) for cause, flaw in shown.items())
    sizes = flaws.to_numpy()
    first = np.array([cause in ("start", "end") for cause in shown])
    named = np.argmax(sizes + _KNOWN_FIRST * (first & (sizes > 0)), axis=1)
    codes = np.array([CAUSES.index(cause) for cause in shown], dtype=np.float64)
    return 1.0 - sizes.max(axis=1), codes[named]


def _flaw(cause: str, samples: pl.DataFrame) -> pl.Expr | None:
    """How much of this flaw a sample has, 0..1 where it is clipped; None where nobody looked."""
    match cause:
        case "closed_eyes" if _knows(samples, "eyes_closed_01"):
            return _between(pl.col("eyes_closed_01"), _SHUT_FREE_01, _SHUT_FULL_01)
        case "blur" if _knows(samples, "sharpness_01"):
            usual = pl.col("sharpness_01").quantile(_LEVEL_SHARE, "lower").over("clip")
            lost = pl.when(usual > 1e-6).then(1.0 - pl.col("sharpness_01") / usual)
            return _between(lost, _BLUR_FREE, _BLUR_FULL)
        case "shake" if _knows(samples, "shake_01"):
            return _between(pl.col("shake_01"), _SHAKE_FREE_01, 1.0)
        case "start":
            return _at_edge(samples, _at_start())
        case "end":
            return _at_edge(samples, _at_end())
        case _:
            return None


def _at_edge(samples: pl.DataFrame, inside: pl.Expr) -> pl.Expr | None:
    parts: list[pl.Expr] = []
    if _knows(samples, "pan_per_s") and _knows(samples, "tilt_per_s"):
        speed = (pl.col("pan_per_s").pow(2) + pl.col("tilt_per_s").pow(2)).sqrt()
        parts.append(_above_level(speed, _SHOVE_FREE_PER_S, _SHOVE_FULL_PER_S))
    if _knows(samples, "shake_01"):
        parts.append(_above_level(pl.col("shake_01"), _TREMBLE_FREE_01, _TREMBLE_FULL_01))
    if not parts:
        return None
    long_enough = pl.col("t_s").max().over("clip") >= _SHORTEST_S - 1e-6
    return pl.when(inside & long_enough).then(pl.max_horizontal(parts)).otherwise(0.0)


def _at_start() -> pl.Expr:
    return pl.col("t_s") < EDGE_S - 1e-6


def _at_end() -> pl.Expr:
    return pl.col("t_s") > pl.col("t_s").max().over("clip") - EDGE_S + 1e-6


def _above_level(value: pl.Expr, free: float, full: float) -> pl.Expr:
    """Against the clip's level between its ends."""
    inside = pl.when(~_at_start() & ~_at_end()).then(value)
    return _between(value - inside.quantile(_LEVEL_SHARE, "lower").over("clip"), free, full)


def _between(value: pl.Expr, free: float, full: float) -> pl.Expr:
    return (value - free) / (full - free)


def _knows(samples: pl.DataFrame, name: str) -> bool:
    return name in samples.columns and samples[name].null_count() < samples.height


def camera_speed(samples: pl.DataFrame) -> tuple[Floats, Floats, Floats] | None:
    """(samples,) pan, tilt and half the zoom, in widths a second; NaN where unknown, None where nobody looked."""
    names = ("pan_per_s", "tilt_per_s", "zoom_per_s")
    if not all(_knows(samples, name) for name in names):
        return None
    pan, tilt, zoom = (samples[name].cast(pl.Float64).to_numpy() for name in names)
    return pan, tilt, zoom / 2


def unfinished(motion: Floats, shot: Ints, least: float) -> Floats:
    """(bins,) how much of an action is cut off by a shot that ends there, 0..1: at the peak of a movement that calms down
    soon all of it, after it and before it nothing.

    motion: (bins,), NaN where unknown. shot: (bins,) number of the unbroken picture, -1 for none: what follows a cut is no
    end of an action. least: a smaller rise is none. A movement counts by its height against the largest of its shot.
    """
    calm = _ahead(motion, shot, _SETTLES_BINS, np.fmin)
    height = _ahead(motion, shot, _RISES_BINS, np.fmax) - motion
    risen = motion - _ahead(motion[::-1], shot[::-1], _RISES_BINS, np.fmin)[::-1]
    cut = np.fmax(motion - calm, 2 * np.fmin(height, risen))
    found: Floats = np.clip(cut / np.maximum(_range_of(motion, shot), least), 0.0, 1.0)
    return np.where(np.isfinite(found), found, 0.0)


def moves_unfinished(parts: tuple[Floats, Floats, Floats], shot: Ints) -> Floats:
    """(bins,) the same for moves of the camera: a hand that trembles back and forth makes none."""
    even = [_even(part, shot) for part in parts]
    return unfinished(np.sqrt(sum(np.square(part) for part in even)), shot, _CAMERA_LEAST)


def actions_unfinished(motion: Floats, shot: Ints) -> Floats:
    """(bins,) the same for movements of who is seen. motion: subject_motion_01."""
    return unfinished(motion, shot, _SUBJECT_LEAST)


def _even(values: Floats, shot: Ints) -> Floats:
    """Mean of three bins of a shot."""
    total, count = np.where(np.isfinite(values), values, 0.0), np.isfinite(values).astype(np.float64)
    sums, counts = total.copy(), count.copy()
    same = _same(shot, 1)
    sums[:-1] += np.where(same, total[1:], 0.0)
    counts[:-1] += np.where(same, count[1:], 0.0)
    sums[1:] += np.where(same, total[:-1], 0.0)
    counts[1:] += np.where(same, count[:-1], 0.0)
    return np.where(counts > 0, sums / np.maximum(counts, 1.0), np.nan)


def _ahead(values: Floats, shot: Ints, reach: int, choose: np.ufunc) -> Floats:
    """The lowest or highest value of a bin and the next ones of its shot."""
    found = values.copy()
    for step in range(1, min(reach, len(values) - 1) + 1):
        later = np.where(_same(shot, step), values[step:], np.nan)
        found[:-step] = choose(found[:-step], later)
    return found


def _same(shot: Ints, step: int) -> Bools:
    same: Bools = (shot[step:] == shot[:-step]) & (shot[step:] >= 0)
    return same


def _range_of(values: Floats, shot: Ints) -> Floats:
    """(bins,) highest value of a bin's shot less its lowest."""
    known = np.isfinite(values) & (shot >= 0)
    count = int(shot.max(initial=-1)) + 1
    high, low = np.full(count, -np.inf), np.full(count, np.inf)
    np.maximum.at(high, shot[known], values[known])
    np.minimum.at(low, shot[known], values[known])
    spread: Floats = np.append(high - low, 0.0)[shot]
    return np.where(np.isfinite(spread), spread, 0.0)


class Lowest:
    """The lowest of values in any window of bins by two look-ups: minima over 1, 2, 4, ... bins from each on."""

    def __init__(self, values: Floats, longest: int) -> None:
        rows = [values.astype(np.float32)]
        while 2 ** len(rows) <= min(longest, len(values)):
            step = 2 ** (len(rows) - 1)
            row = rows[-1].copy()
            row[:-step] = np.minimum(row[:-step], rows[-1][step:])
            rows.append(row)
        self._rows = np.stack(rows)

    def of(self, start: Floats, end: Floats) -> npt.NDArray[np.float32]:
        """Lowest value of windows [start, end), in bins; a bin that is touched by less than a quarter does not count."""
        last = self._rows.shape[1]
        first = np.clip(np.floor(start + 0.25).astype(np.int64), 0, last - 1)
        count = np.clip(np.ceil(end - 0.25).astype(np.int64), first + 1, last) - first
        level = np.minimum(np.frexp(count)[1] - 1, len(self._rows) - 1)
        found: npt.NDArray[np.float32] = np.minimum(
            self._rows[level, first], self._rows[level, first + count - (1 << level)]
        )
        return found

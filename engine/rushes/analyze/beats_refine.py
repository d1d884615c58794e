"""Beat times finer than an analysis frame: at the attack of the sound, on a grid that stays regular."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import signal

Floats = NDArray[np.float32]
Times = NDArray[np.float64]

_TICK_S = 0.001
_SIDE_S = 0.012
_SEARCH_S = 0.035
_CLEAR_RISE = 1.0
"""Natural log of the energy after over that before an attack, from which on its place is trusted."""
_NEIGHBOURS = 4
_PULL = 0.5


def refine_beats(samples: Floats, rate_hz: int, coarse_s: Times) -> Times:
    """Move beats to the attacks near them, each held by a line through its four neighbours on both sides.

    coarse_s: shape (beats,), ascending. Returns the same shape, ascending. A beat without a clear attack goes where
    its neighbours put it.
    """
    if coarse_s.size < 3:
        return coarse_s
    window = min(2 * _NEIGHBOURS + 1, (coarse_s.size - 1) // 2 * 2 + 1)
    even_s = np.asarray(signal.savgol_filter(coarse_s, window, min(2, window - 1)), np.float64)
    attack_s, weight = _attacks(samples, rate_hz, even_s)
    line_s = np.array([_on_line(index, attack_s, weight, even_s) for index in range(coarse_s.size)])
    off_s = np.where(weight > 0.0, attack_s - line_s, 0.0)
    return line_s + _PULL * np.where(np.abs(off_s) < 0.020, off_s, 0.0)


def _attacks(samples: Floats, rate_hz: int, coarse_s: Times) -> tuple[Times, Times]:
    """Time of the steepest rise near each beat, and how clear it is (0 = none).

    The rise is the energy of the 12 ms after over that of the 12 ms before, which is largest at the attack itself.
    """
    tick = max(1, round(_TICK_S * rate_hz))
    side = round(_SIDE_S / _TICK_S)
    rise = _rise(samples, tick, side) + _rise(np.diff(samples, prepend=samples[:1]), tick, side)
    reach = round(_SEARCH_S / _TICK_S)
    centre = np.round(coarse_s * rate_hz / tick).astype(np.int64)
    window = centre[:, None] + np.arange(-reach, reach + 1)[None, :]
    near = rise[np.clip(window, 0, rise.size - 1)]
    best = near.argmax(axis=1)
    height = near[np.arange(best.size), best]
    attack_s = (centre + best - reach) * tick / rate_hz
    return attack_s, np.where(height > _CLEAR_RISE, np.minimum(height, 4.0), 0.0)


def _rise(samples: Floats, tick: int, side: int) -> Times:
    """Log ratio of the energies on both sides of each tick."""
    ticks = samples.size // tick
    energy = (samples[: ticks * tick].reshape(ticks, tick).astype(np.float64) ** 2).sum(axis=1)
    total = np.concatenate([np.zeros(side + 1), np.cumsum(energy)])
    total = np.concatenate([total, np.full(side, total[-1])])
    after = total[2 * side :] - total[side:-side]
    before = total[side:-side] - total[: -2 * side]
    floor = 1e-3 * float(np.percentile(after, 95)) + 1e-12
    rise: Times = np.log((after + floor) / (before + floor))
    return rise


def _on_line(index: int, attack_s: Times, weight: Times, coarse_s: Times) -> float:
    """Where the line through the attacks of the neighbours puts a beat; far-off attacks are dropped first."""
    low, high = max(0, index - _NEIGHBOURS), min(coarse_s.size, index + _NEIGHBOURS + 1)
    x = np.arange(low, high) - float(index)
    # Tempo is known from the coarse grid; what is fitted is a small correction to it, so that ramps stay whole.
    y, w = attack_s[low:high] - coarse_s[low:high], weight[low:high].copy()
    if np.count_nonzero(w) < 3:
        return float(coarse_s[index])
    w[np.abs(y - np.median(y[w > 0.0])) > 0.020] = 0.0
    if np.count_nonzero(w) < 3:
        return float(coarse_s[index])
    mean_x, mean_y = np.average(x, weights=w), np.average(y, weights=w)
    spread = float(np.average((x - mean_x) ** 2, weights=w))
    slope = float(np.average((x - mean_x) * (y - mean_y), weights=w)) / spread if spread > 0.5 else 0.0
    return float(coarse_s[index] + mean_y - slope * mean_x)

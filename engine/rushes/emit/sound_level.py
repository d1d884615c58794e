"""How loud a sound is, and how it is brought to a loudness without passing a peak.

Loudness and true peak follow ITU-R BS.1770-5 (the weighting filters for 48 kHz of its tables 1 and 2, blocks of 400 ms with
gates at -70 LUFS and 10 LU below the mean, four-fold oversampling); the gates are those of EBU R 128.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import minimum_filter1d, uniform_filter1d
from scipy.signal import lfilter, resample_poly

from rushes.media.encode_sound import SOUND_RATE_HZ

Samples = NDArray[np.float32]
"""Shape (n, 2), at SOUND_RATE_HZ."""

_SHELF = (
    (1.53512485958697, -2.69169618940638, 1.19839281085285),
    (1.0, -1.69065929318241, 0.73248077421585),
)
_HIGH_PASS = ((1.0, -2.0, 1.0), (1.0, -1.99004745483398, 0.99007225036621))
_HOP = SOUND_RATE_HZ // 10
_HOPS_PER_BLOCK = 4
_GATE_LUFS = -70.0
_RELATIVE_GATE_LU = 10.0
_OVERSAMPLING = 4

_LOOK_AHEAD = SOUND_RATE_HZ * 15 // 1000
"""Samples before and after a peak in which the limiter turns down: longer than half a wave of 40 Hz, so that it
follows the bass's loudness and not its shape."""
_GAIN_AT_MOST_DB = 24.0
"""Quieter than this below the target is taken for room noise."""
_LIMIT_AT_MOST_DB = 9.0
"""How much the limiter may take off peaks; more would be heard, so the sound then stays quieter than asked."""
_CLOSE_ENOUGH_LU = 0.1
_ROUNDS = 6


def loudness_lufs(samples: Samples) -> float | None:
    """Integrated loudness; None for silence (nothing above -70 LUFS)."""
    weighted = lfilter(*_HIGH_PASS, lfilter(*_SHELF, samples.astype(np.float64), axis=0), axis=0)
    energy = _block_energy(np.square(weighted).sum(axis=1))
    heard = energy[energy > _lufs_to_energy(_GATE_LUFS)]
    if heard.size == 0:
        return None
    gate = heard.mean() * 10 ** (-_RELATIVE_GATE_LU / 10)
    return _energy_to_lufs(float(heard[heard > gate].mean()))


def _block_energy(power: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mean power of blocks of 400 ms every 100 ms; shorter sounds are one block."""
    hops = len(power) // _HOP
    if hops < _HOPS_PER_BLOCK:
        mean: NDArray[np.float64] = power.mean(keepdims=True)
        return mean
    per_hop = power[: hops * _HOP].reshape(hops, _HOP).mean(axis=1)
    return np.convolve(per_hop, np.full(_HOPS_PER_BLOCK, 1 / _HOPS_PER_BLOCK), mode="valid")


def _energy_to_lufs(energy: float) -> float:
    return -0.691 + 10 * math.log10(energy)


def _lufs_to_energy(lufs: float) -> float:
    return 10 ** ((lufs + 0.691) / 10)


def true_peak_db(samples: Samples) -> float | None:
    """Highest peak of the wave between and at the samples, dBTP; None for digital silence."""
    peak = float(peaks(samples).max(initial=0.0))
    return 20 * math.log10(peak) if peak > 0 else None


def peaks(samples: Samples) -> Samples:
    """Per sample, the highest magnitude of the oversampled wave near it on either channel; shape (n,)."""
    block, margin = 10 * SOUND_RATE_HZ, 64
    found = np.zeros(len(samples), np.float32)
    for at in range(0, len(samples), block):
        first, last = max(0, at - margin), min(len(samples), at + block + margin)
        wave = np.abs(resample_poly(samples[first:last], _OVERSAMPLING, 1, axis=0)).max(axis=1)
        near = wave.reshape(-1, _OVERSAMPLING).max(axis=1)
        found[at : at + block] = near[at - first : at - first + min(block, len(samples) - at)]
    return found


@dataclass(frozen=True, slots=True)
class Levelled:
    """A sound brought to a loudness. gain_db: what was added before the limiter; limited: it had to work."""

    samples: Samples
    gain_db: float
    limited: bool


def level(samples: Samples, target_lufs: float, ceiling_db: float) -> Levelled:
    """One gain for the whole sound; where its peaks would then pass the ceiling, a limiter that looks ahead.

    Silence stays as it is. A sound that would need more than 24 dB, or whose peaks stand more than 9 dB too high,
    ends up quieter than the target.
    """
    before_lufs = loudness_lufs(samples)
    if before_lufs is None:
        return Levelled(samples, 0.0, False)
    near = peaks(samples)
    ceiling = 10 ** (ceiling_db / 20)
    head_db = 20 * math.log10(ceiling / float(near.max()))
    most_db = min(_GAIN_AT_MOST_DB, head_db + _LIMIT_AT_MOST_DB)
    gain_db = min(target_lufs - before_lufs, most_db)
    if gain_db <= head_db:
        return Levelled(samples * np.float32(10 ** (gain_db / 20)), gain_db, False)
    limited = samples
    for _ in range(_ROUNDS):
        limited = _limit(samples, near, 10 ** (gain_db / 20), ceiling)
        short_lu = target_lufs - (loudness_lufs(limited) or target_lufs)
        if abs(short_lu) < _CLOSE_ENOUGH_LU or (gain_db >= most_db and short_lu > 0):
            break
        gain_db = min(gain_db + short_lu, most_db)
    return Levelled(limited, gain_db, True)


def _limit(samples: Samples, near: Samples, gain: float, ceiling: float) -> Samples:
    """Turn down around peaks: the least gain needed within the look-ahead, smoothed by two means of half its width
    each, which together never reach beyond it."""
    needed = np.minimum(1.0, ceiling / np.maximum(near.astype(np.float64) * gain, 1e-9))
    held = minimum_filter1d(needed, 2 * _LOOK_AHEAD + 1, mode="nearest")
    smooth = uniform_filter1d(held, _LOOK_AHEAD | 1, mode="nearest")
    smooth = uniform_filter1d(smooth, _LOOK_AHEAD | 1, mode="nearest")
    return (samples * (gain * smooth)[:, None]).astype(np.float32)

"""Where sounds begin: onset events in frequency bands, timed at the attack, and loudness over time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import fft, ndimage

Floats = NDArray[np.float32]

FRAME_S = 0.01
"""Length of one analysis frame, seconds, to the nearest sample; onset strengths are given once a frame."""

BANDS_HZ = ((25.0, 150.0), (150.0, 1500.0), (1500.0, 5000.0), (5000.0, 11000.0))
"""Kick and bass; body of snare and chords; snap of snare, clap and guitar; hats."""

_CHROMA_S, _LOW_S, _HIGH_S = 0.0929, 0.0464, 0.0232
_CHROMA_HZ = (80.0, 2000.0)
_CHROMA_STEP = 4
_BLOCK_FRAMES = 4096
_EDGE_FRAMES = 4
_FLOOR_DB = -80.0
_LOW_GAIN, _HIGH_GAIN = 4.0, 20.0
# How far levels are compressed before their rise is taken: little in the low band, where the kick is the loudest sound
# and a bass between the kicks must not count as much.


@dataclass(frozen=True, slots=True)
class Onsets:
    """What the beat model sees of a song.

    fps: frames a second, about 1 / FRAME_S. Frame i is at i / fps seconds.
    strength: shape (frames, 4), float32, 0..1, one column per band of BANDS_HZ: rise of the level, in terms of the
        strongest rises of the neighbouring seconds.
    events: the same shape; strength at the peaks, 0 elsewhere.
    chord: shape (frames,), float32, 0..1: how much the pitch classes after the frame differ from those before, at
        peaks, 0 elsewhere.
    loudness_db: shape (frames,), float32: level of the frame, at least -80.
    """

    fps: float
    strength: Floats
    events: Floats
    chord: Floats
    loudness_db: Floats


def find_onsets(samples: Floats, rate_hz: int) -> Onsets:
    """Onset events of a mono signal, shape (n,), float32, -1..1. Silence gives zeros."""
    hop = max(1, round(rate_hz * FRAME_S))
    frames = samples.size // hop + 1
    fps = rate_hz / hop
    rises, chroma, power = _spectra(samples, rate_hz, hop, frames)
    strength = np.stack([_whitened(column, fps) for column in rises.T], axis=1)
    return Onsets(
        fps=fps,
        strength=strength,
        events=np.stack([_peaks(column, fps) for column in strength.T], axis=1),
        chord=_chord_changes(chroma, fps, frames),
        loudness_db=np.maximum(10.0 * np.log10(power + 1e-12), _FLOOR_DB).astype(np.float32),
    )


def _spectra(samples: Floats, rate_hz: int, hop: int, frames: int) -> tuple[Floats, Floats, Floats]:
    """Rise of the level per band (frames, 4), pitch classes (frames / 4, 12) and mean power (frames,), in blocks."""
    sizes = [round(length_s * rate_hz) // 2 * 2 for length_s in (_CHROMA_S, _LOW_S, _HIGH_S)]
    before = sizes[0] // 2 + _EDGE_FRAMES * hop
    padded = np.pad(samples, (before, before + _BLOCK_FRAMES * hop))
    gain = 1.0 / max(_loud_rms(samples, rate_hz), 1e-4)
    rises = np.zeros((frames, len(BANDS_HZ)), np.float32)
    chroma: list[Floats] = []
    power = np.zeros(frames, np.float32)
    fold = _chroma_fold(sizes[0], rate_hz)
    for start in range(0, frames, _BLOCK_FRAMES):
        stop = min(start + _BLOCK_FRAMES, frames)
        # A few frames more on the left, so that rises across the border of two blocks are seen.
        first = before + (start - _EDGE_FRAMES) * hop
        count = stop - start + _EDGE_FRAMES
        low = _magnitudes(padded, first, count, hop, sizes[1]) * gain
        high = _magnitudes(padded, first, count, hop, sizes[2])
        power[start:stop] = 4.0 / 3.0 * (high[_EDGE_FRAMES:] ** 2).sum(axis=1)
        high *= gain
        rises[start:stop, 0] = _flux(_band(low, BANDS_HZ[0], sizes[1], rate_hz), _LOW_GAIN)
        for index in (1, 2, 3):
            rises[start:stop, index] = _flux(_band(high, BANDS_HZ[index], sizes[2], rate_hz), _HIGH_GAIN)
        coarse = _magnitudes(
            padded, before + start * hop, (stop - start + 3) // 4, hop * _CHROMA_STEP, sizes[0]
        )
        chroma.append(np.log1p(10.0 * gain * coarse) @ fold)
    return rises, np.concatenate(chroma), power


def _loud_rms(samples: Floats, rate_hz: int) -> float:
    """Level of the loud parts: root mean square of the 90th percentile of the half seconds."""
    step = max(1, rate_hz // 2)
    whole = samples[: samples.size // step * step]
    if whole.size == 0:
        return float(np.sqrt(np.mean(samples.astype(np.float64) ** 2))) if samples.size else 0.0
    return float(np.sqrt(np.percentile((whole.reshape(-1, step).astype(np.float64) ** 2).mean(axis=1), 90)))


def _magnitudes(padded: Floats, first: int, count: int, hop: int, size: int) -> Floats:
    """Hann-windowed amplitudes, shape (count, size / 2 + 1); the first window is centred at sample `first`."""
    views = np.lib.stride_tricks.sliding_window_view(padded, size)[first - size // 2 :: hop][:count]
    hann = (0.5 - 0.5 * np.cos(2.0 * np.pi * np.arange(size) / size)) * (2.0 / size)
    spectra = np.asarray(fft.rfft(views * hann.astype(np.float32), axis=1), np.complex64)
    return np.abs(spectra)


def _band(magnitudes: Floats, band_hz: tuple[float, float], size: int, rate_hz: int) -> Floats:
    low, high = (round(edge * size / rate_hz) for edge in band_hz)
    return magnitudes[:, max(low, 1) : max(high, low + 1)]


def _flux(magnitudes: Floats, gain: float) -> Floats:
    """Mean rise of the compressed level against two frames before, less what a gliding tone makes.

    The maximum over neighbouring bins of the earlier frame is the vibrato suppression of SuperFlux (Böck and Widmer,
    DAFx 2013).
    """
    if magnitudes.shape[1] == 0:
        return np.zeros(magnitudes.shape[0] - _EDGE_FRAMES, np.float32)
    level = np.log1p(gain * magnitudes)
    earlier = ndimage.maximum_filter1d(level, 3, axis=1)
    rise = np.maximum(level[2:] - earlier[:-2], 0.0).mean(axis=1)
    # rise[i] lies between frames i and i + 2: it belongs to the frame i + 1.
    centred: Floats = rise[_EDGE_FRAMES - 2 :]
    return centred


def _whitened(rise: Floats, fps: float) -> Floats:
    """Rise over its local crowd, in terms of the strongest rises within 4 s; quiet parts are lifted five-fold at most."""
    crowd = ndimage.uniform_filter1d(rise, round(0.4 * fps) | 1, mode="nearest")
    clear = np.maximum(rise - crowd, 0.0)
    top = float(np.percentile(clear, 99.5)) if clear.size else 0.0
    if top <= 1e-4:
        return np.zeros_like(rise)
    local = ndimage.maximum_filter1d(np.minimum(clear, top), round(4.0 * fps) | 1, mode="nearest")
    local = ndimage.uniform_filter1d(local, round(2.0 * fps) | 1, mode="nearest")
    whitened: Floats = np.clip(clear / np.maximum(local, 0.2 * top), 0.0, 1.0).astype(np.float32)
    return whitened


def _peaks(strength: Floats, fps: float) -> Floats:
    """Strength where it is the largest within 40 ms on both sides, else 0."""
    highest = ndimage.maximum_filter1d(strength, 2 * round(0.04 * fps) + 1, mode="constant")
    return np.where((strength >= highest) & (strength > 0.08), strength, 0.0).astype(np.float32)


def _chroma_fold(size: int, rate_hz: int) -> Floats:
    """Matrix (size / 2 + 1, 12) that adds up the bins of each pitch class, as Gaussians half a semitone wide."""
    bins_hz = np.arange(size // 2 + 1) * rate_hz / size
    used = (bins_hz >= _CHROMA_HZ[0]) & (bins_hz <= _CHROMA_HZ[1])
    semitone = np.where(used, 12.0 * np.log2(np.maximum(bins_hz, 1.0) / 440.0), 0.0)
    distance = (semitone[:, None] - np.arange(12)[None, :] + 6.0) % 12.0 - 6.0
    fold: Floats = (np.exp(-0.5 * (distance / 0.5) ** 2) * used[:, None]).astype(np.float32)
    return fold


def _chord_changes(chroma: Floats, fps: float, frames: int) -> Floats:
    """Cosine distance between the pitch classes of the 0.5 s after and before, at its peaks, over its own maximum."""
    rate = fps / _CHROMA_STEP
    span = max(2, round(0.5 * rate))
    total = np.concatenate([np.zeros((1, 12)), np.cumsum(chroma.astype(np.float64), axis=0)])
    count = chroma.shape[0]
    at = np.arange(count)
    after = total[np.minimum(at + span, count)] - total[at]
    before = total[at] - total[np.maximum(at - span, 0)]
    norm = np.linalg.norm(after, axis=1) * np.linalg.norm(before, axis=1)
    change = np.where(norm > 1e-6, 1.0 - (after * before).sum(axis=1) / np.maximum(norm, 1e-6), 0.0)
    change = np.maximum(change - ndimage.uniform_filter1d(change, round(2.0 * rate) | 1, mode="nearest"), 0.0)
    top = float(np.percentile(change, 99)) if count else 0.0
    peaks = (change >= ndimage.maximum_filter1d(change, 2 * round(0.12 * rate) + 1)) & (change > 0.1 * top)
    out = np.zeros(frames, np.float32)
    if top > 1e-4:
        where = np.flatnonzero(peaks)
        out[np.minimum(where * _CHROMA_STEP, frames - 1)] = np.clip(change[where] / top, 0.0, 1.0)
    return out

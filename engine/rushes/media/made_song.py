"""A song made in code, whose beats are known."""

from __future__ import annotations

import wave
from pathlib import Path
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]

_ROOTS_HZ = (55.0, 43.65, 65.41, 49.0)


def write_song(
    path: Path, *, bpm: float, bars: int, lead_in_s: float = 0.25, rate_hz: int = 44100
) -> tuple[float, ...]:
    """A song in 4/4 as a 16-bit mono WAV: quiet intro, verse, a drop at half, outro. Returns its beats in seconds."""
    beats_s = tuple(lead_in_s + number * 60 / bpm for number in range(bars * 4))
    mix = np.zeros(int((beats_s[-1] + 60 / bpm + 1.0) * rate_hz), np.float64)
    random = np.random.default_rng(7)
    for number, beat_s in enumerate(beats_s):
        _play_beat(mix, number, beat_s, 60 / bpm, bars, random, rate_hz)
    loudest = float(np.max(np.abs(mix)))
    samples = np.round(mix / loudest * 0.85 * 32767).astype("<i2")
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(rate_hz)
        out.writeframes(samples.tobytes())
    return beats_s


def _play_beat(
    mix: Array, number: int, at_s: float, beat_s: float, bars: int, random: np.random.Generator, rate_hz: int
) -> None:
    bar, in_bar = divmod(number, 4)
    part = bar / bars
    loud = 0.5 <= part < 0.875
    root_hz = _ROOTS_HZ[bar % 4]
    _add(mix, at_s, _hiss(0.03, random, rate_hz) * 0.15, rate_hz)
    if part >= 0.125:
        _add(mix, at_s, _kick(rate_hz) * (1.0 if loud or in_bar in (0, 2) else 0.5), rate_hz)
        if in_bar in (1, 3):
            _add(mix, at_s, _hiss(0.12, random, rate_hz) * (0.6 if loud else 0.35), rate_hz)
    _add(mix, at_s + beat_s / 2, _hiss(0.04, random, rate_hz) * (0.25 if loud else 0.1), rate_hz)
    if loud:
        _add(mix, at_s, _note(root_hz, beat_s * 0.8, rate_hz) * 0.7, rate_hz)
        _add(mix, at_s + beat_s / 2, _note(root_hz * 8, beat_s * 0.4, rate_hz) * 0.25, rate_hz)
    if in_bar == 0:
        for factor in (2.0, 2.4, 3.0):
            _add(
                mix, at_s, _note(root_hz * factor, beat_s * 3.6, rate_hz) * (0.35 if loud else 0.22), rate_hz
            )


def _add(mix: Array, at_s: float, sound: Array, rate_hz: int) -> None:
    start = round(at_s * rate_hz)
    end = min(len(mix), start + len(sound))
    mix[start:end] += sound[: end - start]


def _kick(rate_hz: int) -> Array:
    t_s = np.arange(int(0.18 * rate_hz)) / rate_hz
    kick: Array = np.sin(2 * np.pi * (50 * t_s + 6 * (1 - np.exp(-t_s * 30)))) * np.exp(-t_s * 18)
    return kick


def _hiss(length_s: float, random: np.random.Generator, rate_hz: int) -> Array:
    count = int(length_s * rate_hz)
    return random.normal(0, 0.5, count) * np.exp(-np.arange(count) / count * 5)


def _note(pitch_hz: float, length_s: float, rate_hz: int) -> Array:
    t_s = np.arange(int(length_s * rate_hz)) / rate_hz
    tone = sum(np.sin(2 * np.pi * pitch_hz * k * t_s) / k for k in (1, 2, 3))
    return tone * np.exp(-t_s * 2.5) * np.minimum(1, t_s * 200)

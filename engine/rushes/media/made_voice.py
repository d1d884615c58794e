"""Speech-like sound made in code: voiced syllables with formants, breaths and pauses. It says nothing, but a voice
activity detector hears a voice.

Source and filter as in formant synthesis: a glottal pulse train through resonators at the formants of five vowels
(frequencies of men after Peterson and Barney, 1952).
"""

from __future__ import annotations

from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]

_FORMANTS_HZ = (
    (730, 1090, 2440),
    (530, 1840, 2480),
    (270, 2290, 3010),
    (570, 840, 2410),
    (300, 870, 2240),
)
_BANDWIDTHS_HZ = (80, 100, 140)
_SYNTHESIS_HZ = 16000
PAUSE_S = 0.35


def babble(length_s: float, *, seed: int, rate_hz: int) -> tuple[Array, Array]:
    """length_s of babble: samples of shape (n,) -1..1, and how far the mouth is open at each of them, 0..1.

    It begins with a pause of PAUSE_S, and one more stands after every 4 to 6 syllables.
    """
    random = np.random.default_rng(seed)
    count = round(length_s * _SYNTHESIS_HZ)
    pause = np.zeros(round(PAUSE_S * _SYNTHESIS_HZ))
    sounds, mouths = [pause], [pause]
    while sum(map(len, sounds)) < count:
        for _ in range(int(random.integers(4, 7))):
            sound, mouth = _syllable(random)
            sounds.append(sound)
            mouths.append(mouth)
        sounds.append(pause)
        mouths.append(pause)
    wanted = round(length_s * rate_hz)
    sound, mouth = (_resampled(np.concatenate(parts)[:count], wanted) for parts in (sounds, mouths))
    return sound, mouth


def _syllable(random: np.random.Generator) -> tuple[Array, Array]:
    """A hissed consonant and a vowel on a falling tone."""
    vowel_s, consonant_s = float(random.uniform(0.12, 0.24)), float(random.uniform(0.04, 0.09))
    formants_hz = _FORMANTS_HZ[int(random.integers(0, len(_FORMANTS_HZ)))]
    vowel = _vowel(formants_hz, vowel_s, float(random.uniform(105, 140)), random)
    consonant = np.diff(random.normal(0, 0.02, round(consonant_s * _SYNTHESIS_HZ)), prepend=0)
    consonant *= np.hanning(len(consonant))
    open_01 = np.sin(np.pi * np.arange(len(vowel)) / len(vowel)) * min(1.0, formants_hz[0] / 700)
    return np.concatenate([consonant, vowel]), np.concatenate([np.zeros(len(consonant)), open_01])


def _vowel(
    formants_hz: tuple[int, int, int], length_s: float, pitch_hz: float, random: np.random.Generator
) -> Array:
    at_s = np.arange(round(length_s * _SYNTHESIS_HZ)) / _SYNTHESIS_HZ
    pitches_hz = pitch_hz * (1 + 0.018 * np.sin(2 * np.pi * 5 * at_s) - 0.12 * at_s / length_s)
    phase = np.cumsum(pitches_hz) / _SYNTHESIS_HZ % 1.0
    flow = np.where(phase < 0.6, np.sin(np.pi * phase / 0.6) ** 2, 0.0)
    source = np.diff(flow, prepend=0) + random.normal(0, 0.004, len(at_s))
    sound = source
    for formant_hz, bandwidth_hz in zip(formants_hz, _BANDWIDTHS_HZ, strict=True):
        sound = _resonance(sound, formant_hz, bandwidth_hz)
    sound = sound + 0.3 * _resonance(source, 3500, 200)
    fades = np.minimum(1, np.minimum(at_s / 0.03, (length_s - at_s) / 0.05))
    voiced: Array = sound / np.max(np.abs(sound)) * 0.3 * fades
    return voiced


def _resonance(samples: Array, centre_hz: float, bandwidth_hz: float) -> Array:
    """A two-pole resonator with unit gain at 0 Hz."""
    from scipy.signal import lfilter

    radius = np.exp(-np.pi * bandwidth_hz / _SYNTHESIS_HZ)
    poles = [1.0, -2 * radius * np.cos(2 * np.pi * centre_hz / _SYNTHESIS_HZ), radius * radius]
    resonant: Array = lfilter([poles[0] + poles[1] + poles[2]], poles, samples)
    return resonant


def _resampled(samples: Array, count: int) -> Array:
    """Linear: what lies above 8 kHz does not matter here."""
    at = np.arange(count) * (len(samples) / count)
    resampled: Array = np.interp(at, np.arange(len(samples)), samples)
    return resampled

"""Onset events: where they are, and where there are none."""

from __future__ import annotations

import numpy as np
import pytest
from rushes.analyze.beats_onsets import find_onsets

RATE_HZ = 22050
AT_S = 0.5 + 0.5137 * np.arange(18)


def _strokes(sound: np.ndarray) -> np.ndarray:
    out = np.zeros(11 * RATE_HZ, np.float32)
    for at_s in AT_S:
        start = round(at_s * RATE_HZ)
        out[start : start + sound.size] += sound.astype(np.float32)
    return out


def _tone(pitch_hz: float) -> np.ndarray:
    t = np.arange(round(0.3 * RATE_HZ)) / RATE_HZ
    return 0.5 * np.sin(2 * np.pi * pitch_hz * t) * np.exp(-t / 0.1)


@pytest.mark.parametrize(("pitch_hz", "band"), [(60.0, 0), (500.0, 1), (3000.0, 2), (8000.0, 3)])
def test_a_tone_makes_events_in_its_band_within_one_frame_of_its_attack(pitch_hz: float, band: int):
    onsets = find_onsets(_strokes(_tone(pitch_hz)), RATE_HZ)
    events_s = np.flatnonzero(onsets.events[:, band] > 0.5) / onsets.fps
    assert events_s.size == AT_S.size
    assert np.abs(events_s - AT_S).max() < 0.011


def test_silence_has_no_events_and_the_lowest_level():
    onsets = find_onsets(np.zeros(3 * RATE_HZ, np.float32), RATE_HZ)
    assert not onsets.events.any()
    assert not onsets.chord.any()
    assert (onsets.loudness_db == -80.0).all()


def test_the_level_of_a_full_sine_is_three_decibels_below_full_scale():
    sine = np.sin(2 * np.pi * 440 * np.arange(2 * RATE_HZ) / RATE_HZ).astype(np.float32)
    assert find_onsets(sine, RATE_HZ).loudness_db[100] == pytest.approx(-3.0, abs=0.2)


def test_a_chord_change_is_seen_where_the_pitches_change():
    t = np.arange(4 * RATE_HZ) / RATE_HZ
    first, second = (
        sum(np.sin(2 * np.pi * pitch_hz * t) for pitch_hz in chord)
        for chord in ((261.6, 329.6, 392.0), (220.0, 277.2, 370.0))
    )
    song = 0.2 * np.concatenate([np.asarray(first), np.asarray(second)]).astype(np.float32)
    onsets = find_onsets(song, RATE_HZ)
    assert onsets.chord.argmax() / onsets.fps == pytest.approx(4.0, abs=0.1)


def test_events_do_not_depend_on_the_level_of_the_recording():
    song = _strokes(_tone(500.0))
    loud, soft = find_onsets(song, RATE_HZ), find_onsets(0.05 * song, RATE_HZ)
    assert np.abs(loud.events - soft.events).max() < 1e-3


def test_a_block_border_loses_nothing():
    long = np.tile(_strokes(_tone(500.0)), 5)
    onsets = find_onsets(long, RATE_HZ)
    assert onsets.events.shape[0] > 5000
    assert np.count_nonzero(onsets.events[:, 1] > 0.5) == 5 * AT_S.size

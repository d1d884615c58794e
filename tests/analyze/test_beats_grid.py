"""Decoding a chain of beats from onset events."""

from __future__ import annotations

import numpy as np
import pytest
from rushes.analyze.beats_grid import find_path
from rushes.analyze.beats_onsets import Onsets
from rushes.analyze.beats_patterns import PATTERNS, Pattern

FPS = 100.0


def _onsets(frames: int, events: list[tuple[float, int, float]], chords: tuple[float, ...] = ()) -> Onsets:
    """Events (time in seconds, band, strength)."""
    strength = np.zeros((frames, 4), np.float32)
    for at_s, band, level in events:
        strength[round(at_s * FPS), band] = level
    chord = np.zeros(frames, np.float32)
    chord[[round(at_s * FPS) for at_s in chords]] = 1.0
    return Onsets(fps=FPS, strength=strength, events=strength, chord=chord, loudness_db=chord)


def _played(pattern: Pattern, beat_s: float, bars: int) -> Onsets:
    """The pattern itself, over and over, from 0.2 s."""
    events = [
        (0.2 + (bar * pattern.beats + beat + part / pattern.parts) * beat_s, band, float(level))
        for bar in range(bars)
        for (beat, part, band), level in np.ndenumerate(pattern.expected[:, :, :4])
        if level >= 0.3
    ]
    chords = tuple(0.2 + bar * pattern.beats * beat_s for bar in range(bars))
    return _onsets(round((0.4 + bars * pattern.beats * beat_s) * FPS), events, chords)


@pytest.mark.parametrize("pattern", PATTERNS, ids=lambda pattern: pattern.name)
def test_a_song_that_plays_a_pattern_is_read_in_its_tempo(pattern: Pattern):
    onsets = _played(pattern, 0.52, 12)
    path = find_path(onsets, 0, onsets.events.shape[0], 80.0, 160.0, 115.0)
    true = np.round((0.2 + 0.52 * np.arange(12 * pattern.beats)) * FPS)
    near = np.abs(path.at[None, :] - true[:, None]).min(axis=1)
    assert np.mean(near <= 2) > 0.95
    assert path.score_per_onset > 0.3


def test_places_count_on_in_the_bar():
    backbeat = next(pattern for pattern in PATTERNS if pattern.name == "backbeat")
    onsets = _played(backbeat, 0.5, 12)
    path = find_path(onsets, 0, onsets.events.shape[0], 80.0, 160.0, 115.0)
    assert ((path.place[1:] - path.place[:-1]) % 4 == 1).all()
    assert path.at[path.place == 0][0] == pytest.approx(20, abs=2)


def test_frames_before_the_first_are_left_out():
    onsets = _onsets(1500, [(5.0 + 0.5 * beat, band, 1.0) for beat in range(18) for band in (0, 2)])
    path = find_path(onsets, 495, 1450, 60.0, 200.0, 115.0)
    assert path.at[0] >= 495
    assert path.at[-1] < 1450


def test_onsets_at_random_earn_less_than_a_beat():
    rng = np.random.default_rng(4)
    random = _onsets(3000, [(at_s, 2, 1.0) for at_s in rng.uniform(0.0, 29.9, 120)])
    steady = _onsets(3000, [(0.25 * stroke, 2, 1.0) for stroke in range(119)])
    scores = [find_path(song, 0, 3000, 55.0, 200.0, 110.0).score_per_onset for song in (random, steady)]
    assert scores[0] < 0.15
    assert scores[1] > 0.5

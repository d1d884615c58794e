"""Beat times between the frames."""

from __future__ import annotations

import numpy as np
import pytest
from rushes.analyze.beats_refine import refine_beats

RATE_HZ = 22050
TRUE_S = 0.5 + 0.5137 * np.arange(16)


def _clicks(at_s: np.ndarray) -> np.ndarray:
    out = np.zeros(10 * RATE_HZ, np.float32)
    decay = np.exp(-np.arange(400) / 100.0) * np.cos(np.arange(400))
    for start in np.round(at_s * RATE_HZ).astype(int):
        out[start : start + 400] += decay
    return out


def test_rounded_beats_go_to_the_attacks():
    refined = refine_beats(_clicks(TRUE_S), RATE_HZ, np.round(TRUE_S, 2) + 0.012)
    assert np.abs(refined - TRUE_S).max() < 0.002


def test_a_beat_without_a_sound_stands_where_its_neighbours_put_it():
    refined = refine_beats(_clicks(np.delete(TRUE_S, 7)), RATE_HZ, TRUE_S + 0.010)
    assert refined[7] == pytest.approx(TRUE_S[7], abs=0.003)


def test_one_stroke_off_the_grid_moves_its_beat_by_less_than_its_offset():
    played = TRUE_S.copy()
    played[7] += 0.015
    refined = refine_beats(_clicks(played), RATE_HZ, TRUE_S)
    assert 0.003 < refined[7] - TRUE_S[7] < 0.012


def test_silence_leaves_an_even_grid_as_it_is():
    assert refine_beats(np.zeros(10 * RATE_HZ, np.float32), RATE_HZ, TRUE_S) == pytest.approx(TRUE_S)


def test_two_beats_are_too_few_to_refine():
    assert refine_beats(_clicks(TRUE_S), RATE_HZ, TRUE_S[:2]).tolist() == TRUE_S[:2].tolist()

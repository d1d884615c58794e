"""Peaks of movement on one line, and which fall on beats."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from rushes.edit.in_points_accents import REACH_S, Accents, accents_of, accents_within

FRAME_S = 1 / 30


def of(*rows: tuple[float, float], length_s: float = 20.0) -> Accents:
    times, strengths = zip(*rows, strict=True) if rows else ((), ())
    return Accents(np.array(times, dtype=np.float64), np.array(strengths, dtype=np.float64), length_s)


def lands(accents: Accents, at_s: float) -> float:
    line_s = np.array([at_s])
    return float(accents.landing_01(accents.nearest(line_s), line_s, FRAME_S)[0])


@pytest.mark.parametrize(
    ("off_frames", "share"), [(0.0, 1.0), (0.5, 0.975), (-1.0, 0.95), (2.0, 0.475), (3.0, 0.0), (-4.0, 0.0)]
)
def test_an_accent_counts_by_how_near_a_beat_is_in_frames(off_frames: float, share: float):
    assert lands(of((5.0, 0.8)), 5.0 + off_frames * FRAME_S) == pytest.approx(0.8 * share, abs=1e-6)


def test_of_two_accents_the_nearer_is_found():
    accents = of((5.0, 1.0), (5.3, 0.5))
    assert accents.at_s[accents.nearest(np.array([5.05, 5.25, 9.0]))].tolist() == [5.0, 5.3, np.inf]


def test_without_accents_nothing_is_near_anything():
    accents = of()
    assert len(accents) == 0
    assert lands(accents, 3.0) == 0.0
    assert accents.near_01(np.array([3.0])).tolist() == [0.0]


def test_what_is_near_fades_within_the_reach():
    near = of((5.0, 1.0)).near_01(np.array([5.0, 5.0 + REACH_S / 2, 5.0 + REACH_S + 0.06]))
    assert near[0] > 0.8 > near[1] > near[2] == 0.0


def test_clips_lie_on_one_line_and_unknown_clips_nowhere():
    frame = pl.DataFrame({"clip": ["b", "x", "a"], "t_s": [1.0, 2.0, 0.5], "strength_01": [1.0, 1.0, 0.4]})
    accents = accents_of(frame, {"a": 0.0, "b": 10.0}, 20.0)
    assert accents is not None
    assert accents.at_s[:-1].tolist() == [0.5, 11.0]
    assert accents.strength_01[:-1].tolist() == [0.4, 1.0]
    assert accents_of(None, {"a": 0.0}, 20.0) is None


def test_a_range_names_its_strongest_accents():
    accents = of((1.0, 0.4), (2.0, 0.9), (3.0, 0.6), (8.0, 1.0))
    times, strengths = accents_within(accents, np.array([0.5, 3.5, 9.0]), np.array([3.5, 9.0, 9.5]), 2)
    assert times[0].tolist() == [2.0, 3.0]
    assert strengths.tolist() == [[0.9, 0.6], [1.0, 0.0], [0.0, 0.0]]
    assert np.isnan(times[2]).all()

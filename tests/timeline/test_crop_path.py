from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rushes.timeline.crop_path import CropPath, largest_move
from rushes.timeline.tree import Reframe, ReframeKey


def key(at_s: float, x_01: float, y_01: float = 0.5, width_01: float = 0.3) -> ReframeKey:
    return ReframeKey(at_s=at_s, x_01=x_01, y_01=y_01, width_01=width_01)


def across(*keys: ReframeKey, at_s: np.ndarray) -> np.ndarray:
    path = CropPath(keys)
    return np.array([path.at(float(t_s))[0] for t_s in at_s])


def test_one_key_is_a_window_at_rest():
    path = CropPath([key(2.0, 0.4)])
    assert [path.at(t_s) for t_s in (0.0, 2.0, 9.0)] == [(0.4, 0.5, 0.3)] * 3


def test_two_keys_are_a_move_from_rest_to_rest_with_half_of_the_way_at_half_of_the_time():
    times = np.array([0.0, 1.0, 1.5, 2.0, 2.5, 3.0, 9.0])
    expected = [0.2, 0.2, 0.2 + 0.4 * (3 / 16 - 1 / 32), 0.4, 0.6 - 0.4 * (3 / 16 - 1 / 32), 0.6, 0.6]
    assert across(key(1, 0.2), key(3, 0.6), at_s=times) == pytest.approx(expected)


def test_keys_on_a_parabola_give_that_parabola_back():
    keys = [key(t, 0.3 + 0.1 * t - 0.02 * t * t) for t in (0, 0.5, 1, 2, 2.5)]
    times = np.linspace(0, 2.5, 40)
    assert across(*keys, at_s=times) == pytest.approx(0.3 + 0.1 * times - 0.02 * times**2, abs=1e-9)


def test_two_keys_at_one_moment_are_a_jump_and_the_picture_of_that_moment_is_after_it():
    keys = (key(0, 0.2), key(1, 0.2), key(1, 0.8, width_01=0.5), key(2, 0.8, width_01=0.5))
    path = CropPath(keys)
    assert path.at(0.99) == (0.2, 0.5, 0.3)
    assert path.at(1.0) == (0.8, 0.5, 0.5)
    assert path.at(0.99999) == (0.8, 0.5, 0.5)  # a stamp may be a rounding before the key
    assert (path.stretch(0.5), path.stretch(1.5)) == (0, 1)


def test_the_reach_of_a_stretch_holds_every_place_on_it():
    path = CropPath([key(0, 0.2), key(1, 0.7), key(2, 0.7), key(3, 0.1)])
    (left, _, _), (right, _, _) = path.reach(0)
    ways = [path.at(t)[0] for t in np.linspace(0, 3, 500)]
    assert left - 1e-3 <= min(ways)
    assert right + 1e-3 >= max(ways)
    assert max(ways) > 0.7  # it runs on through the key


@given(st.lists(st.floats(0, 1), min_size=2, max_size=8))
@settings(deadline=None, max_examples=60)
def test_the_speed_never_jumps(places):
    keys = [key(0.2 * n, place) for n, place in enumerate(places)]
    step = 1e-4
    times = np.arange(-0.1, 0.2 * len(keys), step)
    speed = np.diff(across(*keys, at_s=times)) / step
    inside = (times[:-1] > 0.001) & (times[:-1] < 0.2 * (len(keys) - 1) - 0.001)
    bend = np.abs(np.diff(speed))[inside[:-1]]
    # Between keys at most 1 apart no cubic bends by more than 14 / 0.2^2 a second.
    assert bend.max(initial=0) <= 14 / 0.2**2 * step * 1.1


def test_two_ways_are_compared_where_both_are_seen():
    one = Reframe(mode="pan", keys=(key(0, 0.2), key(2, 0.6)))
    other = Reframe(mode="pan", keys=(key(0, 0.2), key(2, 0.8)))
    assert largest_move(one, other, 0.0, 2.0) == pytest.approx(0.2)
    assert largest_move(one, other, 0.0, 1.0) == pytest.approx(0.1)
    assert largest_move(one, other, 2.0, 1.0) == 0.0
    assert math.isclose(largest_move(one, one, 0.0, 2.0), 0.0)

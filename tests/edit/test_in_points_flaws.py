"""What spoils a moment, where an action is cut, and the lowest of a window."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rushes.edit.in_points_flaws import (
    CAUSES,
    Lowest,
    actions_unfinished,
    camera_speed,
    flaws_of,
    moves_unfinished,
)

ONE_SHOT = np.zeros(20, dtype=np.int64)


def samples(clip: str = "a", **columns: Sequence[float | None]) -> pl.DataFrame:
    count = len(next(iter(columns.values())))
    times = [round(0.2 * at, 6) for at in range(count)]
    known = {name: pl.Series(values, dtype=pl.Float64) for name, values in columns.items()}
    return pl.DataFrame({"clip": [clip] * count, "t_s": times, **known})


def clean_of(frame: pl.DataFrame) -> list[float]:
    found = flaws_of(frame)
    assert found is not None
    return [round(value, 6) for value in found[0].tolist()]


def causes_of(frame: pl.DataFrame) -> list[str]:
    found = flaws_of(frame)
    assert found is not None
    return [CAUSES[int(code)] for code in found[1].tolist()]


def test_blur_is_told_from_what_is_usual_in_the_clip():
    """0.8 is usual: 0.64 is no flaw yet, 0.48 is half of one, 0.32 is one."""
    frame = samples(sharpness_01=[0.8] * 17 + [0.64, 0.48, 0.32])
    assert clean_of(frame)[-4:] == [1.0, 1.0, 0.5, 0.0]
    assert causes_of(frame)[-1] == "blur"
    soft = samples(sharpness_01=[0.2] * 20)
    assert clean_of(soft) == [1.0] * 20


def test_each_clip_is_measured_by_its_own_sharpness():
    frame = pl.concat([samples("a", sharpness_01=[0.9] * 10), samples("b", sharpness_01=[0.3] * 9 + [0.12])])
    assert clean_of(frame) == [1.0] * 19 + [0.0]


def test_shake_counts_from_a_tenth_on():
    frame = samples(shake_01=[0.1, 0.55, 1.0] + [0.0] * 3)
    assert clean_of(frame)[:3] == [1.0, 0.5, 0.0]


def test_eyes_count_as_closed_from_a_blink_on():
    frame = samples(eyes_closed_01=[0.3, 0.45, 0.6, 0.8, None])
    assert clean_of(frame) == [1.0, 1.0, 0.5, 0.0, 1.0]
    assert causes_of(frame)[3] == "closed_eyes"


def test_the_shove_of_the_camera_is_one_in_the_first_and_last_three_fifths_of_a_second_alone():
    pan = [0.6, 0.6, 0.6, 0.0, 0.0, 0.0, 0.6, *[0.0] * 10, 0.6, 0.6, 0.6]
    frame = samples(pan_per_s=pan, tilt_per_s=[0.0] * 20)
    assert clean_of(frame) == [0.0] * 3 + [1.0] * 14 + [0.0] * 3
    assert causes_of(frame)[:3] == ["start"] * 3
    assert causes_of(frame)[-3:] == ["end"] * 3


def test_a_clip_that_pans_throughout_has_no_shove():
    assert clean_of(samples(pan_per_s=[0.5] * 20, tilt_per_s=[0.1] * 20)) == [1.0] * 20


def test_in_a_short_clip_no_shove_can_be_told():
    assert clean_of(samples(pan_per_s=[0.6, 0.6, 0.0, 0.0, 0.0], tilt_per_s=[0.0] * 5)) == [1.0] * 5


def test_the_shove_is_named_before_the_shake_that_it_makes():
    assert causes_of(samples(shake_01=[0.9] * 3 + [0.0] * 12))[0] == "start"


@pytest.mark.parametrize(
    "frame",
    [
        samples(motion_flow_score=[0.5]),
        samples(sharpness_01=[None, None], shake_01=[None, None]),
        samples(sharpness_01=[]),
    ],
)
def test_where_nothing_is_known_nothing_is_told(frame: pl.DataFrame):
    assert flaws_of(frame) is None


WAVE = np.array([0.0] * 5 + [0.1, 0.2, 0.3, 0.4, 0.3, 0.2, 0.1] + [0.0] * 8)


def test_an_action_is_cut_most_at_its_peak_and_not_before_or_after_it():
    cut = actions_unfinished(WAVE, ONE_SHOT)
    assert cut[:5].tolist() == [0.0] * 5
    assert cut[8] == 1.0
    assert cut[12:].tolist() == [0.0] * 8
    assert np.all(np.diff(cut[8:13]) < 0)


def test_in_its_rise_an_action_is_cut_too():
    cut = actions_unfinished(WAVE, ONE_SHOT)
    assert cut[5:8].min() >= 0.5


def test_a_movement_without_end_is_no_action():
    assert actions_unfinished(np.full(20, 0.5), ONE_SHOT).tolist() == [0.0] * 20
    assert actions_unfinished(np.linspace(0.0, 0.01, 20), ONE_SHOT).max() < 0.5


def test_what_comes_after_a_cut_is_no_end_of_an_action():
    high_then_low = np.array([0.4] * 10 + [0.0] * 10)
    shots = np.array([0] * 10 + [1] * 10)
    assert actions_unfinished(high_then_low, shots).tolist() == [0.0] * 20
    assert actions_unfinished(high_then_low, ONE_SHOT)[9] == 1.0


def test_unknown_movement_cuts_nothing():
    assert actions_unfinished(np.full(20, np.nan), ONE_SHOT).tolist() == [0.0] * 20
    assert actions_unfinished(WAVE, np.full(20, -1)).tolist() == [0.0] * 20


def test_a_pan_is_a_move_and_a_trembling_hand_is_none():
    still = np.zeros(20)
    pan = np.array([0.4] * 10 + [0.0] * 10)
    trembling = np.array([0.2, -0.1, -0.1] * 3 + [0.2] + [0.0] * 10)
    assert moves_unfinished((pan, still, still), ONE_SHOT)[8] == 1.0
    assert moves_unfinished((trembling, still, still), ONE_SHOT)[1:8].max() < 0.1


def test_the_speed_of_the_camera_is_known_where_all_its_parts_are():
    known = samples(pan_per_s=[0.1], tilt_per_s=[0.2], zoom_per_s=[0.4])
    found = camera_speed(known)
    assert found is not None
    assert [part.tolist() for part in found] == [[0.1], [0.2], [0.2]]
    assert camera_speed(known.drop("zoom_per_s")) is None


@settings(derandomize=True, deadline=None)
@given(
    st.lists(st.floats(0, 1, width=32), min_size=1, max_size=40),
    st.integers(0, 39),
    st.integers(1, 40),
)
def test_the_lowest_of_every_window_is_found(values: list[float], first: int, count: int):
    lowest = Lowest(np.array(values), 40)
    first = min(first, len(values) - 1)
    end = min(first + count, len(values))
    found = lowest.of(np.array([float(first)]), np.array([float(end)]))
    assert found[0] == np.float32(min(values[first:end]))


def test_a_bin_that_is_hardly_touched_does_not_count():
    lowest = Lowest(np.array([0.0, 1.0, 1.0, 0.0]), 4)
    assert lowest.of(np.array([0.8, 0.7]), np.array([3.2, 3.0])).tolist() == [1.0, 0.0]

"""Which way the camera turns, by the mean of what was measured five times a second."""

from __future__ import annotations

import polars as pl
import pytest
from rushes.edit.camera import Turn, turn_of

SAMPLES = pl.DataFrame(
    {
        "clip": ["a"] * 4 + ["b"],
        "t_s": [0.0, 0.2, 0.4, 0.6, 0.2],
        "pan_per_s": [9.0, 0.4, 0.2, 9.0, 9.0],
        "tilt_per_s": [None, None, -0.5, None, None],
    }
)


@pytest.mark.parametrize(
    ("from_s", "until_s", "right", "up"),
    [
        (
            0.2,
            0.6,
            0.3,
            -0.5,
        ),  # what is not known does not count, and the sample at the end is of the next part
        (0.2, 0.61, 3.2, -0.5),
        (0.2 + 1e-7, 0.6, 0.3, -0.5),  # sums of times do not come out even
        (0.21, 0.6, 0.2, -0.5),
        (0.0, 0.2, 9.0, 0.0),
    ],
)
def test_the_turn_of_a_part_is_the_mean_of_its_own_samples(from_s, until_s, right, up):
    turn = turn_of(SAMPLES, "a", from_s, until_s)
    assert (turn.right_per_s, turn.up_per_s) == (pytest.approx(right), pytest.approx(up))


@pytest.mark.parametrize(
    ("samples", "clip", "from_s"),
    [
        (SAMPLES, "c", 0.0),
        (SAMPLES, "a", 5.0),
        (SAMPLES.drop("pan_per_s", "tilt_per_s"), "a", 0.0),
        (SAMPLES.clear(), "a", 0.0),
    ],
)
def test_where_nobody_looked_for_motion_the_camera_stands_still(samples, clip, from_s):
    assert turn_of(samples, clip, from_s, 9.0) == Turn(0.0, 0.0)


def test_each_direction_is_known_by_itself():
    turn = turn_of(SAMPLES.drop("pan_per_s"), "a", 0.0, 1.0)
    assert (turn.right_per_s, turn.up_per_s) == (0.0, -0.5)

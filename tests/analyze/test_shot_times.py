from __future__ import annotations

import polars as pl
import pytest
from rushes.analyze.shot_times import ShotTimes

TIMES_S = [0.0, 1.0, 2.0, 3.0]
UNCUT = ShotTimes({})
CUT = ShotTimes({"shots": {"cuts": pl.DataFrame({"t_s": [2.9, 1.4], "strength_01": [1.0, 1.0]})}})


def test_a_cut_is_the_first_moment_of_its_shot():
    assert CUT.same_shot(1.4, 2.8)
    assert not CUT.same_shot(1.39, 1.4)
    assert not CUT.same_shot(3.0, 0.0)
    assert UNCUT.same_shot(0.0, 1e9)


@pytest.mark.parametrize(
    ("t_s", "row"), [(0.0, 0), (0.5, 0), (0.6, 1), (1.5, 1), (3.4, 3), (3.6, None), (-1, None)]
)
def test_the_nearest_time_within_reach_counts_and_of_two_the_earlier(t_s: float, row: int | None):
    assert UNCUT.nearest(TIMES_S, t_s, 0.5) == row
    assert UNCUT.nearest([], t_s, 0.5) is None


def test_a_time_of_another_shot_is_out_of_reach():
    assert CUT.nearest(TIMES_S, 1.5, 1.0) == 2
    assert CUT.nearest(TIMES_S, 1.3, 1.0) == 1
    assert CUT.nearest(TIMES_S, 2.89, 0.5) is None


def test_all_times_around_a_moment_of_its_shot():
    assert UNCUT.around(TIMES_S, 1.0, 1.0) == [0, 1, 2]
    assert CUT.around(TIMES_S, 1.0, 2.0) == [0, 1]
    assert CUT.around(TIMES_S, 5.0, 1.0) == []

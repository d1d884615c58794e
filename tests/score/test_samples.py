"""What was measured moment by moment, as bins of a clip and as values of its segments."""

from __future__ import annotations

import pytest
from clip_tables import COLUMNS, clip, samples
from rushes.recipe.spec import SegmentsSpec
from rushes.score.library import gather


def test_samples_are_aggregated_over_half_open_segments_as_their_column_says():
    seen = samples(
        t_s=[0.0, 0.5, 1.0, 1.5],
        sharpness_01=[0.2, 0.4, 0.6, 1.0],
        peak=[3.0, 1.0, 5.0, 7.0],
        face=[True, False, True, True],
        kind=["pan", "static", "static", "pan"],
    )
    library = gather([clip("a", 2.0, [1.0], quality=seen)], COLUMNS, SegmentsSpec())
    named = ("sharpness_01", "peak", "face", "kind")
    assert library.segments.select(named).rows() == [
        (pytest.approx(0.3), 3.0, 0.5, "pan"),
        (pytest.approx(0.8), 7.0, 1.0, "pan"),
    ]
    assert library.clips.select(named).rows() == [(pytest.approx(0.55), 7.0, 0.75, "pan")]


def test_a_segment_without_a_sample_takes_the_nearest_of_its_own_clip_and_one_whose_sample_is_empty_takes_none():
    seen = samples(t_s=[0.0, 3.5], sharpness_01=[0.2, 0.8], kind=["x", None])
    other = samples(t_s=[0.0], sharpness_01=[0.5], kind=["z"])
    clips = [clip("a", 4.0, [1.0, 2.0, 3.0], q=seen), clip("b", 1.0, q=other), clip("c", 1.0)]
    library = gather(clips, COLUMNS, SegmentsSpec())
    assert library.segments.select("segment", "sharpness_01", "kind").rows() == [
        ("a#001", 0.2, "x"),
        ("a#002", 0.2, "x"),
        ("a#003", 0.8, "x"),
        ("a#004", 0.8, None),
        ("b#001", 0.5, "z"),
        ("c#001", None, None),
    ]


def test_bins_hold_the_mean_and_empty_ones_take_the_nearest_the_earlier_of_two():
    seen = samples(t_s=[0.05, 0.15, 0.8, 5.0], sharpness_01=[0.2, 0.4, 0.6, 1.0])
    library = gather([clip("a", 1.1, q=seen), clip("b", 0.2)], COLUMNS, SegmentsSpec())
    rows = library.samples.select("clip", "t_s", "sharpness_01").rows()
    assert [(name, round(t_s, 6), value and round(value, 6)) for name, t_s, value in rows] == [
        ("a", 0.0, 0.3),
        ("a", 0.2, 0.3),
        ("a", 0.4, 0.3),
        ("a", 0.6, 0.6),
        ("a", 0.8, 0.6),
        ("a", 1.0, 1.0),
        ("b", 0.0, None),
    ]


def test_samples_on_the_edge_of_a_bin_fall_into_it_whatever_floats_say():
    times = [0.2 * step for step in range(50)]
    seen = samples(t_s=times, peak=[float(step) for step in range(50)])
    library = gather([clip("a", 10.0, q=seen)], COLUMNS, SegmentsSpec())
    assert library.samples["peak"].to_list() == [float(step) for step in range(50)]


def test_what_is_not_finite_is_missing():
    seen = samples(t_s=[0.0], sharpness_01=[float("nan")], peak=[float("inf")])
    library = gather([clip("a", 1.0, q=seen)], COLUMNS, SegmentsSpec())
    assert library.clips.select("sharpness_01", "peak").rows() == [(None, None)]

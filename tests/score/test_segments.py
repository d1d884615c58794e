"""Where clips are divided into segments."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from clip_tables import clip
from hypothesis import given, settings
from hypothesis import strategies as st
from rushes.recipe.spec import SegmentsSpec
from rushes.score.library import ClipTables, gather


def ranges(clips: Sequence[ClipTables], spec: SegmentsSpec) -> list[tuple[Any, ...]]:
    segments = gather(clips, (), spec).segments
    return segments.select("segment", "shot_index", "start_s", "end_s").rows()


def test_clips_are_divided_at_cuts_and_long_shots_into_even_parts():
    assert ranges([clip("a.mp4", 12.0, [1.5])], SegmentsSpec(max_s=4.0, min_s=0.4)) == [
        ("a.mp4#001", 1, 0.0, 1.5),
        ("a.mp4#002", 2, 1.5, 5.0),
        ("a.mp4#003", 2, 5.0, 8.5),
        ("a.mp4#004", 2, 8.5, 12.0),
    ]


def test_a_shot_of_exactly_the_longest_length_is_not_divided():
    assert ranges([clip("a", 4.0)], SegmentsSpec(max_s=4.0, min_s=0.4)) == [("a#001", 1, 0.0, 4.0)]


def test_parts_that_are_too_short_are_dropped():
    assert ranges([clip("a", 3.0, [0.3, 2.8])], SegmentsSpec(max_s=4.0, min_s=0.4)) == [
        ("a#001", 2, 0.3, 2.8)
    ]


def test_a_clip_that_would_lose_all_parts_keeps_the_first_of_its_longest():
    assert ranges([clip("a", 0.7, [0.1, 0.4])], SegmentsSpec(max_s=4.0, min_s=0.4)) == [
        ("a#001", 2, 0.1, 0.4)
    ]


def test_cuts_outside_a_clip_and_repeated_cuts_change_nothing():
    library = gather([clip("a", 3.0, [2.0, 0.0, 1.0, 1.0, 3.0, 7.0])], (), SegmentsSpec())
    assert library.cuts.rows() == [("a", 1.0), ("a", 2.0)]
    assert library.segments["start_s"].to_list() == [0.0, 1.0, 2.0]


def test_a_clip_without_length_has_a_row_but_no_segment_and_no_sample():
    library = gather([clip("a", 0.0), clip("b", 1.0)], (), SegmentsSpec())
    assert library.clips["clip"].to_list() == ["a", "b"]
    assert library.segments["clip"].to_list() == ["b"]
    assert set(library.samples["clip"]) == {"b"}


def test_one_time_is_one_number_whatever_stands_beside_it():
    alone, beside = (
        gather([clip(name, 1.242188) for name in names], (), SegmentsSpec()) for names in ("a", "abc")
    )
    for library in (alone, beside):
        assert set(library.clips["duration_s"]) == set(library.segments["end_s"]) == {1.242188}


@settings(derandomize=True, deadline=None, max_examples=100)
@given(
    st.lists(
        st.tuples(st.floats(0.0, 40.0), st.lists(st.floats(0.0, 40.0), max_size=6)), min_size=1, max_size=4
    ),
    st.floats(0.5, 6.0),
    st.floats(0.05, 0.5),
)
def test_segments_cover_their_clips_in_order_within_the_bounds(
    shapes: list[tuple[float, list[float]]], max_s: float, min_s: float
):
    clips = [clip(f"c{at}", length, cuts) for at, (length, cuts) in enumerate(shapes)]
    library = gather(clips, (), SegmentsSpec(max_s=max_s, min_s=min_s))
    lengths = dict(library.clips.select("clip", "duration_s").rows())
    assert library.segments["segment"].is_unique().all()
    found = library.segments.partition_by("clip", as_dict=True)
    assert {name for (name,) in found} == {name for name, length in lengths.items() if length > 0}
    for (name,), rows in found.items():
        assert rows["index"].to_list() == list(range(1, rows.height + 1))
        assert (rows["start_s"] >= 0).all()
        assert (rows["end_s"] <= lengths[name]).all()
        assert (rows["duration_s"] <= max_s + 2e-6).all()
        assert rows.height == 1 or (rows["duration_s"] >= min_s - 1e-6).all()
        assert (rows["start_s"][1:] >= rows["end_s"][:-1]).all()

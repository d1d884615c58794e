import numpy as np
from edit.made_problem import best_by_counting, make_problem
from hypothesis import given, settings
from hypothesis import strategies as st
from rushes.edit.fill import filled_whole, furthest_place, reach_of_footage


@settings(derandomize=True, deadline=None, max_examples=60)
@given(st.integers(0, 10_000), st.integers(1, 5), st.integers(3, 7), st.sampled_from([None, 1, 2]))
def test_a_way_to_fill_the_edit_is_found_exactly_where_there_is_a_lawful_edit(
    seed, clips, places, max_streak
):
    problem = make_problem(seed, clips=clips, places=places, max_streak=max_streak)
    best, _ = best_by_counting(problem)
    assert (filled_whole(problem).shape is not None) == (best is not None)
    if best is not None:
        assert furthest_place(problem) == places - 1


def test_three_clips_of_two_steps_reach_the_sixth_place():
    problem = make_problem(0, clips=3, places=12, longest=2, angles=1, max_streak=None)
    problem.value[:] = 0.0
    assert furthest_place(problem) == 6


def test_a_streak_of_one_needs_another_angle_between():
    problem = make_problem(0, clips=9, places=9, longest=1, angles=2, max_streak=1)
    problem.value[:] = 0.0
    rare = min(int((problem.unit_kind == angle).sum()) for angle in (0, 1))
    assert furthest_place(problem) == min(8, 2 * rare + 1)


def test_spans_that_no_piece_is_long_enough_for_are_not_used():
    problem = make_problem(4, clips=5, places=6, longest=3, max_streak=None)
    shape = filled_whole(problem).shape
    assert shape is not None
    longest = np.isfinite(problem.value).any(axis=1)
    assert all(longest[choice.span] for choice in shape)


def test_where_no_piece_is_long_enough_for_any_span_nothing_is_reached():
    problem = make_problem(0, clips=3, places=6)
    problem.value[:] = -np.inf
    assert furthest_place(problem) == 0
    assert reach_of_footage(problem) == 0
    assert filled_whole(problem).is_proof

from dataclasses import replace

import numpy as np
import pytest
from edit.made_problem import best_by_counting, make_problem, with_rules
from hypothesis import given, settings
from hypothesis import strategies as st
from rushes.edit.optimum import solve_cut
from rushes.edit.problem import Cover, Row, broken_limits, objective
from rushes.edit.prove import keep, path_bounds, settle
from rushes.edit.relax import PathProgram
from rushes.edit.strike import count_range, struck


def opened_by_one(problem, unit):
    """Only one unit may open the edit."""
    value = problem.value.copy()
    value[np.ix_(problem.span_start == 0, np.arange(len(problem.unit_clip)) != unit)] = -np.inf
    return replace(problem, value=value)


def plain(places, longest, clips=3, uses=1):
    problem = make_problem(1, clips=clips, places=places, longest=longest, angles=1, max_streak=None)
    return replace(
        problem,
        value=np.repeat(problem.span_weight[:, None], clips, axis=1),
        unit_limit=np.full(clips, uses),
        clip_limit=np.full(clips, uses),
        pair_value=np.zeros((2, 1)),
    )


def test_a_clip_whose_only_use_opens_the_edit_is_struck_out_everywhere_else():
    problem = opened_by_one(plain(places=6, longest=3), unit=1)
    may = np.isfinite(struck(problem).value)
    assert not may[problem.span_start > 0, 1].any()
    assert may[problem.span_start == 0, 1].all()
    assert may[problem.span_start > 0][:, [0, 2]].any()


def test_a_clip_with_a_second_use_may_come_again():
    problem = opened_by_one(plain(places=6, longest=3, uses=2), unit=1)
    assert np.isfinite(struck(problem).value[problem.span_start > 2, 1]).all()


def test_a_clip_that_is_bound_to_more_places_than_it_has_uses_leaves_no_edit():
    problem = plain(places=4, longest=1)
    value = problem.value.copy()
    value[[0, 2], 1:] = -np.inf
    assert not np.isfinite(struck(replace(problem, value=value)).value[:, 0]).any()
    assert solve_cut(replace(problem, value=value)).choices is None


def test_what_is_near_a_shot_that_is_sure_to_be_there_is_struck_out():
    problem = opened_by_one(plain(places=6, longest=1, uses=3), unit=1)
    window = (problem.span_start < 3)[None, :]
    cover = Cover(name="apart", touches=window, unit_group=problem.unit_clip)
    may = np.isfinite(struck(replace(problem, covers=(cover,))).value)
    assert may[:, 1].tolist() == [True, False, False, True, True]
    soft = replace(cover, weight=0.1)
    assert np.isfinite(struck(replace(problem, covers=(soft,))).value[:, 1]).all()


def test_spans_are_struck_out_from_which_a_share_cannot_be_reached():
    """One unit counts and only opens: half of the time is five of ten steps, so its span has at least that length."""
    problem = opened_by_one(plain(places=11, longest=7), unit=0)
    half = Row(name="half", span_part=problem.span_weight, unit_part=np.array([1.0, 0, 0]), low=0.5)
    may = np.isfinite(struck(replace(problem, rows=(half,))).value)
    opening = problem.span_start == 0
    assert problem.span_end[opening & may.any(axis=1)].tolist() == [5, 6, 7]


def test_counts_have_a_range_before_and_after_each_place():
    problem = plain(places=5, longest=2)
    shots = Row(name="shots", span_part=np.ones(len(problem.span_start)), unit_part=np.ones(3), high=9.0)
    found = count_range(problem, (shots,), np.isfinite(problem.value) | True)
    assert found.least_before[:, 0].tolist() == [0, 1, 1, 2, 2]
    assert found.most_before[:, 0].tolist() == [0, 1, 2, 3, 4]
    assert found.least_after[:, 0].tolist() == [2, 2, 1, 1, 0]
    assert found.most_after[:, 0].tolist() == [4, 3, 2, 1, 0]


@settings(derandomize=True, deadline=None, max_examples=80)
@given(st.integers(0, 10_000), st.integers(1, 2), st.booleans())
def test_no_best_edit_is_struck_out(seed, uses, opened):
    problem = make_problem(seed, clips=4, places=6, uses=uses, per_clip=uses, max_streak=None)
    problem = opened_by_one(problem, 0) if opened else problem
    problem = with_rules(problem, seed, rows=3, covers=1, soft_01=0.2)
    best, worth = best_by_counting(problem)
    left = best_by_counting(struck(problem))
    assert (left[0] is None) == (best is None)
    if best is not None:
        assert left[1] == pytest.approx(worth, abs=1e-12)


def one_close_up(seed):
    """As a small shoot with many constraints is: the one close-up opens and must fill a share, looks are scarce, uses of a
    clip lie apart, classes of shots change, and neighbours should differ."""
    problem = make_problem(seed, clips=10, places=17, longest=5, angles=5, uses=2, per_clip=3, max_streak=2)
    problem = opened_by_one(problem, 4)
    touches = np.abs(problem.span_start - np.arange(15)[:, None]) < 4
    value = np.where(np.arange(30) == 4, problem.value.clip(max=0.01), problem.value)
    value[problem.span_start == 0, 4] = 0.01
    rng = np.random.default_rng(seed)
    return replace(
        with_rules(problem, seed, streaks=1, follows=1, soft_01=1.0),
        value=value,
        rows=(
            Row(name="close", span_part=problem.span_weight, unit_part=np.eye(30)[4], low=0.24),
            Row(name="most", span_part=np.ones(len(value)), unit_part=np.ones(30), high=7.0),
        ),
        covers=(
            Cover(name="apart", touches=touches, unit_group=problem.unit_clip),
            Cover(name="look", touches=touches[::2], unit_group=rng.integers(-1, 6, 30)),
        ),
    )


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_many_constraints_on_little_footage_end_within_one_percent_of_the_true_optimum(seed):
    """The truth is what branch and cut finds in the whole problem, with nothing struck out and no limit of effort."""
    problem = one_close_up(seed)
    program = PathProgram(problem)
    everything = keep(path_bounds(program, program.limits.free()), -1e9)
    truth = settle(program, everything, nodes=1_000_000)
    found = solve_cut(problem)
    assert truth.choices is not None and found.choices is not None
    assert broken_limits(problem, found.choices) == ()
    assert found.objective >= 0.99 * objective(problem, truth.choices)
    assert found.bound >= objective(problem, truth.choices) - 1e-9
    assert found.gap <= 0.01

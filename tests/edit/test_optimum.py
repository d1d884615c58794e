from dataclasses import replace

import numpy as np
import pytest
from edit.made_problem import best_by_counting, make_problem, with_rules
from hypothesis import given, settings
from hypothesis import strategies as st
from rushes.edit.optimum import Effort, solve_cut
from rushes.edit.polish import Windows
from rushes.edit.problem import Choice, Row, Streak, broken_limits, objective, offences
from rushes.edit.prune import pruned

SHAPES = st.fixed_dictionaries(
    {
        "seed": st.integers(0, 10_000),
        "clips": st.integers(2, 5),
        "places": st.integers(3, 6),
        "angles": st.integers(1, 3),
        "uses": st.integers(1, 2),
        "wanted": st.integers(0, 2),
        "max_streak": st.sampled_from([None, 1, 2]),
        "unknown_angle": st.booleans(),
    }
)
WEAK = Effort(steps=3, rounds=0, windows=(), ruled_windows=())


@settings(derandomize=True, deadline=None, max_examples=120)
@given(SHAPES, st.booleans())
def test_the_answer_is_the_best_of_all_lawful_edits(shape, few):
    problem = make_problem(**shape, per_clip=shape["uses"])
    best, worth = best_by_counting(problem)
    found = solve_cut(problem, Effort(few=few))
    assert (found.choices is None) == (best is None)
    if found.choices is not None:
        assert broken_limits(problem, found.choices) == ()
        assert found.objective == pytest.approx(objective(problem, found.choices), abs=1e-12)
        assert found.objective == pytest.approx(worth, abs=1e-6)
        assert found.bound >= worth - 1e-6


@settings(derandomize=True, deadline=None, max_examples=60)
@given(SHAPES)
def test_the_bound_is_never_below_the_best_edit_however_little_effort_is_spent(shape):
    problem = make_problem(**shape, per_clip=shape["uses"])
    _, worth = best_by_counting(problem)
    found = solve_cut(problem, WEAK)
    assert found.bound >= worth - 1e-9
    assert 0.0 <= found.gap <= 1.0


RULES = st.fixed_dictionaries(
    {
        "rows": st.integers(0, 3),
        "covers": st.integers(0, 1),
        "streaks": st.integers(0, 2),
        "sequences": st.integers(0, 1),
        "follows": st.integers(0, 1),
        "soft_01": st.sampled_from([0.0, 0.5, 1.0]),
    }
)


@settings(derandomize=True, deadline=None, max_examples=120)
@given(SHAPES, RULES, st.booleans())
def test_the_answer_is_the_best_of_all_edits_that_keep_the_rules(shape, rules, few):
    problem = with_rules(make_problem(**shape, per_clip=shape["uses"]), shape["seed"], **rules)
    best, worth = best_by_counting(problem)
    found = solve_cut(problem, Effort(few=few))
    assert (found.choices is None) == (best is None)
    if found.choices is not None:
        assert broken_limits(problem, found.choices) == ()
        assert found.objective == pytest.approx(objective(problem, found.choices), abs=1e-12)
        assert found.objective == pytest.approx(worth, abs=1e-6)
        assert found.bound >= worth - 1e-6


@settings(derandomize=True, deadline=None, max_examples=60)
@given(SHAPES, RULES)
def test_the_bound_is_never_below_the_best_edit_that_keeps_the_rules(shape, rules):
    problem = with_rules(make_problem(**shape, per_clip=shape["uses"]), shape["seed"], **rules)
    _, worth = best_by_counting(problem)
    assert solve_cut(problem, WEAK).bound >= worth - 1e-9


@pytest.mark.parametrize("uses", [1, 2])
def test_a_large_problem_comes_within_half_a_percent_of_its_bound(uses):
    problem = make_problem(7, clips=60, places=41, longest=6, angles=3, uses=uses, per_clip=uses)
    found = solve_cut(problem)
    assert found.choices is not None
    assert broken_limits(problem, found.choices) == ()
    assert found.gap <= 0.005


def test_the_same_problem_has_the_same_answer_every_time():
    problem = make_problem(3, clips=30, places=31, longest=5, angles=3)
    first, second = solve_cut(problem), solve_cut(problem)
    assert first.choices == second.choices
    assert (first.objective, first.bound) == (second.objective, second.bound)


def test_windows_better_an_edit_that_the_proof_could_not_reach():
    problem = make_problem(5, clips=24, places=41, longest=3, angles=2)
    without = solve_cut(problem, Effort(steps=10, rounds=0, windows=()))
    polished = solve_cut(
        problem, Effort(steps=10, rounds=0, windows=(Windows(gap=5e-4, choices=250, rounds=3),))
    )
    assert without.choices is not None
    assert polished.objective > without.objective
    assert polished.objective <= polished.bound


def test_an_edit_found_by_counting_alone_comes_near_its_bound():
    """Nearly all clips are needed: no path of the relaxation can be made lawful."""
    problem = make_problem(1, clips=14, places=41, longest=6, angles=3)
    found = solve_cut(problem)
    assert found.choices is not None
    assert broken_limits(problem, found.choices) == ()
    assert found.gap <= 0.02


def test_a_clip_that_must_be_used_is_used_although_others_are_better():
    problem = make_problem(11, clips=12, places=9, longest=3, wanted=1)
    wanted = np.flatnonzero(problem.wanted[0])
    problem.value[:, np.isin(problem.unit_clip, wanted)] *= 0.01
    found = solve_cut(problem)
    assert found.choices is not None
    assert any(problem.unit_clip[choice.unit] in wanted for choice in found.choices)


def test_too_little_footage_has_no_answer_and_a_bound_that_says_so():
    found = solve_cut(make_problem(1, clips=2, places=12, longest=3))
    assert found.choices is None
    assert found.bound == -np.inf


def test_an_edit_whose_shots_are_fixed_but_for_a_few_is_found_among_these_alone():
    problem = make_problem(7, clips=60, places=41, longest=6, angles=3)
    problem = with_rules(problem, 7, rows=2, streaks=1, soft_01=1.0)
    whole = solve_cut(problem).choices
    assert whole is not None
    open_spans = whole[4:7]
    start, end = problem.span_start[open_spans[0].span], problem.span_end[open_spans[-1].span]
    inside = (problem.span_start >= start) & (problem.span_end <= end)
    value = np.where(inside[:, None], problem.value, -np.inf)
    fixed = (*whole[:4], *whole[7:])
    for choice in fixed:
        value[choice.span, choice.unit] = problem.value[choice.span, choice.unit]
    locked = replace(problem, value=value)
    smaller = pruned(locked)
    assert smaller is not None
    assert len(smaller.problem.span_start) < len(problem.span_start) / 2
    again = solve_cut(locked)
    assert again.choices is not None
    assert set(fixed) <= set(again.choices)
    assert again.objective >= objective(problem, whole) - 1e-9
    assert again.objective == pytest.approx(again.bound, rel=1e-3)


def test_offences_are_told_with_their_size_and_soft_ones_cost_their_weight():
    problem = make_problem(3, clips=4, places=5, longest=1, angles=1, max_streak=None)
    problem.value[:] = 0.5
    edit = tuple(Choice(span, span) for span in range(4))
    three = Row(name="three", span_part=np.ones(4), unit_part=np.ones(4), high=3.0, weight=0.25)
    streak = Streak(name="angles", class_of_kind=np.zeros(1, dtype=np.int64), most=3, weight=None)
    ruled = replace(problem, rows=(three,), streaks=(streak,))
    assert offences(ruled, edit) == pytest.approx({"three": 1.0, "angles": 0.25})
    assert broken_limits(ruled, edit) == ("angles",)
    assert objective(ruled, edit) == pytest.approx(objective(problem, edit) - 0.25)


def test_an_edit_with_ten_soft_rules_comes_within_two_percent_of_its_bound():
    problem = make_problem(7, clips=60, places=41, longest=6, angles=4, max_streak=2)
    problem = with_rules(problem, 5, rows=5, streaks=2, sequences=1, follows=2, soft_01=1.0)
    found = solve_cut(problem)
    assert found.choices is not None
    assert broken_limits(problem, found.choices) == ()
    assert found.gap <= 0.02

from dataclasses import replace

import numpy as np
import pytest
from edit.made_problem import best_by_counting, make_problem
from edit.made_rules import ruled_problem
from hypothesis import given, settings
from hypothesis import strategies as st
from rushes.edit import feasible
from rushes.edit.feasible import lawful_edit, reach_of_row
from rushes.edit.fill import furthest_place
from rushes.edit.problem import Cover, Row, broken_limits


@settings(derandomize=True, deadline=None, max_examples=80)
@given(st.integers(0, 100_000))
def test_an_edit_that_keeps_every_hard_rule_is_found_exactly_where_there_is_one(seed):
    problem = ruled_problem(seed, places=5, clips=3)
    best, _ = best_by_counting(problem)
    found = lawful_edit(problem)
    assert found.is_proof == (best is None)
    assert (found.choices is not None) == (best is not None)
    if found.choices is not None:
        assert broken_limits(problem, found.choices) == ()
        assert furthest_place(problem) == problem.place_count - 1


def plain_problem(clips, places, longest=1):
    """Clips that fit every span, one use each."""
    problem = make_problem(0, clips=clips, places=places, longest=longest, angles=1, max_streak=None)
    problem.value[:] = 0.0
    return problem


def test_clips_that_are_alike_take_turns_so_that_their_takes_lie_apart():
    problem = plain_problem(3, 7)
    starts = np.arange(5)[:, None]
    touches = (problem.span_start >= starts) & (problem.span_start < starts + 3)
    apart = Cover(name="apart", touches=touches, unit_group=problem.unit_clip)
    twice = replace(problem, unit_limit=problem.unit_limit * 2, clip_limit=problem.clip_limit * 2)
    found = lawful_edit(replace(twice, covers=(apart,)))
    assert found.choices is not None
    clips = [int(problem.unit_clip[one.unit]) for one in found.choices]
    assert clips[:3] == clips[3:]
    assert sorted(clips[:3]) == [0, 1, 2]
    two = replace(twice, value=twice.value[:, :2], unit_limit=np.array([3, 3]), clip_limit=np.array([3, 3]))
    two = replace(two, unit_clip=two.unit_clip[:2], unit_kind=two.unit_kind[:2], wanted=two.wanted[:, :2])
    assert lawful_edit(replace(two, covers=(replace(apart, unit_group=np.arange(2)),))).is_proof


@pytest.mark.parametrize("seed", [109, 127, 279, 291])
def test_where_the_takes_of_one_path_cannot_be_kept_apart_another_path_is_drawn(seed, monkeypatch):
    monkeypatch.setattr(feasible, "MOST_APART", 0)
    problem = make_problem(seed, clips=4, places=9, longest=3, angles=1, uses=2, per_clip=3, max_streak=None)
    found = lawful_edit(problem)
    assert found.choices is not None
    assert broken_limits(problem, found.choices) == ()


def test_a_large_problem_has_an_edit_of_the_only_length_that_fills_it():
    problem = plain_problem(40, 41, longest=8)
    problem.value[problem.span_end - problem.span_start != 5] = -np.inf
    found = lawful_edit(problem)
    assert found.choices is not None
    assert len(found.choices) == 8


def test_what_a_count_can_reach_is_bounded_by_the_footage():
    problem = plain_problem(9, 7)
    part = np.array([1.0, 1.0] + [0.0] * 7)
    row = Row(name="two", span_part=np.ones(len(problem.span_start)), unit_part=part)
    assert reach_of_row(replace(problem, rows=(row,)), 0) == (0.0, 2.0)
    assert lawful_edit(replace(problem, rows=(replace(row, low=3.0),))).is_proof

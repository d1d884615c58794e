"""The best edit of few clips, followed exactly."""

from dataclasses import replace

import numpy as np
from edit.made_problem import best_by_counting, make_problem
from rushes.edit.few import best_of_few, is_few
from rushes.edit.problem import broken_limits, objective
from rushes.edit.relax import PathProgram


def test_the_best_of_few_is_the_best_of_all():
    problem = make_problem(4, clips=3, places=7, longest=3, angles=2, uses=2, per_clip=2, wanted=1)
    best, worth = best_by_counting(problem)
    found = best_of_few(PathProgram(problem))
    assert best is not None
    assert broken_limits(problem, found) == ()
    assert abs(objective(problem, found) - worth) < 1e-9


def test_three_clips_that_cannot_fill_fifty_places_are_refused():
    problem = make_problem(1, clips=3, places=50, longest=12)
    assert is_few(PathProgram(problem))
    assert best_of_few(PathProgram(problem)) is None


def test_a_clip_that_must_be_used_decides_even_where_it_is_worth_nothing():
    problem = make_problem(11, clips=4, places=6, longest=3, wanted=1)
    wanted = np.flatnonzero(problem.wanted[0])
    value = problem.value.copy()
    value[:, np.isin(problem.unit_clip, wanted)] *= 0.01
    found = best_of_few(PathProgram(replace(problem, value=value)))
    assert any(problem.unit_clip[choice.unit] in wanted for choice in found)


def test_many_clips_and_pieces_with_limits_of_their_own_are_left_to_the_relaxation():
    assert not is_few(PathProgram(make_problem(7, clips=40, places=20, longest=4)))
    problem = make_problem(7, clips=3, places=6, uses=1, per_clip=2)
    assert is_few(PathProgram(problem)) == bool(
        np.all(problem.unit_limit >= problem.clip_limit[problem.unit_clip])
    )

import numpy as np
import pytest
from edit.made_problem import best_by_counting, make_problem, with_rules
from hypothesis import given, settings
from hypothesis import strategies as st
from rushes.edit.beam import Beam, grown, grown_whole, regrown
from rushes.edit.grow_part import Ground
from rushes.edit.problem import broken_limits, objective
from rushes.edit.relax import PathProgram

WIDE = Beam(width=3_000, alike=3_000, of_kind=100)


def ground_of(problem):
    program = PathProgram(problem)
    return Ground(program, program.limits.free())


@settings(derandomize=True, deadline=None, max_examples=40)
@given(st.integers(0, 10_000), st.integers(1, 2))
def test_where_every_beginning_lives_on_the_best_edit_grows(seed, uses):
    problem = make_problem(seed, clips=4, places=5, uses=uses, per_clip=uses, max_streak=None)
    problem = with_rules(problem, seed, rows=2, covers=1, streaks=1, follows=1, soft_01=0.3)
    best, worth = best_by_counting(problem)
    if PathProgram(problem).states.count == 0:
        return
    found = grown(ground_of(problem), WIDE)
    assert (found is None) == (best is None)
    if found is not None:
        assert broken_limits(problem, found) == ()
        assert objective(problem, found) == pytest.approx(worth, abs=1e-9)


@settings(derandomize=True, deadline=None, max_examples=25)
@given(st.integers(0, 10_000))
def test_a_part_grown_anew_is_never_worse_and_the_rest_stays(seed):
    problem = with_rules(
        make_problem(seed, clips=14, places=17, longest=4, angles=3), seed, rows=2, covers=1, soft_01=0.7
    )
    ground = ground_of(problem)
    edit = grown(ground, Beam(width=3, alike=1, of_kind=1))
    if edit is None:
        return
    again = regrown(ground, edit, 2, 3, Beam(width=60, alike=4, of_kind=6))
    assert objective(problem, again) >= objective(problem, edit)
    assert broken_limits(problem, again) == ()
    assert again[:2] == edit[:2]
    assert again[len(again) - (len(edit) - 5) :] == edit[5:]


def test_few_beginnings_find_a_lawful_edit_where_many_would():
    problem = make_problem(7, clips=60, places=41, longest=6, angles=4, max_streak=2)
    problem = with_rules(problem, 5, rows=2, covers=1, streaks=2, soft_01=0.0)
    few = grown(ground_of(problem), Beam(width=20, alike=4, of_kind=3))
    assert few is not None and broken_limits(problem, few) == ()
    assert np.isfinite(objective(problem, few))


@settings(derandomize=True, deadline=None, max_examples=40)
@given(st.integers(0, 10_000), st.integers(1, 2))
def test_all_edits_side_by_side_prove_the_best_or_say_that_they_do_not(seed, most_exponent):
    problem = make_problem(seed, clips=4, places=6, uses=2, per_clip=2, max_streak=2)
    problem = with_rules(problem, seed, rows=2, covers=1, streaks=1, follows=1, soft_01=0.5)
    best, worth = best_by_counting(problem)
    if PathProgram(problem).states.count == 0:
        return
    found, is_proven = grown_whole(ground_of(problem), 30**most_exponent, None)
    if is_proven:
        assert (found is None) == (best is None)
    if found is not None:
        assert broken_limits(problem, found) == ()
        assert objective(problem, found) <= worth + 1e-9
        assert not is_proven or objective(problem, found) == pytest.approx(worth, abs=1e-9)


def test_too_many_beginnings_prove_nothing():
    problem = make_problem(7, clips=60, places=41, longest=6, angles=4, max_streak=2)
    assert not grown_whole(ground_of(problem), 5, None)[1]

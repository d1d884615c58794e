import numpy as np
from edit.made_problem import best_by_counting, make_problem
from edit.made_rules import ruled_problem
from hypothesis import given, settings
from hypothesis import strategies as st
from rushes.edit.feasible import lawful_edit
from rushes.edit.fill import furthest_place
from rushes.edit.problem import broken_limits


@settings(derandomize=True, deadline=None, max_examples=150)
@given(st.integers(0, 100_000))
def test_an_edit_that_keeps_every_hard_rule_is_found_exactly_where_there_is_one(seed):
    problem = ruled_problem(seed)
    best, _ = best_by_counting(problem)
    found = lawful_edit(problem)
    assert found.is_proof == (best is None)
    assert (found.choices is not None) == (best is not None)
    if found.choices is not None:
        assert broken_limits(problem, found.choices) == ()
        assert furthest_place(problem) == problem.place_count - 1

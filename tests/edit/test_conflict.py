from itertools import combinations

import numpy as np
from edit.made_rules import ruled_problem
from hypothesis import given, settings
from hypothesis import strategies as st
from rushes.edit.conflict import Verdict, asker, kept_by, names_in, smallest_conflict
from rushes.edit.problem import Choice, broken_limits

NAMES = tuple("abcdefg")


def asked_of(conflicts):
    """Answers where exactly these sets, and all that hold one of them, are in conflict; what is kept is as asked."""
    calls = []

    def ask(names):
        calls.append(names)
        broken = any(conflict <= names for conflict in conflicts)
        return Verdict(None, is_proof=True) if broken else Verdict(names)

    return ask, calls


@settings(derandomize=True, deadline=None, max_examples=200)
@given(
    st.lists(st.frozensets(st.sampled_from(NAMES), min_size=1, max_size=5), max_size=5),
    st.frozensets(st.sampled_from(NAMES)),
)
def test_the_conflict_found_is_as_small_as_the_smallest_of_all(conflicts, easy):
    ask, calls = asked_of(conflicts)
    found = smallest_conflict(NAMES, ask, easy=easy)
    assert len(set(calls)) == len(calls)
    if not conflicts:
        assert found is None
        return
    assert found is not None
    assert found.is_smallest
    assert frozenset(found.members) in conflicts
    assert len(found.members) == min(len(conflict) for conflict in conflicts)
    assert found.members == tuple(sorted(found.members))


def test_a_question_without_an_answer_leaves_the_size_of_the_conflict_unproven():
    ask, _ = asked_of([frozenset("abc")])

    def doubtful(names):
        return Verdict(None) if names == frozenset("fg") else ask(names)

    found = smallest_conflict(NAMES, doubtful)
    assert found is not None
    assert found.members == ("a", "b", "c")
    assert not found.is_smallest


def test_questions_that_run_out_are_not_taken_for_a_proof():
    ask, calls = asked_of([frozenset("abcde")])
    assert smallest_conflict(NAMES, ask, questions=9) is None
    assert len(calls) == 9


def every_edit(problem):
    """All that fit and keep the uses of clips and pieces, by counting."""
    stack = [(0, ())]
    while stack:
        place, choices = stack.pop()
        if place == problem.place_count - 1:
            if not {"clip_limit", "unit_limit"} & set(broken_limits(problem, choices)):
                yield choices
            continue
        for span in np.flatnonzero(problem.span_start == place).tolist():
            for unit in np.flatnonzero(np.isfinite(problem.value[span])).tolist():
                stack.append((int(problem.span_end[span]), (*choices, Choice(span, unit))))


@settings(derandomize=True, deadline=None, max_examples=25)
@given(st.integers(0, 100_000))
def test_the_smallest_conflict_of_small_problems_is_that_of_all_subsets(seed):
    problem = ruled_problem(seed, places=5, clips=2, most_rules=4)
    names = names_in(problem)
    found = smallest_conflict(names, asker(lambda _: (problem,), frozenset()), easy=frozenset(names[:2]))
    kept = {kept_by(problem, choices) for choices in every_edit(problem)}
    sizes = (
        size
        for size in range(len(names) + 1)
        for members in combinations(names, size)
        if not any(frozenset(members) <= one for one in kept)
    )
    smallest = next(sizes, None)
    if smallest is None:
        assert found is None
        return
    assert found is not None
    assert found.is_smallest
    assert len(found.members) == smallest
    assert not any(frozenset(found.members) <= one for one in kept)

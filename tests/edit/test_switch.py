"""The problem of an edit with some of its constraints and without the others.

Its recipe has three hard constraints: `few`, which is a rule of the problem, and `bare` and `short`, which are none and so
have left their mark in the values; and a soft one.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from edit.made_problem import make_problem
from rushes.edit.problem import Row, Streak
from rushes.edit.switch import Switches, limited_to, without
from rushes.errors import ConstraintError, Problem
from rushes.recipe.constraint_spec import ConstraintSpec
from rushes.recipe.spec import EditSpec

FEW, BARE, SHORT, SOFT = (f"edit.constraints.{name}" for name in ("few", "bare", "short", "soft"))
USES, STREAK, NEVER, SCORE = (
    f"edit.{name}" for name in ("max_uses_per_clip", "max_same_angle_streak", "never_use", "min_score_01")
)
EDIT = EditSpec(
    constraints=(
        ConstraintSpec(name="few", count="shot_type == 'wide'", max=2),
        ConstraintSpec(name="bare", every="sharpness_01 > 0.2"),
        ConstraintSpec(name="soft", first="shot_type == 'wide'", weight=0.3),
        ConstraintSpec(name="short", length="shot_type == 'wide'", max_s=2),
    ),
    never_use=("logo*",),
    min_score_01=0.25,
    max_uses_per_clip=2,
    max_same_angle_streak=3,
)
MOST = 9


def problem_of(**changes):
    problem = make_problem(0, clips=4, places=5, wanted=1, max_streak=2)
    ones = np.ones(len(problem.span_start))
    row = Row(name=FEW, span_part=ones, unit_part=np.ones(len(problem.unit_clip)), high=2.0)
    soft = replace(row, name=SOFT, weight=0.3)
    return replace(problem, rows=(row, soft), **changes)


def switches(whole=None, edit=EDIT, prepare=None):
    return Switches(
        edit=edit,
        whole=whole or problem_of(),
        prepare=prepare or (lambda _edit: problem_of()),
        most_uses=MOST,
    )


def test_what_can_be_switched_are_the_hard_constraints_of_the_recipe_and_then_its_limits():
    assert list(switches().hard) == [FEW, BARE, SHORT]
    assert switches().names == (FEW, BARE, SHORT, USES, STREAK, "edit.must_use.0", NEVER, SCORE)


def test_limits_that_the_recipe_has_not_cannot_be_switched():
    edit = replace(EDIT, never_use=(), min_score_01=0.0)
    assert switches(edit=edit).names == (FEW, BARE, SHORT, USES, STREAK, "edit.must_use.0")
    free = problem_of(max_streak=None, wanted=np.zeros((0, 4), dtype=bool), apart=True)
    assert switches(free, edit).names == (FEW, BARE, SHORT, USES, "neighbours")


def test_only_what_left_its_mark_in_footage_or_values_needs_them_prepared_anew():
    assert switches().anew == {BARE, SHORT, USES, NEVER, SCORE}
    edit = replace(EDIT, never_use=(), min_score_01=0.0)
    assert switches(edit=edit).anew == {BARE, SHORT, USES}


def test_what_is_asked_along_costs_nothing():
    assert switches().easy == {BARE, SHORT, USES, NEVER, SCORE, "edit.must_use.0"}
    assert "neighbours" in switches(problem_of(apart=True)).easy


def test_the_streak_of_an_angle_is_that_of_the_problem_or_of_its_rule_else_there_is_none():
    assert switches().streak == 2
    rule = Streak(name=STREAK, class_of_kind=np.array([0, 1]), most=4)
    other = replace(rule, name=FEW, most=1)
    assert switches(problem_of(max_streak=None, streaks=(other, rule))).streak == 4
    assert switches(problem_of(max_streak=None, streaks=(other,))).streak == MOST


def asked(names, **changes):
    """The recipes that are prepared for problems with these names, and how many problems come."""
    seen = []

    def prepare(edit):
        seen.append(edit)
        return problem_of()

    found = list(switches(prepare=prepare, **changes).problems_with(frozenset(names)))
    return seen, len(found)


def test_with_all_that_left_its_mark_the_problem_is_that_of_the_whole_recipe():
    made = switches(prepare=lambda _edit: pytest.fail("nothing is prepared"))
    assert list(made.problems_with(made.anew)) == [made.whole]
    assert list(made.problems_with(made.anew | {FEW})) == [made.whole]


def test_without_some_of_it_footage_is_prepared_for_the_recipe_without_them():
    (edit,), count = asked({USES, NEVER, SCORE, SHORT})
    assert count == 1
    assert [spec.name for spec in edit.constraints] == ["few", "soft", "short"]
    assert (edit.never_use, edit.min_score_01, edit.max_uses_per_clip) == (("logo*",), 0.25, 2)
    (edit,), _ = asked({USES, BARE, SHORT})
    assert edit == replace(EDIT, never_use=(), min_score_01=0.0)


def test_without_a_limit_on_uses_footage_is_left_whole_or_divided_as_for_many():
    seen, count = asked({BARE, SHORT, NEVER, SCORE})
    assert count == 2
    assert seen == [EDIT, replace(EDIT, max_uses_per_clip=MOST)]


def test_a_recipe_is_prepared_once_however_often_it_is_asked_for():
    seen = []

    def prepare(edit):
        seen.append(edit)
        return problem_of()

    made = switches(prepare=prepare)
    first = list(made.problems_with(frozenset({USES, NEVER, SCORE})))
    assert list(made.problems_with(frozenset({USES, NEVER, SCORE, FEW}))) == first
    assert len(seen) == 1


def test_where_no_footage_is_left_there_is_no_problem_and_nobody_asks_again():
    seen = []

    def prepare(edit):
        seen.append(edit)
        raise ConstraintError(Problem(None, "no footage is left", "add some"))

    made = switches(prepare=prepare)
    for _ in range(2):
        assert list(made.problems_with(frozenset({USES}))) == []
    assert len(seen) == 1


@pytest.mark.parametrize(
    ("names", "changes"),
    [
        ((), {}),
        ((USES,), {"max_uses_per_clip": MOST}),
        ((NEVER,), {"never_use": ()}),
        ((SCORE,), {"min_score_01": 0.0}),
        ((FEW, BARE, SHORT, SOFT), {"constraints": ()}),
        ((SHORT, USES), {"constraints": EDIT.constraints[:3], "max_uses_per_clip": MOST}),
        ((STREAK, "edit.must_use.0"), {}),
    ],
)
def test_a_recipe_without_some_of_its_constraints_is_otherwise_the_same(names, changes):
    assert without(EDIT, frozenset(names), MOST) == replace(EDIT, **changes)


def test_a_recipe_limited_to_some_constraints_has_no_others_but_its_uses():
    nothing = replace(EDIT, constraints=(), never_use=(), min_score_01=0.0, max_same_angle_streak=MOST)
    assert limited_to(EDIT, frozenset(), MOST) == nothing
    assert limited_to(EDIT, frozenset({FEW, STREAK}), MOST) == replace(
        nothing, constraints=EDIT.constraints[:1], max_same_angle_streak=3
    )
    assert limited_to(EDIT, frozenset({NEVER, SCORE}), MOST) == replace(
        nothing, never_use=("logo*",), min_score_01=0.25
    )

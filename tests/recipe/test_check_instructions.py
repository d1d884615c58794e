"""Instructions and reasons of deletions that cannot be followed are told when the recipe is loaded."""

from __future__ import annotations

import pytest
from instruction_samples import HEAD, with_instruction
from recipe_samples import Folder, marked


def test_values_that_do_not_fit_each_other_are_told_at_the_instruction(folder: Folder) -> None:
    text = with_instruction("edit.min_shot_s: 5").replace("      set:", "      §set:")
    text, place = marked(text)
    assert folder.problems(text) == (
        f"{place}: the instruction it makes an edit that cannot be: min_shot_s=5.0 is above max_shot_s=4.0\n"
        "    fix: change what it sets"
    )


def test_values_of_one_instruction_are_judged_together(folder: Folder) -> None:
    resolved = folder.load(with_instruction("edit.min_shot_s: 5\nedit.max_shot_s: 6"))
    (it,) = [one for one in resolved.recipe.edit.instructions if one.name == "it"]
    assert dict(it.set) == {"edit.min_shot_s": 5, "edit.max_shot_s": 6}


def test_each_instruction_is_followed_on_the_recipe_as_it_is(folder: Folder) -> None:
    text = with_instruction("edit.max_shot_s: 6")
    text += "    other:\n      says: Do that.\n      set:\n        edit.min_shot_s: 5\n"
    told = folder.problems(text)
    assert told.count("    fix: ") == 1
    assert "the instruction other makes an edit that cannot be: min_shot_s=5.0" in told


def test_what_the_instruction_before_had_wrong_hides_nothing_of_the_next(folder: Folder) -> None:
    text = with_instruction("edit.max_shots: 6")
    text += "    other:\n      says: Do that.\n      set:\n        edit.min_shot_s: 5\n"
    told = folder.problems(text)
    assert "there is no max_shots in edit" in told
    assert "the instruction other makes an edit that cannot be: min_shot_s=5.0" in told


def test_an_instruction_that_cannot_be_read_is_not_judged_as_a_whole_as_well(folder: Folder) -> None:
    told = folder.problems(with_instruction("edit.min_shot_s: 5\nedit.max_shots: 6"))
    assert told.count("    fix: ") == 1
    assert "there is no max_shots in edit" in told


@pytest.mark.parametrize(
    ("lines", "what"),
    [
        (
            "edit.constraints.calm: {every: §dull_01 > 2}",
            "dull_01 is neither a column nor a threshold",
        ),
        (
            "edit.grid: free\nedit.constraints.calm: {every: §dull_01 > 2}",
            "dull_01 is neither a column nor a threshold",
        ),
        (
            "edit.constraints.long: {length: kind == 'still', §min_s: 9}",
            "edit.constraints.long wants shots of 9 s, but no shot is longer than 4 s",
        ),
        (
            "edit.constraints.beat: {§cuts: beat}",
            "edit.constraints.beat follows the song, but the recipe has none",
        ),
    ],
)
def test_constraints_that_an_instruction_adds_are_judged_as_those_of_the_recipe(
    folder: Folder, lines: str, what: str
) -> None:
    text, place = marked(with_instruction(lines))
    assert folder.problems(text).startswith(f"{place}: {what}")


def test_constraints_that_an_instruction_adds_are_judged_beside_what_it_sets(folder: Folder) -> None:
    lines = "edit.max_shot_s: 10\nedit.constraints.long: {length: kind == 'still', min_s: 9}"
    resolved = folder.load(with_instruction(lines))
    (it,) = [one for one in resolved.recipe.edit.instructions if one.name == "it"]
    assert list(dict(it.set)) == ["edit.max_shot_s", "edit.constraints.long"]


@pytest.mark.parametrize(
    ("lower", "what"),
    [
        ("§dull_01", "dull_01 is neither a column nor a threshold"),
        ("§kind", "the value is text"),
    ],
)
def test_a_reason_whose_expression_is_wrong_is_told(folder: Folder, lower: str, what: str) -> None:
    text, place = marked(f"{HEAD}  delete_reasons:\n    dull: {{lower: {lower}}}\n")
    told = folder.problems(text)
    assert told.startswith(f"{place}: {what}") and told.count("    fix: ") == 1


@pytest.mark.parametrize(
    "lower", ["same_clip", "kind == 'still'", "shake_01", "shake_01 > 0.5 and same_clip"]
)
def test_a_reason_may_speak_of_what_is_seen_and_of_the_clip_that_was_deleted(
    folder: Folder, lower: str
) -> None:
    recipe = folder.load(f'{HEAD}  delete_reasons:\n    wrong: {{lower: "{lower}", by: 0.8}}\n').recipe
    assert recipe.edit is not None
    assert [(reason.name, reason.by) for reason in recipe.edit.delete_reasons] == [("wrong", 0.8)]

"""What instructions make of a recipe, by arithmetic, and what of it cannot be done.

Of edit the recipe has min_shot_s 1, max_shot_s 4 and max_uses_per_clip 2.
"""

from __future__ import annotations

from typing import Any

import pytest
from instruction_samples import HEAD, with_instruction
from recipe_samples import TABLE, Folder, marked
from rushes.recipe.instructions import instructed


def value_of(found: Any, path: str) -> Any:
    for key in path.split("."):
        found = getattr(found, key) if hasattr(found, key) else found[key]
    return list(found) if isinstance(found, tuple | list) else found


@pytest.mark.parametrize(
    ("lines", "path", "value"),
    [
        ("edit.max_shot_s: x0.5", "edit.max_shot_s", 2.0),
        ("edit.max_shot_s: x .5", "edit.max_shot_s", 2.0),
        ("edit.max_shot_s: x2.", "edit.max_shot_s", 8.0),
        ("edit.max_shot_s: add 1.5", "edit.max_shot_s", 5.5),
        ("edit.max_shot_s: add +1.5", "edit.max_shot_s", 5.5),
        ("edit.max_shot_s: add -1.5", "edit.max_shot_s", 2.5),
        ("edit.max_shot_s: 1500ms", "edit.max_shot_s", 1.5),
        ("edit.max_uses_per_clip: x0.6", "edit.max_uses_per_clip", 1),
        ("edit.max_uses_per_clip: x1.25", "edit.max_uses_per_clip", 3),  # 2.5: a half rounds up
        ("edit.max_uses_per_clip: x1.2", "edit.max_uses_per_clip", 2),
        ("edit.max_uses_per_clip: x0.1", "edit.max_uses_per_clip", 1),
        ("edit.weights.energy: add 0.4", "edit.weights.energy", 0.4),
        ("edit.weights.energy: x3", "edit.weights.energy", 0.0),  # what the recipe has not, counts as 0
        ("edit.energy_bias_01: add 7", "edit.energy_bias_01", 1.0),
        ("edit.energy_bias_01: add -7", "edit.energy_bias_01", -1.0),
        ("style.pacing_patterns.cuts_per_beat: x1.5", "style.pacing_patterns.cuts_per_beat", 0.75),
        (
            "style.shot_patterns.shot_types.close_up: x2",
            "style.shot_patterns.shot_types.close_up",
            0.7,
        ),
        (
            "style.energy_matching.low_energy_sections.motion_preference: [fast_pan]",
            "style.energy_matching.low_energy_sections.motion_preference",
            ["fast_pan"],
        ),
    ],
)
def test_a_value_a_factor_and_a_sum_are_followed(folder: Folder, lines: str, path: str, value: Any) -> None:
    assert value_of(instructed(folder.load(with_instruction(lines)), "it", TABLE), path) == value


@pytest.mark.parametrize(
    ("lines", "lengths"),
    [
        ("edit.max_shot_s: x0.25", (1, 1)),
        ("edit.max_shot_s: x0.1", (1, 1)),
        ("edit.min_shot_s: x9", (4, 4)),
        ("edit.min_shot_s: add 3", (4, 4)),
        ("edit.min_shot_s: x9\nedit.max_shot_s: x0.5", (9, 9)),
        ("edit.min_shot_s: 3\nedit.max_shot_s: x0.5", (3, 3)),
        ("edit.min_shot_s: x3\nedit.max_shot_s: 2", (2, 2)),
    ],
)
def test_a_factor_takes_the_bounds_of_a_shot_no_further_than_to_each_other(
    folder: Folder, lines: str, lengths: tuple[float, float]
) -> None:
    edit = instructed(folder.load(with_instruction(lines)), "it", TABLE).edit
    assert (edit.min_shot_s, edit.max_shot_s) == lengths


def test_one_bound_alone_is_followed_as_well(folder: Folder) -> None:
    lines = "edit.min_shot_s: x0.5"
    head = HEAD.replace("  max_shot_s: 4\n", "")
    assert instructed(folder.load(with_instruction(lines, head)), "it", TABLE).edit.min_shot_s == 0.5


def test_what_is_computed_has_no_more_than_nine_digits(folder: Folder) -> None:
    lines = "edit.max_shot_s: x1.00000000037"
    assert instructed(folder.load(with_instruction(lines)), "it", TABLE).edit.max_shot_s == 4.000000001


def test_entries_are_followed_in_the_order_in_which_they_stand(folder: Folder) -> None:
    lines = "edit.weights: {energy: 2}\nedit.weights.energy: x3\nedit.weights.clean: 0.5"
    edit = instructed(folder.load(with_instruction(lines)), "it", TABLE).edit
    assert edit.weights == {"energy": 6, "clean": 0.5}


def test_a_constraint_is_added(folder: Folder) -> None:
    lines = "edit.constraints.calm: {every: sharp_01 > 0.2, weight: 0.3}"
    edit = instructed(folder.load(with_instruction(lines)), "it", TABLE).edit
    assert [(one.name, one.every, one.weight) for one in edit.constraints] == [
        ("calm", "sharp_01 > 0.2", 0.3)
    ]


WHOLE = "write the value that it shall have"


@pytest.mark.parametrize(
    ("lines", "what", "fix"),
    [
        (
            "§edit.max_shots: 3",
            "the instruction it sets edit.max_shots, but there is no max_shots in edit",
            "did you mean max_shot_s? in edit: ",
        ),
        (
            "§score.max: 3",
            "the instruction it sets score.max, but there is no score",
            "sections: style, edit",
        ),
        (
            "§style.pacing_patterns.fast: 3",
            "the instruction it sets style.pacing_patterns.fast, but there is no fast in style.pacing_patterns",
            "in style.pacing_patterns: ",
        ),
        ("§edit: x2", "the instruction it sets all of edit", "name what in it, such as edit.grid"),
        (
            "§edit.duration_s: x2",
            "the instruction it sets edit.duration_s, which a section cannot have for itself",
            "take it away, and change it in the recipe",
        ),
        (
            "§edit.titles: {}",
            "the instruction it sets edit.titles, which a section cannot have for itself",
            "take it away, and change it in the recipe",
        ),
        ("edit.max_shot_s: §soon", "edit.max_shot_s is 'soon', which is not a time", ""),
        ("edit.grid: §x2", "the instruction it takes edit.grid x2, but that is no number", WHOLE),
        (
            "edit.max_same_angle_streak: §x2",
            "the instruction it takes edit.max_same_angle_streak x2, but that is no number",
            WHOLE,
        ),
        ("edit.weights: §add 2", "the instruction it takes edit.weights add 2, but that is no number", WHOLE),
        (
            "edit.max_shot_s: §add -9",
            "the instruction it takes edit.max_shot_s from 4 to nothing",
            "give a factor above 0, or a smaller sum",
        ),
        (
            "edit.max_shot_s: §add -4",
            "the instruction it takes edit.max_shot_s from 4 to nothing",
            "give a factor above 0, or a smaller sum",
        ),
        (
            "edit.max_shot_s: §x0",
            "the instruction it takes edit.max_shot_s from 4 to nothing",
            "give a factor above 0, or a smaller sum",
        ),
        ("edit.grid: §bar", "edit.grid cannot be the text 'bar'", ""),
        ("edit.max_shot_s: §x-2", "edit.max_shot_s is 'x-2', which is not a time", ""),
    ],
)
def test_what_cannot_be_followed_is_told_where_it_stands(
    folder: Folder, lines: str, what: str, fix: str
) -> None:
    text, place = marked(with_instruction(lines))
    told = folder.problems(text)
    assert told.startswith(f"{place}: {what}\n    fix: {fix}") and told.count("    fix: ") == 1


def test_all_that_cannot_be_followed_is_told_at_once(folder: Folder) -> None:
    told = folder.problems(with_instruction("edit.max_shots: 3\nedit.max_shot_s: soon\nedit.grid: x2"))
    assert told.count("    fix: ") == 3

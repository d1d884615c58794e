"""Instructions change edit and style by value, factor or sum; what cannot be followed is told where it stands."""

from __future__ import annotations

from typing import Any

import pytest
from recipe_samples import TABLE, Folder
from rushes.analyze.table import known_analyzers
from rushes.errors import RecipeError
from rushes.recipe.instructions import instructed, instruction_lines
from rushes.recipe.load import load_recipe

HEAD = """schema: rushes/recipe@1
analyzers: {look: {}}
scores: {good: {terms: {sharp: {value: sharp_01, weight: 1}}}}
edit:
  score: good
  grid: free
  min_shot_s: 1
  max_shot_s: 4
  max_uses_per_clip: 2
"""


def with_instruction(lines: str) -> str:
    body = "".join(f"        {line}\n" for line in lines.splitlines())
    return f"{HEAD}  instructions:\n    it:\n      says: Do it.\n      set:\n{body}"


def place_of(text: str) -> tuple[str, str]:
    """The text without its §, and the place where that stood."""
    before, after = text.split("§")
    return before + after, f"r.yaml:{before.count(chr(10)) + 1}:{len(before) - before.rfind(chr(10))}"


@pytest.mark.parametrize(
    ("lines", "section", "path", "value"),
    [
        ("edit.max_shot_s: x0.5", "edit", ("max_shot_s",), 2.0),
        ("edit.max_shot_s: add 1.5", "edit", ("max_shot_s",), 5.5),
        ("edit.max_shot_s: add -1.5", "edit", ("max_shot_s",), 2.5),
        ("edit.max_shot_s: 1500ms", "edit", ("max_shot_s",), 1.5),
        ("edit.max_shot_s: x0.1", "edit", ("max_shot_s",), 1.0),
        ("edit.min_shot_s: x9", "edit", ("min_shot_s",), 4.0),
        ("edit.max_uses_per_clip: x0.6", "edit", ("max_uses_per_clip",), 1),
        ("edit.max_uses_per_clip: x0.1", "edit", ("max_uses_per_clip",), 1),
        ("edit.weights.energy: add 0.4", "edit", ("weights", "energy"), 0.4),
        ("edit.weights.energy: x3", "edit", ("weights", "energy"), 0.0),
        ("edit.energy_bias_01: add 7", "edit", ("energy_bias_01",), 1.0),
        ("style.pacing_patterns.cuts_per_beat: x1.5", "style", ("pacing_patterns", "cuts_per_beat"), 0.75),
        (
            "style.shot_patterns.shot_types.close_up: x2",
            "style",
            ("shot_patterns", "shot_types", "close_up"),
            0.7,
        ),
        (
            "style.energy_matching.low_energy_sections.motion_preference: [fast_pan]",
            "style",
            ("energy_matching", "low_energy_sections", "motion_preference"),
            ["fast_pan"],
        ),
    ],
)
def test_a_value_a_factor_and_a_sum_are_followed(
    folder: Folder, lines: str, section: str, path: tuple[str, ...], value: Any
) -> None:
    found: Any = getattr(instructed(folder.load(with_instruction(lines)), "it", TABLE), section)
    for key in path:
        found = getattr(found, key) if hasattr(found, key) else found[key]
    assert (list(found) if isinstance(found, tuple | list) else found) == value


def test_a_constraint_is_added(folder: Folder) -> None:
    lines = "edit.constraints.calm: {every: sharp_01 > 0.2, weight: 0.3}"
    edit = instructed(folder.load(with_instruction(lines)), "it", TABLE).edit
    assert [(one.name, one.every, one.weight) for one in edit.constraints] == [
        ("calm", "sharp_01 > 0.2", 0.3)
    ]


def test_without_an_instruction_the_recipe_is_as_it_is(folder: Folder) -> None:
    resolved = folder.load(with_instruction("edit.max_shot_s: x0.5"))
    found = instructed(resolved, None, TABLE)
    assert (found.edit, found.style, found.spec) == (resolved.recipe.edit, resolved.recipe.style, None)


@pytest.mark.parametrize(
    ("lines", "what"),
    [
        ("§edit.max_shots: 3", "the instruction it sets edit.max_shots, but there is no max_shots in edit"),
        ("§score.max: 3", "the instruction it sets score.max, but there is no score"),
        ("§edit: x2", "the instruction it sets all of edit"),
        (
            "§edit.duration_s: x2",
            "the instruction it sets edit.duration_s, which a section cannot have for itself",
        ),
        ("edit.max_shot_s: §soon", "edit.max_shot_s is 'soon', which is not a time"),
        ("edit.grid: §x2", "the instruction it takes edit.grid x2, but that is no number"),
        (
            "edit.max_same_angle_streak: §x2",
            "the instruction it takes edit.max_same_angle_streak x2, but that is no number",
        ),
        ("edit.max_shot_s: §add -9", "the instruction it takes edit.max_shot_s from 4 to nothing"),
        ("edit.grid: §bar", "edit.grid cannot be the text 'bar'"),
        ("edit.constraints.calm: {every: §dull_01 > 2}", "dull_01 is neither a column nor a threshold"),
    ],
)
def test_what_cannot_be_followed_is_told_where_it_stands(folder: Folder, lines: str, what: str) -> None:
    text, place = place_of(with_instruction(lines))
    with pytest.raises(RecipeError) as told:
        folder.load(text)
    said = [(str(problem.place).rpartition("/")[2], problem.what) for problem in told.value.problems]
    assert said == [(place, what)]


def test_values_that_do_not_fit_each_other_are_told(folder: Folder) -> None:
    with pytest.raises(RecipeError, match="the instruction it makes an edit that cannot be: min_shot_s=5"):
        folder.load(with_instruction("edit.min_shot_s: 5"))


def test_an_unknown_instruction_is_told_with_those_that_there_are(folder: Folder) -> None:
    resolved = folder.load(with_instruction("edit.max_shot_s: x0.5"))
    with pytest.raises(RecipeError, match="the recipe has no instruction at") as told:
        instructed(resolved, "at", TABLE)
    assert "    it  Do it." in str(told.value)


@pytest.mark.parametrize(
    ("lower", "what"),
    [
        ("§dull_01", "dull_01 is neither a column nor a threshold"),
        ("§kind", "the value is text"),
    ],
)
def test_a_reason_whose_expression_is_wrong_is_told(folder: Folder, lower: str, what: str) -> None:
    text, place = place_of(f"{HEAD}  delete_reasons:\n    dull: {{lower: {lower}}}\n")
    with pytest.raises(RecipeError) as told:
        folder.load(text)
    said = [(str(problem.place).rpartition("/")[2], problem.what) for problem in told.value.problems]
    assert said == [(place, what)]


def test_a_reason_may_speak_of_the_clip_that_was_deleted(folder: Folder) -> None:
    recipe = folder.load(f"{HEAD}  delete_reasons:\n    wrong: {{lower: same_clip, by: 0.8}}\n").recipe
    assert recipe.edit is not None
    assert [(reason.name, reason.by) for reason in recipe.edit.delete_reasons] == [("wrong", 0.8)]


def test_an_instruction_is_overridden_and_taken_away(folder: Folder) -> None:
    lower = with_instruction("edit.max_shot_s: x0.5")
    folder.write("low.yaml", lower)
    upper = (
        "schema: rushes/recipe@1\nextends: low\nedit: {instructions: {it: {set: {edit.max_shot_s: x0.75}}}}\n"
    )
    assert instructed(folder.load(upper), "it", TABLE).edit.max_shot_s == 3.0
    none = "schema: rushes/recipe@1\nextends: low\nedit: {instructions: {it: null}}\n"
    recipe = folder.load(none).recipe
    assert recipe.edit is not None and recipe.edit.instructions == ()


def test_every_shipped_instruction_can_be_followed_and_says_what_it_does() -> None:
    analyzers = known_analyzers()
    resolved = load_recipe("beat_reel", analyzers=analyzers)
    assert resolved.recipe.edit is not None
    specs = resolved.recipe.edit.instructions
    assert {"make_tighter", "add_energy", "slow_down", "more_close_ups"} <= {spec.name for spec in specs}
    assert all(spec.says for spec in specs) and len(instruction_lines(specs)) == len(specs)
    for spec in specs:
        found = instructed(resolved, spec.name, analyzers)
        assert spec.lower_shown_01 or (found.edit, found.style) != (
            resolved.recipe.edit,
            resolved.recipe.style,
        )

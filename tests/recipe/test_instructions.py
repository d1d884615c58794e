"""Which instructions a recipe has, and the recipe that one of them makes."""

from __future__ import annotations

import pytest
from instruction_samples import with_instruction
from recipe_samples import TABLE, Folder
from rushes.analyze.table import known_analyzers
from rushes.errors import RecipeError
from rushes.recipe.instructions import instructed, instruction_lines
from rushes.recipe.load import load_recipe


def test_without_an_instruction_the_recipe_is_as_it_is(folder: Folder) -> None:
    resolved = folder.load(with_instruction("edit.max_shot_s: x0.5"))
    found = instructed(resolved, None, TABLE)
    assert (found.edit, found.style, found.spec) == (resolved.recipe.edit, resolved.recipe.style, None)


def test_an_unknown_instruction_is_told_with_those_that_there_are(folder: Folder) -> None:
    resolved = folder.load(with_instruction("edit.max_shot_s: x0.5"))
    with pytest.raises(RecipeError, match="the recipe has no instruction at") as told:
        instructed(resolved, "at", TABLE)
    assert "    it  Do it." in str(told.value)


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

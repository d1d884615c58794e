"""rushes validate: every problem of a recipe at once, without opening any media."""

from __future__ import annotations

from typing import Annotated

import typer

from rushes.cli.options import AsJson, Exit, Overrides, Profile, print_json, problem_to_json, say_problems
from rushes.errors import Problem, RecipeError


def validate(
    recipes: Annotated[list[str], typer.Argument(help="Recipe files or names.", metavar="RECIPE...")],
    profile: Profile = None,
    overrides: Overrides = None,
    json: AsJson = False,
) -> int:
    """Check recipes and say everything that is wrong, each with its place and a fix."""
    found = {recipe: _problems(recipe, profile, overrides or []) for recipe in recipes}
    faulty = [recipe for recipe in recipes if found[recipe]]
    if json:
        print_json(
            {
                "valid": not faulty,
                "recipes": {recipe: [problem_to_json(p) for p in found[recipe]] for recipe in recipes},
            }
        )
    else:
        for recipe in recipes:
            say_problems(found[recipe])
            if not found[recipe]:
                print(f"{recipe}: valid")
    return Exit.WRONG_ARGUMENTS if faulty else Exit.DONE


def _problems(recipe: str, profile: str | None, overrides: list[str]) -> tuple[Problem, ...]:
    from rushes.analyze.table import known_analyzers
    from rushes.recipe.load import load_recipe

    try:
        load_recipe(recipe, analyzers=known_analyzers(), profile=profile, overrides=overrides)
    except RecipeError as error:
        return error.problems
    return ()

"""rushes validate: every problem of a recipe at once, and what it warns of, without opening any media."""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rushes.cli.options import (
    AsJson,
    Exit,
    Footage,
    Overrides,
    Profile,
    print_json,
    problem_to_json,
    say_problems,
)
from rushes.errors import MediaError, Problem, RecipeError

if TYPE_CHECKING:
    from rushes.recipe.spec import Recipe


def validate(
    recipes: Annotated[list[str], typer.Argument(help="Recipe files or names.", metavar="RECIPE...")],
    footage: Footage = None,
    profile: Profile = None,
    overrides: Overrides = None,
    json: AsJson = False,
) -> int:
    """Check recipes and say everything that is wrong, each with its place and a fix.

    With --footage, or where the recipe names a folder that is there, globs are held against the names of its clips.
    """
    found = {recipe: _found(recipe, footage, profile, overrides or []) for recipe in recipes}
    faulty = [recipe for recipe in recipes if found[recipe].problems]
    if json:
        print_json(
            {
                "valid": not faulty,
                "recipes": {recipe: [*map(problem_to_json, found[recipe].problems)] for recipe in recipes},
                "warnings": {recipe: [*map(problem_to_json, found[recipe].warnings)] for recipe in recipes},
            }
        )
    else:
        for recipe in recipes:
            say_problems(found[recipe].problems)
            for warning in found[recipe].warnings:
                print(f"warning: {warning}", file=sys.stderr)
            if not found[recipe].problems:
                print(f"{recipe}: valid")
    return Exit.WRONG_ARGUMENTS if faulty else Exit.DONE


@dataclass(frozen=True, slots=True)
class _Found:
    """What is wrong with a recipe, and what it warns of."""

    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...] = ()


def _found(recipe: str, footage: str | None, profile: str | None, overrides: list[str]) -> _Found:
    from rushes.analyze.table import known_analyzers
    from rushes.recipe.load import load_recipe

    try:
        resolved = load_recipe(recipe, analyzers=known_analyzers(), profile=profile, overrides=overrides)
    except RecipeError as error:
        return _Found(error.problems)
    clips = _clips(resolved.recipe, footage)
    if clips is None:
        return _Found((), resolved.problems)
    from rushes.run.name_globs import metadata_problems, wanted_problems

    edit, origin = resolved.recipe.edit, resolved.origins.get("edit.must_use")
    place = None if origin is None else origin.place
    wrong = () if edit is None else tuple(replace(one, place=place) for one in wanted_problems(edit, clips))
    return _Found(wrong, (*resolved.problems, *metadata_problems(resolved, clips)))


def _clips(recipe: Recipe, footage: str | None) -> list[str] | None:
    """Names of the clips, None where nobody says where they lie, or none lie there yet. Raises MediaError where --footage
    has none."""
    from rushes.media.find import find_footage

    folder = footage or recipe.footage.dir
    if folder is None:
        return None
    try:
        return [file.clip for file in find_footage(Path(folder), recipe.footage)]
    except MediaError:
        if footage:
            raise
        return None

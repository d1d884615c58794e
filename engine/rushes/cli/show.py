"""rushes show: the resolved recipe, and where each value comes from."""

from __future__ import annotations

from typing import Annotated

import typer

from rushes.cli.options import Exit, Overrides, Profile, RecipeArgument


def show(
    recipe: RecipeArgument,
    origins: Annotated[
        bool, typer.Option("--origins", help="Say the file and line that set each value.")
    ] = False,
    profile: Profile = None,
    overrides: Overrides = None,
) -> int:
    """Print the recipe with everything it extends, the profile and overrides folded in."""
    from rushes.analyze.table import known_analyzers
    from rushes.recipe.load import load_recipe
    from rushes.recipe.show import resolved_yaml

    resolved = load_recipe(recipe, analyzers=known_analyzers(), profile=profile, overrides=overrides or [])
    print(resolved_yaml(resolved, origins=origins), end="")
    return Exit.DONE

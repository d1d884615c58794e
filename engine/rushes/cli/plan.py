"""rushes plan: what a run would do, and why."""

from __future__ import annotations

from collections import Counter
from typing import Annotated

import typer

from rushes.cli.model_folder import Models, models_dir, models_option
from rushes.cli.options import (
    AsJson,
    Cache,
    Executor,
    Exit,
    Footage,
    Overrides,
    Profile,
    RecipeArgument,
    Song,
    Until,
    Workers,
    cache_dir,
    personal_dir,
    print_json,
)


def plan(
    recipe: RecipeArgument,
    footage: Footage = None,
    song: Song = None,
    out: Annotated[
        str, typer.Option("--out", metavar="DIR", help="Taken so that the line of a run can be reused.")
    ] = "out",
    profile: Profile = None,
    overrides: Overrides = None,
    cache: Cache = None,
    executor: Executor = "processes",
    workers: Workers = None,
    until: Until = None,
    models: Models = None,
    json: AsJson = False,
) -> int:
    """Print every step as cached, or with the reason why it must run. Runs nothing."""
    from rushes.run.deliver import plan_recipe
    from rushes.run.pipeline import RunRequest

    rows = plan_recipe(
        RunRequest(
            recipe=recipe,
            footage=footage,
            song=song,
            profile=profile,
            overrides=tuple(overrides or ()),
            cache=cache_dir(cache),
            executor=executor,
            workers=workers,
            until=until,
            models=models_dir(models),
            models_option=models_option(models),
            personal=personal_dir(),
        )
    )
    if json:
        print_json(
            [{"id": r.id, "operation": r.operation, "state": r.state, "reason": r.reason} for r in rows]
        )
        return Exit.DONE
    for row in rows:
        print(f"{row.state:<7} {row.id:<48} {row.reason}".rstrip())
    counts = Counter(row.state for row in rows)
    print(f"{counts['run']} to run, {counts['cached']} cached")
    return Exit.DONE

"""rushes status: how much of some footage is analysed, and what is missing."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rushes.cli.library_options import Library, library_path
from rushes.cli.model_folder import Models, models_dir, models_option
from rushes.cli.options import (
    AsJson,
    Cache,
    Exit,
    Footage,
    Overrides,
    Profile,
    RecipeArgument,
    cache_dir,
    print_json,
)

if TYPE_CHECKING:
    from rushes.run.views import Status

_STANDINGS = ("analysed", "missing", "stale", "failed", "unavailable")


def status(
    recipe: RecipeArgument,
    footage: Footage = None,
    limit: Annotated[
        int, typer.Option("--limit", metavar="N", min=0, help="Name at most so many clips.")
    ] = 20,
    profile: Profile = None,
    overrides: Overrides = None,
    library: Library = None,
    cache: Cache = None,
    models: Models = None,
    json: AsJson = False,
) -> int:
    """Say how much of a folder is analysed as a recipe wants it, what is missing or stale, why, and what completes it.

    No media is opened and nothing runs.
    """
    from rushes.run.standing import ViewRequest
    from rushes.run.views import status as status_of

    found = status_of(
        ViewRequest(
            recipe=recipe,
            footage=footage,
            profile=profile,
            overrides=tuple(overrides or ()),
            cache=cache_dir(cache),
            library=library_path(library),
            models=models_dir(models),
            models_option=models_option(models),
            options=_said({"--cache": cache, "--models": models, "--library": library}),
        )
    )
    if json:
        print_json(_to_json(found))
    else:
        _print(found, limit)
    return Exit.DONE


def _said(options: Mapping[str, str | None]) -> tuple[str, ...]:
    """Those that the user gave."""
    return tuple(word for name, value in options.items() if value is not None for word in (name, value))


def _to_json(found: Status) -> dict[str, Any]:
    return {
        "recipe": found.recipe,
        "footage": found.footage,
        "counts": found.counts,
        "analyzers": [dataclasses.asdict(one) for one in found.analyzers],
        "clips": [
            {"clip": one.clip, "state": one.state, "reasons": list(one.reasons)} for one in found.clips
        ],
        "commands": list(found.commands),
    }


def _print(found: Status, limit: int) -> None:
    width = max([len(one.name) for one in found.analyzers], default=0)
    print(f"{'':<{width}}  {'  '.join(f'{name:>11}' for name in _STANDINGS)}")
    for one in found.analyzers:
        counts = "  ".join(f"{getattr(one, name) or '-':>11}" for name in _STANDINGS)
        print(f"{one.name:<{width}}  {counts}  {one.reason}".rstrip())
    _print_clips(found, limit)
    clips = "1 clip" if len(found.clips) == 1 else f"{len(found.clips)} clips"
    states = [f"{count} {state}" for state, count in found.counts.items() if count and state != "total"]
    print(f"{clips}: {', '.join(states)}")
    for number, command in enumerate(found.commands):
        print(f"{'' if number else 'to complete it:':<16}{command}")


def _print_clips(found: Status, limit: int) -> None:
    """Those that lack something. What holds for every clip, such as a missing model, stands in the table already."""
    everywhere = {f"{one.name}: {one.reason}" for one in found.analyzers if one.reason}
    lacking = [(clip.clip, [why for why in clip.reasons if why not in everywhere]) for clip in found.clips]
    told = [(clip, reasons) for clip, reasons in lacking if reasons]
    for clip, reasons in told[:limit]:
        print(f"{clip}: {'; '.join(reasons)}")
    if len(told) > limit:
        print(f"and {len(told) - limit} more clips; --limit {len(told)} names them all")

"""The request of an earlier run, made again from its `run.json`."""

from __future__ import annotations

import tempfile
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from rushes.analyze.table import known_analyzers
from rushes.errors import Place, Problem, RecipeError
from rushes.run.pipeline import RunRequest
from rushes.run.provenance import read_record
from rushes.run.recipe import resolve_recipe
from rushes.store.canonical import plain

RECORD_FILE = "run.json"


def recorded_arguments(request: RunRequest) -> dict[str, str | None]:
    """What of a request only this machine understands: where results, models and the library lay."""
    places = {"cache": request.cache, "models": request.models, "library": request.library}
    return {name: None if path is None else str(path.absolute()) for name, path in places.items()}


def read_run(out: Path) -> dict[str, Any]:
    """`run.json` of an out folder. Raises RecipeError where there is none, or no whole one."""
    if not (out / RECORD_FILE).is_file():
        what = f"there is no {RECORD_FILE}, so nothing says what this edit was made from"
        raise RecipeError(Problem(Place(str(out)), what, "give the --out folder of a finished `rushes run`"))
    return read_record(out / RECORD_FILE)


@contextmanager
def request_again(record: Mapping[str, Any], wanted: RunRequest) -> Generator[RunRequest]:
    """The request that the record tells of; what `wanted` names besides its recipe goes before.

    Where the recipe file still says the same, it is used itself, so that messages name its lines; else the resolved
    recipe as it was, from a temporary file that is gone at the end.
    """
    said = record["arguments"]
    found = replace(
        wanted,
        footage=wanted.footage or said["footage"],
        song=wanted.song or said["song"],
        out=None,
    )
    own = replace(found, recipe=said["recipe"], profile=said["profile"], overrides=tuple(said["set"]))
    if _says_the_same(own, record["recipe"]):
        yield own
        return
    with tempfile.TemporaryDirectory(prefix="rushes-") as scratch:
        recipe = Path(scratch) / "recipe.yaml"
        recipe.write_text(said["recipe_text"], encoding="utf-8")
        yield replace(found, recipe=str(recipe), profile=None, overrides=(), personal=None)


def _says_the_same(request: RunRequest, tree: Mapping[str, Any]) -> bool:
    try:
        resolved = resolve_recipe(
            request.recipe, known_analyzers(), request.profile, request.overrides, request.personal
        )
    except RecipeError:
        return False
    return bool(plain(resolved.tree, "recipe") == tree)

"""The request of an earlier run, made again from its `run.json`."""

from __future__ import annotations

import os
import shlex
import tempfile
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import astuple, dataclass, replace
from pathlib import Path
from typing import Any

from rushes.analyze.table import known_analyzers
from rushes.errors import MediaError, Place, Problem, RecipeError
from rushes.recipe.instruction_spec import InstructionSpec
from rushes.recipe.load import Origin, Resolved
from rushes.recipe.shape import BUILT_IN
from rushes.run.pipeline import RunRequest, resolved_of
from rushes.run.provenance import RECORD_FILE, read_record
from rushes.run.recipe_paths import with_paths_of, with_same_paths
from rushes.run.recipe_since import recipe_since, unreadable_since
from rushes.run.reproduce import changed_places
from rushes.store.canonical import plain

NEVER_USE = "edit.never_use"
"""What the report names with its place in the recipe."""


def recorded_arguments(request: RunRequest) -> dict[str, str | None]:
    """What of a request only this machine understands: where results, models and the library lay, and the working folder,
    from which the recipe as it is recorded writes its paths."""
    places = {"cache": request.cache, "models": request.models, "library": request.library}
    lay = {name: None if path is None else str(path.absolute()) for name, path in places.items()}
    return {**lay, "folder": _working_folder()}


def _working_folder() -> str | None:
    """None where it was deleted, which is nothing to lose a finished run for: then no path of the recipe is relative to it."""
    try:
        return os.getcwd()
    except FileNotFoundError:
        return None


def read_run(out: Path) -> dict[str, Any]:
    """`run.json` of an out folder. Raises RecipeError where there is none, or no whole one."""
    if not (out / RECORD_FILE).is_file():
        what = f"there is no {RECORD_FILE}, so nothing says what this edit was made from"
        raise RecipeError(Problem(Place(str(out)), what, "give the --out folder of a finished `rushes run`"))
    return read_record(out / RECORD_FILE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Again:
    """What may differ from the earlier run. None: as the record says; where it says nothing, the default."""

    footage: str | None = None
    song: str | None = None
    overrides: tuple[str, ...] = ()
    """Laid over those of the run."""
    cache: Path | None = None
    default_cache: Path
    models: Path | None = None
    default_models: Path
    executor: str = "processes"
    workers: int | None = None
    personal: Path | None = None


def check_footage(record: Mapping[str, Any], again: Again) -> None:
    """Raises MediaError where the footage does not lie any more where the run found it, and nobody says where it does."""
    lay = record["arguments"]["footage"]
    if again.footage is None and not Path(lay).exists():
        what = "the footage of the run lay here, and the folder is not there any more"
        raise MediaError(Problem(Place(lay), what, "say where it lies now with --footage DIR"))


@contextmanager
def request_again(record: Mapping[str, Any], again: Again) -> Generator[RunRequest]:
    """The request that a record tells of.

    Where the recipe file still says the same, it is used itself, so that messages name its lines; else the resolved
    recipe as it was.
    """
    found = _asked(record, again)
    try:
        resolved = with_same_paths(
            resolved_of(found, known_analyzers()), record["recipe"], _folder_then(record)
        )
        tree = plain(resolved.tree, "recipe")
        changed = () if tree == record["recipe"] else changed_places(record["recipe"], tree)
    except RecipeError:
        resolved, changed = None, ()
    if resolved is None or changed:
        was = _as_it_was(found, record, again.overrides)
        since = (
            unreadable_since(found.recipe)
            if resolved is None
            else recipe_since(found.recipe, resolved, record, changed)
        )
        yield replace(was, recipe_since=since)
        return
    # More overrides make another recipe, which is read where it is needed.
    same = None if again.overrides else resolved
    yield replace(found, overrides=(*found.overrides, *again.overrides), resolved=same)


def request_as_recorded(record: Mapping[str, Any], again: Again) -> RunRequest:
    """The request that a record tells of, by the resolved recipe as it was, whatever the recipe file says by now, and up
    to the stage up to which it ran. What comes out is told to no library."""
    said = record["arguments"]
    found = _as_it_was(_asked(record, again), record, tuple(said.get("render_set", ())))
    return replace(found, until=said["until"], library=None)


def _asked(record: Mapping[str, Any], again: Again) -> RunRequest:
    said = record["arguments"]
    models = again.models or _models_then(said)
    return RunRequest(
        recipe=said["recipe"],
        footage=again.footage or said["footage"],
        song=again.song or said["song"],
        profile=said["profile"],
        overrides=tuple(said["set"]),
        cache=again.cache or _recorded(said, "cache") or again.default_cache,
        executor=again.executor,
        workers=again.workers,
        models=models or again.default_models,
        models_option=f"--models {shlex.quote(str(models))}" if models else "",
        personal=again.personal,
        library=_recorded(said, "library"),
    )


def _as_it_was(asked: RunRequest, record: Mapping[str, Any], overrides: tuple[str, ...]) -> RunRequest:
    """The request with the resolved recipe of the record, and the warnings that were said of it then: written out whole, a
    recipe is warned of for other things than the file that it was read from."""
    said = record["arguments"]
    with tempfile.TemporaryDirectory(prefix="rushes-") as scratch:
        recipe = Path(scratch) / "recipe.yaml"
        recipe.write_text(said["recipe_text"], encoding="utf-8")
        whole = replace(asked, recipe=str(recipe), profile=None, overrides=overrides, personal=None)
        read = resolved_of(whole, known_analyzers())
    resolved = with_paths_of(read, record["recipe"], _folder_then(record))
    told = replace(resolved, problems=_warnings_then(said), origins=_origins_then(resolved, said))
    return replace(whole, resolved=told)


def _folder_then(record: Mapping[str, Any]) -> str:
    """The working folder of the run; older records do not have it: this one."""
    return str(record["arguments"].get("folder") or os.getcwd())


def recipe_warnings(resolved: Resolved) -> list[dict[str, Any]]:
    """What a recipe was warned of, as `run.json` keeps it."""
    return [
        {
            "place": None if problem.place is None else [*astuple(problem.place)],
            "what": problem.what,
            "fix": problem.fix,
        }
        for problem in resolved.problems
    ]


def told_places(resolved: Resolved) -> dict[str, list[Any]]:
    """Where that stands in the recipe which the report names with its place, as `run.json` keeps it."""
    origin = resolved.origins.get(NEVER_USE)
    return {} if origin is None or origin.layer == BUILT_IN else {NEVER_USE: [*astuple(origin.place)]}


def _origins_then(resolved: Resolved, said: Mapping[str, Any]) -> Mapping[str, Origin]:
    """Places of the recipe written out whole, but for those that the report names."""
    places = said.get("recipe_places", {})
    kept = {path: origin for path, origin in resolved.origins.items() if path != NEVER_USE}
    return kept | {path: Origin(Place(*place), "recipe") for path, place in places.items()}


def _warnings_then(said: Mapping[str, Any]) -> tuple[Problem, ...]:
    return tuple(
        Problem(None if one["place"] is None else Place(*one["place"]), one["what"], one["fix"])
        for one in said.get("recipe_warnings", ())
    )


def _models_then(said: Mapping[str, Any]) -> Path | None:
    """The models folder of the run; None where it is not there: runs without one name the usual folder all the same."""
    models = _recorded(said, "models")
    return models if models is not None and models.is_dir() else None


def _recorded(said: Mapping[str, Any], name: str) -> Path | None:
    path = said.get(name)
    return Path(path) if path else None


def instructions_of(out: Path, again: Again) -> tuple[tuple[InstructionSpec, ...], str]:
    """Instructions of the recipe of a run, and how that is another one by now, "" where it is not."""
    with request_again(read_run(out), again) as request:
        resolved = resolved_of(request, known_analyzers())
    specs = () if resolved.recipe.edit is None else resolved.recipe.edit.instructions
    return specs, request.recipe_since

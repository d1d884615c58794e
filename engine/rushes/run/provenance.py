"""`run.json`: what a run was made from and what came out. The only file that holds wall-clock facts."""

from __future__ import annotations

import json
import platform
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rushes import __version__
from rushes.errors import Place, Problem, RecipeError, RenderError
from rushes.recipe.spec import FootageSpec
from rushes.resources import shipped_schema
from rushes.run.whole_file import whole_file
from rushes.store.canonical import plain
from rushes.store.store import hash_file
from rushes.store.valid import sure_check

if TYPE_CHECKING:
    from rushes.run.results import NodeResult

RECORD_FILE = "run.json"
SCHEMA = "rushes/run@1"
_OF_ONE_CLIP = frozenset({"probe", "analyze", "derive"})


def run_record(
    *,
    recipe: Mapping[str, Any],
    arguments: Mapping[str, Any],
    inputs: Mapping[str, str],
    results: Mapping[str, NodeResult],
    outputs: Mapping[str, Path],
    libraries: Mapping[str, str],
    models: Mapping[str, str],
    model_manifest_b3: str | None = None,
    started_at: datetime,
    finished_at: datetime,
) -> dict[str, Any]:
    """All that `run.json` holds.

    recipe: resolved, as data. arguments: what the command line said, enough to run again. inputs: name -> BLAKE3 of
    each file that was read. outputs: name -> the file as written. libraries: distribution -> version. models: name ->
    BLAKE3 of the weights. model_manifest_b3: of the manifest that says which these are; None where there was none. Times carry their zone. Raises RenderError if an output cannot be read back.
    """
    # Who only reads a record needs nothing that runs.
    from rushes.run.executors import usable_cores

    return {
        "schema": SCHEMA,
        "rushes": __version__,
        "recipe": plain(recipe, "recipe"),
        "arguments": plain(arguments, "arguments"),
        "inputs": dict(sorted(inputs.items())),
        "libraries": dict(sorted(libraries.items())),
        "models": dict(sorted(models.items())),
        "model_manifest_b3": model_manifest_b3,
        "clips": {
            clip: {"analysis_duration_ms": duration_ms}
            for clip, duration_ms in analysis_durations_ms(results.values()).items()
        },
        "nodes": [_node(result) for result in results.values()],
        "outputs": {name: _output(path) for name, path in sorted(outputs.items())},
        "started_at": _utc(started_at),
        "finished_at": _utc(finished_at),
        "wall_s": round((finished_at - started_at).total_seconds(), 3),
        "platform": {
            "system": platform.system(),
            "release": platform.release(),
            "machine": platform.machine(),
            "python": platform.python_version(),
            "cores": usable_cores(),
        },
    }


def analysis_durations_ms(results: Iterable[NodeResult]) -> dict[str, int]:
    """Clip -> how long it took to look at it, by name; what was answered from the store counts what it took then."""
    found: dict[str, float] = {}
    for result in results:
        if result.operation in _OF_ONE_CLIP:
            found[result.subject] = found.get(result.subject, 0.0) + result.seconds
    return {clip: round(1000 * seconds) for clip, seconds in sorted(found.items())}


def _node(result: NodeResult) -> dict[str, Any]:
    return {
        "id": result.id,
        "operation": result.operation,
        "stage": result.stage,
        "key": result.key,
        "state": result.state,
        "ran": result.ran,
        "reason": result.reason,
        "outputs": dict(sorted(result.outputs.items())),
        "failure": result.failure,
        "failed_at": result.failed_at,
        "warnings": list(result.warnings),
        "seconds": result.seconds,
    }


def _output(path: Path) -> dict[str, Any]:
    try:
        return {"file": path.name, "b3": hash_file(path), "size_bytes": path.stat().st_size}
    except OSError as error:
        what = f"cannot be read back: {error.strerror}"
        raise RenderError(Problem(Place(str(path)), what, "check the disk it lies on")) from None


def _utc(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def clips_of(record: Mapping[str, Any]) -> dict[str, str]:
    """Clip -> BLAKE3 of a record: of its inputs neither the song nor what lies beside clips."""
    clips = record.get("clips", {})
    return {name: digest for name, digest in record["inputs"].items() if name in clips}


def footage_of(record: Mapping[str, Any]) -> FootageSpec:
    """Which files of the footage folder were clips for the run of a record."""
    said, usual = record["recipe"].get("footage") or {}, FootageSpec()
    return FootageSpec(
        include=tuple(said.get("include", usual.include)), exclude=tuple(said.get("exclude", usual.exclude))
    )


def write_record(record: Mapping[str, Any], path: Path) -> None:
    """Write `run.json` whole or not at all. Raises RenderError."""
    text = json.dumps(record, indent=2, ensure_ascii=True, allow_nan=False) + "\n"
    with whole_file(path) as part:
        part.write_text(text, encoding="ascii")


def read_record(path: Path) -> dict[str, Any]:
    """Read a `run.json`. Raises RecipeError with every fault, and its place in the document, if it is not one."""
    try:
        record: Any = json.loads(path.read_text("utf-8"))
    except OSError as error:
        what, fix = f"cannot be read: {error.strerror}", "give the run.json of an out folder"
        raise RecipeError(Problem(Place(str(path)), what, fix)) from None
    except UnicodeDecodeError:
        what, fix = "is not text", "give the run.json of an out folder"
        raise RecipeError(Problem(Place(str(path)), what, fix)) from None
    except json.JSONDecodeError as error:
        place = Place(str(path), error.lineno, error.colno)
        raise RecipeError(Problem(place, f"is not JSON: {error.msg}", "run the recipe again")) from None
    _check(record, path)
    checked: dict[str, Any] = record
    return checked


def _check(record: Any, path: Path) -> None:
    schema = shipped_schema("run")
    if sure_check(schema)(record):
        return
    from jsonschema import Draft7Validator

    faults = list(Draft7Validator(schema).iter_errors(record))
    if faults:
        fix = f"give a run.json that was written as {SCHEMA}"
        raise RecipeError(
            Problem(Place(str(path)), f"{fault.json_path}: {fault.message}", fix) for fault in faults
        )

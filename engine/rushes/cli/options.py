"""Options that several verbs share, exit codes, and where the user's files lie."""

from __future__ import annotations

import enum
import gc
import json
import os
import re
import sys
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from rushes.errors import Problem


class Exit(enum.IntEnum):
    """What the exit code says."""

    DONE = 0
    FAILED = 1
    WRONG_ARGUMENTS = 2
    GOLDEN_MISMATCH = 3
    CONSTRAINTS = 4
    OUR_BUG = 5
    INTERRUPTED = 130


RecipeArgument = Annotated[
    str,
    typer.Argument(
        help="Recipe file, or the name of one that ships with rushes: beat_reel, best_clips, talking_head.",
        metavar="RECIPE",
    ),
]
Footage = Annotated[
    str | None,
    typer.Option(
        "--footage", metavar="DIR", help="Folder of clips; sub-folders are searched.", show_default=False
    ),
]
Song = Annotated[str | None, typer.Option("--song", metavar="FILE", help="Song file.", show_default=False)]
Profile = Annotated[
    str | None,
    typer.Option(
        "--profile", metavar="NAME", help="Creator whose overrides and style are used.", show_default=False
    ),
]
Overrides = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="KEY=VALUE",
        help="a.b=v sets a value of the recipe, +a.b=v adds, ~a.b removes.",
        show_default=False,
    ),
]
Cache = Annotated[
    str | None,
    typer.Option(
        "--cache",
        metavar="DIR",
        help="Store of results; default $RUSHES_CACHE or ~/.cache/rushes.",
        show_default=False,
    ),
]
Executor = Annotated[str, typer.Option("--executor", metavar="NAME", help="inline or processes.")]
Workers = Annotated[
    int | None,
    typer.Option(
        "--workers", metavar="N", min=1, help="Processes; default: one per core.", show_default=False
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
Until = Annotated[
    str | None,
    typer.Option(
        "--until", metavar="STAGE", help="Stop after this stage: analyze, score or edit.", show_default=False
    ),
]


def data_dir() -> Path:
    """Folder of the user's profiles, models and logs."""
    base = os.environ.get("XDG_DATA_HOME")
    return (Path(base) if base else Path.home() / ".local" / "share") / "rushes"


def personal_dir() -> Path:
    """Folder of what was learned of creators: a file each."""
    return data_dir() / "personal"


def cache_dir(chosen: str | None) -> Path:
    """Folder of the store."""
    if chosen:
        return Path(chosen)
    if os.environ.get("RUSHES_CACHE"):
        return Path(os.environ["RUSHES_CACHE"])
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "rushes"


@contextmanager
def without_collecting() -> Generator[None]:
    """For verbs that read thousands of records and end: none of them is in a circle, and looking for circles while they
    come takes a tenth of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def print_json(data: Any) -> None:
    """JSON for programs, to stdout."""
    print(json.dumps(data, indent=2, ensure_ascii=False, allow_nan=False))


_SETS = re.compile(r"--set ('[^']*'|[^\s,]+)")


def problem_to_json(problem: Problem) -> Mapping[str, Any]:
    """A problem as data. key: its path in the recipe; set: ways out of it that --set can go, each with all that must be set."""
    place = problem.place
    return {
        "path": place.path if place else None,
        "line": place.line if place and place.line else None,
        "column": place.column if place and place.line else None,
        "what": problem.what,
        "fix": problem.fix,
        "key": problem.path or None,
        "set": [
            [value.strip("'") for value in found]
            for way in problem.fix.split(", or ")
            if (found := _SETS.findall(way))
        ],
    }


def say_problems(problems: Sequence[Problem]) -> None:
    """Problems for people, to stderr."""
    for problem in problems:
        print(problem, file=sys.stderr)

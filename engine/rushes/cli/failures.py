"""What went wrong, as JSON: the same document for every verb that has --json."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Any

from rushes.cli.options import print_json, problem_to_json
from rushes.errors import Problem

_FIX = "\n    fix: "


def wants_json(arguments: Sequence[str]) -> bool:
    """Whether a command line asks for JSON; words behind -- are no options."""
    options = arguments[: arguments.index("--")] if "--" in arguments else arguments
    return "--json" in options


def print_failure(arguments: Sequence[str], code: int, problems: Iterable[Problem]) -> None:
    """Print the document of a verb that failed, where its command line asks for JSON."""
    if not wants_json(arguments):
        return
    with suppress(OSError):  # no room, no reader: that is told at the end of the command
        print_json(failure_to_json(code, problems))


def failure_to_json(code: int, problems: Iterable[Problem]) -> dict[str, Any]:
    """exit_code, and problems in the order in which they are said. In a conflict the first is the summary; each further one is a
    member, whose `key` is its path in the recipe."""
    return {"exit_code": int(code), "problems": [dict(problem_to_json(one)) for one in problems]}


def problem_said(words: str) -> Problem:
    """The problem in words that were printed."""
    what, _, fix = words.partition(_FIX)
    return Problem(None, what, fix)

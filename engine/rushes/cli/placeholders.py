"""Commands in messages, with the folder that the user named in place of OUT."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from dataclasses import replace

from rushes.errors import Problem

_OF_FOLDER = (
    "edit",
    "undo",
    "redo",
    "history",
    "regenerate",
    "render",
    "export",
    "import",
    "diff",
    "preflight",
)
_COMMAND = re.compile(rf"\brushes ({'|'.join(_OF_FOLDER)}) OUT\b")


def with_folder(problems: Sequence[Problem], arguments: Sequence[str]) -> tuple[Problem, ...]:
    """Problems whose commands can be typed as they stand. arguments: of the command line that they come from."""
    out = _folder(arguments)
    if out is None:
        return tuple(problems)

    def named(text: str) -> str:
        return _COMMAND.sub(lambda found: f"rushes {found[1]} {shlex.quote(out)}", text)

    return tuple(replace(one, what=named(one.what), fix=named(one.fix)) for one in problems)


def _folder(arguments: Sequence[str]) -> str | None:
    """The out folder of a command line: the first word behind a verb that has one, else the value of --out."""
    if len(arguments) > 1 and arguments[0] in _OF_FOLDER:
        out = arguments[1]
        return None if out.startswith("-") else out.removesuffix("/timeline.json")
    for at, word in enumerate(arguments):
        if word == "--out" and at + 1 < len(arguments):
            return arguments[at + 1]
        if word.startswith("--out="):
            return word.removeprefix("--out=")
    return None

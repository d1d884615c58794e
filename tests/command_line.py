"""The command line as a user calls it: words in, exit code and words out."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from typing import Any

from rushes.cli.main import answer


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


def rushes(*arguments: object) -> Ended:
    """Answer a command line in this process."""
    with redirect_stdout(StringIO()) as out, redirect_stderr(StringIO()) as err:
        code = answer([str(argument) for argument in arguments])
    return Ended(int(code), out.getvalue(), err.getvalue())


def rushes_process(*arguments: object, **options: Any) -> subprocess.Popen[str]:
    """Start a command line in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "rushes", *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **options,
    )


def rushes_apart(*arguments: object, **options: Any) -> Ended:
    """Answer a command line in a process of its own."""
    process = rushes_process(*arguments, **options)
    out, err = process.communicate(timeout=120)
    return Ended(process.returncode, out, err)

"""Our own bugs: logged whole, said briefly."""

from __future__ import annotations

import sys

from rushes import __version__
from rushes.cli.options import data_dir
from rushes.errors import Place, Problem

_WHAT = "this is a bug of rushes, not of your input"


def log_bug(arguments: list[str], trace: str) -> Problem:
    """Write a traceback into the log of the user's data folder and say where it is; to stderr where it has no room. Returns what
    was said."""
    log = data_dir() / "bug.log"
    text = f"rushes {__version__}, Python {sys.version}\narguments: {arguments}\n\n{trace}"
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_text(text)
    except OSError:
        print(text, file=sys.stderr)
        return Problem(None, _WHAT)
    print(f"{_WHAT}; the details are in {log}", file=sys.stderr)
    return Problem(Place(str(log)), _WHAT)

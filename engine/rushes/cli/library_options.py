"""Options of the verbs that read or write the library file, and where it lies."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from rushes.cli.options import data_dir

Library = Annotated[
    str | None,
    typer.Option(
        "--library",
        metavar="FILE",
        help="Library of analyses and feedback; default $RUSHES_LIBRARY or library.sqlite in the user's data folder.",
        show_default=False,
    ),
]


def creator_name(name: str | None) -> str | None:
    """The name given with --creator, where it can be one; it is part of a file's name."""
    from rushes.score.feedback import creator_fault

    if name is not None and (fault := creator_fault(name)):
        raise typer.BadParameter(fault)
    return name


Creator = Annotated[
    str, typer.Option("--creator", metavar="NAME", help="Whose feedback it is.", callback=creator_name)
]
ANYBODY = "default"
"""The creator where none is named."""


def library_path(chosen: str | None) -> Path:
    """The library file; it need not be there yet."""
    given = chosen or os.environ.get("RUSHES_LIBRARY")
    return Path(given) if given else data_dir() / "library.sqlite"

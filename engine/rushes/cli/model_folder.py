"""Where models lie: an option of every verb that analyses."""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from typing import Annotated

import typer

from rushes.cli.options import data_dir

Models = Annotated[
    str | None,
    typer.Option(
        "--models",
        metavar="DIR",
        help="Folder of models; default $RUSHES_MODELS or ~/.local/share/rushes/models.",
        show_default=False,
    ),
]


def models_dir(chosen: str | None) -> Path:
    """Folder of the models; it need not exist."""
    if chosen:
        return Path(chosen)
    named = os.environ.get("RUSHES_MODELS")
    return Path(named) if named else data_dir() / "models"


def models_option(chosen: str | None) -> str:
    """What a command must say to mean the same folder; "" where it means it by itself."""
    return f"--models {shlex.quote(chosen)}" if chosen else ""

"""Where models lie: an option of every verb that analyses."""

from __future__ import annotations

import os
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

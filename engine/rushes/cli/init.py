"""rushes init: a starter project."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from rushes.cli.options import Exit
from rushes.errors import Place, Problem, RecipeError
from rushes.resources import shipped_dir

_RECIPE = """\
# yaml-language-server: $schema=schemas/recipe.schema.json
schema: rushes/recipe@1
extends: beat_reel            # everything not said here comes from the recipe that ships with rushes

footage:
  dir: footage                # your clips; sub-folders are searched
  metadata:
    angle:                    # what file names say: the edit never shows one angle too often in a row
      front: ["*front*"]
      side: ["*side*"]
      overhead: ["*top*", "*overhead*"]

song:
  file: song.mp3

edit:
  duration_s: 30s
  aspect: "9:16"              # or "1:1", "16:9"
"""

_README = """\
# A rushes project

Put clips into `footage/`, a song beside this file as `song.mp3`, then:

    rushes validate reel.yaml
    rushes plan reel.yaml --out out
    rushes run reel.yaml --out out

`out/report.html` explains every decision. `rushes show reel.yaml --origins` prints all that can be changed, and where
each value comes from.
"""


def init(
    folder: Annotated[str, typer.Argument(help="Folder of the new project; it must be empty or new.")] = ".",
) -> int:
    """Write a starter project: a recipe, a place for footage, and what to do next."""
    root = Path(folder)
    files = {
        "reel.yaml": _RECIPE,
        "README.md": _README,
        ".gitignore": "out/\nfootage/\n",
        "footage/.gitkeep": "",
        "schemas/recipe.schema.json": (shipped_dir("schemas") / "recipe.schema.json").read_text(
            encoding="utf-8"
        ),
    }
    there = sorted(name for name in files if (root / name).exists())
    if there:
        what = f"{', '.join(there)} would be overwritten"
        raise RecipeError(Problem(Place(str(root)), what, "name a folder that is empty or not there yet"))
    try:
        for name, text in files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    except OSError as error:
        what = f"the project cannot be written: {error.strerror}"
        raise RecipeError(Problem(Place(str(root)), what, "choose a folder that you may write to")) from None
    print(f"wrote {', '.join(files)} to {root}\nnext: read {root / 'README.md'}")
    return Exit.DONE

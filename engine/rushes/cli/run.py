"""rushes run: from recipe, footage and song to timeline, report and video."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from rushes.cli.bugs import log_bug
from rushes.cli.library_options import Library, library_path
from rushes.cli.model_folder import Models, models_dir, models_option
from rushes.cli.options import (
    AsJson,
    Cache,
    Executor,
    Exit,
    Footage,
    Overrides,
    Profile,
    RecipeArgument,
    Song,
    Until,
    Workers,
    cache_dir,
    personal_dir,
    print_json,
)

if TYPE_CHECKING:
    from rushes.run.deliver import Finished


def run(
    recipe: RecipeArgument,
    footage: Footage = None,
    song: Song = None,
    out: Annotated[
        str, typer.Option("--out", metavar="DIR", help="Folder for timeline, report, video and run.json.")
    ] = "out",
    profile: Profile = None,
    overrides: Overrides = None,
    cache: Cache = None,
    executor: Executor = "processes",
    workers: Workers = None,
    until: Until = None,
    models: Models = None,
    library: Library = None,
    edits: Annotated[
        Literal["keep", "discard"],
        typer.Option("--edits", help="Make the edits in the out folder again, or set them aside."),
    ] = "keep",
    json: AsJson = False,
) -> int:
    """Turn footage and a song into a finished cut. What was done before is not done again."""
    from rushes.cli.progress import ProgressView
    from rushes.run.deliver import run_recipe
    from rushes.run.pipeline import RunRequest

    request = RunRequest(
        recipe=recipe,
        footage=footage,
        song=song,
        profile=profile,
        overrides=tuple(overrides or ()),
        cache=cache_dir(cache),
        executor=executor,
        workers=workers,
        until=until,
        models=models_dir(models),
        models_option=models_option(models),
        personal=personal_dir(),
        library=library_path(library),
        discards_edits=edits == "discard",
    )
    with ProgressView() as progress:
        finished = run_recipe(request, Path(out), progress)
    if finished.bugs:
        log_bug(["run", recipe], "\n".join(finished.bugs))
    if json:
        print_json(finished.to_json())
    else:
        say_finished(finished)
    return Exit.DONE


def say_finished(finished: Finished) -> None:
    """The end of a run, for people."""
    for warning in finished.warnings:
        print(f"warning: {warning}", file=sys.stderr)
    for note in finished.notes:
        print(f"note: {note}", file=sys.stderr)
    clips, nodes = finished.clips, finished.nodes
    print(
        f"{clips['used']} clip{'s' * (clips['used'] != 1)} used of {clips['usable']} usable; {clips['rejected']} rejected, "
        f"{clips['failed']} failed; {nodes['ran']} of {nodes['total']} steps ran, {nodes['cached']} were cached"
    )
    for name, path in finished.outputs.items():
        print(f"  {name:<9} {path}")

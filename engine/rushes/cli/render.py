"""rushes render: the video and the report of an edit as it stands."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rushes.cli.bugs import log_bug
from rushes.cli.model_folder import Models, models_dir
from rushes.cli.options import (
    AsJson,
    Cache,
    Executor,
    Exit,
    Footage,
    Overrides,
    Song,
    Workers,
    cache_dir,
    personal_dir,
    print_json,
)
from rushes.cli.run import say_finished

if TYPE_CHECKING:
    from rushes.run.again import Again


def again_of(
    footage: str | None,
    song: str | None,
    overrides: list[str] | None,
    cache: str | None,
    executor: str,
    workers: int | None,
    models: str | None,
) -> Again:
    """What the options of a verb that goes on with an edit say."""
    from rushes.run.again import Again

    return Again(
        footage=footage,
        song=song,
        overrides=tuple(overrides or ()),
        cache=Path(cache) if cache else None,
        default_cache=cache_dir(None),
        models=Path(models) if models else None,
        default_models=models_dir(None),
        executor=executor,
        workers=workers,
        personal=personal_dir(),
    )


def render(
    out: Annotated[str, typer.Argument(help="The out folder of a run.", metavar="OUT")],
    footage: Footage = None,
    song: Song = None,
    overrides: Overrides = None,
    cache: Cache = None,
    executor: Executor = "processes",
    workers: Workers = None,
    models: Models = None,
    json: AsJson = False,
) -> int:
    """Make video and report of an edit as it stands now, with all edits since the run. Only shots that changed are encoded.

    The recipe, footage, song, models and store are those of the run; --footage and --song say where the files lie now.
    """
    from rushes.cli.progress import ProgressView
    from rushes.run.deliver import render_edit

    again = again_of(footage, song, overrides, cache, executor, workers, models)
    with ProgressView() as progress:
        finished = render_edit(Path(out), again, progress)
    if finished.bugs:
        log_bug(["render", out], "\n".join(finished.bugs))
    if json:
        print_json(finished.to_json())
    else:
        say_finished(finished)
    return Exit.DONE

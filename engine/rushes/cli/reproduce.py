"""rushes reproduce: run again from a run.json, and compare."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from rushes.cli.model_folder import Models, models_dir, models_option
from rushes.cli.options import Cache, Executor, Exit, Footage, Song, Workers


def reproduce(
    record: Annotated[str, typer.Argument(help="run.json of an earlier run.", metavar="RUN.JSON")],
    footage: Footage = None,
    song: Song = None,
    cache: Cache = None,
    executor: Executor = "processes",
    workers: Workers = None,
    models: Models = None,
) -> int:
    """Run a finished run again in an empty store and compare what comes out, byte for byte.

    --footage and --song say where the files lie now, where that changed. --cache uses a store instead of an empty one.
    """
    from rushes.cli.progress import ProgressView
    from rushes.run.deliver import run_recipe
    from rushes.run.pipeline import RunRequest
    from rushes.run.provenance import read_record
    from rushes.run.reproduce import compare_runs

    before = read_record(Path(record))
    arguments = before["arguments"]
    with tempfile.TemporaryDirectory(prefix="rushes-") as scratch:
        recipe = Path(scratch) / "recipe.yaml"
        recipe.write_text(arguments["recipe_text"], encoding="utf-8")
        request = RunRequest(
            recipe=str(recipe),
            footage=footage or arguments["footage"],
            song=song or arguments["song"],
            cache=Path(cache) if cache else Path(scratch) / "cache",
            executor=executor,
            workers=workers,
            until=arguments["until"],
            models=models_dir(models),
            models_option=models_option(models),
        )
        out = Path(scratch) / "out"
        with ProgressView() as progress:
            run_recipe(request, out, progress)
        differences = compare_runs(before, read_record(out / "run.json"))
    for line in differences:
        print(line)
    if differences:
        print(f"{record} was not reproduced", file=sys.stderr)
        return Exit.FAILED
    print(f"reproduced: {', '.join(before['outputs'])} have the same bytes")
    return Exit.DONE

"""rushes reproduce: run again from a run.json, and compare."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from rushes.cli.model_folder import Models
from rushes.cli.options import AsJson, Cache, Executor, Exit, Footage, Song, Workers, print_json
from rushes.cli.render import again_of


def reproduce(
    record: Annotated[str, typer.Argument(help="run.json of an earlier run.", metavar="RUN.JSON")],
    footage: Footage = None,
    song: Song = None,
    cache: Cache = None,
    executor: Executor = "processes",
    workers: Workers = None,
    models: Models = None,
    json: AsJson = False,
) -> int:
    """Run a finished run again in an empty store and compare what comes out, byte for byte.

    Models are looked for where the run had them. Edits, and a plan that was only rendered, are taken from beside RUN.JSON
    as they were then. --footage and --song say where files lie now; --cache uses a store instead of an empty one.
    """
    from rushes.cli.progress import ProgressView
    from rushes.run.provenance import read_record
    from rushes.run.repeat import repeat_run
    from rushes.run.reproduce import compare_runs

    before = read_record(Path(record))
    with tempfile.TemporaryDirectory(prefix="rushes-") as scratch:
        again = again_of(footage, song, None, cache or f"{scratch}/cache", executor, workers, models)
        with ProgressView() as progress:
            out, given = repeat_run(Path(record), before, again, Path(scratch), progress)
        differences = compare_runs(before, read_record(out / "run.json"))
    if json:
        outputs = list(before["outputs"])
        print_json({"outputs": outputs, "differences": differences, "taken_as_given": given or None})
    if differences:
        _say_different(record, [] if json else differences)
        return Exit.FAILED
    if not json:
        taken = f"; taken as given: {given}" if given else ""
        print(f"reproduced: {', '.join(before['outputs'])} have the same bytes{taken}")
    return Exit.DONE


def _say_different(record: str, differences: list[str]) -> None:
    for line in differences:
        print(line)
    print(f"{record} was not reproduced", file=sys.stderr)

"""rushes diff: what changed between two timelines, in an editor's words."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from rushes.cli.options import AsJson, Exit, print_json
from rushes.errors import Place, Problem, RecipeError


def diff(
    before: Annotated[str, typer.Argument(help="Timeline file, or the out folder of a run.", metavar="A")],
    after: Annotated[
        str | None,
        typer.Argument(
            help="Another one; without it A is an out folder, and its plan is compared with its edit.",
            metavar="B",
            show_default=False,
        ),
    ] = None,
    all_: Annotated[
        bool, typer.Option("--all", help="Also the numbers and reasons that explain the edit.")
    ] = False,
    json: AsJson = False,
) -> int:
    """Say what an editor would see change from timeline A to timeline B, or by the edits of the out folder A."""
    from rushes.timeline.diff import changes_to_json, changes_to_text, diff_timelines
    from rushes.timeline.document import timeline_from_json

    if after is None:
        before, after = _plan_of(before), before
    first, second = (timeline_from_json(_read(path), path) for path in (before, after))
    changes = diff_timelines(first, second)
    if json:
        print_json(changes_to_json(changes))
    else:
        print(changes_to_text(changes, whole=all_))
    return Exit.DONE


def _plan_of(out: str) -> str:
    """What the edits of an out folder were made on; without edits the timeline itself."""
    from rushes.run.edits import PLAN_FILE

    if not Path(out).is_dir():
        what = "this is one timeline, and nothing to compare it with"
        raise RecipeError(Problem(Place(out), what, "name a second one, or the out folder of a run"))
    return str(Path(out) / PLAN_FILE) if (Path(out) / PLAN_FILE).is_file() else out


def _read(given: str) -> bytes:
    path = Path(given) / "timeline.json" if Path(given).is_dir() else Path(given)
    try:
        return path.read_bytes()
    except OSError as error:
        what = f"cannot be read: {error.strerror}"
        raise RecipeError(
            Problem(Place(str(path)), what, "give a timeline.json or the out folder of a run")
        ) from None

"""rushes diff: what changed between two timelines, in an editor's words."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from rushes.cli.options import AsJson, Exit, print_json
from rushes.errors import Place, Problem, RecipeError


def diff(
    before: Annotated[str, typer.Argument(help="Timeline file, or the out folder of a run.", metavar="A")],
    after: Annotated[str, typer.Argument(help="Timeline file, or the out folder of a run.", metavar="B")],
    json: AsJson = False,
) -> int:
    """Say what an editor would see change from timeline A to timeline B."""
    from rushes.timeline.diff import changes_to_json, changes_to_text, diff_timelines
    from rushes.timeline.document import timeline_from_json

    first, second = (timeline_from_json(_read(path), path) for path in (before, after))
    changes = diff_timelines(first, second)
    if json:
        print_json(changes_to_json(changes))
    else:
        print(changes_to_text(changes))
    return Exit.DONE


def _read(given: str) -> bytes:
    path = Path(given) / "timeline.json" if Path(given).is_dir() else Path(given)
    try:
        return path.read_bytes()
    except OSError as error:
        what = f"cannot be read: {error.strerror}"
        raise RecipeError(
            Problem(Place(str(path)), what, "give a timeline.json or the out folder of a run")
        ) from None

"""rushes import: what was changed in another editing program."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from rushes.cli.edit_folder import EditArgument, read_edit_folder
from rushes.cli.options import AsJson, Exit, print_json
from rushes.errors import Place, Problem, RecipeError


def import_edit(
    edit: EditArgument,
    file: Annotated[
        str,
        typer.Argument(
            help="The edit as it came back: OpenTimelineIO (.otio) or FCP7 XML (.xml).", metavar="FILE"
        ),
    ],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show the changes and keep the edit as it is.")
    ] = False,
    json: AsJson = False,
) -> int:
    """Say what was changed in an edit since it was exported: clips deleted, moved, trimmed, replaced or added."""
    from rushes.emit.interchange_read import imported_timeline, read_edit
    from rushes.timeline.changes import change_to_json, change_to_text, changes_between

    if not dry_run:
        what = "changes from another program cannot be taken over yet, only shown"
        raise RecipeError(Problem(Place(file), what, "add --dry-run"))
    folder = read_edit_folder(edit)
    imported = imported_timeline(read_edit(_read(file), file), folder.clips, file, folder.footage)
    changes = changes_between(folder.timeline, imported)
    if json:
        print_json({"changes": [change_to_json(change) for change in changes], "notes": list(imported.notes)})
        return Exit.DONE
    for note in imported.notes:
        print(f"note: {note}", file=sys.stderr)
    for change in changes:
        print(change_to_text(change, folder.timeline))
    if not changes:
        print("no difference")
    return Exit.DONE


def _read(file: str) -> bytes:
    try:
        return Path(file).read_bytes()
    except OSError as error:
        what = f"cannot be read: {error.strerror}"
        raise RecipeError(
            Problem(Place(file), what, "give the file that the editing program wrote")
        ) from None

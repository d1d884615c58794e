"""rushes import: what was changed in another editing program."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from rushes.cli.edit_folder import EditArgument, read_edit_folder
from rushes.cli.edit_steps import After, At, By, Where, Who, media_of, read_edits, write_edits
from rushes.cli.library_options import Library
from rushes.cli.options import AsJson, Cache, Exit, Footage, print_json
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
    footage: Footage = None,
    library: Library = None,
    cache: Cache = None,
    by: By = None,
    at: At = None,
    after: After = None,
    json: AsJson = False,
) -> int:
    """Take over what was changed in an edit since it was exported: clips deleted, moved, trimmed, replaced or added.

    Each change is an edit of its own in the history; rushes undo takes back the whole import as one step.
    """
    from rushes.emit.interchange_read import imported_timeline, read_edit
    from rushes.timeline.changes import change_to_json, change_to_text, changes_between
    from rushes.timeline.import_edits import edits_of_changes

    who = Who(by, at, after)
    opened = None if dry_run else read_edits(edit, who)
    folder = read_edit_folder(edit)
    lies = footage or folder.footage
    imported = imported_timeline(read_edit(_read(file), file), folder.clips, file, lies)
    changes = changes_between(folder.timeline if opened is None else opened.timeline, imported)
    if json and (dry_run or not changes):
        print_json({"changes": [change_to_json(change) for change in changes], "notes": list(imported.notes)})
        return Exit.DONE
    for note in imported.notes:
        print(f"note: {note}", file=sys.stderr)
    if not changes:
        print("no difference")
        return Exit.DONE
    if opened is None:
        print("\n".join(change_to_text(change, folder.timeline) for change in changes))
        return Exit.DONE
    media = media_of(opened, Where(footage, library, cache))
    first = len(opened.log.entries) + 1
    edits = edits_of_changes(opened.timeline, changes, media.names, first, media.length_s)
    return write_edits(edit, opened, edits, who, json)


def _read(file: str) -> bytes:
    try:
        return Path(file).read_bytes()
    except OSError as error:
        what = f"cannot be read: {error.strerror}"
        raise RecipeError(
            Problem(Place(file), what, "give the file that the editing program wrote")
        ) from None

"""rushes import: what was changed in another editing program."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rushes.cli.edit_folder import EditArgument, read_edit_folder
from rushes.cli.edit_steps import After, At, By, Where, Who, change_edit, media_beside
from rushes.cli.library_options import Library
from rushes.cli.options import AsJson, Cache, Exit, Footage, print_json
from rushes.errors import Place, Problem, RecipeError

if TYPE_CHECKING:
    from rushes.emit.interchange_read import ReadEdit
    from rushes.run.edits import EditedFolder
    from rushes.timeline.changes import Change
    from rushes.timeline.edit_log import Edit


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
    from rushes.emit.interchange_read import read_edit

    who = Who(by, at, after)
    wanted = _Wanted(read_edit(_read(file), file), file, edit, Where(footage, library, cache))
    with _about(file):
        if dry_run:
            return _try(wanted, who, json)
        ended = change_edit(edit, wanted.edits, who, json)
    if not wanted.changes:
        _say_changes(wanted, json)
    return ended


class _Wanted:
    """What another program made of an edit. changes, timeline: what was found, and in which edit."""

    def __init__(self, read: ReadEdit, file: str, out: str, where: Where) -> None:
        self._read = read
        self._file = file
        self._where = where
        self.folder = read_edit_folder(out)
        self.timeline = self.folder.timeline
        self.changes: tuple[Change, ...] = ()
        self.notes: tuple[str, ...] = ()

    def edits(self, opened: EditedFolder) -> Sequence[Edit]:
        """The edits that make the folder what the other program has. Says what is not taken over."""
        from rushes.emit.interchange_read import imported_timeline
        from rushes.timeline.changes import changes_between, speed_notes
        from rushes.timeline.import_edits import edits_of_changes

        self.timeline = opened.timeline
        media = media_beside(self.folder.timeline_path.parent, opened.timeline, self._where)
        lies = self._where.footage or self.folder.footage
        imported = imported_timeline(self._read, self.folder.clips, self._file, lies, media.renamed())
        self.changes = changes_between(opened.timeline, imported)
        self.notes = (*imported.notes, *speed_notes(opened.timeline, imported))
        for note in self.notes:
            print(f"note: {note}", file=sys.stderr)
        first = len(opened.log.entries) + 1
        return edits_of_changes(opened.timeline, self.changes, media.names, first, media.length_s)


def _try(wanted: _Wanted, who: Who, json: bool) -> int:
    """Show the changes. Raises EditError where they could not be taken over."""
    from rushes.run.edits import alone_as_plan, edited, tried

    path = wanted.folder.timeline_path
    is_folder = path.name == "timeline.json"
    opened = edited(path.parent) if is_folder else alone_as_plan(path, wanted.folder.timeline)
    edits = wanted.edits(opened)
    tried(opened, edits, by=who.name(), timestamp=who.timestamp())
    _say_changes(wanted, json)
    return Exit.DONE


def _say_changes(wanted: _Wanted, json: bool) -> None:
    from rushes.timeline.changes import change_to_json, changes_to_lines

    if json:
        changes = [change_to_json(change) for change in wanted.changes]
        print_json({"changes": changes, "notes": list(wanted.notes)})
    else:
        print("\n".join(changes_to_lines(wanted.changes, wanted.timeline)) or "no difference")


@contextmanager
def _about(file: str) -> Iterator[None]:
    """What cannot be taken over is a fault of the file that it stands in."""
    from rushes.timeline.edit_log import EditError

    try:
        yield
    except EditError as error:
        raise EditError([replace(one, place=one.place or Place(file)) for one in error.problems]) from None


def _read(file: str) -> bytes:
    try:
        return Path(file).read_bytes()
    except OSError as error:
        what = f"cannot be read: {error.strerror}"
        raise RecipeError(
            Problem(Place(file), what, "give the file that the editing program wrote")
        ) from None

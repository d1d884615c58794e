"""rushes undo, redo and history: the edits of an out folder, back and forth."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from rushes.cli.edit_steps import After, At, By, Out, Who, change_edit, read_edits
from rushes.cli.options import AsJson, Exit, print_json

if TYPE_CHECKING:
    from rushes.run.edits import EditedFolder
    from rushes.timeline.edit_log import Entry

Steps = Annotated[int, typer.Argument(help="How many steps; an import is one.", metavar="N", min=1)]


def undo(
    out: Out, steps: Steps = 1, by: By = None, at: At = None, after: After = None, json: AsJson = False
) -> int:
    """Take back the last steps of an edit. rushes redo does them again."""
    from rushes.run.edits import undo_edit

    return change_edit(out, lambda folder: [undo_edit(folder, steps)], Who(by, at, after), json)


def redo(
    out: Out, steps: Steps = 1, by: By = None, at: At = None, after: After = None, json: AsJson = False
) -> int:
    """Do again what was undone last; possible until something else is done."""
    from rushes.run.edits import redo_edit

    return change_edit(out, lambda folder: [redo_edit(folder, steps)], Who(by, at, after), json)


def history(out: Out, json: AsJson = False) -> int:
    """Say what was done to an edit since the run, by whom and when; steps that are undone are marked."""
    folder = read_edits(out, Who())
    rows = _rows(folder)
    if json:
        print_json(rows)
        return Exit.DONE
    for row in rows:
        mark = " (undone)" if row["state"] == "undone" else ""
        print(f"{row['n']:>3}  {row['timestamp']}  {row['by']:<12}  {row['says']}{mark}")
    if not rows:
        print("no edits yet")
    return Exit.DONE


def _rows(folder: EditedFolder) -> list[dict[str, Any]]:
    """A row per entry: done, undone (it can be redone, or something else was done since), or a step back or forth."""
    from rushes.timeline.edit_words import all_edit_words
    from rushes.timeline.fold import steps_in_force, walk

    entries = folder.log.entries
    done = {entry.n for step in steps_in_force(entries) for entry in step}
    return [
        {
            "n": entry.n,
            "action": entry.action,
            "timestamp": entry.timestamp,
            "by": entry.by,
            "group": entry.group,
            "state": _state(entry, done),
            "says": says,
            "payload": entry.payload,
        }
        for step, before, _ in walk(folder.plan, entries)
        for entry, says in zip(step, all_edit_words(step, before), strict=True)
    ]


def _state(entry: Entry, done: set[int]) -> str:
    if entry.action in ("undo", "redo"):
        return "step"
    return "done" if entry.n in done else "undone"

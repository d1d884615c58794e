"""An out folder whose edits are notes: what lies in it, and what its timeline says of them."""

from __future__ import annotations

from edit_samples import AT
from rushes.run.edits import (
    append_edit,
)
from rushes.timeline.document import timeline_from_json
from rushes.timeline.make_edit import note_edit


def note(folder, text, place=0, by="ann"):
    return append_edit(folder, note_edit(folder.timeline.clips[place], text), by=by, timestamp=AT)


def files(out):
    return {path.name: path.read_bytes() for path in out.iterdir() if path.name != ".edits.lock"}


def notes_of(out):
    return [edit["note"] for edit in timeline_from_json((out / "timeline.json").read_bytes()).user_edits]

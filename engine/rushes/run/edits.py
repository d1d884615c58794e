"""The edits of an out folder: read, added to under a lock, and folded into its timeline.json."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rushes.timeline.edit_log import Edit, EditLog
from rushes.timeline.tree import Timeline

LOG_FILE = "edits.jsonl"
PLAN_FILE = "timeline.plan.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class EditedFolder:
    """plan: what the run made. timeline: plan and edits folded. A folder without edits has a log without entries."""

    out: Path
    plan: Timeline
    log: EditLog
    timeline: Timeline
    notes: tuple[str, ...] = ()
    """What was mended on the way."""


def edited(out: Path) -> EditedFolder:
    """Read plan, edits and timeline of an out folder.

    What a killed command left half done is finished. Raises EditError where the log is damaged, was made on another plan, or
    timeline.json is not what plan and edits give; RecipeError where there is no timeline.
    """
    raise NotImplementedError


def append_edits(read: EditedFolder, edits: Sequence[Edit], *, by: str, timestamp: str) -> EditedFolder:
    """Add edits as one step that is undone as one, and write timeline.json. All or nothing.

    read: what the edits were decided on; where the folder has changed since, EditError names who did it and when.
    timestamp: RFC 3339.
    """
    raise NotImplementedError


def append_edit(read: EditedFolder, edit: Edit, *, by: str, timestamp: str) -> EditedFolder:
    """`append_edits` with one edit."""
    return append_edits(read, [edit], by=by, timestamp=timestamp)


def timeline_after_run(out: Path, plan: bytes) -> bytes:
    """What timeline.json is to hold after a run made `plan` (canonical bytes) in a folder that may have edits.

    Without edits the plan itself. Writes timeline.plan.json where there are edits. Raises EditError where the plan is
    another one than the edits were made on; nothing is written then.
    """
    raise NotImplementedError

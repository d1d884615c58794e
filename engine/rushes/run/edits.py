"""The edits of an out folder: read, added to under a lock, and folded into its timeline.json.

`timeline.plan.json` is what the run made, `edits.jsonl` what was done to it since, and `timeline.json` follows from both.
The log is written first: a command that is killed behind it leaves an older timeline.json, which the next one brings up to
date. A timeline.json that no state of the log gives was changed by somebody, and is never written over.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from rushes.errors import Place, Problem, RecipeError
from rushes.run.edit_lock import alone
from rushes.run.whole_file import cannot_be_written, whole_file
from rushes.timeline.document import TimelineError, timeline_from_json, timeline_to_json
from rushes.timeline.edit_log import (
    LOST,
    Edit,
    EditError,
    EditLog,
    Entry,
    append,
    appended,
    new_log,
    read_log,
)
from rushes.timeline.fold import FoldError, fold, standing_steps, walk
from rushes.timeline.judge import judged
from rushes.timeline.tree import Timeline

LOG_FILE = "edits.jsonl"
PLAN_FILE = "timeline.plan.json"
TIMELINE_FILE = "timeline.json"

_GIVE = "give the out folder of a run that made an edit"


@dataclass(frozen=True, slots=True, kw_only=True)
class EditedFolder:
    """plan: what the run made. timeline: plan and edits folded. A folder without edits has a log without entries.

    stored: bytes of edits.jsonl, None where there is none; found: bytes of timeline.json. notes: what was mended.
    """

    out: Path
    plan: Timeline
    log: EditLog
    timeline: Timeline
    stored: bytes | None
    found: bytes
    notes: tuple[str, ...] = ()


Decide = Callable[[EditedFolder], Sequence[Edit]]
Still = Callable[[Timeline, Timeline], bool]


def alone_as_plan(path: Path, timeline: Timeline) -> EditedFolder:
    """A timeline without a folder of its own, to try edits on."""
    found = timeline_to_json(timeline)
    return EditedFolder(
        out=path.parent, plan=timeline, log=new_log(found), timeline=timeline, stored=None, found=found
    )


def edited(out: Path) -> EditedFolder:
    """Read plan, edits and timeline of an out folder.

    What a killed command left half done is finished. Raises EditError where the log is damaged or does not fit the plan, or
    timeline.json is not what they give; RecipeError or TimelineError where there is no sound timeline.
    """
    try:
        folder = _read(out)
        if not folder.notes:
            return folder
    except EditError:
        if not os.access(out, os.W_OK):
            raise
    # Somebody may have been writing just then: what is wrong while nobody does, is wrong.
    with alone(out):
        return _mended(_read(out))


def refuse_lost_log(out: Path) -> None:
    """Raises EditError where there were edits and their log is gone or damaged: what else is wrong with the folder is not
    asked."""
    stored = _log_bytes(out)
    if stored:
        read_log(stored, str(out / LOG_FILE))
    if not (out / LOG_FILE).exists() and (out / PLAN_FILE).is_file():
        with suppress(RecipeError, TimelineError):
            _without_log(out)


def append_edits(
    read: EditedFolder, edits: Sequence[Edit], *, by: str, timestamp: str, still: Still | None = None
) -> EditedFolder:
    """Add edits as one step that is undone as one, and write timeline.json. All of them or none.

    read: what the edits were decided on; where the folder has changed since, EditError names who did it and when, unless
    still(then, now) says that they hold as well on what was edited since. timestamp: RFC 3339. Raises EditError where an edit
    cannot be made, RenderError where the disk is full or may not be written; nothing has changed then.
    """
    with alone(read.out):
        now = read
        if still is not None and _log_bytes(read.out) != read.stored:
            now = _mended(_read(read.out))
            goes_on = now.log.data.startswith(read.log.data)
            now = now if goes_on and still(read.timeline, now.timeline) else read
        _check_unchanged(now)
        return _written(now, edits, by, timestamp)


def change(out: Path, decide: Decide, *, by: str, timestamp: str) -> tuple[EditedFolder, EditedFolder]:
    """Decide on edits and add them as one step while nobody else edits: on what is there when it is their turn.

    Returns the folder before and after. Raises what `edited`, `append_edits` and deciding do.
    """
    if not (out / LOG_FILE).exists():
        read_bytes(out / TIMELINE_FILE)
    with alone(out):
        folder = _mended(_read(out))
        edits = decide(folder)
        return folder, _written(folder, edits, by, timestamp) if edits else folder


def tried(read: EditedFolder, edits: Sequence[Edit], *, by: str, timestamp: str) -> EditedFolder:
    """The folder as it would be with edits as one step; nothing is written. Raises EditError where one cannot be made."""
    log = read.log
    first = len(log.entries) + 1
    for edit in edits:
        log = appended(log, append(log, edit, timestamp, by, group=first))
    try:
        timeline = fold(read.plan, log.entries, str(read.out / LOG_FILE))
    except FoldError as error:
        if error.n < first:
            raise
        # Its line is in no file yet.
        raise EditError(Problem(None, f"this cannot be done: {error.why}", error.way_out)) from None
    return replace(read, log=log, timeline=timeline)


def _written(read: EditedFolder, edits: Sequence[Edit], by: str, timestamp: str) -> EditedFolder:
    after = tried(read, edits, by=by, timestamp=timestamp)
    data = timeline_to_json(after.timeline)
    # It lies on the disk before the log says so and takes its place after that: a full disk changes neither.
    with whole_file(read.out / TIMELINE_FILE, "folder") as part:
        _to_disk(part, data)
        if read.stored is None:
            if not (read.out / PLAN_FILE).exists():
                write_safely(read.out / PLAN_FILE, read.found)
            write_safely(read.out / LOG_FILE, after.log.data)
        else:
            _append(read.out / LOG_FILE, read.stored, after.log.data)
    return replace(after, stored=after.log.data, found=data, notes=())


def append_edit(read: EditedFolder, edit: Edit, *, by: str, timestamp: str) -> EditedFolder:
    """`append_edits` with one edit."""
    return append_edits(read, [edit], by=by, timestamp=timestamp)


def undo_edit(folder: EditedFolder, steps: int = 1) -> Edit:
    """The edit that takes back the last steps. Raises EditError where fewer were done."""
    done = len(standing_steps(folder.log.entries)[0])
    if steps > done:
        raise EditError(Problem(Place(str(folder.out)), _too_many("undo", steps, done), _SEE))
    return Edit(action="undo", payload={"steps": steps})


def redo_edit(folder: EditedFolder, steps: int = 1) -> Edit:
    """The edit that does again what was undone last. Raises EditError where less was undone."""
    undone = len(standing_steps(folder.log.entries)[1])
    if steps > undone:
        raise EditError(Problem(Place(str(folder.out)), _too_many("redo", steps, undone), _SEE))
    return Edit(action="redo", payload={"steps": steps})


_SEE = "see what was done with `rushes history OUT`"


def _too_many(word: str, steps: int, known: int) -> str:
    if not known:
        return f"there is nothing to {word}"
    return f"there {'is 1 step' if known == 1 else f'are {known} steps'} to {word}, not {steps}"


def _read(out: Path) -> EditedFolder:
    stored = _log_bytes(out)
    if stored is None:
        return _without_log(out)
    if not (out / PLAN_FILE).is_file():
        what = f"there are edits but no {PLAN_FILE}, so nothing says what they were made on"
        fix = "take it from a backup, or run the recipe again with this folder as --out"
        raise EditError(Problem(Place(str(out)), what, fix))
    path = str(out / LOG_FILE)
    plan, plan_bytes = read_plan(out)
    log = read_log(stored, path)
    check_plan(plan_bytes, log, out / PLAN_FILE)
    folded = fold(plan, log.entries, path)
    found = bytes_or_nothing(out / TIMELINE_FILE)
    folder = EditedFolder(out=out, plan=plan, log=log, timeline=folded, stored=stored, found=found)
    if is_timeline(found, folded):
        return folder
    if found and not was_once(plan, log, found):
        what = f"{TIMELINE_FILE} is not what the plan and {edits_counted(log)} give: it was changed otherwise"
        fix = "`rushes edit OUT repair` keeps it under another name and writes it again from plan and edits"
        raise EditError(Problem(Place(str(out / TIMELINE_FILE)), what, fix))
    note = f"{TIMELINE_FILE} was behind {LOG_FILE}, as after a command that was killed; it is up to date now"
    return replace(folder, notes=(note,))


def _without_log(out: Path) -> EditedFolder:
    """A folder without edits. A plan beside a timeline that is another one says that there were some."""
    timeline, found = read_timeline(out / TIMELINE_FILE)
    is_edited = (out / PLAN_FILE).exists()
    plan, plan_bytes = read_plan(out) if is_edited else (timeline, found)
    if is_edited and not is_timeline(found, plan):
        what = f"{TIMELINE_FILE} is not what the plan and 0 edits give, and {LOG_FILE} is gone"
        fix = f"{LOST}; to begin anew from {TIMELINE_FILE} as it is, move {PLAN_FILE} away"
        raise EditError(Problem(Place(str(out / TIMELINE_FILE)), what, fix))
    return EditedFolder(out=out, plan=plan, log=new_log(plan_bytes), timeline=plan, stored=None, found=found)


def _mended(folder: EditedFolder) -> EditedFolder:
    """The folder with its timeline.json up to date; the lock is held."""
    return replace(folder, found=_write_timeline(folder)) if folder.notes else folder


def check_plan(plan_bytes: bytes, log: EditLog, path: Path) -> None:
    """Raises EditError where a log was not begun on this plan."""
    if new_log(plan_bytes).header != log.header:
        what = f"this is not the plan of {edits_counted(log)}"
        fix = f"take it and {LOG_FILE} from one backup, or run into another folder with --out"
        raise EditError(Problem(Place(str(path)), what, fix))


def edits_counted(log: EditLog) -> str:
    """`1 edit`, `3 edits`."""
    count = len(log.entries)
    return "1 edit" if count == 1 else f"{count} edits"


def is_timeline(found: bytes, folded: Timeline) -> bool:
    """Whether a file holds the timeline. Rendering adds crops to shots that have none and writes the recipe's titles and
    fades, which is no change."""
    return found == timeline_to_json(folded) or _is_rendered(_stored(found), folded)


def was_once(plan: Timeline, log: EditLog, found: bytes) -> bool:
    """Whether the timeline was as the file has it before one of the steps."""
    stored = _stored(found)
    return any(_is_rendered(stored, judged(before)) for _, before, _ in walk(plan, log.entries))


def _stored(found: bytes) -> Timeline | None:
    """The timeline in a file, None where there is no sound one."""
    try:
        return timeline_from_json(found)
    except TimelineError:
        return None


def _is_rendered(stored: Timeline | None, folded: Timeline) -> bool:
    """Whether a timeline is another but for titles and fades, and for the crops of shots that have none there."""
    if stored is None or len(stored.clips) != len(folded.clips):
        return False
    clips = tuple(
        replace(clip, reframe=None) if bare.reframe is None else clip
        for clip, bare in zip(stored.clips, folded.clips, strict=True)
    )
    plain = replace(stored, clips=clips, titles=folded.titles, fades=folded.fades)
    return timeline_to_json(plain) == timeline_to_json(folded)


def _check_unchanged(read: EditedFolder) -> None:
    """Raises EditError that says what happened to the folder since it was read."""
    stored = _log_bytes(read.out)
    if stored != read.stored:
        log = read_log(stored or b"", str(read.out / LOG_FILE))
        entries = log.entries[len(read.log.entries) :] or log.entries
        who = f": {entries[-1].by} made {_action(entries[-1])} at {entries[-1].timestamp}" if entries else ""
        what = f"somebody else edited this folder meanwhile{who}"
        raise EditError(Problem(Place(str(read.out)), what, "look at `rushes history OUT`, then try again"))
    if bytes_or_nothing(read.out / TIMELINE_FILE) != read.found:
        what = f"{TIMELINE_FILE} was written anew meanwhile, as by a run or a rendering"
        raise EditError(Problem(Place(str(read.out)), what, "try again"))


def _action(entry: Entry) -> str:
    return f"edit {entry.n} ({entry.action})"


def read_timeline(path: Path) -> tuple[Timeline, bytes]:
    """A timeline and its bytes. Raises RecipeError where it cannot be read, TimelineError where it is damaged."""
    data = read_bytes(path)
    return timeline_from_json(data, str(path)), data


def read_plan(out: Path) -> tuple[Timeline, bytes]:
    """The plan of an out folder and its bytes. Raises RecipeError where it cannot be read, TimelineError where it is damaged."""
    try:
        return read_timeline(out / PLAN_FILE)
    except TimelineError as error:
        fix = f"take {PLAN_FILE} from a backup: the edits were made on it; or run into another folder with --out"
        raise TimelineError(replace(problem, fix=fix) for problem in error.problems) from None


def read_bytes(path: Path) -> bytes:
    """Raises RecipeError where a file of the out folder cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise RecipeError(Problem(Place(str(path)), f"cannot be read: {error.strerror}", _GIVE)) from None


def _log_bytes(out: Path) -> bytes | None:
    """None: there are no edits. An empty file is no log: what was in it is lost."""
    return read_bytes(out / LOG_FILE) if (out / LOG_FILE).exists() else None


def bytes_or_nothing(path: Path) -> bytes:
    """b"" where there is no such file."""
    return read_bytes(path) if path.exists() else b""


def _write_timeline(folder: EditedFolder) -> bytes:
    data = timeline_to_json(folder.timeline)
    write_safely(folder.out / TIMELINE_FILE, data)
    return data


def write_safely(path: Path, data: bytes) -> None:
    """Whole or not at all, also where the power fails."""
    with whole_file(path, "folder") as part:
        _to_disk(part, data)


def _to_disk(path: Path, data: bytes) -> None:
    """Written so that a power cut right after does not empty it."""
    path.write_bytes(data)
    handle = os.open(path, os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _append(path: Path, before: bytes, after: bytes) -> None:
    """Add what `after` has more than `before`, in one write; what was written of it is taken back where that fails."""
    more = after[len(before) :]
    handle = -1
    try:
        handle = os.open(path, os.O_WRONLY | os.O_APPEND)
        try:
            if os.write(handle, more) != len(more):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            os.fsync(handle)
        except OSError:
            os.ftruncate(handle, len(before))
            raise
    except OSError as error:
        raise cannot_be_written(path, error, "folder") from None
    finally:
        if handle >= 0:
            os.close(handle)

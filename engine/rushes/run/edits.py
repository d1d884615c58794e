"""The edits of an out folder: read, added to under a lock, and folded into its timeline.json.

`timeline.plan.json` is what the run made, `edits.jsonl` what was done to it since, and `timeline.json` follows from both.
The log is written first: a command that is killed behind it leaves an older timeline.json, which the next one brings up to
date. A timeline.json that no state of the log gives was changed by somebody, and is never written over.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from rushes.errors import Place, Problem, RecipeError
from rushes.run.edit_lock import alone
from rushes.run.whole_file import cannot_be_written, whole_file
from rushes.timeline.document import TimelineError, timeline_from_json, timeline_to_json
from rushes.timeline.edit_log import Edit, EditError, EditLog, Entry, append, appended, new_log, read_log
from rushes.timeline.fold import fold, standing_steps, walk
from rushes.timeline.tree import Timeline

LOG_FILE = "edits.jsonl"
PLAN_FILE = "timeline.plan.json"
TIMELINE_FILE = "timeline.json"
TORN_FILE = "edits.torn.jsonl"

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
        folder = _read(out)
        return replace(folder, found=_write_timeline(folder)) if folder.notes else folder


def append_edits(read: EditedFolder, edits: Sequence[Edit], *, by: str, timestamp: str) -> EditedFolder:
    """Add edits as one step that is undone as one, and write timeline.json. All of them or none.

    read: what the edits were decided on; where the folder has changed since, EditError names who did it and when.
    timestamp: RFC 3339. Raises EditError where an edit cannot be made, RenderError where the disk is full or may not be
    written; nothing has changed then.
    """
    with alone(read.out):
        _check_unchanged(read)
        log = read.log
        first = len(log.entries) + 1
        for edit in edits:
            log = appended(log, append(log, edit, timestamp, by, group=first))
        timeline = fold(read.plan, log.entries, str(read.out / LOG_FILE))
        data = timeline_to_json(timeline)
        # It lies on the disk before the log says so and takes its place after that: a full disk changes neither.
        with whole_file(read.out / TIMELINE_FILE, "folder") as part:
            _to_disk(part, data)
            if read.stored is None:
                _write(read.out / PLAN_FILE, read.found)
                _write(read.out / LOG_FILE, log.data)
            else:
                _append(read.out / LOG_FILE, read.stored, log.data)
        return replace(read, log=log, timeline=timeline, stored=log.data, found=data, notes=())


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


def repair(out: Path) -> tuple[str, ...]:
    """Mend a folder whose log is damaged or whose timeline.json was changed; says what was done, () where all is well.

    The entries up to the first that is damaged, does not follow the one before or cannot be made stay; what stands behind
    is kept in edits.torn.jsonl, and a changed timeline.json in timeline.found.json.
    """
    said: list[str] = []
    if not (out / LOG_FILE).exists():
        _read_timeline(out / TIMELINE_FILE)
        return ()
    with alone(out):
        data = _bytes(out / LOG_FILE)
        plan, plan_bytes = _read_timeline(out / PLAN_FILE)
        log, rest = _longest_sound(plan, data, str(out / LOG_FILE))
        _check_plan(plan_bytes, log, out / PLAN_FILE)
        if rest:
            _write(out / TORN_FILE, _or_nothing(out / TORN_FILE) + rest + b"\n")
            _write(out / LOG_FILE, log.data)
            lines = len(rest.split(b"\n"))
            moved = f"{lines} line{'s' * (lines > 1)} of {LOG_FILE} moved to {TORN_FILE}"
            said.append(f"{moved}; {_edits(log)} kept")
        folded = fold(plan, log.entries, str(out / LOG_FILE))
        found = _or_nothing(out / TIMELINE_FILE)
        if not _is_timeline(found, folded):
            if found and not _was_once(plan, log, found):
                kept = _free_name(out / "timeline.found.json")
                _write(kept, found)
                said.append(f"the {TIMELINE_FILE} that was there is now {kept.name}")
            _write(out / TIMELINE_FILE, timeline_to_json(folded))
            said.append(f"{TIMELINE_FILE} written again from plan and edits")
    return tuple(said)


def _read(out: Path) -> EditedFolder:
    stored = _log_bytes(out)
    timeline, found = _read_timeline(out / TIMELINE_FILE) if stored is None else (None, b"")
    if timeline is not None:
        return EditedFolder(
            out=out, plan=timeline, log=new_log(found), timeline=timeline, stored=None, found=found
        )
    if not (out / PLAN_FILE).is_file():
        what = f"there are edits but no {PLAN_FILE}, so nothing says what they were made on"
        fix = "take it from a backup, or run the recipe again with this folder as --out"
        raise EditError(Problem(Place(str(out)), what, fix))
    path = str(out / LOG_FILE)
    plan, plan_bytes = _read_timeline(out / PLAN_FILE)
    log = read_log(stored or b"", path)
    _check_plan(plan_bytes, log, out / PLAN_FILE)
    folded = fold(plan, log.entries, path)
    found = _or_nothing(out / TIMELINE_FILE)
    folder = EditedFolder(out=out, plan=plan, log=log, timeline=folded, stored=stored, found=found)
    if _is_timeline(found, folded):
        return folder
    if found and not _was_once(plan, log, found):
        what = f"{TIMELINE_FILE} is not what the plan and {_edits(log)} give: it was changed otherwise"
        fix = "`rushes edit OUT repair` keeps it under another name and writes it again from plan and edits"
        raise EditError(Problem(Place(str(out / TIMELINE_FILE)), what, fix))
    note = f"{TIMELINE_FILE} was behind {LOG_FILE}, as after a command that was killed; it is up to date now"
    return replace(folder, notes=(note,))


def _check_plan(plan_bytes: bytes, log: EditLog, path: Path) -> None:
    if new_log(plan_bytes).header != log.header:
        what = f"this is not the plan of {_edits(log)}"
        fix = f"take it and {LOG_FILE} from one backup, or run into another folder with --out"
        raise EditError(Problem(Place(str(path)), what, fix))


def _edits(log: EditLog) -> str:
    count = len(log.entries)
    return "1 edit" if count == 1 else f"{count} edits"


def _is_timeline(found: bytes, folded: Timeline) -> bool:
    """Whether a file holds the timeline. Rendering adds crops to shots that have none and writes the recipe's titles, which
    is no change."""
    return found == timeline_to_json(folded) or _is_rendered(_stored(found), folded)


def _was_once(plan: Timeline, log: EditLog, found: bytes) -> bool:
    """Whether the timeline was as the file has it before one of the steps."""
    stored = _stored(found)
    return any(_is_rendered(stored, before) for _, before, _ in walk(plan, log.entries))


def _stored(found: bytes) -> Timeline | None:
    """The timeline in a file, None where there is no sound one."""
    try:
        return timeline_from_json(found)
    except TimelineError:
        return None


def _is_rendered(stored: Timeline | None, folded: Timeline) -> bool:
    """Whether a timeline is another but for titles, and for the crops of shots that have none there."""
    if stored is None or len(stored.clips) != len(folded.clips):
        return False
    clips = tuple(
        replace(clip, reframe=None) if bare.reframe is None else clip
        for clip, bare in zip(stored.clips, folded.clips, strict=True)
    )
    plain = replace(stored, clips=clips, titles=folded.titles)
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
    if _or_nothing(read.out / TIMELINE_FILE) != read.found:
        what = f"{TIMELINE_FILE} was written anew meanwhile, as by a run or a rendering"
        raise EditError(Problem(Place(str(read.out)), what, "try again"))


def _action(entry: Entry) -> str:
    return f"edit {entry.n} ({entry.action})"


def _longest_sound(plan: Timeline, data: bytes, path: str) -> tuple[EditLog, bytes]:
    """The log up to the first line that is damaged or cannot be made, and the bytes behind it."""
    lines = data.split(b"\n")
    first_error: EditError | None = None
    for count in range(len(lines), 0, -1):
        head = b"\n".join(lines[:count])
        try:
            log = read_log(head, path)
            fold(plan, log.entries, path)
        except EditError as error:
            first_error = first_error or error
            continue
        return log, data[len(head) :].strip(b"\n")
    assert first_error is not None, "without a line there is an error"
    raise first_error


def _read_timeline(path: Path) -> tuple[Timeline, bytes]:
    data = _bytes(path)
    return timeline_from_json(data, str(path)), data


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise RecipeError(Problem(Place(str(path)), f"cannot be read: {error.strerror}", _GIVE)) from None


def _log_bytes(out: Path) -> bytes | None:
    """None: there are no edits. An empty file is no log: what was in it is lost."""
    return _bytes(out / LOG_FILE) if (out / LOG_FILE).exists() else None


def _or_nothing(path: Path) -> bytes:
    return _bytes(path) if path.exists() else b""


def _free_name(path: Path) -> Path:
    """The path, or with a number where it is taken."""
    count, found = 1, path
    while found.exists():
        count += 1
        found = path.with_name(f"{path.stem}.{count}{path.suffix}")
    return found


def _write_timeline(folder: EditedFolder) -> bytes:
    data = timeline_to_json(folder.timeline)
    _write(folder.out / TIMELINE_FILE, data)
    return data


def _write(path: Path, data: bytes) -> None:
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

"""Mending an out folder whose edits were damaged: all that is whole stays, all else is kept beside it."""

from __future__ import annotations

from pathlib import Path

from rushes.run.edit_lock import alone
from rushes.run.edits import (
    LOG_FILE,
    PLAN_FILE,
    TIMELINE_FILE,
    bytes_or_nothing,
    check_plan,
    edits_counted,
    is_timeline,
    read_plan,
    read_timeline,
    was_once,
    write_safely,
)
from rushes.timeline.document import timeline_to_json
from rushes.timeline.edit_log import EditError, EditLog, is_whole, new_log, read_log
from rushes.timeline.fold import fold
from rushes.timeline.tree import Timeline

TORN_FILE = "edits.torn.jsonl"


def repair(out: Path) -> tuple[str, ...]:
    """Mend a folder whose log is damaged or whose timeline.json was changed; says what was done, () where all is well.

    The entries up to the first that is damaged, does not follow the one before or cannot be made stay; what stands behind
    is kept in edits.torn.jsonl, and a changed timeline.json in timeline.found.json.
    """
    said: list[str] = []
    if not (out / LOG_FILE).exists() and not (out / PLAN_FILE).exists():
        read_timeline(out / TIMELINE_FILE)
        return ()
    with alone(out):
        data = bytes_or_nothing(out / LOG_FILE)
        plan, plan_bytes = read_plan(out)
        log, rest = _longest_sound(plan, _with_header(data, plan_bytes), str(out / LOG_FILE))
        check_plan(plan_bytes, log, out / PLAN_FILE)
        rest = (_damaged_header(data) + rest).strip(b"\n")
        if not rest and not data:
            if is_timeline(bytes_or_nothing(out / TIMELINE_FILE), plan):
                (out / LOG_FILE).unlink(missing_ok=True)
                return ()
            write_safely(out / LOG_FILE, log.data)
            said.append(f"{LOG_FILE} begun anew without edits: what was in it is lost")
        if rest:
            write_safely(out / TORN_FILE, bytes_or_nothing(out / TORN_FILE) + rest + b"\n")
            write_safely(out / LOG_FILE, log.data)
            lines = len(rest.split(b"\n"))
            moved = f"{lines} line{'s' * (lines > 1)} of {LOG_FILE} moved to {TORN_FILE}"
            said.append(f"{moved}; {edits_counted(log)} kept")
        folded = fold(plan, log.entries, str(out / LOG_FILE))
        found = bytes_or_nothing(out / TIMELINE_FILE)
        if not is_timeline(found, folded):
            if found and not was_once(plan, log, found):
                kept = _free_name(out / "timeline.found.json")
                write_safely(kept, found)
                said.append(f"the {TIMELINE_FILE} that was there is now {kept.name}")
            write_safely(out / TIMELINE_FILE, timeline_to_json(folded))
            said.append(f"{TIMELINE_FILE} written again from plan and edits")
    return tuple(said)


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


def _with_header(data: bytes, plan: bytes) -> bytes:
    """The log with the header that it was begun with, where it has lost its own: the plan says what that was."""
    damaged = _damaged_header(data)
    return new_log(plan).data + data[len(damaged) :] if damaged or not data else data


def _damaged_header(data: bytes) -> bytes:
    """The first line where it is cut off or damaged, with its line break; b"" where it is whole."""
    line, end, _ = data.partition(b"\n")
    return b"" if is_whole(line) else line + end


def _free_name(path: Path) -> Path:
    """The path, or with a number where it is taken."""
    count, found = 1, path
    while found.exists():
        count += 1
        found = path.with_name(f"{path.stem}.{count}{path.suffix}")
    return found

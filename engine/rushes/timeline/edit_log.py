"""The log of edits, `edits.jsonl`: a header that names the plan, then one edit a line, oldest first, only ever added to.

Every line but the header carries the BLAKE3 of the line before it. Two people who edit copies of one folder thus write
lines that do not fit each other, and putting them into one file is told instead of giving an edit that nobody made.
Undo and redo are entries too: nothing that was done is ever taken out of the file.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any, Literal, get_args

from blake3 import blake3

from rushes.errors import Place, Problem, RushesError
from rushes.resources import shipped_schema
from rushes.store.valid import Check, sure_check
from rushes.timeline.canonical import canonical_json

SCHEMA = "rushes/edits@1"

Action = Literal[
    "clip_deleted",
    "clip_reordered",
    "clip_trimmed",
    "clip_replaced",
    "clip_added",
    "clip_locked",
    "clip_unlocked",
    "clip_noted",
    "regenerate_requested",
    "undo",
    "redo",
]
ACTIONS: tuple[str, ...] = get_args(Action)

REPAIR = "`rushes edit OUT repair` keeps what is whole and puts the rest into a file beside it"

REPAIR_BEFORE = "`rushes edit OUT repair` keeps what stands before it and puts the rest into a file beside it"

LOST = "take edits.jsonl from a backup; or go back to the plan with `rushes edit OUT repair`, which keeps the timeline beside it"


class EditError(RushesError):
    """An edit cannot be made, or the log of edits does not hold together. Nothing on disk has changed."""

    exit_code = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """What is to be done, before it stands in a log. The payload says all that the fold needs: rushes.timeline.fold."""

    action: Action
    payload: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the log. n counts from 1. timestamp is RFC 3339. Entries of one group are undone as one; a group is
    called by the n of its first entry."""

    n: int
    action: Action
    after: str
    timestamp: str
    by: str
    group: int
    payload: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """plan: BLAKE3 of the bytes of the plan that the edits were made on, 64 hex digits."""

    plan: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EditLog:
    """A log as read. data: its whole lines, each with its line break. torn: the bytes of a damaged last line."""

    header: Header
    entries: tuple[Entry, ...]
    data: bytes
    torn: bytes = b""

    def last_line(self) -> str:
        """BLAKE3 of the last whole line, which the next one names."""
        return _line_digest(self.data.removesuffix(b"\n").rpartition(b"\n")[2])


def new_log(plan: bytes) -> EditLog:
    """A log without entries. plan: the bytes of the timeline that edits will be made on."""
    header = {"schema": SCHEMA, "plan": plan_digest(plan)}
    return EditLog(header=Header(plan=header["plan"]), entries=(), data=_line(header))


def plan_digest(plan: bytes) -> str:
    """BLAKE3 of the bytes of a plan, titles and fades aside: they are the recipe's, and with others it is no other plan."""
    if b'"titles"' not in plan and b'"fades"' not in plan:
        return blake3(plan).hexdigest()
    document = json.loads(plan)
    for finish in ("titles", "fades"):
        document.pop(finish, None)
    return blake3(canonical_json(document)).hexdigest()


def append(log: EditLog, edit: Edit, timestamp: str, by: str, *, group: int | None = None) -> bytes:
    """The bytes of the line that adds an edit to a log, its line break included.

    group: n of the entry that it belongs to; None: it stands for itself. Raises EditError where the payload is not as the
    schema says, ValueError where it holds NaN.
    """
    n = len(log.entries) + 1
    document = {
        "n": n,
        "action": edit.action,
        "after": log.last_line(),
        "timestamp": timestamp,
        "by": by,
        "group": n if group is None else group,
        "payload": edit.payload,
    }
    found = _entry_problems(document, Place("the new edit"))
    if found:
        raise EditError(found)
    return _line(document)


def appended(log: EditLog, line: bytes, path: str = "edits.jsonl") -> EditLog:
    """The log with a line that `append` gave for it."""
    entry = _entry(line, Place(path, len(log.entries) + 2, 1))
    return replace(log, entries=(*log.entries, entry), data=log.data + line)


def read_log(data: bytes, path: str = "edits.jsonl", *, torn: bool = False) -> EditLog:
    """Read a log; `path` is what errors call it.

    A last line that is no whole entry is an error too, unless torn is true: then it is handed over in `torn` of the log.
    Raises EditError for damaged lines, another schema, counts that jump, and lines that do not follow each other.
    """
    lines = data.split(b"\n")
    tail = lines.pop()
    if tail and is_whole(tail):
        # Some editors leave out the last line break.
        lines, tail = [*lines, tail], b""
    if tail and not torn:
        what = "the last line is cut off in the middle"
        raise EditError(Problem(Place(path, len(lines) + 1, 1), what, REPAIR))
    if not lines:
        what = "the log of edits is empty" if not tail else "nothing in it is whole"
        raise EditError(Problem(Place(path), what, LOST))
    header = _header(lines[0], path)
    entries = tuple(_entry(line, Place(path, at, 1)) for at, line in enumerate(lines[1:], start=2))
    _check_chain(lines, entries, path)
    return EditLog(header=header, entries=entries, data=b"\n".join(lines) + b"\n", torn=tail)


def _line(document: Mapping[str, Any]) -> bytes:
    text = json.dumps(document, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.encode() + b"\n"


def _line_digest(line: bytes) -> str:
    return blake3(line).hexdigest()


def is_whole(line: bytes) -> bool:
    """Whether a line is a whole JSON object."""
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False


def _document(line: bytes, place: Place) -> dict[str, Any]:
    try:
        document: Any = json.loads(line.decode())
    except (ValueError, RecursionError) as error:
        what = f"this line is damaged: {error}"
        raise EditError(Problem(place, what, f"take the file from a backup; or {REPAIR_BEFORE}")) from None
    if not isinstance(document, dict):
        raise EditError(
            Problem(place, "this line is no edit", f"take the file from a backup; or {REPAIR_BEFORE}")
        )
    return document


def _header(line: bytes, path: str) -> Header:
    place = Place(path, 1, 1)
    document = _document(line, place)
    schema = document.get("schema")
    if schema != SCHEMA:
        what = f"its schema is {schema!r}, not {SCHEMA!r}" if schema else "its first line names no schema"
        raise EditError(
            Problem(place, what, "use the version of rushes that wrote it, or take it from a backup")
        )
    found = _problems("header", document, place)
    if found:
        raise EditError(found)
    return Header(plan=document["plan"])


def _entry(line: bytes, place: Place) -> Entry:
    document = _document(line, place)
    found = _entry_problems(document, place)
    if found:
        raise EditError(found)
    return Entry(**document)


def _entry_problems(document: Mapping[str, Any], place: Place) -> list[Problem]:
    action = document.get("action")
    found = _problems("entry", document, place)
    if found or action not in ACTIONS:
        return found
    return _problems(str(action), document["payload"], place)


def _problems(kind: str, document: Any, place: Place) -> list[Problem]:
    if _holds(kind)(document):
        return []
    from jsonschema import Draft7Validator

    found = Draft7Validator(_schema(kind)).iter_errors(document)
    errors = sorted(found, key=lambda error: (list(map(str, error.path)), error.message))
    return [Problem(place, _said(error.path, error.message), "write it as it was") for error in errors]


def _said(path: Any, message: str) -> str:
    where = ".".join(map(str, path))
    return f"{where}: {message}" if where else message


@cache
def _holds(kind: str) -> Check:
    return sure_check(_schema(kind))


@cache
def _schema(kind: str) -> dict[str, Any]:
    schema = shipped_schema("edits")
    return {"$ref": f"#/definitions/{kind}", "definitions": schema["definitions"]}


def _check_chain(lines: list[bytes], entries: tuple[Entry, ...], path: str) -> None:
    """Each entry counts one more than the one before it and names its line."""
    digests = [_line_digest(line) for line in lines]
    for at, entry in enumerate(entries, start=1):
        if entry.after == digests[at - 1] and entry.n == at:
            continue
        place = Place(path, at + 1, 1)
        if entry.after in digests[: at - 1]:
            last = digests.index(entry.after) + 1
            what = (
                f"the edits of two people got mixed: line {at + 1} ({_who(entry)}) and line {last + 1} "
                f"({_who(entries[last - 1])}) were both written after line {last}"
            )
        else:
            before = f" ({_who(entries[at - 2])})" if at > 1 else ""
            what = (
                f"line {at + 1} ({_who(entry)}) was not written after line {at}{before}: "
                f"one of the two was changed, or comes from somebody else's copy"
            )
        fix = f"take the file from a backup, or keep one person's edits: remove the lines from {at + 1} on"
        raise EditError(Problem(place, what, fix))


def _who(entry: Entry) -> str:
    return f"{entry.action} by {entry.by}, {entry.timestamp}"

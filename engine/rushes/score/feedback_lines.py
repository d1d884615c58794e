"""Feedback as JSON lines, to carry it from one library to another: one event a line. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from rushes.errors import Place, Problem, RecipeError
from rushes.score.feedback import FeedbackEvent, creator_fault, event_fault, uid_of, utc_text

SCHEMA = "rushes/feedback@1"
_KEYS = ("schema", "uid", "clip", "creator", "kind", "value", "at", "note")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_FIX = f"a line is one JSON object with {', '.join(_KEYS)}; `rushes feedback save` writes such lines"


def event_line(event: FeedbackEvent) -> str:
    """One event as a line, without its line break."""
    fields = {
        "schema": SCHEMA,
        "uid": event.uid,
        "clip": event.clip,
        "creator": event.creator,
        "kind": event.kind,
        "value": dict(event.value),
        "at": event.at,
        "note": event.note,
    }
    return json.dumps(fields, ensure_ascii=False, allow_nan=False)


def events_of_lines(lines: Iterable[str], path: str) -> list[FeedbackEvent]:
    """Read lines; empty ones are skipped. Raises RecipeError with the place of every line that cannot be read.

    kind, clip (a digest) and at (with a time zone) must be there. Without a uid, the event gets one that follows from what
    it says; without a creator it is of "default".
    """
    events: list[FeedbackEvent] = []
    problems: list[Problem] = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            events.append(_event(json.loads(line)))
        except json.JSONDecodeError as error:
            place = Place(path, number, error.colno)
            problems.append(Problem(place, f"this is not JSON: {error.msg}", _FIX))
        except ValueError as error:
            problems.append(Problem(Place(path, number, 1), str(error), _FIX))
    if problems:
        raise RecipeError(problems)
    return events


def _event(fields: Any) -> FeedbackEvent:
    """Raises ValueError with what is wrong."""
    if not isinstance(fields, dict):
        raise ValueError("this is no JSON object")  # noqa: TRY004  all faults of a line are of one kind
    given: Mapping[str, Any] = fields
    unknown = sorted(set(given) - set(_KEYS))
    if unknown:
        raise ValueError(f"{unknown[0]} is no field of an event")
    if given.get("schema", SCHEMA) != SCHEMA:
        raise ValueError(f"schema is {given['schema']!r}; this rushes reads {SCHEMA}")
    value = given.get("value", {})
    if not isinstance(value, dict):
        raise ValueError("value is no JSON object")  # noqa: TRY004
    clip, kind, at = (_text(given, name) for name in ("clip", "kind", "at"))
    creator, note = _text(given, "creator", "default"), _text(given, "note", "")
    fault = event_fault(kind, value) or creator_fault(creator)
    if fault:
        raise ValueError(fault)
    if not _DIGEST.fullmatch(clip):
        raise ValueError(f"clip is {clip!r}, which is no digest (64 hex digits)")
    says = {"clip": clip, "kind": kind, "creator": creator, "note": note, "at": _moment(at)}
    uid = _text(given, "uid", "") or uid_of(value=value, **says)
    return FeedbackEvent(uid=uid, value=value, **says)


def _text(given: Mapping[str, Any], name: str, default: str | None = None) -> str:
    value = given.get(name, default)
    if value is None:
        raise ValueError(f"{name} is missing")
    if not isinstance(value, str):
        raise ValueError(f"{name} is {value!r}, which is no text")  # noqa: TRY004
    return value


def _moment(text: str) -> str:
    try:
        return utc_text(datetime.fromisoformat(text))
    except ValueError as error:
        raise ValueError(f"at is {text!r}: {error}; write 2026-05-04T12:30:00Z") from None

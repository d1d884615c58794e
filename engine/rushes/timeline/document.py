"""The Timeline as a file: `timeline.json`, schema `rushes/timeline@1`.

Frames and rates are what counts; the seconds beside them are for people, and a file whose seconds say something else
than its frames is refused rather than half believed.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict
from fractions import Fraction
from functools import cache
from typing import TYPE_CHECKING, Any

from rushes.errors import Place, Problem, RushesError
from rushes.resources import shipped_schema
from rushes.store.valid import Check, sure_check
from rushes.timeline.canonical import canonical_json, sorted_keys
from rushes.timeline.check import problems_of
from rushes.timeline.parts_document import (
    clip_document,
    clip_from_document,
    float_or_none,
    rate_text,
    title_document,
    title_from_document,
    transition_document,
    transition_from_document,
)
from rushes.timeline.tree import (
    FINAL_STATUS,
    Fades,
    Reasoning,
    Section,
    Timeline,
    TimelineSong,
)

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

SCHEMA = "rushes/timeline@1"

_WRITE_AGAIN = "write the timeline again with `rushes run`, or take it from a backup"


class TimelineError(RushesError):
    """A timeline file is damaged, of another version, or contradicts itself."""

    exit_code = 2


def timeline_to_json(timeline: Timeline) -> bytes:
    """Canonical bytes of a timeline: same tree, same bytes.

    Raises ValueError where a number is NaN or infinite.
    """
    return canonical_json(timeline_to_document(timeline))


def timeline_to_document(timeline: Timeline) -> dict[str, Any]:
    """The document as plain dicts and lists, keys in file order."""
    status = {name: timeline.final_status.get(name) for name in FINAL_STATUS}
    return {
        "schema": SCHEMA,
        "version": timeline.version,
        "project_id": timeline.project_id,
        "creator_id": timeline.creator_id,
        "rate_fps": rate_text(timeline.rate_fps),
        "width_px": timeline.width_px,
        "height_px": timeline.height_px,
        "duration_s": float(timeline.duration_s()),
        "duration_frames": timeline.duration_frames,
        "song": None if timeline.song is None else _song_document(timeline.song),
        "clips": [clip_document(clip, timeline.rate_fps) for clip in timeline.clips],
        "deleted_clips": sorted_keys(timeline.deleted_clips),
        "transitions": [transition_document(part, timeline.rate_fps) for part in timeline.transitions],
        # Only an edit with titles or fades says so: others keep the bytes that they always had.
        **({"titles": [title_document(title) for title in timeline.titles]} if timeline.titles else {}),
        **({"fades": asdict(timeline.fades)} if timeline.fades != Fades() else {}),
        "user_edits": sorted_keys(timeline.user_edits),
        "ai_reasoning": _reasoning_document(timeline.ai_reasoning),
        "final_status": status | sorted_keys(timeline.final_status),
    }


def timeline_from_json(data: bytes, path: str = "timeline.json") -> Timeline:
    """Read a timeline back; `path` is what errors call it.

    Raises TimelineError with every problem found: no JSON, another schema, wrong fields, seconds against frames, and then
    whatever `problems_of` finds.
    """
    document = _loaded(data, path)
    _check_version(document, path)
    _check_schema(document, path)
    timeline = _timeline(document)
    derived = timeline_to_document(timeline)
    wrong = [found for key in _DERIVED for found in _contradictions(document[key], derived[key], key)]
    if wrong:
        raise TimelineError(Problem(Place(path), what, fix) for what, fix in wrong)
    problems = problems_of(timeline, path)
    if problems:
        raise TimelineError(problems)
    return timeline


def _loaded(data: bytes, path: str) -> dict[str, Any]:
    try:
        document: Any = json.loads(data.decode(), parse_constant=_refuse_constant, parse_float=_finite)
    except json.JSONDecodeError as error:
        place = Place(path, error.lineno, error.colno)
        raise TimelineError(Problem(place, f"this is not whole JSON: {error.msg}", _WRITE_AGAIN)) from None
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise TimelineError(Problem(Place(path), f"this is not a JSON text: {error}", _WRITE_AGAIN)) from None
    if not isinstance(document, dict) or "schema" not in document:
        what = f"this is not a timeline: it has no `schema: {SCHEMA}`"
        raise TimelineError(Problem(Place(path), what, "name a timeline.json that `rushes run` wrote"))
    return document


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is no JSON number")


def _finite(text: str) -> float:
    value = float(text)
    return value if math.isfinite(value) else _refuse_constant(text)


def _check_version(document: Mapping[str, Any], path: str) -> None:
    schema = document["schema"]
    if schema != SCHEMA:
        known = isinstance(schema, str) and schema.startswith("rushes/timeline@")
        fix = "install a newer rushes" if known else "name a timeline.json that `rushes run` wrote"
        raise TimelineError(
            Problem(Place(path), f"its schema is {schema!r}, this rushes reads {SCHEMA}", fix)
        )


def _check_schema(document: Mapping[str, Any], path: str) -> None:
    if _holds()(document):
        return
    from jsonschema import Draft7Validator

    found = Draft7Validator(shipped_schema("timeline")).iter_errors(document)
    errors = sorted(found, key=lambda error: (list(map(str, error.path)), error.message))
    if errors:
        raise TimelineError(_schema_problem(error, path) for error in errors)


@cache
def _holds() -> Check:
    return sure_check(shipped_schema("timeline"))


def _schema_problem(error: ValidationError, path: str) -> Problem:
    where = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in error.absolute_path)
    what = f"{where.lstrip('.') or 'the timeline'}: {error.message}"
    return Problem(Place(path), what, "see schemas/timeline.schema.json for what belongs there")


_DERIVED = ("duration_s", "duration_frames", "clips", "transitions")
"""Parts of a timeline in which numbers follow from others."""


def _contradictions(given: Any, derived: Any, where: str) -> list[tuple[str, str]]:
    """Numbers that the file gives twice and differently: seconds beside frames."""
    if isinstance(derived, dict):
        pairs = [(f"{where}.{key}".lstrip("."), given.get(key), derived[key]) for key in derived]
    elif isinstance(derived, list):
        pairs = [(f"{where}[{at}]", a, b) for at, (a, b) in enumerate(zip(given, derived, strict=True))]
    elif isinstance(derived, float) and abs(given - derived) > 1e-6:
        return [
            (
                f"{where} is {given}, but its frames say {derived:.6f}",
                f"set it to {derived:.6f}, or change the frames",
            )
        ]
    elif isinstance(derived, int) and given != derived:
        return [(f"{where} is {given}, but the other frames say {derived}", f"set it to {derived}")]
    else:
        return []
    return [found for name, a, b in pairs for found in _contradictions(a, b, name)]


def _song_document(song: TimelineSong) -> dict[str, Any]:
    return {
        "file": song.file,
        "digest": song.digest,
        "bpm": float(song.bpm),
        "duration_s": float(song.duration_s),
        "start_s": float(song.start_s),
        "beats": _floats(song.beats),
        "downbeats": _floats(song.downbeats),
        "energy_curve": _floats(song.energy_curve),
        "energy_times": _floats(song.energy_times),
        "sections": [
            {
                "start_s": float(part.start_s),
                "end_s": float(part.end_s),
                "label": part.label,
                "energy_01": float(part.energy_01),
            }
            for part in song.sections
        ],
        "drops": _floats(song.drops),
    }


def _reasoning_document(reasoning: Reasoning) -> dict[str, Any]:
    return {
        "pacing_target": reasoning.pacing_target,
        "style_match_score": float_or_none(reasoning.style_match_score),
        "notes": list(reasoning.notes),
        "warnings": list(reasoning.warnings),
        "objective": float(reasoning.objective),
        "bound": float(reasoning.bound),
        "gap": float(reasoning.gap),
        "constraints": sorted_keys(reasoning.constraints),
        **({"objective_of": reasoning.objective_of} if reasoning.objective_of else {}),
        **({} if reasoning.for_edits is None else {"for_edits": sorted_keys(reasoning.for_edits)}),
    }


def _floats(values: tuple[float, ...]) -> list[float]:
    return [float(value) for value in values]


def _timeline(document: Mapping[str, Any]) -> Timeline:
    song = document["song"]
    return Timeline(
        version=document["version"],
        project_id=document["project_id"],
        creator_id=document["creator_id"],
        rate_fps=Fraction(document["rate_fps"]),
        width_px=document["width_px"],
        height_px=document["height_px"],
        duration_frames=document["duration_frames"],
        song=None if song is None else _song(song),
        clips=tuple(clip_from_document(clip) for clip in document["clips"]),
        transitions=tuple(transition_from_document(part) for part in document["transitions"]),
        ai_reasoning=_reasoning(document["ai_reasoning"]),
        titles=tuple(title_from_document(title) for title in document.get("titles", ())),
        fades=Fades(**document.get("fades", {})),
        deleted_clips=tuple(document["deleted_clips"]),
        user_edits=tuple(document["user_edits"]),
        final_status={name: value for name, value in document["final_status"].items() if value is not None},
    )


def _song(song: Mapping[str, Any]) -> TimelineSong:
    lists = ("beats", "downbeats", "energy_curve", "energy_times", "drops")
    return TimelineSong(
        file=song["file"],
        digest=song["digest"],
        bpm=float(song["bpm"]),
        duration_s=float(song["duration_s"]),
        start_s=float(song["start_s"]),
        sections=tuple(Section(**part) for part in song["sections"]),
        **{name: tuple(float(value) for value in song[name]) for name in lists},
    )


def _reasoning(reasoning: Mapping[str, Any]) -> Reasoning:
    return Reasoning(
        **{
            **reasoning,
            "notes": tuple(reasoning["notes"]),
            "warnings": tuple(reasoning["warnings"]),
            "constraints": tuple(reasoning["constraints"]),
        }
    )

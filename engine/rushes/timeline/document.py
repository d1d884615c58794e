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
from rushes.timeline.tree import (
    FINAL_STATUS,
    ClipMetadata,
    Reasoning,
    Reframe,
    ReframeKey,
    Retime,
    RetimeKey,
    RunnerUp,
    Section,
    Timeline,
    TimelineClip,
    TimelineSong,
    Title,
    TitleLook,
    TitlePlace,
    Transition,
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
        "rate_fps": _rate_text(timeline.rate_fps),
        "width_px": timeline.width_px,
        "height_px": timeline.height_px,
        "duration_s": float(timeline.duration_s()),
        "duration_frames": timeline.duration_frames,
        "song": None if timeline.song is None else _song_document(timeline.song),
        "clips": [clip_document(clip, timeline.rate_fps) for clip in timeline.clips],
        "deleted_clips": sorted_keys(timeline.deleted_clips),
        "transitions": [transition_document(part, timeline.rate_fps) for part in timeline.transitions],
        # Only an edit with titles says so: others keep the bytes that they always had.
        **({"titles": [title_document(title) for title in timeline.titles]} if timeline.titles else {}),
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
    wrong = list(_contradictions(document, timeline_to_document(timeline), ""))
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


def _rate_text(rate_fps: Fraction) -> str:
    return f"{rate_fps.numerator}/{rate_fps.denominator}"


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


def clip_document(clip: TimelineClip, rate_fps: Fraction) -> dict[str, Any]:
    """A shot as the document has it; rate_fps is the timeline's."""
    return {
        "id": clip.id,
        "file": clip.file,
        "digest": clip.digest,
        "source_start_s": float(clip.source_start_s()),
        "source_end_s": float(clip.source_end_s(rate_fps)),
        "timeline_start_s": float(clip.timeline_start_s(rate_fps)),
        "duration_s": float(clip.duration_s(rate_fps)),
        "source_start_frames": clip.source_start_frames,
        "source_end_frames": clip.source_end_frames(rate_fps),
        "source_rate_fps": _rate_text(clip.source_rate_fps),
        "timeline_start_frames": clip.timeline_start_frames,
        "duration_frames": clip.duration_frames,
        "locked": clip.locked,
        "lock_metadata": sorted_keys(clip.lock_metadata),
        "reframe": None if clip.reframe is None else _reframe_document(clip.reframe),
        "retime": None if clip.retime is None else _retime_document(clip.retime),
        "metadata": _metadata_document(clip.metadata),
        "edit_history": sorted_keys(clip.edit_history),
    }


def _reframe_document(reframe: Reframe) -> dict[str, Any]:
    return {
        "mode": reframe.mode,
        "pad_blur_01": float(reframe.pad_blur_01),
        "keys": [
            {
                "at_s": float(key.at_s),
                "x_01": float(key.x_01),
                "y_01": float(key.y_01),
                "width_01": float(key.width_01),
            }
            for key in reframe.keys
        ],
    }


def _retime_document(retime: Retime) -> dict[str, Any]:
    keys = [{"at_frames": key.at_frames, "source_s": float(key.source_s)} for key in retime.keys]
    return {"blend": retime.blend, "keys": keys}


def _metadata_document(metadata: ClipMetadata) -> dict[str, Any]:
    return {
        "shot_type": metadata.shot_type,
        "angle": metadata.angle,
        "motion_intensity": _float_or_none(metadata.motion_intensity),
        "visual_quality": _float_or_none(metadata.visual_quality),
        "color_variance": _float_or_none(metadata.color_variance),
        "ai_confidence": float(metadata.ai_confidence),
        "ai_reasoning": metadata.ai_reasoning,
        "runner_up": None if metadata.runner_up is None else _runner_up_document(metadata.runner_up),
        "terms": {name: float(metadata.terms[name]) for name in sorted(metadata.terms)},
    }


def _runner_up_document(runner_up: RunnerUp) -> dict[str, Any]:
    return {
        "file": runner_up.file,
        "source_start_s": float(runner_up.source_start_s),
        "source_end_s": float(runner_up.source_end_s),
        "score_loss": float(runner_up.score_loss),
        "reason": runner_up.reason,
    }


def transition_document(transition: Transition, rate_fps: Fraction) -> dict[str, Any]:
    """A transition as the document has it; rate_fps is the timeline's."""
    return {
        "from_clip": transition.from_clip,
        "to_clip": transition.to_clip,
        "type": transition.type,
        "at_beat": transition.at_beat,
        "beat_index": transition.beat_index,
        "at_s": float(transition.at_frames / rate_fps),
        "at_frames": transition.at_frames,
        "duration_frames": transition.duration_frames,
        "direction": transition.direction,
        "reason": transition.reason,
    }


def title_document(title: Title) -> dict[str, Any]:
    """A title as the document has it."""
    place = asdict(title.place)
    for name in ("from_s", "until_s", "length_s"):
        place[name] = _float_or_none(place[name])
    look = asdict(title.look)
    for name in ("size_01", "y_01", "box_01", "fade_s"):
        look[name] = _float_or_none(look[name])
    frames = {"start_frames": title.start_frames, "end_frames": title.end_frames}
    return {"name": title.name, **frames, "place": place, "look": look}


def _title(title: Mapping[str, Any]) -> Title:
    return Title(**{**title, "place": TitlePlace(**title["place"]), "look": TitleLook(**title["look"])})


def _reasoning_document(reasoning: Reasoning) -> dict[str, Any]:
    return {
        "pacing_target": reasoning.pacing_target,
        "style_match_score": _float_or_none(reasoning.style_match_score),
        "notes": list(reasoning.notes),
        "warnings": list(reasoning.warnings),
        "objective": float(reasoning.objective),
        "bound": float(reasoning.bound),
        "gap": float(reasoning.gap),
        "constraints": sorted_keys(reasoning.constraints),
    }


def _floats(values: tuple[float, ...]) -> list[float]:
    return [float(value) for value in values]


def _float_or_none(value: float | None) -> float | None:
    return None if value is None else float(value)


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
        titles=tuple(_title(title) for title in document.get("titles", ())),
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


def clip_from_document(clip: Mapping[str, Any]) -> TimelineClip:
    """A shot of a document that holds to the schema."""
    return TimelineClip(
        id=clip["id"],
        file=clip["file"],
        digest=clip["digest"],
        source_start_frames=clip["source_start_frames"],
        source_rate_fps=Fraction(clip["source_rate_fps"]),
        timeline_start_frames=clip["timeline_start_frames"],
        duration_frames=clip["duration_frames"],
        locked=clip["locked"],
        lock_metadata=clip["lock_metadata"],
        reframe=None if clip.get("reframe") is None else _reframe(clip["reframe"]),
        retime=None if clip.get("retime") is None else _retime(clip["retime"]),
        metadata=_metadata(clip["metadata"]),
        edit_history=tuple(clip["edit_history"]),
    )


def _reframe(reframe: Mapping[str, Any]) -> Reframe:
    return Reframe(
        mode=reframe["mode"],
        keys=tuple(
            ReframeKey(**{name: float(value) for name, value in key.items()}) for key in reframe["keys"]
        ),
        pad_blur_01=float(reframe["pad_blur_01"]),
    )


def _retime(retime: Mapping[str, Any]) -> Retime:
    keys = tuple(
        RetimeKey(at_frames=key["at_frames"], source_s=float(key["source_s"])) for key in retime["keys"]
    )
    return Retime(keys=keys, blend=retime["blend"])


def _metadata(metadata: Mapping[str, Any]) -> ClipMetadata:
    runner_up = metadata["runner_up"]
    return ClipMetadata(**{**metadata, "runner_up": None if runner_up is None else RunnerUp(**runner_up)})


def transition_from_document(transition: Mapping[str, Any]) -> Transition:
    """A transition of a document that holds to the schema."""
    return Transition(**{name: value for name, value in transition.items() if name != "at_s"})


def _reasoning(reasoning: Mapping[str, Any]) -> Reasoning:
    return Reasoning(
        **{
            **reasoning,
            "notes": tuple(reasoning["notes"]),
            "warnings": tuple(reasoning["warnings"]),
            "constraints": tuple(reasoning["constraints"]),
        }
    )

"""Operation: the edit of talk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import polars as pl

from rushes.analyze.tables import unpack_tables
from rushes.edit.talk import TalkClip, TalkRequest, talk_timeline
from rushes.edit.talk_words import Said
from rushes.graph.node import Call, Outcome
from rushes.media.find import matches_any
from rushes.recipe.build import spec_from_plain
from rushes.recipe.spec import EditSpec
from rushes.score.files import read_frame
from rushes.timeline.check import problems_of
from rushes.timeline.document import timeline_to_json

_NTSC = 1001
_NUMBERS = ("motion_flow_score", "visual_quality_01", "color_variance_01")


def talk_timelines(calls: Sequence[Call]) -> list[Outcome]:
    """timeline.json. Where nobody speaks ConstraintError is raised, which ends the run with exit code 4."""
    return [_edit(call) for call in calls]


def _edit(call: Call) -> Outcome:
    params = call.params
    edit = spec_from_plain(EditSpec, params["edit"])
    rows = read_frame(call.inputs["clips"]).sort("clip").to_dicts()
    request = TalkRequest(
        clips=tuple(_clip(row, call, edit) for row in rows),
        edit=edit,
        project_id=params["project_id"],
        creator_id=params["creator_id"],
    )
    timeline = talk_timeline(request)
    problems = problems_of(timeline)
    if problems:
        raise AssertionError(f"the edit made an unsound timeline: {'; '.join(map(str, problems))}")
    call.outputs["timeline.json"].write_bytes(timeline_to_json(timeline))
    return Outcome()


def _clip(row: Mapping[str, Any], call: Call, edit: EditSpec) -> TalkClip:
    said, language = _said(call, row["clip"])
    speech = row.get("speech_segments")
    return TalkClip(
        file=row["clip"],
        digest=row["digest"],
        duration_s=row["duration_s"],
        rate_fps=Fraction(row["rate_fps"] or 1).limit_denominator(_NTSC),
        has_sound=row["has_audio"],
        speech=None if speech is None else tuple((span["start_s"], span["end_s"]) for span in speech),
        said=said,
        language=language,
        left_out=_left_out(row, edit),
        size_px=_size_px(row),
        shot_type=row.get("shot_type"),
        angle=row.get("angle"),
        numbers={name: row.get(name) for name in _NUMBERS},
    )


def _size_px(row: Mapping[str, Any]) -> tuple[int, int] | None:
    width_px, height_px = row.get("width_px"), row.get("height_px")
    return (round(width_px), round(height_px)) if width_px and height_px else None


def _left_out(row: Mapping[str, Any], edit: EditSpec) -> str:
    if matches_any(row["clip"], edit.never_use):
        return "edit.never_use names it"
    if row["rejected"]:
        return ", ".join(row["reject_reasons"])
    return "" if row["rate_fps"] else "it shows no picture"


def _said(call: Call, clip: str) -> tuple[tuple[Said, ...], str]:
    """Words, and cues that have none, in order of time, with the language."""
    path = call.inputs.get(f"transcript/{clip}")
    tables = {} if path is None else unpack_tables(path.read_bytes())[0]
    if not tables or tables["source"].is_empty():
        return (), ""
    return _timed(tables), tables["source"]["language"][0]


def _timed(tables: Mapping[str, pl.DataFrame]) -> tuple[Said, ...]:
    words = tables["words"]
    cues = tables["segments"].join(words, on="segment", how="anti")
    found = [Said(start_s=row["start_s"], end_s=row["end_s"], text=row["word"]) for row in words.to_dicts()]
    found += [
        Said(start_s=row["start_s"], end_s=row["end_s"], text=row["text"], is_word=False)
        for row in cues.to_dicts()
    ]
    return tuple(sorted(found, key=lambda one: (one.start_s, one.end_s, one.text)))

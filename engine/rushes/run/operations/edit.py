"""Operation: the edit."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rushes.edit.request import EditRequest
from rushes.edit.solve import edit_timeline
from rushes.graph.node import Call, Outcome
from rushes.recipe.build import spec_from_plain
from rushes.recipe.spec import EditSpec, SongSpec
from rushes.score.files import read_frame
from rushes.timeline.check import problems_of
from rushes.timeline.document import timeline_to_json


def edit_timelines(calls: Sequence[Call]) -> list[Outcome]:
    """timeline.json. Constraints that cannot hold raise ConstraintError, which ends the run with exit code 4."""
    return [_edit(call) for call in calls]


def edit_request(params: Mapping[str, Any], inputs: Mapping[str, Path]) -> EditRequest:
    """What the node `edit` is to make, from its parameters and inputs."""
    song = params["song"]
    return EditRequest(
        segments=read_frame(inputs["segments"]),
        samples=read_frame(inputs["samples"]),
        clips=read_frame(inputs["clips"]),
        song=json.loads(inputs["grid"].read_text()) if "grid" in inputs else None,
        song_file=song["name"] if song else None,
        song_digest=song["digest"] if song else None,
        edit=spec_from_plain(EditSpec, params["edit"]),
        song_spec=None if params["song_spec"] is None else spec_from_plain(SongSpec, params["song_spec"]),
        style=params["style"],
        project_id=params["project_id"],
        creator_id=params["creator_id"],
        thresholds=params["thresholds"],
        accents=read_frame(inputs["accents"]) if "accents" in inputs else None,
    )


def _edit(call: Call) -> Outcome:
    timeline = edit_timeline(edit_request(call.params, call.inputs))
    problems = problems_of(timeline)
    if problems:
        raise AssertionError(f"the edit made an unsound timeline: {'; '.join(map(str, problems))}")
    call.outputs["timeline.json"].write_bytes(timeline_to_json(timeline))
    return Outcome()

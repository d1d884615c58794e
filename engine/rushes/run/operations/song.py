"""Operation on the song: its grid of beats, sections and energy."""

from __future__ import annotations

import json
from collections.abc import Sequence

from rushes.analyze.beats import Params
from rushes.analyze.clip_pass import load_function
from rushes.analyze.table import ANALYZERS
from rushes.errors import MediaError
from rushes.graph.node import Call, Outcome
from rushes.run.operations.outcome import failed


def analyze_songs(calls: Sequence[Call]) -> list[Outcome]:
    """grid.json of each song. A song that cannot be read is a failure of its node."""
    return [_analyze(call) for call in calls]


def _analyze(call: Call) -> Outcome:
    try:
        grid = load_function(ANALYZERS["beats"].start)(call.inputs["song"], Params(**call.params["params"]))
    except MediaError as error:
        return failed(error)
    call.outputs["grid.json"].write_text(json.dumps(grid, sort_keys=True, allow_nan=False))
    return Outcome()

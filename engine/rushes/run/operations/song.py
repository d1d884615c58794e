"""Operation on the song: its grid of beats, sections and energy."""

from __future__ import annotations

import json
from collections.abc import Sequence

from rushes.analyze.beats import Params
from rushes.analyze.beats_pass import analyze_song, grid_to_json
from rushes.errors import MediaError
from rushes.graph.node import Call, Outcome
from rushes.media.audio import load_song
from rushes.run.operations.outcome import failed


def analyze_songs(calls: Sequence[Call]) -> list[Outcome]:
    """grid.json of each song. A song that cannot be read is a failure of its node."""
    return [_analyze(call) for call in calls]


def _analyze(call: Call) -> Outcome:
    try:
        samples, rate_hz = load_song(call.inputs["song"])
    except MediaError as error:
        return failed(error)
    grid = analyze_song(samples, rate_hz, Params(**call.params["params"]))
    call.outputs["grid.json"].write_text(json.dumps(grid_to_json(grid), sort_keys=True, allow_nan=False))
    return Outcome()

"""Operations on clips: probe, analyze (one decode for all analyzers), gather into the library's frames."""

from __future__ import annotations

import json
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from rushes.analyze.clip_pass import analyze_clip
from rushes.analyze.params import params_from_json
from rushes.analyze.spec import Analyzer, Column
from rushes.analyze.table import analyzer_named
from rushes.analyze.tables import pack_tables, unpack_tables
from rushes.errors import MediaError
from rushes.graph.node import Call, Outcome
from rushes.media.info import MediaInfo
from rushes.media.probe import info_from_json, info_to_json, probe
from rushes.recipe.spec import SegmentsSpec
from rushes.score.library import ClipTables, gather, write_library


def probe_clips(calls: Sequence[Call]) -> list[Outcome]:
    """Header facts of one clip, without its path: the same bytes give the same facts wherever they lie."""
    return [_probe(call) for call in calls]


def _probe(call: Call) -> Outcome:
    try:
        info = probe(str(call.inputs["media"]))
    except MediaError as error:
        return failed(error)
    call.outputs["info.json"].write_text(json.dumps(info_to_json(info), sort_keys=True))
    return Outcome()

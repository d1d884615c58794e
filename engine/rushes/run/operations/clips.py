"""Operations on clips: probe, analyze (one decode for all analyzers), derive (read what they wrote), gather into the
library's frames."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from rushes.analyze.clip_pass import analyze_seen_clip, derive_tables
from rushes.analyze.spec import ClipFacts, Seen
from rushes.analyze.table import analyzer_named
from rushes.analyze.tables import pack_tables, unpack_tables
from rushes.errors import MediaError
from rushes.graph.node import Call, Outcome
from rushes.media.info import MediaInfo
from rushes.media.probe import info_from_json, info_to_json, probe
from rushes.models.session import Models
from rushes.recipe.spec import SegmentsSpec
from rushes.run.operations.columns import library_columns
from rushes.run.operations.outcome import failed
from rushes.score.files import WRITTEN_TABLES, write_library
from rushes.score.library import ClipTables, gather


def probe_clips(calls: Sequence[Call]) -> list[Outcome]:
    """info.json of each clip, without its path: the same bytes give the same facts wherever they lie."""
    return [_probe(call) for call in calls]


def _probe(call: Call) -> Outcome:
    try:
        info = probe(str(call.inputs["media"]))
    except MediaError as error:
        return failed(error)
    call.outputs["info.json"].write_text(json.dumps(info_to_json(info), sort_keys=True))
    return Outcome()


def analyze_clips(calls: Sequence[Call]) -> list[Outcome]:
    """tables.bin of each analyzer. All calls are of one clip: it is decoded once."""
    first = calls[0]
    info = info_from_json(json.loads(first.inputs["info"].read_text()), path=str(first.inputs["media"]))
    wanted: dict[str, tuple[Any, Any]] = {}
    models: dict[str, Models] = {}
    for call in calls:
        analyzer = analyzer_named(call.params["analyzer"])
        wanted[analyzer.name] = (analyzer, analyzer.params(**_thawed(call.params["params"])))
        if "providers" in call.params:
            models[analyzer.name] = _models(call)
    try:
        tables, seen = analyze_seen_clip(info, wanted, models)
    except MediaError as error:
        return [failed(error) for _ in calls]
    for call in calls:
        analyzer, params = wanted[call.params["analyzer"]]
        # One that only listens may run without the others, and then the picture is not decoded: it knows nothing of it.
        facts = _facts(seen) if analyzer.wishes(params).pictures else {}
        call.outputs["tables.bin"].write_bytes(pack_tables(tables[analyzer.name], facts))
    warnings = _warnings(info, seen)
    return [Outcome(warnings=warnings) for _ in calls]


def _thawed(params: Mapping[str, Any]) -> dict[str, Any]:
    """Parameters as their dataclass takes them: JSON has lists where it has tuples."""
    return {name: tuple(value) if isinstance(value, list) else value for name, value in params.items()}


def _models(call: Call) -> Models:
    paths = {
        name.removeprefix("model/"): path for name, path in call.inputs.items() if name.startswith("model/")
    }
    return Models(paths, tuple(call.params.get("providers", ("cpu",))))


def derive_clips(calls: Sequence[Call]) -> list[Outcome]:
    """tables.bin of analyzers that read the tables of others of the same clip. No media is opened."""
    return [_derive(call) for call in calls]


def _derive(call: Call) -> Outcome:
    analyzer = analyzer_named(call.params["analyzer"])
    info = info_from_json(json.loads(call.inputs["info"].read_text()))
    tables: dict[str, Mapping[str, Any]] = {}
    facts: dict[str, Any] = {}
    for name in (*analyzer.reads, *analyzer.may_read):
        path = call.inputs.get(f"tables/{name}")
        if path is not None:
            tables[name], found = unpack_tables(path.read_bytes())
            facts = facts or found
    clip = ClipFacts(
        info=info,
        duration_s=facts["decoded_duration_s"] if facts else info.duration_s,
        complete=facts["complete"] if facts else True,
    )
    params = analyzer.params(**_thawed(call.params["params"]))
    written = derive_tables(analyzer, params, clip, tables, _models(call))
    call.outputs["tables.bin"].write_bytes(pack_tables(written, facts))
    return Outcome()


def _facts(seen: Seen) -> dict[str, Any]:
    return {
        "decoded_duration_s": seen.decoded_duration_s,
        "frame_count": seen.frame_count,
        "rate_fps": str(seen.rate_fps),
        "complete": seen.complete,
        "damaged_packets": seen.damaged_packets,
    }


def _warnings(info: MediaInfo, seen: Seen) -> tuple[str, ...]:
    found: list[str] = []
    if not seen.complete:
        found.append(
            f"breaks off: {seen.decoded_duration_s:.2f} s of {info.duration_s:.2f} s could be decoded, "
            "only that part is used"
        )
    if seen.damaged_packets:
        some = "picture was" if seen.damaged_packets == 1 else "pictures were"
        found.append(f"{seen.damaged_packets} damaged {some} left out")
    return tuple(found)


def gather_library(calls: Sequence[Call]) -> list[Outcome]:
    """The library's frames."""
    return [_gather(call) for call in calls]


def _gather(call: Call) -> Outcome:
    params = call.params
    known = [_clip_tables(call, clip) for clip in params["clips"]]
    library = gather(
        [clip for clip in known if clip is not None],
        library_columns(params["analyzers"]),
        SegmentsSpec(**params["segments"]),
        metadata=params["metadata"],
    )
    write_library(library, {name: call.outputs[f"{name}.arrow"] for name in WRITTEN_TABLES})
    return Outcome()


def _clip_tables(call: Call, clip: Mapping[str, Any]) -> ClipTables | None:
    """None for a clip that nothing could be read of: it has no row."""
    name, analyzers, unavailable = clip["clip"], call.params["analyzers"], call.params["unavailable"]
    if f"info/{name}" not in call.inputs:
        return None
    info = info_from_json(json.loads(call.inputs[f"info/{name}"].read_text()))
    tables: dict[str, Any] = {}
    facts: dict[str, Any] = {}
    for analyzer in analyzers:
        path = call.inputs.get(f"{analyzer}/{name}")
        if path is not None:
            tables[analyzer], found = unpack_tables(path.read_bytes())
            facts = facts or found
    if not tables and any(analyzer not in unavailable for analyzer in analyzers):
        return None
    assert info.video is not None
    return ClipTables(
        clip=name,
        digest=clip["digest"],
        duration_s=facts["decoded_duration_s"] if facts else info.duration_s,
        width_px=info.video.width_px,
        height_px=info.video.height_px,
        rate_fps=Fraction(facts["rate_fps"]) if facts else info.video.rate_fps,
        has_audio=info.audio is not None,
        complete=facts["complete"] if facts else True,
        metadata=clip["metadata"],
        tables=tables,
        failures={
            analyzer: call.failed_inputs[f"{analyzer}/{name}"]
            for analyzer in analyzers
            if f"{analyzer}/{name}" in call.failed_inputs
        },
        unavailable=unavailable,
        bytes=info.size_bytes,
        provenance=call.params["provenance"],
    )

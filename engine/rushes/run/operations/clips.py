"""Operations on clips: probe, analyze (one decode for all analyzers), derive (read what they wrote), gather into the
library's frames."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from rushes.analyze.clip_pass import AnalyzersBroke, analyze_seen_clip, derive_tables, guarded, seen_by
from rushes.analyze.spec import ClipFacts, Seen, Wishes
from rushes.analyze.table import analyzer_named
from rushes.analyze.tables import pack_tables, unpack_tables
from rushes.errors import MediaError
from rushes.graph.node import Call, Outcome
from rushes.media.faults import NO_SOUND_DECODES
from rushes.media.info import MediaInfo
from rushes.media.info_json import info_from_json, info_to_json
from rushes.media.probe import probe
from rushes.models.session import Models
from rushes.recipe.spec import SegmentsSpec
from rushes.run.operations.columns import library_columns
from rushes.run.operations.outcome import broken, failed
from rushes.run.side_files import read_side_files
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
    """tables.bin of each analyzer. All calls are of one clip: it is decoded once. One that breaks fails alone."""
    first = calls[0]
    info = info_from_json(json.loads(first.inputs["info"].read_text()), path=str(first.inputs["media"]))
    wanted: dict[str, tuple[Any, Any]] = {}
    models: dict[str, Models] = {}
    for call in calls:
        analyzer = analyzer_named(call.params["analyzer"])
        wanted[analyzer.name] = (analyzer, analyzer.params(**_thawed(call.params["params"])))
        if "providers" in call.params:
            models[analyzer.name] = _models(call)
    raised: Mapping[str, Exception] = {}
    try:
        tables, seen = analyze_seen_clip(info, wanted, models)
    except MediaError as error:
        return [failed(error) for _ in calls]
    except AnalyzersBroke as broke:
        tables, seen, raised = broke.tables, broke.seen, broke.raised
    outcomes: list[Outcome] = []
    for call in calls:
        analyzer, params = wanted[call.params["analyzer"]]
        if analyzer.name in raised:
            outcomes.append(broken(raised[analyzer.name]))
            continue
        wishes = analyzer.wishes(params)
        told = seen_by(wishes, seen)
        call.outputs["tables.bin"].write_bytes(pack_tables(tables[analyzer.name], _facts(told, wishes)))
        outcomes.append(Outcome(warnings=_warnings(info, told)))
    return outcomes


def _thawed(params: Mapping[str, Any]) -> dict[str, Any]:
    """Parameters as their dataclass takes them: JSON has lists where it has tuples."""
    return {name: tuple(value) if isinstance(value, list) else value for name, value in params.items()}


def _models(call: Call) -> Models:
    paths = {
        name.removeprefix("model/"): path for name, path in call.inputs.items() if name.startswith("model/")
    }
    return Models(paths, tuple(call.params.get("providers", ("cpu",))))


def derive_clips(calls: Sequence[Call]) -> list[Outcome]:
    """tables.bin of analyzers that read the tables of others of the same clip. No media is opened. One that breaks fails
    alone."""
    outcomes: list[Outcome] = []
    for call in calls:
        name, raised = call.params["analyzer"], dict[str, Exception]()
        written = b""
        with guarded(name, raised):
            written = _derived(call)
        if raised:
            outcomes.append(broken(raised[name]))
            continue
        # A full disk is no fault of the analyzer: it is told as what it is.
        call.outputs["tables.bin"].write_bytes(written)
        outcomes.append(Outcome())
    return outcomes


def _derived(call: Call) -> bytes:
    analyzer = analyzer_named(call.params["analyzer"])
    info = info_from_json(json.loads(call.inputs["info"].read_text()))
    tables: dict[str, Mapping[str, Any]] = {}
    known: list[Mapping[str, Any]] = []
    for name in (*analyzer.reads, *analyzer.may_read):
        path = call.inputs.get(f"tables/{name}")
        if path is not None:
            tables[name], found = unpack_tables(path.read_bytes())
            known.append(found)
    facts = _best_facts(known)
    sides = {n.removeprefix("side/"): path for n, path in call.inputs.items() if n.startswith("side/")}
    clip = ClipFacts(
        info=info,
        duration_s=facts["decoded_duration_s"] if facts else info.duration_s,
        complete=facts["complete"] if facts else True,
        side_files=read_side_files(sides, analyzer.side_suffixes),
    )
    params = analyzer.params(**_thawed(call.params["params"]))
    written = derive_tables(analyzer, params, clip, tables, _models(call))
    return pack_tables(written, facts)


def _facts(seen: Seen, wishes: Wishes) -> dict[str, Any]:
    facts = {
        "decoded_duration_s": seen.decoded_duration_s,
        "frame_count": seen.frame_count,
        "rate_fps": str(seen.rate_fps),
        "complete": seen.complete,
        "damaged_packets": seen.damaged_packets,
    }
    if wishes.sound is not None:
        facts |= {"pictures_decoded": seen.pictures_decoded, "sound_decodes": seen.sound_decodes}
    return facts


def _best_facts(known: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    """Those of one for whom the picture was decoded, else of the first: time stamps say less. None of none."""
    decoded = [facts for facts in known if facts and facts.get("pictures_decoded", True)]
    return next(iter([*decoded, *known]), {})


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
    if not seen.sound_decodes:
        found.append(f"{NO_SOUND_DECODES}, so it is not known what is heard")
    elif seen.damaged_sound_packets:
        some = "piece of sound is" if seen.damaged_sound_packets == 1 else "pieces of sound are"
        found.append(f"{seen.damaged_sound_packets} damaged {some} left silent")
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
    known: list[Mapping[str, Any]] = []
    for analyzer in analyzers:
        path = call.inputs.get(f"{analyzer}/{name}")
        if path is not None:
            tables[analyzer], found = unpack_tables(path.read_bytes())
            known.append(found)
    if not tables and any(analyzer not in unavailable for analyzer in analyzers):
        return None
    assert info.video is not None
    facts = _best_facts(known)
    failures = {
        analyzer: call.failed_inputs[f"{analyzer}/{name}"]
        for analyzer in analyzers
        if f"{analyzer}/{name}" in call.failed_inputs
    }
    if not all(found.get("sound_decodes", True) for found in known):
        failures["sound"] = NO_SOUND_DECODES
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
        failures=failures,
        unavailable=unavailable,
        bytes=info.size_bytes,
        provenance=call.params["provenance"],
    )

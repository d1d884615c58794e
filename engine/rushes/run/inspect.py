"""One file looked at by itself: nothing is stored."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePath
from typing import Any

from rushes.analyze.clip_pass import AnalyzersBroke, analyze_seen_clip, derive_tables, seen_by
from rushes.analyze.spec import Analyzer, ClipFacts, Column, Seen
from rushes.analyze.table import analyzer_named, known_analyzers
from rushes.errors import MediaError, Place, Problem, RecipeError
from rushes.graph.analysis import Analysis, models_wanted, plan_analysis
from rushes.media.faults import NO_SOUND_DECODES
from rushes.media.find import VIDEO_SUFFIXES
from rushes.media.info import MediaInfo
from rushes.media.probe import probe
from rushes.models.folder import installed_models
from rushes.models.installed import InstalledModels
from rushes.models.session import Models
from rushes.recipe.files import SUFFIXES
from rushes.recipe.spec import AnalyzerSpec, SegmentsSpec
from rushes.run.side_files import read_side_files, side_files_of
from rushes.score.library import ClipTables, gather
from rushes.units import round_6

_PUBLIC = {
    "beats_s": "beats",
    "downbeats_s": "downbeats",
    "drops_s": "drops",
    "energy_curve_01": "energy_curve",
    "energy_times_s": "energy_times",
}
"""Names of the song's lists as timelines spell them."""


def inspect_file(
    path: str, names: Sequence[str] | None = None, models: Path | None = None, models_option: str = ""
) -> dict[str, Any]:
    """What analyzers find in a file: a clip where it ends like one, else a song.

    names: analyzers; None: all that fit. models: the models folder; models_option: what a
    command must say to mean it. A clip gives its facts, its columns over the whole
    clip, `cuts` (seconds), `failures` (such as sound that cannot be decoded) and `unavailable` (analyzer -> which model
    is missing); a song `bpm`, `beats`, `downbeats`, `energy_curve`, `sections` and more. Raises MediaError, ModelError where a model is damaged, and RecipeError for an
    analyzer that does not exist or does not fit.
    """
    _refuse_recipe(path)
    kind = "clip" if PurePath(path).suffix.lower() in VIDEO_SUFFIXES else "song"
    chosen = _analyzers(path, kind, names)
    return _inspect_clip(path, chosen, models, models_option) if kind == "clip" else _inspect_song(path)


def _refuse_recipe(path: str) -> None:
    if path.endswith(SUFFIXES):
        what = "this is a recipe, or another YAML file, not a clip or a song"
        fix = f"give a clip or a song; `rushes show {path}` prints a recipe, `rushes validate` checks it"
        raise MediaError(Problem(Place(path), what, fix))


def _analyzers(path: str, kind: str, names: Sequence[str] | None) -> list[Analyzer]:
    fitting = [
        analyzer for analyzer in known_analyzers().values() if (analyzer.source == "song") == (kind == "song")
    ]
    if names is None:
        return fitting
    chosen = [analyzer_named(name) for name in names]
    for analyzer in chosen:
        if analyzer.name not in {other.name for other in fitting}:
            looks_at = "song" if analyzer.source == "song" else "clip"
            what = f"{analyzer.name} looks at a {looks_at}, but {path} is read as a {kind}"
            fix = f"use --analyzers with any of: {', '.join(other.name for other in fitting)}"
            raise RecipeError(Problem(None, what, fix))
    return chosen


def _inspect_clip(
    path: str, analyzers: Sequence[Analyzer], folder: Path | None, option: str
) -> dict[str, Any]:
    info = probe(path)
    table = known_analyzers()
    specs = [
        AnalyzerSpec(name=analyzer.name, params=dataclasses.asdict(analyzer.params()))
        for analyzer in analyzers
    ]
    names = models_wanted(specs, table)
    installed = (
        installed_models(folder, names, option=option) if folder is not None and names else InstalledModels()
    )
    analysis = plan_analysis(specs, table, installed)
    tables, seen = _look(info, analysis, table, installed)
    columns = [column for analyzer in analyzers for column in analyzer.columns]
    video = info.video
    assert video is not None
    known = ClipTables(
        clip=PurePath(path).name,
        digest="",
        duration_s=seen.decoded_duration_s,
        width_px=video.width_px,
        height_px=video.height_px,
        rate_fps=seen.rate_fps,
        has_audio=info.audio is not None,
        complete=seen.complete,
        tables=tables,
        failures={} if seen.sound_decodes else {"sound": NO_SOUND_DECODES},
    )
    library = gather([known], columns, SegmentsSpec())
    row = library.clips.row(0, named=True)
    found: dict[str, Any] = {"kind": "clip", **_facts(info)}
    found |= {name: _plain(row[name]) for name in ("duration_s", "complete", "has_audio")}
    found |= _of(columns, row)
    if any(analyzer.name == "shots" for analyzer in analyzers):
        found["cuts"] = [round_6(at_s) for at_s in library.cuts["t_s"]]
    missing = {
        name: analysis.unavailable[name].what for name in analysis.named if name in analysis.unavailable
    }
    found |= {"failures": row["failures"]} if row["failures"] else {}
    return found | ({"unavailable": missing} if missing else {})


def _look(
    info: MediaInfo, analysis: Analysis, table: Mapping[str, Analyzer], installed: InstalledModels
) -> tuple[dict[str, Mapping[str, Any]], Seen]:
    """Tables of every analyzer that can run: one decode, then what reads its results."""
    given = {
        spec.name: (table[spec.name], table[spec.name].params(**spec.params)) for spec in analysis.wanted
    }
    models = {
        name: Models({model: Path(installed.files[model].path) for model in analyzer.models(params)})
        for name, (analyzer, params) in given.items()
        if analyzer.models(params)
    }
    fed = {name: pair for name, pair in given.items() if pair[0].source == "clip"}
    try:
        passed, seen = analyze_seen_clip(info, fed, {name: models[name] for name in fed if name in models})
    except AnalyzersBroke as broke:
        raise broke.first from None
    tables = dict(passed)
    told = {name: seen_by(analyzer.wishes(params), seen) for name, (analyzer, params) in fed.items()}
    for name, (analyzer, params) in given.items():
        if analyzer.source == "tables":
            read = [told[other] for other in (*analyzer.reads, *analyzer.may_read) if other in told]
            # What reads no other analyzer, such as transcripts, is told what the decode found.
            told[name] = _best(read or [seen])
            sides = side_files_of(info.path, analyzer.side_suffixes)
            facts = ClipFacts(
                info=info,
                duration_s=told[name].decoded_duration_s,
                complete=told[name].complete,
                side_files=read_side_files(sides, analyzer.side_suffixes),
            )
            tables[name] = derive_tables(analyzer, params, facts, tables, models.get(name, Models()))
    return tables, seen


def _best(told: Sequence[Seen]) -> Seen:
    """What one is told for whom the picture was decoded, else the first: as in a run."""
    return next((seen for seen in told if seen.pictures_decoded), told[0])


def _facts(info: MediaInfo) -> dict[str, Any]:
    video = info.video
    assert video is not None
    return {
        "codec": video.codec,
        "width_px": video.width_px,
        "height_px": video.height_px,
        "rotation_deg": video.rotation_deg,
        "rate_fps": str(video.rate_fps),
        "bit_depth": video.bit_depth,
        "transfer": video.transfer,
    }


def _of(columns: Sequence[Column], row: dict[str, Any]) -> dict[str, Any]:
    return {column.name: _plain(row[column.name]) for column in columns}


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(part) for part in value]
    if isinstance(value, dict):
        return {name: _plain(part) for name, part in value.items()}
    return round_6(value) if isinstance(value, float) else value


def _inspect_song(path: str) -> dict[str, Any]:
    from rushes.analyze.beats import Params
    from rushes.analyze.beats_pass import start_song

    grid = start_song(Path(path), Params())
    return {"kind": "song", **{_PUBLIC.get(name, name): value for name, value in grid.items()}}

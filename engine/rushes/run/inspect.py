"""One file looked at by itself: nothing is stored."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path, PurePath
from typing import Any

from rushes.analyze.clip_pass import analyze_seen_clip
from rushes.analyze.spec import Analyzer, Column
from rushes.analyze.table import analyzer_named, known_analyzers
from rushes.errors import Problem, RecipeError
from rushes.media.find import VIDEO_SUFFIXES
from rushes.media.info import MediaInfo
from rushes.media.probe import probe
from rushes.recipe.spec import SegmentsSpec
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


def inspect_file(path: str, names: Sequence[str] | None = None) -> dict[str, Any]:
    """What analyzers find in a file: a clip where it ends like one, else a song.

    names: analyzers; None: all that fit. A clip gives its facts, its columns over the whole clip and `cuts` (seconds);
    a song `bpm`, `beats`, `downbeats`, `energy_curve`, `sections` and more. Raises MediaError, and RecipeError for
    an analyzer that does not exist or does not fit.
    """
    kind = "clip" if PurePath(path).suffix.lower() in VIDEO_SUFFIXES else "song"
    analyzers = _analyzers(path, kind, names)
    return _inspect_clip(path, analyzers) if kind == "clip" else _inspect_song(path)


def _analyzers(path: str, kind: str, names: Sequence[str] | None) -> list[Analyzer]:
    if names is None:
        return [analyzer for analyzer in known_analyzers().values() if analyzer.source == kind]
    chosen = [analyzer_named(name) for name in names]
    for analyzer in chosen:
        if analyzer.source != kind:
            fit = ", ".join(name for name, other in known_analyzers().items() if other.source == kind)
            what = f"{analyzer.name} looks at a {analyzer.source}, but {path} is read as a {kind}"
            raise RecipeError(Problem(None, what, f"use --analyzers with any of: {fit}"))
    return chosen


def _inspect_clip(path: str, analyzers: Sequence[Analyzer]) -> dict[str, Any]:
    info = probe(path)
    tables, seen = analyze_seen_clip(info, {a.name: (a, a.params()) for a in analyzers})
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
    )
    library = gather([known], columns, SegmentsSpec())
    row = library.clips.row(0, named=True)
    found: dict[str, Any] = {"kind": "clip", **_facts(info)}
    found |= {name: _plain(row[name]) for name in ("duration_s", "complete", "has_audio")}
    found |= _of(columns, row)
    if any(analyzer.name == "shots" for analyzer in analyzers):
        found["cuts"] = [round_6(at_s) for at_s in library.cuts["t_s"]]
    return found


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
    return round_6(value) if isinstance(value, float) else value


def _inspect_song(path: str) -> dict[str, Any]:
    from rushes.analyze.beats import Params
    from rushes.analyze.beats_pass import start_song

    grid = start_song(Path(path), Params())
    return {"kind": "song", **{_PUBLIC.get(name, name): value for name, value in grid.items()}}

"""Operation: the crop of every shot."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from rushes.analyze.saliency import ANALYZER as SALIENCY
from rushes.analyze.tables import unpack_tables
from rushes.edit.reframe import ShotToReframe, reframe_shot
from rushes.graph.node import Call, Outcome
from rushes.media.info import VideoInfo
from rushes.media.probe import info_from_json
from rushes.recipe.spec import ReframeSpec
from rushes.timeline.document import timeline_from_json, timeline_to_json
from rushes.timeline.tree import Timeline, TimelineClip

_NOTHING = {
    name: pl.DataFrame(schema={column: getattr(pl, kind) for column, kind in columns})
    for name, columns in SALIENCY.tables.items()
}
"""Tables of `saliency` of a clip that it did not look at."""


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of a clip. maps, required: tables of `saliency`."""

    video: VideoInfo
    maps: pl.DataFrame
    required: pl.DataFrame
    cuts_s: tuple[float, ...]


def reframe_timelines(calls: Sequence[Call]) -> list[Outcome]:
    """timeline.json: that of the edit, with a crop for every shot that has none and of whose clip enough is known."""
    return [_reframe(call) for call in calls]


def _reframe(call: Call) -> Outcome:
    timeline = timeline_from_json(call.inputs["timeline"].read_bytes())
    spec = _spec(call.params["reframe"])
    known = {file: _known(call, file) for file in dict.fromkeys(clip.file for clip in timeline.clips)}
    clips = tuple(
        _reframed(timeline, clip, known[clip.file], _beyond_s(timeline, clip), spec)
        for clip in timeline.clips
    )
    call.outputs["timeline.json"].write_bytes(timeline_to_json(dataclasses.replace(timeline, clips=clips)))
    return Outcome()


def _spec(data: Mapping[str, Any]) -> ReframeSpec:
    return ReframeSpec(**{**data, "require": tuple(data["require"]), "fit_for": tuple(data["fit_for"])})


def _known(call: Call, file: str) -> _Known | None:
    """None for a clip that is not among the footage."""
    info = call.inputs.get(f"info/{file}")
    if info is None:
        return None
    video = info_from_json(json.loads(info.read_text())).video
    assert video is not None
    seen, cut = (call.inputs.get(f"{name}/{file}") for name in ("saliency", "shots"))
    tables: Mapping[str, pl.DataFrame] = _NOTHING if seen is None else unpack_tables(seen.read_bytes())[0]
    cuts_s = () if cut is None else tuple(unpack_tables(cut.read_bytes())[0]["cuts"]["t_s"].sort())
    return _Known(video, tables["maps"], tables["required"], cuts_s)


def _beyond_s(timeline: Timeline, clip: TimelineClip) -> tuple[float, float]:
    """How much source before its range and after it dissolves show."""
    before = after = 0
    for transition in timeline.transitions:
        first = transition.duration_frames // 2
        if transition.to_clip == clip.id:
            before = first
        if transition.from_clip == clip.id:
            after = transition.duration_frames - first
    return float(before / timeline.rate_fps), float(after / timeline.rate_fps)


def _reframed(
    timeline: Timeline,
    clip: TimelineClip,
    known: _Known | None,
    beyond_s: tuple[float, float],
    spec: ReframeSpec,
) -> TimelineClip:
    if clip.reframe is not None or known is None:
        return clip
    shot = ShotToReframe(
        start_s=float(clip.source_start_s()) - beyond_s[0],
        end_s=float(clip.source_end_s(timeline.rate_fps)) + beyond_s[1],
        picture_shape=known.video.width_px / known.video.height_px,
        frame_shape=timeline.width_px / timeline.height_px,
        maps=known.maps,
        required=known.required,
        cuts_s=known.cuts_s,
    )
    return dataclasses.replace(clip, reframe=reframe_shot(shot, spec))

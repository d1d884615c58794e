"""Operation: the crop of every shot."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from rushes.analyze.saliency import ANALYZER as SALIENCY
from rushes.analyze.tables import unpack_tables
from rushes.edit.fades import with_fades
from rushes.edit.punch_in import FaceSeen, ShotSeen, punched_in
from rushes.edit.reframe import ShotToReframe, reframe_shot
from rushes.edit.reframe_scene import samples_of
from rushes.edit.titles import with_titles
from rushes.graph.node import Call, Outcome
from rushes.media.info import VideoInfo
from rushes.media.info_json import info_from_json
from rushes.recipe.spec import ReframeSpec
from rushes.recipe.transition_spec import FadesSpec
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


def cropped(
    timeline: Timeline, params: Mapping[str, Any], inputs: Mapping[str, Path]
) -> tuple[TimelineClip, ...]:
    """The shots of a timeline, each that has no crop with one, if enough is known of its clip. params, inputs: of the node."""
    spec = _spec(params["reframe"])
    known = {file: _known(inputs, file) for file in dict.fromkeys(clip.file for clip in timeline.clips)}
    clips = tuple(
        _reframed(timeline, clip, known[clip.file], _beyond_s(timeline, clip), spec)
        for clip in timeline.clips
    )
    scale = params.get("punch_in_scale")
    return clips if scale is None else _punched_in(timeline, clips, known, spec, scale)


def _reframe(call: Call) -> Outcome:
    timeline = timeline_from_json(call.inputs["timeline"].read_bytes())
    clips = cropped(timeline, call.params, call.inputs)
    # What the recipe says now counts, whatever was written over the edit when it was made.
    made = dataclasses.replace(timeline, clips=clips, titles=())
    titles = call.params.get("titles", [])
    made, never = with_titles(made, titles, call.params["title_facts"]) if titles else (made, ())
    made, shorter = with_fades(made, FadesSpec(**call.params.get("fades", {})))
    call.outputs["timeline.json"].write_bytes(timeline_to_json(made))
    return Outcome(warnings=(*never, *shorter))


def _punched_in(
    timeline: Timeline,
    clips: Sequence[TimelineClip],
    known: Mapping[str, _Known | None],
    spec: ReframeSpec,
    scale: float,
) -> tuple[TimelineClip, ...]:
    """clips: those of the timeline, with their crops. A crop that the timeline had is left as it is."""
    given = {clip.id for clip in timeline.clips if clip.reframe is not None}
    faces = {file: () if one is None else _faces(one, spec) for file, one in known.items()}
    draws = {file: () if one is None else _draws(one) for file, one in known.items()}
    shots = [
        ShotSeen(
            file=clip.file,
            start_s=float(clip.source_start_s()),
            end_s=float(clip.source_end_s(timeline.rate_fps)),
            picture_shape=1.0 if one is None else one.video.width_px / one.video.height_px,
            frame_shape=timeline.width_px / timeline.height_px,
            reframe=clip.reframe,
            faces=faces[clip.file],
            draws=draws[clip.file],
            cuts_s=() if one is None else one.cuts_s,
            fixed=one is None or clip.id in given,
        )
        for clip in clips
        for one in (known[clip.file],)
    ]
    crops = punched_in(shots, scale)
    return tuple(dataclasses.replace(clip, reframe=crop) for clip, crop in zip(clips, crops, strict=True))


def _draws(known: _Known) -> tuple[tuple[float, float, float], ...]:
    """Where the eye is drawn at each moment that has a map with something in it."""
    across, down = (samples_of(known.maps, known.required, axis, (), 0.0) for axis in (0, 1))
    return tuple(
        (x.t_s, _middle(x.mass), _middle(y.mass))
        for x, y in zip(across, down, strict=True)
        if x.mass.any() and y.mass.any()
    )


def _middle(mass: NDArray[np.float64]) -> float:
    """Of parts of a length, 0..1; mass adds up to 1."""
    return float(mass @ ((np.arange(len(mass)) + 0.5) / len(mass)))


def _faces(known: _Known, spec: ReframeSpec) -> tuple[FaceSeen, ...]:
    """Faces that must not be cut off."""
    rows = known.required.filter(pl.col("what") == "face", pl.col("weight_01") >= spec.least_weight_01)
    return tuple(
        FaceSeen(
            at_s=row["t_s"],
            x_01=row["x_01"],
            y_01=row["y_01"],
            width_01=row["width_01"],
            height_01=row["height_01"],
        )
        for row in rows.sort("t_s", "x_01", "y_01").to_dicts()
    )


def _spec(data: Mapping[str, Any]) -> ReframeSpec:
    return ReframeSpec(**{**data, "require": tuple(data["require"]), "fit_for": tuple(data["fit_for"])})


def _known(inputs: Mapping[str, Path], file: str) -> _Known | None:
    """None for a clip that is not among the footage."""
    info = inputs.get(f"info/{file}")
    if info is None:
        return None
    video = info_from_json(json.loads(info.read_text())).video
    assert video is not None
    seen, cut = (inputs.get(f"{name}/{file}") for name in ("saliency", "shots"))
    tables: Mapping[str, pl.DataFrame] = (
        _NOTHING if seen is None else unpack_tables(seen.read_bytes(), _NOTHING)[0]
    )
    cuts_s = () if cut is None else tuple(unpack_tables(cut.read_bytes(), ("cuts",))[0]["cuts"]["t_s"].sort())
    return _Known(video, tables["maps"], tables["required"], cuts_s)


def _beyond_s(timeline: Timeline, clip: TimelineClip) -> tuple[float, float]:
    """How much source before its range and after it dissolves and whip pans show."""
    before = after = 0
    for transition in timeline.transitions:
        if transition.type == "dip_to_black":
            continue
        first = transition.duration_frames // 2
        if transition.to_clip == clip.id:
            before = first
        if transition.from_clip == clip.id:
            after = transition.duration_frames - first
    rate_fps = timeline.rate_fps
    first_s = clip.source_at_s(-before, rate_fps)
    last_s = clip.source_at_s(clip.duration_frames + after, rate_fps)
    return float(clip.source_start_s() - first_s), float(last_s - clip.source_end_s(rate_fps))


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

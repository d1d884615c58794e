"""The crop as an operation of a run."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import polars as pl
import timeline_samples as samples
from rushes.analyze.table import ANALYZERS
from rushes.analyze.tables import pack_tables
from rushes.graph.node import Call
from rushes.media.info import MediaInfo, VideoInfo
from rushes.media.info_json import info_to_json
from rushes.recipe.spec import ReframeSpec
from rushes.run.operations.reframe import _beyond_s, reframe_timelines
from rushes.timeline.document import timeline_from_json, timeline_to_json
from rushes.timeline.tree import Reframe, ReframeKey, Retime, RetimeKey, Timeline

UPRIGHT = replace(samples.timeline((30, 60, 30)), width_px=1080, height_px=1920)
VIDEO = VideoInfo(
    codec="h264",
    width_px=1920,
    height_px=1080,
    rotation_deg=0,
    rate_fps=Fraction(30),
    time_base=Fraction(1, 30),
    start_pts=0,
    frame_count=900,
    bit_depth=8,
    transfer="sdr",
    pixel_format="yuv420p",
)
INFO = MediaInfo(
    path="", digest="0" * 64, size_bytes=1, container="mp4", duration_s=30.0, video=VIDEO, audio=None
)


def frame(analyzer: str, table: str, rows: list[Any]) -> pl.DataFrame:
    schema = {column: getattr(pl, kind) for column, kind in ANALYZERS[analyzer].tables[table]}
    return pl.DataFrame(rows, schema=schema, orient="row")


def saliency(face_at_01: float, seconds: float = 30.0) -> bytes:
    """Tables of a clip with one face that rests."""
    times = [n / 2 for n in range(int(2 * seconds))]
    maps = [(round(t * 30), t, 32, 18, bytes(32 * 18)) for t in times]
    faces = [(round(t * 30), t, face_at_01 - 0.03, 0.3, 0.06, 0.1, "face", 1.0) for t in times]
    tables = {"maps": frame("saliency", "maps", maps), "required": frame("saliency", "required", faces)}
    return pack_tables(tables, {})


def reframed(folder: Path, timeline: Timeline, looked: dict[str, bytes], **spec: Any) -> Timeline:
    """looked: input -> its bytes."""
    files = {"timeline": timeline_to_json(timeline), **looked}
    inputs: dict[str, Path] = {}
    for number, (name, data) in enumerate(files.items()):
        inputs[name] = folder / f"{number}.in"
        inputs[name].write_bytes(data)
    out = folder / "timeline.json"
    params = {"reframe": json.loads(json.dumps(asdict(ReframeSpec(**spec))))}
    (outcome,) = reframe_timelines([Call(params=params, inputs=inputs, outputs={"timeline.json": out})])
    assert not outcome.failure
    return timeline_from_json(out.read_bytes())


def info() -> bytes:
    return json.dumps(info_to_json(INFO)).encode()


def infos(timeline: Timeline) -> dict[str, bytes]:
    return {f"info/{clip.file}": info() for clip in timeline.clips}


def test_without_saliency_the_timeline_passes_through(tmp_path):
    assert reframed(tmp_path, UPRIGHT, {}) == UPRIGHT
    assert reframed(tmp_path, UPRIGHT, infos(UPRIGHT)) == UPRIGHT


def test_every_shot_whose_clip_was_looked_at_gets_a_crop_and_nothing_else_changes(tmp_path):
    first, _, third = UPRIGHT.clips
    looked = infos(UPRIGHT) | {
        f"saliency/{first.file}": saliency(0.2),
        f"saliency/{third.file}": saliency(0.8),
    }
    found = reframed(tmp_path, UPRIGHT, looked)
    crops = [clip.reframe for clip in found.clips]
    assert crops[1] is None
    assert [round(crop.keys[0].x_01 - at, 1) for crop, at in ((crops[0], 0.2), (crops[2], 0.8))] == [
        0.1,
        -0.1,
    ]
    assert replace(found, clips=tuple(replace(clip, reframe=None) for clip in found.clips)) == UPRIGHT


def test_a_crop_that_a_shot_has_already_is_kept(tmp_path):
    mine = Reframe(mode="steady", keys=(ReframeKey(at_s=0, x_01=0.4, y_01=0.5, width_01=0.25),))
    first = UPRIGHT.clips[0]
    given = replace(UPRIGHT, clips=(replace(first, reframe=mine), *UPRIGHT.clips[1:]))
    looked = infos(UPRIGHT) | {f"saliency/{first.file}": saliency(0.2)}
    assert reframed(tmp_path, given, looked).clips[0].reframe == mine


def test_a_cut_of_the_clip_inside_a_shot_is_a_jump(tmp_path):
    clip = UPRIGHT.clips[1]
    cut_s = float(clip.source_start_s()) + 1.0
    cuts = pack_tables({"cuts": frame("shots", "cuts", [(cut_s, 0.9)])}, {})
    looked = infos(UPRIGHT) | {f"saliency/{clip.file}": saliency(0.3), f"shots/{clip.file}": cuts}
    crop = reframed(tmp_path, UPRIGHT, looked).clips[1].reframe
    assert crop is not None
    assert [key.at_s for key in crop.keys[1:]] == [cut_s, cut_s]


def test_a_dissolve_is_part_of_what_is_seen(tmp_path):
    long = replace(UPRIGHT.transitions[0], type="quick_dissolve", duration_frames=7)
    timeline = replace(UPRIGHT, transitions=(long, UPRIGHT.transitions[1]))
    clip = timeline.clips[1]
    looked = infos(timeline) | {f"saliency/{clip.file}": saliency(0.3)}
    crop = reframed(tmp_path, timeline, looked).clips[1].reframe
    assert crop is not None
    assert crop.keys[0].at_s == round(float(clip.source_start_s()) - 3 / 30, 6)


def test_the_whole_picture_needs_no_look_at_the_clip(tmp_path):
    found = reframed(tmp_path, UPRIGHT, infos(UPRIGHT), mode="fit")
    assert {clip.reframe.mode for clip in found.clips} == {"fit"}


def test_a_crop_reaches_as_far_as_transitions_show_the_source():
    """Six frames around both cuts of a shot at its own speed, and then at three times that; a dip shows no more."""
    soft = tuple(replace(part, type="whip_pan", duration_frames=6) for part in UPRIGHT.transitions)
    second = UPRIGHT.clips[1]
    assert _beyond_s(replace(UPRIGHT, transitions=soft), second) == (0.1, 0.1)
    keys = (RetimeKey(at_frames=0, source_s=0.0), RetimeKey(at_frames=60, source_s=6.0))
    fast = replace(second, retime=Retime(keys=keys))
    assert _beyond_s(replace(UPRIGHT, transitions=soft), fast) == (0.3, 0.3)
    dips = tuple(replace(part, type="dip_to_black") for part in soft)
    assert _beyond_s(replace(UPRIGHT, transitions=dips), fast) == (0.0, 0.0)

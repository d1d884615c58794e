"""Where faces of the last run are in the finished frame: by arithmetic, from a store made here."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction

import polars as pl
import pytest
from rushes.analyze.tables import pack_tables
from rushes.media.info import MediaInfo, VideoInfo
from rushes.media.info_json import info_to_json
from rushes.run.preflight import _faces
from rushes.store.store import Store
from rushes.timeline.tree import Reframe, ReframeKey
from timeline_samples import timeline

WIDE = MediaInfo(
    path="a",
    digest="0" * 64,
    size_bytes=1,
    container="mp4",
    duration_s=10.0,
    video=VideoInfo(
        codec="h264",
        width_px=1920,
        height_px=1080,
        rotation_deg=0,
        rate_fps=Fraction(30),
        time_base=Fraction(1, 30),
        start_pts=0,
        frame_count=300,
        bit_depth=8,
        transfer="sdr",
        pixel_format="yuv420p",
    ),
    audio=None,
)
SHARE = (9 / 16) / (16 / 9)
"""Width of an upright frame in a wide picture."""
EDIT = timeline((30,))
(CLIP,) = EDIT.clips
START_S = float(CLIP.source_start_s())


def face(at_s: float, x_01: float, what: str = "face"):
    return (0, START_S + at_s, x_01, 0.2, 0.1, 0.2, what, 1.0)


@pytest.fixture
def seen(tmp_path):
    """What is known of faces, from rows of saliency's table and a crop."""
    store = Store(tmp_path / "store")

    def known(rows, reframe=None, forgets=()):
        names = ("pts", "t_s", "x_01", "y_01", "width_01", "height_01", "what", "weight_01")
        tables = pack_tables({"required": pl.DataFrame(rows, schema=list(names), orient="row")}, {})
        info = json.dumps(info_to_json(WIDE)).encode()
        nodes = [
            {
                "id": f"analyze/saliency/{CLIP.file}",
                "outputs": {"tables.bin": store.put_bytes(tables).digest},
            },
            {"id": f"probe/{CLIP.file}", "outputs": {"info.json": store.put_bytes(info).digest}},
        ]
        record = {"nodes": [node for node in nodes if node["id"].split("/")[0] not in forgets]}
        edit = replace(EDIT, clips=(replace(CLIP, reframe=reframe),))
        return _faces(edit, record, tmp_path / "store")

    return known


def test_a_face_is_where_the_middle_of_the_picture_shows_it(seen):
    (shot,), why = seen([face(0.5, 0.45)])
    assert why == ""
    assert (shot.name, shot.start_s, shot.end_s) == (f"shot 1 ({CLIP.id})", 0.0, 1.0)
    (box,) = shot.boxes
    half = 0.05 / SHARE
    assert box == pytest.approx((0.5 - half, 0.2, 0.5 + half, 0.4))


def test_the_crop_of_the_shot_counts_at_that_moment(seen):
    key = ReframeKey(at_s=START_S, x_01=0.3, y_01=0.5, width_01=round(SHARE, 6))
    (shot,), _ = seen([face(0.5, 0.25)], Reframe(mode="steady", keys=(key,)))
    (box,) = shot.boxes
    assert (box[0] + box[2]) / 2 == pytest.approx(0.5)


def test_faces_outside_the_shot_or_the_crop_and_other_things_do_not_count(seen):
    (shot,), _ = seen([face(-0.5, 0.45), face(1.0, 0.45), face(0.5, 0.0), face(0.5, 0.45, "person")])
    assert shot.boxes == ()


def test_what_the_store_forgot_is_not_taken_for_no_faces(seen):
    assert seen([face(0.5, 0.45)], forgets=("probe",)) == (
        None,
        f"faces were not checked: the store no longer holds what was seen of {CLIP.file} (run it again)",
    )
    assert seen([], forgets=("analyze",))[1].startswith("faces were not checked: the recipe does not look")

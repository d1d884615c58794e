from __future__ import annotations

import math
from pathlib import Path

import polars as pl
import pytest
from faces_made import BLUE, HEIGHT_PX, RED, WIDTH_PX, Row, face_at, footage, installed, judged, tables_of
from rushes.analyze.clip_pass import analyze_clip
from rushes.analyze.faces import COLUMNS
from rushes.analyze.faces_pass import yaw_deg
from rushes.analyze.table import ANALYZERS
from rushes.media.probe import probe

DETECTION = ANALYZERS["face_detection"]
ASPECT = WIDTH_PX / HEIGHT_PX
NOBODY = ("mdn/*.mp4", "intel/bottle-detection.mp4", "film/big_buck_bunny_0_30.webm")


def counts(faces: list[Row], **params: float) -> list[float]:
    """Faces accepted in pictures at 0, 1 and 2 s."""
    return judged(tables_of([0.0, 1.0, 2.0], faces), **params)["samples"]["face_count_avg"].to_list()


def people(faces: list[Row], seconds: int = 5, **params: float) -> float | None:
    times_s = [float(second) for second in range(seconds)]
    return judged(tables_of(times_s, faces), **params)["clip"]["people_count"].item()


def turned_head(yaw: float, roll: float = 0.0, nose_out: float = 0.36) -> Row:
    """Landmarks of a head whose eyes are 1 apart, mouth 1 below them, nose so far out of that plane and half way down."""
    turn, tilt = math.radians(yaw), math.radians(roll)
    points = {
        "right_eye": (-0.5, -0.5, 0.0),
        "left_eye": (0.5, -0.5, 0.0),
        "nose": (0.0, 0.0, nose_out),
        "mouth": (0.0, 0.5, 0.0),
    }
    row: Row = {}
    for name, (x, y, out) in points.items():
        across = x * math.cos(turn) + out * math.sin(turn)
        row[f"{name}_x_01"] = 0.5 + 0.05 * (across * math.cos(tilt) - y * math.sin(tilt)) / ASPECT
        row[f"{name}_y_01"] = 0.5 + 0.05 * (across * math.sin(tilt) + y * math.cos(tilt))
    return row


def test_every_declared_column_is_written():
    tables = judged(tables_of([0.0, 1.0], [face_at(0.0)]))
    sampled = [column.name for column in COLUMNS if column.per_sample]
    assert tables["samples"].columns == ["t_s", *sampled]
    assert tables["clip"].columns == [column.name for column in COLUMNS if not column.per_sample]
    assert tables["clip"].schema["face_timestamps"] == pl.List(pl.Float64)
    assert dict(tables["tracks"].schema) == {"pts": pl.Int64, "face": pl.Int64, "track": pl.Int64}


def test_values_of_a_picture_are_those_of_its_largest_face():
    small = face_at(0.0, 0.2, 0.3, size_01=0.05)
    large = face_at(0.0, 0.7, 0.6, size_01=0.2, face=1, confidence_01=0.8)
    sample = judged(tables_of([0.0], [small, large]))["samples"].row(0, named=True)
    assert sample["face_frames_percent"] == 100
    assert (sample["face_count_avg"], sample["face_count_max"]) == (2, 2)
    assert sample["face_area_01"] == pytest.approx(0.2 * 0.4)
    assert sample["face_center_x_01"] == pytest.approx(0.7)
    assert sample["face_center_y_01"] == pytest.approx(0.6)
    assert sample["face_yaw_deg"] == pytest.approx(0, abs=1e-6)


def test_a_picture_without_a_face_counts_0_and_has_no_place():
    sample = judged(tables_of([0.0], []))["samples"].row(0)
    assert sample == (0.0, 0.0, 0.0, 0.0, None, None, None, None, None)


def test_moments_with_a_face_are_listed():
    tables = judged(tables_of([0.0, 1.0, 2.0, 3.0], [face_at(1.0), face_at(3.0)]))
    assert tables["clip"]["face_timestamps"].to_list() == [[1.0, 3.0]]
    assert tables["samples"]["face_frames_percent"].mean() == 50


def test_what_lies_outside_the_picture_is_no_area():
    tables = judged(tables_of([0.0], [face_at(0.0, 0.0, 0.0, size_01=0.2)]))
    assert tables["samples"]["face_area_01"].item() == pytest.approx(0.1 * 0.2)


def test_the_better_look_must_reach_the_confidence_and_the_second_its_own():
    faces = [
        face_at(0.0, confidence_01=0.71, second_look_01=0.31),
        face_at(1.0, confidence_01=0.55, second_look_01=0.71),
        face_at(2.0, confidence_01=0.69, second_look_01=0.69),
    ]
    assert counts(faces) == [1, 1, 0]
    assert counts(faces, min_confidence_01=0.6) == [1, 1, 1]
    assert counts(faces, min_second_look_01=0.5) == [0, 1, 0]


def test_a_face_below_the_least_area_is_none():
    faces = [face_at(0.0, size_01=0.01), face_at(1.0, size_01=0.02)]
    assert counts(faces) == [0, 1, 0]
    assert counts(faces, min_area_01=0.0) == [1, 1, 0]


def test_of_two_boxes_that_overlap_the_surer_is_the_face():
    # Shifted by half of the width, squares overlap by a third.
    faces = [face_at(0.0, 0.5), face_at(0.0, 0.55, face=1, confidence_01=0.8)]
    tables = judged(tables_of([0.0], faces))
    assert tables["tracks"].rows() == [(0, 0, 0)]
    assert counts(faces, nms_iou_01=0.4) == [2, 0, 0]


def test_people_are_counted_and_not_boxes():
    faces = [face_at(float(t), x, face=n) for t in range(5) for n, x in enumerate((0.2, 0.8))]
    assert people(faces) == 2


def test_two_who_change_places_are_two():
    colors = [(RED, BLUE)] * 2 + [(BLUE, RED)] * 3
    faces = [
        face_at(float(t), x, face=n, color=pair[n])
        for t, pair in enumerate(colors)
        for n, x in enumerate((0.3, 0.7))
    ]
    tables = judged(tables_of([0.0, 1.0, 2.0, 3.0, 4.0], faces))
    assert tables["clip"]["people_count"].item() == 2
    assert tables["tracks"]["track"].to_list() == [0, 1, 0, 1, 1, 0, 1, 0, 1, 0]


def test_one_who_leaves_and_comes_back_is_one():
    faces = [face_at(t, x, color=RED) for t, x in ((0.0, 0.2), (1.0, 0.1), (8.0, 0.9), (9.0, 0.8))]
    assert people(faces, seconds=10) == 1
    assert people([{**face, "color": None} for face in faces], seconds=10) == 2


def test_the_cuts_of_shots_divide_people_where_they_are_known():
    raw = tables_of([0.0, 1.0, 2.0], [face_at(0.0), face_at(1.0), face_at(2.0)])
    assert judged(raw)["tracks"]["track"].to_list() == [0, 0, 0]
    assert judged(raw, cuts_s=[])["tracks"]["track"].to_list() == [0, 0, 0]
    assert judged(raw, cuts_s=[1.0])["tracks"]["track"].to_list() == [0, 1, 1]


def test_who_shows_up_in_too_few_of_the_samples_is_not_counted():
    faces = [face_at(float(t), 0.5, color=RED) for t in range(30)]
    faces.append(face_at(29.0, 0.9, face=1, color=BLUE))
    assert people(faces, seconds=30) == 1
    assert people(faces, seconds=30, min_people_share_01=0.03) == 2


def test_nobody_is_0_people_but_no_picture_is_not_known():
    assert people([], seconds=3) == 0
    assert judged(tables_of([0.0], []))["clip"]["face_timestamps"].to_list() == [[]]
    unseen = judged(tables_of([], []))
    assert unseen["clip"].row(0) == (None, None)
    assert unseen["samples"].height == unseen["tracks"].height == 0


def test_the_order_of_rows_changes_nothing():
    faces = [face_at(float(t), x, face=n) for t in range(4) for n, x in enumerate((0.2, 0.8))]
    raw = tables_of([0.0, 1.0, 2.0, 3.0], faces)
    backwards = {name: frame.reverse() for name, frame in raw.items()}
    for name, frame in judged(raw).items():
        assert frame.equals(judged(backwards)[name])


def test_a_frontal_face_has_no_yaw_however_it_is_tilted():
    for roll in (-30, 0, 45):
        assert yaw_deg(turned_head(0, roll), ASPECT) == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("yaw", [-60, -25, 10, 40])
@pytest.mark.parametrize("roll", [-20, 0, 30])
def test_yaw_is_that_of_the_head_whose_nose_it_was_measured_on(yaw: float, roll: float):
    # The gain of 1.75 stands for a nose that is 1 / 1.75 of the distance of the eyes long.
    assert yaw_deg(turned_head(yaw, roll, nose_out=1 / 1.75), ASPECT) == pytest.approx(yaw, abs=1e-6)


def test_a_face_towards_the_right_edge_of_the_picture_is_positive():
    samples = judged(tables_of([0.0, 1.0], [face_at(0.0, turned=0.3), face_at(1.0, turned=-0.3)]))["samples"]
    expected = math.degrees(math.atan(1.75 * 0.3))
    assert samples["face_yaw_deg"].to_list() == pytest.approx([expected, -expected])
    assert samples["face_yaw_abs_deg"].to_list() == pytest.approx([expected, expected])


def test_beyond_profile_it_is_profile():
    assert yaw_deg(turned_head(110, nose_out=1 / 1.75), ASPECT) == 90
    assert yaw_deg(turned_head(-110, nose_out=1 / 1.75), ASPECT) == -90


def test_a_point_that_is_missing_leaves_the_yaw_open():
    assert yaw_deg({**turned_head(20), "mouth_x_01": None}, ASPECT) is None
    samples = judged(tables_of([0.0], [{**face_at(0.0), "nose_x_01": None}]))["samples"]
    assert samples["face_yaw_abs_deg"].to_list() == [None]
    assert samples["face_area_01"].item() > 0


def test_eyes_and_mouth_in_one_point_have_no_yaw():
    row = {f"{name}_{axis}_01": 0.5 for name in ("right_eye", "left_eye", "nose", "mouth") for axis in "xy"}
    assert yaw_deg(row, 1.5) is None


def real(path: Path, rate_hz: float = 1.0) -> dict[str, pl.DataFrame]:
    """Tables of both analyzers over a real clip."""
    models = {"face_detection": installed("yunet")}
    params = DETECTION.params(rate_hz=rate_hz)
    raw = analyze_clip(probe(str(path)), {"face_detection": (DETECTION, params)}, models)["face_detection"]
    return {**raw, **judged(raw)}


def shares_of_one(rate_hz: float) -> dict[str, float]:
    """Share of samples with exactly one face, by clip of the shoot."""
    clips = sorted(footage("asl_shoot").glob("*.mkv"))
    found = {path.stem: real(path, rate_hz) for path in clips}
    assert {name: tables["clip"]["people_count"].item() for name, tables in found.items()} == dict.fromkeys(
        found, 1
    )
    return {name: float((tables["samples"]["face_count_avg"] == 1).mean()) for name, tables in found.items()}


def test_a_clip_of_one_person_shows_one_face_throughout():
    found = real(footage("asl_shoot/again.mkv"))
    assert found["samples"]["face_count_avg"].to_list() == [1.0] * found["pictures"].height
    assert found["clip"]["people_count"].item() == 1
    assert found["samples"]["face_yaw_abs_deg"].max() < 25


@pytest.mark.release
def test_every_clip_of_the_shoot_shows_one_person_in_95_of_100_samples():
    assert min(shares_of_one(1.0).values()) >= 0.95


@pytest.mark.release
def test_clips_without_people_show_a_face_in_at_most_15_of_1000_samples():
    paths = [path for glob in NOBODY for path in sorted(footage(glob.split("/")[0]).glob(glob.split("/")[1]))]
    seen = pl.concat([real(path, rate_hz=2.0)["samples"] for path in paths])
    assert seen.height > 200
    assert seen["face_frames_percent"].mean() <= 1.5


@pytest.mark.release
def test_two_actors_are_two_people():
    assert real(footage("film/chaplin.mp4"))["clip"]["people_count"].item() == 2

from __future__ import annotations

import csv
from fractions import Fraction
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import polars as pl
import pytest
from faces_made import footage, installed, judged, schema_of
from made_media import gray, write_clip
from rushes.analyze.clip_pass import analyze_clip
from rushes.analyze.face_detection import ANALYZER, BOXES, CROPS, PICTURES, Params, models, wishes
from rushes.analyze.face_detection_pass import FaceFinder, detector, second_look_01, square_of, square_px
from rushes.analyze.face_found import Found
from rushes.analyze.spec import Picture
from rushes.analyze.yunet import LANDMARKS
from rushes.media.probe import probe

BLACK = np.zeros((180, 320, 3), np.uint8)


def faces(*rows: tuple[float, tuple[float, float, float, float]]) -> Found:
    """Faces whose points all lie in their middles."""
    boxes = np.array([box for _, box in rows], np.float32).reshape(-1, 4)
    middles = boxes[:, :2] + boxes[:, 2:] / 2
    points = np.repeat(middles[:, None], len(LANDMARKS), axis=1)
    return Found(boxes, np.array([sure for sure, _ in rows], np.float32), points, LANDMARKS)


def looker(found: Found, second: Found | None = None) -> Any:
    """Sees some faces in a whole picture, and others in the cut-outs of the second look."""
    nobody = faces()

    def look(rgb: np.ndarray, floor_01: float) -> Found:
        return (second or nobody) if rgb.shape[:2] == (128, 128) else found

    return look


def tables(found: Found, second: Found | None = None, rgb: np.ndarray = BLACK, **params: Any) -> Any:
    finder = FaceFinder(Params(**params), looker(found, second))
    finder.update(Picture(pts=7, t_s=0.5, pixels=rgb, wish=0))
    return finder.finish(None)  # type: ignore[arg-type]


def test_tables_have_the_declared_columns_also_when_nobody_is_seen():
    given = tables(faces())
    for name, columns in (("pictures", PICTURES), ("boxes", BOXES), ("crops", CROPS)):
        assert dict(given[name].schema) == schema_of(columns)
    assert given["pictures"].rows() == [(0.5, 7, 320, 180)]
    assert given["boxes"].height == given["crops"].height == 0


def test_places_are_fractions_of_the_picture():
    row = tables(faces((0.9, (32, 18, 64, 90))))["boxes"].row(0, named=True)
    assert (row["pts"], row["t_s"], row["face"]) == (7, 0.5, 0)
    assert row["confidence_01"] == pytest.approx(0.9)
    assert [row[f"{n}_01"] for n in ("x", "y", "width", "height")] == pytest.approx([0.1, 0.1, 0.2, 0.5])
    assert (row["nose_x_01"], row["nose_y_01"]) == pytest.approx((0.2, 0.35))


def test_the_mouth_is_the_middle_of_its_corners_and_what_is_not_given_is_null():
    found = faces((0.9, (32, 18, 64, 90)))
    found.landmarks_px[0, 3:] = (60, 90), (100, 108)
    row = tables(found)["boxes"].row(0, named=True)
    assert (row["mouth_x_01"], row["mouth_y_01"]) == pytest.approx((80 / 320, 99 / 180))
    assert row["right_ear_x_01"] is None
    assert row["left_ear_y_01"] is None


def test_the_most_confident_faces_are_kept():
    rows = [(0.9 - n / 10, (40.0 * n, 10.0, 20.0, 20.0)) for n in range(4)]
    kept = tables(faces(*rows), max_faces=2)["boxes"]
    assert kept["face"].to_list() == [0, 1]
    assert kept["confidence_01"].to_list() == pytest.approx([0.9, 0.8])


def test_a_face_whose_middle_is_outside_the_picture_is_none():
    kept = tables(faces((0.9, (-30, 10, 40, 40)), (0.8, (-10, 10, 40, 40)), (0.7, (310, 10, 40, 40))))
    assert kept["boxes"]["confidence_01"].to_list() == pytest.approx([0.8])


def test_a_crop_is_the_square_of_twice_the_longer_side_around_the_middle():
    row = tables(faces((0.9, (100, 60, 20, 40))))["crops"].row(0, named=True)
    assert [row[f"{name}_px"] for name in ("left", "top", "side")] == [70, 40, 80]
    picture = cv2.imdecode(np.frombuffer(row["jpeg"], np.uint8), cv2.IMREAD_COLOR)
    assert picture.shape == (192, 192, 3)


def test_a_crop_shows_the_right_part_in_the_right_colours():
    rgb = BLACK.copy()
    rgb[60:100, 90:130] = (200, 40, 20)
    jpeg = tables(faces((0.9, (90, 60, 40, 40))), rgb=rgb)["crops"]["jpeg"][0]
    crop = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)[:, :, ::-1]
    assert crop[96, 96].tolist() == pytest.approx([200, 40, 20], abs=6)
    assert crop[96, 56].tolist() == pytest.approx([200, 40, 20], abs=12)
    assert crop[96, 40].tolist() == pytest.approx([0, 0, 0], abs=12)


def test_what_lies_outside_is_made_of_the_border_or_black():
    rgb = np.full((40, 60, 3), 90, np.uint8)
    box = np.array((-5, 5, 20, 20), np.float32)
    assert square_px(box, 2.0) == (-15, -5, 40)
    assert (square_of(rgb, box, 2.0, 80, cv2.BORDER_REPLICATE) == 90).all()
    black = square_of(rgb, box, 2.0, 80, cv2.BORDER_CONSTANT)
    assert not black[:, :28].any()
    assert (black[12:, 32:] == 90).all()


def test_the_second_look_is_at_a_small_face_in_its_place():
    box = np.array((100, 60, 40, 60), np.float32)  # 128 px show 180 px.
    small = np.array([(128 - 40 * 128 / 180) / 2, (128 - 60 * 128 / 180) / 2, 40 * 128 / 180, 60 * 128 / 180])
    here = faces((0.8, tuple(small)))
    elsewhere = faces((0.8, (5, 5, 28, 42)))
    assert second_look_01(looker(faces(), here), BLACK, box) == pytest.approx(0.8)
    assert second_look_01(looker(faces(), elsewhere), BLACK, box) == 0
    assert second_look_01(looker(faces()), BLACK, box) == 0


def test_the_second_look_takes_the_better_of_the_cut_out_and_its_mirror_image():
    rgb = BLACK.copy()
    rgb[:, :160] = 255
    at = (44.0, 44.0, 40.0, 40.0)

    def look(cut: np.ndarray, floor_01: float) -> Found:
        is_mirrored = cut[64, 127].any()
        return faces((0.9 if is_mirrored else 0.4, at))

    assert second_look_01(look, rgb, np.array((150, 80, 20, 20), np.float32)) == pytest.approx(0.9)


def test_it_asks_for_colour_and_for_the_model_of_its_detector():
    params = Params(detector="blazeface", rate_hz=2.0, long_side_px=320)
    (wish,) = wishes(params).pictures
    assert (wish.form, wish.long_side_px, wish.rate_hz) == ("rgb", 320, 2.0)
    assert models(params) == ("blazeface",)
    assert ANALYZER.models(Params()) == ("yunet",)


@pytest.mark.parametrize("changes", [{"rate_hz": 0}, {"long_side_px": 10}, {"max_faces": 0}])
def test_parameters_out_of_range_are_refused(changes: dict[str, Any]):
    with pytest.raises(ValueError, match=next(iter(changes))):
        Params(**changes)


def analyzed(path: Path, name: str = "yunet", **params: Any) -> Any:
    wanted = {"face_detection": (ANALYZER, Params(detector=name, **params))}
    return analyze_clip(probe(str(path)), wanted, {"face_detection": installed(name)})["face_detection"]


def portrait(width_px: int = 480) -> np.ndarray:
    """A still of one face, right half of the picture, in even size."""
    rgb = cv2.cvtColor(cv2.imread(str(footage("faces/happy.jpg"))), cv2.COLOR_BGR2RGB)
    return cv2.resize(rgb, (width_px, width_px * 9 // 16 // 2 * 2))


@pytest.mark.parametrize("name", ["yunet", "blazeface"])
def test_a_face_is_found_once_a_second(tmp_path: Path, name: str):
    path = write_clip(tmp_path / "a.mp4", [portrait()] * 25, rate_fps=Fraction(10), crf=20)
    found = analyzed(path, name)
    assert found["pictures"]["t_s"].to_list() == pytest.approx([0, 1, 2])
    sure = found["boxes"].filter(pl.col("face") == 0)
    assert sure.height == 3
    assert (sure["confidence_01"] > 0.85).all()
    assert (sure["second_look_01"] > 0.6).all()
    assert sure["x_01"].to_list() == pytest.approx([sure["x_01"][0]] * 3, abs=0.01)


@pytest.mark.parametrize("turn_deg", [90, 180, 270])
def test_a_turned_clip_is_looked_at_upright(tmp_path: Path, turn_deg: int):
    lying = np.ascontiguousarray(np.rot90(portrait(), turn_deg // 90))
    turned = analyzed(write_clip(tmp_path / "t.mp4", [lying] * 5, rotation_deg=turn_deg, crf=20))
    upright = analyzed(write_clip(tmp_path / "u.mp4", [portrait()] * 5, crf=20))
    names = ["x_01", "y_01", "width_01", "height_01"]
    assert turned["boxes"].select(names).row(0) == pytest.approx(
        upright["boxes"].select(names).row(0), abs=0.02
    )


def test_the_same_clip_gives_the_same_tables(tmp_path: Path):
    path = write_clip(tmp_path / "a.mp4", [portrait()] * 15, crf=20)
    first, second = analyzed(path), analyzed(path)
    assert all(first[name].equals(second[name]) for name in first)


def test_a_clip_in_which_nobody_is_has_pictures_and_no_boxes(tmp_path: Path):
    found = analyzed(write_clip(tmp_path / "a.mp4", [gray(90, (320, 180))] * 15, crf=20))
    assert (found["pictures"].height, found["boxes"].height) == (1, 0)


@pytest.mark.release
def test_faces_of_the_labelled_stills_are_found():
    folder = footage("faces/labelled")
    finder = FaceFinder(Params(), detector("yunet", installed("yunet")))
    with (folder / "labels.csv").open() as lines:
        for number, row in enumerate(csv.DictReader(lines)):
            rgb = cv2.cvtColor(cv2.imread(str(folder / row["file"])), cv2.COLOR_BGR2RGB)
            scale = min(1.0, 640 / max(rgb.shape[:2]))
            rgb = cv2.resize(rgb, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
            finder.update(Picture(number, float(number), rgb, 0))
    counts = judged(finder.finish(None))["samples"]["face_count_avg"]  # type: ignore[arg-type]
    assert (counts > 0).mean() >= 0.98
    assert (counts > 1).sum() == 0

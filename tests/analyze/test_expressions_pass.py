from __future__ import annotations

import math
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import cv2
import numpy as np
import polars as pl
import pytest
from faces_made import HEIGHT_PX, SHARED, WIDTH_PX, Row, face_at, footage, tables_of
from rushes.analyze import expression_models as networks
from rushes.analyze.expression_models import MINI_XCEPTION, POINTS
from rushes.analyze.expressions import EXPRESSIONS, NAMES, Params, models
from rushes.analyze.expressions_pass import eight_of_seven, read_face, roll_rad, smile_01, start
from rushes.analyze.spec import ClipFacts
from rushes.media.info import MediaInfo
from rushes.models.session import Models

FILES = {
    "mini_xception": "emotion_mini_xception/fer2013_mini_xception_119.onnx",
    "face_landmarks": "mediapipe/face_landmarks_detector.onnx",
    "face_blendshapes": "mediapipe/face_blendshapes.onnx",
}
BOTH = Params(models=("mini_xception", "face_blendshapes"))
GRAY = np.full((192, 192, 3), 90, np.uint8)


class Network:
    """A session that keeps what it was given and says what it is told."""

    def __init__(self, *says: Any) -> None:
        self.says = [np.asarray(one, np.float32) for one in says]
        self.given: list[np.ndarray] = []

    def get_inputs(self) -> list[Any]:
        return [SimpleNamespace(name="input")]

    def run(self, outputs: None, inputs: dict[str, np.ndarray]) -> list[np.ndarray]:
        self.given.append(inputs["input"])
        return self.says


class Fakes:
    """Sessions by name, in the place of Models."""

    def __init__(self, **sessions: Network) -> None:
        self.sessions = sessions

    def onnx(self, name: str) -> Network:
        return self.sessions[name]


def seven(**shares: float) -> np.ndarray:
    return np.array([shares.get(name, 0.0) for name in MINI_XCEPTION])


def expressions(raw: dict[str, pl.DataFrame], found: Any, params: Params | None = None) -> pl.DataFrame:
    info = MediaInfo(path="", digest="", size_bytes=0, container="", duration_s=0.0, video=None, audio=None)
    facts = ClipFacts(info=info, duration_s=0.0)
    return start(params or Params(), facts, {"face_detection": raw}, found)["expressions"]


def real_models(params: Params) -> Models:
    paths = {name: SHARED / "models" / FILES[name] for name in models(params)}
    for path in paths.values():
        if not path.exists():
            pytest.skip(f"the model {path.name} is not in ../shared/models")
    return Models(paths)


def still(name: str) -> np.ndarray:
    """The face of a picture as a crop: YuNet's own box."""
    from rushes.analyze.face_detection_pass import detector, square_of

    path = SHARED / "models/yunet/yunet_n_dynamic.onnx"
    if not path.exists():
        pytest.skip("yunet is not in ../shared/models")
    rgb = cv2.cvtColor(cv2.imread(str(footage(name))), cv2.COLOR_BGR2RGB)
    scale = min(1.0, 640 / max(rgb.shape[:2]))
    rgb = np.ascontiguousarray(cv2.resize(rgb, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA))
    found = detector("yunet", Models({"yunet": path}))(rgb, 0.5)
    return square_of(rgb, found.boxes_px[0], 2.0, 192, cv2.BORDER_REPLICATE)


def test_the_seven_of_mini_xception_become_the_eight_and_nobody_shows_contempt():
    shares = seven(anger=0.1, disgust=0.05, fear=0.05, happiness=0.2, sadness=0.1, surprise=0.1, neutral=0.4)
    eight = dict(zip(NAMES, eight_of_seven(np.log(shares), smile=0.2).tolist(), strict=True))
    expected = dict(zip(MINI_XCEPTION, shares.tolist(), strict=True))
    assert eight == pytest.approx({**expected, "contempt": 0.0})


def test_what_is_no_smile_is_shared_as_the_network_says():
    eight = eight_of_seven(np.log(seven(neutral=0.3, sadness=0.1, happiness=0.6) + 1e-12), smile=0.2)
    assert eight.sum() == pytest.approx(1)
    assert eight[NAMES.index("happiness")] == pytest.approx(0.2)
    assert eight[NAMES.index("neutral")] == pytest.approx(3 * eight[NAMES.index("sadness")])


def test_a_surer_happy_is_a_surer_smile():
    smiles = [smile_01(np.log(seven(happiness=share) + 1e-3), None) for share in (0.0, 0.1, 0.5, 1.0)]
    assert smiles == sorted(smiles)
    assert smiles[0] < 0.01
    assert smiles[-1] > 0.8


def test_an_open_jaw_is_no_smile_but_lifted_corners_are():
    logs = np.log(seven(happiness=0.4) + 1e-3)
    rest, smiling, open_mouth = ([0, 0, 0, 0], [1, 0, 0, 0], [0, 0, 0, 1])
    told = [smile_01(logs, np.array(moves, float)) for moves in (open_mouth, rest, smiling)]
    assert told == sorted(told)
    assert len(set(told)) == 3


def test_mini_xception_sees_each_padding_and_its_mirror_image_between_minus_1_and_1():
    network = Network(np.full((6, 7), 1 / 7))
    crop = np.tile(np.linspace(0, 255, 192).astype(np.uint8), (192, 1))
    logs = networks.mini_xception_log(network, crop, (-0.1, 0.0, 0.1), 0.0)
    (views,) = network.given
    assert views.shape == (6, 48, 48, 1)
    assert views.dtype == np.float32
    assert -1 <= views.min() < views.max() <= 1
    assert np.array_equal(views[1], views[0][:, ::-1])
    assert np.ptp(views[4]) > np.ptp(views[2]) > np.ptp(views[0])
    assert logs == pytest.approx([math.log(1 / 7 + 1e-3)] * 7)


def test_ferplus_sees_gray_of_0_to_255_and_its_outputs_go_through_softmax():
    logits = np.log([[1, 2, 3, 4, 5, 6, 7, 8]])
    network = Network(logits)
    said = networks.ferplus_01(network, np.full((192, 192), 200, np.uint8), 0.2, 0.0)
    assert [view.shape for view in network.given] == [(1, 1, 64, 64)] * 2
    assert set(np.unique(network.given[0])) == {200.0}
    assert said == pytest.approx(np.arange(1, 9) / 36)


def test_softmax_holds_for_large_logits():
    assert networks.softmax(np.array([1000.0, 1000.0])).tolist() == [0.5, 0.5]


def test_with_ferplus_alone_the_smile_is_its_happiness():
    logits = np.log([[1, 2, 3, 4, 5, 6, 7, 8]])
    params = Params(models=("emotion_ferplus",))
    eight, smile = read_face(GRAY, 0.0, params, Fakes(emotion_ferplus=Network(logits)))  # type: ignore[arg-type]
    assert eight == pytest.approx(np.arange(1, 9) / 36)
    assert smile == pytest.approx(2 / 36)


def test_two_models_that_name_expressions_count_alike():
    fakes = Fakes(
        emotion_ferplus=Network(np.log([[1, 1, 1, 1, 1, 1, 1, 1]])),
        mini_xception=Network(np.tile(seven(happiness=1.0), (6, 1))),
    )
    alone, _ = read_face(GRAY, 0.0, Params(), fakes)  # type: ignore[arg-type]
    params = Params(models=("mini_xception", "emotion_ferplus"))
    both, smile = read_face(GRAY, 0.0, params, fakes)  # type: ignore[arg-type]
    assert both == pytest.approx((alone + 1 / 8) / 2)
    assert smile == both[NAMES.index("happiness")]


def test_blendshapes_read_146_points_and_give_the_mean_of_left_and_right():
    points = np.stack([np.arange(478), np.arange(478) + 0.5, np.zeros(478)], axis=1)
    movements = np.zeros(52)
    movements[[44, 45, 25]] = 0.2, 0.6, 0.9
    landmarks, shapes = Network(points.reshape(1, 1, 1, -1), [[[[2.0]]]]), Network(movements)
    told = networks.movements_01(landmarks, shapes, GRAY, 0.0)
    assert dict(zip(networks.MOVEMENTS, told, strict=True)) == pytest.approx(
        {"mouth_smile": 0.4, "mouth_frown": 0.0, "brow_inner_up": 0.0, "jaw_open": 0.9}
    )
    assert landmarks.given[0].shape == (1, 192, 192, 3)
    assert landmarks.given[0].max() <= 1
    assert shapes.given[0][0, :, 0].tolist() == list(map(float, POINTS))


def test_where_the_landmarks_see_no_face_mini_xception_is_alone():
    mini = Network(np.tile(seven(happiness=0.5, neutral=0.5), (6, 1)))
    landmarks, shapes = Network(np.zeros(1434), [-1.0]), Network(np.ones(52))
    fakes = Fakes(mini_xception=mini, face_landmarks=landmarks, face_blendshapes=shapes)
    assert read_face(GRAY, 0.0, BOTH, fakes)[1] == read_face(GRAY, 0.0, Params(), fakes)[1]  # type: ignore[arg-type]
    assert shapes.given == []


def test_closed_eyes_are_the_mean_of_both_blinks():
    raw = dict(tables_of([0.0], [face_at(0.0, color=(90, 90, 90))]))
    movements = np.zeros(52)
    movements[[9, 10]] = 0.9, 0.7
    fakes = Fakes(
        mini_xception=Network(np.full((6, 7), 1 / 7)),
        face_landmarks=Network(np.zeros(1434), [2.0]),
        face_blendshapes=Network(movements),
    )
    assert expressions(raw, fakes, BOTH)["eyes_closed_01"].to_list() == pytest.approx([0.8])


def test_without_the_blendshapes_nobody_knows_of_closed_eyes():
    raw = dict(tables_of([0.0], [face_at(0.0, color=(90, 90, 90))]))
    rows = expressions(raw, Fakes(mini_xception=Network(np.full((6, 7), 1 / 7))))
    assert rows["eyes_closed_01"].to_list() == [None]


def test_the_146_points_are_those_of_the_list_beside_the_model():
    path = SHARED / "models/mediapipe/face_blendshapes_landmark_indices.txt"
    if not path.exists():
        pytest.skip("face_blendshapes_landmark_indices.txt is not in ../shared/models/mediapipe")
    assert [int(number) for number in path.read_text().strip().strip(",").split(",")] == list(POINTS)


def test_a_tilted_face_is_turned_upright():
    crop = np.zeros((192, 192), np.uint8)
    cv2.line(crop, (96 - 35, 96 - 35), (96 + 35, 96 + 35), 255, 3)
    shown = networks.upright(crop, 0.0, math.radians(45), 96)
    assert shown[47:49, 5:91].min() > 150
    assert shown[:40].max() == shown[56:].max() == 0


def test_the_padded_box_is_the_middle_of_the_crop():
    crop = np.zeros((192, 192), np.uint8)
    crop[48:144, 48:144] = 255
    assert networks.upright(crop, 0.0, 0.0, 96).min() == 255
    assert networks.upright(crop, 0.5, 0.0, 192).mean() == pytest.approx(255 / 4, rel=0.02)


def test_the_tilt_is_measured_in_pixels_and_not_in_fractions():
    box: Row = {"right_eye_x_01": 0.4, "right_eye_y_01": 0.4, "left_eye_x_01": 0.5, "left_eye_y_01": 0.6}
    assert math.degrees(roll_rad(box, (WIDTH_PX, HEIGHT_PX))) == pytest.approx(45)
    assert roll_rad({**box, "left_eye_x_01": None}, (WIDTH_PX, HEIGHT_PX)) == 0


def test_every_face_with_a_crop_has_a_row_and_broken_crops_have_none():
    faces = [face_at(0.0, color=(90, 90, 90)), face_at(1.0), face_at(2.0, color=(10, 200, 10))]
    raw = dict(tables_of([0.0, 1.0, 2.0], faces))
    broken = pl.when(pl.col("pts") == 2000).then(pl.lit(b"no jpeg")).otherwise(pl.col("jpeg"))
    raw["crops"] = raw["crops"].with_columns(jpeg=broken)
    rows = expressions(raw, Fakes(mini_xception=Network(np.full((6, 7), 1 / 7))))
    assert rows.select("pts", "t_s", "face").rows() == [(0, 0.0, 0)]
    assert sum(rows.select(f"{name}_01" for name in NAMES).row(0)) == pytest.approx(1)


def test_a_clip_without_faces_gives_an_empty_table_and_makes_no_session():
    rows = expressions(dict(tables_of([0.0], [])), Fakes())
    assert rows.height == 0
    assert rows.schema == {name: getattr(pl, kind) for name, kind in EXPRESSIONS}


def test_models_that_cannot_stand_alone_are_refused():
    for chosen in ((), ("face_blendshapes",), ("emotion_ferplus", "face_blendshapes")):
        with pytest.raises(ValueError, match="models|face_blendshapes"):
            Params(models=chosen)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="paddings"):
        Params(paddings=(0.0, 0.9))
    assert models(BOTH) == ("mini_xception", "face_blendshapes", "face_landmarks")


@pytest.mark.parametrize("params", [Params(), BOTH], ids=["alone", "moved"])
def test_a_real_smile_smiles_and_a_neutral_or_sad_face_does_not(params: Params):
    found = real_models(params)
    smiles = {
        name: read_face(still(f"faces/{name}.jpg"), 0.0, params, found)[1]
        for name in ("happy", "neutral", "sad")
    }
    assert smiles["happy"] >= 0.6
    assert max(smiles["neutral"], smiles["sad"]) < 0.3


def test_a_mirrored_face_says_the_same():
    crop = still("faces/happy.jpg")
    found = real_models(Params())
    mirrored = np.ascontiguousarray(crop[:, ::-1])
    one, other = (read_face(face, 0.0, Params(), found)[0] for face in (crop, mirrored))
    assert one == pytest.approx(other, abs=0.03)


@pytest.mark.release
def test_labelled_faces_are_told_apart_as_well_as_measured():
    import sys

    sys.path.insert(0, str(Path(__file__).parents[2] / "bench"))
    from expressions import Faces, measured

    footage("faces/labelled/labels.csv")
    found = real_models(Params())
    faces = Faces(SHARED / "data", SHARED / "models")
    told = [read_face(*face, Params(), found)[1] for face in zip(faces.crops, faces.rolls, strict=True)]
    neutral, everybody, hits, false, startled = measured(np.array(told), faces)
    assert neutral >= 0.96
    assert everybody >= 0.95
    assert hits >= 0.65
    assert false <= 0.03
    assert startled <= 0.02

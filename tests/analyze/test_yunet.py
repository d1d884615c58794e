from __future__ import annotations

import math

import cv2
import numpy as np
import pytest
from faces_made import footage, installed
from rushes.analyze.yunet import LANDMARKS, STRIDES_PX, decoded, find_faces, network_input

SIDE_PX = 64


def heads() -> dict[str, np.ndarray]:
    """Outputs of the network for 64x64 px in which nothing is seen."""
    empty = {}
    for stride in STRIDES_PX:
        cells = (SIDE_PX // stride) ** 2
        for kind, count in (("cls", 1), ("obj", 1), ("bbox", 4), ("kps", 10)):
            empty[f"{kind}_{stride}"] = np.zeros((cells, count), np.float32)
    return empty


def see(
    given: dict[str, np.ndarray], stride: int, row: int, column: int, sure_01: float, side_px: float
) -> None:
    """A square face whose middle is half a cell from the corner of its cell."""
    cell = row * (SIDE_PX // stride) + column
    given[f"cls_{stride}"][cell] = given[f"obj_{stride}"][cell] = sure_01
    given[f"bbox_{stride}"][cell] = 0.5, 0.5, math.log(side_px / stride), math.log(side_px / stride)
    given[f"kps_{stride}"][cell] = 0.25


def test_a_picture_is_padded_to_multiples_of_32_at_the_right_and_below():
    blob = network_input(np.full((33, 64, 3), (10, 20, 30), np.uint8))
    assert blob.shape == (1, 3, 64, 64)
    assert blob.dtype == np.float32
    assert blob[0, :, 32, 63].tolist() == [30, 20, 10]
    assert not blob[0, :, 33:].any()


def test_a_cell_is_decoded_with_its_place_and_stride():
    given = heads()
    see(given, 16, row=1, column=2, sure_01=0.81, side_px=24)
    found = decoded(given, SIDE_PX, 0.5, 0.3)
    assert found.confidence_01.tolist() == pytest.approx([0.81])
    assert found.boxes_px.tolist() == [pytest.approx([2.5 * 16 - 12, 1.5 * 16 - 12, 24, 24])]
    assert found.landmarks_px[0].tolist() == [[2.25 * 16, 1.25 * 16]] * 5
    assert found.landmarks == LANDMARKS


def test_confidence_is_the_geometric_mean_of_both_probabilities_cut_at_1():
    given = heads()
    see(given, 8, row=0, column=0, sure_01=0.9, side_px=10)
    given["obj_8"][0] = 0.4
    see(given, 32, row=1, column=1, sure_01=1.5, side_px=20)
    assert decoded(given, SIDE_PX, 0.5, 0.3).confidence_01.tolist() == pytest.approx([1, 0.6])


def test_what_is_below_the_floor_is_no_face():
    given = heads()
    see(given, 8, row=3, column=3, sure_01=0.49, side_px=10)
    found = decoded(given, SIDE_PX, 0.5, 0.3)
    assert len(found) == 0
    assert found.boxes_px.shape == (0, 4)
    assert found.landmarks_px.shape == (0, 5, 2)


def test_one_face_that_several_cells_see_is_one():
    given = heads()
    see(given, 8, row=2, column=2, sure_01=0.8, side_px=30)
    see(given, 8, row=2, column=3, sure_01=0.9, side_px=30)
    see(given, 8, row=6, column=6, sure_01=0.7, side_px=12)
    assert decoded(given, SIDE_PX, 0.5, 0.3).confidence_01.tolist() == pytest.approx([0.9, 0.7])


@pytest.mark.parametrize("name", ["happy", "sad", "neutral"])
def test_it_finds_what_opencv_finds_with_the_same_file(name: str):
    models = installed("yunet")
    bgr = cv2.imread(str(footage(f"faces/{name}.jpg")))
    theirs = cv2.FaceDetectorYN.create(str(models.paths["yunet"]), "", bgr.shape[1::-1], 0.5, 0.3)
    _, rows = theirs.detect(bgr)
    ours = find_faces(models.onnx("yunet"), cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB), 0.5, 0.3)
    assert len(ours) == len(rows) == 1
    assert ours.boxes_px[0].tolist() == pytest.approx(rows[0, :4].tolist(), abs=0.05)
    assert ours.landmarks_px[0].ravel().tolist() == pytest.approx(rows[0, 4:14].tolist(), abs=0.05)
    assert float(ours.confidence_01[0]) == pytest.approx(float(rows[0, 14]), abs=1e-3)

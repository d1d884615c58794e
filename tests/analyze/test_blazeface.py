from __future__ import annotations

import math

import cv2
import numpy as np
import pytest
from faces_made import footage, installed
from rushes.analyze.blazeface import LANDMARKS, anchors_px, decoded, find_faces, letterboxed, merged
from rushes.analyze.face_found import Found

NO_FACE = -50.0


def outputs(*faces: tuple[int, float, tuple[float, ...]]) -> tuple[np.ndarray, np.ndarray]:
    """What the network gives where only some anchors see a face: (anchor, confidence, first values)."""
    boxes, logits = np.zeros((896, 16), np.float32), np.full(896, NO_FACE, np.float32)
    for anchor, confidence_01, values in faces:
        boxes[anchor, : len(values)] = values
        logits[anchor] = math.log(confidence_01 / (1 - confidence_01))
    return boxes, logits


def found(*rows: tuple[float, tuple[float, float, float, float]]) -> Found:
    boxes = np.array([box for _, box in rows], np.float32)
    confidence = np.array([confidence_01 for confidence_01, _ in rows], np.float32)
    points = np.repeat(boxes[:, None, :2], len(LANDMARKS), axis=1)
    return Found(boxes, confidence, points, LANDMARKS)


def test_896_anchors_lie_in_the_middles_of_the_cells():
    anchors = anchors_px()
    assert anchors.shape == (896, 2)
    assert anchors[:3].tolist() == [[4, 4], [4, 4], [12, 4]]
    assert anchors[511].tolist() == [124, 124]
    assert anchors[512:519].tolist() == [[8, 8]] * 6 + [[24, 8]]
    assert anchors[-1].tolist() == [120, 120]


def test_offsets_are_pixels_from_the_anchor_and_sizes_are_pixels():
    # Anchor 512 + 6 * (8 * 2 + 3) is in row 2, column 3 of the coarse grid: 56, 40.
    found = decoded(*outputs((512 + 6 * 19, 0.75, (4, -8, 20, 30, 1, 2, 3, 4))), 0.5, 0.3)
    assert found.confidence_01.tolist() == pytest.approx([0.75])
    assert found.boxes_px[0].tolist() == [60 - 10, 32 - 15, 20, 30]
    assert found.landmarks_px[0, :3].tolist() == [[57, 42], [59, 44], [56, 40]]
    assert found.landmarks == LANDMARKS


def test_extreme_logits_are_certainties_and_not_faults():
    boxes, logits = outputs((0, 0.5, (0, 0, 10, 10)))
    logits[0], logits[1] = 1e9, -1e9
    assert decoded(boxes, logits, 0.5, 0.3).confidence_01.tolist() == [1.0]


def test_what_is_below_the_floor_is_no_face():
    found = decoded(*outputs((0, 0.49, (0, 0, 10, 10))), 0.5, 0.3)
    assert len(found) == 0
    assert found.landmarks_px.shape == (0, 6, 2)


def test_boxes_of_one_face_are_averaged_by_their_confidence():
    merged_face = merged(found((0.9, (0, 0, 20, 20)), (0.3, (4, 0, 20, 20))), 0.3)
    assert len(merged_face) == 1
    assert merged_face.boxes_px[0].tolist() == pytest.approx([4 * 0.3 / 1.2, 0, 20, 20])
    assert merged_face.landmarks_px[0, 5].tolist() == pytest.approx([1, 0])
    assert merged_face.confidence_01.tolist() == pytest.approx([0.9])


def test_a_box_joins_the_best_that_it_overlaps_and_others_stay_apart():
    # The third overlaps the second by 0.43, which has joined the first already.
    rows = ((0.9, (0, 0, 20, 20)), (0.8, (8, 0, 20, 20)), (0.7, (16, 0, 20, 20)), (0.6, (80, 0, 9, 9)))
    faces = merged(found(*rows), 0.3)
    assert faces.confidence_01.tolist() == pytest.approx([0.9, 0.7, 0.6])
    assert faces.boxes_px[0, 0] == pytest.approx(8 * 0.8 / 1.7)
    assert faces.boxes_px[1:, 0].tolist() == [16, 80]


def test_a_wide_picture_lies_in_the_middle_of_a_black_square():
    blob, scale, offset = letterboxed(np.full((64, 256, 3), (255, 0, 51), np.uint8))
    assert (scale, offset) == (0.5, (0, 48))
    assert blob.shape == (1, 3, 128, 128)
    assert blob[0, :, 64, 5].tolist() == pytest.approx([1, -1, -0.6])
    assert (blob[0, :, :48] == -1).all()
    assert (blob[0, :, 80:] == -1).all()


class Net:
    """Sees one face, wherever it looks."""

    def setInput(self, blob: np.ndarray) -> None:
        assert blob.shape == (1, 3, 128, 128)

    def forward(self, names: tuple[str, ...]) -> list[np.ndarray]:
        boxes, logits = outputs((512 + 6 * 27, 0.8, (0, 0, 32, 32)))  # Anchor at 56, 56.
        return [{"classificators": logits, "regressors": boxes}[name][None] for name in names]


def test_places_are_those_of_the_picture_and_not_of_the_square():
    faces = find_faces(Net(), np.zeros((64, 256, 3), np.uint8), 0.5, 0.3)
    assert faces.boxes_px[0].tolist() == [2 * 40, 2 * (40 - 48), 64, 64]
    assert faces.landmarks_px[0, 0].tolist() == [2 * 56, 2 * (56 - 48)]


@pytest.mark.parametrize(("name", "middle_px"), [("happy", (325, 145)), ("sad", (200, 135))])
def test_it_finds_the_face_of_a_portrait(name: str, middle_px: tuple[float, float]):
    net = installed("blazeface").tflite("blazeface")
    rgb = cv2.cvtColor(cv2.imread(str(footage(f"faces/{name}.jpg"))), cv2.COLOR_BGR2RGB)
    faces = find_faces(net, rgb, 0.5, 0.3)
    box = faces.boxes_px[0]
    assert (box[:2] + box[2:] / 2).tolist() == pytest.approx(middle_px, abs=15)
    assert faces.confidence_01[0] > 0.85
    right_eye, left_eye = faces.landmarks_px[0, :2]
    assert right_eye[0] < left_eye[0]

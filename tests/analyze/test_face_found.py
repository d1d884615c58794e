from __future__ import annotations

import numpy as np
import pytest
from rushes.analyze.face_found import Found, apart, in_order, overlap_01


def boxes(*rows: tuple[float, float, float, float]) -> np.ndarray:
    return np.array(rows, np.float32)


def test_overlap_is_the_shared_area_over_the_united_one():
    others = boxes((5, 0, 10, 10), (0, 0, 10, 10), (10, 0, 10, 10), (30, 30, 5, 5))
    assert overlap_01(boxes((0, 0, 10, 10))[0], others).tolist() == pytest.approx([50 / 150, 1, 0, 0])


def test_boxes_without_area_do_not_overlap():
    assert overlap_01(boxes((3, 3, 0, 0))[0], boxes((3, 3, 0, 0))).tolist() == [0]


def test_of_boxes_that_overlap_too_much_the_first_is_kept():
    rows = boxes((0, 0, 10, 10), (1, 0, 10, 10), (20, 0, 10, 10), (25, 0, 10, 10))
    assert apart(rows, 0.5) == [0, 2, 3]
    assert apart(rows, 0.3) == [0, 2]
    assert apart(rows, 1.0) == [0, 1, 2, 3]


def test_a_box_that_was_removed_removes_no_other():
    rows = boxes((0, 0, 10, 10), (4, 0, 10, 10), (8, 0, 10, 10))
    assert apart(rows, 0.3) == [0, 2]


def test_the_order_is_by_confidence_then_from_left_to_right_then_from_top_to_bottom():
    rows = boxes((9, 0, 1, 1), (5, 7, 1, 1), (5, 2, 1, 1), (0, 0, 1, 1))
    assert in_order(rows, np.array([0.5, 0.5, 0.5, 0.9], np.float32)).tolist() == [3, 2, 1, 0]


def test_chosen_faces_keep_their_points():
    points = np.arange(12, dtype=np.float32).reshape(3, 2, 2)
    found = Found(boxes(*[(n, 0, 1, 1) for n in range(3)]), np.array([0.9, 0.8, 0.7]), points, ("a", "b"))
    some = found.chosen([2, 0])
    assert len(some) == 2
    assert some.boxes_px[:, 0].tolist() == [2, 0]
    assert some.landmarks_px[0].tolist() == [[8, 9], [10, 11]]
    assert len(found.chosen([])) == 0

from __future__ import annotations

import cv2
import numpy as np
import pytest
from made_media import texture
from rushes.analyze.motion_shift import picture_shift


def made(seed: int) -> np.ndarray:
    """A picture of 80 x 45 px, as soft as one that was scaled down."""
    return cv2.GaussianBlur(texture((80, 45), seed=seed)[..., 0], (0, 0), 1.5).astype(np.float32)


def moved(picture: np.ndarray, x_px: float, y_px: float) -> np.ndarray:
    shift = np.float32([[1, 0, x_px], [0, 1, y_px]])
    return cv2.warpAffine(picture, shift, (80, 45), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT)


@pytest.mark.parametrize("shift", [(0, 0), (1.3, -0.6), (-3.2, 2.1), (5.2, 4.7)])
def test_shifts_are_found_to_a_fraction_of_a_px(shift: tuple[float, float]):
    before = made(2)
    assert picture_shift(before, moved(before, *shift)) == pytest.approx(shift, abs=0.2)


def test_a_figure_of_more_than_half_the_frame_whose_parts_move_apart_is_not_the_camera():
    before = made(3)
    after = moved(before, 1, -1)
    ways = ((5, 3), (-4, 2), (2, 5), (-3, -4))
    for number, way in enumerate(ways):
        part = np.s_[:, 18 + 11 * number : 29 + 11 * number]
        after[part] = moved(before, *way)[part]
    assert picture_shift(before, after) == pytest.approx((1, -1), abs=0.2)


def test_a_small_thing_of_strong_contrast_does_not_move_a_faint_background():
    before, after = (made(4) * 0.05 + 100 for _ in range(2))
    before[15:30, 30:45], after[15:30, 34:49] = 255, 255
    assert picture_shift(before, after) == pytest.approx((0, 0), abs=0.2)


def test_a_flat_picture_and_one_too_small_stand_still():
    flat = np.full((45, 80), 90, np.float32)
    assert picture_shift(flat, flat) == (0.0, 0.0)
    assert picture_shift(flat[:8, :8], flat[:8, :8]) == (0.0, 0.0)

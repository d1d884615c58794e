from __future__ import annotations

import cv2
import numpy as np
import pytest
from faces_made import BLUE, RED, crop_of
from rushes.analyze.face_looks import blended, difference_01, look_of


def picture(rgb: np.ndarray) -> bytes:
    return cv2.imencode(".png", rgb[:, :, ::-1])[1].tobytes()


def dressed(face: int, clothes: tuple[int, int, int]) -> bytes:
    rgb = np.full((192, 192, 3), face, np.uint8)
    rgb[140:] = clothes
    return picture(rgb)


def test_the_same_crop_looks_the_same_and_other_colours_do_not():
    red, blue = look_of(crop_of(RED)), look_of(crop_of(BLUE))
    assert difference_01(red, red) == pytest.approx(0, abs=1e-3)
    assert difference_01(red, blue) > 0.6


def test_clothes_count_a_third():
    one, other = look_of(dressed(120, RED)), look_of(dressed(120, BLUE))
    assert difference_01(one, other) == pytest.approx(
        difference_01(*map(look_of, (crop_of(RED), crop_of(BLUE)))) / 3, abs=1e-3
    )


def test_a_little_more_light_is_no_other_person():
    rng = np.random.default_rng(1)
    rgb = cv2.GaussianBlur(rng.integers(20, 220, (192, 192, 3), np.uint8), (31, 31), 0)
    rgb = cv2.normalize(rgb, None, 30, 200, cv2.NORM_MINMAX)
    lighter = np.clip(rgb.astype(int) + 8, 0, 255).astype(np.uint8)
    assert difference_01(look_of(picture(rgb)), look_of(picture(lighter))) < 0.2


def test_a_crop_of_another_size_is_scaled():
    small = cv2.imencode(".png", np.full((96, 96, 3), RED[::-1], np.uint8))[1].tobytes()
    assert difference_01(look_of(small), look_of(crop_of(RED))) == pytest.approx(0, abs=1e-3)


def test_bytes_that_are_no_picture_have_no_look():
    assert look_of(b"") is None
    assert look_of(b"no picture") is None


def test_a_blend_lies_between_and_nearer_to_the_more():
    red, blue = look_of(crop_of(RED)), look_of(crop_of(BLUE))
    mostly_red = blended(red, blue, 3)
    assert np.linalg.norm(mostly_red, axis=1).tolist() == pytest.approx([1, 1, 1])
    assert difference_01(mostly_red, red) < difference_01(mostly_red, blue) < difference_01(red, blue)

from __future__ import annotations

import numpy as np
import pytest
from rushes.analyze.yolox import decoded, letterboxed

CELLS = 52 * 52 + 26 * 26 + 13 * 13


def raw_output() -> np.ndarray:
    """Nobody anywhere: shape (cells, 85)."""
    return np.zeros((CELLS, 85), np.float32)


def test_a_cell_of_the_coarsest_grid_is_32_px_and_comes_last():
    raw = raw_output()
    raw[-1, :6] = (0.5, 0.25, np.log(4), np.log(8), 0.8, 0.5)
    boxes = decoded(raw, 0, 416)
    # Cell (12, 12): its centre is (12.5, 12.25) cells, its size 4 x 8 cells.
    assert boxes.left_top_px[-1].tolist() == pytest.approx([400 - 64, 392 - 128])
    assert boxes.size_px[-1].tolist() == pytest.approx([128, 256])
    assert boxes.confidence_01[-1] == pytest.approx(0.4)


def test_cells_run_along_the_rows_of_the_finest_grid_first():
    boxes = decoded(raw_output(), 0, 416)
    centre = boxes.left_top_px + boxes.size_px / 2
    assert centre[[0, 1, 52]].tolist() == [[0, 0], [8, 0], [0, 8]]
    assert centre[[52 * 52, 52 * 52 + 1]].tolist() == [[0, 0], [16, 0]]
    assert boxes.size_px[[0, 52 * 52, -1], 0].tolist() == [8, 16, 32]


def test_another_class_has_another_confidence():
    raw = raw_output()
    raw[7, 4], raw[7, 5], raw[7, 5 + 39] = 1.0, 0.1, 0.9
    assert decoded(raw, 0, 416).confidence_01[7] == pytest.approx(0.1)
    assert decoded(raw, 39, 416).confidence_01[7] == pytest.approx(0.9)


def test_sizes_beyond_all_reason_stay_finite():
    raw = raw_output()
    raw[:, 2:4] = 1e6
    assert np.isfinite(decoded(raw, 0, 416).size_px).all()


def test_an_output_of_another_shape_is_refused():
    with pytest.raises(ValueError, match="does not fit 3549 cells"):
        decoded(np.zeros((100, 85), np.float32), 0, 416)


def test_a_picture_lies_in_the_left_upper_corner_in_blue_green_red():
    rgb = np.zeros((208, 416, 3), np.uint8)
    rgb[..., 0], rgb[..., 2] = 200, 10
    pixels, scale = letterboxed(rgb, 416)
    assert (pixels.shape, pixels.dtype, scale) == ((1, 3, 416, 416), np.float32, 1.0)
    assert pixels[0, :, 100, 100].tolist() == [10, 0, 200]
    assert pixels[0, :, 300, 100].tolist() == [114, 114, 114]


def test_a_small_picture_is_enlarged():
    pixels, scale = letterboxed(np.full((104, 52, 3), 77, np.uint8), 416)
    assert scale == 4
    assert (pixels[0, :, :, :208] == 77).all()
    assert (pixels[0, :, :, 208:] == 114).all()

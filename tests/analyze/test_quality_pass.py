from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from made_media import gray, texture, write_clip
from rushes.analyze.clip_pass import analyze_clip
from rushes.analyze.quality_pass import color_measures, edge_blur_px, noise_level, sharpness_01
from rushes.analyze.table import ANALYZERS
from rushes.media.probe import probe

QUALITY = ANALYZERS["quality"]


def edges(contrast: float = 1.0, blur_px: float = 0.0) -> np.ndarray:
    """Bright boxes on dark ground at 640 x 360, as a sharp lens shows them."""
    rng = np.random.default_rng(3)
    big = np.full((1080, 1920), 60, np.float32)
    for _ in range(60):
        x, y, w, h = rng.integers(0, 1700), rng.integers(0, 900), rng.integers(40, 300), rng.integers(40, 300)
        big[y : y + h, x : x + w] = rng.integers(20, 236)
    big = cv2.GaussianBlur(big, (0, 0), 0.8)
    if blur_px:
        big = cv2.GaussianBlur(big, (0, 0), blur_px)
    small = cv2.resize(big, (640, 360), interpolation=cv2.INTER_AREA)
    return np.clip(128 + (small - 128) * contrast, 0, 255).astype(np.uint8)


def test_sharp_edges_are_sharp_and_blur_of_four_px_at_1080p_is_not():
    assert sharpness_01(edges()) > 0.6
    assert sharpness_01(edges(blur_px=4.0)) < 0.3
    assert sharpness_01(edges(blur_px=8.0)) == 0.0


def test_more_blur_is_never_sharper():
    steps = [sharpness_01(edges(blur_px=blur)) for blur in (0, 1, 2, 3, 4, 6)]
    assert steps == sorted(steps, reverse=True)


def test_sharpness_does_not_depend_on_contrast():
    assert sharpness_01(edges(contrast=0.3)) == pytest.approx(sharpness_01(edges()), abs=0.06)


@pytest.mark.parametrize("blur_px", [0.8, 1.2, 2.0])
def test_the_blur_of_an_edge_is_measured_in_px(blur_px: float):
    step = np.full((200, 300), 40, np.float32)
    step[:, 150:] = 200
    blurred = cv2.GaussianBlur(step, (0, 0), blur_px).astype(np.uint8)
    assert edge_blur_px(blurred) == pytest.approx(blur_px, rel=0.25)


def test_a_picture_without_edges_has_no_sharpness():
    assert sharpness_01(np.full((90, 160), 90, np.uint8)) is None
    assert sharpness_01(np.full((4, 4), 90, np.uint8)) is None


@pytest.mark.parametrize("deviation", [2.0, 5.0])
def test_grain_is_measured_in_levels(deviation: float):
    noisy = 120 + np.random.default_rng(1).normal(0, deviation, (360, 640))
    assert noise_level(noisy.round().astype(np.uint8)) == pytest.approx(deviation, rel=0.1)


def test_texture_in_half_of_the_picture_is_not_taken_for_grain():
    picture = edges()
    picture[:, 320:] = 120
    assert noise_level(picture) < 0.2


def test_grey_has_no_colour_and_pure_colours_have_much():
    assert color_measures(gray(90)) == {"colorfulness_01": 0.0, "color_variance_01": 0.0}
    halves = np.zeros((40, 40, 3), np.uint8)
    halves[:, :20], halves[:, 20:] = (255, 0, 0), (0, 0, 255)
    vivid = color_measures(halves)
    assert vivid["colorfulness_01"] == 1.0
    assert vivid["color_variance_01"] > 0.5


def samples(path: Path):
    return analyze_clip(probe(str(path)), {"quality": (QUALITY, QUALITY.params())})["quality"]["samples"]


def test_a_clip_gives_five_rows_a_second_with_every_column(tmp_path: Path):
    frame = samples(write_clip(tmp_path / "a.mp4", [texture((320, 180))] * 60))
    assert frame["t_s"].round(3).to_list() == [round(n / 5, 3) for n in range(10)]
    assert frame.columns == ["t_s", *(column.name for column in QUALITY.columns)]
    assert frame.null_count().sum_horizontal().item() == 0
    assert all(0 <= frame[column.name].min() <= frame[column.name].max() <= 1 for column in QUALITY.columns)


def test_exposure_clipping_and_contrast_say_what_was_put_in(tmp_path: Path):
    half = gray(128, (320, 180))
    half[:, :80] = 0
    half[:, 240:] = 255
    frame = samples(write_clip(tmp_path / "a.mp4", [half] * 3, pixel_format="yuv444p")).mean()
    assert frame["exposure_01"].item() == pytest.approx(0.5, abs=0.01)
    assert frame["clipping_01"].item() == pytest.approx(0.5, abs=0.02)
    assert frame["contrast_01"].item() == pytest.approx(1.0, abs=0.01)
    dark = samples(write_clip(tmp_path / "b.mp4", [gray(30)] * 3)).mean()
    assert dark["exposure_01"].item() == pytest.approx(30 / 255, abs=0.01)
    assert dark["contrast_01"].item() == 0.0
    assert dark["sharpness_01"].item() is None

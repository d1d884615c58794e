from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import polars as pl
import pytest
from made_media import gray, texture, write_clip
from rushes.analyze.clip_pass import analyze_clip
from rushes.analyze.detail import ANALYZER, Params
from rushes.analyze.detail_pass import camera_flow, cells, grid_size, slopes, standout
from rushes.analyze.motion_fit import CameraStep, fit_camera
from rushes.media.probe import probe

SIZE_PX = (320, 180)
WORLD = texture((960, 540), seed=4, grain_px=12)


def view(x_px: float, y_px: float, zoom: float = 1.0, roll_deg: float = 0.0) -> np.ndarray:
    """What a camera sees that looks at (x, y) of the world."""
    turn = cv2.getRotationMatrix2D((x_px, y_px), roll_deg, zoom)
    turn[:, 2] += (SIZE_PX[0] / 2 - x_px, SIZE_PX[1] / 2 - y_px)
    return cv2.warpAffine(WORLD, turn, SIZE_PX, flags=cv2.INTER_LINEAR)


def with_square(left_px: float, top_px: float, side_px: int = 60) -> np.ndarray:
    """The still world with another texture that lies on it."""
    turn = np.array([[1, 0, left_px], [0, 1, top_px]], np.float32)
    square = texture((side_px, side_px), seed=9, grain_px=6)
    over = cv2.warpAffine(square, turn, SIZE_PX)
    mask = cv2.warpAffine(np.ones((side_px, side_px, 1), np.float32), turn, SIZE_PX)[..., None]
    return (view(480, 270) * (1 - mask) + over * mask).astype(np.uint8)


def grids(
    tmp_path: Path, camera: Callable[[float], np.ndarray], seconds: float = 1.5, rate_fps: int = 30
) -> pl.DataFrame:
    frames = [camera(n / rate_fps) for n in range(round(seconds * rate_fps))]
    path = write_clip(tmp_path / "a.mp4", frames, crf=16, rate_fps=rate_fps)
    return analyze_clip(probe(str(path)), {"detail": (ANALYZER, Params())})["detail"]["grids"]


def maps(frame: pl.DataFrame, name: str) -> list[np.ndarray]:
    return [
        np.frombuffer(data, np.uint8).reshape(rows, columns)
        for data, columns, rows in frame.select(name, "columns_n", "rows_n").rows()
    ]


def test_grids_come_five_times_a_second_from_the_start_and_follow_the_shape(tmp_path: Path):
    found = grids(tmp_path, lambda t: view(480, 270))
    assert [round(t, 2) for t in found["t_s"]] == [0, 0.2, 0.4, 0.6, 0.8, 1, 1.2, 1.4]
    assert found.select("columns_n", "rows_n").rows() == [(32, 18)] * 8
    for name in ("detail", "motion", "standout"):
        assert {len(data) for data in found[name]} == {32 * 18}
    assert [(name, str(kind)) for name, kind in found.schema.items()] == list(ANALYZER.tables["grids"])


@pytest.mark.parametrize(
    ("shape", "expected"),
    [((90, 160), (32, 18)), ((160, 90), (18, 32)), ((120, 160), (32, 24)), ((2, 160), (32, 1))],
)
def test_the_longer_side_has_all_cells(shape: tuple[int, int], expected: tuple[int, int]):
    assert grid_size(shape, 32) == expected


@pytest.mark.parametrize("rate_fps", [4, 10, 24, 60])
def test_samples_lie_on_the_grid_at_every_frame_rate(tmp_path: Path, rate_fps: int):
    found = grids(tmp_path, lambda t: view(480, 270), 2.0, rate_fps)
    assert found["t_s"].to_list() == pytest.approx(
        [n / 5 for n in range(10)] if rate_fps >= 10 else [n / 4 for n in range(8)], abs=0.5 / rate_fps + 1e-6
    )


def test_what_moves_on_its_own_is_in_motion_and_the_rest_is_still(tmp_path: Path):
    # 48 px a second to the right: 0.15 of the width.
    found = grids(tmp_path, lambda t: with_square(80 + 48 * t, 60))
    for t_s, motion in zip(found["t_s"], maps(found, "motion"), strict=True):
        left = round((80 + 48 * t_s) / 10)
        inside = motion[7:11, left + 1 : left + 5]
        assert inside.mean() == pytest.approx(255 * 0.15 / 0.25, rel=0.25)
        assert motion[:, : left - 3].max() < 20
        assert motion[:, left + 10 :].max() < 20
        assert motion[:3].max() < 20


@pytest.mark.parametrize(
    "camera",
    [
        lambda t: view(480, 270),
        lambda t: view(400 + 60 * t, 270),
        lambda t: view(480, 200 + 40 * t),
        lambda t: view(480, 270, 1 + 0.2 * t),
        lambda t: view(480, 270, roll_deg=10 * t),
    ],
    ids=["at rest", "pan", "tilt", "zoom", "roll"],
)
def test_what_the_camera_does_is_no_motion(tmp_path: Path, camera: Callable[[float], np.ndarray]):
    for motion in maps(grids(tmp_path, camera), "motion"):
        assert motion.mean() < 6
        assert np.quantile(motion, 0.95) < 20


def test_a_cut_is_no_motion(tmp_path: Path):
    found = grids(tmp_path, lambda t: view(300, 200) if t < 0.48 else view(700, 400))
    assert max(motion.max() for motion in maps(found, "motion")) < 10


def test_black_bars_have_no_detail_and_stand_still_while_the_camera_moves(tmp_path: Path):
    def boxed(t: float) -> np.ndarray:
        frame = view(400 + 60 * t, 270)
        frame[:, :30] = frame[:, -30:] = 16
        return frame

    found = grids(tmp_path, boxed)
    for motion, detail in zip(maps(found, "motion"), maps(found, "detail"), strict=True):
        assert motion.max() < 40
        assert motion[:, [0, 1, 2, -3, -2, -1]].max() == 0
        assert detail[:, [0, 1, 2, -3, -2, -1]].max() == 0
        assert detail[:, 5:-5].min() > 0


def test_a_black_picture_is_empty(tmp_path: Path):
    found = grids(tmp_path, lambda t: gray(0, SIZE_PX))
    assert {max(data) for name in ("detail", "motion") for data in found[name]} == {0}


def test_detail_is_where_the_texture_is(tmp_path: Path):
    frame = gray(120, SIZE_PX)
    frame[60:120, 200:300] = texture((100, 60), grain_px=4)
    detail = maps(grids(tmp_path, lambda t: frame), "detail")[0]
    assert detail[7:11, 21:29].min() > 100
    assert detail[:5].max() < 5
    assert detail[:, :18].max() < 5


def test_a_slope_is_measured_in_levels_a_pixel():
    ramp = np.repeat(np.arange(0, 240, 3, dtype=np.uint8)[None], 40, axis=0)
    assert slopes(ramp)[20, 40] == 3
    assert cells(slopes(ramp), 4, 2, 6.0)[0, 1] == pytest.approx(128, abs=1)


def test_a_clip_of_one_frame_has_detail_and_no_motion(tmp_path: Path):
    path = write_clip(tmp_path / "a.mp4", [view(480, 270)])
    found = analyze_clip(probe(str(path)), {"detail": (ANALYZER, Params())})["detail"]["grids"]
    assert found.height == 1
    assert maps(found, "detail")[0].max() > 50
    assert maps(found, "motion")[0].max() == 0


def test_a_tiny_picture_is_still(tmp_path: Path):
    path = write_clip(tmp_path / "a.mp4", [gray(8 * n, (16, 16)) for n in range(20)])
    assert max(motion.max() for motion in maps(grids_of(path), "motion")) == 0


def grids_of(path: Path) -> pl.DataFrame:
    return analyze_clip(probe(str(path)), {"detail": (ANALYZER, Params())})["detail"]["grids"]


def test_the_flow_of_a_camera_is_the_one_that_the_fit_explains():
    step = CameraStep(
        over_s=0.1,
        pan_per_s=0.2,
        tilt_per_s=-0.1,
        zoom_per_s=0.3,
        roll_deg_per_s=-8.0,
        speed_per_s=0.0,
        residual_per_s=0.0,
    )
    before = cv2.cvtColor(view(480, 270), cv2.COLOR_RGB2GRAY)
    fitted = fit_camera(camera_flow(step, *before.shape), before, 0.1)
    for name in ("pan_per_s", "tilt_per_s", "zoom_per_s", "roll_deg_per_s"):
        assert getattr(fitted, name) == pytest.approx(getattr(step, name), rel=1e-3)
    assert fitted.residual_per_s == pytest.approx(0, abs=1e-4)


def test_two_runs_give_the_same_bytes(tmp_path: Path):
    path = write_clip(tmp_path / "a.mp4", [with_square(80 + 2 * n, 60) for n in range(30)])
    assert grids_of(path).equals(grids_of(path))


def test_a_small_thing_on_an_empty_table_stands_out_and_the_edge_of_the_table_does_not():
    table = np.full((90, 160), 170, np.uint8)
    table[60:] = 200
    table[40:66, 130:138] = 90
    found = standout(table, slopes(table))
    assert found[45:60, 131:137].max() == pytest.approx(1, abs=0.05)
    assert found[:, :120].max() < 0.35


def test_nothing_stands_out_of_a_flat_picture():
    flat = np.full((90, 160), 120, np.uint8)
    assert not standout(flat, slopes(flat)).any()


def test_what_leaps_further_than_flow_finds_moves_where_it_was_and_where_it_is(tmp_path: Path):
    # Half the width in a tenth of a second, there and back.
    found = grids(tmp_path, lambda t: with_square(20 if int(t * 10 + 0.5) % 2 == 0 else 220, 60))
    motion = np.max(maps(found, "motion"), axis=0)
    assert motion[7:11, 3:7].mean() > 60
    assert motion[7:11, 23:27].mean() > 60
    assert motion[7:11, 11:20].max() < 20

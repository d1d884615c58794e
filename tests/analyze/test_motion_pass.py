from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import polars as pl
import pytest
from faces_made import footage
from made_media import gray, texture, write_clip
from rushes.analyze.clip_pass import analyze_clip
from rushes.analyze.table import ANALYZERS
from rushes.media.made_shoot import TAKES, write_take
from rushes.media.probe import probe

MOTION = ANALYZERS["motion"]
SIZE_PX = (320, 180)
WORLD = texture((960, 540), seed=4, grain_px=12)


def view(x_px: float, y_px: float, zoom: float = 1.0, roll_deg: float = 0.0) -> np.ndarray:
    """What a camera sees that looks at (x, y) of the world; right and down are positive, roll is clockwise."""
    turn = cv2.getRotationMatrix2D((x_px, y_px), roll_deg, zoom)
    turn[:, 2] += (SIZE_PX[0] / 2 - x_px, SIZE_PX[1] / 2 - y_px)
    return cv2.warpAffine(WORLD, turn, SIZE_PX, flags=cv2.INTER_LINEAR)


def shoot(
    tmp_path: Path, camera: Callable[[float], np.ndarray], seconds: float = 2.0, crf: int = 16
) -> dict[str, pl.DataFrame]:
    """Tables of a clip whose frame at t is camera(t)."""
    frames = [camera(n / 30) for n in range(round(seconds * 30))]
    return read(write_clip(tmp_path / "a.mp4", frames, crf=crf))


def read(path: Path) -> dict[str, pl.DataFrame]:
    """Tables of a clip."""
    return dict(analyze_clip(probe(str(path)), {"motion": (MOTION, MOTION.params())})["motion"])


def median(tables: dict[str, pl.DataFrame], name: str) -> float:
    return float(tables["samples"][name].median())


def kind(tables: dict[str, pl.DataFrame]) -> str:
    return tables["clip"]["motion_kind"].item()


def test_a_camera_at_rest_is_static_and_stable(tmp_path: Path):
    tables = shoot(tmp_path, lambda t: view(480, 270))
    assert kind(tables) == "static"
    assert tables["clip"]["motion_activity_level"].item() == "low"
    assert median(tables, "motion_stability_score") > 0.95
    assert median(tables, "motion_flow_score") < 0.02


@pytest.mark.parametrize(("speed", "named"), [(0.1, "slow_pan"), (-0.1, "slow_pan"), (0.6, "fast_pan")])
def test_a_pan_is_measured_in_widths_a_second_right_positive(tmp_path: Path, speed: float, named: str):
    middle = 480 - speed * 160
    tables = shoot(tmp_path, lambda t: view(middle + speed * 320 * t, 270), 1.0)
    assert median(tables, "pan_per_s") == pytest.approx(speed, rel=0.1)
    assert median(tables, "tilt_per_s") == pytest.approx(0, abs=0.01)
    assert kind(tables) == named


def test_a_tilt_up_is_positive(tmp_path: Path):
    tables = shoot(tmp_path, lambda t: view(480, 290 - 0.2 * 180 * t))
    assert median(tables, "tilt_per_s") == pytest.approx(0.2, rel=0.1)
    assert kind(tables) == "slow_pan"


@pytest.mark.parametrize(("growth", "named"), [(0.15, "zoom_in"), (-0.15, "zoom_out")])
def test_zooms_are_growth_a_second(tmp_path: Path, growth: float, named: str):
    tables = shoot(tmp_path, lambda t: view(480, 270, zoom=1.2 * (1 + growth) ** t))
    assert median(tables, "zoom_per_s") == pytest.approx(growth, rel=0.25)
    assert kind(tables) == named


def test_rolling_clockwise_is_positive(tmp_path: Path):
    tables = shoot(tmp_path, lambda t: view(480, 270, roll_deg=10 * t))
    assert median(tables, "roll_deg_per_s") == pytest.approx(10, rel=0.15)


def test_a_steady_pan_is_stable_and_a_trembling_one_is_not(tmp_path: Path):
    tremor = np.random.default_rng(1).normal(0, 7, (200, 2))
    smooth = shoot(tmp_path, lambda t: view(400 + 32 * t, 270))
    shaky = shoot(
        tmp_path, lambda t: view(400 + 32 * t + tremor[round(t * 30), 0], 270 + tremor[round(t * 30), 1])
    )
    assert median(smooth, "motion_stability_score") > 0.9
    assert median(shaky, "motion_stability_score") < 0.3
    assert kind(shaky) == "handheld"


def test_a_subject_before_a_still_camera_is_not_the_camera(tmp_path: Path):
    subject = texture((80, 90), seed=9, grain_px=8)

    def walk(t: float) -> np.ndarray:
        frame = view(480, 270)
        left = round(20 + 90 * t)
        frame[50:140, left : left + 80] = subject
        return frame

    walking, still = shoot(tmp_path, walk), shoot(tmp_path, lambda t: view(480, 270))
    assert abs(median(walking, "pan_per_s")) < 0.01
    assert median(walking, "subject_motion_01") > 5 * median(still, "subject_motion_01") + 0.05
    assert median(walking, "motion_stability_score") > 0.7


def test_a_figure_that_waves_through_the_whole_frame_is_not_a_shaking_camera(tmp_path: Path):
    make = {"size_px": (480, 270), "rate_fps": 30}
    # These two filled the frame so well that their waving was taken for the camera's.
    for take in (take for take in TAKES if take.name in ("front_05", "front_07")):
        write_take(tmp_path / f"{take.name}.mp4", take, **make)
        assert median(read(tmp_path / f"{take.name}.mp4"), "motion_stability_score") > 0.6
    shaken = next(take for take in TAKES if take.fault == "shaky")
    write_take(tmp_path / "shaken.mp4", shaken, **make)
    assert median(read(tmp_path / "shaken.mp4"), "motion_stability_score") < 0.05


def test_toys_filmed_by_hand_shake_and_people_before_a_tripod_do_not():
    for name, shakes in (("mdn/frog.mp4", True), ("mdn/elf.mp4", True), ("asl_shoot/help.mkv", False)):
        stability = median(read(footage(name)), "motion_stability_score")
        assert stability < 0.3 if shakes else stability > 0.85


def test_activity_follows_the_mean_difference_of_frames(tmp_path: Path):
    levels = {"low": 2, "medium": 10, "high": 40}
    for name, step in levels.items():
        tables = shoot(tmp_path, lambda t, step=step: gray(100 + step * (round(t * 30) % 2), SIZE_PX), 1.0)
        assert tables["clip"]["motion_activity_level"].item() == name


def test_repeated_frames_are_counted(tmp_path: Path):
    tables = shoot(tmp_path, lambda t: view(300 + 4 * (round(t * 30) // 2), 270), crf=0)
    # 60 frames have 59 that follow one, of which 30 repeat it.
    assert tables["clip"]["duplicate_frame_percent"].item() == pytest.approx(100 * 30 / 59, abs=0.1)


def test_the_step_across_a_cut_is_no_motion(tmp_path: Path):
    other = texture(SIZE_PX, seed=77)
    tables = shoot(tmp_path, lambda t: view(480, 270) if t < 0.95 else other)
    across = tables["samples"].filter((pl.col("t_s") > 0.95) & (pl.col("t_s") < 1.1))
    assert across["pan_per_s"].to_list() == [None]
    assert tables["samples"]["motion_flow_score"].drop_nulls().max() < 0.05
    assert kind(tables) == "static"


def test_moments_of_strong_motion_are_accents(tmp_path: Path):
    def lunge(t: float) -> np.ndarray:
        return view(400 + 60 * (1 / (1 + np.exp(-(t - 1.0) * 30))), 270)

    accents = shoot(tmp_path, lunge)["motion_accents"]
    assert accents["t_s"].to_list() == [pytest.approx(1.0, abs=0.07)]
    assert accents["strength_01"].to_list() == [1.0]


def test_a_clip_of_one_frame_has_a_row_and_no_motion(tmp_path: Path):
    tables = shoot(tmp_path, lambda t: view(480, 270), 1 / 30)
    assert tables["clip"].row(0) == ("low", "static", 0.0)
    assert tables["samples"].height == 1
    assert tables["samples"]["pan_per_s"].to_list() == [None]
    assert tables["motion_accents"].is_empty()


def test_columns_are_those_declared(tmp_path: Path):
    tables = shoot(tmp_path, lambda t: view(480, 270), 0.5)
    sampled = [column.name for column in MOTION.columns if column.per_sample]
    assert tables["samples"].columns == ["t_s", *sampled]
    assert tables["clip"].columns == [column.name for column in MOTION.columns if not column.per_sample]
    assert {name: str(kind) for name, kind in tables["motion_accents"].schema.items()} == dict(
        MOTION.tables["motion_accents"]
    )

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import polars as pl
import pytest
from made_media import gray, texture, write_clip
from rushes.analyze.clip_pass import analyze_clip
from rushes.analyze.table import ANALYZERS
from rushes.media.probe import probe

KEYFRAMES = ANALYZERS["keyframes"]
SIZE_PX = (320, 180)


def keyframes(path: Path, **params: float) -> pl.DataFrame:
    tables = analyze_clip(probe(str(path)), {"keyframes": (KEYFRAMES, KEYFRAMES.params(**params))})[
        "keyframes"
    ]
    assert tables["clip"]["keyframe_count"].item() == tables["keyframes"].height
    return tables["keyframes"]


def still(tmp_path: Path, seconds: float, changes_s: tuple[float, ...] = ()) -> Path:
    """A still picture at 10 fps that changes for good at some times."""
    frames = [
        np.full((180, 320, 3), 40 + 50 * sum(n / 10 >= at for at in changes_s), np.uint8)
        for n in range(round(seconds * 10))
    ]
    return write_clip(tmp_path / "a.mp4", frames, rate_fps=10)


def shown(frame: pl.DataFrame) -> list[tuple[float, str]]:
    return [(round(t, 2), why) for t, why in frame.select("t_s", "why").rows()]


def test_first_two_four_six_seconds_and_last_are_always_kept(tmp_path: Path):
    found = keyframes(still(tmp_path, 9.0))
    assert shown(found) == [(0, "first"), (2, "2 s"), (4, "4 s"), (6, "6 s"), (8.9, "last")]


def test_a_short_clip_has_the_fixed_frames_that_it_reaches(tmp_path: Path):
    assert shown(keyframes(still(tmp_path, 3.0))) == [(0, "first"), (2, "2 s"), (2.9, "last")]
    assert shown(keyframes(still(tmp_path, 0.1))) == [(0, "first")]


def test_a_frame_that_has_changed_since_the_last_key_frame_becomes_one(tmp_path: Path):
    found = keyframes(still(tmp_path, 5.0, changes_s=(0.8, 2.7)))
    assert shown(found) == [
        (0, "first"),
        (1, "change"),
        (2, "2 s"),
        (3, "change"),
        (4, "4 s"),
        (4.9, "last"),
    ]


def test_a_change_below_the_share_or_the_level_is_none(tmp_path: Path):
    frames = [gray(100, SIZE_PX) for _ in range(18)]
    for frame in frames[8:]:
        frame[:, :40] = 220  # An eighth of the picture.
    path = write_clip(tmp_path / "a.mp4", frames, rate_fps=10)
    assert shown(keyframes(path)) == [(0, "first"), (1.7, "last")]
    assert shown(keyframes(path, changed_share_01=0.1)) == [(0, "first"), (1, "change"), (1.7, "last")]
    assert shown(keyframes(path, changed_share_01=0.1, changed_level=130)) == [(0, "first"), (1.7, "last")]


def test_the_strongest_changes_fill_up_what_the_fixed_frames_leave(tmp_path: Path):
    rng = np.random.default_rng(1)
    frames = [gray(60, SIZE_PX) for _ in range(120)]
    for n, frame in enumerate(frames):
        frame[:, : 64 + 16 * (n // 5 % 10)] = rng.integers(120, 256)
    found = keyframes(write_clip(tmp_path / "a.mp4", frames, rate_fps=10))
    assert found.height == 8
    assert found["why"].to_list().count("change") == 3
    assert found["pts"].is_sorted()
    assert keyframes(tmp_path / "a.mp4", max_frames=2)["why"].to_list() == ["first", "2 s"]


def test_pictures_are_jpegs_of_the_size_asked_for(tmp_path: Path):
    path = write_clip(tmp_path / "a.mp4", [texture((640, 360), 3)] * 5)
    jpeg = keyframes(path)["jpeg"][0]
    picture = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    assert picture.shape == (144, 256, 3)
    assert cv2.imdecode(np.frombuffer(keyframes(path, long_side_px=64)["jpeg"][0], np.uint8), 1).shape == (
        36,
        64,
        3,
    )


def test_colours_are_right(tmp_path: Path):
    red = np.full((180, 320, 3), (200, 30, 30), np.uint8)
    jpeg = keyframes(write_clip(tmp_path / "a.mp4", [red] * 3, pixel_format="yuv444p"))["jpeg"][0]
    blue_green_red = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR).reshape(-1, 3).mean(axis=0)
    assert blue_green_red == pytest.approx([30, 30, 200], abs=6)


def test_two_runs_give_the_same_bytes(tmp_path: Path):
    path = write_clip(tmp_path / "a.mp4", [texture(SIZE_PX, n) for n in range(40)])
    assert keyframes(path).equals(keyframes(path))

"""Retimed shots, of clips whose every picture says which one it is."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from made_clips import lumas, number_of, numbered, write_clip
from rushes.emit.video import Run, SegmentSource, SegmentSpec
from rushes.emit.video_segment import render_segment
from rushes.errors import MediaError
from rushes.media.info import MediaInfo


def shot(start: int, frames: int, *keys: tuple[int, Fraction], blend: bool = False) -> SegmentSpec:
    """start: of the source, in its frames at 30 fps; keys: frame of the segment, source seconds since then."""
    run = Run(keys=((0, Fraction(0)), *keys), blend=blend)
    return SegmentSpec(
        kind="shot",
        frames=frames,
        width_px=180,
        height_px=320,
        rate_fps=Fraction(30),
        quality="high",
        sources=(SegmentSource(clip="a", start_s=Fraction(start, 30), run=run),),
    )


def numbers(spec: SegmentSpec, clip: MediaInfo, out: Path) -> list[int]:
    render_segment(spec, {"a": clip}, out)
    return [number_of(luma) for luma in lumas(out)]


def counting(path: Path, count: int = 120, rate_fps: Fraction = Fraction(30)) -> MediaInfo:
    return write_clip(path, [numbered(number, 320, 180) for number in range(count)], rate_fps=rate_fps)


def test_twice_the_speed_shows_every_other_picture(tmp_path: Path):
    clip = counting(tmp_path / "a.mp4")
    assert numbers(shot(10, 20, (20, Fraction(40, 30))), clip, tmp_path / "out.mp4") == list(range(10, 50, 2))


def test_half_the_speed_shows_every_picture_twice_where_none_are_mixed(tmp_path: Path):
    clip = counting(tmp_path / "a.mp4")
    made = numbers(shot(25, 12, (12, Fraction(6, 30))), clip, tmp_path / "out.mp4")
    assert made == [round(25 + n / 2 + 0.01) for n in range(12)]


def test_a_fast_camera_has_a_picture_for_every_frame_of_half_speed(tmp_path: Path):
    clip = counting(tmp_path / "a.mp4", rate_fps=Fraction(60))
    for blend in (False, True):
        spec = shot(10, 16, (16, Fraction(8, 30)), blend=blend)
        assert numbers(spec, clip, tmp_path / "out.mp4") == list(range(20, 36))


def test_a_ramp_shows_the_nearest_picture_at_every_frame_and_the_key_s_at_its_own(tmp_path: Path):
    """Three times the speed for ten frames, then half of it: frame 10 is where they meet."""
    clip = counting(tmp_path / "a.mp4")
    spec = shot(4, 24, (10, Fraction(1)), (24, Fraction(37, 30)))
    made = numbers(spec, clip, tmp_path / "out.mp4")
    assert made[:11] == list(range(4, 35, 3))
    assert made[10:] == [int(34 + (n + 1) // 2) for n in range(14)]


def test_slow_pictures_are_mixed_of_their_neighbours(tmp_path: Path):
    rising = [np.full((180, 320), 40 + 8 * number, np.uint8) for number in range(20)]
    clip = write_clip(tmp_path / "a.mp4", rising, options={"crf": "3"})
    render_segment(shot(3, 16, (16, Fraction(4, 30)), blend=True), {"a": clip}, tmp_path / "out.mp4")
    levels = [float(luma.mean()) for luma in lumas(tmp_path / "out.mp4")]
    assert levels == pytest.approx([64 + 2 * n for n in range(16)], abs=3.5)
    assert levels == sorted(levels)
    assert len(set(levels)) > 12


def test_what_stands_still_in_the_file_does_not_melt(tmp_path: Path):
    """Pictures at 0, 1, 2, 3 and then at 20 of a thirtieth: the gap is held, as it is at its own speed."""
    levels = [np.full((180, 320), 200 if number == 4 else 60, np.uint8) for number in range(8)]
    stamps = [0, 1, 2, 3, 20, 21, 22, 23]
    clip = write_clip(tmp_path / "a.mp4", levels, pts=stamps, time_base=Fraction(1, 30))
    render_segment(shot(4, 14, (14, Fraction(7, 30)), blend=True), {"a": clip}, tmp_path / "out.mp4")
    shown = [float(luma.mean()) for luma in lumas(tmp_path / "out.mp4")]
    assert shown == pytest.approx([60] * 14, abs=2)


def test_the_same_spec_gives_the_same_bytes(tmp_path: Path):
    clip = counting(tmp_path / "a.mp4")
    spec = shot(4, 24, (10, Fraction(1)), (24, Fraction(37, 30)), blend=True)
    for name in ("one", "two"):
        render_segment(spec, {"a": clip}, tmp_path / f"{name}.mp4")
    assert (tmp_path / "one.mp4").read_bytes() == (tmp_path / "two.mp4").read_bytes()


def test_a_shot_that_runs_out_of_its_clip_is_named(tmp_path: Path):
    clip = counting(tmp_path / "a.mp4", 40)
    with pytest.raises(
        MediaError, match=r"the pictures end at 1\.33 s, but the edit shows the clip until 1\.93 s"
    ):
        render_segment(shot(20, 20, (20, Fraction(40, 30))), {"a": clip}, tmp_path / "out.mp4")
    with pytest.raises(MediaError, match="no picture can be decoded at|the pictures end at"):
        render_segment(shot(300, 20, (20, Fraction(40, 30))), {"a": clip}, tmp_path / "out.mp4")


def test_a_little_beyond_the_clip_its_ends_are_held(tmp_path: Path):
    clip = counting(tmp_path / "a.mp4", 40)
    assert numbers(shot(36, 6, (6, Fraction(6, 30))), clip, tmp_path / "out.mp4") == [36, 37, 38, 39, 39, 39]
    assert numbers(shot(-2, 4, (4, Fraction(4, 30))), clip, tmp_path / "out.mp4") == [0, 0, 0, 1]

"""Whip pans, dips and dissolves, by the light of flat and striped pictures."""

from __future__ import annotations

import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from made_clips import lumas, write_clip
from rushes.emit.video import SegmentFade, SegmentSource, SegmentSpec
from rushes.emit.video_segment import render_segment
from rushes.emit.video_transition import dipped, faded, whipped

SIZE = (64, 96)


def picture(light: np.ndarray | int) -> av.VideoFrame:
    """A gray output picture of the light given, of 64x96."""
    planes = np.full((SIZE[1] * 3 // 2, SIZE[0]), 128, np.uint8)
    planes[: SIZE[1]] = light
    return av.VideoFrame.from_ndarray(planes, format="yuv420p")


def luma(made: av.VideoFrame) -> np.ndarray:
    return made.to_ndarray()[: SIZE[1]].astype(int)


def across() -> np.ndarray:
    """Light that rises from left to right."""
    return np.arange(SIZE[0], dtype=np.uint8)[None, :] * 3 + 20


def whip(first, second, frames: int, direction="right") -> list[np.ndarray]:
    made = whipped(iter([picture(first)] * frames), iter([picture(second)] * frames), frames, direction)
    return [luma(frame) for frame in made]


def test_a_dip_is_black_at_its_cut_and_even_on_both_sides():
    made = dipped(iter([picture(176)] * 3), iter([picture(116)] * 4), 7)
    levels = [int(luma(frame).mean()) for frame in made]
    assert levels == [16 + 160 * 3 // 4, 16 + 160 * 2 // 4, 16 + 160 // 4, 16, 16 + 25, 16 + 50, 16 + 75]


def test_a_dip_takes_the_colour_away_too():
    red = np.full((SIZE[1] * 3 // 2, SIZE[0]), 200, np.uint8)
    frame = av.VideoFrame.from_ndarray(red, format="yuv420p")
    made = [part.to_ndarray()[SIZE[1] :].mean() for part in dipped(iter([frame]), iter([frame] * 2), 3)]
    assert made == [128 + 36, 128, 128 + 36]


def test_a_dip_of_one_frame_is_black():
    assert [luma(frame).max() for frame in dipped(iter([]), iter([picture(200)]), 1)] == [16]


def test_a_picture_comes_out_of_black_and_goes_into_it_in_even_steps():
    opens = SegmentFade(begins=0, frames=4, into_black=False)
    closes = SegmentFade(begins=5, frames=3, into_black=True)
    shown = list(faded(iter([(picture(176), 6), (picture(76), 2)]), (opens, closes)))
    levels = [int(luma(frame).mean()) for frame, times in shown for _ in range(times)]
    assert levels == [16, 56, 96, 136, 176, 16 + round(160 * 2 / 3), 36, 16]


def test_pictures_beyond_a_fade_are_the_same_ones_and_stay_as_long():
    plain = (picture(100), 7)
    closes = SegmentFade(begins=7, frames=3, into_black=True)
    first, *rest = faded(iter([plain, (picture(100), 3)]), (closes,))
    assert first is not None and first[0] is plain[0] and first[1] == 7
    assert len(rest) == 3


@pytest.mark.parametrize("frames", [1, 4, 9, 15])
def test_flat_shots_pass_into_each_other_without_an_edge_that_jumps(frames: int):
    made = whip(40, 200, frames)
    assert len(made) == frames
    means = [light.mean() for light in made]
    assert means == sorted(means)
    assert all(np.abs(np.diff(light, axis=1)).max() <= 160 * 1.5 / SIZE[0] + 1 for light in made)
    assert means[0] + means[-1] == pytest.approx(240, abs=0.5)


def test_a_whip_pan_begins_and_ends_with_the_shots_nearly_at_rest():
    made = whip(across(), across()[:, ::-1], 15)
    assert np.abs(made[0] - across()).max() <= 3
    assert np.abs(made[-1] - across()[:, ::-1]).max() <= 3


def test_the_picture_is_smeared_along_the_way_and_most_where_it_is_fastest():
    stripes = np.repeat(np.where(np.arange(SIZE[0]) % 8 < 4, 200, 40).astype(np.uint8)[None], SIZE[1], axis=0)
    contrast = [light.std(axis=1).mean() for light in whip(stripes, stripes, 13)]
    assert contrast[0] > 70
    assert max(contrast[4:9]) < 9
    levels = np.where(np.arange(SIZE[1]) % 8 < 4, 200, 40).astype(np.uint8)[:, None]
    assert all((np.abs(light - levels) <= 1).all() for light in whip(levels, levels, 5))


@pytest.mark.parametrize("direction", ["left", "right", "up", "down"])
def test_what_is_seen_moves_against_the_camera(direction: str):
    """A light bar in the middle of the picture is seen further on, in the direction that the camera turns away from."""
    bar = np.full((SIZE[1], SIZE[0]), 20, np.uint8)
    bar[SIZE[1] // 2 - 4 : SIZE[1] // 2 + 4, SIZE[0] // 2 - 4 : SIZE[0] // 2 + 4] = 220
    light = whip(bar, np.full_like(bar, 20), 15, direction)[2] - 20.0
    y, x = (float((light * axis).sum() / light.sum()) for axis in np.mgrid[: SIZE[1], : SIZE[0]])
    moved = {"left": x > 34, "right": x < 30, "up": y > 51, "down": y < 45}
    assert moved[direction]
    assert (abs(y - 47.5) < 0.6) if direction in ("left", "right") else (abs(x - 31.5) < 0.6)


def test_left_is_right_seen_in_a_mirror_and_down_is_right_lying():
    right = whip(across(), 100, 7)
    left = whip(across()[:, ::-1], 100, 7, "left")
    assert all((a == b[:, ::-1]).all() for a, b in zip(right, left, strict=True))


def segment(kind: str, frames: int) -> SegmentSpec:
    return SegmentSpec(
        kind=kind,
        frames=frames,
        width_px=180,
        height_px=320,
        rate_fps=Fraction(30),
        quality="high",
        sources=tuple(SegmentSource(clip=name, start_s=Fraction(1, 3)) for name in "ab"),
        direction="left" if kind == "whip_pan" else None,
    )


@pytest.mark.parametrize("kind", ["whip_pan", "dip_to_black"])
@pytest.mark.parametrize("frames", [1, 2, 9, 14])
def test_a_rendered_transition_has_exactly_its_frames(tmp_path: Path, kind: str, frames: int):
    clips = {
        name: write_clip(tmp_path / f"{name}.mp4", [np.full((180, 320), level, np.uint8)] * 40)
        for name, level in (("a", 80), ("b", 190))
    }
    render_segment(segment(kind, frames), clips, tmp_path / "out.mp4")
    levels = [float(light.mean()) for light in lumas(tmp_path / "out.mp4")]
    assert len(levels) == frames
    if kind == "dip_to_black":
        assert levels[frames // 2] == pytest.approx(0, abs=1)
    elif frames > 2:
        assert levels[frames // 2] == pytest.approx(135, abs=20)
        assert (levels[0], levels[-1]) == (pytest.approx(80, abs=4), pytest.approx(190, abs=4))


def test_a_whip_pan_has_the_same_bytes_in_another_process(tmp_path: Path):
    rng = np.random.default_rng(1)
    clips = {
        name: write_clip(tmp_path / f"{name}.mp4", list(rng.integers(30, 220, (30, 180, 320), np.uint8)))
        for name in "ab"
    }
    render_segment(segment("whip_pan", 7), clips, tmp_path / "one.mp4")
    script = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from pathlib import Path; import test_video_transition as t; from rushes.media.probe import probe\n"
        "clips = {name: probe(f'{sys.argv[2]}/{name}.mp4') for name in 'ab'}\n"
        "t.render_segment(t.segment('whip_pan', 7), clips, Path(sys.argv[2]) / 'two.mp4')"
    )
    subprocess.run([sys.executable, "-c", script, str(Path(__file__).parent), str(tmp_path)], check=True)
    assert (tmp_path / "one.mp4").read_bytes() == (tmp_path / "two.mp4").read_bytes()

"""What is seen through a window: moving by parts of a pixel, turned, at rest, and larger than the picture."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from av.video.frame import VideoFrame
from made_clips import lumas, timeline_of, write_clip
from numpy.typing import NDArray
from rushes.emit.video import Crop, SegmentSource, SegmentSpec, Window, segment_plan
from rushes.emit.video_segment import render_segment
from rushes.emit.video_window import WindowFilter
from rushes.media.info import VideoInfo
from rushes.recipe.outputs_spec import VideoSpec
from rushes.timeline.tree import Reframe, ReframeKey

PICTURE, FRAME = (320, 180), (90, 160)
COVER = FRAME[0] / FRAME[1] / (PICTURE[0] / PICTURE[1])


def info(rotation_deg: int = 0) -> VideoInfo:
    return VideoInfo(
        codec="h264",
        width_px=PICTURE[0],
        height_px=PICTURE[1],
        rotation_deg=rotation_deg,
        rate_fps=Fraction(30),
        time_base=Fraction(1, 30),
        start_pts=0,
        frame_count=90,
        bit_depth=8,
        transfer="sdr",
        pixel_format="yuv420p",
    )


def key(at_s: float, x_01: float, y_01: float = 0.5, width_01: float = COVER) -> ReframeKey:
    return ReframeKey(at_s=at_s, x_01=x_01, y_01=y_01, width_01=round(width_01, 6))


def spot(x: float, y: float, size: tuple[int, int] = PICTURE, sigma: float = 6.0) -> NDArray[np.uint8]:
    """A soft light at a place in pixels on a dark picture."""
    down, across = np.mgrid[: size[1], : size[0]]
    away = (across + 0.5 - x) ** 2 + (down + 0.5 - y) ** 2
    return np.rint(40 + 180 * np.exp(-away / (2 * sigma**2))).astype(np.uint8)


def picture(luma: NDArray[np.uint8]) -> VideoFrame:
    gray = np.full(luma.size // 2, 128, np.uint8)
    made = VideoFrame.from_ndarray(
        np.concatenate([luma.ravel(), gray]).reshape(-1, luma.shape[1]), format="yuv420p"
    )
    made.pts = 0
    return made


def seen(
    window: WindowFilter, luma: NDArray[np.uint8], at_s: float, size: tuple[int, int] = FRAME
) -> NDArray[np.uint8]:
    planes = window.apply(picture(luma), at_s).to_ndarray()
    assert planes.shape == (size[1] * 3 // 2, size[0])
    return planes[: size[1]]


def place(luma: NDArray[np.uint8]) -> tuple[float, float]:
    """Middle of what is light, pixels."""
    weight = np.maximum(luma.astype(float) - 60, 0)
    down, across = np.mgrid[: luma.shape[0], : luma.shape[1]]
    total = weight.sum()
    return float((weight * (across + 0.5)).sum() / total), float((weight * (down + 0.5)).sum() / total)


def window_of(*keys: ReframeKey, size: tuple[int, int] = FRAME, **fields: object) -> WindowFilter:
    rotation = fields.pop("rotation_deg", 0)
    assert isinstance(rotation, int)
    return WindowFilter(info(rotation), Window(keys=keys, **fields), *size, Fraction(1))


def test_a_slow_move_is_smooth_to_a_small_part_of_a_pixel():
    window = window_of(key(0, 0.45), key(4, 0.55))
    still = spot(160, 90)
    ways = np.array([place(seen(window, still, k / 30))[0] for k in range(121)])
    s = np.arange(121) / 120
    middle = 0.45 + 0.1 * s * s * (3 - 2 * s)
    expected = 45 + (0.5 - middle) * 320 * 160 / 180
    off = ways - expected
    assert np.abs(off).max() < 0.5
    assert np.abs(np.diff(off)).max() < 0.06
    assert (np.diff(ways) < 0.02).all()  # the light goes left, never back


def test_a_light_that_is_followed_stays_in_the_middle():
    keys = [key(n / 10, 0.3 + 0.4 * n / 30) for n in range(31)]
    window = window_of(*keys)
    for k in range(0, 90, 7):
        x = (0.3 + 0.4 * k / 90) * 320
        assert place(seen(window, spot(x, 90), k / 30)) == pytest.approx((45, 80), abs=0.6)


def test_a_window_that_moves_down_shows_what_comes_from_below():
    window = window_of(key(0, 0.5, 0.3, 1.0), key(2, 0.5, 0.7, 1.0), size=(160, 40))
    lights = [place(seen(window, spot(160, 90), t, (160, 40)))[1] for t in (0.0, 0.5, 1.0, 1.5, 2.0)]
    expected = [20 + (0.5 - y) * 90 for y in (0.3, 0.3625, 0.5, 0.6375, 0.7)]
    assert lights[1:4] == pytest.approx(expected[1:4], abs=0.6)
    assert lights == sorted(lights, reverse=True)


@pytest.mark.parametrize("rotation", [90, 180, 270])
def test_the_window_is_of_the_picture_as_it_is_shown(rotation: int):
    shown = spot(100, 60) if rotation == 180 else spot(60, 100, (180, 320))
    stored = np.ascontiguousarray(np.rot90(shown, rotation // 90))
    size = FRAME if rotation == 180 else (160, 90)
    cover = COVER if rotation == 180 else 1.0
    at = (100 / 320, 0.5) if rotation == 180 else (0.5, 100 / 320)
    window = window_of(
        key(0, at[0], at[1], cover),
        key(2, at[0] + 0.01, at[1] + 0.01, cover),
        size=size,
        rotation_deg=rotation,
    )
    x, y = place(seen(window, stored, 0.0, size))
    expected = (45, 60 * 160 / 180) if rotation == 180 else (60 * 160 / 180, 45)
    assert (x, y) == pytest.approx(expected, abs=1.0)


def test_what_is_larger_than_the_frame_is_shown_whole_over_its_own_blur():
    window = window_of(key(0, 0.5, 0.5, 1.0), pads=True, blur_01=0.05)
    luma = np.full((180, 320), 60, np.uint8)
    luma[:, :8], luma[:, -8:], luma[:6], luma[-6:] = 200, 200, 230, 230
    shown = seen(window, luma, 0.0)
    height = round(180 * 90 / 320 / 2) * 2
    top = 2 * round((160 - height) / 4)
    whole = shown[top : top + height]
    assert whole[0].mean() > 160
    assert whole[-1].mean() > 160
    assert whole[5:-5, 0].mean() > 150
    assert whole[5:-5, -1].mean() > 150
    assert whole[8:-8, 8:-8].std() < 3
    padding = shown[: top - 2]
    assert np.abs(np.diff(padding.astype(int), axis=1)).max() < 12  # soft
    assert padding.mean() < 100  # and dimmed


def test_a_part_shown_smaller_keeps_what_is_inside_it():
    window = window_of(key(0, 0.4, 0.5, 0.6), pads=True, blur_01=0.03)
    scale = 90 / (0.6 * 320)
    for x in (40, 128, 216):
        shown = seen(window, spot(x, 90), 0.0)
        height = round(180 * scale / 2) * 2
        top = 2 * round((160 - height) / 4)
        found = place(shown[top : top + height])
        assert found == pytest.approx(((x - 0.1 * 320) * scale, height / 2), abs=1.0)


def test_a_jump_is_whole_at_the_picture_of_its_moment():
    window = window_of(key(0, 0.3), key(1, 0.3), key(1, 0.7))
    assert place(seen(window, spot(96, 90), 29 / 30))[0] == pytest.approx(45, abs=1)
    assert place(seen(window, spot(224, 90), 30 / 30))[0] == pytest.approx(45, abs=1)


def spec(crop: Crop | Window, **fields: object) -> SegmentSpec:
    facts = {"width_px": FRAME[0], "height_px": FRAME[1], "frames": 20, "kind": "shot"} | fields
    source = SegmentSource(clip="a", start_s=Fraction(0), crop=crop)
    sources = (source, source) if facts["kind"] == "dissolve" else (source,)
    return SegmentSpec(rate_fps=Fraction(30), quality="high", sources=sources, **facts)


@pytest.mark.parametrize("x_01", [0.2, 0.5, 0.8])
def test_a_window_at_rest_gives_the_bytes_of_a_crop(tmp_path: Path, x_01: float):
    clip = write_clip(tmp_path / "a.mp4", [spot(100 + n, 90) for n in range(25)])
    window = Window(keys=(key(0, x_01),))
    crop = Crop(x_01=(x_01 - COVER / 2) / (1 - COVER))
    for name, way in (("window", window), ("crop", crop)):
        render_segment(spec(way), {"a": clip}, tmp_path / f"{name}.mp4")
    assert (tmp_path / "window.mp4").read_bytes() == (tmp_path / "crop.mp4").read_bytes()


@pytest.mark.parametrize("kind", ["shot", "dissolve"])
@pytest.mark.parametrize(
    "window",
    [Window(keys=(key(0, 0.3), key(1, 0.6))), Window(keys=(key(0, 0.5, 0.5, 0.8),), pads=True, blur_01=0.03)],
    ids=["moving", "padded"],
)
def test_a_segment_is_the_same_every_time_and_after_json(tmp_path: Path, window: Window, kind: str):
    clip = write_clip(tmp_path / "a.mp4", [spot(100 + n, 90) for n in range(25)])
    made = spec(window, kind=kind)
    assert SegmentSpec.from_json(made.to_json()) == made
    for name in ("one", "two"):
        render_segment(made, {"a": clip}, tmp_path / f"{name}.mp4")
    assert (tmp_path / "one.mp4").read_bytes() == (tmp_path / "two.mp4").read_bytes()
    assert len(lumas(tmp_path / "one.mp4")) == 20


def test_segments_take_the_crop_of_their_shots_and_a_dissolve_those_of_both():
    timeline = timeline_of([("a", 0, 30), ("b", 0, 30), ("c", 0, 30)], dissolves={0: 6})
    still = Reframe(mode="steady", keys=(key(0, 0.3),))
    whole = Reframe(mode="fit", keys=(key(0, 0.5, 0.5, 1.0),), pad_blur_01=0.1)
    clips = tuple(
        replace(clip, reframe=reframe)
        for clip, reframe in zip(timeline.clips, (still, whole, None), strict=True)
    )
    timeline = replace(timeline, clips=clips)
    crops = [[source.crop for source in segment.sources] for segment in segment_plan(timeline, VideoSpec())]
    one, two = Window(keys=still.keys, blur_01=0.03), Window(keys=whole.keys, pads=True, blur_01=0.1)
    assert crops == [[one], [one, two], [two], [Crop()]]

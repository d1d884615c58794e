from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from made_clips import lumas, number_of, numbered, write_clip
from rushes.emit.video import SegmentFade, SegmentSource, SegmentSpec, SegmentTitle
from rushes.emit.video_segment import render_segment
from rushes.errors import MediaError, RenderError
from rushes.media.info import MediaInfo
from rushes.timeline.tree import TitleLook

WIDE, TALL = (320, 180), (180, 320)


def shot(start_s: Fraction | str, frames: int, clip: str = "a", **fields: object) -> SegmentSpec:
    spec = SegmentSpec(
        kind="shot",
        frames=frames,
        width_px=TALL[0],
        height_px=TALL[1],
        rate_fps=Fraction(30),
        quality="high",
        sources=(SegmentSource(clip=clip, start_s=Fraction(start_s)),),
    )
    return replace(spec, **fields)


def numbers(spec: SegmentSpec, sources: Mapping[str, MediaInfo], out: Path) -> list[int]:
    render_segment(spec, sources, out)
    return [number_of(luma) for luma in lumas(out)]


def pictures(count: int, size: tuple[int, int] = WIDE) -> list[np.ndarray]:
    return [numbered(number, *size) for number in range(count)]


@pytest.mark.parametrize("start", [0, 1, 23, 24, 25, 49, 90])
def test_every_frame_shows_the_source_frame_of_its_time(tmp_path: Path, start: int):
    clip = write_clip(tmp_path / "a.mp4", pictures(120))
    assert numbers(shot(Fraction(start, 30), 20), {"a": clip}, tmp_path / "out.mp4") == list(
        range(start, start + 20)
    )


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("a.mkv", {"crf": "10", "g": "40"}),
        ("a.mov", {"crf": "10", "g": "500", "bf": "6", "refs": "6"}),
        ("a.mp4", {"crf": "10", "g": "24", "x264-params": "open-gop=1:bframes=4"}),
        ("a.ts", {"crf": "10", "g": "24"}),
    ],
    ids=["matroska", "one long GOP", "open GOPs", "transport stream"],
)
@pytest.mark.parametrize("start", [23, 47, 70])
def test_frames_are_exact_in_other_containers_and_gops(
    tmp_path: Path, name: str, options: dict[str, str], start: int
):
    clip = write_clip(tmp_path / name, pictures(100), options=options)
    assert numbers(shot(Fraction(start, 30), 9), {"a": clip}, tmp_path / "out.mp4") == list(
        range(start, start + 9)
    )


def test_half_the_frames_of_a_60_fps_clip_are_shown(tmp_path: Path):
    clip = write_clip(tmp_path / "a.mp4", pictures(100), rate_fps=Fraction(60))
    assert numbers(shot("1/2", 20), {"a": clip}, tmp_path / "out.mp4") == list(range(30, 70, 2))


def test_a_24_fps_clip_repeats_every_fourth_frame(tmp_path: Path):
    clip = write_clip(tmp_path / "a.mp4", pictures(60), rate_fps=Fraction(24))
    expected = [int((1 + k / 30) * 24 + 0.01) for k in range(20)]
    assert numbers(shot(1, 20), {"a": clip}, tmp_path / "out.mp4") == expected


def test_with_a_variable_rate_the_frame_shown_at_that_time_is_taken(tmp_path: Path):
    stamps_ms, at = [], 0
    for number in range(80):
        stamps_ms.append(at)
        at += (33, 34, 100, 16, 700)[number % 5] if number % 20 == 4 or number % 5 < 4 else 33
    clip = write_clip(tmp_path / "a.mp4", pictures(80), pts=stamps_ms, time_base=Fraction(1, 1000))
    assert clip.video is not None
    late_ms = 1000 / 6 / max(float(clip.video.rate_fps), 30.0)
    start_ms = 1000
    expected = [
        max(n for n in range(80) if stamps_ms[n] <= start_ms + k * 1000 / 30 + late_ms) for k in range(45)
    ]
    assert numbers(shot("1", 45), {"a": clip}, tmp_path / "out.mp4") == expected


def test_stamps_that_jitter_like_a_phone_s_neither_drop_nor_repeat_frames(tmp_path: Path):
    jitter = np.random.default_rng(3).integers(-2, 3, 100)
    stamps_ms = [round(n * 1000 / 30) + (int(jitter[n]) if n else 0) for n in range(100)]
    clip = write_clip(tmp_path / "a.mp4", pictures(100), pts=stamps_ms, time_base=Fraction(1, 1000))
    assert numbers(shot("1", 60), {"a": clip}, tmp_path / "out.mp4") == list(range(30, 90))


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_a_rotated_clip_is_shown_upright_and_cropped_as_shown(tmp_path: Path, turn: int):
    half_lit = [np.hstack([picture, picture // 2]) for picture in pictures(30, (90, 320))]
    clip = write_clip(tmp_path / "a.mp4", half_lit, rotation_deg=turn)
    render_segment(shot("1/3", 5), {"a": clip}, tmp_path / "out.mp4")
    shown = lumas(tmp_path / "out.mp4")
    assert [number_of(luma[:, :80]) for luma in shown] == list(range(10, 15))
    for luma in shown:
        assert luma[:, :80].astype(float).mean() / luma[:, 100:].mean() == pytest.approx(2.0, abs=0.1)


def test_the_crop_s_place_is_counted_in_the_picture_as_shown(tmp_path: Path):
    left_lit = np.zeros((180, 320), np.uint8)
    left_lit[:, :110] = 200
    for turn in (0, 90, 180, 270):
        clip = write_clip(tmp_path / "a.mp4", [left_lit] * 3, rotation_deg=turn)
        spec = shot(0, 1).to_json()
        for x_01, light in ((0.0, 200), (1.0, 0)):
            spec["sources"][0]["crop"]["x_01"] = x_01
            render_segment(SegmentSpec.from_json(spec), {"a": clip}, tmp_path / "out.mp4")
            assert lumas(tmp_path / "out.mp4")[0].mean() == pytest.approx(light, abs=4)


@pytest.mark.parametrize("size", [(321, 181), (181, 321), (64, 48), (17, 31)])
def test_odd_and_small_clips_fill_the_frame(tmp_path: Path, size: tuple[int, int]):
    clip = write_clip(
        tmp_path / "a.mkv", pictures(40, size), codec="ffv1", pixel_format="yuv444p", options={"g": "1"}
    )
    assert numbers(shot("1/3", 6), {"a": clip}, tmp_path / "out.mp4") == list(range(10, 16))
    with av.open(str(tmp_path / "out.mp4")) as container:
        assert (container.streams.video[0].width, container.streams.video[0].height) == TALL


def test_ten_bit_hevc_is_rendered(tmp_path: Path):
    clip = write_clip(
        tmp_path / "a.mp4",
        pictures(60),
        codec="libx265",
        pixel_format="yuv420p10le",
        options={"crf": "10", "g": "24"},
    )
    assert numbers(shot("1", 12), {"a": clip}, tmp_path / "out.mp4") == list(range(30, 42))


@pytest.mark.parametrize(("trc", "white"), [(18, 0.75), (16, 0.58)], ids=["HLG", "PQ"])
def test_hdr_white_becomes_sdr_white_and_not_gray(tmp_path: Path, trc: int, white: float):
    """BT.2408 puts diffuse white at 75 % of HLG and 58 % of PQ; shown in SDR it is a light gray near white."""
    lit = np.full((180, 320, 3), round(255 * white), np.uint8)
    tags = {"color_trc": trc, "color_primaries": 9, "colorspace": 9, "color_range": 1}
    clip = write_clip(
        tmp_path / "a.mp4",
        [lit] * 4,
        codec="libx265",
        pixel_format="yuv420p10le",
        tags=tags,
        options={"crf": "5"},
    )
    assert clip.video is not None
    assert clip.video.transfer == ("hlg" if trc == 18 else "pq")
    render_segment(shot(0, 2), {"a": clip}, tmp_path / "out.mp4")
    with av.open(str(tmp_path / "out.mp4")) as container:
        rgb = next(container.decode(video=0)).to_ndarray(format="rgb24")
    middle = rgb[160, 90].astype(int)
    assert np.ptp(middle) <= 4
    assert middle.mean() > 255 * white + 5


@pytest.mark.parametrize(
    ("matrix", "color_range", "pixel_format"),
    [(1, 1, "yuv420p"), (6, 1, "yuv420p"), (5, 2, "yuvj420p"), (1, 2, "yuvj420p")],
    ids=["BT.709", "BT.601", "full-range BT.601", "full-range BT.709"],
)
def test_colours_stay_whatever_matrix_and_range_the_clip_has(
    tmp_path: Path, matrix: int, color_range: int, pixel_format: str
):
    green = np.zeros((180, 320, 3), np.uint8)
    green[:] = (40, 180, 90)
    path = tmp_path / "a.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=30, options={"crf": "5"})
        stream.width, stream.height, stream.pix_fmt = 320, 180, pixel_format
        stream.codec_context.colorspace, stream.codec_context.color_range = matrix, color_range
        frame = av.VideoFrame.from_ndarray(green, format="rgb24")
        frame = frame.reformat(format=pixel_format, dst_colorspace=matrix, dst_color_range=color_range)
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    from rushes.media.probe import probe

    render_segment(shot(0, 1), {"a": probe(str(path))}, tmp_path / "out.mp4")
    with av.open(str(tmp_path / "out.mp4")) as container:
        decoded = next(container.decode(video=0))
        rgb = decoded.reformat(format="rgb24", src_colorspace=1, src_color_range=1).to_ndarray()
    np.testing.assert_allclose(rgb[160, 90], (40, 180, 90), atol=5)


def test_the_middle_of_a_dissolve_is_the_mean_of_both(tmp_path: Path):
    dark = write_clip(tmp_path / "a.mp4", [np.full((180, 320), 60, np.uint8)] * 30)
    light = write_clip(tmp_path / "b.mp4", [np.full((180, 320), 180, np.uint8)] * 30)
    spec = shot(0, 5, kind="dissolve", sources=(source("a", "1/3"), source("b", "1/5")))
    render_segment(spec, {"a": dark, "b": light}, tmp_path / "out.mp4")
    levels = [float(luma.mean()) for luma in lumas(tmp_path / "out.mp4")]
    assert levels == pytest.approx([80, 100, 120, 140, 160], abs=2)


def source(clip: str, start_s: str) -> SegmentSource:
    return SegmentSource(clip=clip, start_s=Fraction(start_s))


def test_a_dissolve_shows_the_frames_of_both_clips(tmp_path: Path):
    numbered_clip = write_clip(tmp_path / "a.mp4", pictures(60))
    black = write_clip(tmp_path / "b.mp4", [np.full((180, 320), 125, np.uint8)] * 60)
    spec = shot(0, 7, kind="dissolve", sources=(source("a", "1"), source("b", "1/5")))
    assert numbers(spec, {"a": numbered_clip, "b": black}, tmp_path / "out.mp4")[:6] == list(range(30, 36))


def test_a_clip_of_one_frame_is_shown(tmp_path: Path):
    clip = write_clip(tmp_path / "a.mp4", [numbered(77, *WIDE)])
    assert numbers(shot(0, 1), {"a": clip}, tmp_path / "out.mp4") == [77]
    assert numbers(shot(0, 4), {"a": clip}, tmp_path / "out.mp4") == [77] * 4


def test_the_first_and_last_pictures_are_held_for_a_few_frames(tmp_path: Path):
    clip = write_clip(tmp_path / "a.mp4", pictures(40))
    assert numbers(shot("-1/10", 5), {"a": clip}, tmp_path / "out.mp4") == [0, 0, 0, 0, 1]
    assert numbers(shot("37/30", 6), {"a": clip}, tmp_path / "out.mp4") == [37, 38, 39, 39, 39, 39]


def test_a_clip_that_is_shorter_than_the_edit_thinks_is_named(tmp_path: Path):
    clip = write_clip(tmp_path / "a.mp4", pictures(40))
    with pytest.raises(MediaError) as caught:
        render_segment(shot(1, 60), {"a": clip}, tmp_path / "out.mp4")
    assert str(caught.value) == (
        f"{tmp_path / 'a.mp4'}: the pictures end at 1.33 s, but the edit shows the clip until 3.00 s\n"
        "    fix: restore the file, or run again so that it is analysed anew"
    )
    assert [path.name for path in tmp_path.iterdir()] == ["a.mp4"]


def test_a_clip_that_is_gone_is_named(tmp_path: Path):
    clip = write_clip(tmp_path / "a.mp4", pictures(40))
    Path(clip.path).unlink()
    with pytest.raises(MediaError) as caught:
        render_segment(shot(0, 3), {"a": clip}, tmp_path / "out.mp4")
    assert str(caught.value) == (
        f"{tmp_path / 'a.mp4'}: the file is gone since it was analysed\n"
        "    fix: restore the file, or run again so that it is analysed anew"
    )
    assert not list(tmp_path.iterdir())


def test_a_clip_that_changed_is_named(tmp_path: Path):
    clip = write_clip(tmp_path / "a.mp4", pictures(40))
    write_clip(tmp_path / "a.mp4", pictures(20))
    with pytest.raises(MediaError, match="the file has changed since it was analysed"):
        render_segment(shot(0, 3), {"a": clip}, tmp_path / "out.mp4")


def test_a_clip_that_breaks_off_is_named_and_shown_up_to_there(tmp_path: Path):
    clip = write_clip(tmp_path / "a.mkv", pictures(100), options={"crf": "10", "g": "10"})
    whole = Path(clip.path).read_bytes()
    Path(clip.path).write_bytes(whole[: len(whole) // 2])
    cut = replace(clip, size_bytes=len(whole) // 2)
    assert numbers(shot("1/3", 5), {"a": cut}, tmp_path / "out.mp4") == list(range(10, 15))
    with pytest.raises(MediaError, match="the pictures end at|no picture can be decoded"):
        render_segment(shot("8/3", 10), {"a": cut}, tmp_path / "out.mp4")


def test_the_same_spec_gives_the_same_bytes_in_another_process(tmp_path: Path):
    clip = write_clip(tmp_path / "a.mp4", pictures(40))
    for name in ("one", "two"):
        render_segment(shot("1/3", 20), {"a": clip}, tmp_path / f"{name}.mp4")
    script = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from pathlib import Path; import test_video_segment as t; from rushes.media.probe import probe\n"
        "t.render_segment(t.shot('1/3', 20), {'a': probe(sys.argv[2])}, Path(sys.argv[3]))"
    )
    arguments = [str(Path(__file__).parent), clip.path, str(tmp_path / "three.mp4")]
    subprocess.run([sys.executable, "-c", script, *arguments], check=True)
    first, *others = ((tmp_path / f"{name}.mp4").read_bytes() for name in ("one", "two", "three"))
    assert others == [first, first]


def test_a_folder_that_is_missing_is_named(tmp_path: Path):
    clip = write_clip(tmp_path / "a.mp4", pictures(4))
    out = tmp_path / "nowhere" / "out.mp4"
    with pytest.raises(RenderError) as caught:
        render_segment(shot(0, 3), {"a": clip}, out)
    assert str(caught.value) == (
        f"{out}: cannot be written: the folder does not exist\n    fix: create the folder first"
    )


def test_a_segment_opens_from_black_under_its_titles(tmp_path: Path):
    clip = write_clip(tmp_path / "a.mp4", [np.full((180, 320), 180, np.uint8)] * 30)
    fade = SegmentFade(begins=0, frames=10, into_black=False)
    look = TitleLook(
        text="white",
        style="title",
        align="centre",
        size_01=0.1,
        y_01=0.5,
        color="#ffffff",
        box_color="#000000",
        box_01=0.0,
        font="",
        font_digest="",
        fade_s=0.0,
    )
    words = SegmentTitle(begins=0, frames=20, fade_frames=0, look=look)
    render_segment(shot(0, 20, fades=(fade,)), {"a": clip}, tmp_path / "out.mp4")
    means = [float(light.mean()) for light in lumas(tmp_path / "out.mp4")]
    assert len(means) == 20
    assert means[0] == pytest.approx(0, abs=1)
    assert means[5] == pytest.approx(means[-1] / 2, abs=2)
    assert means[10:] == pytest.approx([means[-1]] * 10, abs=2)
    render_segment(shot(0, 20, fades=(fade,), titles=(words,)), {"a": clip}, tmp_path / "titled.mp4")
    first = lumas(tmp_path / "titled.mp4")[0]
    assert first.max() > 230 and np.median(first) < 2

from __future__ import annotations

import struct
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from made_clips import lumas, number_of, numbered, timeline_of, write_clip
from made_sounds import RATE_HZ, write_sound
from rushes.emit.sound import render_song
from rushes.emit.video import segment_plan
from rushes.emit.video_join import join, preview
from rushes.emit.video_segment import render_segment
from rushes.errors import RenderError
from rushes.media.encode import PICTURE_CODING, PictureWriter
from rushes.recipe.outputs_spec import VideoSpec

RATE_FPS = Fraction(30)


def write_segment(
    path: Path, values: list[int], *, size: tuple[int, int] = (180, 320), quality: str = "high"
) -> Path:
    """Gray pictures of these levels."""
    with PictureWriter(
        path, width_px=size[0], height_px=size[1], rate_fps=RATE_FPS, coding=PICTURE_CODING[quality]
    ) as writer:
        for value in values:
            gray = np.full((size[1] * 3 // 2, size[0]), 128, np.uint8)
            gray[: size[1]] = value
            writer.write(av.VideoFrame.from_ndarray(gray, format="yuv420p"))
    return path


def boxes(path: Path) -> list[str]:
    """Names of the top-level boxes of an MP4."""
    data, at, found = path.read_bytes(), 0, list[str]()
    while at < len(data):
        length, name = struct.unpack(">I4s", data[at : at + 8])
        found.append(name.decode())
        at += length
    return found


def test_a_timeline_is_shown_frame_by_frame(tmp_path: Path):
    a = write_clip(tmp_path / "a.mp4", [numbered(n, 320, 180) for n in range(90)])
    b = write_clip(tmp_path / "b.mp4", [numbered(n, 320, 180) for n in range(100, 200)])
    timeline = timeline_of([("a", 10, 1), ("b", 50, 2), ("a", 0, 3), ("b", 3, 40), ("a", 60, 20)])
    parts: list[Path] = []
    for number, spec in enumerate(segment_plan(timeline, VideoSpec())):
        parts.append(tmp_path / f"part{number}.mp4")
        render_segment(spec, {"a": a, "b": b}, parts[-1])
    join(parts, None, tmp_path / "out.mp4", frames=66, rate_fps=RATE_FPS)
    expected = [10, 150, 151, 0, 1, 2, *range(103, 143), *range(60, 80)]
    assert [number_of(luma) for luma in lumas(tmp_path / "out.mp4")] == expected


def test_stamps_run_through_every_join(tmp_path: Path):
    lengths = [1, 60, 2, 1, 1, 31, 3, 4]
    parts = [write_segment(tmp_path / f"{n}.mp4", [50 + n] * length) for n, length in enumerate(lengths)]
    join(parts, None, tmp_path / "out.mp4", frames=sum(lengths), rate_fps=RATE_FPS)
    with av.open(str(tmp_path / "out.mp4")) as container:
        stream = container.streams.video[0]
        packets = [packet for packet in container.demux(stream) if packet.size]
        assert stream.start_time == 0
        assert stream.time_base is not None
        assert container.duration == round(sum(lengths) / 30 * av.time_base)
    frame = RATE_FPS * packets[0].time_base
    shown = [packet.pts * frame for packet in packets if packet.pts is not None]
    decoded = [packet.dts * frame for packet in packets if packet.dts is not None]
    assert sorted(shown) == list(range(sum(lengths)))
    assert decoded == [position - 2 for position in range(sum(lengths))]
    assert all(pts >= dts for pts, dts in zip(shown, decoded, strict=True))


def test_every_segment_starts_with_a_key_frame_that_stands_alone(tmp_path: Path):
    parts = [write_segment(tmp_path / f"{n}.mp4", [60 + 20 * n] * 10) for n in range(3)]
    join(parts, None, tmp_path / "out.mp4", frames=30, rate_fps=RATE_FPS)
    with av.open(str(tmp_path / "out.mp4")) as container:
        packets = [packet for packet in container.demux(video=0) if packet.size]
    assert [n for n, packet in enumerate(packets) if packet.is_keyframe] == [0, 10, 20]
    with av.open(str(tmp_path / "out.mp4")) as container:
        container.seek(round(20 / 30 * av.time_base))
        first = next(container.decode(video=0)).to_ndarray(
            format="gray8", src_color_range=2, dst_color_range=2
        )
    assert first.mean() == pytest.approx(100, abs=2)


def test_the_file_plays_from_its_first_bytes_and_says_what_colours_it_has(tmp_path: Path):
    part = write_segment(tmp_path / "part.mp4", [90] * 30)
    sound = tmp_path / "sound.m4a"
    render_song(None, start_s=Fraction(0), duration_s=Fraction(1), out=sound)
    join([part], sound, tmp_path / "out.mp4", frames=30, rate_fps=RATE_FPS, tags={"title": "Our day"})
    names = boxes(tmp_path / "out.mp4")
    assert names.index("moov") < names.index("mdat")
    with av.open(str(tmp_path / "out.mp4")) as container:
        video, audio = container.streams.video[0], container.streams.audio[0]
        context = video.codec_context
        colours = (context.color_primaries, context.color_trc, context.colorspace, context.color_range)
        assert colours == (1, 1, 1, 1)
        assert (context.pix_fmt, context.profile) == ("yuv420p", "High")
        assert (audio.codec_context.name, audio.sample_rate, audio.channels) == ("aac", 48000, 2)
        assert container.metadata["title"] == "Our day"
        assert "creation_time" not in container.metadata
        assert "encoder" not in container.metadata


def test_the_song_is_heard_when_its_picture_is_seen(tmp_path: Path):
    """Clicks at times of the song and flashes at the frames that belong to them, less than 5 ms apart."""
    clicks_s, start_s = (2.0, 2.5, 3.4), Fraction(3, 2)
    samples = np.zeros(5 * RATE_HZ, np.float32)
    for at_s in clicks_s:
        samples[round(at_s * RATE_HZ) :][:220] = 0.8
    song = write_sound(tmp_path / "song.wav", samples)
    sound = tmp_path / "sound.m4a"
    render_song(song, start_s=start_s, duration_s=Fraction(3), out=sound, fade_in_s=0.0, fade_out_s=0.0)
    flashes = [round((at_s - float(start_s)) * 30) for at_s in clicks_s]
    values = [200 if frame in flashes else 40 for frame in range(90)]
    parts = [write_segment(tmp_path / f"{n}.mp4", values[n : n + 29]) for n in range(0, 90, 29)]
    join(parts, sound, tmp_path / "out.mp4", frames=90, rate_fps=RATE_FPS)
    seen_s, heard = list[float](), list[tuple[float, np.ndarray]]()
    with av.open(str(tmp_path / "out.mp4")) as container:
        for frame in container.decode(video=0, audio=0):
            if isinstance(frame, av.VideoFrame):
                if frame.to_ndarray(format="gray8").mean() > 120:
                    seen_s.append(frame.time)
            else:
                heard.append((frame.time or 0.0, np.abs(frame.to_ndarray()).max(axis=0)))
    wave = np.concatenate([part for _, part in heard])
    loud = np.flatnonzero(wave > 0.5 * wave.max()) / 48000 + heard[0][0]
    onsets_s = [at for at, before in zip(loud, [-1.0, *loud[:-1]], strict=True) if at - before > 0.1]
    assert seen_s == pytest.approx([frame / 30 for frame in flashes], abs=0.001)
    assert onsets_s == pytest.approx(seen_s, abs=0.005)


def test_sound_and_picture_are_equally_long(tmp_path: Path):
    part = write_segment(tmp_path / "part.mp4", [90] * 47)
    render_song(None, start_s=Fraction(0), duration_s=Fraction(47, 30), out=tmp_path / "sound.m4a")
    join([part], tmp_path / "sound.m4a", tmp_path / "out.mp4", frames=47, rate_fps=RATE_FPS)
    with av.open(str(tmp_path / "out.mp4")) as container:
        lengths = [float(stream.duration * stream.time_base) for stream in container.streams]
    assert lengths == pytest.approx([47 / 30, 47 / 30], abs=0.001)


def test_the_same_segments_give_the_same_bytes(tmp_path: Path):
    parts = [write_segment(tmp_path / f"{n}.mp4", [50 + n] * 9) for n in range(4)]
    for name in ("a.mp4", "b.mp4"):
        join(parts, None, tmp_path / name, frames=36, rate_fps=RATE_FPS, tags={"title": "x", "comment": "y"})
    assert (tmp_path / "a.mp4").read_bytes() == (tmp_path / "b.mp4").read_bytes()


def test_segments_of_another_size_are_refused(tmp_path: Path):
    parts = [
        write_segment(tmp_path / "a.mp4", [50] * 3),
        write_segment(tmp_path / "b.mp4", [50], size=(320, 180)),
    ]
    with pytest.raises(RenderError) as caught:
        join(parts, None, tmp_path / "out.mp4", frames=4, rate_fps=RATE_FPS)
    assert str(caught.value) == (
        f"{parts[1]}: the segment was encoded with other settings than the first one\n"
        "    fix: render again with an empty cache"
    )
    assert not (tmp_path / "out.mp4").exists()


def test_too_few_pictures_are_refused_and_nothing_is_left(tmp_path: Path):
    part = write_segment(tmp_path / "a.mp4", [50] * 3)
    with pytest.raises(RenderError) as caught:
        join([part], None, tmp_path / "out.mp4", frames=4, rate_fps=RATE_FPS)
    assert str(caught.value) == (
        f"{tmp_path / 'out.mp4'}: the segments have 3 pictures, but the timeline has 4\n"
        "    fix: render again with an empty cache"
    )
    assert [path.name for path in tmp_path.iterdir()] == ["a.mp4"]


def test_an_older_video_stays_when_a_new_one_cannot_be_finished(tmp_path: Path):
    part, out = write_segment(tmp_path / "a.mp4", [50] * 3), tmp_path / "out.mp4"
    out.write_bytes(b"older")
    with pytest.raises(RenderError):
        join([part], None, out, frames=4, rate_fps=RATE_FPS)
    assert out.read_bytes() == b"older"


@pytest.mark.parametrize("quality", ["low", "high", "maximum", "preview"])
def test_segments_of_every_quality_join_however_short(tmp_path: Path, quality: str):
    parts = [
        write_segment(tmp_path / f"{n}.mp4", [90] * length, quality=quality)
        for n, length in enumerate((1, 30, 2))
    ]
    join(parts, None, tmp_path / "out.mp4", frames=33, rate_fps=RATE_FPS)
    assert len(lumas(tmp_path / "out.mp4")) == 33


def test_a_preview_is_small_and_shows_and_plays_the_same(tmp_path: Path):
    part = write_segment(tmp_path / "part.mp4", [40, 80, 120, 160, 200] * 6, size=(720, 1280))
    render_song(None, start_s=Fraction(0), duration_s=Fraction(1), out=tmp_path / "sound.m4a")
    join([part], tmp_path / "sound.m4a", tmp_path / "out.mp4", frames=30, rate_fps=RATE_FPS)
    preview(tmp_path / "out.mp4", tmp_path / "small.mp4")
    with av.open(str(tmp_path / "small.mp4")) as container:
        video = container.streams.video[0]
        assert (video.width, video.height, video.frames) == (360, 640, 30)
        assert len(container.streams.audio) == 1
    small, large = (
        [float(luma.mean()) for luma in lumas(tmp_path / name)] for name in ("small.mp4", "out.mp4")
    )
    assert small == pytest.approx(large, abs=3)
    names = [path.name for path in tmp_path.iterdir()]
    assert sorted(names) == ["out.mp4", "part.mp4", "small.mp4", "sound.m4a"]


def test_previews_of_segments_join_too(tmp_path: Path):
    for n in range(2):
        preview(write_segment(tmp_path / f"{n}.mp4", [60 + 80 * n] * 9), tmp_path / f"small{n}.mp4", 160)
    smalls = [tmp_path / f"small{n}.mp4" for n in range(2)]
    join(smalls, None, tmp_path / "small.mp4", frames=18, rate_fps=RATE_FPS)
    assert [luma.mean() > 100 for luma in lumas(tmp_path / "small.mp4")] == [False] * 9 + [True] * 9

"""Facts of real files: rates, lengths, timecode, sound, urls."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from made_media import SIZE_PX, gray, write_clip
from rushes.emit.interchange_media import picture_file, song_file, url_of
from rushes.errors import MediaError

NTSC_30 = Fraction(30000, 1001)


def with_timecode(path, text, rate=Fraction(30), pixel_aspect=Fraction(1)):
    """A QuickTime file of ten pictures whose timecode track begins at `text`."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=rate)
        stream.width, stream.height = SIZE_PX
        stream.pix_fmt = "yuv420p"
        stream.metadata["timecode"] = text
        stream.codec_context.sample_aspect_ratio = pixel_aspect
        for number in range(10):
            frame = av.VideoFrame.from_ndarray(gray(80), "rgb24").reformat(format="yuv420p")
            frame.pts = number
            frame.time_base = 1 / rate
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


@pytest.mark.parametrize(
    ("rate", "text", "frames", "drop"),
    [
        (NTSC_30, "00:01:00;02", 1800, True),
        (NTSC_30, "01:00:00:00", 108000, False),
        (Fraction(25), "10:00:00:24", 900024, False),
    ],
)
def test_the_timecode_of_a_quicktime_file_is_where_it_starts(tmp_path, rate, text, frames, drop):
    file = picture_file("a.mov", str(with_timecode(tmp_path / "a.mov", text, rate)))
    assert (file.start_frames, file.drop, file.has_timecode) == (frames, drop, True)
    assert (file.rate_fps, file.frames) == (rate, 10)


def test_a_file_without_timecode_starts_at_zero_and_without_sound_has_no_channels(tmp_path):
    file = picture_file("a.mp4", str(write_clip(tmp_path / "a.mp4", [gray(9)] * 12, rate_fps=25)))
    assert (file.start_frames, file.has_timecode, file.audio_channels, file.audio_rate_hz) == (0, False, 0, 0)
    assert (file.rate_fps, file.frames, file.width_px, file.height_px) == (25, 12, *SIZE_PX)


def test_sound_of_a_clip_is_told(tmp_path):
    sound = np.zeros((2, 48000), np.float32)
    file = picture_file("a.mp4", str(write_clip(tmp_path / "a.mp4", [gray(9)] * 30, sound=sound)))
    assert (file.audio_channels, file.audio_rate_hz) == (2, 48000)


def test_a_variable_rate_becomes_a_nominal_one_and_its_length_the_time_it_lasts(tmp_path):
    pts = [0, 33, 66, 100, 140, 200, 233, 266, 300, 400]
    clip = write_clip(
        tmp_path / "vfr.mp4", [gray(level) for level in range(10)], pts=pts, time_base=Fraction(1, 1000)
    )
    file = picture_file("vfr.mp4", str(clip))
    assert file.rate_fps.denominator in (1, 1001)
    assert file.frames / file.rate_fps == pytest.approx(0.43, abs=0.06)


def test_the_length_of_a_song_is_counted_in_frames_of_the_timeline(tmp_path):
    path = tmp_path / "song.m4a"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("aac", rate=48000)
        stream.layout = "stereo"
        frame = av.AudioFrame.from_ndarray(np.zeros((2, 96000), np.float32), "fltp", "stereo")
        frame.sample_rate = 48000
        container.mux(stream.encode(frame))
        container.mux(stream.encode())
    file = song_file("song.m4a", str(path), NTSC_30)
    assert file.frames in (59, 60)
    assert (file.audio_rate_hz, file.audio_channels, file.width_px) == (48000, 2, 0)


def test_a_song_without_sound_or_that_is_gone_is_said(tmp_path):
    silent = str(write_clip(tmp_path / "a.mp4", [gray(9)] * 3))
    with pytest.raises(MediaError, match="holds no sound"):
        song_file("a.mp4", silent, Fraction(30))
    with pytest.raises(MediaError, match="no such file"):
        song_file("b.mp3", str(tmp_path / "b.mp3"), Fraction(30))


def test_urls_are_encoded_absolute_or_relative(tmp_path):
    clip = tmp_path / "my clips" / "Straße #1 100%.mp4"
    assert url_of(str(clip), None) == Path(clip).as_uri()
    assert url_of(str(clip), None).endswith("/my%20clips/Stra%C3%9Fe%20%231%20100%25.mp4")
    assert url_of(str(clip), tmp_path / "out") == "../my%20clips/Stra%C3%9Fe%20%231%20100%25.mp4"


def test_pixels_that_are_not_square_make_the_picture_as_wide_as_it_is_shown(tmp_path):
    path = with_timecode(tmp_path / "a.mov", "00:00:00:00", pixel_aspect=Fraction(4, 3))
    file = picture_file("a.mov", str(path))
    assert (file.width_px, file.height_px) == (round(SIZE_PX[0] * 4 / 3), SIZE_PX[1])


def test_a_picture_that_is_turned_has_the_size_it_is_shown_in(tmp_path):
    clip = write_clip(tmp_path / "a.mp4", [gray(9)] * 3, rotation_deg=90)
    assert picture_file("a.mp4", str(clip)).width_px == SIZE_PX[1]

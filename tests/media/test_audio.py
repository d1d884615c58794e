"""Songs as samples on a player's clock."""

from __future__ import annotations

import os
from pathlib import Path

import av
import numpy as np
import pytest
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from rushes.errors import MediaError
from rushes.media.audio import SONG_RATE_HZ, load_song

RATE_HZ = 44100
CLICKS_S = (0.5, 1.0, 2.25)
FIX = "give a sound file such as .mp3, .m4a, .ogg, .flac or .wav that plays in a music player"


def _clicks(length_s: float = 3.0) -> np.ndarray:
    samples = np.zeros(round(length_s * RATE_HZ), np.float32)
    for at_s in CLICKS_S:
        start = round(at_s * RATE_HZ)
        samples[start : start + 8] = 0.8
    return samples


def _write(path: Path, codec: str, samples: np.ndarray, rate_hz: int = RATE_HZ) -> Path:
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=rate_hz, layout="mono")
        assert isinstance(stream, AudioStream)
        frame = AudioFrame.from_ndarray(samples[None, :], format="flt", layout="mono")
        frame.sample_rate, frame.pts = rate_hz, 0
        resampler = av.AudioResampler(
            format=stream.format.name, layout="mono", rate=stream.rate, frame_size=stream.frame_size or None
        )
        for piece in [*resampler.resample(frame), *resampler.resample(None)]:
            container.mux(stream.encode(piece))
        container.mux(stream.encode(None))
    return path


def _onset_of(samples: np.ndarray, near_s: float) -> float:
    """Middle of the loudest stroke within 50 ms, as a time."""
    low = round((near_s - 0.05) * SONG_RATE_HZ)
    return (low + int(np.abs(samples[low : low + round(0.1 * SONG_RATE_HZ)]).argmax())) / SONG_RATE_HZ


@pytest.mark.parametrize(
    ("name", "codec"),
    [
        ("song.wav", "pcm_s16le"),
        ("song.flac", "flac"),
        ("song.mp3", "libmp3lame"),
        ("song.m4a", "aac"),
        ("song.ogg", "libopus"),
        ("song.opus", "libopus"),
    ],
)
def test_a_click_is_heard_when_a_player_plays_it_whatever_the_encoder_put_before(
    tmp_path: Path, name: str, codec: str
):
    if codec == "libopus":
        thirds = np.interp(np.arange(3 * 48000) / 48000, np.arange(3 * RATE_HZ) / RATE_HZ, _clicks())
        path = _write(tmp_path / name, codec, thirds.astype(np.float32), 48000)
    else:
        path = _write(tmp_path / name, codec, _clicks())
    samples, rate_hz = load_song(path)
    assert rate_hz == SONG_RATE_HZ
    assert samples.dtype == np.float32
    assert samples.size / rate_hz == pytest.approx(3.0, abs=0.03)
    middle_s = 4 / RATE_HZ
    for at_s in CLICKS_S:
        assert _onset_of(samples, at_s) == pytest.approx(at_s + middle_s, abs=0.0005)


def test_two_channels_are_averaged(tmp_path: Path):
    left_and_right = np.zeros((1, 2 * RATE_HZ), np.int16)
    left_and_right[0, 0::2] = 16384
    with av.open(str(tmp_path / "wide.wav"), "w") as container:
        stream = container.add_stream("pcm_s16le", rate=RATE_HZ, layout="stereo")
        assert isinstance(stream, AudioStream)
        frame = AudioFrame.from_ndarray(left_and_right, format="s16", layout="stereo")
        frame.sample_rate = RATE_HZ
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    samples, _ = load_song(tmp_path / "wide.wav")
    assert samples[SONG_RATE_HZ // 2] == pytest.approx(0.25, abs=0.01)


def test_a_song_that_was_cut_off_gives_what_is_there(tmp_path: Path):
    whole = _write(tmp_path / "song.mp3", "libmp3lame", _clicks()).read_bytes()
    (tmp_path / "cut.mp3").write_bytes(whole[: len(whole) // 2])
    samples, _ = load_song(tmp_path / "cut.mp3")
    assert 0.5 < samples.size / SONG_RATE_HZ < 2.5
    assert _onset_of(samples, 0.5) == pytest.approx(0.5, abs=0.001)


def _what_is_wrong(path: Path) -> str:
    with pytest.raises(MediaError) as caught:
        load_song(path)
    return str(caught.value)


def test_a_missing_song_is_named(tmp_path: Path):
    path = tmp_path / "none.mp3"
    assert _what_is_wrong(path) == f"{path}: there is no such file\n    fix: check the path of the song"


def test_a_folder_is_no_song(tmp_path: Path):
    assert _what_is_wrong(tmp_path) == (
        f"{tmp_path}: a song is one file, but this is a folder\n    fix: name a file inside it"
    )


def test_an_empty_file_is_no_song(tmp_path: Path):
    path = tmp_path / "empty.mp3"
    path.touch()
    assert _what_is_wrong(path) == f"{path}: the file is empty\n    fix: copy or export the song again"


@pytest.mark.parametrize("name", ["notes.wav", "notes.ogg"])
def test_text_is_no_song_whatever_its_name(tmp_path: Path, name: str):
    path = tmp_path / name
    path.write_text("bring the tripod\n" * 200)
    assert _what_is_wrong(path) == f"{path}: the file is not a song that can be read\n    fix: {FIX}"


def test_text_named_mp3_is_no_song(tmp_path: Path):
    path = tmp_path / "notes.mp3"
    path.write_text("bring the tripod\n" * 200)
    assert _what_is_wrong(path) in {
        f"{path}: the file is not a song that can be read\n    fix: {FIX}",
        f"{path}: the file holds no sound that can be decoded\n    fix: {FIX}",
    }


def test_a_film_without_sound_is_no_song(tmp_path: Path):
    path = tmp_path / "silent.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=10)
        stream.width, stream.height, stream.pix_fmt = 32, 32, "yuv420p"
        picture = av.VideoFrame.from_ndarray(np.zeros((32, 32, 3), np.uint8), format="rgb24")
        container.mux(stream.encode(picture))
        container.mux(stream.encode(None))
    assert _what_is_wrong(path) == (
        f"{path}: the file has no audio stream\n    fix: give a file with sound as the song"
    )


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_a_song_that_may_not_be_read_says_so(tmp_path: Path):
    path = _write(tmp_path / "song.wav", "pcm_s16le", _clicks())
    path.chmod(0)
    assert _what_is_wrong(path) == (
        f"{path}: the file cannot be opened: permission denied\n    fix: allow reading it"
    )

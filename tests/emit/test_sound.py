from __future__ import annotations

import math
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from made_sounds import RATE_HZ, clicks, noise, tone, write_sound
from rushes.emit.sound import fade, render_song
from rushes.emit.sound_level import loudness_lufs, true_peak_db
from rushes.errors import MediaError, RenderError
from rushes.media.encode_sound import SOUND_RATE_HZ, read_aac


def render(song: Path | None, out: Path, start_s: float = 0.0, duration_s: float = 4.0, **options: float):
    return render_song(song, start_s=Fraction(start_s), duration_s=Fraction(duration_s), out=out, **options)


def test_a_loud_song_is_turned_down_to_the_target_without_a_limiter(tmp_path: Path):
    song = write_sound(tmp_path / "loud.wav", noise(6.0, 0.2))
    report = render(song, tmp_path / "out.m4a", target_lufs=-20.0)
    assert report.loudness_lufs == pytest.approx(-20.0, abs=0.3)
    assert report.gain_db < 0
    assert not report.limited


@pytest.mark.parametrize("height", [1.0, 0.3, 0.15])
def test_a_spiky_song_reaches_the_target_and_stays_below_the_peak_after_encoding(
    tmp_path: Path, height: float
):
    spiky = tone(6.0, 440.0, 0.15 * height) + clicks(6.0, 0.5, 0.7 * height)
    report = render(write_sound(tmp_path / "spiky.wav", spiky), tmp_path / "out.m4a")
    assert report.limited
    decoded = read_aac(tmp_path / "out.m4a")
    assert loudness_lufs(decoded) == pytest.approx(-14.0, abs=0.5)
    assert (true_peak_db(decoded) or 0.0) <= -1.0


def test_a_silent_song_stays_silent(tmp_path: Path):
    song = write_sound(tmp_path / "silent.wav", np.zeros(6 * RATE_HZ, np.float32))
    report = render(song, tmp_path / "out.m4a")
    assert (report.loudness_lufs, report.true_peak_db, report.gain_db) == (None, None, 0.0)
    assert not read_aac(tmp_path / "out.m4a").any()


def test_without_a_song_there_is_silence_of_the_whole_length(tmp_path: Path):
    render(None, tmp_path / "out.m4a", duration_s=1.5)
    decoded = read_aac(tmp_path / "out.m4a")
    assert not decoded.any()
    assert 0 <= len(decoded) - 1.5 * SOUND_RATE_HZ < 1024


def test_room_noise_is_not_made_as_loud_as_music(tmp_path: Path):
    report = render(write_sound(tmp_path / "hiss.wav", noise(6.0, 0.0005)), tmp_path / "out.m4a")
    assert report.gain_db == pytest.approx(24.0)
    assert (report.loudness_lufs or 0) < -30


def test_lone_clicks_are_not_pressed_to_the_target(tmp_path: Path):
    song = write_sound(tmp_path / "clicks.wav", clicks(6.0, 1.0, 0.9))
    report = render(song, tmp_path / "out.m4a")
    assert report.gain_db < 12
    assert (report.loudness_lufs or 0) < -20
    assert (report.true_peak_db or 0.0) <= -1.0


@pytest.mark.parametrize("suffix", ["wav", "mp3", "ogg", "m4a", "flac"])
def test_what_is_heard_at_a_time_of_the_song_is_heard_at_that_time_less_the_start(
    tmp_path: Path, suffix: str
):
    sound = np.zeros(6 * RATE_HZ, np.float32)
    sound[3 * RATE_HZ : 3 * RATE_HZ + 200] = 0.9
    song = write_sound(tmp_path / f"click.{suffix}", sound)
    render(song, tmp_path / "out.m4a", start_s=1.25, duration_s=3.0, fade_in_s=0.0, fade_out_s=0.0)
    loud = np.abs(read_aac(tmp_path / "out.m4a")).max(axis=1)
    first = int(np.argmax(loud > 0.5 * loud.max()))
    assert first / SOUND_RATE_HZ == pytest.approx(1.75, abs=0.002)


def test_a_song_that_ends_early_is_followed_by_silence_and_fades_where_it_ends(tmp_path: Path):
    song = write_sound(tmp_path / "short.wav", tone(3.0, 440.0, 0.4))
    render(song, tmp_path / "out.m4a", duration_s=5.0, fade_out_s=1.0)
    decoded = np.abs(read_aac(tmp_path / "out.m4a")).max(axis=1)
    middle, late, after = (
        decoded[round(at * SOUND_RATE_HZ) : round((at + 0.05) * SOUND_RATE_HZ)].max()
        for at in (1.0, 2.9, 3.2)
    )
    assert late < 0.1 * middle
    assert after < 0.001 * middle


def test_fades_rise_from_nothing_and_fall_to_nothing():
    faded = fade(np.ones((SOUND_RATE_HZ, 2), np.float32), 0.1, 0.2)
    assert faded[0, 0] < 0.001
    assert faded[round(0.05 * SOUND_RATE_HZ), 0] == pytest.approx(0.5, abs=0.001)
    assert faded[SOUND_RATE_HZ // 2, 1] == 1.0
    assert faded[round(0.9 * SOUND_RATE_HZ), 0] == pytest.approx(0.5, abs=0.001)
    assert faded[-1, 0] < 0.001


def test_fades_longer_than_the_sound_overlap_without_fault():
    faded = fade(np.ones((1000, 2), np.float32), 1.0, 1.0)
    assert faded.max() == pytest.approx(0.25, abs=0.01)
    assert math.isclose(float(faded[0, 0]), float(faded[-1, 0]), rel_tol=0.01)


def test_the_same_song_gives_the_same_bytes(tmp_path: Path):
    song = write_sound(tmp_path / "song.wav", tone(3.0, 440.0, 0.4) + noise(3.0, 0.1))
    render(song, tmp_path / "a.m4a", duration_s=2.0)
    render(song, tmp_path / "b.m4a", duration_s=2.0)
    assert (tmp_path / "a.m4a").read_bytes() == (tmp_path / "b.m4a").read_bytes()


def test_a_song_that_is_gone_is_named(tmp_path: Path):
    with pytest.raises(MediaError) as caught:
        render(tmp_path / "gone.mp3", tmp_path / "out.m4a")
    assert str(caught.value) == (
        f"{tmp_path / 'gone.mp3'}: the song is gone since it was analysed\n"
        "    fix: give the song as a sound file that plays in a music player"
    )
    assert not list(tmp_path.iterdir())


def test_a_song_that_is_no_sound_is_named(tmp_path: Path):
    (tmp_path / "song.mp3").write_text("la la la" * 100)
    with pytest.raises(MediaError, match="the song cannot be read"):
        render(tmp_path / "song.mp3", tmp_path / "out.m4a")


def test_a_folder_that_does_not_exist_is_named(tmp_path: Path):
    out = tmp_path / "nowhere" / "out.m4a"
    with pytest.raises(RenderError) as caught:
        render(None, out)
    assert str(caught.value) == (
        f"{out}: cannot be written: the folder does not exist\n    fix: create the folder first"
    )

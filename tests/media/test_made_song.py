"""The made song has its beats where it says, and is quiet and loud where it says."""

from __future__ import annotations

import wave

import numpy as np
import pytest
from rushes.media.made_song import write_song


def read(path):
    with wave.open(str(path)) as song:
        assert (song.getnchannels(), song.getframerate(), song.getsampwidth()) == (1, 44100, 2)
        return np.frombuffer(song.readframes(song.getnframes()), "<i2").astype(float)


@pytest.fixture(scope="module")
def song(tmp_path_factory):
    """Beats and samples of eight bars at 120 BPM: 2 s a bar, from 0.25 s on."""
    path = tmp_path_factory.mktemp("song") / "song.wav"
    return write_song(path, bpm=120, bars=8), read(path)


def loudness(samples, from_s, until_s):
    return float(np.sqrt(np.mean(samples[round(from_s * 44100) : round(until_s * 44100)] ** 2)))


def test_beats_follow_each_other_from_the_end_of_the_lead_in(song):
    beats_s, samples = song
    assert list(beats_s) == [0.25 + 0.5 * number for number in range(32)]
    assert len(samples) == (beats_s[-1] + 0.5 + 1.0) * 44100
    assert loudness(samples, 0, 0.25) == 0


def test_a_song_is_loud_on_its_beats_and_reaches_85_percent(song):
    beats_s, samples = song
    on = [loudness(samples, at, at + 0.05) for at in beats_s]
    before = [loudness(samples, at - 0.05, at) for at in beats_s]
    assert np.mean(on) > 2 * np.mean(before)
    assert np.max(np.abs(samples)) == round(0.85 * 32767)


def test_a_song_has_a_quiet_intro_a_verse_a_drop_at_half_and_an_outro(song):
    _, samples = song
    intro, verse, drop, outro = (
        loudness(samples, 0.25 + 2 * first, 0.25 + 2 * last)
        for first, last in ((0, 1), (1, 4), (4, 7), (7, 8))
    )
    assert intro < verse < drop
    assert outro < drop


def test_the_same_song_is_the_same_file(tmp_path):
    for name in "ab":
        write_song(tmp_path / name, bpm=100, bars=1)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()

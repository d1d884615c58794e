"""The song under speech, and clips under the song: by arithmetic on made tones."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from rushes.emit.sound_level import loudness_lufs
from rushes.emit.sound_mix import ducking, heard_spans, mixed
from rushes.emit.sound_pieces import SoundPiece
from rushes.media.encode_sound import SOUND_RATE_HZ as HZ
from rushes.recipe.sound_spec import DuckSpec

DUCK = DuckSpec(by_db=6.0, attack_ms=100.0, release_ms=200.0, hold_ms=0.0)
SIX_DB = 10 ** (-6 / 20)


def tone(seconds: float, hz: float, height: float):
    wave = height * np.sin(2 * np.pi * hz * np.arange(round(seconds * HZ)) / HZ)
    return np.repeat(wave[:, None], 2, axis=1).astype(np.float32)


def piece(clip: str, source_s: float, record_s: float, length_s: float) -> SoundPiece:
    source, record, length = (Fraction(str(value)) for value in (source_s, record_s, length_s))
    return SoundPiece(clip=clip, source_start_s=source, record_start_s=record, duration_s=length)


def test_the_song_is_six_decibels_lower_exactly_where_speech_is():
    gain = ducking([(1.0, 2.0)], 4 * HZ, DUCK)
    assert gain.shape == (4 * HZ,)
    np.testing.assert_allclose(gain[HZ : 2 * HZ], SIX_DB, rtol=1e-6)
    np.testing.assert_array_equal(gain[: HZ - HZ // 10], 1.0)
    np.testing.assert_array_equal(gain[2 * HZ + HZ // 5 :], 1.0)
    assert (gain[HZ - HZ // 10 : HZ] > SIX_DB).all()
    assert (gain[2 * HZ : 2 * HZ + HZ // 5] > SIX_DB).all()


def test_ways_down_and_up_have_no_step_and_no_corner():
    gain = ducking([(1.0, 2.0)], 4 * HZ, DUCK).astype(np.float64)
    steps = np.diff(20 * np.log10(gain))
    # A raised cosine of 6 dB over 100 ms is at most pi / 2 times as steep as a straight line.
    assert np.abs(steps).max() <= 6 / (0.1 * HZ) * np.pi / 2 * 1.01
    # And bends no faster than that; 4e-6 is the precision of single floats.
    assert np.abs(np.diff(steps)).max() < 3 * (np.pi / (0.1 * HZ)) ** 2 + 4e-6


def test_a_ducked_tone_clicks_nowhere():
    song = tone(4, 440, 0.5)
    out = mixed(song, np.zeros_like(song), 0.0, ducking([(1.0, 2.0)], len(song), DUCK))
    steepest = 0.5 * 2 * np.pi * 440 / HZ
    assert np.abs(np.diff(out[:, 0])).max() <= steepest * 1.001


def test_pauses_up_to_the_hold_are_no_pauses_and_longer_ones_are():
    spans = [(1.0, 1.5), (1.8, 2.0)]
    held = ducking(spans, 4 * HZ, replace(DUCK, hold_ms=300.0))
    np.testing.assert_allclose(held[HZ : 2 * HZ], SIX_DB, rtol=1e-6)
    assert ducking(spans, 4 * HZ, replace(DUCK, hold_ms=299.0))[HZ : 2 * HZ].max() > SIX_DB * 1.01


def test_speech_at_the_ends_of_the_edit_ducks_from_the_first_sample_to_the_last():
    gain = ducking([(-0.5, 0.5), (1.5, 9.0)], 2 * HZ, DUCK)
    np.testing.assert_allclose(gain[: HZ // 2], SIX_DB, rtol=1e-6)
    np.testing.assert_allclose(gain[HZ * 3 // 2 :], SIX_DB, rtol=1e-6)
    assert len(gain) == 2 * HZ


def test_without_speech_the_song_is_as_it_was():
    np.testing.assert_array_equal(ducking([], HZ, DUCK), 1.0)
    song = tone(1, 440, 0.5)
    np.testing.assert_array_equal(mixed(song, np.zeros_like(song), -6.0, np.ones(HZ, np.float32)), song)


@pytest.mark.parametrize("height", [0.02, 0.2, 0.9])
def test_clips_are_as_much_quieter_than_the_song_as_asked_whatever_they_were(height):
    song, clips = tone(3, 1000, 0.3), tone(3, 1000, height)
    out = mixed(song, clips, -6.0, np.zeros(len(song), np.float32))
    assert loudness_lufs(out) == pytest.approx(loudness_lufs(song) - 6.0, abs=0.05)


def test_clips_without_a_song_are_as_they_were():
    clips = tone(2, 440, 0.1)
    np.testing.assert_array_equal(mixed(np.zeros_like(clips), clips, -6.0, np.ones(len(clips))), clips)


def test_room_noise_is_not_made_loud():
    song, clips = tone(3, 1000, 0.5), tone(3, 1000, 0.001)
    out = mixed(song, clips, 0.0, np.zeros(len(song), np.float32))
    assert loudness_lufs(out) == pytest.approx(loudness_lufs(clips) + 24.0, abs=0.05)


def test_speech_moves_with_its_shot_and_ends_with_it():
    pieces = [piece("a", 10, 0, 2), piece("b", 0, 2, 2), piece("a", 4, 4, 1)]
    speech = {"a": [(3.0, 4.5), (10.5, 11.0), (11.8, 13.0)], "b": []}
    heard = heard_spans(pieces, tone(5, 440, 0.5), speech, only_speech=True)
    np.testing.assert_allclose(heard.spans, [(0.5, 1.0), (1.8, 2.0), (4.0, 4.5)])
    assert heard.by_level == ()


def test_where_nobody_listened_the_level_tells():
    clips = np.concatenate([tone(1, 440, 0.0005), tone(1, 440, 0.5), tone(1, 440, 0.0005)])
    heard = heard_spans([piece("a", 0, 0, 3)], clips, {}, only_speech=True)
    np.testing.assert_allclose(heard.spans, [(1.0, 2.0)])
    assert heard.by_level == ("a",)


def test_all_that_is_heard_may_duck_the_song():
    clips = np.concatenate([tone(1, 440, 0.0), tone(1, 440, 0.5)])
    heard = heard_spans([piece("a", 0, 0, 2)], clips, {"a": [(0.0, 0.5)]}, only_speech=False)
    np.testing.assert_allclose(heard.spans, [(1.0, 2.0)])


def test_silence_is_nothing_that_is_heard():
    heard = heard_spans([piece("a", 0, 0, 1)], np.zeros((HZ, 2), np.float32), {}, only_speech=True)
    assert heard.spans == ()


def test_a_retimed_shot_brings_no_piece_and_so_nothing_to_duck_for():
    heard = heard_spans([], tone(1, 440, 0.5), {"a": [(0.0, 1.0)]}, only_speech=True)
    assert heard.spans == ()

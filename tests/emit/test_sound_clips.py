from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from made_clips import timeline_of
from made_media import gray, tone, write_clip
from rushes.emit.sound_clips import clip_track
from rushes.emit.sound_pieces import SoundPiece, sound_pieces
from rushes.media.encode_sound import SOUND_RATE_HZ
from rushes.media.probe import probe

FADE_S = Fraction(3, 200)


def clip(folder: Path, name: str, sound, seconds: int = 4, **options):
    """A clip with the sound of a lossless kind, so that samples can be compared."""
    return probe(str(write_clip(folder / name, [gray(90)] * (30 * seconds), sound=sound, **options)))


def clicks(seconds: int, every_s: float, rate_hz: int = 48000, channels: int = 1):
    sound = np.zeros((channels, seconds * rate_hz), np.float32)
    sound[:, :: round(every_s * rate_hz)] = 0.9
    return sound


def track(shots, sources, fade_s=FADE_S, gains_db=None):
    timeline = timeline_of(shots)
    length = round(timeline.duration_s() * SOUND_RATE_HZ)
    return clip_track(sound_pieces(timeline, fade_s), sources, length, gains_db)


def peaks(samples, above: float = 0.2):
    """Where clicks are, in samples: the largest of each run within 10 ms."""
    at = np.flatnonzero(np.abs(samples[:, 0]) > above)
    groups = np.split(at, np.flatnonzero(np.diff(at) > 480) + 1)
    return [int(group[np.argmax(np.abs(samples[group, 0]))]) for group in groups if len(group)]


def test_every_click_sounds_where_its_picture_is_shown_to_the_end(tmp_path):
    source = clip(tmp_path, "a.mp4", clicks(20, 0.5), seconds=20)
    # Shots of 0.7 s, each beginning 0.2 s before a click.
    shots = [("a", round((n + 0.3) * 30), 21) for n in range(18)]
    found = peaks(track(shots, {"a": source}))
    wanted = [at for n in range(18) for at in (n * 0.7 + 0.2, n * 0.7 + 0.7) if at < 18 * 0.7 - 0.01]
    inside = [at for at in wanted if min(abs(at - n * 0.7) for n in range(1, 19)) > 0.05]
    assert all(min(abs(at * SOUND_RATE_HZ - one) for one in found) <= 2 for at in inside)


def test_a_sound_at_another_rate_keeps_its_place(tmp_path):
    source = clip(tmp_path, "a.mp4", clicks(4, 1.0, rate_hz=44100), sound_hz=44100)
    (at,) = peaks(track([("a", 75, 30)], {"a": source}))
    assert at == pytest.approx(0.5 * SOUND_RATE_HZ, abs=3)


def test_one_channel_is_heard_on_both_at_its_own_level(tmp_path):
    source = clip(tmp_path, "a.mp4", tone(4, 0.5, channels=1))
    found = track([("a", 30, 30)], {"a": source})
    middle = found[4800:-4800]
    # AAC adds a spike here and there.
    assert middle.std() == pytest.approx(0.5 / np.sqrt(2), rel=0.04)
    np.testing.assert_array_equal(middle[:, 0], middle[:, 1])


def test_channels_stay_where_they_are(tmp_path):
    left = tone(4, 0.5)
    left[1] = 0
    found = track([("a", 30, 30)], {"a": clip(tmp_path, "a.mp4", left)})
    assert np.abs(found[:, 0]).max() > 0.4
    assert np.abs(found[:, 1]).max() < 0.02


def test_a_clip_without_sound_is_silent(tmp_path):
    sources = {"a": clip(tmp_path, "a.mp4", tone(4, 0.5)), "b": clip(tmp_path, "b.mp4", None)}
    found = track([("b", 0, 30), ("a", 30, 30)], sources)
    assert not found[: SOUND_RATE_HZ - 480].any()
    assert np.abs(found[SOUND_RATE_HZ + 480 :]).max() > 0.4


def test_sound_that_ends_before_the_picture_is_silence_from_there(tmp_path):
    found = track([("a", 0, 120)], {"a": clip(tmp_path, "a.mp4", tone(2, 0.5))})
    assert not found[round(2.1 * SOUND_RATE_HZ) :].any()


def test_a_cut_between_two_tones_makes_no_click(tmp_path):
    sources = {
        "a": clip(tmp_path, "a.mp4", tone(4, 0.4, hz=440.0)),
        "b": clip(tmp_path, "b.mp4", tone(4, 0.4, hz=620.0)),
    }
    shots = [("a", 31, 30), ("b", 44, 30), ("a", 70, 30)]
    soft, hard = (np.abs(np.diff(track(shots, sources, fade_s)[:, 0])) for fade_s in (FADE_S, Fraction(0)))
    steepest = 0.4 * 2 * np.pi * 620 / SOUND_RATE_HZ
    assert soft.max() < 1.5 * steepest
    # The ends of a sound without fades are steps.
    assert hard.max() > 2 * steepest


def test_levels_hold_through_a_crossfade(tmp_path):
    random = np.random.default_rng(3)
    noises = {
        name: clip(tmp_path, f"{name}.mp4", random.normal(0, 0.1, (1, 4 * 48000)).astype(np.float32))
        for name in "ab"
    }
    found = track([("a", 30, 30), ("b", 30, 30)], noises, Fraction(1, 2))[:, 0]
    crossing = found[SOUND_RATE_HZ * 3 // 4 : SOUND_RATE_HZ * 5 // 4]
    level_db = 20 * np.log10(crossing.std() / found[12000 : SOUND_RATE_HZ * 3 // 4].std())
    assert abs(level_db) < 0.5


def test_a_clip_may_be_louder(tmp_path):
    source = {"a": clip(tmp_path, "a.mp4", tone(4, 0.2))}
    quiet, loud = (track([("a", 30, 30)], source, gains_db=gains) for gains in (None, {"a": 6.0}))
    np.testing.assert_allclose(loud, quiet * 10 ** (6 / 20), atol=1e-6)


def test_pieces_that_reach_beyond_the_edit_are_cut_off(tmp_path):
    source = {"a": clip(tmp_path, "a.mp4", tone(4, 0.2))}
    piece = SoundPiece(
        clip="a",
        source_start_s=Fraction(0),
        record_start_s=Fraction(0),
        duration_s=Fraction(4),
        tail_s=Fraction(1),
    )
    assert len(clip_track([piece], source, 1000)) == 1000

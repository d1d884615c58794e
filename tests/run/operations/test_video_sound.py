"""Sound nodes: song and clips together, run as the engine runs them."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import polars as pl
import pytest
from made_media import gray, tone, write_clip
from rushes.analyze.tables import pack_tables
from rushes.emit.sound_level import loudness_lufs, true_peak_db
from rushes.emit.sound_pieces import SoundPiece
from rushes.graph.node import Call
from rushes.media.encode_sound import SOUND_RATE_HZ, read_aac, write_aac
from rushes.media.info_json import info_to_json
from rushes.media.probe import probe
from rushes.run.operations.video import render_sounds

HZ = SOUND_RATE_HZ
DUCK = {"by_db": 12.0, "attack_ms": 100.0, "release_ms": 100.0, "hold_ms": 0.0, "only_speech": True}


def speech_tables(*spans: tuple[float, float], listened: bool = True) -> bytes:
    segments = pl.DataFrame(spans, schema={"start_s": pl.Float64, "end_s": pl.Float64}, orient="row")
    samples = pl.DataFrame({"t_s": [0.0] if listened else []}, schema={"t_s": pl.Float64})
    return pack_tables({"segments": segments, "samples": samples}, {})


@pytest.fixture
def call(tmp_path: Path):
    song = np.repeat(tone(6, 0.3, hz=300.0).T[:, :1], 2, axis=1)
    write_aac(tmp_path / "song.m4a", song)
    clip = write_clip(tmp_path / "a.mp4", [gray(90)] * 120, sound=tone(4, 0.02, hz=3000.0))
    (tmp_path / "a.json").write_text(json.dumps(info_to_json(probe(str(clip)))))
    (tmp_path / "a.bin").write_bytes(speech_tables((1.0, 2.0)))
    piece = SoundPiece(
        clip="a.mp4",
        source_start_s=Fraction(1, 2),
        record_start_s=Fraction(1),
        duration_s=Fraction(3),
    )
    params = {
        "start_s": "1",
        "duration_s": "4",
        "fade_in_s": 0.0,
        "fade_out_s": 0.0,
        "loudness_lufs": -14.0,
        "true_peak_db": -1.0,
        "pieces": [piece.to_json()],
        "clip_gain_db": -20.0,
        "duck": DUCK,
    }
    inputs = {
        "song": tmp_path / "song.m4a",
        "media/a.mp4": clip,
        "info/a.mp4": tmp_path / "a.json",
        "speech/a.mp4": tmp_path / "a.bin",
    }

    def made(without: str = "", **changes):
        given = {key: value for key, value in inputs.items() if key != without}
        return Call(params=params | changes, inputs=given, outputs={"sound.m4a": tmp_path / "sound.m4a"})

    return made


def height_db(samples, begin_s: float, end_s: float, hz: float) -> float:
    """Level of one tone in a part."""
    part = samples[round(begin_s * HZ) : round(end_s * HZ), 0].astype(np.float64)
    at = np.arange(len(part)) / HZ
    return 20 * np.log10(2 * abs(np.mean(part * np.exp(-2j * np.pi * hz * at))))


def test_song_and_speech_stand_where_the_recipe_wants_them(call, tmp_path):
    (outcome,) = render_sounds([call()])
    assert not outcome.failure and not outcome.warnings
    found = read_aac(tmp_path / "sound.m4a")
    # The last packet is padded; what a player hears ends with the edit.
    assert 0 <= len(found) - 4 * HZ < 1024
    with av.open(str(tmp_path / "sound.m4a")) as container:
        assert container.duration == 4_000_000
    # Speech of 1 to 2 s is heard from 1.5 to 2.5 s of the edit.
    down = height_db(found, 1.55, 2.45, 300)
    assert height_db(found, 0.2, 1.3, 300) - down == pytest.approx(12.0, abs=0.1)
    assert height_db(found, 2.7, 3.9, 300) - down == pytest.approx(12.0, abs=0.1)
    assert height_db(found, 0.1, 0.9, 3000) < -70
    assert loudness_lufs(found) == pytest.approx(-14.0, abs=0.5)
    assert true_peak_db(found) <= -1.0


def test_clips_that_nobody_listened_to_duck_by_their_level_and_this_is_said(call, tmp_path):
    (outcome,) = render_sounds([call(without="speech/a.mp4")])
    assert outcome.warnings == (
        "nobody listened for speech in a.mp4: the song is ducked by their level there",
    )
    found = read_aac(tmp_path / "sound.m4a")
    assert height_db(found, 0.2, 0.8, 300) - height_db(found, 1.2, 3.8, 300) == pytest.approx(12.0, abs=0.1)


def test_sound_that_could_not_be_decoded_was_not_listened_to(call, tmp_path):
    (tmp_path / "a.bin").write_bytes(speech_tables(listened=False))
    (outcome,) = render_sounds([call()])
    assert "nobody listened" in outcome.warnings[0]


def test_without_ducking_the_song_keeps_its_level(call, tmp_path):
    render_sounds([call(duck=None)])
    found = read_aac(tmp_path / "sound.m4a")
    assert height_db(found, 0.2, 0.9, 300) == pytest.approx(height_db(found, 1.6, 2.4, 300), abs=0.1)
    assert height_db(found, 1.6, 2.4, 3000) > -60


def test_clips_are_heard_without_a_song(call, tmp_path):
    (outcome,) = render_sounds([call(without="song")])
    assert not outcome.warnings
    assert loudness_lufs(read_aac(tmp_path / "sound.m4a")) == pytest.approx(-14.0, abs=0.5)

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from made_media import gray, tone, write_clip
from rushes.analyze.clip_pass import analyze_clip
from rushes.analyze.loudness import Params
from rushes.analyze.loudness_pass import LoudnessMeter
from rushes.analyze.spec import SoundBlock
from rushes.analyze.table import ANALYZERS
from rushes.media.probe import probe


def measure(
    samples: np.ndarray, rate_hz: int = 48000, block: int = 4096, begin_s: float = 0.0, **params: float
):
    """Tables of samples of shape (n, channels), given block by block."""
    meter = LoudnessMeter(Params(**params))
    for at in range(0, len(samples), block):
        meter.hear(SoundBlock(begin_s + at / rate_hz, samples[at : at + block], rate_hz))
    return meter.finish(None)


def sine(seconds: float, level_db: float, channels: int = 2, rate_hz: int = 48000) -> np.ndarray:
    return np.ascontiguousarray(tone(seconds, 10 ** (level_db / 20), channels=channels, rate_hz=rate_hz).T)


@pytest.mark.parametrize("level_db", [-23.0, -33.0])
def test_a_stereo_tone_is_as_loud_as_ebu_tech_3341_says(level_db: float):
    # Minimum requirements, cases 1 and 2: a 1 kHz stereo sine of L dBFS measures L LUFS within 0.1 LU.
    assert measure(sine(20, level_db))["clip"]["integrated_lufs"].item() == pytest.approx(level_db, abs=0.1)


def test_quiet_parts_are_gated_out():
    # Case 3: 10 s at -36, 60 s at -23, 10 s at -36 dBFS measure -23 LUFS.
    parts = np.concatenate([sine(10, -36), sine(60, -23), sine(10, -36)])
    assert measure(parts)["clip"]["integrated_lufs"].item() == pytest.approx(-23, abs=0.1)


def test_the_range_of_loudness_is_that_of_tech_3342():
    # Case 1: 20 s at -20 and 20 s at -30 dBFS give a range of 10 LU.
    tables = measure(np.concatenate([sine(20, -20), sine(20, -30)]))
    assert tables["clip"]["loudness_range_lu"].item() == pytest.approx(10, abs=1)


def test_a_mono_tone_is_three_lu_quieter():
    assert measure(sine(10, -23, channels=1))["clip"]["integrated_lufs"].item() == pytest.approx(-26, abs=0.1)


def test_the_true_peak_lies_between_the_samples():
    # A quarter of the sample rate, 45 degrees off: samples reach 0.707 of the sine.
    at = np.arange(48000)
    swell = np.minimum(1, np.minimum(at, at[::-1]) / 5000)
    wave = (0.5 * swell * np.sin(np.pi / 2 * at + np.pi / 4)).astype(np.float32)
    tables = measure(np.repeat(wave[:, None], 2, axis=1))
    assert np.abs(wave).max() == pytest.approx(0.354, abs=0.001)
    assert tables["clip"]["true_peak_db"].item() == pytest.approx(-6.02, abs=0.2)


def test_momentary_loudness_is_timed_at_the_middle_of_its_window():
    samples = measure(np.concatenate([sine(2, -40), sine(2, -20)]), begin_s=0.5)["samples"]
    crossing = samples.filter(pl.col("momentary_lufs") > -24)["t_s"][0]
    assert crossing == pytest.approx(2.5, abs=0.11)
    assert samples["t_s"].diff().drop_nulls().round(6).unique().to_list() == [0.1]


def test_silence_has_its_share_and_a_floor():
    tables = measure(np.concatenate([sine(3, -20), np.zeros((48000 * 3, 2), np.float32)]))
    assert tables["clip"]["silence_share_01"].item() == pytest.approx(0.5, abs=0.08)
    silent = measure(np.zeros((48000, 2), np.float32))
    assert silent["clip"]["silence_share_01"].item() == 1.0
    assert silent["clip"]["true_peak_db"].item() == -120.0
    assert silent["samples"]["momentary_lufs"].min() >= -120.7


def test_the_result_does_not_depend_on_the_size_of_the_blocks():
    noise = np.random.default_rng(2).normal(0, 0.1, (48000 * 3, 2)).astype(np.float32)
    small, large = measure(noise, block=777), measure(noise, block=48000)
    assert small["clip"].equals(large["clip"])
    assert small["samples"].equals(large["samples"])


@pytest.mark.parametrize(("channels", "rate_hz"), [(1, 16000), (2, 44100), (6, 48000), (5, 48000)])
def test_rates_and_channels_of_cameras_are_measured(channels: int, rate_hz: int):
    tables = measure(sine(2, -20, channels, rate_hz), rate_hz)
    assert -30 < tables["clip"]["integrated_lufs"].item() < -10


def test_too_little_sound_has_no_loudness():
    tables = measure(sine(0.05, -20))
    assert tables["samples"].is_empty()
    assert tables["clip"].row(0) == (None, None, None, None)


def test_a_clip_without_sound_has_nulls(tmp_path: Path):
    path = write_clip(tmp_path / "a.mp4", [gray(90)] * 5)
    loudness = ANALYZERS["loudness"]
    tables = analyze_clip(probe(str(path)), {"loudness": (loudness, loudness.params())})["loudness"]
    assert tables["clip"].row(0) == (None, None, None, None)
    assert tables["samples"].schema == {"t_s": pl.Float64, "momentary_lufs": pl.Float64}


def test_the_sound_of_a_clip_is_measured(tmp_path: Path):
    path = write_clip(tmp_path / "a.mp4", [gray(90)] * 90, sound=tone(3.0, level=10 ** (-20 / 20)))
    loudness = ANALYZERS["loudness"]
    tables = analyze_clip(probe(str(path)), {"loudness": (loudness, loudness.params())})["loudness"]
    assert tables["clip"]["integrated_lufs"].item() == pytest.approx(-20, abs=0.3)


@pytest.mark.parametrize(("first", "second"), [(1, 2), (2, 1)])
def test_sound_that_changes_its_channels_on_the_way_is_measured_in_those_it_began_with(
    first: int, second: int
):
    meter = LoudnessMeter(Params())
    for channels, start in ((first, 0.0), (second, 5.0)):
        samples = sine(5, -23, channels)
        for at in range(0, len(samples), 4096):
            meter.hear(SoundBlock(start + at / 48000, samples[at : at + 4096], 48000))
    alone = measure(sine(10, -23, first))["clip"]["integrated_lufs"].item()
    assert meter.finish(None)["clip"]["integrated_lufs"].item() == pytest.approx(alone, abs=0.1)

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from listened import RATE_HZ, SHARED, facts_of, in_blocks, installed, needed, recording
from made_media import gray, tone, write_clip
from rushes.analyze import speech
from rushes.analyze.clip_pass import analyze_clip
from rushes.analyze.speech_pass import speech_spans
from rushes.analyze.voice_activity import ANALYZER, MODEL, Params
from rushes.analyze.voice_activity_pass import VoiceListener
from rushes.media.probe import probe
from rushes.models.session import Models

PLAIN = Params(most_gain_db=0)


class FakeSession:
    """Says of each window the mean of its new samples; its state counts windows."""

    def __init__(self) -> None:
        self.inputs: list[np.ndarray] = []

    def run(self, names: Any, fed: dict[str, np.ndarray]) -> list[np.ndarray]:
        assert {name: (part.shape, part.dtype) for name, part in fed.items()} == {
            "input": ((1, 576), np.float32),
            "state": ((2, 1, 128), np.float32),
            "sr": ((), np.int64),
        }
        assert fed["state"][0, 0, 0] == len(self.inputs)
        assert fed["sr"] == RATE_HZ
        self.inputs.append(fed["input"][0].copy())
        return [fed["input"][:, 64:].mean(axis=1, keepdims=True), fed["state"] + 1]


def listen(
    samples: np.ndarray,
    size: int = 16384,
    begin_s: float = 0.0,
    params: Params = PLAIN,
    session: Any = None,
) -> pl.DataFrame:
    listener = VoiceListener(params, session or FakeSession())
    for block in in_blocks(samples, size, begin_s):
        listener.hear(block)
    return listener.finish(None)["speech"]


def test_each_window_follows_the_last_64_samples_of_the_one_before():
    session = FakeSession()
    ramp = np.arange(512 * 3, dtype=np.float32) / 4096
    found = listen(ramp, session=session)
    assert [len(part) for part in session.inputs] == [576] * 3
    assert session.inputs[0][:64].tolist() == [0] * 64
    assert np.array_equal(session.inputs[2], ramp[512 * 2 - 64 :])
    assert found["t_s"].to_list() == [0, 0.032, 0.064]
    assert found["speech_01"].to_list() == pytest.approx([255.5 / 4096, 767.5 / 4096, 1279.5 / 4096])


@pytest.mark.parametrize("size", [1, 333, 16000])
def test_blocks_of_any_size_give_the_same_numbers(size: int):
    noise = np.random.default_rng(3).normal(0, 0.01, 3001).astype(np.float32)
    assert listen(noise, size, params=Params()).equals(listen(noise, 4096, params=Params()))


@pytest.mark.parametrize("size", [1, 333, 16000])
def test_the_model_itself_hears_the_same_in_blocks_of_any_size(size: int):
    session = installed(MODEL).onnx(MODEL)
    samples = np.concatenate([b.samples[:, 0] for b in recording("speech/jfk.flac")])[: 2 * RATE_HZ + 7]
    found = listen(samples, size, params=Params(), session=session)
    assert found.equals(listen(samples, 4096, params=Params(), session=session))
    assert found.height == 63


def test_without_sound_there_is_an_empty_table():
    found = listen(np.zeros(0))
    assert found.is_empty()
    assert found.schema == {"t_s": pl.Float64, "speech_01": pl.Float64}


def test_the_last_window_is_filled_up_with_silence():
    assert listen(np.full(64, 0.5))["speech_01"].to_list() == [0.5 * 64 / 512]
    assert listen(np.full(1, 0.512))["speech_01"].to_list() == pytest.approx([0.001])
    assert listen(np.full(512, 0.5))["speech_01"].to_list() == [0.5]
    assert listen(np.full(513, 0.512))["speech_01"].to_list() == pytest.approx([0.512, 0.001])


@pytest.mark.parametrize("begin_s", [1.25, -0.1])
def test_windows_are_timed_from_where_the_sound_begins(begin_s: float):
    times = listen(np.zeros(1024), begin_s=begin_s)["t_s"].to_list()
    assert times == pytest.approx([begin_s, begin_s + 0.032])


def test_quiet_sound_is_amplified_but_only_so_far():
    def judged(level: float, **params: float) -> float:
        return listen(np.full(512, level), params=Params(**params))["speech_01"].item()

    assert judged(0.01) == pytest.approx(0.1)
    assert judged(0.3) == pytest.approx(0.3)
    assert judged(0.001) == pytest.approx(0.001 * 10**1.5)
    assert judged(0.001, most_gain_db=20) == pytest.approx(0.01)
    assert judged(0.01, quiet_peak_01=0.2) == pytest.approx(0.2)
    assert judged(0.0) == 0


def test_pauses_after_a_loud_voice_stay_quiet():
    # The peak of 0.1 fades by e in 10 s: after 1 s the noise of 0.001 is raised by a tenth, alone by 30 dB.
    samples = np.full(512 * 33, 0.001)
    samples[:512] = 0.1
    found = listen(samples, params=Params())["speech_01"]
    assert found[0] == pytest.approx(0.1)
    assert found[32] == pytest.approx(0.001 * np.exp(31 * 0.0032), rel=0.01)


def test_a_clip_without_sound_has_no_windows(tmp_path: Path):
    path = write_clip(tmp_path / "a.mp4", [gray(90)] * 5)
    models = {ANALYZER.name: installed(MODEL)}
    tables = analyze_clip(probe(str(path)), {ANALYZER.name: (ANALYZER, Params())}, models)[ANALYZER.name]
    assert tables["speech"].is_empty()


def test_the_sound_of_a_clip_is_heard_from_beginning_to_end(tmp_path: Path):
    path = write_clip(tmp_path / "a.mp4", [gray(90)] * 60, sound=tone(2.0))
    models = {ANALYZER.name: installed(MODEL)}
    tables = analyze_clip(probe(str(path)), {ANALYZER.name: (ANALYZER, Params())}, models)[ANALYZER.name]
    assert tables["speech"]["t_s"][-1] == pytest.approx(2.0, abs=0.06)
    assert tables["speech"]["speech_01"].max() < 0.35


def spoken(name: str, models: Models, by_db: float = 0) -> tuple[list[tuple[float, float]], float]:
    """Stretches of speech of a recording, and its length in seconds."""
    samples = np.concatenate([block.samples[:, 0] for block in recording(name)])
    samples = samples * np.float32(10 ** (by_db / 20))
    likely = listen(samples, params=Params(), session=models.onnx(MODEL))
    length_s = len(samples) / RATE_HZ
    spans = speech_spans(
        likely["t_s"].to_list(), likely["speech_01"].to_list(), speech.Params(), facts_of(length_s).duration_s
    )
    return spans, length_s


@pytest.mark.parametrize("by_db", [0, -40])
def test_a_conversation_is_found_as_people_labelled_it_also_far_from_the_microphone(by_db: float):
    rttm = needed(SHARED / "data/speech/sample.rttm").read_text().splitlines()
    turns = [(float(t[3]), float(t[3]) + float(t[4])) for t in (line.split() for line in rttm)]
    spans, length_s = spoken("speech/sample.wav", installed(MODEL), by_db)
    middles_s = np.arange(0.005, length_s, 0.01)

    def inside(ranges: list[tuple[float, float]]) -> np.ndarray:
        return np.any([(middles_s >= first) & (middles_s < last) for first, last in ranges], axis=0)

    found, true = inside(spans), inside(turns)
    assert 2 * (found & true).sum() / (found.sum() + true.sum()) >= 0.985


def test_the_pauses_of_a_speech_are_found():
    # And so my fellow Americans | ask | not | what your country can do for you | ask what you can do for your country
    spans, _ = spoken("speech/jfk.flac", installed(MODEL))
    pauses = [(before[1], after[0]) for before, after in itertools.pairwise(spans)]
    expected = [(2.24, 3.30), (3.84, 3.97), (4.40, 5.41), (7.65, 8.19)]
    assert np.abs(np.array(pauses) - np.array(expected)).max() < 0.07


def test_a_song_is_not_speech():
    spans, length_s = spoken("songs/vibe_ace.ogg", installed(MODEL))
    assert sum(last - first for first, last in spans) / length_s < 0.03

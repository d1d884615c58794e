from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import polars as pl
import pytest
from listened import RATE_HZ, in_blocks, info_of, installed, recording, seen_of
from made_media import gray, tone, write_clip
from rushes.analyze.audio_events import ANALYZER, COLUMNS, EVENTS, MODEL, WINDOW_SAMPLES, Params
from rushes.analyze.audio_events_pass import CLASSES, EventListener
from rushes.analyze.clip_pass import analyze_clip
from rushes.analyze.table import ANALYZERS
from rushes.media.probe import probe

NAMES = [column.name for column in COLUMNS if column.per_sample]
HOP = 15360
SILENCE = 494


class FakeSession:
    """Scores 0.6 for one class: it is told by the first sample, see sound_of. Zeros are Silence."""

    def __init__(self) -> None:
        self.inputs: list[np.ndarray] = []

    def get_inputs(self) -> list[Any]:
        return [SimpleNamespace(name="sound")]

    def run(self, names: Any, fed: dict[str, np.ndarray]) -> list[np.ndarray]:
        assert fed["sound"].shape == (1, WINDOW_SAMPLES)
        assert fed["sound"].dtype == np.float32
        self.inputs.append(fed["sound"][0].copy())
        scores = np.zeros((1, 521), np.float32)
        told = round(float(fed["sound"][0, 0]) * 1000)
        scores[0, told - 1 if told else SILENCE] = 0.6
        return [scores, np.zeros((96, 64), np.float32)]


def sound_of(number: int, samples: int = WINDOW_SAMPLES) -> np.ndarray:
    """What the fake hears as the class of that number."""
    return np.full(samples, 0.0 if number == SILENCE else (number + 1) / 1000)


def seconds(*classes: int) -> np.ndarray:
    """Sound in which each hop of 0.96 s is of one class."""
    return np.concatenate([sound_of(number, HOP) for number in classes])


def listen(
    samples: np.ndarray,
    size: int = 16384,
    begin_s: float = 0.0,
    duration_s: float | None = None,
    session: Any = None,
    sound: bool = True,
    **params: float,
) -> dict[str, pl.DataFrame]:
    length_s = begin_s + len(samples) / RATE_HZ if duration_s is None else duration_s
    listener = EventListener(Params(**params), info_of(length_s, sound=sound), session or FakeSession())
    for block in in_blocks(samples, size, begin_s):
        listener.hear(block)
    return dict(listener.finish(seen_of(length_s)))


def event(samples: np.ndarray, **params: Any) -> str:
    return listen(samples, **params)["clip"]["audio_event"].item()


@pytest.mark.parametrize(
    ("number", "column", "named"),
    [
        (0, "speech_event_01", "speech"),
        (12, "speech_event_01", "speech"),
        (13, "laughter_01", "laughter"),
        (18, "laughter_01", "laughter"),
        (58, "applause_01", "applause"),
        (62, "applause_01", "applause"),
        (132, "music_01", "music"),
        (24, "music_01", "music"),
        (277, "background_noise_01", "noise"),
        (337, "background_noise_01", "noise"),
        (510, "background_noise_01", "noise"),
        (69, None, "other"),
        (SILENCE, None, "silence"),
    ],
)
def test_classes_of_audioset_are_gathered_into_events(number: int, column: str | None, named: str):
    found = listen(sound_of(number))
    scores = found["samples"].select(NAMES).row(0, named=True)
    assert scores == {name: pytest.approx(0.6 if name == column else 0) for name in NAMES}
    assert found["clip"]["audio_event"].item() == named


def test_no_class_is_of_two_events_and_every_event_can_be_said():
    numbers = [number for of in CLASSES.values() for number in of]
    assert len(numbers) == len(set(numbers))
    assert set(numbers) <= set(range(521))
    assert {*CLASSES, "other"} == set(EVENTS)


def test_windows_begin_a_hop_apart_and_are_timed_at_their_middle():
    session = FakeSession()
    ramp = np.arange(HOP * 2 + WINDOW_SAMPLES) / 1e6
    found = listen(ramp, session=session)
    assert [round(float(part[0]) * 1e6) for part in session.inputs] == [0, HOP, 2 * HOP]
    assert found["samples"]["t_s"].to_list() == pytest.approx([0.4875, 1.4475, 2.4075])
    assert listen(ramp, hop_s=0.48)["samples"]["t_s"].to_list()[:2] == pytest.approx([0.4875, 0.9675])


@pytest.mark.parametrize("size", [1, 333, 16000])
def test_blocks_of_any_size_give_the_same_numbers(size: int):
    sound = seconds(0, 132, 13)
    found, expected = listen(sound, size), listen(sound, 4096)
    assert found["samples"].equals(expected["samples"])
    assert found["clip"].equals(expected["clip"])


def test_a_rest_is_filled_up_with_silence_unless_that_would_be_the_larger_part():
    # What is left after the window: the 240 samples that it shares with the next, and these.
    half = WINDOW_SAMPLES // 2 - 240
    whole = sound_of(13)
    assert listen(np.append(whole, sound_of(13, half - 1)))["samples"].height == 1
    padded = listen(np.append(whole, sound_of(13, half)))["samples"]
    assert padded["t_s"].to_list() == pytest.approx([0.4875, 0.96 + WINDOW_SAMPLES / 4 / RATE_HZ])


def test_sound_shorter_than_a_window_is_heard():
    found = listen(sound_of(13, 800))
    assert found["samples"]["t_s"].to_list() == [0.025]
    assert found["clip"]["audio_event"].item() == "laughter"


@pytest.mark.parametrize("duration_s", [0.02, 30.0])
def test_without_sound_a_clip_is_silent_and_nothing_is_missing(duration_s: float):
    found = listen(np.zeros(0), duration_s=duration_s, sound=False)
    assert found["clip"]["audio_event"].item() == "silence"
    assert found["samples"].rows() == [(0.0, 0.0, 0.0, 0.0, 0.0, 0.0)]
    assert found["samples"].columns == ["t_s", *NAMES]


def test_of_sound_of_which_nothing_can_be_decoded_nothing_is_known():
    found = listen(np.zeros(0), duration_s=12.0)
    assert found["clip"]["audio_event"].to_list() == [None]
    assert found["samples"].is_empty()
    assert found["samples"].columns == ["t_s", *NAMES]


def test_before_and_after_its_sound_a_clip_is_silent():
    samples = listen(seconds(132, 132), begin_s=5.0, duration_s=20.0)["samples"]
    assert samples["t_s"].to_list() == pytest.approx([4.52, 5.4875, 6.44, 7.4])
    assert samples["music_01"].to_list() == pytest.approx([0, 0.6, 0.6, 0])


def test_what_is_heard_before_the_picture_begins_is_left_out():
    found = listen(seconds(13, 13, 132), begin_s=-1.92)
    assert found["samples"]["t_s"].min() >= 0
    assert found["clip"]["audio_event"].item() == "music"


def test_a_clip_sounds_like_its_most_frequent_event_pauses_left_out():
    assert event(seconds(0, 0, 132, 132, 132)) == "music"
    assert event(seconds(0, *[SILENCE] * 5)) == "speech"
    assert event(seconds(132, 0)) == "speech"  # As often: the first by EVENTS.


def test_a_clip_in_which_hardly_anything_is_heard_is_silent():
    sound = seconds(0, *[SILENCE] * 19)
    assert event(sound) == "silence"
    assert event(sound, quiet_share_01=0.04) == "speech"


def test_a_sound_below_the_floor_is_other():
    assert event(seconds(132), floor_01=0.7) == "other"


def test_a_clip_without_a_sound_stream_is_silent(tmp_path: Path):
    path = write_clip(tmp_path / "a.mp4", [gray(90)] * 5)
    models = {ANALYZER.name: installed(MODEL)}
    tables = analyze_clip(probe(str(path)), {ANALYZER.name: (ANALYZER, Params())}, models)[ANALYZER.name]
    assert tables["clip"]["audio_event"].item() == "silence"
    assert tables["samples"]["music_01"].to_list() == [0]


def test_an_analyzer_that_listens_hears_the_same_alone_as_among_others(tmp_path: Path):
    path = write_clip(tmp_path / "a.mp4", [gray(90)] * 60, sound=tone(2.0))
    models = {ANALYZER.name: installed(MODEL)}
    wanted = {
        name: (ANALYZERS[name], ANALYZERS[name].params()) for name in ("audio_events", "loudness", "shots")
    }
    alone = analyze_clip(probe(str(path)), {ANALYZER.name: wanted[ANALYZER.name]}, models)[ANALYZER.name]
    together = analyze_clip(probe(str(path)), wanted, models)[ANALYZER.name]
    assert alone["samples"].equals(together["samples"])
    assert alone["clip"].columns + alone["samples"].columns == ["audio_event", "t_s", *NAMES]


@pytest.mark.parametrize(
    ("name", "named", "column"),
    [
        ("talking/example.mp4", "speech", "speech_event_01"),
        ("songs/vibe_ace.ogg", "music", "music_01"),
        ("mdn/crystal.mp4", "noise", "background_noise_01"),
    ],
)
def test_recordings_are_what_they_sound_like(name: str, named: str, column: str):
    session = installed(MODEL).onnx(MODEL)
    samples = np.concatenate([block.samples[:, 0] for block in recording(name)])[: 12 * RATE_HZ]
    found = listen(samples, session=session)
    means = found["samples"].select(NAMES).mean().row(0, named=True)
    assert found["clip"]["audio_event"].item() == named
    assert max(means, key=lambda each: means[each]) == column

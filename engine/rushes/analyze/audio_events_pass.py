"""Laughter, music, applause, noise and speech, once a second, by YAMNet while a clip streams past.

YAMNet scores 0.975 s of sound at 16 kHz for each of the 521 classes of AudioSet; an event here is the highest of the
classes that a viewer would call so. Numbers and names are those of its class map (github.com/tensorflow/models,
research/audioset/yamnet/yamnet_class_map.csv).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TypeAlias

import numpy as np
import polars as pl

from rushes.analyze.audio_events import EVENTS, MODEL, RATE_HZ, WINDOW_SAMPLES, Params
from rushes.analyze.sound_windows import Samples, SoundWindows
from rushes.analyze.spec import Picture, Seen, SoundBlock
from rushes.media.info import MediaInfo
from rushes.models.session import Models, OnnxSession

CLASSES: Mapping[str, Mapping[int, str]] = MappingProxyType(
    {
        "speech": {
            0: "Speech",
            1: "Child speech, kid speaking",
            2: "Conversation",
            3: "Narration, monologue",
            12: "Whispering",
        },
        "music": {
            24: "Singing",
            25: "Choir",
            132: "Music",
            133: "Musical instrument",
            261: "Song",
            262: "Background music",
            263: "Theme music",
            265: "Soundtrack music",
        },
        "laughter": {
            13: "Laughter",
            14: "Baby laughter",
            15: "Giggle",
            16: "Snicker",
            17: "Belly laugh",
            18: "Chuckle, chortle",
        },
        "applause": {58: "Clapping", 61: "Cheering", 62: "Applause"},
        "noise": {
            277: "Wind",
            279: "Wind noise (microphone)",
            283: "Rain",
            287: "Waterfall",
            294: "Vehicle",
            300: "Motor vehicle (road)",
            321: "Traffic noise, roadway noise",
            329: "Aircraft",
            337: "Engine",
            346: "Idling",
            367: "Hair dryer",
            371: "Vacuum cleaner",
            406: "Mechanical fan",
            407: "Air conditioning",
            487: "Rumble",
            490: "Hum",
            507: "Noise",
            508: "Environmental noise",
            509: "Static",
            510: "Mains hum",
            511: "Distortion",
            514: "White noise",
            515: "Pink noise",
        },
        "silence": {494: "Silence"},
    }
)
"""Event -> number -> name of the AudioSet classes that count as it."""

_COLUMNS = {
    "laughter": "laughter_01",
    "music": "music_01",
    "applause": "applause_01",
    "noise": "background_noise_01",
    "speech": "speech_event_01",
}
_SCHEMA = {"t_s": pl.Float64(), **dict.fromkeys(_COLUMNS.values(), pl.Float64())}
_MOST_PADDING = WINDOW_SAMPLES // 2
"""A rest that would be silence for the larger part is heard as silence: it is left out."""
_SILENCE: Mapping[str, float] = MappingProxyType({**dict.fromkeys(CLASSES, 0.0), "silence": 1.0})
Scores: TypeAlias = Mapping[str, float]
"""Event -> score 0..1."""


def start(params: Params, info: MediaInfo, models: Models) -> EventListener:
    """A listener for one clip."""
    return EventListener(params, info, models.onnx(MODEL))


class EventListener:
    """Keeps six numbers for each second."""

    def __init__(self, params: Params, info: MediaInfo, session: OnnxSession) -> None:
        self._params = params
        self._has_sound = info.may_sound
        self._session = session
        self._input = session.get_inputs()[0].name
        self._hop = round(params.hop_s * RATE_HZ)
        self._windows = SoundWindows(WINDOW_SAMPLES, self._hop)
        self._scores: list[Scores] = []

    def update(self, picture: Picture) -> None:
        """Pictures make no sound."""

    def hear(self, block: SoundBlock) -> None:
        """Score the windows that one block completes."""
        for window in self._windows.cut(block):
            self._score(window)

    def finish(self, seen: Seen) -> Mapping[str, pl.DataFrame]:
        """`clip` (one row) and `samples` (a row a hop, at the middle of what it heard).

        A clip without sound is silent. Where there is sound and nothing of it was heard, there are no samples and the
        event is null.
        """
        if self._has_sound and not self._windows.heard:
            return _tables(None, [])
        missing = WINDOW_SAMPLES - len(self._windows.rest())
        if missing <= _MOST_PADDING or (self._windows.heard and not self._scores):
            self._score(np.pad(self._windows.rest(), (0, missing)))
        heard = [(at_s, scores) for at_s, scores in self._timed() if at_s >= 0]
        dominant = self._dominant([self._event(scores) for _, scores in heard])
        rows = [{"t_s": at_s, **_row(scores)} for at_s, scores in self._within_silence(heard, seen)]
        return _tables(dominant, rows)

    def _score(self, window: Samples) -> None:
        scores = self._session.run(None, {self._input: window[None]})[0][0]
        self._scores.append({event: float(scores[list(of)].max()) for event, of in CLASSES.items()})

    def _timed(self) -> list[tuple[float, Scores]]:
        """Scores at the middle of the sound in each window."""
        begin_s = self._windows.begin_s or 0.0
        timed: list[tuple[float, Scores]] = []
        for number, scores in enumerate(self._scores):
            first = number * self._hop
            last = min(first + WINDOW_SAMPLES, self._windows.heard)
            timed.append((round(begin_s + (first + last) / 2 / RATE_HZ, 6), scores))
        return timed

    def _within_silence(
        self, heard: Sequence[tuple[float, Scores]], seen: Seen
    ) -> list[tuple[float, Scores]]:
        """With a silent moment before sound that begins late and after sound that ends early.

        Moments without a sample take the nearest one: without these, the first second heard would stand for all before.
        """
        hop_s = self._params.hop_s
        if not heard:
            return [(0.0, _SILENCE)]
        begin_s = self._windows.begin_s or 0.0
        end_s = begin_s + self._windows.heard / RATE_HZ
        before = [(round(begin_s - hop_s / 2, 6), _SILENCE)] if begin_s >= hop_s else []
        after = [(round(end_s + hop_s / 2, 6), _SILENCE)] if seen.decoded_duration_s - end_s >= hop_s else []
        return [*before, *heard, *after]

    def _event(self, scores: Scores) -> str:
        """The strongest event; of equals, the first of EVENTS."""
        strongest = max(sorted(scores, key=EVENTS.index), key=lambda event: scores[event])
        return strongest if scores[strongest] >= self._params.floor_01 else "other"

    def _dominant(self, events: Sequence[str]) -> str:
        counts = Counter(event for event in events if event != "silence")
        if not counts or counts.total() < self._params.quiet_share_01 * len(events):
            return "silence"
        return max(EVENTS, key=lambda event: counts[event])


def _tables(event: str | None, rows: Sequence[Mapping[str, float]]) -> Mapping[str, pl.DataFrame]:
    return {
        "clip": pl.DataFrame({"audio_event": [event]}, schema={"audio_event": pl.String}),
        "samples": pl.DataFrame(rows, schema=_SCHEMA),
    }


def _row(scores: Scores) -> dict[str, float]:
    return {column: scores[event] for event, column in _COLUMNS.items()}

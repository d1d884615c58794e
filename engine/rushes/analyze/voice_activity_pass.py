"""How likely somebody speaks, 31 times a second, by Silero VAD (version 5 and later) while a clip streams past.

The model takes 512 new samples at 16 kHz after the 64 before them, and a state that it hands from window to window
(github.com/snakers4/silero-vad). It was trained on voices close to the microphone: on a conversation made 30 dB quieter
its frame F1 falls from 0.99 to 0.94, 40 dB quieter to 0.77. Amplified first, it stays at 0.99, and neither music nor
the noise of cameras becomes speech (bench/speech.py).
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import polars as pl

from rushes.analyze.sound_windows import Samples, SoundWindows
from rushes.analyze.spec import Picture, Seen, SoundBlock
from rushes.analyze.voice_activity import MODEL, RATE_HZ, WINDOW_S, WINDOW_SAMPLES, Params
from rushes.media.info import MediaInfo
from rushes.models.session import Models, OnnxSession

_CONTEXT_SAMPLES = 64
_PEAK_FADES_S = 10.0
"""A voice sets the level for the pauses after it, so that their noise is not raised."""
_FADE = math.exp(-WINDOW_S / _PEAK_FADES_S)


def start(params: Params, info: MediaInfo, models: Models) -> VoiceListener:
    """A listener for one clip."""
    return VoiceListener(params, models.onnx(MODEL))


class VoiceListener:
    """Keeps one number for each window of 32 ms."""

    def __init__(self, params: Params, session: OnnxSession) -> None:
        self._session = session
        self._windows = SoundWindows(_CONTEXT_SAMPLES + WINDOW_SAMPLES, WINDOW_SAMPLES, lead=_CONTEXT_SAMPLES)
        self._quiet_peak = params.quiet_peak_01
        self._most_gain = 10 ** (params.most_gain_db / 20)
        self._peak = 0.0
        self._state = np.zeros((2, 1, 128), np.float32)
        self._rate = np.array(RATE_HZ, np.int64)
        self._speech_01: list[float] = []

    def update(self, picture: Picture) -> None:
        """Pictures make no sound."""

    def hear(self, block: SoundBlock) -> None:
        """Judge the windows that one block completes."""
        for window in self._windows.cut(block):
            self._judge(window)

    def finish(self, seen: Seen) -> Mapping[str, pl.DataFrame]:
        """`speech`: when each window begins, and how likely it holds a voice. The last one is filled up with silence."""
        rest = self._windows.rest()
        if len(rest) > _CONTEXT_SAMPLES:
            self._judge(np.pad(rest, (0, _CONTEXT_SAMPLES + WINDOW_SAMPLES - len(rest))))
        begin_s = self._windows.begin_s or 0.0
        rows = [(round(begin_s + n * WINDOW_S, 6), value) for n, value in enumerate(self._speech_01)]
        return {
            "speech": pl.DataFrame(rows, schema={"t_s": pl.Float64, "speech_01": pl.Float64}, orient="row")
        }

    def _judge(self, window: Samples) -> None:
        fed = {"input": window[None] * self._gain(window), "state": self._state, "sr": self._rate}
        likely, self._state = self._session.run(None, fed)
        self._speech_01.append(float(likely[0, 0]))

    def _gain(self, window: Samples) -> np.float32:
        self._peak = max(float(np.abs(window).max()), self._peak * _FADE)
        if self._peak * self._most_gain <= self._quiet_peak:
            return np.float32(self._most_gain)
        return np.float32(max(1.0, self._quiet_peak / self._peak))

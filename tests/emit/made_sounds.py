"""Sounds made in code."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

RATE_HZ = 44_100
_CODECS = {"wav": "pcm_s16le", "mp3": "libmp3lame", "ogg": "libopus", "m4a": "aac", "flac": "flac"}


def tone(length_s: float, hz: float, height: float) -> NDArray[np.float32]:
    at_s = np.arange(round(length_s * RATE_HZ)) / RATE_HZ
    return (height * np.sin(2 * np.pi * hz * at_s)).astype(np.float32)


def noise(length_s: float, height: float) -> NDArray[np.float32]:
    made = np.random.default_rng(7).normal(0.0, height, round(length_s * RATE_HZ))
    return np.clip(made, -1.0, 1.0).astype(np.float32)


def clicks(length_s: float, every_s: float, height: float) -> NDArray[np.float32]:
    """Clicks of 2 ms."""
    sound = np.zeros(round(length_s * RATE_HZ), np.float32)
    for at in range(0, len(sound), round(every_s * RATE_HZ)):
        sound[at : at + RATE_HZ // 500] = height
    return sound


def write_sound(path: Path, samples: NDArray[np.float32]) -> Path:
    """A mono file in the codec that its suffix asks for."""
    with av.open(str(path), "w") as container:
        codec = _CODECS[path.suffix[1:]]
        stream = container.add_stream(codec, rate=48_000 if codec == "libopus" else RATE_HZ, layout="mono")
        whole = (np.clip(samples, -1, 1) * 32767).astype(np.int16)[None]
        frame = av.AudioFrame.from_ndarray(whole, format="s16", layout="mono")
        frame.sample_rate, frame.pts = RATE_HZ, 0
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path

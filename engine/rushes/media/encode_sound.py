"""Writing sound as AAC, to be put beside a picture without encoding it again."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.audio.frame import AudioFrame
from numpy.typing import NDArray

SOUND_RATE_HZ = 48_000
SOUND_KBIT_S = 256

_PACKET_SAMPLES = 1024


def write_aac(out: Path, samples: NDArray[np.float32]) -> None:
    """An M4A that plays exactly these samples: the encoder's padding before and after them is marked as such.

    samples: shape (n, 2), n >= 1, at SOUND_RATE_HZ. The same samples give the same bytes.
    """
    with av.open(str(out), "w", format="mp4", container_options={"fflags": "+bitexact"}) as container:
        stream = container.add_stream("aac", rate=SOUND_RATE_HZ, layout="stereo")
        stream.codec_context.bit_rate = SOUND_KBIT_S * 1000
        stream.codec_context.options = {"flags": "+bitexact"}
        stream.codec_context.thread_count = 1
        for at in range(0, len(samples), _PACKET_SAMPLES):
            part = np.ascontiguousarray(samples[at : at + _PACKET_SAMPLES].T)
            frame = AudioFrame.from_ndarray(part, format="fltp", layout="stereo")
            frame.sample_rate, frame.pts, frame.time_base = SOUND_RATE_HZ, at, Fraction(1, SOUND_RATE_HZ)
            container.mux(stream.encode(frame))
        for packet in stream.encode(None):
            if packet.pts is None or packet.pts >= len(samples):
                continue
            packet.duration = min(packet.duration or _PACKET_SAMPLES, len(samples) - packet.pts)
            container.mux(packet)


def read_aac(path: Path) -> NDArray[np.float32]:
    """What a player hears of a file of `write_aac`: shape (n, 2)."""
    with av.open(str(path)) as container:
        parts = [frame.to_ndarray().T for frame in container.decode(audio=0)]
    return np.concatenate(parts).astype(np.float32, copy=False)

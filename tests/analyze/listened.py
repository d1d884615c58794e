"""Sound for the tests of analyzers that listen: blocks of any size, and recordings and models of the shared folder."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from rushes.analyze.spec import ClipFacts, Seen, SoundBlock, SoundWish
from rushes.media.audio import sound_frames
from rushes.media.info import AudioInfo, MediaInfo
from rushes.media.probe import open_media, sound_stream
from rushes.media.sound import SoundTap
from rushes.models.session import Models

SHARED = Path(__file__).parents[2] / "../shared"
RATE_HZ = 16000
MODEL_FILES = {"silero_vad": "silero_vad/silero_vad_16k_op15.onnx", "yamnet": "yamnet/yamnet.onnx"}


def needed(path: Path) -> Path:
    """A file of the shared folder; without it the test is skipped, and says so."""
    if not path.exists():
        pytest.skip(f"{path.name} is not there: put the folder `shared` beside the repository to test on it")
    return path


def installed(name: str) -> Models:
    """A model of the shared folder."""
    return Models({name: needed(SHARED / "models" / MODEL_FILES[name])})


def recording(name: str) -> list[SoundBlock]:
    """The sound of a file of the shared folder as analyzers hear it: one channel, 16 kHz."""
    blocks: list[SoundBlock] = []
    wish = SoundWish(rate_hz=RATE_HZ, channels=1)
    tap = SoundTap("", wish, Fraction(0), lambda _, block: blocks.append(block))
    with open_media(str(needed(SHARED / "data" / name))) as container:
        stream = sound_stream(container)
        assert stream is not None
        for frame in sound_frames(container, stream):
            tap.hear(frame)
    tap.finish()
    return blocks


def in_blocks(samples: np.ndarray, size: int = 16384, begin_s: float = 0.0) -> Iterator[SoundBlock]:
    """Samples of shape (n,) as blocks of one channel."""
    for at in range(0, len(samples), size):
        block = samples[at : at + size, None].astype(np.float32)
        yield SoundBlock(begin_s + at / RATE_HZ, block, RATE_HZ)


def info_of(duration_s: float, *, sound: bool = True) -> MediaInfo:
    """A clip of that length."""
    audio = AudioInfo(codec="pcm", rate_hz=RATE_HZ, channels=1, time_base=Fraction(1, RATE_HZ), start_pts=0)
    return MediaInfo(
        path="",
        digest="",
        size_bytes=0,
        container="",
        duration_s=duration_s,
        video=None,
        audio=audio if sound else None,
    )


def seen_of(duration_s: float) -> Seen:
    """What the decode of that clip found out."""
    return Seen(
        info=info_of(duration_s),
        decoded_duration_s=duration_s,
        frame_count=round(duration_s * 30),
        rate_fps=Fraction(30),
        complete=True,
    )


def facts_of(duration_s: float, *, sound: bool = True) -> ClipFacts:
    """What is known of that clip."""
    return ClipFacts(info=info_of(duration_s, sound=sound), duration_s=duration_s)

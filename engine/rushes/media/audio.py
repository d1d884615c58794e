"""Sound files as mono samples on the clock that a player shows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import cast

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.error import FFmpegError
from numpy.typing import NDArray

from rushes.errors import MediaError, Place, Problem, is_transient
from rushes.media.faults import system_fault
from rushes.media.probe import good_packets

SONG_RATE_HZ = 22050
"""Half of the compact disc: keeps hi-hats up to 11 kHz at half of the work."""


def load_song(path: Path) -> tuple[NDArray[np.float32], int]:
    """Decode the first audio stream of a file to mono, the mean of its channels.

    Returns (samples, rate_hz): shape (n,), float32, -1..1; rate_hz is SONG_RATE_HZ. Sample 0 is heard at time 0 of a
    player: the padding that an encoder put first (LAME, AAC, Opus) is cut off as the file says, and a stream that
    starts after its container does is preceded by silence. Damaged packets are left out.
    Raises MediaError for a file that is missing, empty, unreadable, no media at all, or without sound.
    """
    _check_file(path)
    try:
        with av.open(str(path), metadata_errors="ignore") as container:
            samples = _decode(container, path)
    except PermissionError as error:
        raise _fault(path, "the file cannot be opened: permission denied", "allow reading it") from error
    except FFmpegError as error:
        if is_transient(error):
            raise system_fault(str(path), error) from error
        raise _fault(path, "the file is not a song that can be read", _FIX_FORMAT) from error
    if samples.size == 0:
        raise _fault(path, "the file holds no sound that can be decoded", _FIX_FORMAT)
    return samples, SONG_RATE_HZ


_FIX_FORMAT = "give a sound file such as .mp3, .m4a, .ogg, .flac or .wav that plays in a music player"


def _fault(path: Path, what: str, fix: str) -> MediaError:
    return MediaError(Problem(Place(str(path)), what, fix))


def _check_file(path: Path) -> None:
    if path.is_dir():
        raise _fault(path, "a song is one file, but this is a folder", "name a file inside it")
    if not path.exists():
        raise _fault(path, "there is no such file", "check the path of the song")
    if path.stat().st_size == 0:
        raise _fault(path, "the file is empty", "copy or export the song again")


def _decode(container: InputContainer, path: Path) -> NDArray[np.float32]:
    if not container.streams.audio:
        raise _fault(path, "the file has no audio stream", "give a file with sound as the song")
    stream = container.streams.audio[0]
    chunks: list[NDArray[np.float32]] = []
    resampler: AudioResampler | None = None
    layout: tuple[str, str, int] | None = None
    for frame in sound_frames(container, stream):
        if resampler is None:
            chunks.append(np.zeros(_silence_before(frame, container), np.float32))
        if resampler is None or layout != (frame.format.name, frame.layout.name, frame.sample_rate):
            chunks += _resampled(resampler, None)
            layout = (frame.format.name, frame.layout.name, frame.sample_rate)
            resampler = AudioResampler(format="fltp", layout=frame.layout, rate=SONG_RATE_HZ)
        frame.pts = None
        chunks += _resampled(resampler, frame)
    chunks += _resampled(resampler, None)
    joined = np.concatenate(chunks) if chunks else np.zeros(0, np.float32)
    return np.nan_to_num(joined, nan=0.0, posinf=1.0, neginf=-1.0)


def sound_frames(container: InputContainer, stream: AudioStream) -> Iterator[AudioFrame]:
    """Frames up to the end, or to where the container itself is broken; damaged packets are left out."""
    for packet in good_packets(container, stream):
        try:
            yield from (frame for frame in packet.decode() if isinstance(frame, AudioFrame))
        except FFmpegError:
            continue


def _silence_before(first: AudioFrame, container: InputContainer) -> int:
    """Samples between the start of the container and that of the sound; players count from the former."""
    # PyAV's stubs say int, but a raw format such as .wav has no start of its own.
    start = cast("int | None", container.start_time)
    if first.pts is None or first.time_base is None or start is None:
        return 0
    wait_s = float(first.pts * first.time_base) - start / av.time_base
    # Containers round stamps to a millisecond, so less than a few is no wait.
    return round(wait_s * SONG_RATE_HZ) if wait_s > 0.005 else 0


def _resampled(resampler: AudioResampler | None, frame: AudioFrame | None) -> list[NDArray[np.float32]]:
    if resampler is None:
        return []
    # The resampler's own way to mono is louder than full scale where both channels agree, so they are averaged here.
    return [out.to_ndarray().mean(axis=0, dtype=np.float32) for out in resampler.resample(frame)]

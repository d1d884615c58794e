"""The part of a song that an edit uses, as samples on the clock that a player shows."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.error import FFmpegError
from numpy.typing import NDArray

from rushes.errors import MediaError, Place, Problem
from rushes.media.audio import sound_frames
from rushes.media.encode_sound import SOUND_RATE_HZ

_ROUNDED_S = Fraction(5, 1000)
"""Containers round stamps; a stream that starts less than this after its file does not start late."""


def read_part(path: Path, start_s: Fraction, samples: int) -> NDArray[np.float32]:
    """Samples of [start_s, start_s + samples / SOUND_RATE_HZ): shape (samples, 2), float32; silence beyond the song's ends.

    Time 0 is what a player plays first: an encoder's padding is cut off as the file says. Packets are counted, not
    stamped, so a song without a seek table is cut exactly too. Raises MediaError where there is no song to read.
    """
    if not path.is_file():
        raise _fault(path, "the song is gone since it was analysed")
    part = np.zeros((samples, 2), np.float32)
    try:
        with av.open(str(path), metadata_errors="ignore") as container:
            if not container.streams.audio:
                raise _fault(path, "the song has no sound")
            _fill(part, container, start_s)
    except (OSError, FFmpegError) as error:
        raise _fault(path, f"the song cannot be read: {error.strerror or error}") from error
    return np.nan_to_num(part, nan=0.0, posinf=1.0, neginf=-1.0)


def _fault(path: Path, what: str) -> MediaError:
    return MediaError(
        Problem(Place(str(path)), what, "give the song as a sound file that plays in a music player")
    )


def _fill(part: NDArray[np.float32], container: InputContainer, start_s: Fraction) -> None:
    resampler: AudioResampler | None = None
    at = 0
    for begins_s, frame in _timed(container, container.streams.audio[0]):
        if begins_s + Fraction(frame.samples, frame.sample_rate) <= start_s:
            continue
        if resampler is None:
            resampler = AudioResampler(format="flt", layout="stereo", rate=SOUND_RATE_HZ)
            at = round((begins_s - start_s) * SOUND_RATE_HZ)
        frame.pts = None
        at = _place(part, at, resampler.resample(frame))
        if at >= len(part):
            return
    if resampler is not None:
        _place(part, at, resampler.resample(None))


def _timed(container: InputContainer, stream: AudioStream) -> Iterator[tuple[Fraction, AudioFrame]]:
    """Frames with the time at which each is heard; those that do not fit the first one's kind are left out."""
    at_s: Fraction | None = None
    kind: tuple[str, str, int] | None = None
    for frame in sound_frames(container, stream):
        if at_s is None:
            at_s = _begins_s(frame, container)
            kind = _kind(frame)
        if _kind(frame) == kind:
            yield at_s, frame
        at_s += Fraction(frame.samples, frame.sample_rate)


def _kind(frame: AudioFrame) -> tuple[str, str, int]:
    return frame.format.name, frame.layout.name, frame.sample_rate


def _begins_s(first: AudioFrame, container: InputContainer) -> Fraction:
    if first.pts is None or first.time_base is None or container.start_time is None:
        return Fraction(0)
    wait_s = first.pts * first.time_base - Fraction(container.start_time, av.time_base)
    return wait_s if wait_s > _ROUNDED_S else Fraction(0)


def _place(part: NDArray[np.float32], at: int, frames: list[AudioFrame]) -> int:
    for frame in frames:
        samples = frame.to_ndarray().reshape(-1, 2)
        first, last = max(0, at), min(len(part), at + len(samples))
        if last > first:
            part[first:last] = samples[first - at : last - at]
        at += len(samples)
    return at

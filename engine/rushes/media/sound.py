"""Sound from the demux of a decode pass, as float blocks at the rate and channels asked for."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import numpy as np
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.error import FFmpegError
from numpy.typing import NDArray

from rushes.media.wishes import SoundBlock, SoundWish

_LAYOUTS = {1: "mono", 2: "stereo"}
_BLOCK_SAMPLES = 16384
"""Codecs give a thousand samples at a time; readers that take them one by one spend their time on being called."""
_HOLE_S = 0.1
"""Stamps that run ahead of the samples by more than that say that sound is missing; less is how stamps stutter."""
_MOST_HOLE_S = 3600.0
"""Nobody's sound is missing for longer than that: such a stamp is damaged."""


class SoundTap:
    """One reader's sound. Blocks follow each other without holes or overlaps, counted in samples from the first.

    Where the file leaves sound out, or packets were damaged, there is silence: what follows stays beside its picture.
    start_s: where the picture starts, on the clock of the container.
    """

    def __init__(
        self, reader: str, wish: SoundWish, start_s: Fraction, on_sound: Callable[[str, SoundBlock], None]
    ) -> None:
        self._reader = reader
        self._wish = wish
        self._start_s = start_s
        self._on_sound = on_sound
        self._resampler: AudioResampler | None = None
        self._made_for: tuple[str, str, int] | None = None
        self._rate_hz = 0
        self._begin_s: float | None = None
        self._heard_s = 0.0
        self._samples = 0

    def hear(self, frame: AudioFrame) -> None:
        """Take one decoded frame."""
        at_s = self._stamp_s(frame)
        if self._begin_s is None:
            self._begin_s = 0.0 if at_s is None else at_s
        elif at_s is not None and _HOLE_S < at_s - self._begin_s - self._heard_s < _MOST_HOLE_S:
            self._fill_up_to(at_s, len(frame.layout.channels))
        kind = (frame.format.name, frame.layout.name, frame.sample_rate)
        if kind != self._made_for:
            self.finish()
            self._open(frame)
            self._made_for = kind
        self._heard_s += frame.samples / frame.sample_rate
        # Stamps that stutter would make the resampler refuse; samples are counted instead.
        frame.pts = None
        self._pass_on(frame)

    def finish(self) -> None:
        """Give what the resampler still holds."""
        if self._resampler is not None:
            self._pass_on(None)
            self._resampler = None
            self._made_for = None

    def _stamp_s(self, frame: AudioFrame) -> float | None:
        if frame.pts is None or frame.time_base is None:
            return None
        return float(frame.pts * frame.time_base - self._start_s)

    def _fill_up_to(self, at_s: float, channels: int) -> None:
        """Give silence from the last sample on."""
        assert self._begin_s is not None
        self.finish()
        self._heard_s = at_s - self._begin_s
        missing = round(self._heard_s * self._rate_hz) - self._samples
        for done in range(0, missing, _BLOCK_SAMPLES):
            length = min(_BLOCK_SAMPLES, missing - done)
            self._give(np.zeros((length, self._wish.channels or channels), np.float32))

    def _open(self, frame: AudioFrame) -> None:
        layout = frame.layout.name if self._wish.channels is None else _LAYOUTS[self._wish.channels]
        if self._rate_hz == 0:
            self._rate_hz = self._wish.rate_hz or frame.sample_rate
        self._resampler = AudioResampler(
            format="fltp",
            layout=layout,
            rate=self._rate_hz,
            frame_size=_BLOCK_SAMPLES,
            # Channels are mixed to their mean; libswresample would add them up and leave -1..1.
            options={"rematrix_maxval": "1.0"},
        )

    def _pass_on(self, frame: AudioFrame | None) -> None:
        assert self._resampler is not None
        try:
            blocks = self._resampler.resample(frame)
        except FFmpegError:
            return
        for block in blocks:
            self._give(block.to_ndarray().T.astype(np.float32, copy=False))

    def _give(self, samples: NDArray[np.float32]) -> None:
        assert self._begin_s is not None
        at_s = self._begin_s + self._samples / self._rate_hz
        self._samples += len(samples)
        self._on_sound(self._reader, SoundBlock(at_s, samples, self._rate_hz))

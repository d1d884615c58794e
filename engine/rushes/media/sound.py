"""Sound from the demux of a decode pass, as float blocks at the rate and channels asked for."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import numpy as np
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.error import FFmpegError

from rushes.media.wishes import SoundBlock, SoundWish

_LAYOUTS = {1: "mono", 2: "stereo"}
_BLOCK_SAMPLES = 16384
"""Codecs give a thousand samples at a time; readers that take them one by one spend their time on being called."""


class SoundTap:
    """One reader's sound. Blocks follow each other without holes or overlaps, counted in samples from the first.

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
        self._samples = 0

    def hear(self, frame: AudioFrame) -> None:
        """Take one decoded frame."""
        kind = (frame.format.name, frame.layout.name, frame.sample_rate)
        if kind != self._made_for:
            self.finish()
            self._open(frame)
            self._made_for = kind
        if self._begin_s is None:
            self._begin_s = 0.0
            if frame.pts is not None and frame.time_base is not None:
                self._begin_s = float(frame.pts * frame.time_base - self._start_s)
        # Stamps that stutter would make the resampler refuse; samples are counted instead.
        frame.pts = None
        self._pass_on(frame)

    def finish(self) -> None:
        """Give what the resampler still holds."""
        if self._resampler is not None:
            self._pass_on(None)
            self._resampler = None

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
        assert self._resampler is not None and self._begin_s is not None
        try:
            blocks = self._resampler.resample(frame)
        except FFmpegError:
            return
        for block in blocks:
            samples = block.to_ndarray().T.astype(np.float32, copy=False)
            at_s = self._begin_s + self._samples / self._rate_hz
            self._samples += len(samples)
            self._on_sound(self._reader, SoundBlock(at_s, samples, self._rate_hz))

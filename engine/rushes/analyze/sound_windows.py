"""Sound cut into windows of equal length, whatever the size of the blocks it comes in."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from rushes.analyze.spec import SoundBlock

Samples = NDArray[np.float32]


class SoundWindows:
    """Windows of `length` samples, each `hop` after the one before.

    lead: samples of silence put before the sound, for models that look back.
    """

    def __init__(self, length: int, hop: int, lead: int = 0) -> None:
        if not 0 < hop <= length:
            raise ValueError(f"hop={hop} is not in 1..length={length}")
        self._length = length
        self._hop = hop
        self._held: Samples = np.zeros(lead, np.float32)
        self.begin_s: float | None = None
        """When the sound began, in seconds from the start of the picture; None: there was none."""
        self.heard = 0
        """Samples so far."""

    def cut(self, block: SoundBlock) -> Iterator[Samples]:
        """The windows that a block of one channel completes. Samples that are no number are silence."""
        if self.begin_s is None:
            self.begin_s = block.t_s
        self.heard += len(block.samples)
        fresh = np.nan_to_num(block.samples[:, 0], nan=0.0, posinf=1.0, neginf=-1.0)
        held = np.concatenate([self._held, fresh])
        at = 0
        while at + self._length <= len(held):
            yield held[at : at + self._length]
            at += self._hop
        self._held = held[at:]

    def rest(self) -> Samples:
        """What no window has begun with yet: fewer samples than a window has."""
        return self._held

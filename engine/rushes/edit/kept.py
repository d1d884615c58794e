"""Shots that must stay, among the footage that is chosen anew: what each may lie on, and what is left for the others.

A kept shot is a piece of footage of its own, as long as its source range. One that stands still has one place and is the
only piece there; so all rules hold over the whole edit, though most of it is settled.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from rushes.edit.places import Spans
from rushes.edit.problem import Bools, Ints
from rushes.edit.request import KeptShot

TOUCH_S = 0.1
"""A piece of which less is shown than this counts as not shown."""


@dataclass(frozen=True, slots=True, eq=False)
class Mask:
    """Which piece may lie on which span.

    held: (spans,) index of the shot that stands still there, -1: none. free: (spans,) whether new shots may be so long.
    shot: (pieces,) index of the shot that a piece is, -1: it is none. clip: (pieces,) name of its clip. used_up: clips
    that the kept shots have used as often as they may be.
    """

    shots: tuple[KeptShot, ...]
    held: Ints
    free: Bools
    length_frames: Ints
    shot: Ints
    clip: tuple[str, ...]
    used_up: frozenset[str]

    def of(self, fits: Bools, index: Ints) -> Bools:
        """(spans, some pieces) where they may lie. fits: where their length suffices; index: which pieces they are."""
        found = np.zeros_like(fits)
        for column, piece in enumerate(index.tolist()):
            shot = int(self.shot[piece])
            found[:, column] = self._free(fits[:, column], piece) if shot < 0 else self._kept(shot)
        return found

    def _kept(self, shot: int) -> Bools:
        kept = self.shots[shot]
        may: Bools = self.held == shot
        if kept.hold == "source":
            may = (self.held < 0) & (self.length_frames == kept.duration_frames)
        return may

    def _free(self, fits: Bools, piece: int) -> Bools:
        clip = self.clip[piece]
        may = self.free & (self.held < 0) if clip not in self.used_up else np.zeros_like(self.free)
        for at, shot in enumerate(self.shots):
            if shot.hold == "position" and shot.clip == clip and not np.any(self.shot == at):
                may = may | (self.held == at)
        return fits & may


def make_mask(
    shots: Sequence[KeptShot], spans: Spans, pieces: Sequence[tuple[str, str]], max_uses: int
) -> Mask:
    """pieces: of every piece the id of the kept shot that it is ("": none), and the name of its clip."""
    assert spans.held is not None and spans.free is not None
    at = {shot.id: index for index, shot in enumerate(shots)}
    uses = kept_uses(shots)
    return Mask(
        shots=tuple(shots),
        held=spans.held,
        free=spans.free,
        length_frames=spans.length_frames,
        shot=np.array([at.get(name, -1) for name, _ in pieces], dtype=np.int64),
        clip=tuple(clip for _, clip in pieces),
        used_up=frozenset(clip for clip, count in uses.items() if count >= max_uses),
    )


def kept_uses(shots: Sequence[KeptShot]) -> Mapping[str, int]:
    """Clip -> how many kept shots come from it."""
    return Counter(shot.clip for shot in shots)

"""Means, lowest values and ranks of windows of footage, each by a few look-ups."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rushes.edit.footage import Footage, Piece
from rushes.edit.footage_bins import BIN_S
from rushes.edit.in_points_flaws import Lowest
from rushes.edit.problem import Floats, Ints

_WINDOW_SHARE = 0.5
"""How much the score of a window gains for being cleaner than its piece."""


@dataclass(frozen=True, slots=True, eq=False)
class PieceArrays:
    """Numbers of some pieces, (pieces,) each. first: where their clip's bins begin."""

    first: Ints
    start_s: Floats
    end_s: Floats
    rate_fps: Floats


def piece_arrays(pieces: tuple[Piece, ...]) -> PieceArrays:
    """Numbers of pieces."""
    return PieceArrays(
        np.array([piece.first_bin for piece in pieces], dtype=np.int64),
        np.array([piece.start_s for piece in pieces]),
        np.array([piece.end_s for piece in pieces]),
        np.array([float(piece.rate_fps) for piece in pieces]),
    )


class Sums:
    """Running sums along all clips, so that the mean of any window is two look-ups. judged: score and quality together."""

    def __init__(self, footage: Footage, longest_s: float) -> None:
        judged = footage.score + _WINDOW_SHARE * footage.quality
        self.judged, self.quality, self.motion = (
            np.concatenate([[0.0], np.cumsum(values)]) for values in (judged, footage.quality, footage.motion)
        )
        moments = footage.moments
        self.accents, self.unfinished = moments.accents, moments.unfinished
        self.peaks = self._peaks(footage) if self.accents is None else np.zeros(0)
        self.clean, self.worst = None, None
        if moments.clean is not None:
            self.clean = np.concatenate([[0.0], np.cumsum(moments.clean)])
            self.worst = Lowest(moments.clean, int(np.ceil(longest_s / BIN_S)) + 2)
        self.speech = footage.speech
        self.ranked = np.sort(mean_of(self.motion, *whole(piece_arrays(footage.offered or footage.pieces))))
        """Mean motion of all pieces, ascending: what counts as much motion depends on the footage."""

    def _peaks(self, footage: Footage) -> Floats:
        """How much each bin stands out as a peak of motion, 0..1: its height above both neighbours' surroundings."""
        motion = footage.motion
        padded = np.concatenate([motion[:1], motion, motion[-1:]]) if len(motion) else np.zeros(2)
        around = (padded[:-2] + padded[2:]) / 2
        is_peak = (motion >= padded[:-2]) & (motion >= padded[2:])
        rise = np.where(is_peak, motion - around, 0.0)
        top = float(np.percentile(rise[rise > 0], 90)) if np.any(rise > 1e-9) else 0.0
        return np.clip(rise / top, 0.0, 1.0) if top > 0 else np.zeros(len(motion))


def whole(pieces: PieceArrays) -> tuple[Ints, Floats, Floats]:
    """What mean_of takes, of whole pieces."""
    return pieces.first, pieces.start_s, pieces.end_s


def mean_of(sums: Floats, first: Ints, start_s: Floats, end_s: Floats) -> Floats:
    """Mean over windows from running sums. first: bins of the clips, of a shape that start_s and end_s go with."""
    total = between(sums, first + end_s / BIN_S) - between(sums, first + start_s / BIN_S)
    return total / np.maximum((end_s - start_s) / BIN_S, 1e-9)


def between(values: Floats, at: Floats) -> Floats:
    """Values at fractional indices, straight between neighbours, held at both ends."""
    last = len(values) - 1
    at = np.clip(at, 0.0, float(last))
    below = np.minimum(at.astype(np.int64), max(0, last - 1))
    low = values[below]
    found: Floats = low + (at - below) * (values[np.minimum(below + 1, last)] - low)
    return found


def score_beyond(sums: Sums, pieces: PieceArrays) -> Floats:
    """(pieces,) what the running sum `judged` has of a piece's own quality, which is no gain of a window."""
    return _WINDOW_SHARE * mean_of(sums.quality, *whole(pieces))

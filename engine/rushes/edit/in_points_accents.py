"""Where movement peaks in the footage, and which peaks fall on beats."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import polars as pl

from rushes.edit.problem import Floats, Ints

_Singles = npt.NDArray[np.float32]

_CELL_S = 0.05
_NEXT_01 = 0.95
_REACH_CELLS = 3
REACH_S = 0.15
"""A shot may be moved so far for its movement to fall on a beat."""
EXACT_FRAMES, LOST_FRAMES = 1.0, 3.0
"""A movement so near a beat is on it; one so far away is not."""


class Accents:
    """Peaks of movement of all clips on one line: seconds, ascending, and how strong each is in its clip, 0..1.

    For every 50 ms the accent near it is known, so that any number of in-points are looked up at once.
    """

    def __init__(self, at_s: Floats, strength_01: Floats, length_s: float) -> None:
        order = np.lexsort((strength_01, at_s))
        self.at_s = np.append(at_s[order], np.inf)
        """(accents + 1,) the last stands for none."""
        self.strength_01 = np.append(strength_01[order], 0.0)
        cells = int(np.ceil(length_s / _CELL_S)) + 2 * _REACH_CELLS + 2
        cell = np.floor(self.at_s[:-1] / _CELL_S).astype(np.int64)
        self._near = np.full(cells, len(cell), dtype=np.int32)
        self._soft = np.zeros(cells, dtype=np.float32)
        for step in sorted(range(-_REACH_CELLS, _REACH_CELLS + 1), key=lambda step: (-abs(step), step)):
            inside = (cell + step >= 0) & (cell + step < cells)
            which, at = np.flatnonzero(inside), (cell + step)[inside]
            self._near[at] = which
            away = np.abs((at + 0.5) * _CELL_S - self.at_s[which])
            closeness = 1.0 - np.maximum(away - _CELL_S / 2, 0.0) / REACH_S
            self._soft[at] = (self.strength_01[which] * np.clip(closeness, 0.0, 1.0)).astype(np.float32)

    def __len__(self) -> int:
        return len(self.at_s) - 1

    def near_01(self, line_s: Floats) -> _Singles:
        """How much of an accent is near each moment of the line, 0..1; 0 beyond REACH_S."""
        found: _Singles = self._soft[self._cells(line_s)]
        return found

    def nearest(self, line_s: Floats) -> Ints:
        """The accent near each moment; the last index of at_s where there is none."""
        found: Ints = self._near[self._cells(line_s)].astype(np.int64)
        return found

    def landing_01(self, which: Ints, line_s: Floats, frame_s: float) -> Floats:
        """How much of accents falls on these moments, 0..1: all of its strength to the frame, _NEXT_01 of it one frame off,
        none from LOST_FRAMES on."""
        away = np.abs(self.at_s[which] - line_s) / frame_s
        lands = np.interp(away, (0.0, EXACT_FRAMES, LOST_FRAMES), (1.0, _NEXT_01, 0.0))
        found: Floats = self.strength_01[which] * lands
        return found

    def _cells(self, line_s: Floats) -> Ints:
        at: Ints = np.clip((line_s / _CELL_S).astype(np.int64), 0, len(self._near) - 1)
        return at


def accents_of(accents: pl.DataFrame | None, first_s: Mapping[str, float], length_s: float) -> Accents | None:
    """None where nobody looked for movement. accents: clip, t_s, strength_01. first_s: where on the line each clip begins.
    length_s: of the line."""
    if accents is None:
        return None
    known = accents.filter(pl.col("clip").is_in(sorted(first_s)))
    begins = known["clip"].replace_strict(dict(first_s), return_dtype=pl.Float64).to_numpy()
    return Accents(begins + known["t_s"].to_numpy(), known["strength_01"].to_numpy(), length_s)


def accents_within(accents: Accents, start_s: Floats, end_s: Floats, most: int) -> tuple[Floats, Floats]:
    """(ranges, most) line seconds and strengths of the strongest accents of each range of the line; NaN and 0 for none."""
    times, strengths = np.full((len(start_s), most), np.nan), np.zeros((len(start_s), most))
    low = np.searchsorted(accents.at_s[:-1], start_s, side="left").tolist()
    high = np.searchsorted(accents.at_s[:-1], end_s, side="left").tolist()
    for row, (a, b) in enumerate(zip(low, high, strict=True)):
        best = np.argsort(-accents.strength_01[a:b], kind="stable")[:most] + a
        times[row, : len(best)] = accents.at_s[best]
        strengths[row, : len(best)] = accents.strength_01[best]
    return times, strengths

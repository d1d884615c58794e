"""Somebody is followed by what moves, from the picture in which they were found: people are looked for seldom, motion often."""

from __future__ import annotations

from bisect import bisect_left, bisect_right

import numpy as np
from numpy.typing import NDArray

from rushes.analyze.spec import TablesByAnalyzer

Box = tuple[float, float, float, float]
"""left, top, width, height as shares of the picture."""

_REACH = 0.5
"""From one sample to the next somebody moves by no more than so much of their width."""
_MOVING_01 = 0.12
"""Mean motion in reach of somebody below which they stand still."""
_SHIFT = 0.8
"""So much of the way to the middle of the motion is gone: an arm that moves is not the whole of somebody."""


class Motion:
    """Where a clip moves on its own, by time."""

    def __init__(self, tables: TablesByAnalyzer) -> None:
        grids = tables["detail"]["grids"].sort("t_s", "pts")
        self._times_s: list[float] = grids["t_s"].to_list()
        self._grids: list[NDArray[np.uint8]] = [
            np.frombuffer(motion, np.uint8).reshape(rows, columns)
            for motion, rows, columns in grids.select("motion", "rows_n", "columns_n").rows()
        ]

    def followed(self, box: Box, from_s: float, to_s: float) -> Box:
        """Where a box at one moment is at another, before it or after it, moved across the picture (a mean shift, as
        Comaniciu and Meer track with, PAMI 24(5), 2002). Both moments lie in one shot."""
        if to_s >= from_s:
            steps = range(bisect_right(self._times_s, from_s), bisect_right(self._times_s, to_s))
        else:
            steps = range(bisect_left(self._times_s, from_s) - 1, bisect_left(self._times_s, to_s) - 1, -1)
        for step in steps:
            box = _moved(box, self._grids[step])
        return box


def _moved(box: Box, motion: NDArray[np.uint8]) -> Box:
    left, top, width, height = box
    rows, columns = motion.shape
    first, last = left - _REACH * width, left + (1 + _REACH) * width
    across = (np.arange(columns) + 0.5) / columns
    near = (across >= first) & (across <= last)
    down = slice(max(0, int(top * rows)), max(1, int(np.ceil((top + height) * rows))))
    seen = motion[down][:, near].astype(float).mean(axis=0) / 255 if near.any() else np.zeros(0)
    # What is outside the picture does not move, though somebody who goes there does.
    if not seen.size or float(seen.sum()) / (columns * width) < _MOVING_01:
        return box
    shift = float(seen @ across[near]) / float(seen.sum()) - (left + width / 2)
    return left + _SHIFT * shift, top, width, height

"""Moments of a clip between which no cut lies: what was seen in one shot says nothing of the next."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from rushes.analyze.spec import TablesByAnalyzer


class ShotTimes:
    """The cuts of a clip; none where `shots` is not switched on."""

    def __init__(self, tables: TablesByAnalyzer) -> None:
        self._cuts_s: list[float] = (
            tables["shots"]["cuts"]["t_s"].sort().to_list() if "shots" in tables else []
        )

    def same_shot(self, one_s: float, other_s: float) -> bool:
        """Whether no cut lies between two moments; a cut is the first moment of its shot."""
        return bisect_right(self._cuts_s, one_s) == bisect_right(self._cuts_s, other_s)

    def nearest(self, times_s: Sequence[float], t_s: float, within_s: float) -> int | None:
        """Index of the time nearest to t_s in its shot, of two the earlier; None where none is within reach.

        times_s: sorted.
        """
        after = bisect_left(times_s, t_s)
        near = [
            row
            for row in (after - 1, after)
            if 0 <= row < len(times_s)
            and abs(times_s[row] - t_s) <= within_s
            and self.same_shot(times_s[row], t_s)
        ]
        return min(near, key=lambda row: (abs(times_s[row] - t_s), row)) if near else None

    def around(self, times_s: Sequence[float], t_s: float, within_s: float) -> list[int]:
        """Indices of all times within reach of t_s in its shot. times_s: sorted."""
        first, last = bisect_left(times_s, t_s - within_s), bisect_right(times_s, t_s + within_s)
        return [row for row in range(first, last) if self.same_shot(times_s[row], t_s)]

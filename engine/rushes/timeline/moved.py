"""Which shots changed places, where others only made way for them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from rushes.timeline.match import Pair


def moved_pairs(pairs: Sequence[Pair]) -> frozenset[Pair]:
    """Pairs out of order: those outside the longest ascending run of places, of several the one whose clips are least far
    from where they were."""
    both = [(pair.a, pair.b, pair) for pair in pairs if pair.a is not None and pair.b is not None]
    ends = _BestEnds(max((a for a, _, _ in both), default=0))
    runs: list[_Run] = []
    for at, (a, b, _) in enumerate(both):
        before = ends.below(a)
        runs.append(_Run(before.length + 1, before.nearness - abs(a - b), -at, before.end))
        ends.add(a, runs[-1])
    run = max(runs, default=_NO_RUN)
    stays: set[Pair] = set()
    while run.end is not None:
        stays.add(both[-run.end][2])
        run = _NO_RUN if run.came is None else runs[-run.came]
    return frozenset(pair for _, _, pair in both) - stays


class _Run(NamedTuple):
    """An ascending run of places. Of two the greater is the longer, nearer one, then the one that ends earlier. end, came: the
    last pair and the one before it, counted down from 0."""

    length: int
    nearness: int
    end: int | None
    came: int | None


_NO_RUN = _Run(0, 0, None, None)


class _BestEnds:
    """The best run among those that end below a place, found in as many steps as the number of places has digits.

    After P. M. Fenwick, "A new data structure for cumulative frequency tables" (1994), with the greatest in place of the sum.
    """

    def __init__(self, last: int) -> None:
        self._best = [_NO_RUN] * (last + 2)

    def below(self, place: int) -> _Run:
        found = _NO_RUN
        while place > 0:
            found = max(found, self._best[place])
            place &= place - 1
        return found

    def add(self, place: int, run: _Run) -> None:
        at = place + 1
        while at < len(self._best):
            self._best[at] = max(self._best[at], run)
            at += at & -at

"""Which column each row takes, each column once, at the lowest cost.

Shortest augmenting paths with potentials, a row at a time, after Crouse, "On implementing 2D rectangular assignment
algorithms" (IEEE Transactions on Aerospace and Electronic Systems 52, 2016), which scipy.optimize.linear_sum_assignment
follows too: the same steps in the same order, so that the answer is the same to the last tie. That one is faster for
large tables, but to load it takes a third of a second, more than most edits need to be chosen.
"""

from __future__ import annotations

import sys

import numpy as np
from numpy.typing import NDArray

_LARGE = 200
"""Rows from which on it pays to load scipy for it."""

Costs = NDArray[np.float64]
Ints = NDArray[np.intp]


def cheapest_assignment(cost: Costs) -> tuple[Ints, Ints]:
    """Rows and columns of the cheapest assignment of a table of finite costs; as many as the shorter side has.

    Rows rise. Of several equally cheap assignments it is the one that scipy gives.
    """
    if min(cost.shape) >= _LARGE or "scipy.optimize" in sys.modules:
        from scipy.optimize import linear_sum_assignment

        rows, columns = linear_sum_assignment(cost)
        return rows, columns
    return assigned(cost)


def assigned(cost: Costs) -> tuple[Ints, Ints]:
    """The same without scipy."""
    if cost.shape[0] > cost.shape[1]:
        columns, rows = assigned(np.ascontiguousarray(cost.T))
        order = np.argsort(rows)
        return rows[order], columns[order]
    taken = _Taken(cost)
    for row in range(cost.shape[0]):
        taken.add(row)
    return np.arange(cost.shape[0]), taken.column_of


class _Taken:
    """The rows assigned so far, with the potentials that make every step of a path cost nothing or more."""

    def __init__(self, cost: Costs) -> None:
        rows, columns = cost.shape
        self._cost = cost
        self._row_potential = np.zeros(rows)
        self._column_potential = np.zeros(columns)
        self._row_of = np.full(columns, -1)
        self.column_of: Ints = np.full(rows, -1)

    def add(self, row: int) -> None:
        """Assign one more row; others change columns where that is cheaper."""
        reached, before, done, end, length = self._path(row)
        seen = self._row_of[done]
        self._row_potential[row] += length
        others = seen[seen >= 0]
        self._row_potential[others] += length - reached[self.column_of[others]]
        self._column_potential[done] -= length - reached[done]
        column = end
        while True:
            at = int(before[column])
            self._row_of[column] = at
            self.column_of[at], column = column, int(self.column_of[at])
            if at == row:
                return

    def _path(self, start: int) -> tuple[Costs, Ints, list[int], int, float]:
        """The shortest way from a row to a free column: how far each column is, from which row, which were settled, the
        column at its end, and its length."""
        columns = self._cost.shape[1]
        reached = np.full(columns, np.inf)
        before = np.full(columns, -1)
        # Scipy's order, with the hole of a settled column filled by the last one: it decides ties.
        left = np.arange(columns)[::-1].copy()
        done: list[int] = []
        row, length = start, 0.0
        while True:
            way = length + self._cost[row, left] - self._row_potential[row] - self._column_potential[left]
            nearer = left[way < reached[left]]
            reached[left] = np.minimum(reached[left], way)
            before[nearer] = row
            at = self._nearest(reached[left], left)
            column = int(left[at])
            length = float(reached[column])
            done.append(column)
            if self._row_of[column] < 0:
                return reached, before, done, column, length
            row = int(self._row_of[column])
            left[at] = left[-1]
            left = left[:-1]

    def _nearest(self, distances: Costs, left: Ints) -> int:
        """Where the nearest column stands; of equally near ones the last free one, or the first where none is free."""
        nearest = np.flatnonzero(distances == distances.min())
        free = nearest[self._row_of[left[nearest]] < 0]
        return int(free[-1] if len(free) else nearest[0])

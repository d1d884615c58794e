"""Linear constraints for scipy's solver, collected one after the other."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, cast

import numpy as np

from rushes.edit.problem import Floats, Ints


@dataclass(slots=True, eq=False)
class Lines:
    """Constraints as triplets (row, column, factor) with the bounds of each row."""

    count: int = 0
    row: list[Ints] = field(default_factory=list[Ints])
    column: list[Ints] = field(default_factory=list[Ints])
    factor: list[Floats] = field(default_factory=list[Floats])
    low: list[Floats] = field(default_factory=list[Floats])
    high: list[Floats] = field(default_factory=list[Floats])

    def add(self, group: Ints, column: Ints, factor: Floats, low: Floats, high: Floats) -> None:
        """One constraint for every number in `group` (0, 1, ...; len(low) of them)."""
        self.row.append(group + self.count)
        self.column.append(column)
        self.factor.append(factor)
        self.low.append(low)
        self.high.append(high)
        self.count += len(low)

    def one(self, column: Ints, factor: Floats, low: float, high: float) -> None:
        """One constraint."""
        zeros = np.zeros(len(column), dtype=np.int64)
        self.add(zeros, column, factor, np.array([low]), np.array([high]))

    def bounded(self, column: Ints, factor: Floats, low: float, high: float) -> None:
        """One constraint between bounds that rounding may not break."""
        held = factor != 0
        slack = 1e-9 * (1.0 + float(np.abs(factor).max(initial=0.0)))
        self.one(column[held], factor[held], low - slack, high + slack)

    def matrix(self, columns: int) -> Any:
        """The constraints as scipy's milp takes them."""
        from scipy.optimize import LinearConstraint
        from scipy.sparse import coo_matrix

        triplets = (np.concatenate(self.factor), (np.concatenate(self.row), np.concatenate(self.column)))
        matrix = coo_matrix(triplets, shape=(self.count, columns)).tocsr()
        low, high = np.concatenate(self.low), np.concatenate(self.high)
        return LinearConstraint(matrix, cast(Any, low), cast(Any, high))

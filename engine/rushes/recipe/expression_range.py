"""What can be said of a value before any data is there: its type, its unit, and the bounds it keeps to."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from rushes.recipe.expression_tree import ColumnFacts, ValueType

_BOUNDS_OF_UNIT = {"01": (0.0, 1.0), "percent": (0.0, 100.0)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What is known of one node of a tree.

    type: None where a fault has been reported already. unit: None where any unit fits (a bare number, a product).
    low, high: bounds of a number, as its unit promises. holds: whether a condition always (True) or never (False)
    holds where nothing is missing; None when that depends on the data.
    """

    type: ValueType | None
    unit: str | None = None
    low: float = -math.inf
    high: float = math.inf
    choices: tuple[str, ...] = ()
    holds: bool | None = None


UNKNOWN = Finding(type=None)
NUMBER = Finding(type="number")
BOOL = Finding(type="bool")
TEXT = Finding(type="text")


def finding_of_column(facts: ColumnFacts) -> Finding:
    """What a column's declaration promises; a threshold is a known number. Of a list nothing can be said."""
    if facts.value is not None:
        return Finding(type="number", unit=facts.unit or None, low=facts.value, high=facts.value)
    if facts.type == "list":
        return UNKNOWN
    low, high = _BOUNDS_OF_UNIT.get(facts.unit, (-math.inf, math.inf))
    return Finding(type=facts.type, unit=facts.unit or None, low=low, high=high, choices=facts.choices)


def either(parts: Iterable[Finding]) -> Finding:
    """A value that is one of several of the same type."""
    found = list(parts)
    holds = {part.holds for part in found}
    return Finding(
        type=found[0].type,
        unit=shared_unit(found),
        low=min(part.low for part in found),
        high=max(part.high for part in found),
        holds=holds.pop() if len(holds) == 1 else None,
    )


def shared_unit(parts: Iterable[Finding]) -> str | None:
    """The one unit of all parts that have one, else None."""
    units = {part.unit for part in parts if part.unit}
    return units.pop() if len(units) == 1 else None


def arithmetic(operator: str, left: Finding, right: Finding) -> Finding:
    """Unit and bounds of `left operator right`. A sum of two 0..1 values is no 0..1 value, but keeps its bounds."""
    match operator:
        case "+":
            low, high = left.low + right.low, left.high + right.high
        case "-":
            low, high = left.low - right.high, left.high - right.low
        case "*":
            low, high = _product_bounds(left, right)
        case _:
            low, high = -math.inf, math.inf
    unit = _arithmetic_unit(operator, left.unit, right.unit)
    if unit in _BOUNDS_OF_UNIT and not (_BOUNDS_OF_UNIT[unit][0] <= low and high <= _BOUNDS_OF_UNIT[unit][1]):
        unit = None
    if math.isnan(low) or math.isnan(high):
        low, high = -math.inf, math.inf
    return Finding(type="number", unit=unit, low=low, high=high)


def negated(part: Finding) -> Finding:
    """Unit and bounds of `-part`."""
    unit = None if part.unit in _BOUNDS_OF_UNIT else part.unit
    return Finding(type="number", unit=unit, low=-part.high, high=-part.low)


def compared(operator: str, left: Finding, right: Finding) -> bool | None:
    """Whether `left operator right` always or never holds, by the bounds alone."""
    match operator:
        case "<":
            return _is_below(left, right)
        case ">":
            return _is_below(right, left)
        case "<=":
            return _not(_is_below(right, left))
        case ">=":
            return _not(_is_below(left, right))
        case "==":
            return _is_equal(left, right)
        case _:
            return _not(_is_equal(left, right))


def both_hold(left: bool | None, right: bool | None) -> bool | None:
    """`and` of what is known of two conditions."""
    if left is False or right is False:
        return False
    return True if left and right else None


def one_holds(left: bool | None, right: bool | None) -> bool | None:
    """`or` of what is known of two conditions."""
    return _not(both_hold(_not(left), _not(right)))


def _not(holds: bool | None) -> bool | None:
    return None if holds is None else not holds


def _is_below(left: Finding, right: Finding) -> bool | None:
    if left.high < right.low:
        return True
    return False if left.low >= right.high else None


def _is_equal(left: Finding, right: Finding) -> bool | None:
    if left.high < right.low or right.high < left.low:
        return False
    known = left.low == left.high == right.low == right.high
    return True if known else None


def _product_bounds(left: Finding, right: Finding) -> tuple[float, float]:
    corners = [a * b for a in (left.low, left.high) for b in (right.low, right.high)]
    if any(math.isnan(corner) for corner in corners):
        return -math.inf, math.inf
    return min(corners), max(corners)


def _arithmetic_unit(operator: str, left: str | None, right: str | None) -> str | None:
    if operator in ("+", "-", "%"):
        return left if left == right else left or right
    if operator == "*":
        if left == "01" or right == "01":
            return right if left == "01" else left
        return None if left and right else left or right
    return left if right is None else None

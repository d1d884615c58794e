"""The value of an expression that needs no data: what a rule without columns always says."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from rushes.recipe.expression_tree import (
    Binary,
    Call,
    Expression,
    Name,
    Number,
    Text,
    Truth,
    Unary,
    Value,
)


def constant_value(tree: Expression, constants: Mapping[str, Value]) -> Value | None:
    """The value where it follows from literals and `constants` alone; None where it needs data or is missing.

    `false and x` is false and `true or x` is true, whatever x is. The tree must be free of faults.
    """
    match tree:
        case Number() | Text() | Truth():
            return tree.value
        case Name():
            return constants.get(tree.name)
        case Unary():
            return _unary(tree.operator, constant_value(tree.operand, constants))
        case Binary():
            left = constant_value(tree.left, constants)
            return _binary(tree.operator, left, constant_value(tree.right, constants))
        case Call():
            return _call(tree, [constant_value(part, constants) for part in tree.arguments])


def _unary(operator: str, value: Value | None) -> Value | None:
    if value is None:
        return None
    return not value if operator == "not" else -_number(value)


def _binary(operator: str, left: Value | None, right: Value | None) -> Value | None:
    if operator == "and":
        return False if left is False or right is False else _if_known(left, right, lambda: True)
    if operator == "or":
        return True if left is True or right is True else _if_known(left, right, lambda: False)
    if left is None or right is None:
        return None
    if operator == "==":
        return left == right
    if operator == "!=":
        return left != right
    return _ordered(operator, _number(left), _number(right))


def _if_known(left: Value | None, right: Value | None, value: Callable[[], Value]) -> Value | None:
    return None if left is None or right is None else value()


def _ordered(operator: str, left: float, right: float) -> Value | None:
    match operator:
        case "<":
            return left < right
        case "<=":
            return left <= right
        case ">":
            return left > right
        case ">=":
            return left >= right
        case "+":
            return _finite(lambda: left + right)
        case "-":
            return _finite(lambda: left - right)
        case "*":
            return _finite(lambda: left * right)
        case "/":
            return _finite(lambda: left / right)
        case _:
            # As polars computes it; Python's own % gives other last digits.
            return _finite(lambda: left - right * math.floor(left / right))


def _call(tree: Call, values: list[Value | None]) -> Value | None:
    name = tree.function
    if name == "if_else" and values[0] is not None:
        return values[1] if values[0] else values[2]
    if name == "is_missing":
        return None if values[0] is None else False
    if name == "coalesce":
        return values[0]
    if name == "between":
        above, below = _binary(">=", values[0], values[1]), _binary("<=", values[0], values[2])
        return _binary("and", above, below)
    if name == "one_of":
        return _one_of(values)
    if name not in _SCALAR or None in values:
        return None
    known = [_number(value) for value in values if value is not None]
    return _finite(lambda: _SCALAR[name](*known))


def _one_of(values: list[Value | None]) -> Value | None:
    if values[0] is None:
        return None
    if values[0] in values[1:]:
        return True
    return None if None in values else False


def _round(value: float, digits: float = 0.0) -> float:
    scale = math.pow(10.0, digits)
    return math.floor(value * scale + 0.5) / scale


_SCALAR: Mapping[str, Callable[..., float]] = {
    "min": lambda *values: min(values),
    "max": lambda *values: max(values),
    "clip": lambda x, low, high: max(low, min(x, high)),
    "abs": math.fabs,
    "sqrt": math.sqrt,
    "exp": math.exp,
    "log": math.log,
    "floor": math.floor,
    "ceil": math.ceil,
    "round": _round,
}


def _finite(compute: Callable[[], float]) -> float | None:
    """What cannot be computed (division by zero, a root of -1, overflow) is missing, as in frames."""
    try:
        value = float(compute())
    except (ArithmeticError, ValueError):
        return None
    return value if math.isfinite(value) else None


def _number(value: Value) -> float:
    return float(value)

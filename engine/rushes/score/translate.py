"""Expression trees to polars.

Missing values propagate through arithmetic, comparison, `min`, `max`, `clip` and `if_else`; `and`, `or` and `between` are
Kleene's (`false and missing` is false). What has no finite result (division by zero, log(0), overflow) is missing: no
expression ever gives NaN or infinity.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import reduce

import polars as pl

from rushes.recipe.expression import Expression
from rushes.recipe.expression_tree import Binary, Call, Name, Number, Text, Truth, Unary

_RESULT = "\x00result"
_NOT_FINITE = [math.inf, -math.inf, math.nan]


@dataclass(frozen=True, slots=True)
class Translation:
    """Steps: helper columns to add one after the other, because a part is used twice or looks over rows."""

    steps: tuple[tuple[str, pl.Expr], ...]
    value: pl.Expr

    def on(self, frame: pl.DataFrame) -> pl.Series:
        """The value for every row of a frame, in its order."""
        for name, step in self.steps:
            # Sums run chunk by chunk, and a join leaves as many chunks as there are threads.
            frame = frame.rechunk().with_columns(step.alias(name))
        return frame.with_columns(self.value.alias(_RESULT)).get_column(_RESULT)


def translate(tree: Expression, constants: Mapping[str, float]) -> Translation:
    """Translate a tree without faults. Names found in `constants` are numbers, all others columns.

    Number columns must be Float64, conditions Boolean, texts String; the result is of the same three types.
    """
    translator = _Translator(constants)
    value = translator.see(tree)
    return Translation(tuple(translator.steps), value)


class _Translator:
    def __init__(self, constants: Mapping[str, float]) -> None:
        self._constants = constants
        self.steps: list[tuple[str, pl.Expr]] = []

    def see(self, tree: Expression) -> pl.Expr:
        match tree:
            case Number():
                return _number(tree.value)
            case Text():
                return pl.lit(tree.value, pl.String)
            case Truth():
                return pl.lit(tree.value, pl.Boolean)
            case Name():
                known = self._constants.get(tree.name)
                return pl.col(tree.name) if known is None else _number(known)
            case Unary():
                operand = self.see(tree.operand)
                return ~operand if tree.operator == "not" else -operand
            case Binary():
                return _OPERATORS[tree.operator](self.see(tree.left), self.see(tree.right))
            case Call():
                return self._call(tree)

    def _step(self, part: pl.Expr) -> pl.Expr:
        """A helper column. Expressions are trees: without one, a part that is used twice is copied at every level."""
        name = f"\x00{len(self.steps)}"
        self.steps.append((name, part))
        return pl.col(name)

    def _call(self, tree: Call) -> pl.Expr:
        name = tree.function
        if name in _OVER_ROWS:
            parts = [self._step(self.see(part)) for part in tree.arguments]
            return self._step(_over_rows(name, parts[0], parts[1] if len(parts) > 1 else None))
        parts = [self.see(part) for part in tree.arguments]
        if name in _STEPPED:
            return _STEPPED[name]([self._step(part) for part in parts])
        return _PLAIN[name](parts)


def _number(value: float) -> pl.Expr:
    return pl.lit(value, pl.Float64)


def _finite(value: pl.Expr) -> pl.Expr:
    return value.replace(_NOT_FINITE, [None, None, None])


_OPERATORS: Mapping[str, Callable[[pl.Expr, pl.Expr], pl.Expr]] = {
    "+": lambda a, b: _finite(a + b),
    "-": lambda a, b: _finite(a - b),
    "*": lambda a, b: _finite(a * b),
    "/": lambda a, b: _finite(a / b),
    "%": lambda a, b: _finite(a % b),
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "and": lambda a, b: a & b,
    "or": lambda a, b: a | b,
}


def _round(parts: list[pl.Expr]) -> pl.Expr:
    scale = pl.lit(10.0) ** parts[1] if len(parts) > 1 else _number(1.0)
    return _finite((parts[0] * scale + 0.5).floor() / scale)


_PLAIN: Mapping[str, Callable[[list[pl.Expr]], pl.Expr]] = {
    "abs": lambda parts: parts[0].abs(),
    "sqrt": lambda parts: _finite(parts[0].sqrt()),
    "exp": lambda parts: _finite(parts[0].exp()),
    "log": lambda parts: _finite(parts[0].log()),
    "floor": lambda parts: parts[0].floor(),
    "ceil": lambda parts: parts[0].ceil(),
    "round": _round,
    "coalesce": pl.coalesce,
    "is_missing": lambda parts: parts[0].is_null(),
    "between": lambda parts: parts[0].is_between(parts[1], parts[2]),
}


def _unless_missing(parts: list[pl.Expr], value: pl.Expr) -> pl.Expr:
    """polars' horizontal minimum skips nulls; a value made of a missing one is missing."""
    return pl.when(pl.all_horizontal([part.is_not_null() for part in parts])).then(value)


def _one_of(parts: list[pl.Expr]) -> pl.Expr:
    return reduce(lambda a, b: a | b, [parts[0] == part for part in parts[1:]])


_STEPPED: Mapping[str, Callable[[list[pl.Expr]], pl.Expr]] = {
    "min": lambda parts: _unless_missing(parts, pl.min_horizontal(parts)),
    "max": lambda parts: _unless_missing(parts, pl.max_horizontal(parts)),
    "clip": lambda parts: _unless_missing(
        parts, pl.max_horizontal(parts[1], pl.min_horizontal(parts[0], parts[2]))
    ),
    "if_else": lambda parts: pl.when(parts[0]).then(parts[1]).when(~parts[0]).then(parts[2]),
    "one_of": _one_of,
}


def _zscore(x: pl.Expr, over: Callable[[pl.Expr], pl.Expr]) -> pl.Expr:
    # Rounding gives equal values a tiny deviation, which would blow them up to whole ones.
    is_flat = over(x.min()) == over(x.max())
    score = (x - over(x.mean())) / over(x.std(ddof=0))
    return pl.when(x.is_not_null()).then(pl.when(is_flat).then(0.0).otherwise(_finite(score)))


def _rank_01(x: pl.Expr, over: Callable[[pl.Expr], pl.Expr]) -> pl.Expr:
    others = over(x.count()) - 1
    place = (over(x.rank("average")) - 1) / others
    return pl.when(x.is_not_null()).then(pl.when(others == 0).then(0.5).otherwise(place))


_OVER_ROWS: Mapping[str, Callable[[pl.Expr, Callable[[pl.Expr], pl.Expr]], pl.Expr]] = {
    "zscore": _zscore,
    "rank_01": _rank_01,
    "mean_over": lambda x, over: _finite(over(x.mean())),
    "min_over": lambda x, over: over(x.min()),
    "max_over": lambda x, over: over(x.max()),
    "share_of": lambda x, over: over(x.cast(pl.Float64).mean()),
}


def _over_rows(name: str, x: pl.Expr, group: pl.Expr | None) -> pl.Expr:
    if group is None:
        return _OVER_ROWS[name](x, lambda value: value)
    return pl.when(group.is_not_null()).then(_OVER_ROWS[name](x, lambda value: value.over(group)))

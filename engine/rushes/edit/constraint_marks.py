"""What the constraints of a recipe ask of footage: expressions read and computed for every segment.

A *mark* is a value that a constraint reads of a segment, such as whether a condition holds of it. Segments that are joined
to one piece have equal marks, so that a constraint is as true of every shot from a piece as of its segments.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from rushes.edit.looks import look_groups
from rushes.errors import ConstraintError, Problem
from rushes.recipe.constraint_spec import BEFORE, PLACE_COLUMNS, ConstraintSpec
from rushes.recipe.expression import Expression, ExpressionFault, names_in, parse_expression
from rushes.recipe.expression_split import Split, split
from rushes.recipe.expression_tree import Binary, Call, Name, Unary
from rushes.recipe.spec import EditSpec
from rushes.score.translate import translate

PREFIX = "mark "
"""Of columns that hold marks; no recipe can name such a column."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One expression of a constraint. key: the recipe's key, of order with the rank of the condition: `order.0`."""

    constraint: str
    key: str
    split: Split

    def own(self) -> list[str]:
        """Columns with the marks of what it reads of the shot itself."""
        return [f"{PREFIX}{self.constraint} {self.key} own.{at}" for at in range(len(self.split.own))]

    def before(self) -> list[str]:
        """Columns with the marks of what `neighbours` reads of the shot before."""
        if self.key != "neighbours":
            return []
        return [f"{PREFIX}{self.constraint} {self.key} other.{at}" for at in range(len(self.split.other))]


def look_mark(spec: ConstraintSpec) -> str:
    """Column with the number of the group of look-alikes."""
    return f"{PREFIX}{spec.name} look"


def readings(edit: EditSpec) -> dict[tuple[str, str], Reading]:
    """Every expression of the constraints by (constraint, key). Raises ConstraintError for one that cannot be read."""
    return {
        (spec.name, key): _reading(spec, key, text)
        for spec in edit.constraints
        for key, text in spec.expressions.items()
    }


def _reading(spec: ConstraintSpec, key: str, text: str) -> Reading:
    try:
        tree = parse_expression(text)
    except ExpressionFault as fault:
        raise ConstraintError(
            Problem(None, f"{spec.rule}: {fault.what}", fault.fix, path=spec.rule)
        ) from fault
    pairs = key == "neighbours"
    return Reading(
        spec.name, key, split(tree, lambda name: name.startswith(BEFORE) if pairs else name in PLACE_COLUMNS)
    )


def marked(
    segments: pl.DataFrame, edit: EditSpec, thresholds: Mapping[str, float]
) -> tuple[pl.DataFrame, dict[str, pl.DataType]]:
    """The segments with a column for every mark, and the names and types of these columns.

    Raises ConstraintError where a constraint names a column that the segments have not.
    """
    columns: list[pl.Series] = []
    for reading in readings(edit).values():
        parts = dict(zip(reading.own(), reading.split.own, strict=True))
        if reading.key == "neighbours":
            others = map(_of_the_shot, reading.split.other)
            parts |= dict(zip(reading.before(), others, strict=True))
        columns += [
            _computed(segments, reading, tree, thresholds).alias(name) for name, tree in parts.items()
        ]
    columns += [
        look_groups(segments, spec.likeness_01).alias(look_mark(spec))
        for spec in edit.constraints
        if spec.distinct is not None
    ]
    return segments.with_columns(columns), {column.name: column.dtype for column in columns}


def _computed(
    segments: pl.DataFrame, reading: Reading, tree: Expression, thresholds: Mapping[str, float]
) -> pl.Series:
    for name, _ in names_in(tree):
        if name not in segments.columns and name not in thresholds:
            rule = f"edit.constraints.{reading.constraint}"
            fix = "name a column of the footage, or switch on the analyzer that writes it"
            raise ConstraintError(Problem(None, f"{rule}: nothing is known as {name}", fix, path=rule))
    found = translate(tree, thresholds).on(segments)
    return found.cast(pl.Float64) if found.dtype.is_numeric() or found.dtype == pl.Null else found


def _of_the_shot(tree: Expression) -> Expression:
    """The same expression over the columns of the shot itself."""
    match tree:
        case Name():
            return Name(tree.name.removeprefix(BEFORE), tree.offset)
        case Unary():
            return Unary(tree.operator, _of_the_shot(tree.operand), tree.offset)
        case Binary():
            return Binary(tree.operator, _of_the_shot(tree.left), _of_the_shot(tree.right), tree.offset)
        case Call():
            return Call(tree.function, tuple(map(_of_the_shot, tree.arguments)), tree.offset)
        case _:
            return tree


def holds(whole: Expression, columns: pl.DataFrame, thresholds: Mapping[str, float]) -> pl.Series:
    """Row by row, whether the combined expression of a split holds; what is not known does not hold.

    columns: the values of its parts by name.
    """
    return translate(whole, thresholds).on(columns).fill_null(value=False)

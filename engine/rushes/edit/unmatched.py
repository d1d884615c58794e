"""Conditions of constraints that no take satisfies: what a slip of the pen in a value looks like."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from rushes.recipe.constraint_spec import BEFORE, PLACE_COLUMNS, ConstraintSpec
from rushes.recipe.expression import Expression, names_in, parse_expression
from rushes.recipe.expression_tree import Binary, Name, Text, children
from rushes.recipe.listed import listed
from rushes.recipe.names import near_name
from rushes.score.translate import translate

_SHOWN = 6


@dataclass(frozen=True, slots=True)
class Miss:
    """A condition that holds for no usable segment. what: with the values that there are. fix: the name or value that was
    meant; "": none is like it. is_slip: it names a clip or a value that is not there, though one is like it."""

    path: str
    what: str
    fix: str = ""
    is_slip: bool = False


def unmatched(
    constraints: Sequence[ConstraintSpec], segments: pl.DataFrame, thresholds: Mapping[str, float]
) -> Iterator[Miss]:
    """Every condition on footage alone that holds for no usable segment.

    segments: with the columns that the constraints name.
    """
    usable = segments.filter(~pl.col("rejected"))
    for spec in constraints:
        for text in dict.fromkeys(spec.expressions.values()):
            tree = parse_expression(text)
            if (
                len(usable)
                and _is_of_footage(tree, usable, thresholds)
                and not _ever(tree, usable, thresholds)
            ):
                yield _miss(spec.rule, text, list(_unknown(tree, usable)))


def _miss(path: str, text: str, unknown: Sequence[_Unknown]) -> Miss:
    said = "".join(f"; {one.hint}" for one in unknown)
    fixes = [f"write {one.meant!r} for {one.value!r}" for one in unknown if one.meant is not None]
    is_slip = bool(fixes) or any(one.column == "clip" for one in unknown)
    return Miss(path, f"no take that may be used has {text}{said}", ", ".join(fixes), is_slip)


def _is_of_footage(tree: Expression, segments: pl.DataFrame, thresholds: Mapping[str, float]) -> bool:
    names = {name for name, _ in names_in(tree)}
    if any(name in PLACE_COLUMNS or name.startswith(BEFORE) for name in names):
        return False
    return not isinstance(tree, Name) and bool(names) and names <= {*segments.columns, *thresholds}


def _ever(tree: Expression, segments: pl.DataFrame, thresholds: Mapping[str, float]) -> bool:
    found = translate(tree, thresholds).on(segments)
    return found.dtype != pl.Boolean or bool(found.any())


@dataclass(frozen=True, slots=True)
class _Unknown:
    """A text that a column is compared with and never has. meant: the value that is like it."""

    column: str
    value: str
    meant: str | None
    known: tuple[str, ...]

    @property
    def hint(self) -> str:
        """The values that the column has."""
        values = listed(self.known, _SHOWN) if self.known else "none is known"
        did = f"did you mean {self.meant!r}? " if self.meant is not None else ""
        return f"{did}values of {self.column}: {values}"


def _unknown(tree: Expression, segments: pl.DataFrame) -> Iterator[_Unknown]:
    for name, value in dict.fromkeys(_compared(tree)):
        known = tuple(sorted(set(segments.get_column(name).drop_nulls().to_list())))
        if value not in known:
            inside = next((one for one in known if one.endswith(f"/{value}")), None)
            yield _Unknown(name, value, inside or near_name(value, known), known)


def _compared(tree: Expression) -> Iterator[tuple[str, str]]:
    """Columns with the texts that they are to be equal to."""
    if isinstance(tree, Binary) and tree.operator == "==":
        for one, other in ((tree.left, tree.right), (tree.right, tree.left)):
            if isinstance(one, Name) and isinstance(other, Text):
                yield one.name, other.value
    for part in children(tree):
        yield from _compared(part)

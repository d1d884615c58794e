"""Conditions of constraints that no take satisfies: what a slip of the pen in a value looks like."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import polars as pl

from rushes.recipe.constraint_spec import BEFORE, PLACE_COLUMNS, ConstraintSpec
from rushes.recipe.expression import Expression, names_in, parse_expression
from rushes.recipe.expression_tree import Binary, Name, Text, children
from rushes.recipe.names import near_name
from rushes.score.translate import translate

_SHOWN = 6


def unmatched(
    constraints: Sequence[ConstraintSpec], segments: pl.DataFrame, thresholds: Mapping[str, float]
) -> Iterator[tuple[str, str]]:
    """(path of a constraint, what is wrong) for every condition on footage alone that holds for no usable segment.

    segments: with the columns that the constraints name. Hints name the values that there are.
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
                yield spec.rule, f"no take that may be used has {text}{_hint(tree, usable)}"


def _is_of_footage(tree: Expression, segments: pl.DataFrame, thresholds: Mapping[str, float]) -> bool:
    names = {name for name, _ in names_in(tree)}
    if any(name in PLACE_COLUMNS or name.startswith(BEFORE) for name in names):
        return False
    return not isinstance(tree, Name) and bool(names) and names <= {*segments.columns, *thresholds}


def _ever(tree: Expression, segments: pl.DataFrame, thresholds: Mapping[str, float]) -> bool:
    found = translate(tree, thresholds).on(segments)
    return found.dtype != pl.Boolean or bool(found.any())


def _hint(tree: Expression, segments: pl.DataFrame) -> str:
    """The values that columns have which are compared with others."""
    said: list[str] = []
    for name, value in _compared(tree):
        known = sorted(set(segments.get_column(name).drop_nulls().to_list()))
        if value in known:
            continue
        meant = next((one for one in known if one.endswith(f"/{value}")), None) or near_name(value, known)
        more = f" and {len(known) - _SHOWN} more" if len(known) > _SHOWN else ""
        values = ", ".join(known[:_SHOWN]) + more if known else "none is known"
        did = f"did you mean {meant!r}? " if meant is not None else ""
        said.append(f"{did}values of {name}: {values}")
    return "".join(f"; {one}" for one in dict.fromkeys(said))


def _compared(tree: Expression) -> Iterator[tuple[str, str]]:
    """Columns with the texts that they are to be equal to."""
    if isinstance(tree, Binary) and tree.operator == "==":
        for one, other in ((tree.left, tree.right), (tree.right, tree.left)):
            if isinstance(one, Name) and isinstance(other, Text):
                yield one.name, other.value
    for part in children(tree):
        yield from _compared(part)

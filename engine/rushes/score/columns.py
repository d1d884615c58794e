"""What expressions may know of the columns that analyzers write, before any data is there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from rushes.analyze.spec import Column
from rushes.recipe.expression import BUILT_IN_COLUMNS, ColumnFacts, unit_of_name


def facts_of_column(column: Column) -> ColumnFacts:
    """A condition sampled per picture becomes the share (0..1) of pictures where it holds.

    The values that a text can take are left open: names of files may add some, and the recipe stage has checked them.
    """
    if column.per_sample and column.type == "bool":
        return ColumnFacts("number", "01")
    return ColumnFacts(column.type, column.unit)


def known_columns(
    columns: Iterable[Column],
    metadata: Mapping[str, Iterable[str]],
    thresholds: Mapping[str, float],
) -> dict[str, ColumnFacts]:
    """Everything that the first feature of a recipe may name.

    metadata: text columns read from file names -> the values they can take.
    """
    known = dict(BUILT_IN_COLUMNS)
    known.update({name: ColumnFacts("text", "", tuple(values)) for name, values in metadata.items()})
    known.update({column.name: facts_of_column(column) for column in columns})
    known.update(
        {name: ColumnFacts("number", unit_of_name(name), (), value) for name, value in thresholds.items()}
    )
    return known


def term_column(score: str, term: str) -> str:
    """Column with the value of one term of a score: 0..1, of a signed term -1..1."""
    return f"{score}.{term}"


def share_column(score: str, term: str) -> str:
    """Column with the share of the score (0..1) that a term had: value x share is what it adds. Null where it took no part."""
    return f"{score}.{term}.share"


def personal_column(feature: str) -> str:
    """Column with a personal feature (-1..1); null where it is missing."""
    return f"personal.{feature}"


BOOST_COLUMN = "personalized_boost"
"""Column with what the learned weights make of the personal features (-1..1)."""


def rank_column(score: str) -> str:
    """Column with the place by a score, 1 = best; rows without a score come last."""
    return f"{score}.rank"


def scores_in(names: Iterable[str]) -> list[str]:
    """The scores of a scored frame, in their order, from the names of its columns."""
    held = list(names)
    return [name for name in held if rank_column(name) in held]


def best_segment_column(score: str) -> str:
    """Column of `clips` with the best segment that is not rejected."""
    return f"{score}.best_segment"


def best_score_column(score: str) -> str:
    """Column of `clips` with the score of that segment."""
    return f"{score}.best_score"

"""Personal features of stored clips: a recipe's expressions, evaluated on the columns of the library file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from rushes.analyze.spec import Column
from rushes.recipe.expression import ColumnFacts, Expression, names_in
from rushes.recipe.spec import Recipe
from rushes.score.columns import known_columns
from rushes.score.program import read_program
from rushes.score.translate import translate

_TYPES: Mapping[str, type[pl.DataType]] = {"number": pl.Float64, "bool": pl.Boolean, "text": pl.String}


@dataclass(frozen=True, slots=True)
class PersonalProgram:
    """What to compute, in this order, and the stored columns that it needs."""

    features: tuple[tuple[str, Expression], ...]
    """Derived columns below the personal features."""
    personal: tuple[tuple[str, Expression], ...]
    needs: Mapping[str, ColumnFacts]
    thresholds: Mapping[str, float]


def read_personal(recipe: Recipe, columns: Iterable[Column]) -> PersonalProgram:
    """The personal features of a recipe, and the derived columns that they use.

    columns: what the recipe's analyzers write. Raises RecipeError with every expression that cannot be read.
    """
    known = known_columns(columns, recipe.footage.metadata, recipe.thresholds)
    program = read_program(recipe.features, recipe.personal, (), (), known)
    personal = tuple((feature.name, tree) for feature, tree in program.personal)
    used = {name for _, tree in personal for name, _ in names_in(tree)}
    features: list[tuple[str, Expression]] = []
    for feature, tree in reversed(program.features):
        if feature.name in used:
            features.append((feature.name, tree))
            used |= {name for name, _ in names_in(tree)}
    stored = used - {name for name, _ in features} - set(recipe.thresholds)
    return PersonalProgram(
        features=tuple(reversed(features)),
        personal=personal,
        needs={name: known[name] for name in sorted(stored)},
        thresholds=recipe.thresholds,
    )


def personal_features(
    program: PersonalProgram, stored: Mapping[str, Sequence[object]]
) -> dict[str, dict[str, float | None]]:
    """Digest -> feature -> its value, -1..1; None where a column that it needs is missing.

    stored: what `LibraryFile.columns(program.needs)` gave. Expressions that look over rows see the whole library.
    """
    digests = [str(digest) for digest in stored["digest"]]
    columns = {
        name: pl.Series(stored[name], dtype=_TYPES[facts.type], strict=False)
        for name, facts in program.needs.items()
    }
    frame = pl.DataFrame({"digest": pl.Series(digests, dtype=pl.String), **columns})
    for name, tree in program.features:
        frame = frame.with_columns(translate(tree, program.thresholds).on(frame).alias(name))
    values = pl.DataFrame(
        [
            translate(tree, program.thresholds).on(frame).clip(-1.0, 1.0).alias(name)
            for name, tree in program.personal
        ]
    )
    if not program.personal:
        return {digest: {} for digest in digests}
    return dict(zip(digests, values.iter_rows(named=True), strict=True))

"""What a schema cannot say: whether the parts of a recipe fit each other. Every problem, with its place."""

from __future__ import annotations

from rushes.errors import Problem
from rushes.recipe.schema import Analyzers
from rushes.recipe.tree import Branch


def check_recipe(sound: Branch, given: Branch, analyzers: Analyzers, errors: list[Problem]) -> list[Problem]:
    """Warnings; faults go to `errors`.

    sound: the canonical tree. given: the tree before faulty parts were left out of it, so that a name whose
    definition is faulty is not also reported as unknown.
    """
    return []

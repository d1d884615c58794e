"""Instructions and reasons of deletions: whether each can be followed."""

from __future__ import annotations

from collections.abc import Callable

from rushes.recipe.build import spec_from_plain
from rushes.recipe.check_expressions import ExpressionCheck
from rushes.recipe.expression import ColumnFacts
from rushes.recipe.facts import Facts
from rushes.recipe.fields import Schema
from rushes.recipe.instruction_spec import SAME_CLIP
from rushes.recipe.patch import settable, with_set
from rushes.recipe.spec import EditSpec
from rushes.recipe.tree import Branch, Leaf, to_plain

_REASONS = ("edit", "delete_reasons")
_INSTRUCTIONS = ("edit", "instructions")
_CONSTRAINTS = "edit.constraints."


def check_delete_reasons(facts: Facts, expressions: ExpressionCheck) -> None:
    """Check the expressions of edit.delete_reasons; expressions: after it has read all features and scores."""
    for name in facts.keys(*_REASONS):
        leaf = facts.node(*_REASONS, name, "lower")
        if isinstance(leaf, Leaf):
            expressions.tree(leaf, wanted=("number", "bool"), beside={SAME_CLIP: ColumnFacts("bool")})


def check_instructions(facts: Facts, recipe_schema: Schema, check: Callable[[Facts], None]) -> None:
    """Follow every instruction on a sound recipe and report what cannot be followed.

    check: what else must hold of a recipe; asked where an instruction adds constraints, which it alone can judge.
    """
    schema = settable(recipe_schema)
    for name in facts.keys(*_INSTRUCTIONS):
        before = len(facts.errors)
        after = with_set(facts.sound, name, schema, facts.errors)
        given = facts.node(*_INSTRUCTIONS, name, "set")
        keys = given.entries if isinstance(given, Branch) else {}
        if len(facts.errors) == before and any(key.startswith(_CONSTRAINTS) for key in keys):
            check(Facts(after, facts.given, facts.faulty, facts.errors))
        if len(facts.errors) == before:
            _check_whole(facts, name, after)


def _check_whole(facts: Facts, name: str, after: Branch) -> None:
    """What the instruction sets must fit the rest of the edit."""
    section = after.get("edit")
    # Both are sound, and no instruction can set them.
    own = section.without("instructions", "delete_reasons") if isinstance(section, Branch) else Branch()
    try:
        spec_from_plain(EditSpec, to_plain(own))
    except ValueError as error:
        place = facts.key_place(*_INSTRUCTIONS, name, "set")
        facts.error(
            place, f"the instruction {name} makes an edit that cannot be: {error}", "change what it sets"
        )

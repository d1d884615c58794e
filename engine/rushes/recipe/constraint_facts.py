"""What is known of one sound constraint of a recipe under check."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rushes.errors import Place
from rushes.recipe.expression import Expression
from rushes.recipe.expression_tree import Binary, Call, Name, Text
from rushes.recipe.facts import Facts
from rushes.recipe.tree import Leaf


@dataclass(frozen=True, slots=True)
class Choice:
    """A condition that holds for some values of one text column: `shot_type == "wide"`, `one_of(angle, "front", "side")`."""

    column: str
    values: frozenset[str]


@dataclass(frozen=True, slots=True)
class ConstraintFacts:
    """A constraint without faults of its own. trees: key -> its expressions."""

    name: str
    kind: str
    trees: Mapping[str, tuple[Expression, ...]]
    facts: Facts

    @property
    def path(self) -> tuple[str, str, str]:
        return ("edit", "constraints", self.name)

    @property
    def is_hard(self) -> bool:
        node = self.facts.node(*self.path, "weight")
        return not isinstance(node, Leaf) or node.value is None

    def place(self, key: str) -> Place:
        """Where a key of it stands."""
        return self.facts.key_place(*self.path, key)

    def number(self, key: str) -> float | None:
        """A number, None where it is not given."""
        node = self.facts.node(*self.path, key)
        value = node.value if isinstance(node, Leaf) else None
        return float(value) if isinstance(value, int | float) else None

    def text(self, key: str) -> str | None:
        """A text as it is written, None where it is not given."""
        return self.facts.text(*self.path, key)

    @property
    def least(self) -> float | None:
        """The least number or share that it allows."""
        exactly = self.number("exactly")
        return self.number("min") if exactly is None else exactly

    @property
    def most(self) -> float | None:
        """The greatest number or share that it allows."""
        exactly = self.number("exactly")
        return self.number("max") if exactly is None else exactly

    @property
    def choice(self) -> Choice | None:
        """Its condition, where it is a choice among the values of one column."""
        trees = self.trees.get(self.kind, ())
        return choice_of(trees[0]) if len(trees) == 1 else None


def choice_of(tree: Expression) -> Choice | None:
    """The values that a condition on one text column chooses; None for any other condition."""
    match tree:
        case Binary(operator="==", left=Name(name=column), right=Text(value=value)):
            return Choice(column, frozenset({value}))
        case Binary(operator="==", left=Text(value=value), right=Name(name=column)):
            return Choice(column, frozenset({value}))
        case Binary(operator="or", left=left, right=right):
            one, other = choice_of(left), choice_of(right)
            if one is None or other is None or one.column != other.column:
                return None
            return Choice(one.column, one.values | other.values)
        case Call(function="one_of", arguments=(Name(name=column), *values)):
            texts = [value.value for value in values if isinstance(value, Text)]
            return Choice(column, frozenset(texts)) if len(texts) == len(values) else None
        case _:
            return None

"""Which names the expressions of a recipe use: columns, thresholds, features and scores."""

from __future__ import annotations

from rushes.recipe.expression import names_in, parse_expression, parse_template
from rushes.recipe.spec import EditSpec, Recipe


def names_used(recipe: Recipe) -> frozenset[str]:
    """By features, personal features, scores and rules. The recipe has been checked: every expression can be read."""
    values = [feature.value for feature in recipe.features]
    values += [feature.value for feature in recipe.personal.features] if recipe.personal else []
    values += [term.value for score in recipe.scores for term in score.terms]
    values += [rule.when for rule in recipe.rules]
    texts = [text for rule in recipe.rules for text in (rule.reject, rule.tag, rule.say) if text is not None]
    found = {name for value in values for name, _ in names_in(parse_expression(value))}
    return frozenset(found | {slot.name for text in texts for slot in parse_template(text).slots})


def names_used_by_edit(edit: EditSpec) -> frozenset[str]:
    """By the constraints of an edit."""
    texts = [text for spec in edit.constraints for text in spec.expressions.values()]
    return frozenset(name for text in texts for name, _ in names_in(parse_expression(text)))

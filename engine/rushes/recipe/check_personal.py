"""Weights of personal features: whether they have their feature, and keep to their bound."""

from __future__ import annotations

from rushes.recipe.facts import Facts
from rushes.recipe.names import did_you_mean
from rushes.recipe.personal import LAYER
from rushes.recipe.tree import Branch

_MOST = ("personal", "max_weight_01")
_WEIGHTS = ("personal", "weights")


def check_personal(facts: Facts) -> None:
    """Check every weight of the section `personal`."""
    features = _features(facts)
    for name in facts.keys(*_WEIGHTS):
        if name not in features:
            what = f"personal.weights has {name}, which is no personal feature"
            fix = did_you_mean(name, features, kind="personal features")
            facts.error(facts.key_place(*_WEIGHTS, name), what, fix)
        elif facts.is_sound(*_WEIGHTS, name) and facts.is_sound(*_MOST):
            _check_bound(facts, name)


def _features(facts: Facts) -> tuple[str, ...]:
    """Names in the recipe's order, faulty definitions too, so that they are not reported as unknown."""
    section = facts.given.get("personal")
    features = section.get("features") if isinstance(section, Branch) else None
    return tuple(features.entries) if isinstance(features, Branch) else ()


def _check_bound(facts: Facts, name: str) -> None:
    path = (*_WEIGHTS, name)
    weight, most = facts.number(*path), facts.number(*_MOST)
    if abs(weight) <= most:
        return
    node, place = facts.node(*path), facts.place(*path)
    what = f"personal.weights.{name} is {weight:g}, beyond max_weight_01 ({facts.said(_MOST, place)})"
    learned = node is not None and node.layer == LAYER
    fix = (
        "learn the weights again: rushes learn personal" if learned else f"bring it into -{most:g}..{most:g}"
    )
    facts.error(place, what, fix)

"""What a golden run's recipe was, and what of it has changed: the cause, told before what came of it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from rushes.recipe.load import Resolved
from rushes.run.recipe_paths import without_paths
from rushes.store.canonical import plain

_MOST_CHANGES = 10
_LONGEST = 60


def kept_recipe(resolved: Resolved) -> dict[str, Any]:
    """The resolved recipe as a golden folder keeps it: without paths, which every machine has of its own."""
    kept: dict[str, Any] = plain(without_paths(resolved.tree), "recipe")
    return kept


def recipe_differences(golden: Mapping[str, Any], now: Mapping[str, Any], *, whole: bool) -> tuple[str, ...]:
    """A line per key that differs, by its dotted name. whole: False: at most ten, and a line that counts the rest."""
    lines = [f"recipe: {line}" for line in sorted(_changes("", golden, now))]
    if whole or len(lines) <= _MOST_CHANGES:
        return tuple(lines)
    return (*lines[:_MOST_CHANGES], f"recipe: {len(lines) - _MOST_CHANGES} more keys: --all shows them")


def _changes(path: str, x: Mapping[str, Any], y: Mapping[str, Any]) -> Iterator[str]:
    for key in sorted({*x, *y}):
        name = f"{path}.{key}" if path else key
        before, after = x.get(key), y.get(key)
        if key not in x:
            yield f"{name} is new{_value(after)}"
        elif key not in y:
            yield f"{name} is gone"
        elif isinstance(before, Mapping) and isinstance(after, Mapping):
            yield from _changes(name, before, after)
        elif before != after:
            short = _shown(before), _shown(after)
            yield f"{name} {' → '.join(short)}" if all(short) else f"{name} has changed"


def _value(value: Any) -> str:
    shown = "" if isinstance(value, Mapping) else _shown(value)
    return f": {shown}" if shown else ""


def _shown(value: Any) -> str:
    """A value as recipes write it; "" where that is long."""
    text = value if isinstance(value, str) and value else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST else ""

"""How a recipe is another one than when a run was made from it: its file was changed, or rushes is another one."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rushes import __version__
from rushes.recipe.files import find_recipe, is_shipped, shown
from rushes.recipe.listed import listed
from rushes.recipe.load import Origin, Resolved
from rushes.recipe.shape import BUILT_IN
from rushes.resources import shipped_dir

_MOST_PLACES = 3


def unreadable_since(recipe: str) -> str:
    """Of a recipe that cannot be read any more."""
    return f"{os.path.basename(recipe)} cannot be read as a recipe since the run"


def recipe_since(recipe: str, now: Resolved, record: Mapping[str, Any], changed: Sequence[str]) -> str:
    """How the recipe of a run is another one by now.

    recipe: as it was asked for. now: what it says today. record: `run.json`. changed: dotted paths of what differs.
    """
    name = os.path.basename(recipe)
    places = listed(changed, _MOST_PLACES)
    is_ours = is_shipped(find_recipe(recipe))
    if not all(_came_with_rushes(path, now, record["recipe"], is_ours) for path in changed):
        return f"{name} has changed since the run ({places})"
    then = record.get("rushes", __version__)
    older = f"the run was made with an older version of rushes{'' if then == __version__ else f', {then}'}"
    if is_ours:
        return f"{older}, whose {name} was another one ({places})"
    return f"{older}, which knew less ({places})"


def _came_with_rushes(path: str, now: Resolved, then: Mapping[str, Any], is_ours: bool) -> bool:
    """Whether a change is one of rushes itself. Of a recipe of somebody's own only what is new is known to be: what
    changed to our own value may be a line that they took out."""
    if not all(_is_our_own(origin) for origin in _origins(path, now)):
        return False
    return is_ours or (not _is_there(then, path) and _is_there(now.tree, path))


def _origins(path: str, now: Resolved) -> Iterator[Origin]:
    below = [origin for key, origin in now.origins.items() if key.startswith(f"{path}.")]
    yield from below
    if not below and path in now.origins:
        yield now.origins[path]


def _is_our_own(origin: Origin) -> bool:
    path = origin.place.path
    return (
        origin.layer == BUILT_IN
        or is_shipped(path)
        or path.startswith(shown(shipped_dir("profiles")) + os.sep)
    )


def _is_there(tree: Any, path: str) -> bool:
    for key in path.split("."):
        if not isinstance(tree, Mapping) or key not in tree:
            return False
        tree = tree[key]
    return True

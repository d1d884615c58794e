"""Paths in a recipe are written as they are found from the working folder: how a run made again writes them as then."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from rushes.recipe.build import build_recipe
from rushes.recipe.load import Resolved
from rushes.recipe.overrides import LAYER

_Path = tuple[str, ...]


def with_paths_of(found: Resolved, then: Mapping[str, Any], folder: str) -> Resolved:
    """A recipe that was written out and read again elsewhere, with the paths of the first.

    then: the resolved recipe as it was. folder: the working folder of then. What an override says stands. A font is read
    by its path, so one that is not found from here is named whole; footage and song are given with the request.
    """
    paths = {
        path: was if path[0] != "edit" or os.path.isfile(was) else os.path.join(folder, was)
        for path, was in _paths(then)
        if not _is_override(found, path)
    }
    return _with(found, paths)


def with_same_paths(found: Resolved, then: Mapping[str, Any], folder: str) -> Resolved:
    """A recipe that was read again from its own file, perhaps from another working folder: paths to the same files are
    written as then."""
    now = dict(_paths(found.tree))
    paths = {
        path: was
        for path, was in _paths(then)
        if path in now and os.path.abspath(now[path]) == os.path.normpath(os.path.join(folder, was))
        if path[0] != "edit" or os.path.isfile(was)
    }
    return _with(found, {path: was for path, was in paths.items() if now[path] != was})


def without_paths(tree: Mapping[str, Any]) -> Mapping[str, Any]:
    """A resolved recipe that names no place of this machine: null stands for each path."""
    for path, _ in list(_paths(tree)):
        tree = _set(tree, path, None)
    return tree


def _is_override(found: Resolved, path: _Path) -> bool:
    origin = found.origins.get(".".join(path))
    return origin is not None and origin.layer == LAYER


def _paths(tree: Mapping[str, Any]) -> Iterator[tuple[_Path, str]]:
    """Where paths stand in a resolved recipe, and each."""
    titles = (tree.get("edit") or {}).get("titles") or {}
    fonts = [("edit", "titles", name, "font") for name in titles]
    for path in (("footage", "dir"), ("song", "file"), *fonts):
        value: Any = tree
        for key in path:
            value = value.get(key) if isinstance(value, Mapping) else None
        if isinstance(value, str):
            yield path, value


def _with(found: Resolved, paths: Mapping[_Path, str]) -> Resolved:
    if not paths:
        return found
    tree = dict(found.tree)
    for path, value in paths.items():
        tree = _set(tree, path, value)
    return replace(found, tree=tree, recipe=build_recipe(tree))


def _set(tree: Mapping[str, Any], path: _Path, value: str | None) -> dict[str, Any]:
    key, *rest = path
    return {**tree, key: _set(tree[key], tuple(rest), value) if rest else value}

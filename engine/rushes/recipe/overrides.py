"""Overrides from the command line: `a.b=v` changes, `+a.b=v` adds, `~a.b` takes away."""

from __future__ import annotations

from rushes.errors import Place, Problem
from rushes.recipe.fields import Schema
from rushes.recipe.layers import child_schema, merge
from rushes.recipe.names import did_you_mean
from rushes.recipe.parse import parse_value
from rushes.recipe.tree import Branch, Entry, Items, Leaf, Node, find

LAYER = "--set"


def apply_override(tree: Branch, text: str, schema: Schema, problems: list[Problem]) -> Branch:
    """The recipe with one override laid over it; unchanged, with a problem, where the override is wrong.

    Values are read as in a recipe: plain or quoted scalars, or flow lists and mappings. `+` on a list appends.
    """
    place = Place(f"{LAYER} {text}")
    key, equals, value = text.partition("=")
    sign = key[:1] if key[:1] in "+~" else ""
    path = tuple(part.strip() for part in key.removeprefix(sign).split("."))
    if not all(path) or (sign == "~") == bool(equals):
        fix = "write KEY=VALUE to change, +KEY=VALUE to add, ~KEY to take away; KEY is like edit.duration_s"
        problems.append(Problem(place, "this is not an override", fix))
        return tree
    if not _path_is_known(tree, path, sign, schema, place, problems):
        return tree
    if sign == "~":
        return _without(tree, path)
    node, faults = parse_value(value, place, LAYER)
    problems.extend(faults)
    if node is None or faults:
        return tree
    there = find(tree, *path)
    if sign == "+" and isinstance(there, Items):
        added = node.nodes if isinstance(node, Items) else (node,)
        node = Items((*there.nodes, *added), place, LAYER)
    laid = merge(tree, _wrapped(node, path, place), schema, problems)
    return laid if isinstance(laid, Branch) else tree


def _path_is_known(
    tree: Branch, path: tuple[str, ...], sign: str, schema: Schema, place: Place, problems: list[Problem]
) -> bool:
    here: Node | None = tree
    for depth, key in enumerate(path):
        last = depth == len(path) - 1
        inside = here.entries if isinstance(here, Branch) else {}
        legal = schema.get("properties", {})
        where = ".".join(path[:depth]) or "the recipe"
        if key not in inside and key not in legal:
            free = isinstance(schema.get("additionalProperties"), dict)
            if not (sign == "+" and free and last):
                fix = did_you_mean(key, [*legal, *inside], kind=f"in {where}")
                fix += f"; +{'.'.join(path)}=... adds it" if free and last and sign == "" else ""
                problems.append(Problem(place, f"there is no {key} in {where}", fix))
                return False
        if last:
            there = here.get(key) if isinstance(here, Branch) else None
            return _sign_fits(there, sign, path, place, problems)
        here = here.get(key) if isinstance(here, Branch) else None
        schema = child_schema(schema, key)
    return True


def _sign_fits(
    there: Node | None, sign: str, path: tuple[str, ...], place: Place, problems: list[Problem]
) -> bool:
    name = ".".join(path)
    if sign == "~" and there is None:
        problems.append(Problem(place, f"{name} is not set, so it cannot be taken away", "leave it out"))
        return False
    is_list = isinstance(there, Items)
    is_null = isinstance(there, Leaf) and there.value is None
    if sign == "+" and there is not None and not is_list and not is_null:
        problems.append(Problem(place, f"{name} is there already", f"write {name}=... to change it"))
        return False
    return True


def _wrapped(node: Node, path: tuple[str, ...], place: Place) -> Node:
    for key in reversed(path):
        node = Branch({key: Entry(key, place, node)}, place, LAYER)
    return node


def _without(tree: Branch, path: tuple[str, ...]) -> Branch:
    if len(path) == 1:
        return tree.without(path[0])
    inner = tree.entries[path[0]]
    if not isinstance(inner.node, Branch):
        return tree
    return tree.with_entry(Entry(inner.key, inner.place, _without(inner.node, path[1:])))

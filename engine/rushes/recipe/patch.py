"""Changes that an instruction makes in a recipe: each entry of its `set`, as a value, a factor or a sum."""

from __future__ import annotations

import math
import re

from rushes.errors import Place, Problem
from rushes.recipe.fields import Schema
from rushes.recipe.layers import child_schema
from rushes.recipe.names import did_you_mean
from rushes.recipe.shape import Shape
from rushes.recipe.style import style_schema
from rushes.recipe.tree import Branch, Entry, Leaf, Node, find

Path = tuple[str, ...]

_FACTOR = re.compile(r"x ?([0-9]+(?:\.[0-9]*)?|\.[0-9]+)")
_SUM = re.compile(r"add ([-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+))")
_NUMBER = frozenset({"number", "integer"})
_WHOLE_EDIT = frozenset(
    {
        *("duration_s", "tolerance_s", "aspect", "rate_fps", "if_short", "instructions", "delete_reasons"),
        *("reframe", "talk", "sound", "titles"),
    }
)
"""Keys of edit that a section cannot have for itself."""
_BOUNDS = (("edit", "min_shot_s"), ("edit", "max_shot_s"))


def settable(recipe_schema: Schema) -> Schema:
    """The schema of what instructions may change: the sections edit and style of a resolved recipe."""
    edit = recipe_schema["properties"]["edit"]
    known = {key: part for key, part in edit["properties"].items() if key not in _WHOLE_EDIT}
    return {"properties": {"edit": {**edit, "properties": known}, "style": style_schema()}}


def with_set(tree: Branch, name: str, schema: Schema, problems: list[Problem]) -> Branch:
    """A sound recipe with what the instruction `name` sets; faults go to problems. schema: that of `settable`."""
    given = find(tree, "edit", "instructions", name, "set")
    relative: set[Path] = set()
    for entry in given.entries.values() if isinstance(given, Branch) else ():
        path = tuple(entry.key.split("."))
        part = _schema_at(tree, path, entry, name, schema, problems)
        if part is None:
            continue
        node: Node | None = entry.node
        if isinstance(node, Leaf) and isinstance(node.value, str) and _is_relative(node.value):
            node = _computed(tree, path, node, part, name, problems)
            relative.add(path)
        else:
            node = Shape(schema, problems).sound(entry.node, part, path, entry.place)
        if node is not None:
            tree = _laid(tree, path, node, entry.place)
    return _ordered(tree, relative)


def _schema_at(
    tree: Branch, path: Path, entry: Entry, name: str, schema: Schema, problems: list[Problem]
) -> Schema | None:
    """Schema of the value at a path; None, with a problem, where an instruction cannot set it."""
    here: Schema = schema
    for depth, key in enumerate(path):
        legal: Schema = here.get("properties", {})
        free = isinstance(here.get("additionalProperties"), dict)
        if key in legal or free:
            here = child_schema(here, key)
            continue
        where = ".".join(path[:depth])
        what = f"the instruction {name} sets {entry.key}, but there is no {key}" + (
            f" in {where}" if where else ""
        )
        fix = did_you_mean(key, [*legal], kind=f"in {where}" if where else "sections")
        if where == "edit" and key in _WHOLE_EDIT:
            what = f"the instruction {name} sets {entry.key}, which a section cannot have for itself"
            fix = "take it away, and change it in the recipe"
        problems.append(Problem(entry.place, what, fix))
        return None
    if len(path) < 2:
        what = f"the instruction {name} sets all of {entry.key}"
        problems.append(Problem(entry.place, what, f"name what in it, such as {entry.key}.{_first(here)}"))
        return None
    return here


def _first(schema: Schema) -> str:
    return next(iter(schema.get("properties", {})), "KEY")


def _is_relative(text: str) -> bool:
    return bool(_FACTOR.fullmatch(text) or _SUM.fullmatch(text))


def _computed(
    tree: Branch, path: Path, leaf: Leaf, schema: Schema, name: str, problems: list[Problem]
) -> Leaf | None:
    """The number that a factor or a sum makes of what the recipe has; one that it has not counts as 0 where names are free."""
    text = str(leaf.value)
    kinds = schema.get("type", [])
    kinds = {kinds} if isinstance(kinds, str) else {*kinds}
    there = find(tree, *path)
    number = there.value if isinstance(there, Leaf) else 0.0 if there is None else None
    if not kinds & _NUMBER or isinstance(number, bool) or not isinstance(number, int | float):
        what = f"the instruction {name} takes {'.'.join(path)} {text}, but that is no number"
        problems.append(Problem(leaf.place, what, "write the value that it shall have"))
        return None
    factor, added = _FACTOR.fullmatch(text), _SUM.fullmatch(text)
    wanted = number
    if factor is not None:
        wanted = number * float(factor.group(1))
    elif added is not None:
        wanted = number + float(added.group(1))
    found = _in_range(round(wanted, 9), schema, whole="number" not in kinds)
    if found is None:
        what = f"the instruction {name} takes {'.'.join(path)} from {number:g} to nothing"
        problems.append(Problem(leaf.place, what, "give a factor above 0, or a smaller sum"))
    return None if found is None else leaf.with_value(found)


def _in_range(number: float, schema: Schema, *, whole: bool) -> float | int | None:
    """The nearest number that the schema allows; None where there is no nearest one."""
    number = min(max(number, schema.get("minimum", -math.inf)), schema.get("maximum", math.inf))
    if number <= schema.get("exclusiveMinimum", -math.inf) or number >= schema.get(
        "exclusiveMaximum", math.inf
    ):
        return None
    return math.floor(number + 0.5) if whole else number


def _laid(tree: Branch, path: Path, node: Node, place: Place) -> Branch:
    key, *rest = path
    if not rest:
        return tree.with_entry(Entry(key, place, node))
    inner = tree.get(key)
    branch = inner if isinstance(inner, Branch) else Branch({}, place, node.layer)
    return tree.with_entry(Entry(key, place, _laid(branch, tuple(rest), node, place)))


def _ordered(tree: Branch, relative: set[Path]) -> Branch:
    """A factor takes the bounds of a shot's length no further than to each other."""
    low, high = (find(tree, *path) for path in _BOUNDS)
    if not (isinstance(low, Leaf) and isinstance(high, Leaf)):
        return tree
    if (
        not isinstance(low.value, int | float)
        or not isinstance(high.value, int | float)
        or low.value <= high.value
    ):
        return tree
    for path, own, other in ((_BOUNDS[1], high, low), (_BOUNDS[0], low, high)):
        if path in relative:
            return _laid(tree, path, own.with_value(other.value), own.place)
    return tree

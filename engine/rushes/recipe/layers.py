"""Layers: a later one changes parts of the earlier ones. Mappings merge, lists and single values replace."""

from __future__ import annotations

from rushes.errors import Problem
from rushes.recipe.fields import REMOVABLE, SHORT, Schema
from rushes.recipe.names import did_you_mean
from rushes.recipe.tree import Branch, Entry, Leaf, Node


def child_schema(schema: Schema, key: str) -> Schema:
    """Schema of a key's value; {} where the schema says nothing of the key."""
    extra = schema.get("additionalProperties")
    return schema.get("properties", {}).get(key) or (extra if isinstance(extra, dict) else {})


def merge(lower: Node | None, upper: Node, schema: Schema, problems: list[Problem], path: str = "") -> Node:
    """What holds after `upper` has been laid over `lower`. Every part keeps the place and layer that set it.

    null takes away an entry of a mapping whose names the recipe chooses (features, rules, analyzers, ...); elsewhere it
    is a value: `song: null` is an edit without a song.
    """
    upper = _written_out(upper, schema)
    if not isinstance(upper, Branch):
        return upper
    base = _written_out(lower, schema) if lower else None
    entries = dict(base.entries) if isinstance(base, Branch) else {}
    for key, entry in upper.entries.items():
        inner = child_schema(schema, key)
        if isinstance(entry.node, Leaf) and entry.node.value is None and inner.get(REMOVABLE):
            if key not in entries:
                what = f"there is no {key} in {path} to take away"
                problems.append(Problem(entry.place, what, did_you_mean(key, entries, kind="inherited")))
            entries.pop(key, None)
            continue
        below = entries[key].node if key in entries else None
        merged = merge(below, entry.node, inner, problems, f"{path}.{key}" if path else key)
        entries[key] = Entry(key, entry.place, merged)
    return Branch(entries, upper.place, upper.layer)


def _written_out(node: Node, schema: Schema) -> Node:
    """`feature: "a + b"` is short for `feature: {value: "a + b"}`."""
    short = schema.get(SHORT)
    if short and isinstance(node, Leaf) and isinstance(node.value, str):
        return Branch({short: Entry(short, node.place, node)}, node.place, node.layer)
    return node

"""What a recipe file says, with the place of every key and value: the form in which layers are merged and checked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from rushes.errors import Place

_NOWHERE = Place("")

Scalar = None | bool | int | float | str


@dataclass(frozen=True, slots=True)
class Leaf:
    """A scalar. `text` is the source as written where that differs from str(value), such as `1e3`."""

    value: Scalar
    place: Place
    layer: str = ""
    text: str = ""
    style: str = ""
    """"" = plain; `'`, `"`, `|` or `>` = how it was quoted."""
    starts: tuple[tuple[int, int, int], ...] = ()
    """Where the characters of a text stand: (offset, line, column) of each source line that it was read from, where
    they stand there one after the other; () where escapes or the command line prevent that."""

    def place_of(self, offset: int) -> Place:
        """Where the character at an offset of the value stands, as near as it is known."""
        known = [start for start in self.starts if start[0] <= offset]
        if not known:
            return self.place
        first, line, column = known[-1]
        return Place(self.place.path, line, column + offset - first)

    def with_value(self, value: Scalar) -> Leaf:
        """The same leaf, read as another value."""
        return Leaf(value, self.place, self.layer, self.text, self.style)


@dataclass(frozen=True, slots=True)
class Items:
    """A list."""

    nodes: tuple[Node, ...]
    place: Place
    layer: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One key of a mapping, where the key stands, and its value."""

    key: str
    place: Place
    node: Node


@dataclass(frozen=True, slots=True)
class Branch:
    """A mapping, in the order in which it was written."""

    entries: Mapping[str, Entry] = field(default_factory=dict[str, Entry])
    place: Place = _NOWHERE
    layer: str = ""

    def get(self, key: str) -> Node | None:
        """Value of a key; None where the mapping has no such key."""
        entry = self.entries.get(key)
        return entry.node if entry else None

    def without(self, *keys: str) -> Branch:
        """The same mapping without some keys."""
        kept = {key: entry for key, entry in self.entries.items() if key not in keys}
        return Branch(kept, self.place, self.layer)

    def with_entry(self, entry: Entry) -> Branch:
        """The same mapping with one key set; a key that is there keeps its rank."""
        return Branch({**self.entries, entry.key: entry}, self.place, self.layer)


Node = Leaf | Items | Branch


def to_plain(node: Node) -> Any:
    """The same as dicts, lists and scalars."""
    if isinstance(node, Leaf):
        return node.value
    if isinstance(node, Items):
        return [to_plain(item) for item in node.nodes]
    return {key: to_plain(entry.node) for key, entry in node.entries.items()}


def from_plain(value: Any, place: Place, layer: str) -> Node:
    """Plain data as a tree whose every part stands at one place."""
    if isinstance(value, Mapping):
        found: dict[str, Entry] = {}
        for key, part in value.items():
            found[str(key)] = Entry(str(key), place, from_plain(part, place, layer))
        return Branch(found, place, layer)
    if isinstance(value, list | tuple):
        parts: list[Any] = list(value)
        return Items(tuple(from_plain(part, place, layer) for part in parts), place, layer)
    return Leaf(value, place, layer, style='"' if isinstance(value, str) else "")


def walk(node: Node, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Node]]:
    """Every node below (lists as a whole), with its path of keys."""
    yield path, node
    if isinstance(node, Branch):
        for key, entry in node.entries.items():
            yield from walk(entry.node, (*path, key))


def find(node: Node, *path: str) -> Node | None:
    """The node at a path of keys, or None."""
    here: Node | None = node
    for key in path:
        here = here.get(key) if isinstance(here, Branch) else None
    return here

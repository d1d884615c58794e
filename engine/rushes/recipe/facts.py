"""A recipe under check: values and places by path, and the problems found so far."""

from __future__ import annotations

from dataclasses import dataclass, field

from rushes.errors import Place, Problem
from rushes.recipe.shape import BUILT_IN, Path
from rushes.recipe.tree import Branch, Entry, Items, Leaf, Node, find, to_plain


@dataclass(frozen=True, slots=True)
class Facts:
    """sound: the canonical tree. given: the tree with its faulty parts, so that a name whose definition is faulty is
    not also reported as unknown. faulty: paths whose own value could not be used."""

    sound: Branch
    given: Branch
    faulty: frozenset[Path]
    errors: list[Problem]
    warnings: list[Problem] = field(default_factory=list[Problem])

    def node(self, *path: str) -> Node | None:
        """The node at a path."""
        return find(self.sound, *path)

    def keys(self, *path: str) -> tuple[str, ...]:
        """Keys of the mapping at a path; () where there is none."""
        node = self.node(*path)
        return tuple(node.entries) if isinstance(node, Branch) else ()

    def entry(self, *path: str) -> Entry | None:
        """Key and value at a path."""
        above = self.node(*path[:-1])
        return above.entries.get(path[-1]) if isinstance(above, Branch) else None

    def key_place(self, *path: str) -> Place:
        """Where the key stands."""
        entry = self.entry(*path)
        return entry.place if entry else Place("")

    def place(self, *path: str) -> Place:
        """Where the value stands."""
        node = self.node(*path)
        return node.place if node is not None else Place("")

    def number(self, *path: str) -> float:
        """The number at a path that the schema promises."""
        node = self.node(*path)
        assert isinstance(node, Leaf) and isinstance(node.value, int | float), path
        return node.value

    def text(self, *path: str) -> str | None:
        """The text at a path; None where there is none."""
        node = self.node(*path)
        return node.value if isinstance(node, Leaf) and isinstance(node.value, str) else None

    def leaves(self, *path: str) -> tuple[Leaf, ...]:
        """Items of the list at a path."""
        node = self.node(*path)
        parts = node.nodes if isinstance(node, Items) else ()
        return tuple(part for part in parts if isinstance(part, Leaf))

    def is_sound(self, *path: str) -> bool:
        """Whether nothing was wrong with the value at a path."""
        return path not in self.faulty

    def error(self, place: Place, what: str, fix: str) -> None:
        """Note a fault."""
        self.errors.append(Problem(self._in_file(place), what, fix))

    def warn(self, place: Place, what: str, fix: str) -> None:
        """Note what cannot be meant, though the recipe can run."""
        self.warnings.append(Problem(self._in_file(place), what, fix))

    def _in_file(self, place: Place) -> Place:
        """What follows from a default is a fault of the recipe as a whole."""
        return Place(self.given.place.path) if place.path in ("", BUILT_IN) else place

    def said(self, path: Path, beside: Place) -> str:
        """A value and where it was set, as in "4.0, line 15", for a message that stands at `beside`."""
        place = self.place(*path)
        value = to_plain(self.node(*path) or Leaf(None, place))
        shown = f"{value:g}" if isinstance(value, float) else str(value)
        if place.line and place.path == beside.path:
            return f"{shown}, line {place.line}"
        return f"{shown}, {place}"

    def later(self, *paths: Path) -> Path:
        """Of values that do not fit each other, the one to report: the one set by the latest layer, then by place."""
        ranks = {path: _rank(self.node(*path)) for path in paths}
        return max(paths, key=lambda path: ranks[path])


def _rank(node: Node | None) -> tuple[int, Place]:
    layer = node.layer if node is not None else ""
    order = ("built-in", "extends", "recipe", "profile", "personal", "--set")
    kind = next((index for index, name in enumerate(order) if layer.split(" ")[0] == name), 0)
    return kind, node.place if node is not None else Place("")

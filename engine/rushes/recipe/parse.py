"""YAML text -> tree with places, or every problem of the text."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import yaml

from rushes.errors import Place, Problem
from rushes.recipe.scalar import ScalarFault, read_plain
from rushes.recipe.spans import source_starts
from rushes.recipe.tree import Branch, Entry, Items, Leaf, Node

LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml's reader where PyYAML was built with it: ten times as fast, same events."""

MOST_BYTES = 1_000_000
MOST_DEPTH = 32


class _Refused(Exception):
    """Ends the reading of a file: what follows would not make sense."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.what)
        self.problem = problem


def parse_yaml(data: bytes, path: str, layer: str) -> tuple[Branch | None, list[Problem]]:
    """The mapping that a file holds, and what is wrong with it. None where nothing can be made of the file."""
    problems: list[Problem] = []
    try:
        text = _decode(data, path)
        node = _Reader(text, lambda line, column: Place(path, line, column), layer, problems).document()
    except _Refused as refused:
        return None, [*problems, refused.problem]
    if isinstance(node, Branch):
        return node, problems
    kind = "a list" if isinstance(node, Items) else "a single value"
    problem = Problem(node.place, f"the file holds {kind}, not keys with values", "write `key: value` lines")
    return None, [*problems, problem]


def parse_value(text: str, place: Place, layer: str) -> tuple[Node | None, list[Problem]]:
    """A value given on the command line: a plain scalar, a quoted one, or a flow list or mapping."""
    problems: list[Problem] = []
    stripped = text.strip()
    if not stripped:
        return None, [
            Problem(place, "it has no value", "write a value after =, or ~KEY to take the key away")
        ]
    try:
        if stripped[0] in "[{\"'":
            return _Reader(stripped, lambda _line, _column: place, layer, problems).document(), problems
        return Leaf(read_plain(stripped), place, layer, stripped), problems
    except ScalarFault as fault:
        return None, [Problem(place, fault.what, fault.fix)]
    except _Refused as refused:
        return None, [*problems, refused.problem]


def _decode(data: bytes, path: str) -> str:
    if len(data) > MOST_BYTES:
        what = f"the file has {len(data)} bytes, more than {MOST_BYTES}"
        raise _Refused(Problem(Place(path), what, "a recipe is a short text file; is this the right one?"))
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise _Refused(Problem(Place(path), "the file is UTF-16 text", "save it as UTF-8"))
    if b"\0" in data:
        raise _Refused(
            Problem(Place(path), "this is a binary file, not a text file", "name a recipe, a YAML file")
        )
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start]
        line = before.count(b"\n") + 1
        column = len(before[before.rfind(b"\n") + 1 :].decode("utf-8-sig")) + 1
        what = f"byte 0x{data[error.start]:02x} is not UTF-8 text"
        raise _Refused(Problem(Place(path, line, column), what, "save the file as UTF-8")) from None
    if not text.strip():
        raise _Refused(Problem(Place(path), "the file is empty", "begin with: schema: rushes/recipe@1"))
    return text


class _Reader:
    """Turns the events of one document into a tree. Events show anchors, aliases and tags; composed nodes hide them."""

    def __init__(
        self, text: str, place_at: Callable[[int, int], Place], layer: str, problems: list[Problem]
    ) -> None:
        self._text = text
        self._place_at = place_at
        self._layer = layer
        self._problems = problems
        self._events = yaml.parse(text, Loader=LOADER)

    def document(self) -> Node:
        self._next()
        start = self._next()
        if isinstance(start, yaml.StreamEndEvent):
            place = self._place_at(1, 1)
            raise _Refused(
                Problem(place, "the file has only comments", "begin with: schema: rushes/recipe@1")
            )
        node = self._node(self._next(), 0)
        self._next()
        after = self._next()
        if not isinstance(after, yaml.StreamEndEvent):
            what = "a second document begins here (---)"
            raise _Refused(Problem(self._at(after), what, "keep one document in a file"))
        return node

    def _next(self) -> Any:
        try:
            return next(self._events)
        except yaml.MarkedYAMLError as error:
            raise _Refused(self._syntax_problem(error)) from None
        except yaml.reader.ReaderError as error:
            before = self._text[: error.position]
            place = self._place_at(before.count("\n") + 1, error.position - before.rfind("\n"))
            what = f"character U+{_code_point(error.character):04X} is not allowed in YAML"
            raise _Refused(Problem(place, what, "delete it")) from None

    def _syntax_problem(self, error: yaml.MarkedYAMLError) -> Problem:
        mark: Any = error.problem_mark or error.context_mark
        line, column = mark.line + 1, mark.column + 1
        lines = self._text.splitlines()
        here = lines[mark.line] if mark.line < len(lines) else ""
        place = self._place_at(line, column)
        told = " ".join(part for part in (error.context, error.problem) if part)
        if "\t" in here[: mark.column + 1] and not here[: mark.column].strip():
            return Problem(place, "a tab indents this line", "indent with spaces, two for each level")
        if "mapping values are not allowed" in told:
            return Problem(place, "a second `: ` in one value", 'put a value that holds ": " in quotes')
        if "alias" in told or here[mark.column : mark.column + 1] == "*":
            start: Any = error.context_mark or mark
            place = self._place_at(start.line + 1, start.column + 1)
            return Problem(place, "* begins an alias in YAML", 'put a glob in quotes: "*.mp4"')
        if "%" in told or here[mark.column : mark.column + 1] in "@`%" and here:
            return Problem(
                place, f"a value cannot begin like this in YAML: {told}", "put the value in quotes"
            )
        return Problem(place, f"not YAML: {told}", "check indentation, quotes and brackets up to here")

    def _at(self, event: Any) -> Place:
        return self._place_at(event.start_mark.line + 1, event.start_mark.column + 1)

    def _node(self, event: Any, depth: int) -> Node:
        place = self._at(event)
        if isinstance(event, yaml.AliasEvent):
            what = f"*{event.anchor} is an alias"
            fix = 'write the value out; a glob that begins with * needs quotes, such as "*.mp4"'
            raise _Refused(Problem(place, what, fix))
        if event.anchor is not None:
            raise _Refused(Problem(place, f"&{event.anchor} is an anchor", "write values out where needed"))
        if event.tag is not None:
            raise _Refused(Problem(place, f"{_tag_text(event.tag)} is a tag", "take it away"))
        if depth > MOST_DEPTH:
            raise _Refused(
                Problem(place, f"nested more than {MOST_DEPTH} levels deep", "a recipe has at most 8 levels")
            )
        if isinstance(event, yaml.ScalarEvent):
            return self._leaf(event, place)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._items(place, depth)
        return self._branch(place, depth)

    def _leaf(self, event: Any, place: Place) -> Leaf:
        text: str = event.value
        starts = () if place.line == 0 else source_starts(self._text, event)
        if event.style:
            return Leaf(text, place, self._layer, text, event.style, starts)
        try:
            value = read_plain(text) if text else None
        except ScalarFault as fault:
            self._problems.append(Problem(place, fault.what, fault.fix))
            value = text
        return Leaf(value, place, self._layer, text, "", starts)

    def _items(self, place: Place, depth: int) -> Items:
        nodes: list[Node] = []
        while not isinstance(event := self._next(), yaml.SequenceEndEvent):
            node = self._node(event, depth + 1)
            if isinstance(node, Leaf) and node.value is None:
                self._problems.append(
                    Problem(node.place, "an empty item in a list", "write the item or delete the line")
                )
                continue
            nodes.append(node)
        return Items(tuple(nodes), place, self._layer)

    def _branch(self, place: Place, depth: int) -> Branch:
        entries: dict[str, Entry] = {}
        while not isinstance(event := self._next(), yaml.MappingEndEvent):
            key, key_place = self._key(event, depth)
            value = self._next()
            node = self._node(value, depth + 1)
            if isinstance(node, Leaf) and not node.style and not node.text:
                between = self._text[event.end_mark.index : value.start_mark.index]
                self._problems.append(_no_value(key, key_place, colon=":" in between))
                continue
            if key in entries:
                first = entries[key].place
                what = f"{key} stands twice; the first is on line {first.line}"
                self._problems.append(Problem(key_place, what, "keep one of the two"))
                continue
            entries[key] = Entry(key, key_place, node)
        return Branch(entries, place, self._layer)

    def _key(self, event: Any, depth: int) -> tuple[str, Place]:
        place = self._at(event)
        node = self._node(event, depth + 1) if isinstance(event, yaml.ScalarEvent | yaml.AliasEvent) else None
        if not isinstance(node, Leaf):
            fix = "put a value that begins with { or [ in quotes"
            raise _Refused(Problem(place, "a key must be a name", fix))
        if not node.style and (node.value is None or isinstance(node.value, bool)):
            written = node.text or "an empty text"
            self._problems.append(Problem(place, f"{written} is no name for a key", "put the key in quotes"))
        return node.text, place


def _code_point(character: Any) -> int:
    """libyaml gives the number, PyYAML the character."""
    return character if isinstance(character, int) else ord(character)


def _no_value(key: str, place: Place, *, colon: bool) -> Problem:
    if colon:
        fix = f"write {key}: {{}} for an empty section, {key}: null to take away what was inherited"
        return Problem(place, f"{key} has no value", fix)
    fix = f"if it belongs to the value before it, put that value in quotes; else write {key}: value"
    return Problem(place, f"{key} has no value: a comma inside {{}} begins a new key", fix)


def _tag_text(tag: str) -> str:
    return tag.replace("tag:yaml.org,2002:", "!!")

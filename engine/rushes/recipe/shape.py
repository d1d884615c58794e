"""Checks a tree against a JSON Schema, with places and fixes; gives back what is sound, in canonical form.

It reads the part of draft-07 that our schemas use (a test holds that part equal to jsonschema's verdict). jsonschema
itself costs a third of the time that `rushes validate` may take, and its messages have no places.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from rushes.errors import Place, Problem
from rushes.recipe.fields import REMOVABLE, REQUIRED, TIME_PATTERN, Schema
from rushes.recipe.names import did_you_mean, near_name
from rushes.recipe.rates import RATE_FORMS, RATE_PATTERN, canonical_rate, rate_fix
from rushes.recipe.scalar import is_sexagesimal
from rushes.recipe.times import time_fix
from rushes.recipe.tree import Branch, Entry, Items, Leaf, Node, Scalar, from_plain
from rushes.units import text_to_seconds

Path = tuple[str, ...]

BUILT_IN = "built-in"
"""Layer and place of values that no file sets."""

_KINDS = {
    "object": "a mapping",
    "array": "a list",
    "string": "text",
    "number": "a number",
    "integer": "a whole number",
    "boolean": "true or false",
    "null": "null",
}
_NOUNS = {
    ("analyzers",): ("analyzer", "analyzers"),
    ("edit", "weights"): ("term of the objective", "terms of the objective"),
}


class Shape:
    """One check of one tree. `problems` grows as it goes; `root` holds the definitions that $ref names."""

    def __init__(self, root: Schema, problems: list[Problem], subject: str = "recipe") -> None:
        self._root = root
        self._subject = subject
        self._problems = problems
        self.faulty: set[Path] = set()
        """Paths of what was left out or stands for a default because the recipe's own value is wrong."""

    def sound(
        self,
        node: Node,
        schema: Schema,
        path: Path = (),
        key_place: Place | None = None,
        beside: Iterable[str] = (),
    ) -> Node | None:
        """The node in canonical form: times in seconds, single globs as lists, defaults filled in; None if faulty.

        beside: the keys next to its own.
        """
        before = len(self._problems)
        found = self._checked(node, self._followed(schema), path, key_place or node.place, beside)
        if len(self._problems) > before:
            self.faulty.add(path)
        return found

    def _checked(
        self, node: Node, schema: Schema, path: Path, key_place: Place, beside: Iterable[str]
    ) -> Node | None:
        kinds = _kinds(schema)
        if isinstance(node, Branch):
            if kinds and "object" not in kinds:
                self._wrong_kind(node, schema, path)
                return None
            return self._branch(node, schema, path, key_place, beside)
        if isinstance(node, Items):
            if kinds and "array" not in kinds:
                self._wrong_kind(node, schema, path)
                return None
            return self._items(node, schema, path)
        if "array" in kinds and isinstance(node.value, str):
            return self._items(Items((node,), node.place, node.layer), schema, path)
        return self._leaf(node, schema, path)

    def _followed(self, schema: Schema) -> Schema:
        while "$ref" in schema:
            part: Any = self._root
            for step in schema["$ref"].removeprefix("#/").split("/"):
                part = part[step]
            schema = part
        return schema

    def _problem(self, place: Place, what: str, fix: str) -> None:
        self._problems.append(Problem(place, what, fix))

    def _wrong_kind(self, node: Node, schema: Schema, path: Path) -> None:
        kinds = [kind for kind in _kinds(schema) if kind != "null" or not schema.get(REMOVABLE)]
        wanted = " or ".join(dict.fromkeys(_KINDS[kind] for kind in kinds))
        fix = _kind_fix(node, schema, path)
        self._problem(node.place, f"{_called(path)} must be {wanted}, not {_shown(node)}", fix)

    def _branch(
        self, node: Branch, schema: Schema, path: Path, key_place: Place, beside: Iterable[str]
    ) -> Branch | None:
        properties: Schema = schema.get("properties", {})
        extra = schema.get("additionalProperties", True)
        unnamed: Schema = {} if extra is True else extra
        found: dict[str, Entry] = {}
        given = [key for key in properties if key in node.entries]
        given += [key for key in node.entries if key not in properties]
        for key in given:
            entry = node.entries[key]
            if key not in properties and not self._key_is_fine(entry, schema, path):
                continue
            part = self.sound(
                entry.node, properties.get(key, unnamed), (*path, key), entry.place, node.entries
            )
            if part is not None:
                found[key] = Entry(key, entry.place, part)
        wanted = [*schema.get(REQUIRED, ()), *schema.get("required", ())]
        missing = [key for key in dict.fromkeys(wanted) if key not in node.entries]
        if missing:
            near = near_name(path[-1], beside) if path else None
            hint = f"; or did you mean {near}?" if near else ""
            self._problem(key_place, f"{_called(path)} has no {_and(missing)}", f"add {_and(missing)}{hint}")
        if any(key not in found for key in schema.get(REQUIRED, ())):
            return None
        return self._filled(Branch(found, node.place, node.layer), properties, path)

    def _filled(self, node: Branch, properties: Schema, path: Path) -> Branch:
        entries: dict[str, Entry] = {}
        place = Place(BUILT_IN)
        for key, schema in properties.items():
            if key in node.entries:
                entries[key] = node.entries[key]
            elif "default" in schema:
                default = from_plain(schema["default"], place, BUILT_IN)
                part = self.sound(default, schema, (*path, key))
                if part is not None:
                    entries[key] = Entry(key, place, part)
        entries.update({key: entry for key, entry in node.entries.items() if key not in entries})
        return Branch(entries, node.place, node.layer)

    def _key_is_fine(self, entry: Entry, schema: Schema, path: Path) -> bool:
        if schema.get("additionalProperties", True) is False:
            noun, nouns = _noun(path)
            where = f" in {'.'.join(path)}" if path and noun == "key" else ""
            fix = did_you_mean(entry.key, schema.get("properties", {}), kind=f"{nouns}{where}")
            self._problem(entry.place, f"there is no {noun} {entry.key}{where}", fix)
            return False
        pattern = schema.get("propertyNames", {}).get("pattern")
        if pattern and not re.search(pattern, entry.key):
            fix = "write it in small letters, digits and _, beginning with a letter"
            self._problem(entry.place, f"{entry.key!r} is not a name that expressions can use", fix)
            return False
        return True

    def _items(self, node: Items, schema: Schema, path: Path) -> Items | None:
        item: Schema = schema.get("items", {})
        parts = [self.sound(part, item, path) for part in node.nodes]
        fewest = schema.get("minItems", 0)
        if len(parts) < fewest:
            what = f"{_called(path)} has {len(parts)} items; it needs {fewest}"
            self._problem(node.place, what, f"give at least {fewest}")
            return None
        if "maxItems" in schema and len(parts) > schema["maxItems"]:
            most = schema["maxItems"]
            what = f"{_called(path)} has {len(parts)} items; it takes {most}"
            self._problem(node.place, what, f"give at most {most}")
            return None
        if schema.get("uniqueItems") and self._repeats(node, path):
            return None
        return Items(tuple(part for part in parts if part is not None), node.place, node.layer)

    def _repeats(self, node: Items, path: Path) -> bool:
        seen: list[Scalar] = []
        for part in node.nodes:
            value = part.value if isinstance(part, Leaf) else None
            if value is not None and value in seen:
                self._problem(part.place, f"{value} stands twice in {_called(path)}", "delete one of the two")
                return True
            seen.append(value)
        return False

    def _leaf(self, node: Leaf, schema: Schema, path: Path) -> Leaf | None:
        kinds = _kinds(schema)
        value = node.value
        if "enum" in schema:
            return self._choice(node, schema, path)
        if not kinds or (value is None and "null" in kinds):
            return node
        if schema.get("pattern") == RATE_PATTERN:
            return self._rate(node, schema, path)
        if isinstance(value, bool):
            if "boolean" in kinds:
                return node
            self._wrong_kind(node, schema, path)
            return None
        if isinstance(value, int | float) and ("number" in kinds or "integer" in kinds):
            return self._number(node, value, schema, path)
        if isinstance(value, str) and schema.get("pattern") == TIME_PATTERN:
            return self._time(node, value, schema, path)
        if not isinstance(value, str) or "string" not in kinds:
            self._wrong_kind(node, schema, path)
            return None
        if not node.style and is_sexagesimal(value):
            what = f"{value} is a number of base 60 to some YAML readers and text to others"
            self._problem(node.place, what, f'put the text in quotes: "{value}"')
            return None
        if "pattern" in schema and not re.search(schema["pattern"], value):
            what = f"{_called(path)} is {value!r}, which is not of the form {schema['pattern']}"
            self._problem(node.place, what, "write it in that form")
            return None
        return node

    def _choice(self, node: Leaf, schema: Schema, path: Path) -> Leaf | None:
        choices: Sequence[Scalar] = schema["enum"]
        if any(node.value == choice and type(node.value) is type(choice) for choice in choices):
            return node
        listed = [_word(choice) for choice in choices]
        text = _word(node.value)
        if text in listed and not isinstance(node.value, str):
            self._problem(
                node.place, f"{_called(path)} is not the text {text}", f'put it in quotes: "{text}"'
            )
        else:
            # Null is for taking a choice back; nobody who writes a text means it.
            shown = [word for word, choice in zip(listed, choices, strict=True) if choice is not None]
            fix = did_you_mean(text, shown, kind="choices")
            self._problem(node.place, f"{_called(path)} cannot be {_shown(node)}", fix)
        return None

    def _number(self, node: Leaf, value: float, schema: Schema, path: Path) -> Leaf | None:
        whole = "integer" in _kinds(schema)
        if whole and value != int(value):
            self._wrong_kind(node, schema, path)
            return None
        fault, fix = _range_fault(value, schema)
        if fault:
            self._problem(node.place, f"{_called(path)} is {_shown(node)}; it {fault}", fix)
            return None
        number = int(value) if whole else float(value)
        return node.with_value(number)

    def _rate(self, node: Leaf, schema: Schema, path: Path) -> Leaf | None:
        value = node.value
        if value is None or isinstance(value, bool):
            self._wrong_kind(node, schema, path)
            return None
        rate = canonical_rate(value)
        if rate is None:
            fault, fix = ("", "") if isinstance(value, str) else _range_fault(value, schema)
            what = f"it {fault}" if fault else "that is no frame rate that programs know"
            self._problem(node.place, f"{_called(path)} is {_shown(node)}; {what}", fix or rate_fix(value))
            return None
        return node if rate == value and not isinstance(value, float) else node.with_value(rate)

    def _time(self, node: Leaf, text: str, schema: Schema, path: Path) -> Leaf | None:
        try:
            seconds = float(text_to_seconds(text))
        except ValueError:
            self._problem(node.place, f"{_called(path)} is {text!r}, which is not a time", time_fix(text))
            return None
        return self._number(node.with_value(seconds), seconds, schema, path)


def _kinds(schema: Schema) -> list[str]:
    kinds = schema.get("type", [])
    return kinds if isinstance(kinds, list) else [kinds]


def _noun(path: Path) -> tuple[str, str]:
    """What a key at a path names, one and many."""
    if path[:1] == ("analyzers",) and len(path) == 2:
        return f"parameter of {path[1]}", f"parameters of {path[1]}"
    return _NOUNS.get(path, ("key", "keys"))


def _called(path: Path) -> str:
    return ".".join(path) if path else "the recipe"


def _and(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _word(value: Scalar) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _shown(node: Node) -> str:
    if isinstance(node, Branch):
        return "a mapping"
    if isinstance(node, Items):
        return "a list"
    if isinstance(node.value, str):
        return f"the text {node.value!r}"
    return node.text or _word(node.value)


def _kind_fix(node: Node, schema: Schema, path: Path) -> str:
    kinds = _kinds(schema)
    if schema.get("pattern") == RATE_PATTERN:
        return RATE_FORMS
    if isinstance(node, Leaf) and node.value is None:
        if "default" in schema:
            return f"write a value, or delete the line for the default ({_word(schema['default'])})"
        return "write a value, or delete the line"
    if "string" in kinds and isinstance(node, Leaf):
        return f'put it in quotes: "{node.text or node.value}"'
    if "boolean" in kinds:
        return "write true or false"
    if "integer" in kinds:
        return "write a whole number, such as 3"
    if "number" in kinds:
        return "write a number without quotes, such as 0.5"
    if "array" in kinds:
        return "write a list: [first, second]"
    keys = ", ".join(list(schema.get("properties", {}))[:6])
    if path[:1] == ("analyzers",):
        return "write {} for the default parameters, or null to switch it off"
    return f"write keys with values below it: {keys}" if keys else "write names with values below it"


def _range_fault(value: float, schema: Schema) -> tuple[str, str]:
    least, above, most = schema.get("minimum"), schema.get("exclusiveMinimum"), schema.get("maximum")
    below = schema.get("exclusiveMaximum")
    bounds: list[str] = []
    if above is not None:
        bounds.append(f"above {above:g}")
    if least is not None:
        bounds.append(f"at least {least:g}")
    if most is not None:
        bounds.append(f"at most {most:g}")
    if below is not None:
        bounds.append(f"below {below:g}")
    fix = f"write a number that is {' and '.join(bounds)}"
    if above is not None and not value > above:
        return f"must be above {above:g}", fix
    if least is not None and not value >= least:
        return f"must be at least {least:g}", fix
    if most is not None and not value <= most:
        return f"must be at most {most:g}", fix
    if below is not None and not value < below:
        return f"must be below {below:g}", fix
    return "", ""

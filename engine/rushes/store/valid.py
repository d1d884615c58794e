"""A quick yes to: does this document hold to this JSON Schema?

Files that rushes wrote nearly always do, and to learn it from jsonschema takes longer than all else that a short command
does: a tenth of a second to load it, and as much again for the record of a run. So this is asked first, and jsonschema
only where the answer is not a sure yes: what is wrong it says better.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

Check = Callable[[Any], bool]

_TYPES: Mapping[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "null": (type(None),),
    "array": (list,),
    "object": (dict,),
}
_SAY_NOTHING = frozenset({"$schema", "$id", "title", "description", "default", "examples", "definitions", "format"})  # fmt: skip


def sure_check(schema: Mapping[str, Any]) -> Check:
    """Tells of plain data, as `json.loads` gives it, whether it surely holds to a schema of draft 7.

    False: it does not, or a word of the schema is not known here. References are of the form #/definitions/NAME.
    """
    return _Reading(schema).check(schema)


class _Reading:
    """One schema: what its definitions check, each read once."""

    def __init__(self, root: Mapping[str, Any]) -> None:
        self._definitions: Mapping[str, Any] = root.get("definitions", {})
        self._read: dict[str, Check] = {}

    def check(self, schema: Any) -> Check:
        if isinstance(schema, bool):
            return lambda _value: schema
        if "$ref" in schema:
            return self._referred(schema["$ref"])
        parts = [self._part(word, schema) for word in schema if word not in _SAY_NOTHING]
        return parts[0] if len(parts) == 1 else _every(parts)

    def _referred(self, reference: str) -> Check:
        """Found when it is asked for: a definition may hold itself."""
        name = reference.removeprefix("#/definitions/")

        def referred(value: Any) -> bool:
            if name not in self._read:
                self._read[name] = self.check(self._definitions.get(name, False))
            return self._read[name](value)

        return referred

    def _part(self, word: str, schema: Mapping[str, Any]) -> Check:
        says = schema[word]
        if word == "properties" or word == "additionalProperties":
            return self._members(schema) if word == "properties" or "properties" not in schema else _anything
        if word == "items" and not isinstance(says, list):
            each = self.check(says)
            return lambda value: type(value) is not list or all(map(each, value))
        if word == "anyOf":
            ways = [self.check(way) for way in says]
            return lambda value: any(way(value) for way in ways)
        simple = _SIMPLE.get(word)
        return _nothing if simple is None else simple(says)

    def _members(self, schema: Mapping[str, Any]) -> Check:
        """`properties` and `additionalProperties`, which say together what a member must be."""
        if "patternProperties" in schema:
            return _nothing
        known = {name: self.check(part) for name, part in schema.get("properties", {}).items()}
        others = self.check(schema.get("additionalProperties", True))

        def members(value: Any) -> bool:
            if type(value) is dict:
                for name, part in value.items():
                    if not known.get(name, others)(part):
                        return False
            return True

        return members


def _every(parts: Sequence[Check]) -> Check:
    """A loop, as `all` of a generator takes twice as long, and the record of a large run has a hundred thousand values."""

    def every(value: Any) -> bool:
        for part in parts:
            if not part(value):
                return False
        return True

    return every


def _anything(_value: Any) -> bool:
    return True


def _nothing(_value: Any) -> bool:
    return False


def _type(says: str | Sequence[str]) -> Check:
    allowed = frozenset(kind for name in ([says] if isinstance(says, str) else says) for kind in _TYPES[name])
    if len(allowed) == 1:
        (only,) = allowed
        return lambda value: type(value) is only
    return lambda value: type(value) in allowed


def _enum(says: Sequence[Any]) -> Check:
    """Of one type too: to Python True is 1."""
    if all(type(one) is str for one in says):
        texts = frozenset(says)
        return lambda value: type(value) is str and value in texts
    return lambda value: any(type(value) is type(one) and value == one for one in says)


def _required(says: Sequence[str]) -> Check:
    names = frozenset(says)
    return lambda value: type(value) is not dict or names <= value.keys()


def _pattern(says: str) -> Check:
    found = re.compile(says).search
    return lambda value: type(value) is not str or found(value) is not None


def _of_numbers(holds: Callable[[Any, Any], bool]) -> Callable[[Any], Check]:
    return lambda says: lambda value: type(value) not in (int, float) or holds(value, says)


def _of_length(kind: type[str | list[Any]], holds: Callable[[int, int], bool]) -> Callable[[Any], Check]:
    return lambda says: lambda value: type(value) is not kind or holds(len(value), says)


_SIMPLE: Mapping[str, Callable[[Any], Check]] = {
    "type": _type,
    "enum": _enum,
    "const": lambda says: _enum([says]),
    "required": _required,
    "pattern": _pattern,
    "minimum": _of_numbers(lambda value, least: bool(value >= least)),
    "maximum": _of_numbers(lambda value, most: bool(value <= most)),
    "exclusiveMinimum": _of_numbers(lambda value, above: bool(value > above)),
    "exclusiveMaximum": _of_numbers(lambda value, below: bool(value < below)),
    "minLength": _of_length(str, lambda length, least: length >= least),
    "maxLength": _of_length(str, lambda length, most: length <= most),
    "minItems": _of_length(list, lambda length, least: length >= least),
    "maxItems": _of_length(list, lambda length, most: length <= most),
}
"""Words of a schema that say by themselves what is meant."""

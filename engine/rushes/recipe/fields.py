"""JSON Schema (draft-07) of a dataclass: types, ranges, choices and defaults. Texts are added by `schema.py`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from rushes.recipe.limits import Limits, hints_of, limits_of
from rushes.recipe.rates import LEAST_FPS, MOST_FPS, NTSC_NAMES, RATE_PATTERN, IsRate

Schema = dict[str, Any]
Describe = Callable[[type[Any]], Mapping[str, str]]
"""Texts of a dataclass's fields by name; "" is what the dataclass itself is."""

TIME_PATTERN = (
    r"^(?:(?:[0-9]+\.?[0-9]*|\.[0-9]+)\s*(?:ms|s|min|h)|[0-9]+:[0-5]?[0-9]:[0-5]?[0-9](?:\.[0-9]+)?)$"
)
"""Times with a unit: 90s, 250ms, 1.5min, 00:01:30."""

NAME_PATTERN = r"^[a-z][a-z0-9_]*$"
"""Names that a recipe gives to columns, scores, rules and thresholds, so that expressions can use them."""

REQUIRED = "x-required"
"""Keys that must be there once all layers are merged. JSON Schema's own `required` would refuse a recipe that only
changes a part of what it extends."""

REMOVABLE = "x-null-removes"
"""True: null takes away what an earlier layer said, so that it is never found in a resolved recipe."""

SHORT = "x-short"
"""Of an object that may also be written as a text: the key that the text stands for."""


def dataclass_schema(kind: type[Any], *, named: bool = False, describe: Describe | None = None) -> Schema:
    """Schema of a mapping with one key per field. named: the field `name` is the key in the mapping above."""
    texts = describe(kind) if describe else {}
    hints = hints_of(kind)
    properties: dict[str, Schema] = {}
    required: list[str] = []
    for field in fields(kind):
        if named and field.name == "name":
            continue
        schema = type_schema(hints[field.name], field.name, describe)
        if texts.get(field.name):
            schema = {"description": texts[field.name], **schema}
        default = default_of(field)
        if default is MISSING:
            required.append(field.name)
        else:
            schema["default"] = {} if default == [] and schema["type"] == "object" else default
        properties[field.name] = schema
    about: Schema = {"description": texts[""]} if texts.get("") else {}
    found: Schema = {**about, "type": "object", "properties": properties, "additionalProperties": False}
    return {**found, REQUIRED: required} if required else found


def default_of(field: Field[Any]) -> Any:
    """Default of a field as JSON data; MISSING where it has none. A section's default is {}: all its own defaults."""
    default = field.default if field.default_factory is MISSING else field.default_factory()
    if is_dataclass(default):
        return {}
    return list(default) if isinstance(default, tuple) else default


def type_schema(hint: Any, name: str = "", describe: Describe | None = None) -> Schema:
    """Schema of a type hint. Numbers whose name ends in _s may also be written as times with a unit."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Annotated and any(isinstance(part, IsRate) for part in arguments[1:]):
        return _rate_schema()
    if origin is Annotated:
        return _with_limits(type_schema(arguments[0], name, describe), limits_of(hint))
    if origin in (UnionType, Union):
        return _or_null(next(part for part in arguments if part is not NoneType), name, describe)
    if origin is Literal:
        return {"type": _JSON_TYPES[type(arguments[0])], "enum": list(arguments)}
    if origin is tuple and is_dataclass(arguments[0]) and isinstance(arguments[0], type):
        return named_map(dataclass_schema(arguments[0], named=True, describe=describe))
    if origin is tuple:
        return _list_schema(arguments, name)
    if origin in (Mapping, dict) and arguments[1] is Any:
        return {"type": "object"}
    if origin in (Mapping, dict):
        return named_map(type_schema(arguments[1], "", describe))
    if is_dataclass(hint) and isinstance(hint, type):
        return dataclass_schema(hint, describe=describe)
    if hint is float and name.endswith("_s") and not name.endswith("_per_s"):
        return {"type": ["number", "string"], "pattern": TIME_PATTERN}
    return {"type": _JSON_TYPES[hint]}


_JSON_TYPES: Mapping[Any, str] = {float: "number", int: "integer", str: "string", bool: "boolean"}


def _rate_schema() -> Schema:
    return {
        "type": ["number", "string"],
        "pattern": RATE_PATTERN,
        "minimum": LEAST_FPS,
        "maximum": MOST_FPS,
        "anyOf": [{"type": ["integer", "string"]}, {"enum": [float(name) for name in NTSC_NAMES]}],
    }


def _list_schema(arguments: tuple[Any, ...], name: str) -> Schema:
    """tuple[X, ...], or tuple[X, X] for a fixed number. A single text may stand without its list."""
    items = type_schema(arguments[0], name)
    kinds = ["string", "array"] if items["type"] == "string" else ["array"]
    if arguments[-1] is Ellipsis:
        return {"type": kinds, "items": items}
    return {"type": kinds, "items": items, "minItems": len(arguments), "maxItems": len(arguments)}


def named_map(value: Schema) -> Schema:
    """Schema of a mapping from names that the recipe chooses to equal parts."""
    names = {"pattern": NAME_PATTERN}
    return {"type": "object", "propertyNames": names, "additionalProperties": removable(value)}


def removable(schema: Schema) -> Schema:
    """Schema of an entry that a later layer may take away by writing null."""
    return {**schema, "type": [*_kinds(schema), "null"], REMOVABLE: True}


def _or_null(hint: Any, name: str, describe: Describe | None) -> Schema:
    schema = type_schema(hint, name, describe)
    schema["type"] = [*_kinds(schema), "null"]
    if "enum" in schema:
        schema["enum"] = [*schema["enum"], None]
    return schema


def _kinds(schema: Schema) -> list[str]:
    kinds = schema["type"]
    return kinds if isinstance(kinds, list) else [kinds]


def _with_limits(schema: Schema, limits: Limits | None) -> Schema:
    bounds = (
        {"minimum": limits.least, "maximum": limits.most, "exclusiveMinimum": limits.above} if limits else {}
    )
    return {**schema, **{key: bound for key, bound in bounds.items() if bound is not None}}

"""What is surely valid is valid to jsonschema too; what rushes writes is surely valid."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator
from rushes.resources import shipped_schema
from rushes.store.valid import sure_check
from rushes.timeline.document import timeline_to_json
from timeline_samples import timeline

DIGEST = "0" * 64
TIMELINE: dict[str, Any] = json.loads(timeline_to_json(timeline()))
VALUES: tuple[Any, ...] = (
    None,
    True,
    False,
    0,
    1,
    -1,
    1.0,
    0.5,
    -2.5,
    "",
    "x",
    DIGEST,
    "1/2",
    [],
    [1],
    {},
    {"a": 1},
)
WORDS: dict[str, tuple[Any, ...]] = {
    "type": ("string", "integer", "number", "boolean", "null", "array", "object", ["integer", "null"]),
    "enum": ([1, "x"], [True], [None, 0.5]),
    "const": (1, True, "x"),
    "required": (["a"], []),
    "properties": ({"a": {"type": "integer"}}, {"a": True, "b": False}),
    "additionalProperties": (False, {"type": "string"}),
    "patternProperties": ({"^a": {"type": "string"}},),
    "items": ({"type": "integer"}, [{"type": "string"}]),
    "anyOf": ([{"type": "string"}, {"minimum": 1}],),
    "oneOf": ([{"type": "number"}, {"minimum": 1}],),
    "pattern": ("^[0-9]+/", "x"),
    "minimum": (0, 0.5),
    "maximum": (0,),
    "exclusiveMinimum": (0,),
    "exclusiveMaximum": (1,),
    "minLength": (1,),
    "maxLength": (1,),
    "minItems": (1,),
    "maxItems": (0,),
    "uniqueItems": (True,),
    "$ref": ("#/definitions/whole", "#/definitions/none"),
    "description": ("says nothing",),
}  # fmt: skip
ALL_KNOWN = {*WORDS} - {"patternProperties", "oneOf", "uniqueItems", "$ref", "items"}
SCHEMAS = st.fixed_dictionaries({}, optional={word: st.sampled_from(says) for word, says in WORDS.items()})


@settings(max_examples=400, deadline=None)
@given(schema=SCHEMAS, value=st.sampled_from(VALUES))
def test_what_is_surely_valid_is_valid(schema: dict[str, Any], value: Any) -> None:
    whole = {**schema, "definitions": {"whole": {"type": "integer"}, "none": False}}
    valid = Draft7Validator(whole).is_valid(value)
    if sure_check(whole)(value):
        assert valid
    # 1.0 is an integer to jsonschema and equal to 1; such a document is looked at by it, not refused.
    elif schema.keys() <= ALL_KNOWN and not isinstance(value, float):
        assert not valid


def _places(document: Any) -> Iterator[tuple[Any, Any]]:
    """Every container of a document with every key of it."""
    pairs = document.items() if isinstance(document, dict) else enumerate(document)
    for key, part in [*pairs]:
        yield document, key
        if isinstance(part, dict | list):
            yield from _places(part)


def test_a_timeline_is_surely_valid_and_with_any_value_of_another_kind_no_less_wrong_than_to_jsonschema() -> (
    None
):
    schema = shipped_schema("timeline")
    holds, slow = sure_check(schema), Draft7Validator(schema)
    assert holds(TIMELINE)
    for at in range(0, len([*_places(TIMELINE)]), 3):
        document = copy.deepcopy(TIMELINE)
        holder, key = [*_places(document)][at]
        for value in ("no such value", -7, None, {"new": 1}):
            holder[key] = value
            assert holds(document) <= slow.is_valid(document)


@pytest.mark.parametrize("missing", ["schema", "clips", "song"])
def test_without_a_field_nothing_is_sure(missing: str) -> None:
    document = {name: part for name, part in TIMELINE.items() if name != missing}
    assert not sure_check(shipped_schema("timeline"))(document)


def test_definitions_may_hold_themselves() -> None:
    tree = {"type": "object", "additionalProperties": {"$ref": "#/definitions/tree"}}
    holds = sure_check({"$ref": "#/definitions/tree", "definitions": {"tree": tree}})
    assert holds({"a": {"b": {}}})
    assert not holds({"a": {"b": 1}})

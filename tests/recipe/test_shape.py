"""Our reader of schemas agrees with jsonschema on what is valid, and leaves out only what is faulty."""

from __future__ import annotations

import json
import math
from typing import Annotated, Any

import jsonschema
from hypothesis import given, settings
from hypothesis import strategies as st
from recipe_samples import TABLE
from rushes.errors import Place, Problem
from rushes.recipe.fields import TIME_PATTERN, Schema, type_schema
from rushes.recipe.rates import IsRate
from rushes.recipe.schema import recipe_schema
from rushes.recipe.shape import Shape
from rushes.recipe.tree import Branch, Leaf, from_plain, to_plain, walk
from rushes.resources import shipped_file

HERE = Place("r.yaml", 1, 1)
READ = frozenset(
    [
        "type",
        "enum",
        "properties",
        "required",
        "additionalProperties",
        "propertyNames",
        "pattern",
        "items",
        "minItems",
        "maxItems",
        "uniqueItems",
        "anyOf",  # read as the pattern of rates beside it
        "minimum",
        "maximum",
        "exclusiveMinimum",
        "exclusiveMaximum",
        "$ref",
        "definitions",
        "x-required",
        "x-null-removes",
        "x-short",
    ]
)
SAID = frozenset({"$schema", "$id", "title", "description", "default", "examples"})


def problems_of(value: Any, schema: Schema) -> list[Problem]:
    found: list[Problem] = []
    Shape(schema, found).sound(from_plain(value, HERE, "recipe"), schema)
    return found


def words_of(schema: Any) -> set[str]:
    """Every keyword that a schema uses."""
    if isinstance(schema, list):
        return set().union(*(words_of(part) for part in schema)) if schema else set()
    if not isinstance(schema, dict):
        return set()
    found = set(schema)
    for key, part in schema.items():
        if key in ("properties", "definitions"):
            for inner in part.values():
                found |= words_of(inner)
        elif key not in ("default", "examples", "enum"):
            found |= words_of(part)
    return found


def test_every_keyword_of_our_schemas_is_read() -> None:
    for name in ("recipe", "profile", "style"):
        schema = json.loads(shipped_file("schemas", f"{name}.schema.json").read_text(encoding="utf-8"))
        assert words_of(schema) <= READ | SAID, name


SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 200),
    st.floats(-2, 100, allow_nan=False),
    st.sampled_from([23.976, 29.97, 29.5, 59.94, 120.0, "29.97", "30000/1001", "30", "60000/1000"]),
    st.sampled_from(["x", "free", "beat", "9:16", "90s", "1.5min", "00:01:30", "", "abc"]),
)
SCHEMAS: list[Schema] = [
    {"type": "integer", "minimum": 1, "maximum": 50},
    {"type": ["number", "null"], "exclusiveMinimum": 0, "exclusiveMaximum": 90},
    {"type": ["number", "string"], "pattern": TIME_PATTERN},
    type_schema(Annotated[int | str, IsRate()]),
    {"type": "string", "enum": ["free", "beat"]},
    {"type": ["string", "null"], "enum": ["9:16", None]},
    {"type": "boolean"},
    {"type": "string", "pattern": "^[a-z]+$"},
    {"type": ["string", "array"], "items": {"type": "string"}},
    {"type": "array", "items": {"type": "number"}, "minItems": 1, "maxItems": 2},
    {"type": "array", "items": {"type": "integer"}, "uniqueItems": True},
    {
        "type": "object",
        "required": ["a"],
        "properties": {"a": {"type": "number"}},
        "additionalProperties": False,
    },
    {"type": "object", "propertyNames": {"pattern": "^[a-c]$"}, "additionalProperties": {"type": "string"}},
    {
        "type": "object",
        "properties": {"a": {"$ref": "#/definitions/n"}},
        "definitions": {"n": {"type": "null"}},
    },
]
VALUES = st.one_of(
    SCALARS,
    st.lists(SCALARS, max_size=3),
    st.dictionaries(st.sampled_from(["a", "b", "c", "long"]), SCALARS, max_size=3),
)


@settings(deadline=None, max_examples=300)
@given(st.sampled_from(SCHEMAS), VALUES)
def test_what_jsonschema_accepts_is_accepted_and_nothing_else(schema: Schema, value: Any) -> None:
    valid = jsonschema.Draft7Validator(schema).is_valid(value)
    assert (problems_of(value, schema) == []) == valid


def test_plain_text_of_base_60_is_taken_only_where_it_is_one_of_the_choices() -> None:
    plain, found = Leaf("9:16", HERE, text="9:16"), list[Problem]()
    Shape({}, found).sound(plain, {"type": "string", "enum": ["9:16"]})
    assert found == []
    Shape({}, found).sound(plain, {"type": "string"})
    assert [problem.what for problem in found] == [
        "9:16 is a number of base 60 to some YAML readers and text to others"
    ]


def test_what_is_sound_stays_and_gets_its_defaults() -> None:
    schema = recipe_schema(TABLE)
    found: list[Problem] = []
    shape = Shape(schema, found)
    value = {"schema": "rushes/recipe@1", "edit": {"seed": -1, "duration_s": "90s"}, "song": {"fade_in_s": 1}}
    sound = shape.sound(from_plain(value, HERE, "recipe"), schema)
    assert isinstance(sound, Branch)
    plain = to_plain(sound)
    assert plain["edit"]["seed"] == 0
    assert plain["edit"]["duration_s"] == 90.0
    assert plain["song"] == {"file": None, "start_s": None, "fade_in_s": 1.0, "fade_out_s": 1.0}
    assert shape.faulty == {(), ("edit",), ("edit", "seed")}
    assert [problem.what for problem in found] == ["edit.seed is -1; it must be at least 0"]


def test_canonical_numbers_have_the_type_of_their_key() -> None:
    schema = recipe_schema(TABLE)
    value = {"schema": "rushes/recipe@1", "edit": {"rate_fps": 25.0, "max_shot_s": 3}}
    sound = Shape(schema, []).sound(from_plain(value, HERE, "recipe"), schema)
    assert sound is not None
    leaves = {path: node.value for path, node in walk(sound) if isinstance(node, Leaf)}
    assert type(leaves["edit", "rate_fps"]) is int
    assert type(leaves["edit", "max_shot_s"]) is float
    assert all(math.isfinite(value) for value in leaves.values() if isinstance(value, float))

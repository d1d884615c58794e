"""Parameters of every form that analyzers use have a schema, and reach them as they declare."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

import pytest
from recipe_samples import TABLE, Folder
from rushes.recipe.fields import TIME_PATTERN, dataclass_schema
from rushes.recipe.limits import Limits
from rushes.recipe.reference import reference_text


@dataclass(frozen=True, slots=True, kw_only=True)
class ManyParams:
    """models: which. sizes, box, pauses_s, level, words, strict, limit_s, order: others. prompts: texts by class."""

    models: tuple[Literal["yunet", "blazeface"], ...] = ("yunet",)
    words: tuple[str, ...] = ()
    sizes: tuple[int, ...] = (1, 2)
    box: tuple[float, float] = (0.0, 1.0)
    pauses_s: tuple[float, ...] = ()
    level: Literal[1, 2, 3] = 1
    order: Literal["up", "down"] | None = None
    strict: bool = False
    note: str | None = None
    limit_s: Annotated[float | None, Limits(above=0)] = None
    prompts: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])


def test_every_form_of_a_parameter_has_its_schema() -> None:
    properties = dataclass_schema(ManyParams)["properties"]
    without_defaults = {
        name: {key: part for key, part in schema.items() if key != "default"}
        for name, schema in properties.items()
    }
    prompts = without_defaults.pop("prompts")
    assert prompts["additionalProperties"]["items"] == {"type": "string"}
    assert without_defaults == {
        "models": {"type": ["string", "array"], "items": {"type": "string", "enum": ["yunet", "blazeface"]}},
        "words": {"type": ["string", "array"], "items": {"type": "string"}},
        "sizes": {"type": ["array"], "items": {"type": "integer"}},
        "box": {"type": ["array"], "items": {"type": "number"}, "minItems": 2, "maxItems": 2},
        "pauses_s": {"type": ["array"], "items": {"type": ["number", "string"], "pattern": TIME_PATTERN}},
        "level": {"type": "integer", "enum": [1, 2, 3]},
        "order": {"type": ["string", "null"], "enum": ["up", "down", None]},
        "strict": {"type": "boolean"},
        "note": {"type": ["string", "null"]},
        "limit_s": {"type": ["number", "string", "null"], "pattern": TIME_PATTERN, "exclusiveMinimum": 0},
    }


MANY = {
    "analyzers": {
        **TABLE,
        "many": dataclasses.replace(TABLE["look"], name="many", params=ManyParams, columns=()),
    }
}
HEAD = "schema: rushes/recipe@1\nedit: null\nanalyzers: {many: {"


@pytest.mark.parametrize(
    ("written", "name", "value"),
    [
        ("", "models", ("yunet",)),
        ("models: blazeface", "models", ("blazeface",)),
        ("models: [blazeface, yunet]", "models", ("blazeface", "yunet")),
        ("sizes: [3]", "sizes", (3,)),
        ("box: [0.25, 0.5]", "box", (0.25, 0.5)),
        ("pauses_s: [250ms, 2]", "pauses_s", (0.25, 2.0)),
        ("level: 3", "level", 3),
        ("order: up", "order", "up"),
        ("order: null", "order", None),
        ("strict: true", "strict", True),
        ("note: hello", "note", "hello"),
        ("limit_s: 2min", "limit_s", 120.0),
        (
            "prompts: {wide: [a room, a street], close: a face}",
            "prompts",
            {"wide": ("a room", "a street"), "close": ("a face",)},
        ),
    ],
)
def test_a_parameter_reaches_its_analyzer_as_declared(
    folder: Folder, written: str, name: str, value: Any
) -> None:
    (spec,) = folder.load(f"{HEAD}{written}}}}}\n", **MANY).recipe.analyzers
    assert spec.params[name] == value
    ManyParams(**spec.params)


@pytest.mark.parametrize(
    ("written", "told"),
    [
        (
            "models: [yunett]",
            "analyzers.many.models cannot be the text 'yunett'\n    fix: did you mean yunet? choices: yunet, blazeface",
        ),
        ("level: 4", "analyzers.many.level cannot be 4\n    fix: choices: 1, 2, 3"),
        ("sizes: 3", "analyzers.many.sizes must be a list, not 3\n    fix: write a list: [first, second]"),
        ("box: [1]", "analyzers.many.box has 1 items; it needs 2\n    fix: give at least 2"),
        ("strict: 1", "analyzers.many.strict must be true or false, not 1\n    fix: write true or false"),
    ],
)
def test_a_parameter_of_another_form_is_refused(folder: Folder, written: str, told: str) -> None:
    assert folder.problems(f"{HEAD}{written}}}}}\n", **MANY).split(": ", 1)[1] == told


def test_the_reference_says_what_is_in_a_list() -> None:
    text = reference_text(MANY["analyzers"])
    for row in (
        "| `models` | list of `yunet` \\| `blazeface` |",
        "| `words` | list of texts |",
        "| `sizes` | list of whole numbers |",
        "| `pauses_s` | list of times |",
        "| `level` | `1` \\| `2` \\| `3` |",
        "| `note` | text or null |",
    ):
        assert row in text

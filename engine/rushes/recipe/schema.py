"""The JSON Schemas of recipes and profiles, generated from the spec dataclasses and the analyzers' parameters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from rushes.recipe.fields import SHORT, Describe, Schema, dataclass_schema, removable
from rushes.recipe.spec import OBJECTIVE_TERMS, AnalyzerSpec, Recipe

RECIPE_ID = "rushes/recipe@1"
PROFILE_ID = "rushes/profile@1"


class ColumnLike(Protocol):
    """What the language needs to know of a column."""

    @property
    def name(self) -> str: ...
    @property
    def type(self) -> Any: ...
    @property
    def unit(self) -> str: ...
    @property
    def says(self) -> str: ...
    @property
    def choices(self) -> tuple[str, ...]: ...


class AnalyzerLike(Protocol):
    """What the language needs to know of an analyzer: the light half that `rushes.analyze.spec.Analyzer` has."""

    @property
    def name(self) -> str: ...
    @property
    def source(self) -> Any: ...
    @property
    def params(self) -> type[Any]: ...
    @property
    def columns(self) -> tuple[Any, ...]: ...
    @property
    def reads(self) -> tuple[str, ...]: ...


Analyzers = Mapping[str, AnalyzerLike]


def recipe_schema(analyzers: Analyzers, describe: Describe | None = None) -> Schema:
    """Schema of a recipe file. Every key is optional but `schema`: a recipe may change parts of what it extends."""
    head = {"schema": _version(RECIPE_ID), "extends": {"type": "string"}, "profile": {"type": "string"}}
    return _file("recipe.schema.json", "rushes recipe", {**head, **_sections(analyzers, describe)})


def profile_schema(analyzers: Analyzers, describe: Describe | None = None) -> Schema:
    """Schema of profiles/NAME/profile.yaml: what a creator changes in every recipe."""
    head = {"schema": _version(PROFILE_ID)}
    return _file("profile.schema.json", "rushes profile", {**head, **_sections(analyzers, describe)})


def analyzer_schema(analyzer: AnalyzerLike, describe: Describe | None = None) -> Schema:
    """Schema of one analyzer's section: its parameters and `if_unavailable`."""
    schema = dataclass_schema(analyzer.params, describe=describe)
    wrapper = dataclass_schema(AnalyzerSpec, describe=describe)["properties"]["if_unavailable"]
    schema["properties"] = {**schema["properties"], "if_unavailable": wrapper}
    names = [column.name for column in analyzer.columns]
    writes = f"Writes {', '.join(names)}." if names else "Writes no columns."
    return (
        {**schema, "description": f"{schema.get('description', '')} {writes}".strip()} if describe else schema
    )


def _sections(analyzers: Analyzers, describe: Describe | None) -> dict[str, Schema]:
    """Schema of every section that recipes and profiles share."""
    sections: dict[str, Schema] = dataclass_schema(Recipe, describe=describe)["properties"]
    sections["analyzers"] = {
        **_description(sections["analyzers"]),
        "type": "object",
        "properties": {
            name: removable(analyzer_schema(analyzer, describe)) for name, analyzer in analyzers.items()
        },
        "additionalProperties": False,
        "default": {},
    }
    sections["style"] = {
        **_description(sections["style"]),
        "type": ["string", "object"],
        "properties": {"extends": {"type": ["string", "null"], "default": "default"}},
        SHORT: "extends",
        "default": {},
    }
    for features in (sections["features"], sections["personal"]["properties"]["features"]):
        feature = features["additionalProperties"]
        features["additionalProperties"] = {**feature, "type": ["string", *feature["type"]], SHORT: "value"}
    weights = sections["edit"]["properties"]["weights"]
    weight = weights["additionalProperties"]
    sections["edit"]["properties"]["weights"] = {
        **_description(weights),
        "type": "object",
        "properties": {
            term: {"description": text, **weight} if describe else dict(weight)
            for term, text in OBJECTIVE_TERMS.items()
        },
        "additionalProperties": False,
        "default": weights["default"],
    }
    return sections


def _description(schema: Schema) -> Schema:
    return {"description": schema["description"]} if "description" in schema else {}


def _file(name: str, title: str, properties: dict[str, Schema]) -> Schema:
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "$id": f"https://rushes.invalid/schemas/{name}",
        "title": title,
        "type": "object",
        "required": ["schema"],
        "properties": properties,
        "additionalProperties": False,
    }


def _version(name: str) -> Schema:
    return {"type": "string", "enum": [name]}

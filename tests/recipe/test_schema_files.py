"""The schemas and the reference in the repository are what the code gives, and editors can use them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, get_args, get_type_hints

import jsonschema
import pytest
import yaml
from rushes.analyze.table import ANALYZERS
from rushes.recipe.load import load_recipe
from rushes.recipe.reference import reference_text
from rushes.recipe.schema_files import schema_texts
from rushes.recipe.show import resolved_yaml
from rushes.recipe.spec import OBJECTIVE_TERMS, Recipe
from rushes.resources import shipped_dir, shipped_file

ROOT = Path(__file__).parents[2]
RECIPES = sorted(path.relative_to(ROOT / "recipes").as_posix() for path in (ROOT / "recipes").rglob("*.yaml"))
HEAD = {"schema", "extends", "profile"}


def schema_named(name: str) -> dict[str, Any]:
    return json.loads(shipped_file("schemas", name).read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", ["recipe.schema.json", "profile.schema.json"])
def test_the_schema_in_the_repository_is_what_the_specs_give(name: str) -> None:
    written = shipped_file("schemas", name).read_text(encoding="utf-8")
    assert written == schema_texts(ANALYZERS)[name], "run python -m rushes.cli.generate"


def test_the_reference_in_the_repository_is_what_the_schemas_give() -> None:
    written = (ROOT / "docs" / "recipe.md").read_text(encoding="utf-8")
    assert written == reference_text(ANALYZERS), "run python -m rushes.cli.generate"


@pytest.mark.parametrize("name", ["recipe.schema.json", "profile.schema.json"])
def test_a_schema_is_valid_draft_07(name: str) -> None:
    meta = jsonschema.Draft7Validator(jsonschema.Draft7Validator.META_SCHEMA)
    assert list(meta.iter_errors(schema_named(name))) == []


def test_the_keys_of_the_schema_are_the_fields_of_the_specs() -> None:
    properties = schema_named("recipe.schema.json")["properties"]
    assert set(properties) - HEAD == {field.name for field in fields(Recipe)}
    hints = get_type_hints(Recipe)
    compared = 0
    for name, hint in hints.items():
        kind = next((part for part in (hint, *get_args(hint)) if is_dataclass(part)), None)
        if kind is None or name == "analyzers":
            continue
        section = properties[name]
        keys = section.get("properties") or section["additionalProperties"]["properties"]
        named = set() if section.get("properties") else {"name"}
        assert set(keys) == {field.name for field in fields(kind)} - named, name
        compared += 1
    assert compared == 10
    assert set(properties["edit"]["properties"]["weights"]["properties"]) == set(OBJECTIVE_TERMS)


def test_the_parameters_of_the_schema_are_those_of_the_analyzers() -> None:
    section = schema_named("recipe.schema.json")["properties"]["analyzers"]["properties"]
    assert set(section) == set(ANALYZERS)
    for name, analyzer in ANALYZERS.items():
        defaults = {key: part["default"] for key, part in section[name]["properties"].items()}
        assert defaults.pop("if_unavailable") == "skip"
        made = analyzer.params()
        values = {field.name: getattr(made, field.name) for field in fields(made)}
        assert defaults == json.loads(json.dumps(values)), name


def described(schema: dict[str, Any], path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    for key, part in schema.get("properties", {}).items():
        yield (*path, key), part.get("description", "")
        yield from described(part, (*path, key))
    extra = schema.get("additionalProperties")
    if isinstance(extra, dict):
        yield from described(extra, (*path, "*"))


def test_every_key_says_what_it_means() -> None:
    silent = [".".join(path) for path, text in described(schema_named("recipe.schema.json")) if not text]
    assert silent == []


def sections(schema: dict[str, Any], path: tuple[str, ...] = ()) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every mapping of the schema that has keys of its own."""
    if "properties" in schema:
        yield ".".join(path), schema
    for key, part in schema.get("properties", {}).items():
        yield from sections(part, (*path, key))
    if isinstance(schema.get("additionalProperties"), dict):
        yield from sections(schema["additionalProperties"], (*path, "NAME"))


def test_what_a_key_means_is_a_whole_sentence_that_no_key_beside_it_repeats() -> None:
    for path, section in sections(schema_named("recipe.schema.json")):
        texts = [part.get("description", "") for part in section["properties"].values()]
        meant = [text for text in texts if text != "Writes no columns."]
        assert len(meant) == len(set(meant)), path
        cut = [text for text in (*texts, section.get("description", "")) if text and text[-1] not in '.)`"']
        assert not cut, path


@pytest.mark.parametrize("name", RECIPES)
def test_a_shipped_recipe_fits_the_schema_that_its_first_line_names(name: str) -> None:
    path = ROOT / "recipes" / name
    text = path.read_text(encoding="utf-8")
    first = text.split("\n", 1)[0]
    assert first.startswith("# yaml-language-server: $schema=")
    schema = (path.parent / first.split("=", 1)[1]).resolve()
    assert schema == shipped_dir("schemas").resolve() / "recipe.schema.json"
    jsonschema.validate(yaml.safe_load(text), schema_named("recipe.schema.json"), jsonschema.Draft7Validator)


@pytest.mark.parametrize("name", ["beat_reel", "best_clips"])
def test_a_resolved_recipe_fits_the_schema_too(name: str) -> None:
    shown = resolved_yaml(load_recipe(name, analyzers=ANALYZERS), origins=False)
    schema = jsonschema.Draft7Validator(schema_named("recipe.schema.json"))
    assert list(schema.iter_errors(yaml.safe_load(shown))) == []


@pytest.mark.parametrize("name", [name.removesuffix(".yaml") for name in RECIPES])
def test_a_shipped_recipe_loads_without_a_warning(name: str) -> None:
    resolved = load_recipe(name, analyzers=ANALYZERS)
    assert resolved.problems == ()
    assert resolved.recipe.name == Path(name).name


def test_all_analyzers_together_write_no_column_twice(tmp_path: Path) -> None:
    switched_on = "".join(f"  {name}: {{}}\n" for name in ANALYZERS)
    path = tmp_path / "all.yaml"
    path.write_text(f"schema: rushes/recipe@1\nedit: null\nanalyzers:\n{switched_on}", encoding="utf-8")
    assert load_recipe(path, analyzers=ANALYZERS).problems == ()

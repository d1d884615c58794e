"""Generates schemas/recipe.schema.json and schemas/profile.schema.json, as editors read them."""

from __future__ import annotations

import json
from typing import Any

from rushes.recipe.fields import TIME_PATTERN, Schema
from rushes.recipe.schema import Analyzers, profile_schema, recipe_schema
from rushes.recipe.style import style_schema
from rushes.recipe.texts import field_texts

TIME_TEXT = "Seconds, or a time such as 90s, 250ms, 1.5min, 00:01:30."
_HEAD_TEXTS = {
    "schema": "Which format this file has.",
    "extends": "The recipe that this one changes: a path from this file's folder, or the name of a shipped recipe.",
    "profile": "The profile that is used unless --profile names another.",
}
_EXAMPLES: dict[tuple[str, ...], list[Any]] = {
    ("extends",): ["base/reel", "../house.yaml"],
    ("footage", "include"): [["**/*.mp4"], "day1/*"],
    ("footage", "metadata"): [{"angle": {"front": ["*front*", "*cam_a*"], "side": "*side*"}}],
    ("analyzers",): [{"quality": {}, "motion": {"sample_hz": 5}}],
    ("thresholds",): [{"dark_exposure_01": 0.06}],
    ("features",): [{"visual_quality_01": "0.5 * sharpness_01 + 0.5 * contrast_01"}],
    ("scores",): [{"good": {"terms": {"sharp": {"value": "sharpness_01", "weight": 1}}}}],
    ("rules",): [{"too_dark": {"when": "exposure_01 < 0.06", "reject": "too dark ({exposure_01:percent})"}}],
    ("style",): ["default"],
    ("edit", "duration_s"): ["30s", 20],
    ("edit", "must_use"): [["opening*"]],
    ("song", "start_s"): ["45s", "00:00:45"],
}


def schema_texts(analyzers: Analyzers) -> dict[str, str]:
    """File name -> content of every schema that follows from the specs and the analyzers' parameters."""
    made = {
        "recipe.schema.json": recipe_schema(analyzers, field_texts),
        "profile.schema.json": profile_schema(analyzers, field_texts),
    }
    return {name: json.dumps(_finished(schema), indent=2) + "\n" for name, schema in made.items()}


def _finished(schema: Schema) -> Schema:
    properties: Schema = schema["properties"]
    for key, text in _HEAD_TEXTS.items():
        if key in properties:
            properties[key] = {"description": text, **properties[key]}
    style = _without_required(style_schema()["properties"])
    properties["style"]["properties"] = {
        **style,
        "extends": {**style["extends"], **properties["style"]["properties"]["extends"]},
    }
    properties["style"]["additionalProperties"] = False
    for path, examples in _EXAMPLES.items():
        node = schema
        for key in path:
            node = node["properties"].get(key, {})
            if not node:
                break
        if node:
            node["examples"] = examples
    _say_times(schema)
    return schema


def _without_required(part: Any) -> Any:
    """A style's schema for a recipe that changes parts of it."""
    if isinstance(part, list):
        items: list[Any] = part
        return [_without_required(item) for item in items]
    if not isinstance(part, dict):
        return part
    known: dict[str, Any] = part
    return {
        key: _without_required(inner) for key, inner in known.items() if key not in ("required", "x-required")
    }


def _say_times(part: Any) -> None:
    if not isinstance(part, dict):
        return
    known: dict[str, Any] = part
    if known.get("pattern") == TIME_PATTERN:
        known["description"] = f"{known.get('description', '')} {TIME_TEXT}".strip()
    for inner in known.values():
        _say_times(inner)

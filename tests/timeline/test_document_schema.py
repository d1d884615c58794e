"""The schema of a timeline says what its document has, and the document what the tree has."""

from __future__ import annotations

import json
from dataclasses import fields, replace

import pytest
import timeline_samples as samples
from jsonschema import Draft7Validator
from rushes.resources import shipped_file
from rushes.timeline import tree
from rushes.timeline.document import timeline_to_document

SCHEMA = json.loads(shipped_file("schemas", "timeline.schema.json").read_text(encoding="utf-8"))


def schema_at(*names: str) -> dict:
    part = SCHEMA
    for name in names:
        part = part["items"] if name == "[]" else part["properties"][name]
    return part


ADDED_LATER = {
    tree.TimelineClip: {"reframe", "retime"},
    tree.Transition: {"direction", "reason"},
    tree.Timeline: {"titles", "fades"},
    tree.ClipMetadata: {"chosen", "changed"},
    tree.Reasoning: {"objective_of", "for_edits"},
}
"""Documents without them are read too."""


@pytest.mark.parametrize(
    ("spec", "at", "derived"),
    [
        (tree.Timeline, (), {"schema", "duration_s"}),
        (tree.TimelineSong, ("song",), set()),
        (tree.Section, ("song", "sections", "[]"), set()),
        (
            tree.TimelineClip,
            ("clips", "[]"),
            {"source_start_s", "source_end_s", "timeline_start_s", "duration_s", "source_end_frames"},
        ),
        (tree.ClipMetadata, ("clips", "[]", "metadata"), set()),
        (tree.RunnerUp, ("clips", "[]", "metadata", "runner_up"), set()),
        (tree.Reframe, ("clips", "[]", "reframe"), set()),
        (tree.ReframeKey, ("clips", "[]", "reframe", "keys", "[]"), set()),
        (tree.Retime, ("clips", "[]", "retime"), set()),
        (tree.RetimeKey, ("clips", "[]", "retime", "keys", "[]"), set()),
        (tree.Transition, ("transitions", "[]"), {"at_s"}),
        (tree.Title, ("titles", "[]"), set()),
        (tree.Fades, ("fades",), set()),
        (tree.TitlePlace, ("titles", "[]", "place"), set()),
        (tree.TitleLook, ("titles", "[]", "look"), set()),
        (tree.Reasoning, ("ai_reasoning",), set()),
    ],
)
def test_the_schema_has_the_keys_of_the_tree(spec, at, derived):
    schema = schema_at(*at)
    expected = {field.name for field in fields(spec)} | derived
    assert set(schema["properties"]) == expected
    assert set(schema["required"]) == expected - ADDED_LATER.get(spec, set())
    assert schema["additionalProperties"] is False


def test_the_schema_has_the_keys_of_the_document_in_its_order():
    made = replace(samples.reel(), titles=(samples.title("hello"),), fades=tree.Fades(out_frames=9))
    document = timeline_to_document(made)
    assert list(SCHEMA["properties"]) == list(document)
    assert list(schema_at("clips", "[]")["properties"]) == list(document["clips"][0])
    assert list(schema_at("final_status")["properties"]) == list(document["final_status"])


def test_the_schema_is_sound_and_says_what_every_field_is():
    Draft7Validator.check_schema(SCHEMA)
    missing: list[str] = []

    def walk(part: object, where: str) -> None:
        for name, child in part.get("properties", {}).items() if isinstance(part, dict) else ():
            if "description" not in child:
                missing.append(f"{where}.{name}")
            walk(child, f"{where}.{name}")
            walk(child.get("items"), f"{where}.{name}[]")

    walk(SCHEMA, "")
    assert missing == []

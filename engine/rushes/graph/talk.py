"""The node that edits talk."""

from __future__ import annotations

import dataclasses

from rushes.graph.node import FileInput, Node, NodeInput
from rushes.recipe.spec import Recipe

WORDS = ("transcript",)
"""Analyzers whose tables have words. What `transcribe` hears comes by way of `transcript`."""
_COUNTS = ("aspect", "rate_fps", "min_shot_s", "never_use", "talk")
"""What of the section edit the edit of talk follows from."""


def talk_node(recipe: Recipe, node_id: str, words: dict[str, NodeInput]) -> Node:
    """words: "ANALYZER/CLIP" -> its tables, for every analyzer that knows words."""
    assert recipe.edit is not None and recipe.edit.talk is not None
    inputs: dict[str, FileInput | NodeInput] = {"clips": NodeInput(node="score", output="clips.arrow")}
    talk = {name: value for name, value in dataclasses.asdict(recipe.edit.talk).items() if name != "punch_in"}
    edit = dataclasses.asdict(recipe.edit)
    return Node(
        id=node_id,
        operation="talk",
        stage="edit",
        params={
            "edit": {name: edit[name] for name in _COUNTS} | {"talk": talk},
            "project_id": recipe.name,
            "creator_id": recipe.creator_id,
        },
        inputs=inputs | words,
        outputs=("timeline.json",),
        optional_inputs=frozenset(words),
    )

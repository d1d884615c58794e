"""Operation: what a user did to an edit, folded into its plan."""

from __future__ import annotations

from collections.abc import Sequence

from rushes.errors import Place, Problem
from rushes.graph.node import Call, Outcome
from rushes.timeline.document import timeline_from_json, timeline_to_json
from rushes.timeline.edit_log import EditError, plan_digest, read_log
from rushes.timeline.fold import fold


def fold_edits(calls: Sequence[Call]) -> list[Outcome]:
    """timeline.json: the plan with all edits of the log. Raises EditError where they were made on another plan."""
    return [_fold(call) for call in calls]


def _fold(call: Call) -> Outcome:
    plan = call.inputs["plan"].read_bytes()
    log = read_log(call.inputs["edits"].read_bytes())
    if log.header.plan != plan_digest(plan):
        raise EditError(
            Problem(
                Place("edits.jsonl"),
                "these edits were made on another plan: the recipe, the footage or the models have changed since",
                "`rushes render OUT` renders the edit as it stands; `--edits discard` begins from the new plan and "
                "keeps the old edits in a file beside it; or run into another folder with --out",
            )
        )
    call.outputs["timeline.json"].write_bytes(timeline_to_json(fold(timeline_from_json(plan), log.entries)))
    return Outcome()

"""The fold as an operation: a plan and a log in, a timeline out."""

from __future__ import annotations

import pytest
from edit_samples import AT
from rushes.graph.node import Call, Outcome
from rushes.run.operations.fold import fold_edits
from rushes.timeline.document import timeline_from_json, timeline_to_json
from rushes.timeline.edit_log import EditError, append, new_log
from rushes.timeline.fold import fold
from rushes.timeline.make_edit import note_edit
from timeline_samples import timeline

PLAN = timeline()
PLAN_BYTES = timeline_to_json(PLAN)


def call(folder, log):
    (folder / "plan").write_bytes(PLAN_BYTES)
    (folder / "edits").write_bytes(log)
    inputs = {name: folder / name for name in ("plan", "edits")}
    return Call(params={}, inputs=inputs, outputs={"timeline.json": folder / "timeline.json"})


def test_edits_are_folded_into_the_plan_that_they_were_made_on(tmp_path):
    log = new_log(PLAN_BYTES)
    data = log.data + append(log, note_edit(PLAN.clips[0], "see her"), AT, "ann")
    assert fold_edits([call(tmp_path, data)]) == [Outcome()]
    (entry,) = timeline_from_json((tmp_path / "timeline.json").read_bytes()).user_edits
    assert (entry["note"], entry["by"]) == ("see her", "ann")


def test_a_log_without_edits_gives_the_plan(tmp_path):
    fold_edits([call(tmp_path, new_log(PLAN_BYTES).data)])
    assert (tmp_path / "timeline.json").read_bytes() == timeline_to_json(fold(PLAN, ()))


def test_edits_of_another_plan_are_told_and_nothing_is_written(tmp_path):
    with pytest.raises(EditError) as caught:
        fold_edits([call(tmp_path, new_log(b"another plan").data)])
    assert str(caught.value) == (
        "edits.jsonl: these edits were made on another plan: the recipe, the footage or the models have changed since\n"
        "    fix: `rushes render OUT` renders the edit as it stands; `--edits discard` begins from the new plan and "
        "keeps the old edits in a file beside it; or run into another folder with --out"
    )
    assert not (tmp_path / "timeline.json").exists()

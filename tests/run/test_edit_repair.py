"""Edits that are damaged, mixed or lost: nothing that is whole is lost, and nothing that nobody made is made up."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from edit_samples import AT
from edited_folder import files, note, notes_of
from rushes.run.edit_repair import repair
from rushes.run.edits import (
    append_edit,
    change,
    edited,
    refuse_lost_log,
    undo_edit,
)
from rushes.timeline.document import TimelineError, timeline_to_json
from rushes.timeline.edit_log import EditError
from rushes.timeline.make_edit import note_edit
from timeline_samples import timeline


@pytest.fixture
def out(tmp_path):
    (tmp_path / "timeline.json").write_bytes(timeline_to_json(timeline()))
    return tmp_path


@pytest.mark.parametrize("cut", [1, 40, 150])
def test_a_log_that_is_cut_off_is_told_and_repaired_without_losing_what_is_whole(out, cut):
    note(note(edited(out), "a"), "b")
    data = (out / "edits.jsonl").read_bytes()
    (out / "edits.jsonl").write_bytes(data[:-cut])
    before = files(out)
    if cut == 1:
        assert len(edited(out).log.entries) == 2
        return
    with pytest.raises(EditError, match="edits.jsonl:3:1: the last line is cut off in the middle"):
        edited(out)
    assert files(out) == before
    lines = data[:-cut].split(b"\n")
    said = repair(out)
    assert said[0] == "1 line of edits.jsonl moved to edits.torn.jsonl; 1 edit kept"
    assert (out / "edits.torn.jsonl").read_bytes() == lines[-1] + b"\n"
    assert (out / "edits.jsonl").read_bytes() == b"\n".join(lines[:-1]) + b"\n"
    # The timeline had been written with both edits: it is kept beside, as what gave it is gone.
    assert (out / "timeline.found.json").exists()
    assert notes_of(out) == ["a"]
    note(edited(out), "c")
    assert notes_of(out) == ["a", "c"]


def test_an_entry_behind_a_missing_last_line_break_stands_on_a_line_of_its_own(out):
    note(edited(out), "a")
    (out / "edits.jsonl").write_bytes((out / "edits.jsonl").read_bytes().rstrip(b"\n"))
    note(edited(out), "b")
    lines = (out / "edits.jsonl").read_bytes().splitlines()
    assert [json.loads(line)["payload"]["note"] for line in lines[1:]] == ["a", "b"]


def test_mixed_edits_of_two_people_are_told_and_the_second_ones_put_aside(out, tmp_path_factory):
    copy = tmp_path_factory.mktemp("copy")
    (copy / "timeline.json").write_bytes((out / "timeline.json").read_bytes())
    note(edited(out), "hers", by="ann")
    note(edited(copy), "his", by="bob")
    both = (out / "edits.jsonl").read_bytes() + (copy / "edits.jsonl").read_bytes().splitlines(True)[1]
    (out / "edits.jsonl").write_bytes(both)
    with pytest.raises(EditError, match="the edits of two people got mixed: line 3 .*bob.* and line 2 .*ann"):
        edited(out)
    assert repair(out) == ("1 line of edits.jsonl moved to edits.torn.jsonl; 1 edit kept",)
    assert notes_of(out) == ["hers"]
    assert b'"his"' in (out / "edits.torn.jsonl").read_bytes()


def test_where_all_is_well_there_is_nothing_to_repair(out):
    note(edited(out), "a")
    before = files(out)
    assert repair(out) == ()
    assert files(out) == before


def test_edits_without_their_plan_are_told(out):
    note(edited(out), "a")
    (out / "timeline.plan.json").unlink()
    with pytest.raises(EditError, match=r"there are edits but no timeline\.plan\.json"):
        edited(out)


def test_a_plan_that_is_not_the_one_of_the_edits_is_told(out):
    note(edited(out), "a")
    (out / "timeline.plan.json").write_bytes(timeline_to_json(replace(timeline(), project_id="winter")))
    said = "timeline.plan.json: this is not the plan of 1 edit"
    for command in (edited, repair):
        with pytest.raises(EditError, match=said):
            command(out)


def test_a_folder_without_edits_needs_no_repair(out):
    before = files(out)
    assert repair(out) == ()
    assert files(out) == before


def lose(out, how):
    """What becomes of the log, and its bytes that are left."""
    if how == "removed":
        (out / "edits.jsonl").unlink()
        return b""
    left = (out / "edits.jsonl").read_bytes()[: {"emptied": 0, "torn": 40}[how]]
    (out / "edits.jsonl").write_bytes(left)
    return left


@pytest.mark.parametrize("how", ["removed", "emptied", "torn"])
def test_a_log_that_was_lost_is_told_and_the_plan_never_written_over(out, how):
    plan = (out / "timeline.json").read_bytes()
    note(note(edited(out), "a"), "b")
    shown = (out / "timeline.json").read_bytes()
    left = lose(out, how)
    before = files(out)
    with pytest.raises(EditError) as caught:
        edited(out)
    assert "rushes edit OUT repair" in str(caught.value)
    with pytest.raises(EditError):
        change(out, lambda folder: [note_edit(folder.timeline.clips[0], "c")], by="ann", timestamp=AT)
    assert files(out) == before
    said = repair(out)
    assert "the timeline.json that was there is now timeline.found.json" in said
    assert (out / "timeline.found.json").read_bytes() == shown
    assert (out / "timeline.json").read_bytes() == (out / "timeline.plan.json").read_bytes() == plan
    assert (out / "edits.torn.jsonl").exists() == bool(left)
    assert repair(out) == ()
    note(edited(out), "d")
    assert (out / "timeline.plan.json").read_bytes() == plan
    assert notes_of(out) == ["d"]


def test_what_is_said_of_a_log_that_is_gone(out):
    note(edited(out), "a")
    lose(out, "removed")
    with pytest.raises(EditError) as caught:
        edited(out)
    assert str(caught.value) == (
        f"{out}/timeline.json: timeline.json is not what the plan and 0 edits give, and edits.jsonl is gone\n"
        "    fix: take edits.jsonl from a backup; or go back to the plan with `rushes edit OUT repair`, which keeps the "
        "timeline beside it; to begin anew from timeline.json as it is, move timeline.plan.json away"
    )
    (out / "timeline.plan.json").unlink()
    assert edited(out).log.entries == ()


@pytest.mark.parametrize("where", ["last line", "within"])
def test_a_log_that_is_cut_off_stops_a_run_and_a_rendering_before_they_begin(out, where):
    folder = note(note(edited(out), "a"), "b")
    lines = folder.stored.split(b"\n")
    lines[2 if where == "last line" else 1] = lines[1][:50]
    (out / "edits.jsonl").write_bytes(b"\n".join(lines[:3] if where == "last line" else lines))
    before = files(out)
    with pytest.raises(EditError) as raised:
        refuse_lost_log(out)
    said = "the last line is cut off" if where == "last line" else "this line is damaged"
    assert said in str(raised.value) and "`rushes edit OUT repair` keeps what" in str(raised.value)
    assert files(out) == before


def test_a_damaged_plan_is_told_with_what_it_is_for(out):
    note(edited(out), "a")
    (out / "timeline.plan.json").write_text('{"a": 1}')
    for look in (edited, repair):
        with pytest.raises(TimelineError) as raised:
            look(out)
        assert str(raised.value) == (
            f"{out}/timeline.plan.json: this is not a timeline: it has no `schema: rushes/timeline@1`\n    fix: take "
            "timeline.plan.json from a backup: the edits were made on it; or run into another folder with --out"
        )


def test_a_header_that_is_damaged_is_made_again_and_the_edits_behind_it_stay(out):
    note(note(edited(out), "a"), "b")
    right = files(out)
    data = right["edits.jsonl"]
    (out / "edits.jsonl").write_bytes(data[10:])
    assert repair(out) == ("1 line of edits.jsonl moved to edits.torn.jsonl; 2 edits kept",)
    torn = files(out).pop("edits.torn.jsonl")
    assert torn.strip() == data.split(b"\n")[0][10:]
    assert {name: data for name, data in files(out).items() if name != "edits.torn.jsonl"} == right


def test_a_plan_beside_a_timeline_that_is_still_it_is_no_fault(out):
    first = note(edited(out), "a")
    append_edit(first, undo_edit(first), by="ann", timestamp=AT)
    plan = (out / "timeline.plan.json").read_bytes()
    lose(out, "removed")
    note(edited(out), "b")
    assert (out / "timeline.plan.json").read_bytes() == plan

"""The log of edits: lines that follow each other, and what is told where they do not."""

import json
from dataclasses import replace

import pytest
from blake3 import blake3
from jsonschema import Draft7Validator
from rushes.resources import shipped_schema
from rushes.timeline.document import timeline_to_json
from rushes.timeline.edit_log import (
    ACTIONS,
    Edit,
    EditError,
    append,
    appended,
    new_log,
    plan_digest,
    read_log,
)
from rushes.timeline.tree import Fades
from timeline_samples import timeline, title

AT = "2026-05-01T12:00:00Z"
PLAN = b"{}\n"


def noted(text, clip_id="c01"):
    return Edit(action="clip_noted", payload={"clip_id": clip_id, "note": text})


def log_of(*edits, by="ann", log=None):
    log = log or new_log(PLAN)
    for edit in edits:
        log = read_log(log.data + append(log, edit, AT, by))
    return log


def fault_of(data):
    with pytest.raises(EditError) as caught:
        read_log(data, "out/edits.jsonl")
    return str(caught.value)


def test_a_new_log_names_its_plan_and_has_no_entries():
    log = new_log(PLAN)
    assert json.loads(log.data) == {"schema": "rushes/edits@1", "plan": blake3(PLAN).hexdigest()}
    assert log.entries == ()


def test_titles_and_fades_of_a_plan_are_the_recipe_s_and_make_it_no_other_plan():
    bare = timeline()
    finished = replace(bare, fades=Fades(in_frames=5), titles=(title("hello"),))
    digests = {plan_digest(timeline_to_json(plan)) for plan in (bare, finished)}
    assert digests == {blake3(timeline_to_json(bare)).hexdigest()}


def test_an_entry_carries_the_digest_of_the_line_before_it_without_its_line_break():
    log = log_of(noted("a"), noted("b"))
    lines = log.data.splitlines()
    assert [entry.n for entry in log.entries] == [1, 2]
    assert [entry.after for entry in log.entries] == [blake3(line).hexdigest() for line in lines[:2]]
    assert [entry.group for entry in log.entries] == [1, 2]


def test_a_log_with_a_line_more_is_what_reading_it_gives():
    log = log_of(noted("a"))
    line = append(log, noted("b"), AT, "ann", group=1)
    assert appended(log, line) == read_log(log.data + line)


def test_the_same_edits_give_the_same_bytes():
    assert log_of(noted("ü"), noted("b")).data == log_of(noted("ü"), noted("b")).data


def test_what_is_written_is_as_the_schema_says():
    schema = Draft7Validator(shipped_schema("edits"))
    Draft7Validator.check_schema(shipped_schema("edits"))
    for line in log_of(noted("a")).data.splitlines():
        assert list(schema.iter_errors(json.loads(line))) == []


def test_every_action_has_a_definition_of_its_payload():
    assert {*shipped_schema("edits")["definitions"]} == {*ACTIONS, "header", "entry", "range"}
    assert shipped_schema("edits")["definitions"]["entry"]["properties"]["action"]["enum"] == [*ACTIONS]


def test_a_payload_that_breaks_the_schema_is_not_written():
    with pytest.raises(EditError, match="the new edit: .note. is a required"):
        append(new_log(PLAN), Edit(action="clip_noted", payload={"clip_id": "c01"}), AT, "ann")


@pytest.mark.parametrize("cut", [1, 20, 150])
def test_a_last_line_that_is_cut_off_is_told_and_the_rest_can_still_be_had(cut):
    whole = log_of(noted("a"))
    more = append(whole, noted("b"), AT, "ann")[:cut]
    assert fault_of(whole.data + more) == (
        "out/edits.jsonl:3:1: the last line is cut off in the middle\n"
        "    fix: `rushes edit OUT repair` keeps what is whole and puts the rest into a file beside it"
    )
    log = read_log(whole.data + more, torn=True)
    assert (log.data, log.torn, log.entries) == (whole.data, more, whole.entries)


def test_a_missing_last_line_break_is_no_damage():
    log = log_of(noted("a"))
    assert read_log(log.data.rstrip(b"\n")) == log


def test_a_foreign_schema_is_told():
    assert fault_of(b'{"schema":"rushes/edits@9","plan":"x"}\n') == (
        "out/edits.jsonl:1:1: its schema is 'rushes/edits@9', not 'rushes/edits@1'\n"
        "    fix: use the version of rushes that wrote it, or take it from a backup"
    )
    assert "its first line names no schema" in fault_of(b'{"plan":"x"}\n')


def test_a_damaged_line_in_the_middle_is_told_with_its_number():
    lines = log_of(noted("a"), noted("b")).data.splitlines()
    said = fault_of(b"\n".join([lines[0], b"{oops", lines[2], b""]))
    assert said.startswith("out/edits.jsonl:2:1: this line is damaged: ")
    assert said.endswith(
        "    fix: take the file from a backup; or `rushes edit OUT repair` keeps what stands before it and puts the rest "
        "into a file beside it"
    )


def test_an_empty_log_is_told():
    assert "the log of edits is empty" in fault_of(b"")


def test_edits_of_two_people_put_into_one_file_are_told_with_both_lines():
    both = log_of(noted("a"))
    hers = append(both, noted("hers"), AT, "ann")
    his = append(both, noted("his"), "2026-05-02T09:00:00Z", "bob")
    assert fault_of(both.data + hers + his) == (
        "out/edits.jsonl:4:1: the edits of two people got mixed: line 4 (clip_noted by bob, 2026-05-02T09:00:00Z) and "
        f"line 3 (clip_noted by ann, {AT}) were both written after line 2\n"
        "    fix: take the file from a backup, or keep one person's edits: remove the lines from 4 on"
    )


def test_a_line_that_was_changed_is_told_at_the_next_one():
    data = log_of(noted("a"), noted("b")).data.replace(b'"note":"a"', b'"note":"x"')
    said = fault_of(data)
    assert said.startswith(
        f"out/edits.jsonl:3:1: line 3 (clip_noted by ann, {AT}) was not written after line 2 (clip_noted by ann, {AT})"
    )


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"n": 0}, "n: 0 is less than the minimum of 1"),
        ({"action": "clip_painted"}, "action: 'clip_painted' is not one of"),
        ({"timestamp": "yesterday"}, "timestamp: 'yesterday' does not match"),
        ({"by": ""}, "by: '' "),
        ({"payload": {"clip_id": "c01", "note": ""}}, "note: '' "),
        ({"more": 1}, "Additional properties are not allowed"),
    ],
)
def test_an_entry_that_breaks_the_schema_is_told(wrong, said):
    log = new_log(PLAN)
    entry = json.loads(append(log, noted("a"), AT, "ann")) | wrong
    found = fault_of(log.data + json.dumps(entry).encode() + b"\n")
    assert found.startswith("out/edits.jsonl:2:1: ")
    assert said in found

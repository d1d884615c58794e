"""Files that are no sound timeline are refused, with all that is wrong and where."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
import timeline_samples as samples
from rushes.timeline.document import TimelineError, timeline_from_json, timeline_to_json


def refusal(data: bytes) -> str:
    with pytest.raises(TimelineError) as caught:
        timeline_from_json(data, "out/timeline.json")
    return str(caught.value)


def changed(**changes: object) -> bytes:
    return json.dumps(json.loads(timeline_to_json(samples.timeline())) | changes).encode()


def test_a_file_that_was_cut_short_is_named_with_the_place_where_it_ends():
    data = timeline_to_json(samples.timeline())[:40]
    assert refusal(data) == (
        "out/timeline.json:3:3: this is not whole JSON: Unterminated string starting at\n"
        "    fix: write the timeline again with `rushes run`, or take it from a backup"
    )


def test_bytes_that_are_no_text_are_refused():
    assert refusal(b"\xff\x00") == (
        "out/timeline.json: this is not a JSON text: "
        "'utf-8' codec can't decode byte 0xff in position 0: invalid start byte\n"
        "    fix: write the timeline again with `rushes run`, or take it from a backup"
    )


@pytest.mark.parametrize(("word", "name"), [("NaN", "NaN"), ("1e999", "1e999"), ("-Infinity", "-Infinity")])
def test_numbers_that_are_none_are_refused(word, name):
    assert refusal(b'{"schema": ' + word.encode() + b"}") == (
        f"out/timeline.json: this is not a JSON text: {name} is no JSON number\n"
        "    fix: write the timeline again with `rushes run`, or take it from a backup"
    )


def test_brackets_without_end_are_refused_without_a_traceback():
    assert "this is not a JSON text" in refusal(b"[" * 200_000)


@pytest.mark.parametrize("data", [b"[]", b"{}", b"3", b'"a"'])
def test_other_json_is_not_taken_for_a_timeline(data):
    assert refusal(data) == (
        "out/timeline.json: this is not a timeline: it has no `schema: rushes/timeline@1`\n"
        "    fix: name a timeline.json that `rushes run` wrote"
    )


def test_a_newer_schema_asks_for_a_newer_rushes():
    assert refusal(changed(schema="rushes/timeline@7")) == (
        "out/timeline.json: its schema is 'rushes/timeline@7', this rushes reads rushes/timeline@1\n"
        "    fix: install a newer rushes"
    )


def test_every_wrong_field_is_reported_at_once():
    assert refusal(changed(width_px="wide", clips=[], heigth_px=3)) == (
        "out/timeline.json: the timeline: Additional properties are not allowed ('heigth_px' was unexpected)\n"
        "    fix: see schemas/timeline.schema.json for what belongs there\n"
        "out/timeline.json: width_px: 'wide' is not of type 'integer'\n"
        "    fix: see schemas/timeline.schema.json for what belongs there"
    )


def test_a_rate_of_zero_is_refused():
    assert refusal(changed(rate_fps="0/1")) == (
        "out/timeline.json: rate_fps: '0/1' does not match '^[1-9][0-9]*/[1-9][0-9]*$'\n"
        "    fix: see schemas/timeline.schema.json for what belongs there"
    )


def test_seconds_that_contradict_their_frames_are_refused():
    document = json.loads(timeline_to_json(samples.timeline()))
    document["clips"][2]["source_start_s"] = 9.0
    document["clips"][2]["source_end_frames"] = 7
    assert refusal(json.dumps(document).encode()) == (
        "out/timeline.json: clips[2].source_end_frames is 7, but the other frames say 78\n"
        "    fix: set it to 78\n"
        "out/timeline.json: clips[2].source_start_s is 9.0, but its frames say 1.600000\n"
        "    fix: set it to 1.600000, or change the frames"
    )


def test_a_file_whose_clips_leave_a_gap_is_refused():
    made = samples.timeline()
    late = replace(made.clips[2], timeline_start_frames=61)
    assert refusal(timeline_to_json(replace(made, clips=(*made.clips[:2], late)))) == (
        "out/timeline.json: clip 3 starts at frame 61, leaving a gap: it should be 60\n"
        "    fix: set timeline_start_frames of 'c03' to 60\n"
        "out/timeline.json: duration_frames is 90, the clips end at 91\n"
        "    fix: set duration_frames to 91\n"
        "out/timeline.json: the transition 'c02' to 'c03' is at frame 60, the cut at 61\n"
        "    fix: set at_frames to 61"
    )


def test_a_fade_of_less_than_no_frames_is_refused():
    assert refusal(changed(fades={"in_frames": -1, "out_frames": 0})) == (
        "out/timeline.json: fades.in_frames: -1 is less than the minimum of 0\n"
        "    fix: see schemas/timeline.schema.json for what belongs there"
    )

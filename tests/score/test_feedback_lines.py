"""Feedback as JSON lines: what was written is read, and a line that is wrong is told with its place."""

import json

import pytest
from jsonschema import Draft7Validator
from rushes.errors import RecipeError
from rushes.resources import shipped_schema
from rushes.score.feedback import FeedbackEvent
from rushes.score.feedback_lines import event_line, events_of_lines

A = "a" * 64
EVENT = FeedbackEvent(
    uid="1",
    clip=A,
    creator="Anna",
    kind="view",
    at="2026-05-04T12:30:00.000000Z",
    value={"watch_s": 8.0, "rewatch": True},
    note="schöner Anfang\nund Ende",
)
LEAST = {"clip": A, "kind": "favorite", "at": "2026-05-04T14:30:00+02:00"}


def read(*fields):
    return events_of_lines([json.dumps(each) for each in fields], "feedback.jsonl")


def test_what_is_written_is_read():
    line = event_line(EVENT)
    assert "\n" not in line
    assert events_of_lines([line, "", "  "], "feedback.jsonl") == [EVENT]


def test_lines_keep_to_their_schema():
    Draft7Validator.check_schema(shipped_schema("feedback"))
    schema = Draft7Validator(shipped_schema("feedback"))
    assert list(schema.iter_errors(json.loads(event_line(EVENT)))) == []
    assert list(schema.iter_errors({"clip": "no digest"})) != []


def test_a_clip_a_kind_and_a_moment_are_enough():
    (found,) = read(LEAST)
    assert (found.creator, found.value, found.note) == ("default", {}, "")
    assert found.at == "2026-05-04T12:30:00.000000Z"


def test_without_a_uid_the_same_line_is_the_same_event():
    first, again, other = read(LEAST, LEAST, {**LEAST, "kind": "bad"})
    assert first == again
    assert other.uid != first.uid


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"kind": "like"}, "there is no feedback of kind 'like'"),
        ({"kind": None}, "kind is missing"),
        ({"clip": "front.mp4"}, "clip is 'front.mp4', which is no digest (64 hex digits)"),
        ({"at": "yesterday"}, "at is 'yesterday': "),
        ({"at": "2026-05-04T14:30:00"}, "at is '2026-05-04T14:30:00': 2026-05-04T14:30:00 has no time zone"),
        ({"at": 5}, "at is 5, which is no text"),
        ({"value": []}, "value is no JSON object"),
        ({"value": {"watch_s": 1}}, "favorite does not take watch_s"),
        ({"creator": "../x"}, "'../x' is no name of a creator"),
        (
            {"schema": "rushes/feedback@9"},
            "schema is 'rushes/feedback@9'; this rushes reads rushes/feedback@1",
        ),
        ({"stars": 5}, "stars is no field of an event"),
    ],
)
def test_what_is_wrong_with_a_line_is_said(change, what):
    with pytest.raises(RecipeError) as caught:
        read(LEAST, {**LEAST, **change})
    (problem,) = caught.value.problems
    assert (problem.place.path, problem.place.line) == ("feedback.jsonl", 2)
    assert problem.what.startswith(what)


def test_every_line_that_is_wrong_is_told():
    with pytest.raises(RecipeError) as caught:
        events_of_lines(["{", "[]", json.dumps(LEAST), "nonsense"], "feedback.jsonl")
    assert [problem.place.line for problem in caught.value.problems] == [1, 2, 4]
    assert str(caught.value).startswith("feedback.jsonl:1:2: this is not JSON: ")

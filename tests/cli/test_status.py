"""rushes status: how much of some footage is analysed, in words and as JSON."""

import shlex

import pytest
from command_line import rushes
from view_samples import MODEL, NOT_INSTALLED, Shoot


@pytest.fixture
def shoot(tmp_path):
    (tmp_path / "shoot").mkdir()
    shoot = Shoot(tmp_path / "shoot", "a.mp4", "b.mp4", "c.mp4", "d.mp4")
    shoot.know("a.mp4")
    shoot.know("b.mp4", loudness=shoot.failed("loudness", "the sound is damaged"))
    return shoot


@pytest.fixture
def status(shoot):
    request = shoot.request
    request.models.mkdir()
    places = ("--library", request.library, "--cache", request.cache, "--models", request.models)
    return lambda *words: rushes("status", request.recipe, "--footage", shoot.footage, *words, *places)


def test_the_table_counts_by_analyzer_and_the_lines_name_clips_with_reasons(status, shoot):
    ended = status()
    request = shoot.request
    assert (ended.code, ended.err) == (0, "")
    lines = ended.out.splitlines()
    assert [line.split() for line in lines[:4]] == [
        ["analysed", "missing", "stale", "failed", "unavailable"],
        ["quality", "2", "2", "-", "-", "-"],
        ["loudness", "1", "2", "-", "1", "-"],
        ["speech", "-", "-", "-", "-", "4", *NOT_INSTALLED.split()],
    ]
    assert lines[4:8] == [
        "b.mp4: loudness: failed: the sound is damaged",
        "c.mp4: never analysed",
        "d.mp4: never analysed",
        "4 clips: 2 partial, 2 missing",
    ]
    places = f"--cache {request.cache} --models {request.models} --library {request.library}"
    assert lines[8:] == [
        f"to complete it: rushes models install {MODEL} --models {request.models}",
        f"                rushes run {request.recipe} --footage {shoot.footage} {places} --until score",
    ]


def test_a_limit_names_fewer_clips_and_says_how_many_more_there_are(status):
    lines = status("--limit", "1").out.splitlines()
    assert lines[4:7] == [
        "b.mp4: loudness: failed: the sound is damaged",
        "and 2 more clips; --limit 3 names them all",
        "4 clips: 2 partial, 2 missing",
    ]


def test_the_json_has_every_clip_with_every_reason(status, shoot):
    found = status("--json").json
    assert (found["recipe"], found["footage"]) == ("picks", str(shoot.footage))
    assert found["counts"] == {
        "total": 4,
        "complete": 0,
        "partial": 2,
        "failed": 0,
        "stale": 0,
        "missing": 2,
        "unreadable": 0,
    }
    assert found["analyzers"][2] == {
        "name": "speech",
        "analysed": 0,
        "missing": 0,
        "stale": 0,
        "failed": 0,
        "unavailable": 4,
        "reason": NOT_INSTALLED,
    }
    assert found["clips"][:2] == [
        {"clip": "a.mp4", "state": "partial", "reasons": [f"speech: {NOT_INSTALLED}"]},
        {
            "clip": "b.mp4",
            "state": "partial",
            "reasons": ["loudness: failed: the sound is damaged", f"speech: {NOT_INSTALLED}"],
        },
    ]
    assert len(found["commands"]) == 2


def test_an_override_is_part_of_the_question_and_of_the_command(status):
    command = status("--set", "segments.max_s=3 s", "--json").json["commands"][-1]
    assert shlex.split(command)[5:7] == ["--set", "segments.max_s=3 s"]


def test_a_folder_without_clips_is_told(status, tmp_path, shoot):
    empty = tmp_path / "empty"
    empty.mkdir()
    ended = rushes("status", shoot.request.recipe, "--footage", empty, "--library", shoot.request.library)
    assert (ended.code, ended.out) == (1, "")
    assert "no clips were found" in ended.err

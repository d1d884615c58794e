"""What went wrong, as JSON on stdout wherever --json is asked for; the words stay on stderr."""

import pytest
from command_line import rushes
from rushes.cli import validate
from rushes.cli.failures import failure_to_json, wants_json
from rushes.errors import Problem

NO_RUN = {
    "path": "nowhere",
    "line": None,
    "column": None,
    "what": "there is no run.json, so nothing says what this edit was made from",
    "fix": "give the --out folder of a finished `rushes run`",
    "key": None,
    "set": [],
}


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["run", "nothing.yaml"], 2),
        (["plan", "nothing.yaml"], 2),
        (["render", "nowhere"], 2),
        (["edit", "nowhere", "delete", "1"], 2),
        (["undo", "nowhere"], 2),
        (["redo", "nowhere"], 2),
        (["history", "nowhere"], 2),
        (["regenerate", "nowhere", "--section", "0s..1s"], 2),
        (["import", "nowhere", "nothing.otio"], 2),
        (["export", "nowhere", "--format", "edl"], 2),
        (["preflight", "nowhere"], 2),
        (["reproduce", "nothing.json"], 2),
        (["golden", "check", "no_case"], 2),
        (["diff", "nowhere", "nowhere"], 2),
        (["run"], 2),
        (["run", "beat_reel", "--bogus"], 2),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_every_verb_with_json_tells_its_problems_as_json_and_in_words(words, code):
    ended = rushes(*words, "--json")
    assert ended.code == code, ended.err
    assert ended.json["exit_code"] == code
    problems = ended.json["problems"]
    assert problems and all([*one] == [*NO_RUN] for one in problems)
    assert all(one["what"] in ended.err and one["fix"] in ended.err for one in problems)
    assert rushes(*words).out == "" and rushes(*words).err == ended.err


def test_a_problem_is_told_with_its_place():
    assert rushes("render", "nowhere", "--json").json == {"exit_code": 2, "problems": [NO_RUN]}


def test_a_conflict_names_its_members_with_their_lines_and_what_to_set(tiny_shoot, warm_run, tmp_path):
    recipe = tmp_path / "reel.yaml"
    recipe.write_text(
        "schema: rushes/recipe@1\nextends: beat_reel\nedit:\n  constraints:\n"
        '    low: {share: "sharpness_01 >= 0", max: 0.3}\n    all: {every: "sharpness_01 >= 0"}\n'
    )
    words = tiny_shoot.arguments(
        "--cache", warm_run.copy_cache(tmp_path / "cache"), "--out", tmp_path / "out"
    )
    ended = rushes("run", recipe, *words[1:], "--executor", "inline", "--json")
    assert ended.code == ended.json["exit_code"] == 4
    summary, *members = ended.json["problems"]
    assert summary["key"] is None and "no edit of 3.50 s" in summary["what"]
    low = next(one for one in members if one["key"] == "edit.constraints.low")
    assert (low["path"], low["line"]) == (str(recipe), 5)
    assert ["edit.constraints.low.weight=1"] in low["set"] and ["~edit.constraints.low"] in low["set"]


def test_of_a_bug_of_ours_the_log_is_named(own_home, monkeypatch):
    def fail(*_words):
        raise ZeroDivisionError("a bug of ours")

    monkeypatch.setattr(validate, "_found", fail)
    ended = rushes("validate", "beat_reel", "--json")
    (problem,) = ended.json["problems"]
    assert (ended.code, ended.json["exit_code"]) == (5, 5)
    assert problem["path"] == str(own_home / "rushes" / "bug.log")


def test_validate_tells_its_problems_in_the_same_words(tmp_path):
    (tmp_path / "reel.yaml").write_text(
        "schema: rushes/recipe@1\nextends: beat_reel\nedit: {duration_s: -1}\n"
    )
    told = rushes("validate", "reel.yaml", "--json").json["recipes"]["reel.yaml"]
    assert rushes("plan", "reel.yaml", "--json").json["problems"] == told


def test_a_word_behind_two_dashes_asks_for_no_json():
    assert wants_json(["edit", "out", "delete", "1", "--json"])
    assert not wants_json(["edit", "out", "note", "1", "--", "--json"])


def test_ways_that_must_set_several_values_name_them_together():
    fix = (
        "give --song FILE, or cut without a song: --set song=null --set edit.grid=free, or --set 'a.b=[1, 2]'"
    )
    (problem,) = failure_to_json(2, [Problem(None, "none is named", fix)])["problems"]
    assert problem["set"] == [["song=null", "edit.grid=free"], ["a.b=[1, 2]"]]

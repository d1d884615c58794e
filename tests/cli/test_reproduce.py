"""rushes reproduce: edited and rendered folders, warnings of the recipe, models of the run."""

import json
import shutil
from pathlib import Path

import pytest
from command_line import rushes

WHO = ("--by", "ann", "--at", "2026-05-01T12:00:00Z")


@pytest.fixture
def out(warm_run, tmp_path):
    return shutil.copytree(warm_run.out, tmp_path / "out")


@pytest.fixture
def cache(warm_run, tmp_path):
    return warm_run.copy_cache(tmp_path / "cache")


@pytest.fixture
def edited_out(out, cache):
    """An out folder with two edits, rendered."""
    assert rushes("edit", out, "delete", "2", *WHO).code == 0
    assert rushes("edit", out, "note", "1", "wait for her smile", *WHO).code == 0
    assert rushes("render", out, "--cache", cache, "--executor", "inline").code == 0
    return out


def reproduce(out, cache, *more):
    return rushes("reproduce", out / "run.json", "--cache", cache, "--executor", "inline", *more)


def all_of(out):
    names = sorted(json.loads((out / "run.json").read_text())["outputs"])
    return f"reproduced: {', '.join(names)} have the same bytes"


def test_an_edited_and_rendered_edit_is_reproduced_with_its_edits(edited_out, cache):
    ended = reproduce(edited_out, cache)
    given = "; taken as given: timeline.plan.json and 2 edits\n"
    assert (ended.code, ended.out) == (0, all_of(edited_out) + given)


def test_edits_that_were_added_since_are_left_out(edited_out, cache):
    assert rushes("edit", edited_out, "delete", "1", *WHO).code == 0
    ended = reproduce(edited_out, cache)
    assert ended.code == 0 and ended.out.endswith("and 2 edits\n")


def test_a_run_that_made_edits_again_is_reproduced_from_the_footage_and_the_edits(
    tiny_shoot, edited_out, cache
):
    places = ("--cache", cache, "--out", edited_out, "--executor", "inline")
    assert rushes("run", *tiny_shoot.arguments(*places)).code == 0
    ended = reproduce(edited_out, cache)
    assert (ended.code, ended.out) == (0, all_of(edited_out) + "; taken as given: 2 edits\n")


def test_a_rendering_without_edits_is_reproduced_also_after_the_first_edit(out, cache):
    assert rushes("render", out, "--cache", cache, "--executor", "inline").code == 0
    taken = all_of(out) + "; taken as given: timeline.json\n"
    ended = reproduce(out, cache)
    assert (ended.code, ended.out) == (0, taken)
    assert rushes("edit", out, "delete", "2", *WHO).code == 0
    ended = reproduce(out, cache)
    assert (ended.code, ended.out) == (0, taken)


def test_a_rendering_with_other_settings_is_reproduced_with_them(out, cache):
    again = ("--cache", cache, "--executor", "inline", "--set", "outputs.report.title=Other")
    assert rushes("render", out, *again).code == 0
    assert reproduce(out, cache).code == 0


def test_other_edits_or_none_are_refused(edited_out, cache):
    log = edited_out / "edits.jsonl"
    text = log.read_text()
    log.write_text(text.replace("smile", "laugh"))
    ended = reproduce(edited_out, cache)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err == (
        f"{log}: these are not the edits of this run\n"
        f"    fix: give the run.json in the out folder of the run, or make a new one with `rushes render {edited_out}`\n"
    )
    log.unlink()
    ended = reproduce(edited_out, cache)
    assert ended.code == 2 and f"{log}: the edits of this run are not there\n" in ended.err
    log.write_text(text)
    (edited_out / "timeline.plan.json").unlink()
    ended = reproduce(edited_out, cache)
    assert ended.code == 2 and "the timeline that was rendered is not there" in ended.err


def test_a_record_that_does_not_say_which_edits_it_had_is_tried_with_those_beside_it(edited_out, cache):
    path = edited_out / "run.json"
    record = json.loads(path.read_text())
    for name in ("edits.jsonl", "timeline.plan.json"):
        del record["inputs"][name]
    path.write_text(json.dumps(record))
    assert reproduce(edited_out, cache).code == 0


def test_what_a_recipe_was_warned_of_is_in_its_report_without_its_folder_and_reproduced(
    tiny_shoot, cache, tmp_path
):
    recipe = tmp_path / "reel.yaml"
    recipe.write_text("schema: rushes/recipe@1\nextends: beat_reel\nthresholds: {unused_01: 0.5}\n")
    arguments = tiny_shoot.arguments("--cache", cache, "--out", tmp_path / "out", "--executor", "inline")
    ended = rushes("run", recipe, *arguments[1:])
    said = "reel.yaml:3:14: no expression uses the threshold unused_01"
    assert ended.code == 0 and f"warning: {recipe.parent}/{said}" in ended.err
    report = (tmp_path / "out" / "report.html").read_text()
    assert f"<li>{said}" in report and str(tmp_path) not in report
    for text in ("# one line more\n" + recipe.read_text(), "nothing"):
        recipe.write_text(text)
        again = reproduce(tmp_path / "out", cache)
        assert (again.code, again.out) == (0, all_of(tmp_path / "out") + "\n")


@pytest.mark.parametrize("is_moved", [False, True], ids=["here", "elsewhere"])
def test_paths_that_the_recipe_says_are_reproduced(tiny_shoot, cache, tmp_path, monkeypatch, is_moved):
    tiny_shoot.copy_to(tmp_path / "project")
    monkeypatch.chdir(tmp_path / "project")
    Path("reel.yaml").write_text(
        f"schema: rushes/recipe@1\nextends: beat_reel\nfootage: {{dir: {tiny_shoot.footage.name}}}\n"
        f"song: {{file: {tiny_shoot.song.name}}}\nedit: {{duration_s: 4, aspect: '1:1'}}\n"
    )
    assert rushes("run", "reel.yaml", "--cache", cache, "--out", "out", "--executor", "inline").code == 0
    out = Path("out").absolute()
    if is_moved:
        (tmp_path / "elsewhere").mkdir()
        monkeypatch.chdir(tmp_path / "elsewhere")
    ended = reproduce(out, cache)
    assert (ended.code, ended.out) == (0, all_of(out) + "\n")
    # A rendering from there says what the run said, and is reproduced, too.
    ended = rushes("render", out, "--cache", cache, "--executor", "inline")
    assert ended.code == 0 and "has changed since the run" not in ended.err
    assert reproduce(out, cache).code == 0


def test_a_clip_that_never_use_names_says_so_with_the_line_and_is_reproduced(tiny_shoot, cache, tmp_path):
    recipe = tmp_path / "reel.yaml"
    recipe.write_text('schema: rushes/recipe@1\nextends: beat_reel\nedit:\n  never_use: "front_01*"\n')
    out = tmp_path / "out"
    arguments = tiny_shoot.arguments("--cache", cache, "--out", out, "--executor", "inline")
    assert rushes("run", recipe, *arguments[1:]).code == 0
    said = "left out by edit.never_use: &#34;front_01*&#34; (reel.yaml:4:14)"
    assert said in (out / "report.html").read_text()
    recipe.write_text("# one line more\n" + recipe.read_text())
    assert reproduce(out, cache).code == 0


def test_models_that_the_run_had_and_that_are_not_here_are_named_before_anything_runs(out, cache, tmp_path):
    path = out / "run.json"
    record = json.loads(path.read_text())
    record["models"] = {"yunet": "d" * 64}
    path.write_text(json.dumps(record))
    (tmp_path / "none").mkdir()
    ended = reproduce(out, cache, "--models", tmp_path / "none")
    assert (ended.code, ended.out) == (1, "")
    assert ended.err == (
        f"{tmp_path / 'none'}: the run used models that are not here: yunet\n"
        "    fix: say where they lie with --models DIR\n"
    )

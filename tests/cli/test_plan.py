"""A plan says what a run does, and does nothing itself."""

import json
import os

import pytest
from command_line import rushes
from rushes.media.made_shoot import BROKEN_NAME


def planned(*words):
    ended = rushes("plan", *words, "--json")
    assert ended.code == 0, ended.err
    assert ended.err == ""
    return ended.json


def ran(folder):
    """Node -> whether it ran, of all nodes that were not skipped."""
    nodes = json.loads((folder / "out" / "run.json").read_text())["nodes"]
    return {node["id"]: node["ran"] for node in nodes if node["key"]}


def tree(folder):
    return sorted(str(path) for path in folder.rglob("*"))


def test_a_plan_of_a_first_run_lists_every_step_with_its_reason(tiny_shoot, tmp_path):
    rows = planned(*tiny_shoot.arguments("--cache", "cache", "--out", "out"))
    assert {row["state"] for row in rows} == {"run"}
    assert sorted(rows[0]) == ["id", "operation", "reason", "state"]
    assert rows[0] == {"id": "song", "operation": "song", "state": "run", "reason": "never run"}
    assert [row["id"] for row in rows[-4:]] == ["edit", "reframe", "render/video", "report"]
    assert sum(row["operation"] == "analyze" for row in rows) == 42


def test_a_plan_runs_nothing_and_writes_nothing_to_the_out_folder(tiny_shoot, tmp_path):
    planned(*tiny_shoot.arguments("--cache", "cache", "--out", "out"))
    assert not (tmp_path / "out").exists()
    assert [name for name in tree(tmp_path / "cache") if "/objects/" in name or "/actions/" in name] == []


def test_a_plan_of_a_finished_run_is_all_cached(tiny_shoot, warm_run):
    rows = planned(*tiny_shoot.arguments("--cache", warm_run.cache))
    assert {row["state"] for row in rows} == {"cached"}
    record = {node["id"] for node in warm_run.record()["nodes"]}
    assert {row["id"] for row in rows} == record
    broken = {row["id"]: row["reason"] for row in rows if row["reason"]}
    reason = "the recording was cut off before its index (moov) was written"
    assert broken.pop(f"probe/{BROKEN_NAME}") == f"failed before: {reason}"
    assert set(broken.values()) == {f"skipped: {reason}"}


def test_a_plan_does_not_touch_the_store(tiny_shoot, warm_run, tmp_path):
    cache = warm_run.copy_cache(tmp_path / "cache")
    before = tree(cache)
    planned(*tiny_shoot.arguments("--cache", cache, "--set", "edit.duration_s=5"))
    assert tree(cache) == before


CHANGES = {
    "score weight": ("--set", "scores.heuristic_score.terms.stability.weight=0.9"),
    "edit length": ("--set", "edit.duration_s=4.5"),
    "an analyzer's parameter": ("--set", "+analyzers.shots.min_shot_s=0.4"),
    "report title": ("--set", "outputs.report.title=Sunday"),
    "nothing": (),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_run_runs_what_its_plan_says(tiny_shoot, warm_run, tmp_path, change):
    cache = warm_run.copy_cache(tmp_path / "cache")
    words = tiny_shoot.arguments("--cache", cache, "--out", "out", *CHANGES[change])
    # Rendering again is shown elsewhere; here it would only take time.
    words += ("--set", "outputs.video=null")
    rows = {row["id"]: row for row in planned(*words)}
    assert rushes("run", *words, "--executor", "inline").code == 0
    done = ran(tmp_path)
    assert set(done) <= set(rows)
    # What is planned because an input may change does not run where the input came out the same.
    surely = {
        name for name, row in rows.items() if row["state"] == "run" and "depends on" not in row["reason"]
    }
    perhaps = {name for name, row in rows.items() if row["state"] == "run"} - surely
    assert surely <= {name for name, did in done.items() if did} <= surely | perhaps
    assert {row["state"] for row in planned(*words)} == {"cached"}


def test_footage_that_changed_between_plan_and_run_is_run_as_it_is_now(tiny_shoot, warm_run, tmp_path):
    shoot = tiny_shoot.copy_to(tmp_path / "shoot")
    cache = warm_run.copy_cache(tmp_path / "cache")
    words = shoot.arguments("--cache", cache, "--out", "out", "--until", "score")
    assert {row["state"] for row in planned(*words)} == {"cached"}
    (shoot.footage / "side_01.mp4").write_bytes((shoot.footage / "side_02.mp4").read_bytes())
    os.unlink(shoot.footage / "front_01.mp4")
    ended = rushes("run", *words, "--executor", "inline", "--json")
    assert ended.code == 0
    assert ended.json["clips"]["usable"] == 4
    assert [name for name, did in ran(tmp_path).items() if did] == ["library", "score"]


def test_people_read_a_line_a_step_and_the_sum(tiny_shoot, warm_run, tmp_path):
    cache = warm_run.copy_cache(tmp_path / "cache")
    ended = rushes(
        "plan", *tiny_shoot.arguments("--cache", cache, "--set", "edit.duration_s=4.5", "--until", "edit")
    )
    lines = ended.out.splitlines()
    assert lines[0] == "cached  song"
    assert lines[-3] == f"run     {'edit':<48} param edit.duration_s 4.0→4.5"
    assert lines[-2].split(maxsplit=2)[:2] == ["run", "reframe"]
    assert lines[-1] == f"2 to run, {len(lines) - 3} cached"


def test_a_plan_reports_wrong_arguments_like_a_run(tiny_shoot):
    words = ("beat_reel", "--footage", "nowhere", "--song", tiny_shoot.song)
    assert rushes("plan", *words).err == rushes("run", *words).err
    assert rushes("plan", *words).err == (
        "nowhere: there is no such folder\n    fix: check the path given by --footage\n"
    )

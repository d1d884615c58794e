"""rushes render: video and report of an edit as it stands, and runs into folders that hold edits."""

import json
import os
import shutil

import av
import pytest
from command_line import rushes
from rushes.run.edits import edited

WHO = ("--by", "ann", "--at", "2026-05-01T12:00:00Z")


@pytest.fixture
def out(warm_run, tmp_path):
    return shutil.copytree(warm_run.out, tmp_path / "out")


@pytest.fixture
def cache(warm_run, tmp_path):
    return warm_run.copy_cache(tmp_path / "cache")


def render(out, cache, *more):
    return rushes("render", out, "--cache", cache, "--executor", "inline", *more)


def timeline_of(out):
    return json.loads((out / "timeline.json").read_text())


def pictures(path):
    """How many pictures a video has."""
    with av.open(str(path)) as container:
        return sum(packet.size > 0 for packet in container.demux(video=0))


def states(out):
    record = json.loads((out / "run.json").read_text())
    return {node["id"]: node for node in record["nodes"]}


def test_rendering_an_edit_that_nobody_changed_calls_nothing_and_gives_the_same_files(out, cache):
    before = {name: (out / name).read_bytes() for name in ("timeline.json", "report.html", "video.mp4")}
    assert render(out, cache).code == 0
    assert {name: (out / name).read_bytes() for name in before} == before
    assert not any(node["ran"] for name, node in states(out).items() if name != "reframe")


def test_after_a_deletion_only_what_changed_is_encoded_and_the_video_is_as_long_as_the_edit(out, cache):
    first = timeline_of(out)["clips"][0]["id"]
    assert rushes("edit", out, "delete", first, *WHO).code == 0
    shorter = timeline_of(out)
    ended = render(out, cache)
    assert ended.code == 0
    assert pictures(out / "video.mp4") == shorter["duration_frames"]
    assert timeline_of(out)["clips"] == shorter["clips"]
    ran = [name for name, node in states(out).items() if node["ran"] and name.startswith("render/segment")]
    assert ran == []
    assert f"{len(shorter['clips'])}</b> shots" in (out / "report.html").read_text()
    assert "deleted" in (out / "report.html").read_text()


def test_a_timeline_that_is_behind_its_log_is_brought_up_to_date_and_one_that_somebody_changed_is_not_written_over(
    out, cache
):
    behind = (out / "timeline.json").read_bytes()
    assert rushes("edit", out, "delete", "2", *WHO).code == 0
    shorter = timeline_of(out)
    (out / "timeline.json").write_bytes(behind)
    assert render(out, cache).code == 0
    assert timeline_of(out)["clips"] == shorter["clips"]
    text = (out / "timeline.json").read_text().replace('"project_id": "', '"project_id": "my ')
    (out / "timeline.json").write_text(text)
    kept = {path.name: path.read_bytes() for path in out.iterdir()}
    ended = render(out, cache)
    assert ended.code == 2 and "it was changed otherwise" in ended.err
    assert {path.name: path.read_bytes() for path in out.iterdir()} == kept


def test_what_is_rendered_after_an_undo_is_what_the_run_made(out, cache):
    before = (out / "video.mp4").read_bytes()
    assert rushes("edit", out, "delete", "2", *WHO).code == 0
    assert render(out, cache).code == 0
    assert (out / "video.mp4").read_bytes() != before
    assert rushes("undo", out, *WHO).code == 0
    assert render(out, cache).code == 0
    assert (out / "video.mp4").read_bytes() == before


def test_a_run_makes_the_edits_of_its_folder_again(tiny_shoot, out, cache):
    first = timeline_of(out)["clips"][0]["id"]
    assert rushes("edit", out, "delete", first, *WHO).code == 0
    after = timeline_of(out)
    options = ("--cache", cache, "--out", out, "--executor", "inline")
    assert rushes("run", *tiny_shoot.arguments(*options)).code == 0
    assert timeline_of(out)["clips"] == after["clips"]
    assert len(edited(out).log.entries) == 1


def test_a_run_with_another_plan_refuses_old_edits_and_sets_them_aside_on_demand(tiny_shoot, out, cache):
    first = timeline_of(out)["clips"][0]["id"]
    assert rushes("edit", out, "delete", first, *WHO).code == 0
    kept = {path.name: path.read_bytes() for path in out.iterdir()}
    options = ("--cache", cache, "--out", out, "--executor", "inline", "--set", "edit.seed=7")
    refused = rushes("run", *tiny_shoot.arguments(*options))
    assert refused.code == 2 and "made on another plan" in refused.err and "--edits discard" in refused.err
    assert {path.name: path.read_bytes() for path in out.iterdir()} == kept
    assert rushes("run", *tiny_shoot.arguments(*options), "--edits", "discard").code == 0
    assert (out / "edits.1.jsonl").read_bytes() == kept["edits.jsonl"]
    assert (out / "timeline.plan.1.json").read_bytes() == kept["timeline.plan.json"]
    assert not (out / "edits.jsonl").exists() and not (out / "timeline.plan.json").exists()
    assert edited(out).log.entries == ()


def test_a_clip_that_was_renamed_since_is_found_by_its_content_and_one_that_is_gone_is_named(
    tiny_shoot, out, cache, tmp_path
):
    footage = shutil.copytree(tiny_shoot.footage, tmp_path / "footage")
    shown = timeline_of(out)["clips"][0]["file"]
    moved = footage / "elsewhere" / "renamed.mp4"
    moved.parent.mkdir()
    os.rename(footage / shown, moved)
    before = (out / "video.mp4").read_bytes()
    assert render(out, cache, "--footage", footage).code == 0
    assert (out / "video.mp4").read_bytes() == before
    moved.unlink()
    kept = {path.name: path.read_bytes() for path in out.iterdir()}
    ended = render(out, cache, "--footage", footage)
    assert ended.code == 1 and f"{shown} is not here any more" in ended.err
    assert {path.name: path.read_bytes() for path in out.iterdir()} == kept


def test_a_folder_without_a_run_or_without_an_edit_is_told(tmp_path, out, cache):
    ended = render(tmp_path, cache)
    assert ended.code == 2 and "there is no run.json" in ended.err
    (out / "timeline.json").unlink()
    ended = render(out, cache)
    assert ended.code == 2 and "no edit to render" in ended.err


def test_footage_that_was_moved_is_asked_for_with_the_place_where_it_lay(out, cache):
    record = json.loads((out / "run.json").read_text())
    record["arguments"]["footage"] = "/gone/footage"
    (out / "run.json").write_text(json.dumps(record))
    for ended in (render(out, cache), rushes("regenerate", out, "--section", "0s..2s", "--cache", cache)):
        assert (ended.code, ended.out) == (1, "")
        assert ended.err == (
            "/gone/footage: the footage of the run lay here, and the folder is not there any more\n"
            "    fix: say where it lies now with --footage DIR\n"
        )


def test_a_log_of_edits_that_was_lost_is_told_before_anything_is_written_over(out, cache, tiny_shoot):
    assert rushes("edit", out, "delete", "1", *WHO).code == 0
    (out / "edits.jsonl").unlink()
    before = {
        name: (out / name).read_bytes() for name in ("timeline.json", "timeline.plan.json", "video.mp4")
    }
    run = ("run", *tiny_shoot.arguments("--cache", cache, "--out", out, "--executor", "inline"))
    for ended in (render(out, cache), rushes("history", out), rushes(*run)):
        assert (ended.code, ended.out) == (2, "")
        assert "timeline.json is not what the plan and 0 edits give, and edits.jsonl is gone" in ended.err
        assert f"`rushes edit {out} repair`" in ended.err
    assert {name: (out / name).read_bytes() for name in before} == before
    assert rushes("edit", out, "repair").code == 0
    assert (out / "timeline.json").read_bytes() == before["timeline.plan.json"]
    assert render(out, cache).code == 0

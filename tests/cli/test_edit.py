"""rushes edit, undo, redo, history and diff of an out folder, as a user calls them."""

import json
import shutil
from dataclasses import replace

import pytest
from blake3 import blake3
from command_line import rushes
from exported_edit import edit_on_disk
from made_media import gray, write_clip
from rushes.timeline.document import timeline_from_json, timeline_to_json
from timeline_samples import timeline

WHO = ("--by", "ann", "--at", "2026-05-01T12:00:00Z")
RENDER = "make the video anew with `rushes render {}`\n"


@pytest.fixture
def made(tmp_path):
    """An edit whose clips carry the digests of their files: 100 pictures each, 3.33 s."""
    edit_on_disk(tmp_path)
    clips = tuple(
        replace(clip, digest=blake3((tmp_path / "my clips" / clip.file).read_bytes()).hexdigest())
        for clip in timeline().clips
    )
    return edit_on_disk(tmp_path, replace(timeline(), clips=clips))


@pytest.fixture
def out(made):
    return made.timeline.parent


def edit(out, verb, *words):
    return rushes("edit", out, verb, *words, *WHO)


def media(out):
    return ("--footage", out / "my clips", "--cache", out / "cache")


def now(out):
    return timeline_from_json((out / "timeline.json").read_bytes())


def shots(out):
    return [(clip.id, clip.timeline_start_frames, clip.duration_frames) for clip in now(out).clips]


def files(out):
    return {
        path: path.read_bytes() for path in out.rglob("*") if path.is_file() and path.name != ".edits.lock"
    }


def refused(out, *words):
    """What a command says that must change nothing."""
    before = files(out)
    ended = rushes(*words)
    assert (ended.code, ended.out) == (2, "")
    assert files(out) == before
    return ended.err


def test_deleting_says_what_changed_and_how_to_render(out):
    ended = edit(out, "delete", "c02", "--reason", "too_shaky")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out == (
        "clip 2 (c02, side_02.mp4) deleted: too_shaky\n"
        "the edit lasts 2.00 s instead of 3.00 s\n" + RENDER.format(out)
    )
    assert shots(out) == [("c01", 0, 30), ("c03", 30, 30)]


def test_clips_are_called_by_place_id_or_the_beginning_of_an_id(out):
    assert edit(out, "note", "3", "by place").code == 0
    assert edit(out, "note", "c03", "by id").code == 0
    assert [record["note"] for record in now(out).clips[2].edit_history] == ["by place", "by id"]
    assert refused(out, "edit", out, "note", "c0", "x", *WHO) == (
        "c0 means 3 clips: c01 (place 1, front_01.mp4), c02 (place 2, side_02.mp4), c03 (place 3, overhead_03.mp4)\n"
        "    fix: give more of the id\n"
    )


@pytest.mark.parametrize("word", ["side_02.mp4", "side_02"])
def test_a_clip_is_called_by_its_file_where_only_one_shows_it(word, out):
    assert edit(out, "note", word, "x").out.startswith("clip 2 (c02, side_02.mp4) noted: x\n")
    edit(out, "replace", "3", "side_02.mp4", *media(out))
    assert refused(out, "edit", out, "note", word, "x", *WHO) == (
        f"{word} means 2 clips: c02 (place 2, side_02.mp4), c03 (place 3, side_02.mp4)\n"
        "    fix: give a place or an id\n"
    )


def test_rendering_is_advised_only_where_something_is_seen_of_an_edit(out):
    for words in (("note", "1", "x"), ("lock", "1"), ("unlock", "1")):
        assert "rushes render" not in edit(out, *words).out
    assert "rushes render" not in rushes("undo", out, *WHO).out
    assert edit(out, "delete", "2").out.endswith(RENDER.format(out))
    assert rushes("undo", out, *WHO).out.endswith(RENDER.format(out))


def test_unknown_and_deleted_clips_and_places_that_are_not_there_are_told(out):
    assert refused(out, "edit", out, "lock", "c04", *WHO) == (
        "there is no clip 'c04'\n    fix: did you mean c01? clips of this edit by place, id and file: "
        "1 c01 front_01.mp4, 2 c02 side_02.mp4, 3 c03 overhead_03.mp4\n"
    )
    assert refused(out, "edit", out, "lock", "4", *WHO) == (
        "there is no place 4: the edit has 3 clips\n    fix: give a number from 1 to 3, or an id\n"
    )
    assert "there is no place 9" in refused(out, "edit", out, "move", "1", "9", *WHO)
    edit(out, "delete", "c02")
    assert refused(out, "edit", out, "lock", "c02", *WHO) == (
        "the clip c02 (side_02.mp4) is deleted, since 2026-05-01T12:00:00Z\n"
        f"    fix: bring it back with `rushes undo {out}`, or name another clip\n"
    )


def test_a_clip_moves_and_trims_with_the_clips_beside_it(out):
    assert edit(out, "move", "1", "3").out.startswith("clip 1 (c01, front_01.mp4) moved to place 3\n")
    assert shots(out) == [("c02", 0, 30), ("c03", 30, 30), ("c01", 60, 30)]
    ended = edit(out, "trim", "c02", "--end", "+0.5s", *media(out))
    assert ended.out == (
        "clip 1 (c02, side_02.mp4) trimmed: 1.40-2.40 s → 1.40-2.90 s of its file\n"
        "clip 2 (c03, overhead_03.mp4) is 0.50 s shorter, at its beginning\n" + RENDER.format(out)
    )
    assert shots(out) == [("c02", 0, 45), ("c03", 45, 15), ("c01", 60, 30)]


def test_cuts_that_leave_the_beat_are_told(out):
    ended = edit(out, "trim", "1", "--end", "-0.2", "--ripple")
    assert "2 more cuts are off the beat; --on-beat moves cuts to it" in ended.out


def test_a_trim_beyond_the_file_is_told_where_its_length_is_known_or_not(out):
    assert refused(out, "edit", out, "trim", "1", "--end", "4s", *media(out), *WHO) == (
        "front_01.mp4 is 3.33 s long, the trim ends at 4.00 s\n    fix: end at 3.33 s or earlier\n"
    )
    assert refused(out, "edit", out, "trim", "1", "--end", "4s", *WHO) == (
        "nobody knows how long front_01.mp4 is, so it cannot be shown for longer\n"
        "    fix: say where its folder lies with --footage\n"
    )


def test_times_that_are_none_are_told(out):
    assert "neither --start nor --end is given" in refused(out, "edit", out, "trim", "1", *WHO)
    assert "--start is 'soon', which is no time" in refused(
        out, "edit", out, "trim", "1", "--start", "soon", *WHO
    )
    said = refused(out, "edit", out, "note", "1", "x", "--at", "noon")
    assert said == "--at is 'noon', which is no time of RFC 3339\n    fix: write it as 2026-05-01T12:00:00Z\n"


def test_a_file_that_was_renamed_since_is_found_by_its_content(out):
    (out / "my clips" / "front_01.mp4").rename(out / "my clips" / "renamed.mp4")
    assert edit(out, "trim", "1", "--end", "2.7", *media(out)).code == 0
    assert "is 3.33 s long" in refused(out, "edit", out, "trim", "1", "--end", "4", *media(out), *WHO)


def test_a_clip_of_the_footage_goes_before_a_file_of_the_same_name_where_the_command_is_given(
    out, tmp_path, monkeypatch
):
    (tmp_path / "here").mkdir()
    (tmp_path / "here" / "overhead_03.mp4").write_text("something else")
    monkeypatch.chdir(tmp_path / "here")
    assert edit(out, "replace", "1", "overhead_03.mp4", *media(out)).code == 0
    assert now(out).clips[0].file == "overhead_03.mp4"


def test_a_clip_is_replaced_by_another_of_the_footage(out):
    (out / "my clips" / "day 2").mkdir()
    write_clip(out / "my clips" / "day 2" / "extra.mp4", [gray(30)] * 60)
    for word in ("extra", "day 2/extra.mp4", out / "my clips" / "day 2" / "extra.mp4"):
        ended = edit(out, "replace", "2", word, "--start", "0.5", *media(out))
        assert ended.out == (
            "clip 2 (c02, side_02.mp4) replaced by day 2/extra.mp4 from 0.50 s\n" + RENDER.format(out)
        ), ended.err
        clip = now(out).clips[1]
        assert (clip.id, clip.file, clip.source_start_frames) == ("c02", "day 2/extra.mp4", 15)
        rushes("undo", out, *WHO)
    assert "extra.mp4 is 2.00 s long, too short" in refused(
        out, "edit", out, "replace", "2", "extra", "--start", "1.5s", *media(out), *WHO
    )
    assert "there is no clip 'nothing' in the footage" in refused(
        out, "edit", out, "replace", "2", "nothing", *media(out), *WHO
    )


def test_locks_hold_against_deleting_trimming_and_moving(out):
    assert edit(out, "lock", "2", "--reason", "the smile").out == (
        "clip 2 (c02, side_02.mp4) locked as it is: the smile\n"
    )
    locked = 'clip 2 (c02, side_02.mp4) is locked by ann, 2026-05-01T12:00:00Z, "the smile"'
    for words in (
        ("delete", "2"),
        ("trim", "2", "--end", "2s"),
        ("move", "2", "1"),
        ("replace", "2", "front_01"),
    ):
        said = refused(out, "edit", out, *words, *WHO, *(media(out) if words[0] == "replace" else ()))
        assert said.startswith(locked)
        assert said.endswith(f"    fix: unlock it first with `rushes edit {out} unlock c02`\n")
    assert refused(out, "edit", out, "lock", "2", "--source", *WHO).startswith(f"{locked} already\n")
    assert edit(out, "unlock", "2").code == 0
    assert edit(out, "delete", "2").code == 0


def test_undo_redo_and_history(out):
    plan = (out / "timeline.json").read_bytes()
    edit(out, "delete", "2", "--reason", "too_shaky")
    edit(out, "note", "1", "lovely")
    assert rushes("undo", out, "2", *WHO).out.startswith("2 steps undone:\n  clip ")
    assert (out / "timeline.json").read_bytes() == plan
    assert rushes("redo", out, *WHO).out.startswith("1 step done again: clip ")
    assert rushes("history", out).out == (
        "  1  2026-05-01T12:00:00Z  ann           clip 2 (c02, side_02.mp4) deleted: too_shaky\n"
        "  2  2026-05-01T12:00:00Z  ann           clip 1 (c01, front_01.mp4) noted: lovely (undone)\n"
        "  3  2026-05-01T12:00:00Z  ann           2 steps undone\n"
        "  4  2026-05-01T12:00:00Z  ann           1 step done again\n"
    )
    rows = rushes("history", out, "--json").json
    assert [row["state"] for row in rows] == ["done", "undone", "step", "step"]
    assert rows[0]["payload"] == {"clip_id": "c02", "reason": "too_shaky", "took": []}
    assert refused(out, "undo", out, "5", *WHO) == (
        f"{out}: there is 1 step to undo, not 5\n    fix: see what was done with `rushes history {out}`\n"
    )


def test_undo_and_redo_say_which_steps(out):
    edit(out, "delete", "2", "--reason", "too_shaky")
    edit(out, "note", "1", "lovely")
    noted, gone = "clip 1 (c01, front_01.mp4) noted: lovely", "clip 2 (c02, side_02.mp4) deleted: too_shaky"
    assert rushes("undo", out, *WHO).out.splitlines()[0] == f"1 step undone: {noted}"
    assert rushes("undo", out, *WHO).out.splitlines()[0] == f"1 step undone: {gone}"
    assert rushes("redo", out, *WHO).out.splitlines()[0] == f"1 step done again: {gone}"
    assert rushes("redo", out, "--json", *WHO).json["done"] == [f"1 step done again: {noted}"]
    assert rushes("undo", out, "2", *WHO).out.splitlines()[:3] == [
        "2 steps undone:",
        f"  {noted}",
        f"  {gone}",
    ]


def test_help_is_named_with_the_folder_that_was_given(tmp_path):
    folder = tmp_path / "my reel"
    ended = rushes("edit", folder, "note")
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.endswith(f"    fix: see rushes edit '{folder}' note --help\n")


def test_a_folder_without_edits_has_no_history(out):
    assert rushes("history", out).out == "no edits yet\n"


def test_diff_of_an_out_folder_is_the_plan_against_the_edit(out):
    assert rushes("diff", out).out == "no difference\n"
    edit(out, "delete", "2")
    assert rushes("diff", out).out.startswith("clip 2 removed (side_02.mp4)\n")
    edit(out, "note", "2", "wait for her smile")
    lines = rushes("diff", out).out.splitlines()
    assert "clip 3 (now 2) noted: wait for her smile" in lines
    assert [line for line in lines if line.startswith("(")] == lines[-1:] and "--all" in lines[-1]
    assert len(rushes("diff", out, "--all").out.splitlines()) > len(lines)
    said = refused(out, "diff", out / "timeline.json")
    assert "this is one timeline, and nothing to compare it with" in said


def test_whoever_names_the_last_edit_they_know_does_not_edit_over_a_newer_one(out):
    edit(out, "delete", "1", "--after", "0")
    said = refused(out, "edit", out, "delete", "1", "--after", "0", *WHO)
    assert said == (
        "the last edit is not the 0. any more: it is edit 1 (clip_deleted) by ann, 2026-05-01T12:00:00Z\n"
        f"    fix: look at `rushes history {out}`, then try again\n"
    )


def test_json_says_the_number_of_the_edit_and_what_it_did(out):
    assert rushes("edit", out, "delete", "2", *WHO, "--json").json == {
        "edit": 1,
        "done": ["clip 2 (c02, side_02.mp4) deleted"],
        "effects": ["the edit lasts 2.00 s instead of 3.00 s"],
        "broken": [],
        "hasty_titles": [],
        "clips": 2,
        "duration_s": 2.0,
    }


def test_without_options_the_user_of_the_system_edits_now(out, monkeypatch):
    monkeypatch.setenv("LOGNAME", "eve")
    assert rushes("edit", out, "note", "1", "x").code == 0
    (made,) = now(out).user_edits
    assert made["by"] == "eve"
    assert made["timestamp"].endswith("Z")


def test_a_damaged_log_is_told_and_repaired(out):
    edit(out, "note", "1", "a")
    edit(out, "note", "1", "b")
    log = out / "edits.jsonl"
    log.write_bytes(log.read_bytes()[:-30])
    for verb in (("history",), ("undo",)):
        assert "the last line is cut off in the middle" in refused(out, *verb, out)
    ended = rushes("edit", out, "repair")
    assert ended.code == 0
    assert ended.out.startswith("1 line of edits.jsonl moved to edits.torn.jsonl; 1 edit kept\n")
    assert rushes("edit", out, "repair").out == "nothing is wrong with the edits of this folder\n"


def test_what_is_no_out_folder_is_told(tmp_path):
    ended = rushes("edit", tmp_path / "nowhere", "delete", "1")
    assert ended.err == (
        f"{tmp_path}/nowhere/timeline.json: cannot be read: No such file or directory\n"
        "    fix: give the out folder of a run that made an edit\n"
    )
    assert ended.code == 2


def test_an_edit_of_a_run_knows_its_footage_without_options(warm_run, tmp_path):
    out = tmp_path / "out"
    shutil.copytree(warm_run.out, out)
    files_used = [clip.file for clip in now(out).clips]
    other = next(name for name in ("front_01.mp4", "side_01.mp4") if name != files_used[0])
    ended = edit(out, "replace", "1", other)
    assert ended.code == 0, ended.err
    assert now(out).clips[0].file == other
    rates = json.loads(warm_run.bytes_of("timeline.json"))["clips"][0]["source_rate_fps"]
    assert json.loads((out / "timeline.json").read_bytes())["clips"][0]["source_rate_fps"] == rates


def test_a_reason_that_the_recipe_does_not_know_is_kept_and_told(warm_run, tmp_path):
    out = tmp_path / "out"
    shutil.copytree(warm_run.out, out)
    ended = edit(out, "delete", "1", "--reason", "too_shakey")
    assert ended.code == 0
    assert ended.err.startswith(
        "note: 'too_shakey' is kept, but changes no later choice; did you mean too_shaky?"
    )
    assert now(out).deleted_clips[0]["user_reason"] == "too_shakey"
    assert edit(out, "delete", "1", "--reason", "too_shaky").err == ""


def test_an_edit_that_breaks_a_limit_is_warned_of_once(made, out):
    plan = now(out)
    row = {"name": "duration_s", "limit": 3.0, "used": 3.0, "binds": False, "asks": {"min": 2.5, "max": 3.5}}
    reasoning = replace(plan.ai_reasoning, constraints=(row,))
    (out / "timeline.json").write_bytes(timeline_to_json(replace(plan, ai_reasoning=reasoning)))
    ended = edit(out, "delete", "c02")
    assert ended.code == 0
    assert ended.err == "warning: duration_s is broken by edits: asked is 3 s, the edit has 2 s\n"
    assert edit(out, "delete", "c01").err == ""

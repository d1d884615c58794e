"""Too little footage: what is missing is said, or the edit does with what there is."""

import json
import re
from pathlib import Path

import pytest
from command_line import rushes


@pytest.fixture
def run(tiny_shoot, warm_run, tmp_path):
    """Runs on a folder that holds the given takes and broken files."""
    cache = warm_run.copy_cache(tmp_path / "cache")
    footage = tmp_path / "footage"
    footage.mkdir()

    def call(takes, *more):
        for take in takes:
            given = tiny_shoot.footage / take
            (footage / take).write_bytes(given.read_bytes() if given.exists() else b"no picture, only words")
        words = ("--footage", "footage", "--song", tiny_shoot.song, "--cache", cache, "--out", "out")
        words += ("--executor", "inline", "--until", "edit", "--set", "edit.duration_s=6")
        return rushes("run", "beat_reel", *words, *more)

    return call


def words_of(err):
    """Without the lines of progress."""
    return "".join(
        line for line in err.splitlines(True) if not line.startswith(("analysing", "scoring", "editing"))
    )


def timeline():
    return json.loads(Path("out", "timeline.json").read_text())


def test_a_folder_that_is_not_there(tiny_shoot):
    ended = rushes("run", "beat_reel", "--footage", "nowhere", "--song", tiny_shoot.song)
    assert (ended.code, ended.out) == (1, "")
    assert ended.err == "nowhere: there is no such folder\n    fix: check the path given by --footage\n"


def test_a_file_instead_of_a_folder(tiny_shoot):
    clip = tiny_shoot.footage / "side_01.mp4"
    ended = rushes("run", "beat_reel", "--footage", clip, "--song", tiny_shoot.song)
    assert (ended.code, ended.out) == (1, "")
    assert (
        ended.err == f"{clip}: footage is a folder, but this is a file\n    fix: name the folder it lies in\n"
    )


def test_a_folder_without_a_clip(run, tmp_path):
    (tmp_path / "footage" / "notes.txt").write_text("no clip")
    (tmp_path / "footage" / "still.jpg").write_bytes(b"\xff\xd8\xff")
    ended = run([])
    assert (ended.code, ended.out) == (1, "")
    assert ended.err == (
        "footage: no clips were found\n"
        "    fix: name the folder with the footage; video files end in .mp4, .mov, .mkv, .webm and the like\n"
    )


def test_globs_that_leave_no_clip(run):
    ended = run(["side_01.mp4"], "--set", "footage.include=[top*]")
    assert (ended.code, ended.out) == (1, "")
    assert ended.err == (
        "footage: footage.include and footage.exclude leave none of 1 clips\n"
        "    fix: widen footage.include or narrow footage.exclude\n"
    )


def test_one_clip_that_is_too_short_says_what_is_missing(run):
    ended = run(["front_01.mp4"])
    assert (ended.code, ended.out) == (4, "")
    assert words_of(ended.err).startswith(
        "the footage cannot fill 6.00 s: 1 clip of 1 may be used, for at most 2."
    )
    assert re.search(r"\n    fix: add 1 clip of at least \d\.\d s, or --set edit.duration_s=2", ended.err)
    assert "--set edit.if_short=shorten" in ended.err
    assert not Path("out", "timeline.json").exists()


def test_one_clip_may_make_a_shorter_edit_that_says_so(run):
    ended = run(["front_01.mp4"], "--set", "edit.if_short=shorten", "--json")
    assert ended.code == 0
    length_s = sum(clip["duration_s"] for clip in timeline()["clips"])
    assert 1 <= length_s <= 2.5
    assert ended.json["warnings"] == [
        f"the footage fills {length_s:.2f} s of 6.00 s: the edit is that short (edit.if_short=shorten)"
    ]


def test_one_clip_may_be_repeated_and_that_is_said(run):
    ended = run(["front_01.mp4"], "--set", "edit.if_short=repeat", "--json")
    assert ended.code == 0
    assert ended.json["warnings"] == [
        "the footage is short: a clip is used up to 3 times, the same part may come again (edit.if_short=repeat)"
    ]
    assert sum(clip["duration_s"] for clip in timeline()["clips"]) == 6


def test_where_every_clip_is_broken_each_is_named(run):
    ended = run(["a.mp4", "b.mp4"])
    assert (ended.code, ended.out) == (4, "")
    assert words_of(ended.err) == (
        "there is no footage: no clip could be read\n"
        "    fix: put clips into the footage folder\n"
        "footage/a.mp4: left out: this is a text file, not a video\n"
        "footage/b.mp4: left out: this is a text file, not a video\n"
    )


def test_where_every_clip_is_rejected_the_rules_are_named(run):
    ended = run(["overhead_02_dark.mp4"])
    assert (ended.code, ended.out) == (4, "")
    assert words_of(ended.err) == (
        "none of 1 clip may be used: 1 too dark (brightness 4 %)\n"
        "    fix: lower the thresholds of the rules that reject, or add footage\n"
    )


def test_until_score_ranks_what_cannot_be_cut(run):
    ended = run(["overhead_02_dark.mp4"], "--until", "score", "--json")
    assert (ended.code, ended.json["clips"]) == (0, {"used": 0, "usable": 0, "rejected": 1, "failed": 0})


def test_a_recipe_without_footage_asks_for_it():
    ended = rushes("run", "best_clips")
    assert (ended.code, ended.out) == (2, "")
    assert ended.err == (
        "no footage is named\n    fix: give --footage DIR, or set footage.dir in the recipe\n"
    )

"""rushes validate: what it warns of, and globs held against the names of clips."""

from __future__ import annotations

from pathlib import Path

import pytest
from command_line import rushes

DIP = (
    "schema: rushes/recipe@1\nextends: beat_reel\n"
    "edit: {max_shot_s: 2, transitions: {allow: [hard_cut, dip_to_black], dip_s: 4}}\n"
)
NAMES = (
    "schema: rushes/recipe@1\nextends: beat_reel\n"
    "footage:\n  metadata:\n    angle:\n      front: [cam_a]\n      side: ['side*']\n"
)


def recipe(text: str) -> str:
    Path("reel.yaml").write_text(text)
    return "reel.yaml"


@pytest.fixture
def clips() -> Path:
    """Two files whose names are all that is looked at."""
    for name in ("cam_a/one.mp4", "cam_a/two.mp4"):
        (Path("clips") / name).parent.mkdir(parents=True, exist_ok=True)
        (Path("clips") / name).touch()
    return Path("clips")


def test_what_a_run_would_warn_of_is_said_and_the_recipe_is_valid():
    ended = rushes("validate", recipe(DIP))
    assert (ended.code, ended.out) == (0, "reel.yaml: valid\n")
    assert ended.err.startswith("warning: reel.yaml:3:")
    assert "there will be no dip to black" in ended.err and "    fix: lower dip_s to 1 or less" in ended.err


def test_programs_get_warnings_apart_from_problems():
    told = rushes("validate", recipe(DIP), "--json").json
    assert (told["valid"], told["recipes"]) == (True, {"reel.yaml": []})
    assert [one["line"] for one in told["warnings"]["reel.yaml"]] == [3]


def test_globs_that_no_clip_matches_are_told_with_their_place_and_what_may_have_been_meant(clips):
    assert rushes("validate", recipe(NAMES)).err == ""
    ended = rushes("validate", recipe(NAMES), "--footage", clips)
    assert (ended.code, ended.out) == (0, "reel.yaml: valid\n")
    assert ended.err == (
        "warning: reel.yaml:6:14: footage.metadata.angle.front: 'cam_a' matches none of 2 clips; did you mean 'cam_a/**'? "
        "`*` stops at a folder's name\n    fix: correct the glob, or take it out\n"
        "warning: reel.yaml:7:13: footage.metadata.angle.side: 'side*' matches none of 2 clips\n"
        "    fix: correct the glob, or take it out\n"
    )


def test_the_folder_that_the_recipe_names_is_looked_into_where_it_is_there(clips):
    named = NAMES.replace("footage:\n", "footage:\n  dir: clips\n")
    assert rushes("validate", recipe(named)).err.count("matches none of 2 clips") == 2
    assert rushes("validate", recipe(named.replace("dir: clips", "dir: gone"))).err == ""


def test_clips_that_must_be_used_and_are_not_there_are_a_problem(clips):
    text = "schema: rushes/recipe@1\nextends: beat_reel\nedit:\n  must_use: ['wide*']\n"
    ended = rushes("validate", recipe(text), "--footage", clips)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err == (
        "reel.yaml:4:13: edit.must_use: no clip matches 'wide*'\n"
        "    fix: correct the glob; there are: cam_a/one.mp4, cam_a/two.mp4\n"
    )


def test_a_footage_folder_that_is_not_there_is_told():
    ended = rushes("validate", "beat_reel", "--footage", "nowhere")
    assert ended.code == 1
    assert ended.err == "nowhere: there is no such folder\n    fix: check the path given by --footage\n"

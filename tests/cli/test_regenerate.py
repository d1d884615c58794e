"""rushes regenerate as a user calls it: on an edit of the tiny shoot, out of pieces of at most a second."""

import json
import shutil

import pytest
from command_line import rushes
from regenerable import PIECES, UPRIGHT, folder_bytes, regenerable_run

SECTION = ("--section", "1s..4s")
OTHER = (*SECTION, "--instruction", "other_shots")


@pytest.fixture(scope="session")
def made_run(tiny_shoot, warm_run, once_for_all):
    return regenerable_run(tiny_shoot, warm_run, once_for_all)


@pytest.fixture
def out(made_run, tmp_path):
    return shutil.copytree(made_run, tmp_path / "out")


def timeline_of(out):
    return json.loads((out / "timeline.json").read_text())


def outside(timeline, start_s=1.0, end_s=4.0):
    """Bytes of the shots and transitions that a section must not touch."""
    clips = [clip for clip in timeline["clips"] if not start_s <= clip["timeline_start_s"] < end_s]
    cuts = [part for part in timeline["transitions"] if not start_s <= part["at_s"] <= end_s]
    return json.dumps([clips, cuts, timeline["song"], timeline["duration_frames"]])


def test_a_section_is_made_anew_and_nothing_else_changes(out):
    before = timeline_of(out)
    ended = rushes("regenerate", out, *OTHER)
    assert ended.code == 0, ended.err
    after = timeline_of(out)
    assert outside(after) == outside(before)
    assert after["clips"] != before["clips"]
    assert "the section from 1.00 to 4.00 s: " in ended.out
    assert "shots are new; there were " in ended.out
    assert f"take it back with `rushes undo {out}`" in ended.out
    edit = after["user_edits"][-1]
    assert edit["action"] == "regenerate_requested"
    assert (edit["section_start"], edit["section_end"], edit["instruction"]) == (1.0, 4.0, "other_shots")


def test_undo_takes_a_section_back_to_the_byte(out):
    before = timeline_of(out)
    assert rushes("regenerate", out, *OTHER).code == 0
    assert rushes("undo", out).code == 0
    after = timeline_of(out)
    assert json.dumps(after["clips"]) == json.dumps(before["clips"])
    assert json.dumps(after["transitions"]) == json.dumps(before["transitions"])


def test_the_same_wish_gives_the_same_section(out, made_run, tmp_path):
    other = shutil.copytree(made_run, tmp_path / "other")
    for folder in (out, other):
        assert rushes("regenerate", folder, *OTHER, "--seed", "7", "--at", "2026-05-01T12:00:00Z").code == 0
    assert (out / "timeline.json").read_bytes() == (other / "timeline.json").read_bytes()


def test_an_instruction_that_came_into_the_recipe_since_the_run_asks_for_another_run(
    out, tiny_shoot, tmp_path
):
    recipe = tmp_path / "reel.yaml"
    recipe.write_text("schema: rushes/recipe@1\nextends: beat_reel\n")
    record = json.loads((out / "run.json").read_text())
    places = (
        "--cache",
        record["arguments"]["cache"],
        "--out",
        out,
        "--executor",
        "inline",
        *PIECES,
        *UPRIGHT,
    )
    run = ("run", recipe, *tiny_shoot.arguments(*places)[1:])
    assert rushes(*run).code == 0
    section = ("regenerate", out, *SECTION)
    text = (
        recipe.read_text()
        + "edit: {instructions: {people_first: {says: faces, set: {edit.max_shot_s: x2}}}}\n"
    )
    for changed, since in (
        (text, "reel.yaml has changed since the run (edit.instructions.people_first)"),
        ("nothing", "reel.yaml cannot be read as a recipe since the run"),
    ):
        recipe.write_text(changed)
        ended = rushes(*section, "--instruction", "people_first")
        assert (ended.code, ended.out) == (2, "")
        assert ended.err.endswith(
            f"the recipe of the run has no instruction people_first, but {since}\n"
            "    fix: run it again with the same --out: edits stay as long as the plan is the same\n"
        )
        listed = rushes("regenerate", out, "--list")
        assert "make_tighter" in listed.out and "people_first" not in listed.out
        assert listed.err == f"note: {since}: these are the instructions of the run\n"
        known = rushes(*section, "--instruction", "other_shots", "--dry-run")
        assert known.code == 0 and f"note: {since}: this is by the recipe as it ran" in known.err
    assert rushes("edit", out, "note", "1", "hers").code == 0
    recipe.write_text(text)
    assert rushes(*run).code == 0
    ended = rushes(*section, "--instruction", "people_first")
    assert ended.code == 0 and "has changed" not in ended.err
    assert len(timeline_of(out)["user_edits"]) >= 1


def test_a_dry_run_shows_and_writes_nothing(out):
    before = folder_bytes(out)
    ended = rushes("regenerate", out, *OTHER, "--dry-run")
    assert ended.code == 0, ended.err
    assert "nothing was written" in ended.out
    assert folder_bytes(out) == before


def test_a_section_that_is_as_good_as_it_can_be_is_left_alone(out):
    before = folder_bytes(out)
    ended = rushes("regenerate", out, *SECTION)
    assert ended.code == 0, ended.err
    assert "the section from 1.00 to 4.00 s is as good as it can be: nothing changes" in ended.out
    assert folder_bytes(out) == before


def test_json_tells_shots_before_and_after(out):
    told = rushes("regenerate", out, *OTHER, "--json").json
    assert told["written"] and told["changed"]
    assert (told["section_start_s"], told["section_end_s"]) == (1.0, 4.0)
    assert told["before"] != told["after"]
    assert told["after"][0]["timeline_start_s"] == 1.0
    assert 0 < told["objective"] <= told["bound"] + 1e-9


def test_the_instructions_of_the_recipe_are_listed(out):
    ended = rushes("regenerate", out, "--list")
    assert ended.code == 0, ended.err
    assert "make_tighter     More cuts, shorter shots." in ended.out.splitlines()


@pytest.mark.parametrize(
    ("section", "said"),
    [
        ("4s..1s", "--section 4s..1s is empty"),
        ("1s..1s", "--section 1s..1s is empty"),
        ("7s..9s", "--section 7s..9s is not inside the edit, which lasts 6s"),
        ("5s..9s", "--section 5s..9s is not inside the edit, which lasts 6s"),
        ("1.05s..1.1s", "--section 1.05s..1.1s lies inside one shot or around one cut"),
        ("soon", "--section is 'soon', which is no range of time"),
        ("1s..later", "--section is 'later', which is no time"),
        ("..", "--section is '..', which is no range of time"),
        ("-3s..5s", "--section is '-3s..5s', which is no range of time"),
        ("1s.. +3s", "--section is '1s.. +3s', which is no range of time"),
    ],
)
def test_sections_that_are_none_are_told(out, section, said):
    before = folder_bytes(out)
    ended = rushes("regenerate", out, "--section", section)
    assert ended.code == 2
    assert said in ended.err
    assert folder_bytes(out) == before


def test_a_section_that_nothing_lawful_fills_is_told_and_the_edit_stays(out):
    """All takes are too poor for the recipe, which the shots that stay need not mind."""
    record = json.loads((out / "run.json").read_text())
    assert "min_score_01: 0.0" in record["arguments"]["recipe_text"]
    record["arguments"]["recipe_text"] = record["arguments"]["recipe_text"].replace(
        "min_score_01: 0.0", "min_score_01: 0.99"
    )
    record["arguments"]["recipe"] = "nowhere.yaml"
    (out / "run.json").write_text(json.dumps(record))
    before = folder_bytes(out)
    ended = rushes("regenerate", out, *SECTION)
    assert ended.code == 4, ended.err
    assert "cannot be made anew; the edit is as it was" in ended.err
    assert "--set edit.duration_s" not in ended.err
    assert folder_bytes(out) == before


def test_a_missing_section_is_told(out):
    ended = rushes("regenerate", out)
    assert (ended.code, ended.err.splitlines()[0]) == (2, "--section is not given")


def test_a_border_goes_to_the_nearest_cut_and_that_is_said(out):
    ended = rushes("regenerate", out, "--section", "1.1s..3.9s", "--dry-run")
    assert "note: the section begins at 1s, the cut nearest to 1.1s" in ended.err
    assert "note: the section ends at 4s, the cut nearest to 3.9s" in ended.err


def test_an_unknown_instruction_is_told_with_those_that_there_are(out):
    before = folder_bytes(out)
    ended = rushes("regenerate", out, *SECTION, "--instruction", "make_tigher")
    assert ended.code == 2
    assert "the recipe has no instruction make_tigher" in ended.err
    assert "did you mean make_tighter?" in ended.err
    assert "slow_down        Fewer cuts, longer shots." in ended.err
    assert folder_bytes(out) == before


def test_locked_shots_stay_and_a_section_of_them_alone_is_told(out):
    clips = [clip for clip in timeline_of(out)["clips"] if 1 <= clip["timeline_start_s"] < 4]
    assert rushes("edit", out, "lock", clips[0]["id"]).code == 0
    assert rushes("regenerate", out, *OTHER).code == 0
    kept = {clip["id"]: clip for clip in timeline_of(out)["clips"]}[clips[0]["id"]]
    for name in ("file", "source_start_frames", "timeline_start_frames", "duration_frames", "reframe"):
        assert kept[name] == clips[0][name]
    assert kept["locked"]
    before = folder_bytes(out)
    own = f"{clips[0]['timeline_start_s']}s..{clips[0]['timeline_start_s'] + clips[0]['duration_s']}s"
    ended = rushes("regenerate", out, "--section", own)
    assert (ended.code, ended.err.splitlines()[0]) == (2, "the only shot of the section is locked")
    assert folder_bytes(out) == before


def test_deleted_takes_do_not_come_again_and_their_reasons_teach(out):
    gone = next(clip for clip in timeline_of(out)["clips"] if clip["timeline_start_s"] == 2.0)
    assert rushes("edit", out, "delete", gone["id"], "--reason", "boring", "--roll").code == 0
    ended = rushes("regenerate", out, *OTHER)
    assert ended.code == 0, ended.err
    assert "not offered again" in ended.err
    assert (
        "deleted as boring: takes that are so too are worth up to 40% less, other takes of the same clips 20%"
        in ended.err
    )
    for clip in timeline_of(out)["clips"]:
        if 1 <= clip["timeline_start_s"] < 4 and clip["file"] == gone["file"]:
            overlap = min(clip["source_end_s"], gone["source_end_s"]) - max(
                clip["source_start_s"], gone["source_start_s"]
            )
            assert overlap <= 0.1


def test_footage_that_moved_is_found_again_by_its_content(out, tiny_shoot, tmp_path):
    moved = tiny_shoot.copy_to(tmp_path / "moved")
    used = timeline_of(out)["clips"][0]["file"]
    (moved.footage / used).rename(moved.footage / "renamed.mp4")
    before = timeline_of(out)
    ended = rushes("regenerate", out, *OTHER, "--footage", moved.footage, "--song", moved.song)
    assert ended.code == 0, ended.err
    assert outside(timeline_of(out)) == outside(before)


def test_footage_that_is_gone_is_told_and_nothing_changes(out, tiny_shoot, tmp_path):
    moved = tiny_shoot.copy_to(tmp_path / "moved")
    used = timeline_of(out)["clips"][0]["file"]
    (moved.footage / used).unlink()
    before = folder_bytes(out)
    ended = rushes("regenerate", out, *OTHER, "--footage", moved.footage)
    assert ended.code != 0
    assert used in ended.err
    nowhere = rushes("regenerate", out, *OTHER, "--footage", tmp_path / "nowhere")
    assert nowhere.code != 0
    assert "Traceback" not in nowhere.err + ended.err
    assert folder_bytes(out) == before


def test_another_song_is_told(out, tiny_shoot, tmp_path):
    data = bytearray(tiny_shoot.song.read_bytes())
    data[-2:] = b"\x01\x02"
    (tmp_path / "song.wav").write_bytes(data)
    before = folder_bytes(out)
    ended = rushes("regenerate", out, *OTHER, "--song", tmp_path / "song.wav")
    assert ended.code == 1
    assert "the song is not the one that this edit was cut to" in ended.err
    assert folder_bytes(out) == before


def test_an_edit_by_somebody_else_since_is_told(out):
    assert rushes("edit", out, "note", "1", "mine", "--by", "ann").code == 0
    before = folder_bytes(out)
    ended = rushes("regenerate", out, *OTHER, "--after", "0")
    assert ended.code == 2
    assert "by ann" in ended.err
    assert folder_bytes(out) == before

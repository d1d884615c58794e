"""The smaller verbs: init, validate, show, schema, diff, cache, inspect."""

import json
import shutil
from pathlib import Path

import pytest
from command_line import rushes
from rushes.analyze.table import ANALYZERS
from rushes.resources import shipped_dir

FAULTY = """\
schema: rushes/recipe@1
extends: beat_reel
edit:
  min_shot_s: 6s
  max_shot_s: 4s
  grit: beat
"""


def test_init_writes_a_project_that_validates_and_shows(tmp_path):
    ended = rushes("init", "my reel")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out == (
        "wrote reel.yaml, README.md, .gitignore, footage/.gitkeep, schemas/recipe.schema.json to my reel\n"
        "next: read my reel/README.md\n"
    )
    assert rushes("validate", "my reel/reel.yaml").out == "my reel/reel.yaml: valid\n"
    assert rushes("show", "my reel/reel.yaml").code == 0


def test_a_starter_project_without_footage_says_so(tmp_path):
    rushes("init", "reel")
    ended = rushes("run", "reel/reel.yaml", "--out", "out", "--cache", "cache")
    assert ended.code == 1
    assert ended.err.endswith(
        "no clips were found\n"
        "    fix: name the folder with the footage; video files end in .mp4, .mov, .mkv, .webm and the like\n"
    )


def test_a_starter_project_runs_once_footage_and_song_lie_in_it(tiny_shoot, warm_run, tmp_path):
    rushes("init", "reel")
    for clip in tiny_shoot.footage.iterdir():
        shutil.copy2(clip, tmp_path / "reel" / "footage")
    shutil.copy2(tiny_shoot.song, tmp_path / "reel" / "song.mp3")
    words = ("--cache", warm_run.copy_cache(tmp_path / "cache"), "--out", "out", "--until", "edit")
    ended = rushes("run", "reel/reel.yaml", *words, "--set", "edit.duration_s=4", "--executor", "inline")
    assert ended.code == 0, ended.err


def test_init_refuses_to_overwrite_and_touches_nothing(tmp_path):
    (tmp_path / "reel.yaml").write_text("mine")
    ended = rushes("init")
    assert (ended.code, ended.out) == (2, "")
    assert (
        ended.err
        == ".: reel.yaml would be overwritten\n    fix: name a folder that is empty or not there yet\n"
    )
    assert [path.name for path in tmp_path.iterdir() if path.name != "home"] == ["reel.yaml"]
    assert (tmp_path / "reel.yaml").read_text() == "mine"


def test_init_where_nothing_can_be_written(tmp_path):
    Path("file").touch()
    ended = rushes("init", "file/project")
    assert ended.code == 2
    assert ended.err == (
        "file/project: the project cannot be written: Not a directory\n"
        "    fix: choose a folder that you may write to\n"
    )


def test_validate_reports_all_problems_with_their_places():
    Path("faulty.yaml").write_text(FAULTY)
    ended = rushes("validate", "faulty.yaml")
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith(
        "faulty.yaml:5:15: edit.max_shot_s is 4, below min_shot_s (6, line 4)\n"
        "    fix: raise max_shot_s to 6 or more\n"
        "faulty.yaml:6:3: "
    )


def test_validate_of_many_recipes_goes_on_after_a_faulty_one():
    Path("faulty.yaml").write_text(FAULTY)
    ended = rushes("validate", "faulty.yaml", "beat_reel", "nowhere.yaml")
    assert (ended.code, ended.out) == (2, "beat_reel: valid\n")
    assert "nowhere.yaml: there is no file\n" in ended.err


def test_validate_tells_programs_the_same():
    Path("faulty.yaml").write_text(FAULTY)
    told = rushes("validate", "faulty.yaml", "beat_reel", "--json").json
    assert told["valid"] is False
    assert told["recipes"]["beat_reel"] == []
    problem = told["recipes"]["faulty.yaml"][0]
    assert sorted(problem) == ["column", "fix", "key", "line", "path", "set", "what"]
    assert (problem["path"], problem["line"], problem["column"]) == ("faulty.yaml", 5, 15)


def test_validate_opens_no_media():
    Path("reel.yaml").write_text(
        "schema: rushes/recipe@1\nextends: beat_reel\nfootage: {dir: /gone}\nsong: {file: /gone.mp3}\n"
    )
    assert rushes("validate", "reel.yaml").out == "reel.yaml: valid\n"


def test_show_prints_a_recipe_that_is_valid_and_the_same(tmp_path):
    shown = rushes("show", "beat_reel", "--set", "edit.duration_s=12").out
    Path("shown.yaml").write_text(shown)
    assert rushes("validate", "shown.yaml").out == "shown.yaml: valid\n"
    again = rushes("show", "shown.yaml").out
    assert "duration_s: 12" in again
    assert again.splitlines()[1:] == shown.splitlines()[1:]


def test_show_says_where_each_value_comes_from():
    lines = rushes("show", "beat_reel", "--origins", "--set", "edit.duration_s=12").out.splitlines()
    (duration,) = [line for line in lines if line.lstrip().startswith("duration_s: 12")]
    assert "--set" in duration
    (fade,) = [line for line in lines if line.lstrip().startswith("fade_in_s:")]
    assert "beat_reel.yaml:" in fade


def test_schema_path_is_a_folder_of_schemas():
    ended = rushes("schema", "path")
    assert (ended.code, ended.out) == (0, f"{shipped_dir('schemas')}\n")


def test_schema_upgrade_leaves_new_files_alone_and_refuses_what_is_none():
    Path("reel.yaml").write_text("schema: rushes/recipe@1\nextends: beat_reel\n")
    ended = rushes("schema", "upgrade", "reel.yaml")
    assert (ended.code, ended.out) == (0, "reel.yaml: up to date\n")
    ended = rushes("schema", "upgrade", "nowhere.yaml")
    assert (ended.code, ended.out) == (2, "")
    assert ended.err == (
        "nowhere.yaml: the file cannot be read: no such file or directory\n"
        "    fix: check the path and its permissions\n"
    )


def test_diff_of_a_run_with_itself_is_none(warm_run):
    assert rushes("diff", warm_run.out, warm_run.out / "timeline.json").out == "no difference\n"
    ended = rushes("diff", warm_run.out, warm_run.out, "--json")
    assert ended.code == 0
    assert not ended.json or not any(ended.json.values() if isinstance(ended.json, dict) else ended.json)


def test_diff_tells_what_an_editor_sees(tiny_shoot, warm_run, tmp_path):
    cache = warm_run.copy_cache(tmp_path / "cache")
    words = tiny_shoot.arguments("--cache", cache, "--out", "out", "--executor", "inline", "--until", "edit")
    first = json.loads(warm_run.bytes_of("timeline.json"))["clips"][0]["file"]
    assert rushes("run", *words, "--set", f"edit.never_use=[{first}]").code == 0
    ended = rushes("diff", warm_run.out, "out")
    assert ended.code == 0
    assert Path(first).stem in ended.out


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (None, "cannot be read: No such file or directory\n    fix: give a timeline.json or the out folder of a run\n"),
        ("{}", ""),
        ("[", ""),
    ],
)  # fmt: skip
def test_diff_refuses_what_is_no_timeline(warm_run, text, what):
    if text is not None:
        Path("other.json").write_text(text)
    ended = rushes("diff", "other.json", warm_run.out)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith(f"other.json{': ' + what if what else ''}")
    assert "\n    fix: " in ended.err


def test_cache_ls_groups_what_is_stored(warm_run):
    lines = rushes("cache", "ls", "--cache", warm_run.cache).out.splitlines()
    counts = {tuple(line.split()[:2]): int(line.split()[2]) for line in lines[:-1]}
    assert counts["result", "probe"] == 6
    assert counts["failure", "probe"] == 1
    assert counts["result", "edit"] == counts["result", "report"] == 1
    entries = rushes("cache", "ls", "--cache", warm_run.cache, "--json").json
    assert len(entries) == sum(counts.values()) == warm_run.ended.json["nodes"]["total"]
    assert lines[-1].startswith(f"{len(entries)} entries, ")
    one_by_one = rushes("cache", "ls", "--all", "--cache", warm_run.cache).out.splitlines()
    assert len(one_by_one) == len(entries) + len(lines)


def test_cache_verify_finds_a_sound_store_sound(warm_run):
    ended = rushes("cache", "verify", "--cache", warm_run.cache)
    assert ended.code == 0
    assert ": 0 damaged; 0 of " in ended.out


def test_cache_gc_keeps_what_was_used_in_the_last_hour(warm_run, tmp_path):
    cache = warm_run.copy_cache(tmp_path / "cache")
    ended = rushes("cache", "gc", "--keep", "1kB", "--cache", cache)
    assert ended.code == 0
    assert ended.out.startswith("0 B freed: 0 results, 0 objects, 0 leftovers; ")
    told = rushes("cache", "gc", "--keep", "1kB", "--cache", cache, "--json").json
    assert told["freed_bytes"] == 0
    assert told["kept_bytes"] > 100_000


def test_inspect_prints_the_columns_and_cuts_of_a_clip(tiny_shoot):
    clip = tiny_shoot.footage / "side_01.mp4"
    ended = rushes("inspect", clip, "--json")
    assert ended.code == 0, ended.err
    found = ended.json
    assert (found["kind"], found["width_px"], found["height_px"], found["rate_fps"]) == (
        "clip",
        320,
        180,
        "30",
    )
    assert found["cuts"] == [1.5]
    assert found["duration_s"] == 3
    assert found["motion_kind"] in ("static", "slow_pan", "fast_pan", "handheld", "zoom_in", "zoom_out")
    assert {"sharpness_01", "exposure_01", "motion_stability_score", "integrated_lufs"} <= set(found)


def test_inspect_prints_the_beats_of_a_song(tiny_shoot):
    ended = rushes("inspect", tiny_shoot.song, "--json")
    assert ended.code == 0, ended.err
    found = ended.json
    assert {"bpm", "beats", "downbeats", "energy_curve", "sections"} <= set(found)
    assert found["bpm"] == pytest.approx(120, abs=0.5)
    assert found["beats"][:3] == pytest.approx([0.25, 0.75, 1.25], abs=0.02)
    assert all(0 <= energy <= 1 for energy in found["energy_curve"])
    assert found["sections"][0]["start_s"] == 0


def test_inspect_goes_on_after_a_file_that_is_broken(tiny_shoot):
    broken, clip = tiny_shoot.footage / "front_06_broken.mp4", tiny_shoot.footage / "side_02.mp4"
    ended = rushes("inspect", broken, clip, "--analyzers", "shots")
    assert ended.code == 1
    assert ended.err.startswith(
        f"{broken}: the recording was cut off before its index (moov) was written\n    fix: "
    )
    assert ended.out.startswith(f"{clip}\n  kind                         clip\n")
    assert "sharpness_01" not in ended.out


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (
            ["song.wav", "--analyzers", "motion"],
            "motion looks at a clip, but song.wav is read as a song\n    fix: use --analyzers with any of: beats\n",
        ),
        (
            ["clip.mp4", "--analyzers", "motoin"],
            f"there is no analyzer called motoin\n    fix: did you mean motion? known: {', '.join(sorted(ANALYZERS))}\n",
        ),
    ],
)  # fmt: skip
def test_inspect_refuses_analyzers_that_do_not_fit(words, told):
    ended = rushes("inspect", *words)
    assert (ended.code, ended.out, ended.err) == (2, "", told)


def test_inspect_of_nothing_says_what_is_missing():
    ended = rushes("inspect", "nowhere.mp4", "nowhere.wav")
    assert (ended.code, ended.out) == (1, "")
    assert ended.err == (
        "nowhere.mp4: there is no such file\n    fix: check the path, and that the disk is connected\n"
        "nowhere.wav: there is no such file\n    fix: check the path of the song\n"
    )

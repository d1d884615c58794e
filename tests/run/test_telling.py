"""What a run tells of globs in its recipe that match nothing."""

from command_line import rushes


def told(tiny_shoot, warm_run, tmp_path, recipe):
    path = tmp_path / "reel.yaml"
    path.write_text(f"schema: rushes/recipe@1\nextends: beat_reel\n{recipe}")
    places = (
        "--cache",
        warm_run.copy_cache(tmp_path / "cache"),
        "--out",
        tmp_path / "out",
        "--executor",
        "inline",
        "--until",
        "score",
    )
    words = tiny_shoot.arguments(*places)
    ended = rushes("run", path, *words[1:])
    assert ended.code == 0, ended.err
    return [line for line in ended.err.splitlines() if "footage.metadata" in line]


def test_a_glob_of_the_users_recipe_that_matches_nothing_is_told(tiny_shoot, warm_run, tmp_path):
    recipe = 'footage: {metadata: {place: {lake: "*lake*", all: "*"}}}\n'
    (line,) = told(tiny_shoot, warm_run, tmp_path, recipe)
    assert line.startswith("warning: footage.metadata.place.lake: '*lake*' matches none of ")


def test_globs_of_shipped_recipes_are_for_everybody_and_not_told(tiny_shoot, warm_run, tmp_path):
    assert told(tiny_shoot, warm_run, tmp_path, "") == []


def test_clips_without_sound_are_one_note_after_the_warnings_in_run_and_render(
    tiny_shoot, warm_run, tmp_path
):
    cache = ("--cache", warm_run.copy_cache(tmp_path / "cache"), "--executor", "inline")
    out = tmp_path / "out"
    wishes = ("--set", "edit.sound.clips=under", "--set", "edit.must_use=side_02*")
    ran = rushes("run", *tiny_shoot.arguments(*cache, "--out", out, *wishes))
    rendered = rushes("render", out, *cache)
    for ended in (ran, rendered):
        assert ended.code == 0, ended.err
        lines = ended.err.splitlines()
        assert [line for line in lines if "sound" in line] == ["note: 1 clip has no sound: side_02.mp4"]
        assert lines[-1] == "note: 1 clip has no sound: side_02.mp4"
    alone = rushes("run", *tiny_shoot.arguments(*cache, "--out", out, "--until", "edit", *wishes))
    assert "no sound" not in alone.err

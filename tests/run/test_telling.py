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

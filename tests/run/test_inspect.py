"""One file looked at by itself."""

import pytest
from rushes.analyze.table import ANALYZERS
from rushes.errors import MediaError, RecipeError
from rushes.run.inspect import inspect_file


@pytest.fixture(scope="module")
def clip(tiny_shoot):
    return inspect_file(str(tiny_shoot.footage / "side_01.mp4"))


def test_a_clip_gives_facts_and_every_column_of_every_analyzer(clip):
    columns = [
        column.name
        for analyzer in ANALYZERS.values()
        if analyzer.source == "clip"
        for column in analyzer.columns
    ]
    assert [name for name in columns if name not in clip] == []
    assert (clip["kind"], clip["codec"], clip["complete"], clip["has_audio"]) == ("clip", "h264", True, True)


def test_the_cut_that_was_made_is_found(clip):
    assert clip["cuts"] == [1.5]


def test_chosen_analyzers_give_their_columns_alone(tiny_shoot):
    found = inspect_file(str(tiny_shoot.footage / "side_02.mp4"), ["motion"])
    assert "motion_flow_score" in found
    assert "sharpness_01" not in found
    assert "cuts" not in found


def test_numbers_have_six_digits_at_most(clip):
    assert [
        name for name, value in clip.items() if isinstance(value, float) and value != round(value, 6)
    ] == []


def test_a_song_gives_the_names_that_timelines_use(tiny_shoot):
    found = inspect_file(str(tiny_shoot.song))
    assert {"bpm", "beats", "downbeats", "energy_curve", "energy_times", "sections", "drops"} <= set(found)
    assert len(found["energy_curve"]) == len(found["energy_times"])


def test_a_file_says_by_its_ending_what_it_is(tiny_shoot, tmp_path):
    with pytest.raises(MediaError):
        inspect_file(str(tmp_path / "nowhere.mp4"))
    with pytest.raises(RecipeError) as caught:
        inspect_file(str(tiny_shoot.song), ["motion"])
    assert caught.value.problems[0].fix == "use --analyzers with any of: beats"


@pytest.mark.parametrize("ending", ["yaml", "yml"])
def test_a_recipe_is_told_to_be_none_of_both(tmp_path, ending):
    path = tmp_path / f"reel.{ending}"
    path.write_text("schema: rushes/recipe@1\n")
    with pytest.raises(MediaError) as caught:
        inspect_file(str(path))
    (problem,) = caught.value.problems
    assert problem.what == "this is a recipe, or another YAML file, not a clip or a song"
    assert f"`rushes show {path}` prints a recipe" in problem.fix

"""The request of an earlier run as its record tells of it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from rushes.analyze.table import known_analyzers
from rushes.errors import MediaError, Place, Problem, RecipeError
from rushes.recipe.show import resolved_yaml
from rushes.run.again import (
    Again,
    check_footage,
    read_run,
    recipe_warnings,
    recorded_arguments,
    request_again,
    request_as_recorded,
)
from rushes.run.pipeline import RunRequest, resolved_of
from rushes.store.canonical import plain

RECIPE = """schema: rushes/recipe@1
analyzers: {quality: {}}
scores: {good: {terms: {sharp: {value: sharpness_01, weight: 1}}}}
edit: {score: good, grid: free, duration_s: 20s}
"""
SET = ("edit.max_shot_s=3",)


@pytest.fixture
def recipe(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text(RECIPE)
    return path


@pytest.fixture
def again(tmp_path):
    return Again(
        default_cache=tmp_path / "cache", default_models=tmp_path / "models", executor="inline", workers=3
    )


def record_of(recipe, **arguments):
    """What `run.json` says of a run of this recipe."""
    found = resolved_of(RunRequest(recipe=str(recipe), overrides=SET, cache=Path("cache")), known_analyzers())
    said = {
        "recipe": str(recipe),
        "recipe_text": resolved_yaml(found, origins=False),
        "footage": "the footage",
        "song": None,
        "profile": None,
        "set": [*SET],
        "until": None,
        "cache": "/elsewhere/cache",
        "models": None,
        "library": "/elsewhere/library.sqlite",
    }
    return {"arguments": said | arguments, "recipe": plain(found.tree, "recipe")}


def asked_again(record, again):
    with request_again(record, again) as request:
        return request


def edit_of(request):
    return resolved_of(request, known_analyzers()).recipe.edit


def test_where_the_recipe_file_still_says_the_same_it_is_used_itself(recipe, again):
    request = asked_again(record_of(recipe), again)
    assert (request.recipe, request.overrides) == (str(recipe), SET)
    assert request.resolved is not None
    assert (edit_of(request).duration_s, edit_of(request).max_shot_s) == (20, 3)


def test_more_overrides_are_laid_over_those_of_the_run(recipe, again):
    more = replace(again, overrides=("edit.max_shot_s=2",))
    request = asked_again(record_of(recipe), more)
    assert request.overrides == (*SET, "edit.max_shot_s=2")
    assert request.resolved is None
    assert (edit_of(request).duration_s, edit_of(request).max_shot_s) == (20, 2)


@pytest.mark.parametrize(
    "now", [RECIPE.replace("20s", "50s"), "no recipe: [", None], ids=["other", "none", "gone"]
)
def test_where_the_recipe_file_says_another_thing_or_nothing_the_recipe_is_as_it_was(recipe, again, now):
    record = record_of(recipe, profile="somebody")
    if now is None:
        recipe.unlink()
    else:
        recipe.write_text(now)
    request = asked_again(record, again)
    assert request.recipe != str(recipe)
    assert (request.overrides, request.profile, request.personal) == ((), None, None)
    assert (edit_of(request).duration_s, edit_of(request).max_shot_s) == (20, 3)
    more = replace(again, overrides=("edit.max_shot_s=2",))
    assert edit_of(asked_again(record, more)).max_shot_s == 2


def test_a_recipe_as_it_was_is_warned_of_what_it_was_warned_of_then(recipe, again):
    warnings = [
        {"place": ["mine.yaml", 3, 7], "what": "first", "fix": "mend it"},
        {"place": None, "what": "second", "fix": "leave it"},
    ]
    request = request_as_recorded(record_of(recipe, recipe_warnings=warnings), again)
    assert request.resolved is not None
    assert request.resolved.problems == (
        Problem(Place("mine.yaml", 3, 7), "first", "mend it"),
        Problem(None, "second", "leave it"),
    )
    assert json.loads(json.dumps(recipe_warnings(request.resolved))) == warnings
    unsaid = request_as_recorded(record_of(recipe), again)
    assert unsaid.resolved is not None and unsaid.resolved.problems == ()


def test_as_recorded_the_recipe_file_does_not_count_and_no_library_is_told(recipe, again):
    record = record_of(recipe, until="score", render_set=["edit.max_shot_s=2"])
    request = request_as_recorded(record, again)
    assert request.recipe != str(recipe)
    assert (request.until, request.library) == ("score", None)
    assert (edit_of(request).duration_s, edit_of(request).max_shot_s) == (20, 2)
    assert edit_of(request_as_recorded(record_of(recipe), again)).max_shot_s == 3


def test_footage_and_song_are_those_of_the_run_unless_others_are_given(recipe, again):
    record = record_of(recipe, song="song.wav")
    request = asked_again(record, again)
    assert (request.footage, request.song) == ("the footage", "song.wav")
    other = replace(again, footage="other", song="other.wav")
    request = asked_again(record, other)
    assert (request.footage, request.song) == ("other", "other.wav")


def test_results_lie_where_they_are_said_to_lie_else_where_they_lay_else_where_they_usually_lie(
    recipe, again, tmp_path
):
    record = record_of(recipe)
    assert asked_again(record, again).cache == Path("/elsewhere/cache")
    said = replace(again, cache=tmp_path / "here")
    assert asked_again(record, said).cache == tmp_path / "here"
    assert asked_again(record_of(recipe, cache=None), again).cache == tmp_path / "cache"


def test_models_of_the_run_are_taken_where_their_folder_is_there_still(recipe, again, tmp_path):
    there = tmp_path / "their models"
    there.mkdir()
    request = asked_again(record_of(recipe, models=str(there)), again)
    assert (request.models, request.models_option) == (there, f"--models '{there}'")
    gone = asked_again(record_of(recipe, models=str(tmp_path / "gone")), again)
    assert (gone.models, gone.models_option) == (tmp_path / "models", "")
    said = replace(again, models=tmp_path / "mine")
    mine = asked_again(record_of(recipe, models=str(there)), said)
    assert (mine.models, mine.models_option) == (tmp_path / "mine", f"--models {tmp_path / 'mine'}")


def test_how_it_runs_is_as_is_asked_now_and_its_library_is_that_of_the_run(recipe, again):
    request = asked_again(record_of(recipe), again)
    assert (request.executor, request.workers) == ("inline", 3)
    assert request.library == Path("/elsewhere/library.sqlite")
    assert asked_again(record_of(recipe, library=None), again).library is None


def test_of_a_request_the_record_has_whole_paths(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    request = RunRequest(recipe="r", cache=Path("cache"), models=None, library=Path("/abs/lib"))
    assert recorded_arguments(request) == {
        "cache": str(tmp_path / "cache"),
        "models": None,
        "library": "/abs/lib",
        "folder": str(tmp_path),
    }


def test_a_working_folder_that_was_deleted_meanwhile_costs_no_record(tmp_path, monkeypatch):
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    request = RunRequest(recipe="/r", cache=Path("/cache"), models=None, library=None)
    assert recorded_arguments(request) == {"cache": "/cache", "models": None, "library": None, "folder": None}


def test_a_folder_without_a_record_is_told(tmp_path):
    with pytest.raises(RecipeError) as caught:
        read_run(tmp_path)
    assert str(caught.value) == (
        f"{tmp_path}: there is no run.json, so nothing says what this edit was made from\n"
        "    fix: give the --out folder of a finished `rushes run`"
    )


def test_a_record_that_is_cut_off_is_told(tmp_path):
    (tmp_path / "run.json").write_text('{"schema": ')
    with pytest.raises(RecipeError, match=r"run\.json:1:12: is not JSON"):
        read_run(tmp_path)


def test_footage_that_does_not_lie_where_the_run_found_it_is_asked_for(recipe, again, tmp_path):
    there, gone = record_of(recipe, footage=str(tmp_path)), record_of(recipe, footage=str(tmp_path / "gone"))
    check_footage(there, again)
    with pytest.raises(MediaError) as caught:
        check_footage(gone, again)
    assert str(caught.value) == (
        f"{tmp_path / 'gone'}: the footage of the run lay here, and the folder is not there any more\n"
        "    fix: say where it lies now with --footage DIR"
    )
    check_footage(gone, replace(again, footage="elsewhere"))

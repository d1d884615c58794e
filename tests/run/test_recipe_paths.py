"""Paths of a recipe that is read again elsewhere."""

import pytest
from rushes.analyze.table import known_analyzers
from rushes.recipe.load import load_recipe
from rushes.recipe.show import resolved_yaml
from rushes.run.recipe_paths import with_paths_of, with_same_paths, without_paths

RECIPE = """schema: rushes/recipe@1
extends: beat_reel
footage: {dir: clips}
song: {file: song.wav}
edit: {titles: {hello: {text: hello, length_s: 1, font: own.ttf}, bye: {text: bye, length_s: 1}}}
"""


@pytest.fixture
def here(tmp_path, monkeypatch):
    folder = tmp_path / "here"
    folder.mkdir()
    (folder / "reel.yaml").write_text(RECIPE)
    (folder / "own.ttf").touch()
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def elsewhere(tmp_path):
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    return folder


def read(path, *overrides):
    return load_recipe(path, analyzers=known_analyzers(), overrides=overrides)


def read_from_copy(found, folder, *overrides):
    (folder / "copy.yaml").write_text(resolved_yaml(found, origins=False))
    return read(folder / "copy.yaml", *overrides)


def test_a_copy_in_another_folder_names_the_files_of_the_first(here, elsewhere):
    found = read("reel.yaml")
    copy = read_from_copy(found, elsewhere)
    assert copy.recipe.footage.dir == str(elsewhere / "clips")
    same = with_paths_of(copy, found.tree, str(here))
    assert (same.tree, same.recipe) == (found.tree, found.recipe)


def test_what_an_override_says_stands(here, elsewhere):
    found = read("reel.yaml")
    copy = with_paths_of(
        read_from_copy(found, elsewhere, "song.file=other.wav"), found.tree, str(here)
    ).recipe
    assert (copy.song.file, copy.footage.dir) == ("other.wav", "clips")


def test_a_font_that_is_not_found_from_the_working_folder_is_named_whole(here, elsewhere, monkeypatch):
    found = read("reel.yaml")
    monkeypatch.chdir(elsewhere)
    copy = with_paths_of(read_from_copy(found, elsewhere), found.tree, str(here)).recipe
    assert copy.edit.titles[0].font == str(here / "own.ttf")
    assert copy.footage.dir == "clips"


def test_the_same_file_read_from_another_working_folder_is_the_same_recipe(here, elsewhere, monkeypatch):
    found = read("reel.yaml", "~edit.titles")
    monkeypatch.chdir(elsewhere)
    again = read(here / "reel.yaml", "~edit.titles")
    assert again.tree != found.tree
    assert with_same_paths(again, found.tree, str(here)).tree == found.tree


def test_a_file_that_names_other_footage_by_now_is_another_recipe(here):
    found = read("reel.yaml")
    (here / "reel.yaml").write_text(RECIPE.replace("dir: clips", "dir: others"))
    again = with_same_paths(read("reel.yaml"), found.tree, str(here))
    assert again.recipe.footage.dir == "others"


def test_a_recipe_without_paths_is_the_same_on_every_machine(here):
    bare = without_paths(read("reel.yaml").tree)
    assert (bare["footage"]["dir"], bare["song"]["file"]) == (None, None)
    assert bare["edit"]["titles"]["hello"]["font"] is None
    assert "own.ttf" not in str(bare)
    assert bare["edit"]["titles"]["hello"]["text"] == "hello"

"""Older files are read through steps, and can be rewritten."""

from __future__ import annotations

import pytest
from recipe_samples import GOOD, Folder
from rushes.errors import Place, Problem, RecipeError
from rushes.recipe.parse import parse_yaml
from rushes.recipe.tree import Branch, Entry, to_plain
from rushes.recipe.upgrade import NEWEST, UPGRADES, upgrade
from rushes.recipe.upgrade_file import upgrade_file


def renamed(tree: Branch) -> Branch:
    """A made-up step: `length` is called `duration` from version 2 on."""
    old = tree.entries["length"]
    return tree.without("length").with_entry(Entry("duration", old.place, old.node))


def doubled(tree: Branch) -> Branch:
    return tree.with_entry(Entry("twice", tree.entries["duration"].place, tree.entries["duration"].node))


STEPS = {1: renamed, 2: doubled}


def read(text: str) -> Branch:
    tree, problems = parse_yaml(text.encode(), "r.yaml", "recipe")
    assert tree is not None and problems == []
    return tree


def test_an_older_file_goes_through_every_step_and_keeps_its_places() -> None:
    problems: list[Problem] = []
    newer = upgrade(read("schema: rushes/recipe@1\nlength: 3\n"), "recipe", problems, newest=3, steps=STEPS)
    assert newer is not None and problems == []
    assert to_plain(newer) == {"duration": 3, "twice": 3}
    assert newer.entries["duration"].place == Place("r.yaml", 2, 1)


def test_a_file_of_the_middle_goes_through_the_rest() -> None:
    newer = upgrade(read("schema: rushes/recipe@2\nduration: 3\n"), "recipe", [], newest=3, steps=STEPS)
    assert newer is not None and to_plain(newer) == {"duration": 3, "twice": 3}


def test_a_version_without_a_step_is_refused() -> None:
    problems: list[Problem] = []
    assert (
        upgrade(read("schema: rushes/recipe@1\n"), "recipe", problems, newest=3, steps={2: doubled}) is None
    )
    assert [str(problem) for problem in problems] == [
        "r.yaml:1:9: version 1 of recipe files is not known\n    fix: write the recipe as rushes/recipe@3"
    ]


def test_our_own_history_has_a_step_for_every_older_version() -> None:
    for kind, newest in NEWEST.items():
        assert set(UPGRADES[kind]) == set(range(1, newest))


def test_an_older_file_is_rewritten_with_its_head_comments(folder: Folder) -> None:
    path = folder.write(
        "old.yaml", "# mine\n# yours\nschema: rushes/recipe@1\nlength: 3 # lost\nlist: ['on', 1]\n"
    )
    assert upgrade_file(path, newest=3, steps=STEPS) == "rewritten as rushes/recipe@3"
    assert (folder.root / path).read_text() == (
        '# mine\n# yours\nschema: rushes/recipe@3\nlist: ["on", 1]\nduration: 3\ntwice: 3\n'
    )
    assert [entry.name for entry in folder.root.iterdir()] == ["old.yaml"]


def test_a_file_of_the_newest_version_is_left_alone(folder: Folder) -> None:
    path = folder.write("new.yaml", GOOD + "# a comment\n")
    assert upgrade_file(path) == "up to date"
    assert (folder.root / path).read_text() == GOOD + "# a comment\n"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "a: 1\n",
            ("x.yaml: the file does not say which schema it has\n    fix: begin with one of: schema: rushes/recipe@1, "
            "schema: rushes/profile@1, schema: rushes/style@1"),
        ),
        (
            "schema: rushes/recipe@9\n",
            ("x.yaml:1:9: the file is of version 9; this rushes reads recipe files up to version 1\n"
            "    fix: update rushes, or write the recipe as rushes/recipe@1"),
        ),
        ("a: [\n", "x.yaml:2:1: not YAML: while parsing a flow node did not find expected node content\n    fix: check indentation, quotes and brackets up to here"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_upgraded_is_left_alone_and_told(folder: Folder, text: str, told: str) -> None:
    path = folder.write("x.yaml", text)
    with pytest.raises(RecipeError) as caught:
        upgrade_file(path)
    assert str(caught.value) == told
    assert (folder.root / path).read_text() == text


def test_a_file_that_is_not_there_is_told(folder: Folder) -> None:
    with pytest.raises(RecipeError) as caught:
        upgrade_file("none.yaml")
    assert str(caught.value) == (
        "none.yaml: the file cannot be read: no such file or directory\n    fix: check the path and its permissions"
    )

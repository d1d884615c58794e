"""Overrides change, add and take away; one that is wrong is told as it was typed."""

from __future__ import annotations

import pytest
from recipe_samples import GOOD, Folder


def test_a_value_is_changed(folder: Folder) -> None:
    recipe = folder.load(GOOD, "edit.duration_s=12s", "edit.aspect=1:1", "edit.must_use=[a*, b*]").recipe
    assert recipe.edit is not None
    assert (recipe.edit.duration_s, recipe.edit.aspect, recipe.edit.must_use) == (12.0, "1:1", ("a*", "b*"))


def test_a_section_that_the_recipe_leaves_out_may_be_set(folder: Folder) -> None:
    recipe = folder.load(GOOD, "song.fade_in_s=2", "analyzers.listen={}").recipe
    assert recipe.song is not None and recipe.song.fade_in_s == 2.0
    assert [spec.name for spec in recipe.analyzers] == ["look", "listen"]


def test_plus_adds_an_entry_or_appends_to_a_list(folder: Folder) -> None:
    text = GOOD + "footage: {exclude: [a]}\n"
    recipe = folder.load(text, "+thresholds.x=1", "+features.f=sharp_01 - x", "+footage.exclude=*.mov").recipe
    assert recipe.thresholds == {"x": 1.0}
    assert recipe.features[0].value == "sharp_01 - x"
    assert recipe.footage.exclude == ("a", "*.mov")


def test_tilde_takes_away_and_the_default_returns(folder: Folder) -> None:
    text = GOOD.replace("grid: free", "grid: free, seed: 5") + "thresholds: {x: 1}\n"
    recipe = folder.load(text, "~edit.seed", "~thresholds.x").recipe
    assert recipe.edit is not None and recipe.edit.seed == 0
    assert recipe.thresholds == {}


def test_overrides_are_applied_one_after_the_other(folder: Folder) -> None:
    recipe = folder.load(GOOD, "edit.seed=1", "edit.seed=2", "+thresholds.x=1", "thresholds.x=2").recipe
    assert recipe.edit is not None and recipe.edit.seed == 2
    assert recipe.thresholds == {"x": 2.0}


@pytest.mark.parametrize(
    ("override", "told"),
    [
        ("edit.sead=1", "there is no sead in edit\n    fix: did you mean seed?"),
        ("edt.seed=1", "there is no edt in the recipe\n    fix: did you mean edit?"),
        (
            "thresholds.x=1",
            "there is no x in thresholds\n    fix: in thresholds: none; +thresholds.x=... adds it",
        ),
        ("+edit.grid=beat", "edit.grid is there already\n    fix: write edit.grid=... to change it"),
        ("~edit.seed", "edit.seed is not set, so it cannot be taken away\n    fix: leave it out"),
        ("edit.seed", "this is not an override\n    fix: write KEY=VALUE to change"),
        ("~edit.seed=1", "this is not an override\n    fix: write KEY=VALUE to change"),
        ("edit..seed=1", "this is not an override\n    fix: write KEY=VALUE to change"),
        ("=1", "this is not an override\n    fix: write KEY=VALUE to change"),
        ("edit.seed=", "it has no value\n    fix: write a value after =, or ~KEY to take the key away"),
        (
            "edit.seed=x",
            "edit.seed must be a whole number, not the text 'x'\n    fix: write a whole number, such as 3",
        ),
        (
            "edit.duration_s=1:30",
            "edit.duration_s is '1:30', which is not a time\n    fix: write 00:01:30 for minutes",
        ),
        ("edit.must_use=[a", "not YAML: while parsing a flow sequence did not find expected ',' or ']'"),
        ("edit.seed=012", "012 is octal to some YAML readers and decimal to others\n    fix: write 12"),
        ("edit.seed.x=1", "there is no x in edit.seed\n    fix: in edit.seed: none"),
        ("extends=base/reel", "there is no extends in the recipe"),
    ],
)
def test_a_wrong_override_is_told_as_it_was_typed(folder: Folder, override: str, told: str) -> None:
    assert folder.problems(GOOD, override).startswith(f"--set {override}: {told}")


def test_faults_of_overrides_and_of_the_recipe_are_told_together(folder: Folder) -> None:
    told = folder.problems(GOOD + "runn: {}\n", "edit.seed=-1", "edit.x=1")
    assert [line.split(": ")[0] for line in told.split("\n")[::2]] == [
        "--set edit.seed=-1",
        "--set edit.x=1",
        "r.yaml:6:1",
    ]

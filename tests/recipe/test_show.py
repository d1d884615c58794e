"""A resolved recipe is printed so that it stands alone, and says where each value comes from."""

from __future__ import annotations

from recipe_samples import GOOD, Folder
from rushes.analyze.table import ANALYZERS
from rushes.recipe.load import load_recipe
from rushes.recipe.show import resolved_yaml

TEXT = (
    GOOD
    + "says: 'on: \"x\" # y'\nthresholds: {on_01: 0.5, low_s: 1e-3}\nrules: {a: {when: 'sharp_01 > on_01', say: '{sharp_01:percent}'}}\n"
    + "footage: {metadata: {angle: {front: ['*a b*', n, '012', '1:30']}}}\n"
)


def test_the_printed_recipe_is_the_same_recipe_again(folder: Folder) -> None:
    resolved = folder.load(TEXT)
    for origins in (False, True):
        again = folder.load_file(folder.write("again.yaml", resolved_yaml(resolved, origins)))
        assert again.recipe == resolved.recipe
        assert again.tree == resolved.tree


def test_the_shipped_recipes_stand_alone_when_printed(folder: Folder) -> None:
    for name in ("beat_reel", "best_clips", "base/clips", "base/reel"):
        resolved = load_recipe(name, analyzers=ANALYZERS, overrides=("footage.dir=clips",))
        path = folder.write("again.yaml", resolved_yaml(resolved, origins=True))
        assert load_recipe(path, analyzers=ANALYZERS).recipe == resolved.recipe


def test_every_value_says_what_set_it(folder: Folder) -> None:
    folder.write("base.yaml", GOOD)
    text = "schema: rushes/recipe@1\nextends: base.yaml\nsegments: {max_s: 3s}\n"
    lines = resolved_yaml(folder.load(text, "edit.seed=7"), origins=True).split("\n")
    assert "schema: rushes/recipe@1" == lines[0]
    for expected in (
        "  max_s: 3.0                                      # r.yaml:3:19",
        "  min_s: 0.4                                      # built-in",
        "  score: good                                     # base.yaml:5:15 (extends base.yaml)",
        "  seed: 7                                         # --set edit.seed=7",
    ):
        assert expected in lines


def test_printing_does_not_depend_on_the_order_in_which_keys_were_written(folder: Folder) -> None:
    turned = GOOD.replace("edit: {score: good, grid: free}", "edit: {grid: free, score: good}")
    assert resolved_yaml(folder.load(turned), False) == resolved_yaml(folder.load(GOOD), False)

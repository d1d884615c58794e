"""How a recipe is another one since a run: its file was changed, or the run is of an older version of rushes."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from rushes import __version__
from rushes.analyze.table import known_analyzers
from rushes.recipe.load import Resolved
from rushes.run.pipeline import RunRequest, resolved_of
from rushes.run.recipe_since import recipe_since, unreadable_since
from rushes.store.canonical import plain


def read(recipe: str | Path, *overrides: str) -> Resolved:
    request = RunRequest(recipe=str(recipe), overrides=overrides, cache=Path("cache"))
    return resolved_of(request, known_analyzers())


def record(now: Resolved, version: str = "0.1.0") -> dict[str, Any]:
    """A record of the same recipe, of which tests take parts away."""
    return {"rushes": version, "recipe": deepcopy(plain(now.tree, "recipe"))}


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    path = tmp_path / "mine.yaml"
    path.write_text("schema: rushes/recipe@1\nextends: beat_reel\nedit: {max_shot_s: 3}\n")
    return path


def test_a_shipped_recipe_with_new_keys_ran_with_an_older_version() -> None:
    now = read("beat_reel")
    said = record(now)
    del said["recipe"]["edit"]["fades"]
    since = recipe_since("beat_reel", now, said, ("edit.fades",))
    assert since == (
        "the run was made with an older version of rushes, 0.1.0, whose beat_reel was another one (edit.fades)"
    )
    same = recipe_since("beat_reel", now, {**said, "rushes": __version__}, ("edit.fades",))
    assert same == (
        "the run was made with an older version of rushes, whose beat_reel was another one (edit.fades)"
    )


def test_values_and_styles_of_a_shipped_recipe_change_with_its_version_too() -> None:
    now = read("beat_reel")
    changed = ("edit.max_shot_s", "edit.seed", "edit.was_there", "style.pacing")
    since = recipe_since("beat_reel", now, record(now), changed)
    assert since.endswith(
        "whose beat_reel was another one (edit.max_shot_s, edit.seed, edit.was_there and 1 more)"
    )


def test_what_somebody_else_sets_is_no_change_of_rushes() -> None:
    now = read("beat_reel", "edit.max_shot_s=3")
    since = recipe_since("beat_reel", now, record(now), ("edit.max_shot_s",))
    assert since == "beat_reel has changed since the run (edit.max_shot_s)"


def test_new_keys_under_a_recipe_of_ones_own_came_with_rushes(mine: Path) -> None:
    now = read(mine)
    said = record(now)
    del said["recipe"]["edit"]["fades"]
    since = recipe_since(str(mine), now, said, ("edit.fades",))
    assert since == "the run was made with an older version of rushes, 0.1.0, which knew less (edit.fades)"


def test_a_recipe_of_ones_own_has_changed_where_that_may_be_so(mine: Path) -> None:
    now = read(mine)
    said = record(now)
    del said["recipe"]["edit"]["fades"]
    for changed in (("edit.max_shot_s",), ("edit.seed",), ("edit.fades", "edit.max_shot_s"), ("edit.was",)):
        since = recipe_since(str(mine), now, said, changed)
        assert since == f"mine.yaml has changed since the run ({', '.join(changed)})"


def test_a_recipe_that_cannot_be_read_is_told(mine: Path) -> None:
    assert unreadable_since(str(mine)) == "mine.yaml cannot be read as a recipe since the run"

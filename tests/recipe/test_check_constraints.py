"""Constraints that cannot be read, or that no footage could meet, are told where they stand."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest
import yaml
from recipe_samples import CONSTRAINED_WITH_SONG, Folder, constrained, marked
from rushes.analyze import beats_sections
from rushes.analyze.table import ANALYZERS
from rushes.recipe.constraint_spec import KINDS, OPTIONS, SECTIONS, ConstraintSpec
from rushes.recipe.show import resolved_yaml

DOCS = Path(__file__).parents[2] / "docs" / "constraints.md"


@pytest.mark.parametrize(
    ("constraint", "what", "fix"),
    [
        (
            "§a: {min: 1}",
            "edit.constraints.a does not say what it is about",
            f"give it one of {', '.join(KINDS)}",
        ),
        (
            "a: {first: \"kind == 'still'\", §last: \"kind == 'still'\"}",
            "edit.constraints.a has first and last",
            "divide it into 2 constraints, or take one away: first: null",
        ),
        (
            "a: {first: \"kind == 'still'\", §max: 2}",
            "edit.constraints.a has max, which does not go with first",
            "first goes with weight, says",
        ),
        (
            "a: {§share: \"kind == 'still'\"}",
            "edit.constraints.a has no min or max",
            "add min",
        ),
        (
            "a: {share: \"kind == 'still'\", §min: 30}",
            "edit.constraints.a has min 30, above the whole",
            "write 0.3 for 30 %",
        ),
        (
            "a: {count: \"kind == 'still'\", §min: 3, max: 2}",
            "edit.constraints.a has min 3, above max (2)",
            "lower min to 2 or less",
        ),
        (
            "a: {count: \"kind == 'still'\", max: 2, §exactly: 1}",
            "edit.constraints.a has exactly and max",
            "keep one of them: KEY: null",
        ),
        (
            "a: {count: \"kind == 'still'\", §max: 1.5}",
            "edit.constraints.a has max 1.5 shots",
            "write a whole number",
        ),
        ("a: {streak: kind, §max: 0}", "edit.constraints.a allows no shot at all", "write max: 1 or more"),
        (
            "a: {§order: \"kind == 'still'\"}",
            "edit.constraints.a puts nothing in order",
            "give two conditions or more",
        ),
        (
            "a: {after: \"kind == 'still'\", never: \"kind == 'still'\", §only: \"kind == 'moving'\"}",
            "edit.constraints.a has never and only",
            "divide it into two constraints",
        ),
        ("a: {uses: §sharp_01, max: 1}", "uses: sharp_01 is a number", "give text"),
        ("a: {streak: §sharp_01, max: 1}", "streak: sharp_01 is a number", "give text or true or false"),
        ("a: {every: §sharp_01}", "every: sharp_01 is a number", "give true or false"),
        (
            'a: {every: "§sharp_02 > 0.5"}',
            "sharp_02 is neither a column nor a threshold",
            "did you mean sharp_01?",
        ),
        (
            "a: {count: \"kind == 'still' and §position_01 < 0.5\", max: 2}",
            "count looks at the footage alone, and position_01 is known of places in the edit",
            "put it into where, or take it away",
        ),
        (
            'a: {count: "kind == \'still\'", max: 2, where: "§sharp_01 > 0.5"}',
            "where looks at the place in the edit, and sharp_01 is known of the footage",
            "put it into count: (...) and (...)",
        ),
        (
            'a: {every: "§rank_01(sharp_01 * position_01) > 0.5"}',
            "rank_01 looks over the rows of the footage",
            "use it on columns of the footage alone",
        ),
        ('a: {every: §"1 < enough_01 + 2"}', "every names no column: 1 < enough_01 + 2", "name a column"),
        (
            "a: {first: §\"kind == 'still' and false\"}",
            "this never holds: kind == 'still' and false",
            "change the condition",
        ),
        (
            "a: {every: \"kind == §'stil'\"}",
            'kind is never "stil"',
            "did you mean still? its values: still, moving",
        ),
        (
            "a: {§hold: drop, after_s: 1}",
            "edit.constraints.a follows the song, but the recipe has none",
            "add song: {}, or take it away",
        ),
        (
            "a: {§uncut: speech}",
            "edit.constraints.a needs the analyzer speech, which is not switched on",
            "add speech: {} to analyzers",
        ),
        (
            "a: {§distinct: look}",
            "edit.constraints.a needs the analyzer quality, which is not switched on",
            "add quality: {} to analyzers",
        ),
    ],
)
def test_a_constraint_that_cannot_be_read_is_told(
    folder: Folder, constraint: str, what: str, fix: str
) -> None:
    text, place = marked(constrained(constraint))
    assert folder.problems(text).startswith(f"{place}: {what}\n    fix: {fix}")


def test_a_number_that_cannot_be_read_is_told_once_and_null_is_no_choice(folder: Folder) -> None:
    told = folder.problems(constrained("a: {spacing: clip, min_s: -4}"))
    assert "min_s is -4; it must be above 0" in told and "has no min_s" not in told
    told = folder.problems(constrained("a: {cuts: foo}"))
    assert "choices: " in told and "null" not in told


def test_cuts_on_beats_need_a_grid_of_beats(folder: Folder) -> None:
    text, place = marked(
        constrained("a: {§cuts: downbeat}", head=CONSTRAINED_WITH_SONG).replace("grid: beat", "grid: free")
    )
    assert folder.problems(text) == (
        f"{place}: edit.constraints.a wants cuts on the music, but edit.grid is free\n"
        "    fix: write grid: beat, or half_beat"
    )


def test_layers_change_and_remove_constraints_by_their_names(folder: Folder) -> None:
    folder.write(
        "base.yaml", constrained("a: {share: \"kind == 'still'\", min: 0.3}, b: {streak: kind, max: 2}")
    )
    text = "schema: rushes/recipe@1\nextends: base.yaml\nedit: {constraints: {a: {min: 0.2}}}\n"

    def constraints(*overrides: str) -> dict[str, ConstraintSpec]:
        spec = folder.load(text, *overrides).recipe.edit
        assert spec is not None
        return {one.name: one for one in spec.constraints}

    assert list(constraints()) == ["a", "b"]
    assert constraints()["a"].min == 0.2
    assert constraints("edit.constraints.a.min=0.1")["a"].min == 0.1
    assert list(constraints("edit.constraints.a=null")) == ["b"]
    assert list(constraints("~edit.constraints.b")) == ["a"]


def test_a_constraint_of_another_kind_in_a_later_layer_says_which_to_take_away(folder: Folder) -> None:
    folder.write("base.yaml", constrained("a: {share: \"kind == 'still'\", min: 0.3}"))
    text = "schema: rushes/recipe@1\nextends: base.yaml\nedit: {constraints: {a: {first: \"kind == 'still'\"}}}\n"
    assert folder.problems(text).endswith("take one away: share: null")
    changed = text.replace("{first", "{share: null, min: null, first")
    spec = folder.load(changed).recipe.edit
    assert spec is not None and spec.constraints[0].kind == "first"


def test_a_shown_recipe_has_what_was_said_of_constraints_and_loads_again(folder: Folder) -> None:
    loaded = folder.load(
        constrained("a: {count: \"kind == 'still'\", max: 2}, b: {order: [has_audio, complete]}")
    )
    shown = resolved_yaml(loaded, origins=False)
    assert "      count: \"kind == 'still'\"\n      max: 2.0\n    b:\n" in shown
    assert folder.load(shown).recipe.edit == loaded.recipe.edit
    whole = f"schema: rushes/recipe@1\n{yaml.safe_dump(loaded.tree, sort_keys=False)}"
    assert folder.load(whole).recipe.edit == loaded.recipe.edit


def test_a_threshold_that_only_a_constraint_names_is_used(folder: Folder) -> None:
    text = constrained('a: {every: "sharp_01 > enough_01"}').replace("rules: ", "rules: {}\n# ")
    assert not folder.load(text).problems


def test_a_spec_is_about_exactly_one_thing() -> None:
    with pytest.raises(ValueError, match="constraint a is about nothing"):
        ConstraintSpec(name="a", min=1)
    with pytest.raises(ValueError, match="constraint a is about first and last"):
        ConstraintSpec(name="a", first="x", last="x")
    assert set(OPTIONS) == set(KINDS)


def test_sections_are_called_as_the_song_analyzer_calls_them() -> None:
    source = inspect.getsource(beats_sections).split("def _labels")[1]
    assert set(re.findall(r'(?:return|=) "(\w+)"', source)) == set(SECTIONS)


def test_every_example_of_the_page_on_constraints_is_a_sound_recipe(folder: Folder) -> None:
    text = DOCS.read_text(encoding="utf-8")
    examples = re.findall(r"^\|.*\| (`\{.*`) \|$", text, re.MULTILINE)
    examples = [example for row in examples for example in re.findall(r"`(\{.*?\})`", row)]
    kinds = {re.match(r"\{(\w+)", example)[1] for example in examples}  # type: ignore[index]
    assert kinds == set(KINDS)
    recipe = (
        "schema: rushes/recipe@1\nextends: beat_reel\n"
        "footage: {metadata: {scene: {kitchen: k*, table: t*, sink: s*}}}\nedit: {constraints: {a: §}}\n"
    )
    for example in examples:
        folder.load(recipe.replace("§", example), analyzers=ANALYZERS)
    (whole,) = re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)
    folder.load(whole, analyzers=ANALYZERS)

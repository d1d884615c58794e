"""Frame rates of recipes: one exact form for every way of writing them, and advice for what is no rate."""

from __future__ import annotations

from fractions import Fraction

import pytest
from recipe_samples import GOOD, Folder
from rushes.recipe.rates import canonical_rate, exact_rate, rate_fix
from rushes.recipe.spec import EditSpec


@pytest.mark.parametrize("number", [24, 30, 48, 60, 120])
def test_each_usual_name_is_the_nearest_number_to_its_exact_rate(number: int) -> None:
    exact = Fraction(number * 1000, 1001)
    names = {24: (23.976, 23.98), 30: (29.97,), 48: (47.952,), 60: (59.94,), 120: (119.88,)}
    for name in names[number]:
        rate = canonical_rate(name)
        assert rate == canonical_rate(str(name)) == canonical_rate(f"{number}000/1001") == f"{number}000/1001"
        assert exact_rate(rate) == exact
        assert abs(exact - Fraction(str(name))) < Fraction(1, 200)


def test_whole_rates_stay_whole_numbers_however_they_are_written() -> None:
    assert [canonical_rate(rate) for rate in (1, 25, 30.0, 120)] == [1, 25, 30, 120]
    assert isinstance(canonical_rate(30.0), int)


@pytest.mark.parametrize("value", [0, -25, 121, 29.5, 30000 / 1001, float("inf"), "30", "24/1", "x", ""])
def test_anything_else_is_no_rate(value: float | str) -> None:
    assert canonical_rate(value) is None


def test_the_advice_names_the_rate_that_was_meant() -> None:
    assert rate_fix(30000 / 1001) == rate_fix(29.9699) == "write 29.97"
    assert rate_fix("24000/1000") == rate_fix(" 24 ") == "write 24"
    assert "29.97" in rate_fix(12.5)
    assert "30000/1001" in rate_fix("fast")


def test_an_edit_knows_its_rate_exactly_and_a_whole_one_as_a_whole_number() -> None:
    ntsc, whole = EditSpec(rate_fps="30000/1001"), EditSpec(rate_fps=30)
    assert (ntsc.rate, whole.rate) == (Fraction(30000, 1001), Fraction(30))
    assert ntsc.frames_per_s == 30000 / 1001
    assert isinstance(whole.frames_per_s, int)
    with pytest.raises(ValueError, match="29.97"):
        EditSpec(rate_fps="29.97")


def test_all_ways_of_writing_a_rate_resolve_to_the_same_recipe(folder: Folder) -> None:
    ways = [
        folder.load(GOOD, f"edit.rate_fps={rate}") for rate in ("29.97", "29.970", '"29.97"', "30000/1001")
    ]
    assert [way.tree for way in ways] == [ways[0].tree] * 4
    assert ways[0].tree["edit"]["rate_fps"] == "30000/1001"
    assert ways[0].recipe.edit is not None
    assert ways[0].recipe.edit.rate == Fraction(30000, 1001)


@pytest.mark.parametrize(
    ("written", "what", "fix"),
    [
        ("29.5", "edit.rate_fps is 29.5; that is no frame rate that programs know", "30000/1001"),
        ("29.97003", "edit.rate_fps is 29.97003; that is no frame rate", "write 29.97"),
        ("500", "edit.rate_fps is 500; it must be at most 120", "at most 120"),
        ("30fps", "edit.rate_fps is the text '30fps'; that is no frame rate", "such as 25, or 23.976, 29.97"),
        ("true", "edit.rate_fps must be a number or text, not true", "such as 25, or 23.976, 29.97"),
        ("[30]", "edit.rate_fps must be a number or text, not a list", "such as 25, or 23.976, 29.97"),
    ],
)
def test_a_wrong_rate_is_told_with_its_place_and_a_right_example(
    folder: Folder, written: str, what: str, fix: str
) -> None:
    said = folder.problems(GOOD.replace("grid: free", f"grid: free, rate_fps: {written}"))
    assert "r.yaml:" in said
    assert what in said
    assert fix in said

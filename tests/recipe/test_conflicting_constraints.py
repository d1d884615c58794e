"""Constraints that no footage could meet are told where they stand, and those that some footage just can are not.

The edit stands in line 7 of each recipe.
"""

from __future__ import annotations

import re

import pytest
from recipe_samples import CONSTRAINED_WITH_SONG, Folder, constrained, marked

FOUR_SHOTS = "duration_s: 4, tolerance_s: 0, min_shot_s: 1,"
STILL, MOVING = "\"kind == 'still'\"", "\"kind == 'moving'\""


@pytest.mark.parametrize(
    ("constraints", "more", "what", "fix"),
    [
        (
            f"a: {{share: {STILL}, min: 0.7}}, b: {{share: {MOVING}, §min: 0.4}}",
            "",
            "the least shares of kind add up to 1.1, above 1 of the whole: a 0.7, b 0.4",
            "lower min of b to 0.3 or less",
        ),
        (
            f"a: {{share: {STILL}, min: 0.7, where: length_s < 1}}, b: {{share: {MOVING}, §min: 0.4, where: length_s < 1}}",
            "",
            "the least shares of kind add up to 1.1, above 1 of the whole: a 0.7, b 0.4",
            "lower one of them",
        ),
        (
            f"a: {{count: {STILL}, §min: 5}}",
            FOUR_SHOTS,
            "edit.constraints.a wants 5 shots, but the edit has room for 4",
            "ask for 4 at most, or make the edit longer or its shots shorter",
        ),
        (
            f"a: {{count: {STILL}, §exactly: 5}}",
            FOUR_SHOTS,
            "edit.constraints.a wants 5 shots, but the edit has room for 4",
            "ask for 4 at most, or make the edit longer or its shots shorter",
        ),
        (
            f"a: {{count: {STILL}, §min: 6}}",
            "duration_s: 4, tolerance_s: 1.9, min_shot_s: 1,",
            "edit.constraints.a wants 6 shots, but the edit has room for 5",
            "ask for 5 at most, or make the edit longer or its shots shorter",
        ),
        (
            f"a: {{count: {STILL}, min: 3}}, b: {{count: {MOVING}, §exactly: 2}}",
            FOUR_SHOTS,
            "the least counts of kind add up to 5, above 4 shots: a 3, b 2",
            "lower min of b to 1 or less",
        ),
        (
            f"a: {{share: {STILL}, min: 0.7}}, b: {{§share: \"one_of(kind, 'still')\", max: 0.4}}",
            "",
            "a wants at least 0.7 of what b allows 0.4 of (line 7)",
            "change one of the two",
        ),
        (
            f"a: {{share: {STILL}, max: 0.4}}, b: {{§share: {STILL}, min: 0.7}}",
            "",
            "b wants at least 0.7 of what a allows 0.4 of (line 7)",
            "change one of the two",
        ),
        (
            'a: {count: "sharp_01 > 0.5", max: 1}, b: {§count: "sharp_01 > 0.5", exactly: 2}',
            "",
            "b wants at least 2 of what a allows 1 of (line 7)",
            "change one of the two",
        ),
        (
            f"a: {{first: {STILL}}}, b: {{§first: {MOVING}}}",
            "",
            "the first shot cannot be what a and b want at once (line 7)",
            "take one of them away: b: null",
        ),
        (
            "a: {§last: \"clip == 'day/Logo.mp4'\"}",
            "never_use: logo*,",
            "edit.constraints.a wants day/Logo.mp4, which must never be used (line 7)",
            "take logo* out of edit.never_use, or name another clip",
        ),
        (
            "a: {§first: \"one_of(clip, 'day/a.mp4', 'day/b.mp4')\"}",
            "never_use: [night/*, day/*],",
            "edit.constraints.a wants day/a.mp4, which must never be used (line 7)",
            "take day/* out of edit.never_use, or name another clip",
        ),
        (
            "a: {§count: \"clip == 'logo.mp4'\", exactly: 1}",
            "never_use: logo*,",
            "edit.constraints.a wants logo.mp4, which must never be used (line 7)",
            "take logo* out of edit.never_use, or name another clip",
        ),
        (
            "a: {§share: \"clip == 'logo.mp4'\", min: 0.1}",
            "never_use: logo*,",
            "edit.constraints.a wants logo.mp4, which must never be used (line 7)",
            "take logo* out of edit.never_use, or name another clip",
        ),
        (
            f"a: {{length: {STILL}, §min_s: 5}}",
            "max_shot_s: 4,",
            "edit.constraints.a wants shots of 5 s, but no shot is longer than 4 s (edit.max_shot_s is 4, line 7)",
            "lower min_s to 4, or raise edit.max_shot_s",
        ),
        (
            f"a: {{length: {STILL}, §max_s: 0.4}}",
            "min_shot_s: 0.5,",
            "edit.constraints.a allows shots of at most 0.4 s, but no shot is shorter than 0.5 s (edit.min_shot_s is 0.5, line 7)",
            "raise max_s to 0.5, or lower edit.min_shot_s",
        ),
    ],
)  # fmt: skip
def test_what_no_footage_could_meet_is_told_with_its_line_unless_it_has_a_weight(
    folder: Folder, constraints: str, more: str, what: str, fix: str
) -> None:
    text, place = marked(constrained(constraints, more))
    assert folder.problems(text) == f"{place}: {what}\n    fix: {fix}"
    soft = constraints.replace("§", "").replace("}", ", weight: 1}")
    folder.load(constrained(soft, more))


@pytest.mark.parametrize(
    ("constraints", "more"),
    [
        (f"a: {{share: {STILL}, min: 0.7}}, b: {{share: {MOVING}, min: 0.3}}", ""),
        (f"a: {{share: {STILL}, min: 0.7}}, b: {{share: {STILL}, min: 0.6}}", ""),
        (f'a: {{share: {STILL}, min: 0.7}}, b: {{share: "sharp_01 > 0.5", min: 0.7}}', ""),
        (f"a: {{share: {STILL}, min: 0.7}}, b: {{share: {MOVING}, by: shots, min: 0.7}}", ""),
        (f"a: {{share: {STILL}, min: 0.7}}, b: {{share: {MOVING}, where: position_01 < 0.5, min: 0.7}}", ""),
        (f"a: {{share: {STILL}, min: 0.7}}, b: {{share: {MOVING}, max: 0.7}}", ""),
        (f"a: {{share: {STILL}, min: 0.7}}, b: {{count: {MOVING}, min: 1}}", ""),
        (f"a: {{count: {STILL}, min: 4}}", FOUR_SHOTS),
        (f"a: {{count: {STILL}, max: 5}}", FOUR_SHOTS),
        (f"a: {{count: {STILL}, min: 5}}", "duration_s: 4, tolerance_s: 1, min_shot_s: 1,"),
        (f"a: {{count: {STILL}, min: 10}}", "duration_s: 3, tolerance_s: 0, min_shot_s: 0.3,"),
        (f"a: {{count: {STILL}, min: 3}}, b: {{count: {MOVING}, exactly: 1}}", FOUR_SHOTS),
        (f"a: {{share: {STILL}, min: 0.4}}, b: {{share: {STILL}, max: 0.4}}", ""),
        (f"a: {{share: {STILL}, min: 0.7}}, b: {{share: {STILL}, by: shots, max: 0.4}}", ""),
        (f"a: {{count: {STILL}, min: 3}}, b: {{count: {STILL}, where: position_01 < 0.5, max: 2}}", ""),
        (f"a: {{count: {STILL}, min: 3}}, b: {{count: {MOVING}, max: 2}}", ""),
        (f"a: {{first: {STILL}}}, b: {{last: {MOVING}}}", ""),
        (f"a: {{first: {STILL}}}, b: {{first: \"one_of(kind, 'still', 'moving')\"}}", ""),
        (f"a: {{first: {STILL}}}, b: {{first: \"clip == 'a.mp4'\"}}", ""),
        (f'a: {{first: {STILL}}}, b: {{first: "sharp_01 > 0.5"}}', ""),
        ("a: {first: \"clip == 'logo.mp4'\"}", "never_use: other*,"),
        ("a: {first: \"one_of(clip, 'a.mp4', 'logo.mp4')\"}", "never_use: logo*,"),
        ("a: {count: \"clip == 'logo.mp4'\", max: 1}", "never_use: logo*,"),
        ("a: {count: \"clip == 'logo.mp4'\", min: 0}", "never_use: logo*,"),
        ("a: {length: \"clip == 'logo.mp4'\", max_s: 2}", "never_use: logo*, min_shot_s: 1,"),
        (f"a: {{length: {STILL}, min_s: 4}}", "max_shot_s: 4,"),
        (f"a: {{length: {STILL}, max_s: 0.5}}", "min_shot_s: 0.5,"),
    ],
)
def test_what_some_footage_just_can_meet_is_sound(folder: Folder, constraints: str, more: str) -> None:
    resolved = folder.load(constrained(constraints, more))
    assert resolved.recipe.edit.constraints[0].name == "a"


def test_a_shot_is_not_held_longer_than_any_shot_may_be(folder: Folder) -> None:
    def held(spans: str) -> str:
        return constrained(f"a: {{§hold: drop, {spans}}}", "max_shot_s: 4,", CONSTRAINED_WITH_SONG)

    text, place = marked(held("before_s: 2, after_s: 3"))
    assert folder.problems(text) == (
        f"{place}: edit.constraints.a holds a shot for 5 s, but no shot is that long (edit.max_shot_s is 4, line 8)\n"
        "    fix: hold it for 4 s at most, or raise edit.max_shot_s"
    )
    for spans in ("before_s: 2, after_s: 2", "after_s: 4", "before_s: 4"):
        folder.load(marked(held(spans))[0])


def test_lengths_that_cannot_be_read_are_told_alone(folder: Folder) -> None:
    told = folder.problems(constrained(f"a: {{length: {STILL}, min_s: 99}}", "max_shot_s: soon,"))
    assert told.count("fix: ") == 1 and "edit.max_shot_s is 'soon'" in told
    told = folder.problems(constrained(f"a: {{length: {STILL}, min_s: 99}}", "min_shot_s: soon,"))
    assert told.count("fix: ") == 1 and "edit.min_shot_s is 'soon'" in told
    told = folder.problems(constrained(f"a: {{count: {STILL}, min: 9999}}", "duration_s: soon,"))
    assert told.count("fix: ") == 1 and "edit.duration_s is 'soon'" in told


def test_a_constraint_of_another_file_is_told_with_that_file(folder: Folder) -> None:
    folder.write("base.yaml", constrained(f"a: {{first: {STILL}}}"))
    told = folder.problems(
        f"schema: rushes/recipe@1\nextends: base.yaml\nedit: {{constraints: {{b: {{first: {MOVING}}}}}}}\n"
    )
    assert told.startswith("r.yaml:3:")
    assert re.search(r"the first shot cannot be what a and b want at once \(.*base\.yaml:7:\d+\)\n", told)


def test_least_shares_of_three_values_are_added_and_ones_that_overlap_are_not(folder: Folder) -> None:
    parts = [f"{name}: {{share: \"clip == '{name}.mp4'\", min: 0.4}}" for name in "abc"]
    folder.load(constrained(", ".join(parts[:2])))
    told = folder.problems(constrained(", ".join(parts)))
    assert "the least shares of clip add up to 1.2, above 1 of the whole: a 0.4, b 0.4, c 0.4" in told
    assert told.endswith("fix: lower min of c to 0.2 or less")
    overlapping = "c: {share: \"one_of(clip, 'a.mp4', 'c.mp4')\", min: 0.4}"
    folder.load(constrained(", ".join([*parts[:2], overlapping])))


def test_where_nothing_is_left_for_the_last_share_it_may_be_0(folder: Folder) -> None:
    shares = [f"{name}: {{count: \"clip == '{name}.mp4'\", min: 4}}" for name in "abc"]
    told = folder.problems(constrained(", ".join(shares), FOUR_SHOTS))
    assert told.endswith("fix: lower min of c to 0 or less")

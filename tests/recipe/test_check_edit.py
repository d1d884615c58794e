"""Wishes for the edit that do not fit each other, or the rest of the recipe, are told where they stand."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from recipe_samples import HEAD, Folder, marked
from rushes.analyze.table import ANALYZERS


def edit(text: str) -> str:
    return HEAD + f"edit: {{score: good, grid: free, {text}}}\n"


@pytest.mark.parametrize(
    ("text", "what", "fix"),
    [
        (
            "min_shot_s: §6",
            "edit.min_shot_s is 6, above max_shot_s (4, built-in)",
            "lower min_shot_s to 4 or less",
        ),
        (
            "min_shot_s: 2, max_shot_s: §1",
            "edit.max_shot_s is 1, below min_shot_s (2, line 5)",
            "raise max_shot_s to 2 or more",
        ),
        (
            "duration_s: 1, tolerance_s: 0, min_shot_s: §2",
            "edit.min_shot_s is 2: the edit is shorter than one shot (duration_s is 1, line 5)",
            "make the edit longer or its shots shorter",
        ),
        (
            "ramps: {share: 0.2, fast: 1.2, slow: §0.9}",
            "no ramp can be made: fast (1.2) is less than 1.5 times slow (0.9)",
            "raise fast, or lower slow or least_change",
        ),
        (
            "ramps: {share: 0.2, min_shot_s: §5}",
            "no shot is long enough for a ramp: edit.ramps.min_shot_s is 5 (max_shot_s is 4, built-in)",
            "lower ramps.min_shot_s to 4 or less",
        ),
        (
            "transitions: {allow: §[]}",
            "no transition is allowed, so no two shots can follow each other",
            "add hard_cut",
        ),
        (
            "weights: §{score: 0}",
            "all weights of the edit are 0, so every edit is as good as any other",
            "give at least score a weight above 0",
        ),
        (
            "weights: {§scor: 1}",
            "there is no term of the objective scor",
            "did you mean score? terms of the objective: score, order, sequence, shot_type, clean, accent, energy, pacing, angle_change",
        ),
        (
            "max_uses_per_clip: §0",
            "edit.max_uses_per_clip is 0; it must be at least 1",
            "write a number that is at least 1",
        ),
        (
            "must_use: [§a*, b], never_use: A*",
            "a* must be used and must never be used (line 5)",
            "take it away from must_use or from never_use",
        ),
        (
            "§must_use: [a, b], duration_s: 1, tolerance_s: 0, min_shot_s: 0.8",
            "2 clips must be used, but the edit has room for 1 shot",
            "name fewer clips, make the edit longer or its shots shorter",
        ),
    ],
)
def test_a_constraint_that_no_footage_could_meet_is_told(
    folder: Folder, text: str, what: str, fix: str
) -> None:
    text, place = marked(edit(text))
    assert folder.problems(text) == f"{place}: {what}\n    fix: {fix}"


def test_the_value_of_the_later_layer_is_the_one_that_is_told(folder: Folder) -> None:
    folder.write("base.yaml", edit("max_shot_s: 2"))
    text = "schema: rushes/recipe@1\nextends: base.yaml\nedit: {min_shot_s: 3}\n"
    assert folder.problems(text) == (
        "r.yaml:3:20: edit.min_shot_s is 3, above max_shot_s (2, base.yaml:5:45)\n    fix: lower min_shot_s to 2 or less"
    )
    assert folder.problems(edit("min_shot_s: 1"), "edit.max_shot_s=0.5").startswith(
        "--set edit.max_shot_s=0.5: edit.max_shot_s is 0.5, below min_shot_s (1, r.yaml:5:45)\n"
    )


def test_a_score_that_the_edit_asks_for_must_be_there(folder: Folder) -> None:
    assert folder.problems(HEAD + "edit: {score: god, grid: free}\n") == (
        "r.yaml:5:15: edit.score is god, which is no score\n    fix: did you mean good? scores: good"
    )


def test_a_grid_of_beats_needs_a_song_and_an_analyzer_of_it(folder: Folder) -> None:
    assert folder.problems(HEAD + "edit: {score: good, grid: beat}\n") == (
        "r.yaml:5:27: edit.grid is beat, but no analyzer looks at the song\n"
        "    fix: add beats: {} to analyzers, or write grid: free\n"
        "r.yaml:5:27: edit.grid is beat, but the recipe has no song\n    fix: add song: {}, or write grid: free"
    )


def test_a_fault_that_follows_from_a_default_is_one_of_the_recipe(folder: Folder) -> None:
    assert folder.problems("schema: rushes/recipe@1\nedit: {grid: free}\n") == (
        "r.yaml: edit.score is heuristic_score, which is no score\n    fix: scores: none"
    )


@pytest.mark.parametrize(
    ("part", "what", "fix"),
    [
        (
            "transitions: {dissolve_s: §1.5}",
            "there will be no dissolve: both shots are 3 times as long as its 1.5 s (max_shot_s is 4, built-in)",
            "lower dissolve_s to 1.333 or less, or leave out quick_dissolve",
        ),
        (
            "max_shot_s: 0.9, transitions: {allow: §[hard_cut, dip_to_black]}",
            "there will be no dip to black: both shots are 2 times as long as its 0.5 s (max_shot_s is 0.9, line 5)",
            "lower dip_s to 0.45 or less, or leave out dip_to_black",
        ),
    ],
)
def test_a_transition_that_no_shot_is_long_enough_for_is_a_warning(
    folder: Folder, part: str, what: str, fix: str
) -> None:
    text, place = marked(edit(part))
    assert list(map(str, folder.load(text).problems)) == [f"{place}: {what}\n    fix: {fix}"]


@pytest.mark.parametrize(
    "part",
    [
        "min_shot_s: 0.4, transitions: {allow: [hard_cut, dip_to_black]}",
        "transitions: {dissolve_s: 0.6}",
        "max_shot_s: 0.5",
    ],
)
def test_a_transition_may_be_longer_than_the_shortest_shots(folder: Folder, part: str) -> None:
    assert folder.load(edit(part)).problems == ()


def test_every_example_of_the_page_on_transitions_is_a_sound_recipe(folder: Folder) -> None:
    text = (Path(__file__).parents[2] / "docs" / "transitions.md").read_text(encoding="utf-8")
    examples = re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)
    assert examples
    for example in examples:
        for base in ("beat_reel", "base/reel"):
            song = "song: {}\n" if base == "base/reel" else ""
            whole = f"schema: rushes/recipe@1\nextends: {base}\n{song}{example}"
            assert folder.load(whole, analyzers=ANALYZERS).problems == ()


def test_what_needs_movement_that_nobody_looks_for_is_a_warning(folder: Folder) -> None:
    text = edit("transitions: {allow: §[hard_cut, whip_pan]}")
    text, place = marked(text)
    assert list(map(str, folder.load(text).problems)) == [
        (
            f"{place}: there will be no whip pan: no analyzer looks how the camera turns\n"
            "    fix: add motion: {} to analyzers, or take whip_pan out"
        )
    ]
    text, place = marked(edit("ramps: {share: §0.3}"))
    assert list(map(str, folder.load(text).problems)) == [
        (
            f"{place}: there will be no speed ramp: no analyzer looks for movement\n"
            "    fix: add motion: {} to analyzers, or set ramps.share to 0"
        )
    ]

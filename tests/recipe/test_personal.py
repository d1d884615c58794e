"""Personal features, their weights, and the file of learned weights as a layer of its own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from recipe_samples import GOOD, Folder
from rushes.recipe.personal import SCHEMA
from rushes.recipe.show import resolved_yaml
from rushes.recipe.spec import PersonalFeatureSpec, PersonalSpec

TASTE = (
    GOOD
    + "personal: {features: {bright: sharp_01 * 2 - 1, calm: {value: 1 - shake_01, says: A calm camera.}}}\n"
)


def learned(folder: Folder, weights: Any, **more: Any) -> Path:
    data = {"schema": SCHEMA, "creator": "me", "weights": weights, "needs_more_feedback": False, **more}
    return Path(folder.write("me.json", json.dumps(data)))


def test_a_recipe_is_not_personal_unless_it_says_so(folder: Folder) -> None:
    assert folder.load(GOOD).recipe.personal is None


def test_personal_features_are_filled_with_the_built_in_defaults(folder: Folder) -> None:
    assert folder.load(TASTE).recipe.personal == PersonalSpec(
        rate=1.0,
        max_weight_01=0.8,
        min_favourites=10,
        min_bads=10,
        features=(
            PersonalFeatureSpec(name="bright", value="sharp_01 * 2 - 1"),
            PersonalFeatureSpec(name="calm", value="1 - shake_01", says="A calm camera."),
        ),
        weights={},
    )


def test_null_takes_an_inherited_section_away(folder: Folder) -> None:
    folder.write("base.yaml", TASTE)
    text = "schema: rushes/recipe@1\nextends: base.yaml\npersonal: null\n"
    assert folder.load(text).recipe.personal is None


def test_scores_and_rules_may_name_the_boost(folder: Folder) -> None:
    text = TASTE + (
        "rules: {r: {when: personalized_boost > 0.5, say: 'to your taste ({personalized_boost:.2f})'}}\n"
    )
    assert folder.load(
        text.replace("weight: 1}", "weight: 1}, me: {value: personalized_boost, weight: 1, signed: true}")
    )


@pytest.mark.parametrize(
    ("head", "line", "told"),
    [
        (
            GOOD,
            "rules: {r: {when: personalized_boost > 0, say: x}}",
            (
                "r.yaml:6:19: personalized_boost is there only with personal features\n"
                "    fix: add features to the section personal"
            ),
        ),
        (
            TASTE,
            "features: {a: personalized_boost}",
            "r.yaml:7:15: personalized_boost is computed after features\n    fix: use it in scores and rules",
        ),
        (
            GOOD,
            "personal: {features: {a: sharp_01 > 0.5}}",
            "r.yaml:6:26: the value is true or false\n    fix: give a number",
        ),
        (
            GOOD,
            "personal: {features: {a: good}}",
            "r.yaml:6:26: good is a score; scores are computed after features\n    fix: use columns and features",
        ),
        (
            GOOD,
            "personal: {features: {calm: 1 - shake_01}, weights: {clam: 0.5}}",
            (
                "r.yaml:6:54: personal.weights has clam, which is no personal feature\n"
                "    fix: did you mean calm? personal features: calm"
            ),
        ),
        (
            GOOD,
            "personal: {features: {calm: 1 - shake_01}, weights: {calm: 0.9}}",
            (
                "r.yaml:6:60: personal.weights.calm is 0.9, beyond max_weight_01 (0.8, built-in)\n"
                "    fix: bring it into -0.8..0.8"
            ),
        ),
        (
            GOOD,
            "personal: {features: {calm: 1 - shake_01}, weights: {calm: -1.5}}",
            (
                "r.yaml:6:60: personal.weights.calm is -1.5; it must be at least -1\n"
                "    fix: write a number that is at least -1 and at most 1"
            ),
        ),
    ],
)
def test_a_fault_of_the_personal_section_is_told_where_it_stands(
    folder: Folder, head: str, line: str, told: str
) -> None:
    assert folder.problems(f"{head}{line}\n") == told


def test_a_faulty_feature_does_not_make_its_weight_unknown(folder: Folder) -> None:
    text = GOOD + "personal: {features: {a: {valu: 1}}, weights: {a: 0.5}}\n"
    assert "no personal feature" not in folder.problems(text)


def test_learned_weights_lie_between_the_profile_and_set(folder: Folder) -> None:
    text = (
        GOOD
        + "personal: {features: {bright: sharp_01, calm: 1 - shake_01, far: shake_01}, weights: {bright: 0.1, far: 0.2}}\n"
    )
    path = learned(folder, {"calm": -0.25, "bright": 0.5})
    resolved = folder.load(text, "personal.weights.bright=0.3", personal=path)
    assert resolved.recipe.personal is not None
    assert resolved.recipe.personal.weights == {"bright": 0.3, "far": 0.2, "calm": -0.25}
    origins = {
        name: str(resolved.origins[f"personal.weights.{name}"].place) for name in ("bright", "far", "calm")
    }
    assert origins == {
        "bright": "--set personal.weights.bright=0.3",
        "far": "r.yaml:6:105",
        "calm": "me.json",
    }
    assert resolved.problems == ()
    assert "me.json" in resolved.files
    line = f"{'    calm: -0.25':<48}  # me.json (personal)"
    assert line in resolved_yaml(resolved, origins=True).split("\n")


def test_learned_weights_come_after_a_profiles(folder: Folder) -> None:
    folder.write("profiles/me/profile.yaml", "schema: rushes/profile@1\npersonal: {weights: {calm: 0.7}}\n")
    resolved = folder.load(TASTE, profile="me", personal=learned(folder, {"calm": 0.25}))
    assert resolved.recipe.personal is not None
    assert resolved.recipe.personal.weights == {"calm": 0.25}


def test_a_learned_weight_without_its_feature_is_left_out_with_a_warning(folder: Folder) -> None:
    resolved = folder.load(TASTE, personal=learned(folder, {"calmm": 0.25, "bright": 0.5}))
    assert resolved.recipe.personal is not None
    assert resolved.recipe.personal.weights == {"bright": 0.5}
    assert [str(problem) for problem in resolved.problems] == [
        (
            "me.json: weights has calmm, which is no personal feature of this recipe; it does not count\n"
            "    fix: learn again: rushes learn personal (did you mean calm? personal features: calm, bright)"
        )
    ]


@pytest.mark.parametrize("text", [GOOD, GOOD + "personal: {features: {}}\n"])
def test_learned_weights_do_not_matter_to_a_recipe_without_personal_features(
    folder: Folder, text: str
) -> None:
    resolved = folder.load(text, personal=learned(folder, {"calm": 0.25}))
    assert resolved.problems == ()
    assert resolved.recipe == folder.load(text).recipe


def test_a_learned_weight_beyond_the_bound_is_learned_again(folder: Folder) -> None:
    path = learned(folder, {"calm": 0.7})
    assert folder.problems(TASTE, "personal.max_weight_01=0.5", personal=path) == (
        "me.json: personal.weights.calm is 0.7, beyond max_weight_01 (0.5, --set personal.max_weight_01=0.5)\n"
        "    fix: learn the weights again: rushes learn personal"
    )


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (
            '{"schema": "rushes/personal@1",',
            "me.json:1:32: not JSON: Expecting property name enclosed in double quotes",
        ),
        (b"\xff\xfe\x00", "me.json: not JSON"),
        ("[]", "me.json: the file does not say its schema"),
        ('{"schema": "rushes/recipe@1"}', "me.json: the schema is rushes/recipe@1, not rushes/personal@1"),
        ('{"schema": "rushes/personal@1"}', "me.json: weights must be a mapping from features to numbers"),
        (
            '{"schema": "rushes/personal@1", "weights": {"a": "x"}}',
            "me.json: weights.a must be a number from -1 to 1, not 'x'",
        ),
        (
            '{"schema": "rushes/personal@1", "weights": {"a": NaN}}',
            "me.json: weights.a must be a number from -1 to 1, not nan",
        ),
        (
            '{"schema": "rushes/personal@1", "weights": {}, "needs_more_feedback": 1}',
            "me.json: needs_more_feedback must be true or false",
        ),
    ],
)
def test_a_broken_file_of_weights_is_told(folder: Folder, data: str | bytes, told: str) -> None:
    path = Path(folder.write("me.json", data))
    assert folder.problems(TASTE, personal=path) == f"{told}\n    fix: write it anew: rushes learn personal"


def test_a_file_of_weights_that_is_not_there_is_told(folder: Folder) -> None:
    assert folder.problems(TASTE, personal=Path("me.json")) == (
        "me.json: there is no such file\n    fix: learn the weights: rushes learn personal"
    )


def test_a_folder_is_no_file_of_weights(folder: Folder) -> None:
    folder.write("here/x", "")
    assert folder.problems(TASTE, personal=Path("here")) == (
        "here: cannot be read: Is a directory\n    fix: check the path"
    )

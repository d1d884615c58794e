import json

import pytest
import yaml
from jsonschema import Draft7Validator
from rushes.errors import RecipeError
from rushes.recipe.style import style_schema
from rushes.resources import shipped_file
from rushes.style.profile import read_style, style_problems

FIELDS = {
    "shot_patterns": {"avg_shot_length_s", "shot_length_std_s", "shot_length_distribution", "shot_types"},
    "sequencing_patterns": {"angle_transitions", "same_angle_repeat_rate", "max_same_angle_streak"},
    "pacing_patterns": {
        "cuts_per_beat",
        "beat_skip_rate",
        "hold_duration_close_up_s",
        "hold_duration_medium_s",
        "hold_duration_wide_s",
    },
    "energy_matching": {"high_energy_sections", "low_energy_sections"},
    "quality_thresholds": {"min_visual_quality", "max_motion_blur", "min_exposure", "max_exposure"},
    "learned_model": {"model_type", "model_path", "feature_importance", "held_out"},
}


def default_style():
    return yaml.safe_load(shipped_file("profiles", "default/style.yaml").read_text(encoding="utf-8"))


def test_the_schema_is_sound_and_has_every_public_field():
    schema = style_schema()
    Draft7Validator.check_schema(schema)
    assert {"creator_id", "version", "trained_on_videos", "transition_preferences"} <= set(
        schema["properties"]
    )
    for section, names in FIELDS.items():
        assert names <= set(schema["properties"][section]["properties"])
    assert json.loads(shipped_file("schemas", "style.schema.json").read_text(encoding="utf-8")) == schema


def test_the_default_style_says_everything_and_breaks_nothing():
    style = default_style()
    schema = style_schema()
    assert style_problems(style) == ()
    assert set(style) | {"extends"} == set(schema["properties"])
    for section, names in FIELDS.items():
        assert names <= set(style[section])


def test_the_defaults_of_the_schema_are_the_default_style():
    assert read_style({}) == read_style(default_style())


def test_a_style_needs_to_say_only_what_differs():
    profile = read_style({"pacing_patterns": {"cuts_per_beat": 1.0}})
    assert profile.cuts_per_beat == 1.0
    assert profile.max_same_angle_streak == 2
    assert profile.hold_s == {"close_up": 1.2, "medium": 1.6, "wide": 2.2}
    assert profile.angle_transitions["front", "side"] == 0.5


def test_every_fault_of_a_style_is_reported_with_its_place():
    with pytest.raises(RecipeError) as caught:
        read_style({"quality_thresholds": {"min_visual_quality": 2}, "colour": "red"}, "my/style.yaml")
    assert str(caught.value) == (
        "my/style.yaml: $: Additional properties are not allowed ('colour' was unexpected)\n"
        "    fix: see schemas/style.schema.json for what belongs there\n"
        "my/style.yaml: quality_thresholds.min_visual_quality: 2 is greater than the maximum of 1\n"
        "    fix: see schemas/style.schema.json for what belongs there"
    )

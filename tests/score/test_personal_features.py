"""Personal features of stored clips: a recipe's expressions on the columns of the library file."""

import pytest
from rushes.analyze.spec import Column
from rushes.errors import RecipeError
from rushes.recipe.spec import FeatureSpec, FootageSpec, PersonalFeatureSpec, PersonalSpec, Recipe
from rushes.score.personal_features import personal_features, read_personal

COLUMNS = (
    Column(name="face_frames_percent", unit="percent", says="Frames with a face."),
    Column(name="is_still", type="bool", says="Whether it stands."),
    Column(name="emotion_dominant", type="text", says="What is felt."),
    Column(name="face_timestamps", type="list", says="When."),
)


def recipe(personal, features=None, **more):
    spec = PersonalSpec(
        features=tuple(PersonalFeatureSpec(name=name, value=value) for name, value in personal.items())
    )
    derived = tuple(FeatureSpec(name=name, value=value) for name, value in (features or {}).items())
    return Recipe(name="likes", personal=spec, features=derived, **more)


def evaluated(made, **stored):
    program = read_personal(made, COLUMNS)
    return list(personal_features(program, {"digest": ["a", "b"], **stored}).values())


def test_values_are_expressions_on_stored_columns():
    made = recipe({"faces": "2 * face_frames_percent / 100 - 1"})
    assert evaluated(made, face_frames_percent=[75.0, 0.0]) == [{"faces": 0.5}, {"faces": -1.0}]


def test_values_are_clamped_and_missing_where_a_column_is():
    made = recipe({"faces": "face_frames_percent / 10"})
    assert evaluated(made, face_frames_percent=[75.0, None]) == [{"faces": 1.0}, {"faces": None}]


def test_columns_of_every_type_thresholds_and_file_names_can_be_used():
    made = recipe(
        {
            "mood": 'if_else(emotion_dominant == "happiness" and is_still, high, if_else(angle == "side", -1, 0))'
        },
        thresholds={"high": 0.75},
        footage=FootageSpec(metadata={"angle": {"side": ("*side*",)}}),
    )
    found = evaluated(
        made, emotion_dominant=["happiness", "fear"], is_still=[True, False], angle=[None, "side"]
    )
    assert found == [{"mood": 0.75}, {"mood": -1.0}]


def test_derived_columns_are_computed_where_they_are_needed_and_only_there():
    derived = {
        "face_01": "face_frames_percent / 100",
        "unused": "if_else(is_still, 1, 0)",
        "face_signed": "2 * face_01 - 1",
    }
    program = read_personal(recipe({"faces": "face_signed"}, derived), COLUMNS)
    assert [name for name, _ in program.features] == ["face_01", "face_signed"]
    assert list(program.needs) == ["face_frames_percent"]
    found = personal_features(program, {"digest": ["a"], "face_frames_percent": [50.0]})
    assert found == {"a": {"faces": 0.0}}


def test_whole_numbers_and_a_column_that_no_clip_has_are_read():
    made = recipe({"faces": "coalesce(face_frames_percent, 0)"})
    assert evaluated(made, face_frames_percent=[1, None]) == [{"faces": 1.0}, {"faces": 0.0}]
    assert evaluated(made, face_frames_percent=[None, None]) == [{"faces": 0.0}, {"faces": 0.0}]


def test_an_expression_sees_the_whole_library():
    made = recipe({"faces": "2 * rank_01(face_frames_percent) - 1"})
    assert evaluated(made, face_frames_percent=[5.0, 50.0]) == [{"faces": -1.0}, {"faces": 1.0}]


def test_a_constant_is_a_feature_too():
    assert evaluated(recipe({"always": "0.5"})) == [{"always": 0.5}, {"always": 0.5}]


def test_an_empty_library_has_no_features():
    program = read_personal(recipe({"faces": "face_frames_percent"}), COLUMNS)
    assert personal_features(program, {"digest": [], "face_frames_percent": []}) == {}


def test_unknown_columns_are_told_before_anything_is_computed():
    with pytest.raises(
        RecipeError, match="personal feature faces: smiles is neither a column nor a threshold"
    ):
        read_personal(recipe({"faces": "smiles"}), COLUMNS)

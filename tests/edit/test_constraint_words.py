"""What constraints ask, in words."""

import pytest
from rushes.edit.constraint_report import limit_words
from rushes.recipe.constraint_spec import ConstraintSpec


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"count": "x", "min": 1}, "at least 1 shot (x)"),
        ({"count": "x", "exactly": 1}, "exactly 1 shot (x)"),
        ({"count": "x", "min": 1, "max": 3}, "1 to 3 shots (x)"),
        ({"count": "x", "max": 2}, "at most 2 shots (x)"),
        ({"uses": "clip", "max": 1}, "at most 1 shot of each clip"),
    ],
)
def test_one_shot_is_not_called_shots(said, words):
    assert limit_words(ConstraintSpec(name="c", **said)) == words

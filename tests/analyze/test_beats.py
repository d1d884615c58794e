"""What a recipe may say about finding beats."""

from __future__ import annotations

import pytest
from rushes.analyze.beats import Params


def test_the_defaults_are_a_valid_spec():
    assert Params().min_confidence_01 == 0.15


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (
            {"min_bpm": 90.0, "max_bpm": 120.0},
            "min_bpm=90.0 and max_bpm=120.0 are not in 30..300 with a factor of 2 between",
        ),
        ({"min_bpm": 20.0}, "min_bpm=20.0 and max_bpm=200.0 are not in 30..300 with a factor of 2 between"),
        ({"prior_bpm": 40.0}, "prior_bpm=40.0 is not in 55.0..200.0"),
        ({"min_confidence_01": 1.5}, "min_confidence_01=1.5 is not in 0..1"),
        ({"energy_smooth_s": 0.0}, "energy_smooth_s=0.0 and min_section_s=6.0 must be above 0"),
    ],
)
def test_a_spec_that_breaks_its_rule_cannot_be_built(values: dict[str, float], message: str):
    with pytest.raises(ValueError) as caught:
        Params(**values)
    assert str(caught.value) == message

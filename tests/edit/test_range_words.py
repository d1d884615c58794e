"""How much a constraint asks for, in words."""

from __future__ import annotations

import pytest
from rushes.edit.range_words import bounds, counted, shots


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (1, 3, "1 to 3 shots"),
        (0, 1, "0 to 1 shot"),
        (2, 2, "exactly 2 shots"),
        (1, 1, "exactly 1 shot"),
        (1, None, "at least 1 shot"),
        (2, None, "at least 2 shots"),
        (None, 1, "at most 1 shot"),
        (None, 4.0, "at most 4 shots"),
    ],
)
def test_the_noun_goes_with_the_number_that_is_said_last(
    low: float | None, high: float | None, said: str
) -> None:
    assert f"{bounds(low, high)} {shots(low, high)}" == said


def test_the_unit_is_said_once() -> None:
    assert bounds(0.5, 2, " s") == "0.5 to 2 s"
    assert bounds(None, 100 * 0.3, " %") == "at most 30 %"


def test_one_is_no_plural() -> None:
    assert (counted(1, "clip"), counted(0, "clip")) == ("1 clip", "0 clips")

"""Names in a sentence."""

from __future__ import annotations

import pytest
from rushes.recipe.listed import listed


@pytest.mark.parametrize(
    ("names", "said"),
    [("", ""), ("a", "a"), ("ab", "a, b"), ("abc", "a, b and 1 more"), ("abcde", "a, b and 3 more")],
)
def test_of_many_names_the_first_are_said_and_the_others_counted(names: str, said: str) -> None:
    assert listed(tuple(names), 2) == said

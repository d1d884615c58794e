"""An expression over takes and places is divided into the largest parts that look at one of them."""

import pytest
from rushes.recipe.expression import names_in, parse_expression
from rushes.recipe.expression_split import mixing_call, split


def is_place(name: str) -> bool:
    return name.startswith("p_")


@pytest.mark.parametrize(
    ("text", "own", "other", "whole"),
    [
        ("a > 1 and b", 1, 0, ["own.0"]),
        ("p_x > 1 or p_y", 0, 1, ["other.0"]),
        ("a > 1 and p_x > 2", 1, 1, ["own.0", "other.0"]),
        ("(a + b) * 2 > p_x + 1 or not c", 2, 1, ["own.0", "other.0", "own.1"]),
        ("min(a, p_x, 3) > rank_01(b)", 2, 1, ["own.0", "other.0", "own.1"]),
        ("1 < 2", 1, 0, ["own.0"]),
    ],
)
def test_the_parts_are_as_large_as_they_can_be(text: str, own: int, other: int, whole: list[str]) -> None:
    found = split(parse_expression(text), is_place)
    assert (len(found.own), len(found.other)) == (own, other)
    assert [name for name, _ in names_in(found.whole)] == whole
    assert not any(is_place(name) for part in found.own for name, _ in names_in(part))
    assert all(is_place(name) for part in found.other for name, _ in names_in(part))


def test_a_function_over_rows_of_takes_cannot_look_at_places() -> None:
    assert mixing_call(parse_expression("a > rank_01(b) and p_x > 1"), is_place) is None
    found = mixing_call(parse_expression("not (a > 1 + zscore(b * p_x))"), is_place)
    assert found is not None and found.function == "zscore"

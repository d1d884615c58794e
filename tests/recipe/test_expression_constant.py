from __future__ import annotations

import pytest
from rushes.recipe.expression import Value, constant_value, parse_expression


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1 + 2 * 3", 7.0),
        ("limit > 0.25", True),
        ("limit > 0.25 and x > 1", None),
        ("false and x > 1", False),
        ("x > 1 or true", True),
        ("not x", None),
        ("1 / 0", None),
        ("log(0)", None),
        ("sqrt(-1)", None),
        ("exp(1000)", None),
        ("5 % 0", None),
        ("-7.5 % 2", 0.5),
        ("1e308 * 10", None),
        ("min(3, 1, 2)", 1.0),
        ("max(3, x)", None),
        ("clip(5, 0, 1)", 1.0),
        ("round(2.5)", 3.0),
        ("round(-2.5)", -2.0),
        ("round(1.256, 2)", 1.26),
        ("between(1, 0, 1)", True),
        ("between(1, 2, x)", False),
        ("if_else(1 > 2, x, 4)", 4.0),
        ("if_else(x > 2, 4, 4)", None),
        ("coalesce(1, x)", 1.0),
        ("coalesce(x, 1)", None),
        ("is_missing(3)", False),
        ("is_missing(x)", None),
        ("one_of('a', 'b', 'a')", True),
        ("one_of('a', 'b')", False),
        ("mean_over(3)", None),
        ("mean_over(3, 'a')", None),
        ("'a' == 'a'", True),
    ],
)
def test_what_follows_from_constants_alone_is_known(text: str, value: Value | None):
    assert constant_value(parse_expression(text), {"limit": 0.3}) == value

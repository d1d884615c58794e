from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rushes.recipe.expression import MAX_CHARS, MAX_DEPTH, ExpressionFault, names_in, parse_expression
from rushes.recipe.expression_tree import Binary, Call, Name, Number, Text, Truth, Unary


def fault_of(text: str) -> tuple[int, str]:
    with pytest.raises(ExpressionFault) as caught:
        parse_expression(text)
    return caught.value.offset, str(caught.value)


def test_multiplication_binds_tighter_than_addition_and_addition_than_comparison():
    tree = parse_expression("a + b * 2 > c")
    product = Binary("*", Name("b", 4), Number(2.0, None, 8), 6)
    assert tree == Binary(">", Binary("+", Name("a", 0), product, 2), Name("c", 12), 10)


def test_and_binds_tighter_than_or_and_not_tighter_than_both():
    tree = parse_expression("a or not b and c")
    assert tree == Binary(
        "or", Name("a", 0), Binary("and", Unary("not", Name("b", 9), 5), Name("c", 15), 11), 2
    )


def test_not_takes_a_whole_comparison():
    assert parse_expression("not a < 1") == Unary(
        "not", Binary("<", Name("a", 4), Number(1.0, None, 8), 6), 0
    )


def test_operators_of_one_rank_group_to_the_left():
    assert parse_expression("8 - 4 - 2") == Binary(
        "-", Binary("-", Number(8.0, None, 0), Number(4.0, None, 4), 2), Number(2.0, None, 8), 6
    )


def test_minus_before_a_name_binds_tighter_than_times():
    assert parse_expression("-a * b") == Binary("*", Unary("-", Name("a", 1), 0), Name("b", 5), 3)


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("1", 1.0, None),
        ("0.5", 0.5, None),
        (".5", 0.5, None),
        ("1e3", 1000.0, None),
        ("250ms", 0.25, "s"),
        ("2s", 2.0, "s"),
        ("1.5min", 90.0, "s"),
        ("1h", 3600.0, "s"),
    ],
)
def test_numbers_may_carry_a_unit_of_time(text: str, value: float, unit: str | None):
    assert parse_expression(text) == Number(value, unit, 0)


def test_texts_take_either_quote_and_true_is_a_word():
    assert parse_expression("""one_of(angle, "a'b", 'c"d') == true""") == Binary(
        "==",
        Call("one_of", (Name("angle", 7), Text("a'b", 14), Text('c"d', 21)), 0),
        Truth(True, 31),
        28,
    )


def test_a_column_may_have_the_name_of_a_function():
    assert names_in(parse_expression("clip(min, 0, 1) + max")) == (("min", 5), ("max", 18))


def test_names_are_listed_in_the_order_of_the_text_with_every_use():
    assert names_in(parse_expression("b + if_else(a > 1, b, -c)")) == (
        ("b", 0),
        ("a", 12),
        ("b", 19),
        ("c", 23),
    )


@pytest.mark.parametrize(
    ("text", "offset", "words"),
    [
        ("", 0, "a value is missing at the end (fix: add a column or a number)"),
        ("a +", 3, "a value is missing at the end (fix: add a column or a number)"),
        ("a = 1", 2, "= is not expected here (fix: write == to compare)"),
        ("a && b", 2, "&& is not expected here (fix: write and)"),
        ("a ** 2", 2, "** is not expected here (fix: write x * x, or exp(log(x) * power))"),
        ("!a", 0, "a value is expected before ! (fix: write not)"),
        ("a in b", 2, 'in is not expected here (fix: write one_of(x, "a", "b"))'),
        ("a is null", 2, "is is not expected here (fix: write == to compare, or is_missing(x))"),
        ("a == None", 5, "None is not a word of this language (fix: write is_missing(x))"),
        ("a == True", 5, "True is not a word of this language (fix: write true)"),
        ("a b", 2, "b is not expected here (fix: put an operator such as + or and before it)"),
        ("(a", 0, "this ( is not closed (fix: add ))"),
        ("min(a, b", 3, "this ( is not closed (fix: add ))"),
        ("a)", 1, "there is no ( for this ) (fix: remove it)"),
        ("min(a,)", 6, "a value is expected before ) (fix: put a column or a number there)"),
        ("a 'x", 2, "the text is not closed (fix: add a ' where it ends)"),
        ("a § b", 2, "'§' means nothing here (fix: remove it, or put text into quotes)"),
        (
            "2x > 1",
            0,
            (
                "2x is neither a number nor a name "
                "(fix: units of time are ms, s, min, h; other numbers are written without a unit)"
            ),
        ),
        ("1e999", 0, "1e999 is too large (fix: write a number below 1e308)"),
        (
            "b and 0.2 < a <= 0.5",
            14,
            "comparisons cannot be chained (fix: write 0.2 < a and a <= ...)",
        ),
    ],
)
def test_what_cannot_be_read_is_named_with_its_place_and_a_fix(text: str, offset: int, words: str):
    assert fault_of(text) == (offset, words)


@pytest.mark.parametrize(
    "text",
    [
        "-" * 1900 + "1",
        "(" * 900 + "1" + ")" * 900,
        "not " * 400 + "a",
        "+".join("a" * 900),
        "abs(" * 300 + "1" + ")" * 300,
    ],
)
def test_depth_has_a_limit_with_a_fault_and_never_a_recursion_error(text: str):
    offset, words = fault_of(text)
    assert 0 <= offset < len(text)
    assert words == (
        f"the expression is more than {MAX_DEPTH} levels deep (fix: divide it into several features)"
    )


def test_length_has_a_limit():
    text = "a" * (MAX_CHARS + 1)
    assert fault_of(text) == (
        MAX_CHARS,
        "the expression has 2001 characters, above 2000 (fix: divide it into several features)",
    )


def test_a_tree_of_the_full_depth_is_read():
    assert parse_expression("+".join("a" * MAX_DEPTH)) is not None


@settings(derandomize=True, deadline=None, max_examples=300)
@given(st.text(alphabet="ab1. +-*/%<>=!&|()'\",_\n\té", max_size=40))
def test_any_text_is_either_read_or_refused_at_a_place_inside_it(text: str):
    try:
        parse_expression(text)
    except ExpressionFault as fault:
        assert 0 <= fault.offset <= len(text)
        assert fault.what
        assert fault.fix

"""The translation to polars against a small interpreter in plain Python, which is the definition of the language."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rushes.recipe.expression import FUNCTIONS, constant_value, parse_expression
from rushes.recipe.expression_tree import Binary, Call, Name, Number, Text, Truth, Unary
from rushes.score.translate import translate

STEADY = settings(derandomize=True, deadline=None, max_examples=150)
THRESHOLDS = {"limit": 0.5}

Row = dict[str, Any]


def finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def meaning(tree: Any, rows: Sequence[Row]) -> list[Any]:
    """The value for every row; None is missing."""
    match tree:
        case Number() | Text() | Truth():
            return [tree.value for _ in rows]
        case Name():
            return [THRESHOLDS.get(tree.name, row.get(tree.name)) for row in rows]
        case Unary():
            values = meaning(tree.operand, rows)
            if tree.operator == "not":
                return [None if value is None else not value for value in values]
            return [None if value is None else -value for value in values]
        case Binary():
            pairs = zip(meaning(tree.left, rows), meaning(tree.right, rows), strict=True)
            return [of_two(tree.operator, left, right) for left, right in pairs]
        case Call():
            columns = [meaning(part, rows) for part in tree.arguments]
            if tree.function in OVER_ROWS:
                return over_rows(OVER_ROWS[tree.function], columns)
            return [of_row(tree.function, values) for values in zip(*columns, strict=True)]


def of_two(operator: str, left: Any, right: Any) -> Any:
    if operator == "and":
        if left is False or right is False:
            return False
        return None if left is None or right is None else True
    if operator == "or":
        if left is True or right is True:
            return True
        return None if left is None or right is None else False
    if left is None or right is None:
        return None
    match operator:
        case "==":
            return left == right
        case "!=":
            return left != right
        case "<":
            return left < right
        case "<=":
            return left <= right
        case ">":
            return left > right
        case ">=":
            return left >= right
        case "+":
            return finite(left + right)
        case "-":
            return finite(left - right)
        case "*":
            return finite(left * right)
        case "/":
            return None if right == 0 else finite(left / right)
        case _:
            return None if right == 0 else finite(left - right * math.floor(left / right))


def of_row(function: str, values: Sequence[Any]) -> Any:
    match function:
        case "coalesce":
            return next((value for value in values if value is not None), None)
        case "is_missing":
            return values[0] is None
        case "if_else":
            return None if values[0] is None else values[1] if values[0] else values[2]
        case "between":
            x, low, high = values
            return of_two("and", of_two(">=", x, low), of_two("<=", x, high))
        case "one_of":
            found: Any = False
            for value in values[1:]:
                found = of_two("or", found, of_two("==", values[0], value))
            return found
    if None in values:
        return None
    x = values[0]
    match function:
        case "min":
            return min(values)
        case "max":
            return max(values)
        case "clip":
            return max(values[1], min(x, values[2]))
        case "abs":
            return abs(x)
        case "sqrt":
            return math.sqrt(x) if x >= 0 else None
        case "exp":
            return math.exp(x) if x < 709 else None
        case "log":
            return math.log(x) if x > 0 else None
        case "floor":
            return math.floor(x)
        case "ceil":
            return math.ceil(x)
        case "round":
            scale = 10.0 ** (values[1] if len(values) > 1 else 0)
            return math.floor(x * scale + 0.5) / scale
    raise AssertionError(function)


def over_rows(function: Any, columns: Sequence[Sequence[Any]]) -> list[Any]:
    groups = columns[1] if len(columns) > 1 else ["all"] * len(columns[0])
    answers: list[Any] = []
    for x, group in zip(columns[0], groups, strict=True):
        members = [
            value
            for value, other in zip(columns[0], groups, strict=True)
            if other == group and value is not None
        ]
        answers.append(None if group is None or not members else function(x, members))
    return answers


def zscore(x: float | None, members: Sequence[float]) -> float | None:
    if x is None or min(members) == max(members):
        return None if x is None else 0.0
    mean = math.fsum(members) / len(members)
    spread = math.sqrt(math.fsum((value - mean) ** 2 for value in members) / len(members))
    return (x - mean) / spread


def rank_01(x: float | None, members: Sequence[float]) -> float | None:
    if x is None or len(members) == 1:
        return None if x is None else 0.5
    below = sum(value < x for value in members)
    equal = sum(value == x for value in members)
    return (below + (equal - 1) / 2) / (len(members) - 1)


OVER_ROWS: dict[str, Any] = {
    "zscore": zscore,
    "rank_01": rank_01,
    "mean_over": lambda x, members: math.fsum(members) / len(members),
    "min_over": lambda x, members: min(members),
    "max_over": lambda x, members: max(members),
    "share_of": lambda x, members: sum(members) / len(members),
}

# Eighths keep sums and products exact, so that comparisons cannot come out differently by a rounding.
numbers = st.one_of(st.none(), st.integers(-16, 16).map(lambda n: n / 8))
rows_of = st.lists(
    st.fixed_dictionaries(
        {
            "a": numbers,
            "b": numbers,
            "p": st.one_of(st.none(), st.booleans()),
            "t": st.sampled_from([None, "x", "y", "z"]),
        }
    ),
    min_size=1,
    max_size=7,
)

number_leaves = st.sampled_from(["a", "b", "limit", "0", "1", "0.25", "-2", "3"])
bool_leaves = st.sampled_from(["p", "true", "false", "a < b", "is_missing(t)", "a == limit"])
text_leaves = st.sampled_from(["t", '"x"', '"w"'])


def call_of(name: str, *arguments: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.tuples(*arguments).map(lambda parts: f"{name}({', '.join(parts)})")


def grown(inner: st.SearchStrategy[tuple[str, str, str]]) -> st.SearchStrategy[tuple[str, str, str]]:
    """A number, a condition and a text made from smaller ones."""
    n, p, t = (inner.map(lambda made, at=at: made[at]) for at in range(3))
    number = st.one_of(
        st.tuples(n, st.sampled_from(["+", "-", "*", "/", "%"]), n).map(
            lambda it: f"({it[0]} {it[1]} {it[2]})"
        ),
        n.map(lambda it: f"-({it})"),
        *(call_of(name, n, n) for name in ("min", "max", "coalesce")),
        *(call_of(name, n) for name in ("abs", "floor", "ceil", "round", "rank_01", "max_over", "min_over")),
        *(call_of(name, n, st.just("t")) for name in ("rank_01", "max_over", "min_over")),
        call_of("clip", n, n, n),
        call_of("if_else", p, n, n),
    )
    condition = st.one_of(
        st.tuples(n, st.sampled_from(["<", "<=", ">", ">=", "==", "!="]), n).map(
            lambda it: f"({it[0]} {it[1]} {it[2]})"
        ),
        st.tuples(p, st.sampled_from(["and", "or"]), p).map(lambda it: f"({it[0]} {it[1]} {it[2]})"),
        p.map(lambda it: f"(not {it})"),
        n.map(lambda it: f"is_missing({it})"),
        call_of("between", n, n, n),
        call_of("one_of", t, t, t),
        call_of("one_of", n, n, n),
        st.tuples(t, st.sampled_from(["==", "!="]), t).map(lambda it: f"({it[0]} {it[1]} {it[2]})"),
    )
    text = st.one_of(call_of("coalesce", t, t), call_of("if_else", p, t, t), t)
    return st.tuples(number, condition, text)


expressions = st.recursive(st.tuples(number_leaves, bool_leaves, text_leaves), grown, max_leaves=6)


def frame_of(rows: Sequence[Row]) -> pl.DataFrame:
    return pl.DataFrame(
        list(rows), schema={"a": pl.Float64, "b": pl.Float64, "p": pl.Boolean, "t": pl.String}, orient="row"
    )


def evaluated(text: str, rows: Sequence[Row]) -> list[Any]:
    return translate(parse_expression(text), THRESHOLDS).on(frame_of(rows)).to_list()


def assert_same(found: Sequence[Any], wanted: Sequence[Any]) -> None:
    assert [value is None for value in found] == [value is None for value in wanted]
    for one, other in zip(found, wanted, strict=True):
        if isinstance(other, bool | str):
            assert one == other
        elif other is not None:
            assert one == pytest.approx(other, rel=1e-9, abs=1e-9)


@STEADY
@given(expressions, rows_of)
def test_numbers_conditions_and_texts_mean_what_the_interpreter_says(
    made: tuple[str, str, str], rows: list[Row]
):
    for text in made:
        assert_same(evaluated(text, rows), meaning(parse_expression(text), rows))


@STEADY
@given(st.sampled_from(["zscore", "mean_over", "rank_01", "min_over", "max_over"]), st.booleans(), rows_of)
def test_functions_over_rows_mean_what_the_interpreter_says(name: str, grouped: bool, rows: list[Row]):
    text = f"{name}(a + b, t)" if grouped else f"{name}(a + b)"
    assert_same(evaluated(text, rows), meaning(parse_expression(text), rows))


@STEADY
@given(expressions)
def test_folding_constants_agrees_with_frames(made: tuple[str, str, str]):
    rows: list[Row] = [{"a": 0.75, "b": -1.5, "p": True, "t": "x"}]
    for text in made:
        tree = parse_expression(text)
        folded = constant_value(tree, {**THRESHOLDS, **rows[0]})
        if folded is not None:
            assert_same(evaluated(text, rows), [folded])


@STEADY
@given(
    st.sampled_from(
        ["sqrt(a)", "exp(a)", "log(a)", "a / b", "a * b", "a + b", "a - b", "a % b", "round(a, 12)"]
    ),
    st.floats(allow_nan=False, allow_infinity=False),
    st.floats(allow_nan=False, allow_infinity=False),
)
def test_no_result_is_ever_nan_or_infinite(text: str, a: float, b: float):
    (value,) = evaluated(text, [{"a": a, "b": b, "p": None, "t": None}])
    assert value is None or math.isfinite(value)


def test_every_function_of_the_table_is_translated():
    argument = {"number": "a", "bool": "p", "text": "t", "any": "a", "same": "a", "digits": "2", "group": "t"}
    for name, function in FUNCTIONS.items():
        given_ = [argument[wanted] for wanted in function.takes]
        if name == "if_else":
            given_[0] = "p"
        rows: list[Row] = [{"a": 0.5, "b": 1.0, "p": True, "t": "x"}]
        text = f"{name}({', '.join(given_)})"
        assert_same(evaluated(text, rows), meaning(parse_expression(text), rows))


ROWS: list[Row] = [
    {"a": 1.0, "b": 0.0, "p": True, "t": "x"},
    {"a": None, "b": 2.0, "p": None, "t": "x"},
    {"a": 3.0, "b": 2.0, "p": False, "t": None},
]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("a / b", [None, None, 1.5]),
        ("a + 1", [2.0, None, 4.0]),
        ("a > 2", [False, None, True]),
        ("a > 2 or b >= 2", [False, True, True]),
        ("min(a, b)", [0.0, None, 2.0]),
        ("if_else(p, 1, 2)", [1.0, None, 2.0]),
        ("is_missing(a)", [False, True, False]),
        ("coalesce(a, b)", [1.0, 2.0, 3.0]),
        ("mean_over(a)", [2.0, 2.0, 2.0]),
        ("mean_over(a, t)", [1.0, 1.0, None]),
        ("mean_over(a - mean_over(a))", [0.0, 0.0, 0.0]),
        ("zscore(0.1 + 0 * b)", [0.0, 0.0, 0.0]),
        ("rank_01(5)", [0.5, 0.5, 0.5]),
        ("share_of(b > 1)", [2 / 3, 2 / 3, 2 / 3]),
        ("'x'", ["x", "x", "x"]),
        ("limit * 2", [1.0, 1.0, 1.0]),
    ],
)
def test_missing_values(text: str, values: list[Any]):
    assert evaluated(text, ROWS) == values


def test_a_frame_without_rows_gives_no_values_of_the_right_type():
    for text, dtype in (
        ("a + 1", pl.Float64),
        ("a > 1", pl.Boolean),
        ("coalesce(t, 'x')", pl.String),
        ("1", pl.Float64),
    ):
        series = translate(parse_expression(text), {}).on(frame_of([]))
        assert (series.len(), series.dtype) == (0, dtype)


def test_the_deepest_tree_is_computed():
    depth = 60
    assert evaluated("if_else(a > 0, " * depth + "1" + ", 2)" * depth, ROWS[:1]) == [1.0]
    assert evaluated("min(a, " * depth + "0.5" + ")" * depth, ROWS[:1]) == [0.5]
    assert evaluated("a + (" * 31 + "a" + ")" * 31, ROWS[:1]) == [32.0]


def test_a_mean_does_not_depend_on_how_a_frame_lies_in_memory():
    values = [(at * 7919 % 1009) / 1009 for at in range(3000)]
    whole = pl.DataFrame({"a": values})
    in_pieces = pl.concat([whole[at : at + 700] for at in range(0, 3000, 700)], rechunk=False)
    assert in_pieces.n_chunks() == 5
    translation = translate(parse_expression("mean_over(a) + zscore(a)"), {})
    assert translation.on(whole).to_list() == translation.on(in_pieces).to_list()

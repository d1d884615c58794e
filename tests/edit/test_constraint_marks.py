"""What constraints read of segments: a column for each part of an expression that speaks of the shot itself."""

from __future__ import annotations

import polars as pl
import pytest
from rushes.edit.constraint_marks import holds, look_mark, marked, readings
from rushes.errors import ConstraintError
from rushes.recipe.constraint_spec import ConstraintSpec
from rushes.recipe.spec import EditSpec

SEGMENTS = pl.DataFrame(
    {
        "segment": ["a#1", "a#2", "b#1"],
        "clip": ["a.mp4", "a.mp4", "b.mp4"],
        "start_s": [0.0, 4.0, 0.0],
        "end_s": [4.0, 8.0, 4.0],
        "shot_type": ["wide", "close_up", None],
        "sharpness_01": [0.2, 0.6, None],
        "face": [True, False, None],
        "sharp": [1, 2, 3],
    }
)


def edit_of(**constraints):
    return EditSpec(
        constraints=tuple(ConstraintSpec(name=name, **what) for name, what in constraints.items())
    )


def marks(thresholds=None, /, **constraints):
    """Columns that were added, by the name of the constraint and what follows it."""
    frame, types = marked(SEGMENTS, edit_of(**constraints), thresholds or {})
    added = {name: frame.get_column(name).to_list() for name in frame.columns if name not in SEGMENTS.columns}
    assert list(added) == list(types)
    assert frame.select(SEGMENTS.columns).equals(SEGMENTS)
    return {name.removeprefix("mark "): values for name, values in added.items()}


def test_a_condition_of_the_shot_is_one_mark():
    assert marks(a={"every": "sharpness_01 > 0.5"}) == {"a every own.0": [False, True, None]}


def test_a_text_column_is_a_mark_with_its_texts():
    assert marks(a={"streak": "shot_type", "max": 1}) == {"a streak own.0": ["wide", "close_up", None]}


def test_numbers_and_what_nobody_knows_are_marks_of_numbers():
    found, types = marked(SEGMENTS, edit_of(a={"neighbours": "sharp > before_sharp"}), {})
    assert [types[name] for name in types] == [pl.Float64, pl.Float64]
    assert found.get_column("mark a neighbours own.0").to_list() == [1.0, 2.0, 3.0]
    empty = SEGMENTS.with_columns(pl.lit(None).alias("empty"))
    _, types = marked(empty, edit_of(a={"neighbours": "empty > before_sharp"}), {})
    assert types["mark a neighbours own.0"] == pl.Float64


def test_each_key_of_a_constraint_has_marks_of_its_own():
    found = marks(
        a={"after": "face", "never": "shot_type == 'wide'"},
        b={"order": ("face", "sharp > 1")},
    )
    assert found == {
        "a after own.0": [True, False, None],
        "a never own.0": [True, False, None],
        "b order.0 own.0": [True, False, None],
        "b order.1 own.0": [False, True, True],
    }


def test_what_is_said_of_the_place_is_no_mark_of_the_shot():
    found = marks(a={"every": "face or position_01 < 0.5"})
    assert found == {"a every own.0": [True, False, None]}
    assert marks(a={"count": "face", "where": "record_s < 2", "max": 1}) == {
        "a count own.0": [True, False, None]
    }


def test_of_neighbours_the_shot_before_is_read_as_any_other_shot():
    found = marks(a={"neighbours": "sharp > before_sharp + 1"})
    assert found == {"a neighbours own.0": [1.0, 2.0, 3.0], "a neighbours other.0": [2.0, 3.0, 4.0]}


@pytest.mark.parametrize(
    ("before", "values"),
    [
        ("-before_sharp", [-1.0, -2.0, -3.0]),
        ("abs(1 - before_sharp)", [0.0, 1.0, 2.0]),
        ("2 * before_sharp", [2.0, 4.0, 6.0]),
    ],
)
def test_whatever_is_said_of_the_shot_before_is_computed_of_each(before, values):
    assert marks(a={"neighbours": f"sharp > {before}"})["a neighbours other.0"] == values


def test_only_neighbours_have_a_shot_before():
    found = readings(edit_of(a={"every": "face"}, b={"neighbours": "shot_type != before_shot_type"}))
    assert list(found) == [("a", "every"), ("b", "neighbours")]
    assert found["a", "every"].before() == []
    assert found["b", "neighbours"].before() == ["mark b neighbours other.0"]


def test_thresholds_may_be_named():
    assert marks({"much_01": 0.5}, a={"every": "sharpness_01 > much_01"}) == {
        "a every own.0": [False, True, None]
    }


def test_look_alikes_have_a_number_for_each_constraint_that_asks_for_them():
    found = marks(a={"distinct": "look"}, b={"every": "face"})
    assert set(found) == {"a look", "b every own.0"}
    assert look_mark(ConstraintSpec(name="a", distinct="look")) == "mark a look"


def test_without_constraints_nothing_is_marked():
    assert marks() == {}


def test_a_column_that_the_footage_has_not_is_told():
    with pytest.raises(ConstraintError) as caught:
        marks(a={"every": "dull_01 > 0.5"})
    assert str(caught.value) == (
        "edit.constraints.a: nothing is known as dull_01\n"
        "    fix: name a column of the footage, or switch on the analyzer that writes it"
    )
    with pytest.raises(ConstraintError, match="nothing is known as dull_01"):
        marks({"much_01": 0.5}, a={"neighbours": "face and before_dull_01 > much_01"})


def test_an_expression_that_cannot_be_read_is_told():
    with pytest.raises(ConstraintError) as caught:
        marks(a={"every": "face and"})
    assert str(caught.value).startswith("edit.constraints.a: a value is missing at the end\n    fix: ")


def test_what_is_not_known_does_not_hold():
    reading = readings(edit_of(a={"every": "face"}))["a", "every"]
    parts = pl.DataFrame({"own.0": [True, False, None]})
    assert holds(reading.split.whole, parts, {}).to_list() == [True, False, False]

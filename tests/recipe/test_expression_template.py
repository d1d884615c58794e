from __future__ import annotations

import pytest
from rushes.recipe.expression import (
    ColumnFacts,
    ExpressionFault,
    Slot,
    Template,
    Value,
    format_value,
    parse_template,
    template_faults,
)

COLUMNS = {
    "sharpness_01": ColumnFacts("number", "01"),
    "duplicate_frame_percent": ColumnFacts("number", "percent"),
    "angle": ColumnFacts("text"),
}


def test_a_text_is_divided_into_words_and_values():
    assert parse_template("too dark ({exposure_01:percent} of {{all}}, {x:.3f}{y})") == Template(
        (
            "too dark (",
            Slot("exposure_01", 11, percent=True),
            " of ",
            "{",
            "all",
            "}",
            ", ",
            Slot("x", 45, decimals=3),
            Slot("y", 52),
            ")",
        )
    )


@pytest.mark.parametrize(
    ("text", "offset", "words"),
    [
        ("a { b", 2, "this { has no partner (fix: write {{ for the character itself)"),
        ("a } b", 2, "this } has no partner (fix: write }} for the character itself)"),
        ("{}", 1, "{} names no column (fix: write {column}; to compute a value, make it a feature first)"),
        (
            "{a + 1}",
            1,
            "{a + 1} does not name a column (fix: write {column}; to compute a value, make it a feature first)",
        ),
        ("{a:.9f}", 3, ".9f is not a format (fix: formats are .0f to .6f, percent, or nothing)"),
    ],
)
def test_what_cannot_be_read_is_named_with_its_place_and_a_fix(text: str, offset: int, words: str):
    with pytest.raises(ExpressionFault) as caught:
        parse_template(text)
    assert (caught.value.offset, str(caught.value)) == (offset, words)


def test_every_unknown_name_and_unfit_format_is_reported():
    template = parse_template(
        "{sharp_01} {angle:.2f} {duplicate_frame_percent:percent} {sharpness_01:percent}"
    )
    found = [(fault.offset, str(fault), fault.severity) for fault in template_faults(template, COLUMNS)]
    assert found == [
        (
            1,
            (
                "sharp_01 is neither a column nor a threshold (fix: did you mean sharpness_01? "
                "known here: sharpness_01, duplicate_frame_percent, angle)"
            ),
            "error",
        ),
        (12, "angle is no number and takes no format (fix: write {angle})", "error"),
        (
            24,
            (
                "percent is for shares from 0 to 1, but duplicate_frame_percent is in percent "
                "(fix: write {duplicate_frame_percent:.0f})"
            ),
            "warning",
        ),
    ]


@pytest.mark.parametrize(
    ("slot", "value", "words"),
    [
        (Slot("x", 0), 3.0, "3"),
        (Slot("x", 0), 0.126, "0.13"),
        (Slot("x", 0), 0.5, "0.5"),
        (Slot("x", 0), 100.0, "100"),
        (Slot("x", 0), -0.001, "0"),
        (Slot("x", 0, decimals=2), 3.0, "3.00"),
        (Slot("x", 0, percent=True), 0.256, "26 %"),
        (Slot("x", 0), True, "yes"),
        (Slot("x", 0), "front", "front"),
        (Slot("x", 0, decimals=2), None, "unknown"),
    ],
)
def test_values_are_put_into_words(slot: Slot, value: Value | None, words: str):
    assert format_value(slot, value) == words

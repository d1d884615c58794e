from __future__ import annotations

import pickle
import subprocess
import sys

import pytest
from rushes.recipe.expression import (
    ColumnFacts,
    ExpressionFault,
    faults_of,
    outcome_of,
    parse_expression,
    type_of,
    unit_of,
    unit_of_name,
)

COLUMNS = {
    "sharpness_01": ColumnFacts("number", "01"),
    "exposure_01": ColumnFacts("number", "01"),
    "duration_s": ColumnFacts("number", "s"),
    "integrated_lufs": ColumnFacts("number", "lufs"),
    "duplicate_frame_percent": ColumnFacts("number", "percent"),
    "cut_count": ColumnFacts("number"),
    "has_audio": ColumnFacts("bool"),
    "angle": ColumnFacts("text", "", ("front", "side")),
    "clip": ColumnFacts("text"),
    "min_sharpness_01": ColumnFacts("number", "01", (), 0.3),
}


def faults(text: str) -> list[tuple[int, str, str, str]]:
    found = faults_of(parse_expression(text), COLUMNS)
    return [(fault.offset, fault.what, fault.fix, fault.severity) for fault in found]


@pytest.mark.parametrize(
    "text",
    [
        "1 - clip(abs(exposure_01 - 0.5) / 0.5, 0, 1)",
        "0.4 * sharpness_01 + 0.6 * (1 - exposure_01) - 0.5 * exposure_01",
        "1 - duplicate_frame_percent / 100",
        "clip(duration_s / 2, 0, 1)",
        "clip(duration_s, 0, 4)",
        "sharpness_01 < min_sharpness_01 and not has_audio",
        'angle == "front" or one_of(angle, "side", "front")',
        "duration_s >= 500ms",
        "mean_over(sharpness_01, angle) - mean_over(sharpness_01)",
        "share_of(sharpness_01 > 0.5, clip) > 0.2",
        "if_else(is_missing(angle), 0, 1)",
        'coalesce(angle, "other") == "other"',
        "sharpness_01 + exposure_01 > 1.2",
        "integrated_lufs > -40",
        "round(duration_s, 2) == 1.25",
        "cut_count + sharpness_01",
    ],
)
def test_what_is_sound_has_no_fault(text: str):
    assert faults(text) == []


def test_every_fault_is_reported_in_the_order_of_the_text():
    assert faults('sharpnes_01 > 70 and foo(angle + 1) and one_of(angle, "top") and min(1)') == [
        (
            0,
            "sharpnes_01 is neither a column nor a threshold",
            (
                "did you mean sharpness_01? known here: sharpness_01, min_sharpness_01, exposure_01, has_audio, "
                "angle, duplicate_frame_percent, clip, cut_count, duration_s, integrated_lufs"
            ),
            "error",
        ),
        (
            21,
            "there is no function foo",
            (
                "did you mean floor? the functions: floor, log, round, one_of, zscore, if_else, coalesce, "
                "max_over, min_over, share_of, mean_over, abs and 9 more"
            ),
            "error",
        ),
        (25, "+ needs a number, but angle is text", "give a number", "error"),
        (54, 'angle is never "top"', "its values: front, side", "error"),
        (
            65,
            "and needs true or false, but min(...) is a number",
            "compare it, such as min(...) > 0.5",
            "error",
        ),
        (65, "min does not take 1 value", "write min(a, b, ...)", "error"),
    ]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (
            "angle == front",
            (9, "front is neither a column nor a threshold", 'write "front" for the value of angle', "error"),
        ),
        (
            'angle != "frnt"',
            (9, 'angle is never "frnt"', "did you mean front? its values: front, side", "error"),
        ),
        ("zscore + 1", (0, "zscore is neither a column nor a threshold", "write zscore(x, group)", "error")),
        (
            "angle < 'b'",
            (6, "< puts numbers in order, but angle is text", "use == or !=", "error"),
        ),
        (
            "angle == 1",
            (
                6,
                "angle is text and 1 is a number: they cannot be compared",
                "compare values of one type",
                "error",
            ),
        ),
        (
            "has_audio * 2",
            (
                0,
                "* needs a number, but has_audio is true or false",
                "write if_else(has_audio, 1, 0)",
                "error",
            ),
        ),
        (
            "not duration_s",
            (
                4,
                "not needs true or false, but duration_s is a number",
                "compare it, such as duration_s > 0.5",
                "error",
            ),
        ),
        (
            "if_else(has_audio, 1, 'x')",
            (
                22,
                'if_else needs values of one type, but "x" is text and the first is a number',
                "give a number",
                "error",
            ),
        ),
        (
            "round(duration_s, cut_count)",
            (
                18,
                "the digits of round must be written as a whole number",
                "write a number from 0 to 12",
                "error",
            ),
        ),
        ("clip(duration_s, 3, 1)", (0, "clip has its bounds 3 and 1 swapped", "swap them", "error")),
        (
            "zscore(duration_s, cut_count)",
            (19, "the group of zscore needs text, but cut_count is a number", "give text", "error"),
        ),
        (
            "abs(1, 2)",
            (0, "abs does not take 2 values", "write abs(x)", "error"),
        ),
    ],
)
def test_an_error_says_what_is_wrong_and_how_to_mend_it(text: str, fault: tuple[int, str, str, str]):
    assert faults(text) == [fault]


@pytest.mark.parametrize("text", ["duration_s + integrated_lufs", "max(duration_s, integrated_lufs)"])
def test_mixed_units_are_a_warning(text: str):
    offset = text.index("+") if "+" in text else 0
    assert faults(text) == [
        (
            offset,
            "this mixes units: lufs and s",
            "bring both sides to one unit, or use rank_01 of each",
            "warning",
        )
    ]


def test_comparing_a_01_column_with_a_number_outside_its_bounds_is_a_warning():
    assert faults("sharpness_01 > 70") == [
        (
            13,
            "this never holds: sharpness_01 lies in 0..1",
            "compare with a number between 0 and 1",
            "warning",
        )
    ]
    assert faults("-1 <= duplicate_frame_percent") == [
        (
            3,
            "this always holds: duplicate_frame_percent lies in 0..100",
            "compare with a number between 0 and 100",
            "warning",
        )
    ]


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("sharpness_01 > 1", False),
        ("sharpness_01 >= 0", True),
        ("sharpness_01 > 0.5", None),
        ("min_sharpness_01 > 0.5", False),
        ("min_sharpness_01 < 0.5 or has_audio", True),
        ("has_audio and false", False),
        ("not (has_audio and false)", True),
        ("0.5 * sharpness_01 + 0.4 * exposure_01 > 0.95", False),
        ("clip(duration_s, 0, 4) > 4", False),
        ("between(sharpness_01, 2, 3)", False),
        ("if_else(has_audio, sharpness_01, 0.5) > 1", False),
        ("zscore(sharpness_01) > 5", None),
        ('angle == "top"', False),
        ("-sharpness_01 > 0", False),
    ],
)
def test_conditions_that_can_only_come_out_one_way_are_known(text: str, outcome: bool | None):
    assert outcome_of(parse_expression(text), COLUMNS) is outcome


@pytest.mark.parametrize(
    ("text", "type_", "unit"),
    [
        ("1 - sharpness_01", "number", "01"),
        ("sharpness_01 + exposure_01", "number", ""),
        ("duration_s * 2", "number", "s"),
        ("duration_s / duration_s", "number", ""),
        ("mean_over(duration_s)", "number", "s"),
        ("rank_01(duration_s)", "number", "01"),
        ("duration_s > 2", "bool", ""),
        ("if_else(has_audio, angle, 'none')", "text", ""),
        ("unknown", None, ""),
        ("unknown + 1", "number", ""),
    ],
)
def test_type_and_unit_follow_from_the_columns(text: str, type_: str | None, unit: str):
    tree = parse_expression(text)
    assert (type_of(tree, COLUMNS), unit_of(tree, COLUMNS)) == (type_, unit)


def test_faults_cross_process_borders_whole():
    fault = ExpressionFault(3, "what", "fix", "warning")
    assert pickle.loads(pickle.dumps(fault)) == fault


@pytest.mark.parametrize(
    ("name", "unit"),
    [("min_shot_s", "s"), ("flow_px_per_s", "px_per_s"), ("sharpness_01", "01"), ("count", ""), ("s", "")],
)
def test_a_name_tells_its_unit(name: str, unit: str):
    assert unit_of_name(name) == unit


def test_reading_expressions_loads_no_number_library():
    script = "import sys, rushes.recipe.expression, rushes.score.columns; print({'polars', 'numpy'} & set(sys.modules))"
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert told.stdout == "set()\n"

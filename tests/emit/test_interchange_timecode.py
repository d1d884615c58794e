"""Timecode and rates, against values that tables of drop-frame timecode give."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rushes.emit.interchange_timecode import (
    frames_to_timecode,
    may_drop,
    nominal_rate,
    timebase,
    timecode_to_frames,
)

NTSC_24, NTSC_30, NTSC_60 = (Fraction(base * 1000, 1001) for base in (24, 30, 60))
RATES = (
    NTSC_24,
    Fraction(24),
    Fraction(25),
    NTSC_30,
    Fraction(30),
    Fraction(50),
    NTSC_60,
    Fraction(60),
)


@pytest.mark.parametrize(
    ("frames", "rate", "text"),
    [
        (0, NTSC_30, "00:00:00;00"),
        (1799, NTSC_30, "00:00:59;29"),
        (1800, NTSC_30, "00:01:00;02"),
        (3597, NTSC_30, "00:01:59;29"),
        (3598, NTSC_30, "00:02:00;02"),
        (17981, NTSC_30, "00:09:59;29"),
        (17982, NTSC_30, "00:10:00;00"),
        (107892, NTSC_30, "01:00:00;00"),
        (3599, NTSC_60, "00:00:59;59"),
        (3600, NTSC_60, "00:01:00;04"),
        (215784, NTSC_60, "01:00:00;00"),
    ],
)
def test_drop_frame_timecode_skips_numbers_where_the_tables_do(frames, rate, text):
    assert frames_to_timecode(frames, rate, drop=True) == text
    assert timecode_to_frames(text, rate) == (frames, True)


@pytest.mark.parametrize(
    ("frames", "rate", "text"),
    [
        (86400, NTSC_24, "01:00:00:00"),
        (1800, NTSC_30, "00:01:00:00"),
        (108000, NTSC_30, "01:00:00:00"),
        (90000 + 24, Fraction(25), "01:00:00:24"),
        (3000 * 60 + 49, Fraction(50), "01:00:00:49"),
        (119, Fraction(120), "00:00:00:119"),
    ],
)
def test_non_drop_timecode_counts_every_number(frames, rate, text):
    assert frames_to_timecode(frames, rate) == text
    assert timecode_to_frames(text, rate) == (frames, False)


@settings(derandomize=True, max_examples=300)
@given(st.sampled_from(RATES), st.booleans(), st.integers(0, 2_000_000))
def test_timecode_comes_back_as_the_frames_it_was_made_of(rate, drop, frames):
    drop = drop and may_drop(rate)
    assert timecode_to_frames(frames_to_timecode(frames, rate, drop), rate) == (frames, drop)


def test_a_day_ends_at_24_hours():
    assert frames_to_timecode(24 * 3600 * 25, Fraction(25)) == "00:00:00:00"
    assert frames_to_timecode(24 * 107892, NTSC_30, drop=True) == "00:00:00;00"


@pytest.mark.parametrize("text", ["1:2:3:4", "", "00:00:00", "00:61:00:00", "aa:00:00:00", "00:00:00:25"])
def test_what_is_no_timecode_is_refused(text):
    with pytest.raises(ValueError, match="timecode|frame 25"):
        timecode_to_frames(text, Fraction(25))


def test_numbers_that_drop_frame_timecode_leaves_out_are_refused():
    with pytest.raises(ValueError, match="leaves it out"):
        timecode_to_frames("00:01:00;01", NTSC_30)


def test_a_semicolon_means_nothing_where_there_is_no_drop_frame_timecode():
    assert timecode_to_frames("00:01:00;00", Fraction(25)) == (1500, False)
    with pytest.raises(ValueError, match="no drop-frame timecode at 25"):
        frames_to_timecode(1, Fraction(25), drop=True)


@pytest.mark.parametrize("rate", RATES)
def test_the_usual_rates_are_their_own_nominal_rate(rate):
    assert nominal_rate(rate) == rate


@pytest.mark.parametrize(
    ("average", "nominal"),
    [
        (Fraction(2997, 100), NTSC_30),
        (Fraction(2987, 100), NTSC_30),
        (Fraction(30012, 1000), Fraction(30)),
        (Fraction(23976, 1000), NTSC_24),
        (Fraction(1, 3), Fraction(1)),
        (Fraction(1496, 100), Fraction(15)),
    ],
)
def test_an_average_of_variable_rates_becomes_the_nearest_rate_that_programs_know(average, nominal):
    assert nominal_rate(average) == nominal


def test_a_timebase_is_the_count_of_a_second_of_timecode():
    assert [timebase(rate) for rate in RATES] == [
        (24, True),
        (24, False),
        (25, False),
        (30, True),
        (30, False),
        (50, False),
        (60, True),
        (60, False),
    ]

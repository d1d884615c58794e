"""How well pieces fit a style, by arithmetic: rows are spans, columns are pieces."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from rushes.edit.footage import Piece
from rushes.edit.style_terms import length_worth, motion_worth, shot_type_worth
from rushes.style.profile import read_style

STYLE = read_style({})
QUIET, HALF, LOUD = 0.0, 0.5, 1.0


def style(low=None, high=None, **changes):
    """A style with other wishes where the song is quiet and where it is loud."""
    return replace(
        STYLE,
        low_energy=replace(STYLE.low_energy, **(low or {})),
        high_energy=replace(STYLE.high_energy, **(high or {})),
        **changes,
    )


def piece(shot_type=None, motion_kind=None):
    return Piece(
        clip="a.mp4",
        digest="a" * 64,
        rate_fps=Fraction(30),
        start_s=0.0,
        end_s=4.0,
        angle="",
        shot_type=shot_type,
        motion_kind=motion_kind,
        first_bin=0,
        facts={},
        reasons=(),
    )


def rows(worth):
    return [[round(float(value), 6) for value in row] for row in worth]


def test_the_first_shot_type_of_a_list_is_worth_most_the_last_0_6_and_others_nothing():
    liked = style(
        low={"preferred_shot_type": ("wide", "medium", "detail")},
        high={"preferred_shot_type": ("wide", "medium", "detail")},
        shot_types={},
    )
    pieces = [piece("wide"), piece("medium"), piece("detail"), piece("close_up")]
    # 0.7 of 1, 0.8, 0.6 and 0; nothing is known of its types in general: 0.3 of one half.
    got = shot_type_worth(liked, np.array([HALF]), pieces)
    assert rows(got) == [[0.85, 0.71, 0.57, 0.15]]


def test_what_is_liked_where_it_is_quiet_gives_way_to_what_is_liked_where_it_is_loud():
    liked = style(
        low={"preferred_shot_type": ("wide",)}, high={"preferred_shot_type": ("close_up",)}, shot_types={}
    )
    pieces = [piece("wide"), piece("close_up")]
    got = shot_type_worth(liked, np.array([QUIET, HALF, LOUD, 0.25]), pieces)
    assert rows(got) == [[0.85, 0.15], [0.5, 0.5], [0.15, 0.85], [0.675, 0.325]]


def test_shot_types_in_general_count_against_the_commonest_one():
    liked = style(
        low={"preferred_shot_type": ()},
        high={"preferred_shot_type": ()},
        shot_types={"wide": 0.5, "medium": 0.25},
    )
    got = shot_type_worth(liked, np.array([LOUD]), [piece("wide"), piece("medium"), piece("detail")])
    assert rows(got) == [[0.3, 0.15, 0.0]]


def test_a_piece_whose_shot_type_nobody_knows_is_worth_one_half():
    got = shot_type_worth(STYLE, np.array([QUIET, LOUD]), [piece(), piece()])
    assert rows(got) == [[0.5, 0.5], [0.5, 0.5]]


def test_kinds_of_motion_are_liked_by_their_place_in_the_list_of_the_energy():
    liked = style(low={"motion_preference": ("static", "pan")}, high={"motion_preference": ("handheld",)})
    pieces = [piece(motion_kind=kind) for kind in ("static", "pan", "handheld", None)]
    got = motion_worth(liked, np.array([QUIET, HALF, LOUD]), pieces)
    assert rows(got) == [[1, 0.6, 0, 0.5], [0.5, 0.3, 0.5, 0.5], [0, 0, 1, 0.5]]


PACED = style(
    low={"cut_frequency": 0.5},
    high={"cut_frequency": 2.0},
    cuts_per_beat=0.25,
    avg_shot_length_s=3.0,
    shot_length_std_s=3.0,
    hold_s={},
)
"""Cuts four times as often where it is loud. Half way a shot lasts four beats, or 3 s without any. The bell is as wide as a
factor of 2."""


def worth(loud_01, length_s, beat_s=0.5, kind=None, **changes):
    paced = replace(PACED, **changes)
    return float(length_worth(paced, np.array([loud_01]), np.array([length_s]), beat_s, [piece(kind)])[0, 0])


@pytest.mark.parametrize(("loud_01", "wanted_s"), [(HALF, 2.0), (QUIET, 4.0), (LOUD, 1.0), (0.75, 2**0.5)])
def test_a_shot_is_worth_most_at_the_length_of_its_energy(loud_01, wanted_s):
    assert worth(loud_01, wanted_s) == pytest.approx(1)
    assert worth(loud_01, wanted_s * 1.1) < 1
    assert worth(loud_01, wanted_s / 1.1) < 1


def test_a_length_that_is_off_by_a_factor_of_two_is_worth_e_to_the_minus_one_half_either_way():
    for length_s in (4.0, 1.0):
        assert worth(HALF, length_s) == pytest.approx(np.exp(-0.5))
    assert worth(HALF, 8.0) == pytest.approx(np.exp(-2))


def test_a_style_whose_shots_are_all_as_long_still_lets_them_differ_by_a_fifth():
    assert worth(HALF, 2.0 * np.exp(0.2), shot_length_std_s=0.0) == pytest.approx(np.exp(-0.5))


def test_without_a_beat_a_shot_is_to_last_as_long_as_in_the_style():
    assert worth(HALF, 3.0, beat_s=None) == pytest.approx(1)
    assert worth(LOUD, 1.5, beat_s=None) == pytest.approx(1)


def test_a_shot_type_that_is_held_long_leans_to_it_by_three_tenths():
    held = {"wide": 20.0}
    assert worth(HALF, 2.0 * 10**0.3, kind="wide", hold_s=held) == pytest.approx(1)
    assert worth(HALF, 2.0, kind="medium", hold_s=held) == pytest.approx(1)
    assert worth(HALF, 2.0, kind=None, hold_s=held) == pytest.approx(1)


def test_each_piece_has_its_column_and_each_span_its_row():
    got = length_worth(
        replace(PACED, hold_s={"wide": 20.0}),
        np.array([HALF, LOUD]),
        np.array([2.0, 1.0]),
        0.5,
        [piece("wide"), piece("medium"), piece("wide")],
    )
    assert got.shape == (2, 3)
    assert got[:, 1] == pytest.approx(1)
    assert (got[:, 0] == got[:, 2]).all() and (got[:, 0] < 1).all()

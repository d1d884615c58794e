"""Signed terms add to a score or take from it, and too small a share of the weight is no score."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from score.scored_samples import library, score, scored
from scored_samples import values

COMBINED = score(
    "combined_score",
    ("heuristic", "a_01", 0.40),
    ("ml", "b_01", 0.40),
    ("personal", "taste", 0.20),
    signed=["personal"],
)
"""The weights that everybody in this field knows."""


def combined(heuristic: float | None, ml: float | None, taste: str) -> dict[str, Any]:
    clips = library({"x": ([heuristic], ml)})
    return scored(clips, features={"taste": taste}, scores=[COMBINED]).clips.row(0, named=True)


NOTHING = "log(0)"
"""An expression that is missing."""


@pytest.mark.parametrize(
    ("heuristic", "ml", "taste", "expected"),
    [
        (1.0, 1.0, "1", 1.0),
        (0.0, 0.0, "0 - 1", 0.0),
        (0.5, 0.7, "0.5", 0.4 * 0.5 + 0.4 * 0.7 + 0.2 * 0.5),
        (0.5, 0.7, "0 - 0.5", 0.4 * 0.5 + 0.4 * 0.7 - 0.2 * 0.5),
        (None, 0.7, "0.5", 0.8 * 0.7 + 0.2 * 0.5),
        (0.5, None, "0.5", 0.8 * 0.5 + 0.2 * 0.5),
        (0.5, 0.7, NOTHING, 0.4 * 0.5 + 0.4 * 0.7),
        (0.05, 0.05, "0 - 7", 0.0),
        (0.5, 0.7, "7", 0.4 * 0.5 + 0.4 * 0.7 + 0.2),
        (None, None, "1", None),
    ],
)
def test_a_signed_term_adds_its_weight_times_its_value_and_nothing_scores_alone(
    heuristic: float | None, ml: float | None, taste: str, expected: float | None
):
    assert combined(heuristic, ml, taste)["combined_score"] == (
        None if expected is None else pytest.approx(expected, abs=1e-12)
    )


def test_all_ones_give_exactly_one_with_a_signed_term_too():
    assert combined(1.0, 1.0, "1")["combined_score"] == 1.0


@settings(derandomize=True, deadline=None, max_examples=40)
@given(st.lists(st.tuples(st.floats(0.01, 10.0), st.booleans()), min_size=1, max_size=6))
def test_ones_give_exactly_one_whatever_the_weights_and_signs(terms: list[tuple[float, bool]]):
    named = {f"t{at}": (weight, is_signed and at > 0) for at, (weight, is_signed) in enumerate(terms)}
    ones = score(
        "s",
        *[(name, "1", weight) for name, (weight, _) in named.items()],
        signed=[name for name, (_, is_signed) in named.items() if is_signed],
    )
    clips = library({"x": ([0.5], None), "y": ([0.5], None)})
    assert values(scored(clips, scores=[ones]).clips, "s") == [(1.0,), (1.0,)]


UNIT = st.one_of(st.none(), st.floats(0, 1))


@settings(derandomize=True, deadline=None, max_examples=40)
@given(UNIT, UNIT, st.one_of(st.none(), st.floats(-1, 1)))
def test_what_the_terms_add_is_the_score_before_it_is_clamped(
    heuristic: float | None, ml: float | None, taste: float | None
):
    row = combined(heuristic, ml, NOTHING if taste is None else f"{taste:.12f}".replace("-", "0 - "))
    if heuristic is None and ml is None:
        assert row["combined_score"] is None
        assert all(row[f"combined_score.{term.name}.share"] is None for term in COMBINED.terms)
        return
    pairs = [(row[f"combined_score.{t.name}"], row[f"combined_score.{t.name}.share"]) for t in COMBINED.terms]
    assert [share is None for _, share in pairs] == [value is None for value, _ in pairs]
    added = sum(value * share for value, share in pairs if value is not None)
    assert row["combined_score"] == pytest.approx(min(1.0, max(0.0, added)), abs=1e-12)
    assert 0 <= row["combined_score"] <= 1


def test_a_score_that_needs_all_terms_does_not_need_the_signed_one():
    terms = (("a", "a_01", 1.0), ("p", NOTHING, 1.0))
    strict = score("s", *terms, signed=["p"], missing="null")
    assert values(scored(library({"x": ([0.6], None)}), scores=[strict]).clips, "s") == [(0.3,)]


@pytest.mark.parametrize(
    ("least", "a", "b", "expected"),
    [
        (0.25, 0.8, None, 0.8),
        (0.26, 0.8, None, None),
        (0.75, None, 0.6, 0.6),
        (1.0, 0.8, None, None),
        (1.0, 0.8, 0.6, 0.65),
    ],
)
def test_too_small_a_share_of_the_weight_is_no_score(
    least: float, a: float | None, b: float | None, expected: float | None
):
    made = score("s", ("first", "a_01", 1.0), ("second", "b_01", 3.0), least_share_01=least)
    row = scored(library({"x": ([a], b)}), scores=[made]).clips.row(0, named=True)
    assert row["s"] == (None if expected is None else pytest.approx(expected))
    assert row["s.first"] == a
    assert (row["s.first.share"] is None) == (a is None or expected is None)


def test_a_share_is_reached_though_its_weights_do_not_add_up_exactly():
    terms = (("a", "a_01", 0.1), ("b", "a_01", 0.2), ("c", "b_01", 0.7))
    made = score("s", *terms, least_share_01=0.3)
    assert values(scored(library({"x": ([0.5], None)}), scores=[made]).clips, "s") == [(pytest.approx(0.5),)]


def test_signed_terms_do_not_count_towards_the_share_at_hand():
    terms = (("a", "a_01", 1.0), ("b", "b_01", 3.0), ("p", "1", 100.0))
    made = score("s", *terms, signed=["p"], least_share_01=0.5)
    assert values(scored(library({"x": ([0.5], None)}), scores=[made]).clips, "s") == [(None,)]

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal
from rushes.errors import RecipeError
from rushes.recipe.spec import RuleSpec
from score.scored_samples import library, score, scored

HALF = score("s", ("first", "a_01", 1.0), ("second", "b_01", 3.0))


def values(frame: pl.DataFrame, *names: str) -> list[tuple[Any, ...]]:
    return frame.select(names).rows()


def test_a_score_is_the_weighted_mean_of_its_terms_on_clips_and_on_segments():
    result = scored(library({"x": ([0.2, 0.6], 0.8)}), scores=[HALF])
    assert values(result.clips, "s") == [(pytest.approx((0.4 + 3 * 0.8) / 4),)]
    assert values(result.segments, "s") == [
        (pytest.approx((0.2 + 3 * 0.8) / 4),),
        (pytest.approx((0.6 + 3 * 0.8) / 4),),
    ]


def test_a_missing_term_leaves_the_mean_and_the_breakdown_says_so():
    result = scored(library({"x": ([0.2], None), "y": ([0.2], 0.6)}), scores=[HALF])
    names = ("s", "s.first", "s.first.share", "s.second", "s.second.share")
    assert values(result.clips, *names) == [
        (0.2, 0.2, 1.0, None, None),
        (pytest.approx(0.5), 0.2, 0.25, 0.6, 0.75),
    ]


def test_a_score_that_needs_all_terms_is_missing_when_one_is():
    strict = score("s", ("first", "a_01", 1.0), ("second", "b_01", 3.0), missing="null")
    result = scored(library({"x": ([0.2], None)}), scores=[strict])
    assert values(result.clips, "s", "s.first", "s.first.share") == [(None, 0.2, None)]


def test_where_no_term_is_at_hand_the_score_is_missing_and_never_invented():
    result = scored(library({"x": ([None], None)}), scores=[HALF])
    assert values(result.clips, "s", "s.rank", "s.best_segment") == [(None, 1, None)]
    assert values(result.segments, "s") == [(None,)]


def test_a_term_is_clamped_before_it_is_weighted():
    high_low = score("s", ("high", "a_01 + 5", 1.0), ("low", "b_01 - 5", 1.0))
    result = scored(library({"x": ([0.5], 0.5)}), scores=[high_low])
    assert values(result.clips, "s", "s.high", "s.low") == [(0.5, 1.0, 0.0)]


def test_a_term_without_weight_counts_for_nothing_even_alone():
    result = scored(
        library({"x": ([0.5], None)}), scores=[score("s", ("a", "a_01", 0.0), ("b", "b_01", 1.0))]
    )
    assert values(result.clips, "s") == [(None,)]


@settings(derandomize=True, deadline=None, max_examples=60)
@given(st.lists(st.floats(0.01, 10.0), min_size=1, max_size=6))
def test_terms_that_are_all_one_give_exactly_one(weights: list[float]):
    ones = score("s", *[(f"t{at}", "1", weight) for at, weight in enumerate(weights)])
    assert values(scored(library({"x": ([0.5], None)}), scores=[ones]).clips, "s") == [(1.0,)]


@settings(derandomize=True, deadline=None, max_examples=60)
@given(
    st.lists(st.one_of(st.none(), st.floats(-2, 3)), min_size=2, max_size=2),
    st.tuples(st.floats(0.01, 5), st.floats(0.01, 5)),
)
def test_a_score_lies_between_its_terms_and_its_shares_add_up_to_one(
    terms: list[float | None], weights: tuple[float, float]
):
    made = score("s", ("first", "a_01", weights[0]), ("second", "b_01", weights[1]))
    (row,) = scored(library({"x": ([terms[0]], terms[1])}), scores=[made]).clips.rows(named=True)
    clamped = [min(1.0, max(0.0, term)) for term in terms if term is not None]
    if not clamped:
        assert row["s"] is None
        return
    assert min(clamped) - 1e-12 <= row["s"] <= max(clamped) + 1e-12
    shares = [row["s.first.share"], row["s.second.share"]]
    assert sum(share for share in shares if share is not None) == pytest.approx(1.0)


def test_features_build_on_features_and_scores_on_scores():
    result = scored(
        library({"x": ([0.2], 0.4)}),
        features={"double": "a_01 * 2", "more": "double + limit"},
        scores=[
            score("base", ("t", "more", 1.0)),
            score("combined", ("base", "base", 1.0), ("b", "b_01", 1.0)),
        ],
        thresholds={"limit": 0.1},
    )
    assert values(result.clips, "double", "more", "base", "combined") == [
        (0.4, 0.5, 0.5, pytest.approx(0.45))
    ]


def test_ranks_go_from_best_to_worst_equals_by_name_and_unscored_last():
    clips = {"c": ([0.5], None), "a": ([None], None), "b": ([0.5], None), "d": ([0.9], None)}
    result = scored(library(clips), scores=[score("s", ("t", "a_01", 1.0))])
    assert values(result.clips, "clip", "s.rank") == [("a", 4), ("b", 2), ("c", 3), ("d", 1)]


def test_the_best_segment_of_a_clip_is_one_that_is_not_rejected():
    low = RuleSpec(name="r", when="a_01 > 0.8", reject="too much", level="segment")
    clips = {"x": ([0.3, 0.9, 0.7, 0.7], None), "y": ([0.95], None)}
    result = scored(library(clips), scores=[score("s", ("t", "a_01", 1.0))], rules=[low])
    names = ("clip", "s.best_segment", "s.best_score", "segment_count", "usable_segment_count", "rejected")
    assert values(result.clips, *names) == [
        ("x", "x#003", 0.7, 4, 3, False),
        ("y", None, None, 1, 0, False),
    ]


def test_metadata_can_be_named_by_expressions():
    result = scored(
        library({"front_1": ([0.2], None), "side_1": ([0.6], None)}),
        features={"is_front": 'angle == "front"', "others": "mean_over(a_01, angle)"},
    )
    assert values(result.clips, "is_front", "others") == [(True, 0.2), (False, 0.6)]


def test_rows_and_columns_of_the_library_stay_as_they_were():
    given_ = library({"b": ([0.2, 0.4], 0.5), "a": ([0.6], None)})
    result = scored(given_, features={"f": "a_01"}, scores=[HALF])
    assert_frame_equal(result.clips.select(given_.clips.columns), given_.clips, check_exact=True)
    assert_frame_equal(result.segments.select(given_.segments.columns), given_.segments, check_exact=True)


def test_a_library_without_clips_is_scored_to_nothing():
    rule = RuleSpec(name="r", when="a_01 > 0.5", say="good {a_01:.1f}")
    empty, full = (
        scored(library(clips), features={"f": "zscore(a_01)"}, scores=[HALF], rules=[rule])
        for clips in ({}, {"x": ([0.2], 0.5)})
    )
    assert empty.clips.height == 0
    assert (empty.clips.schema, empty.segments.schema) == (full.clips.schema, full.segments.schema)


def test_every_fault_is_named_before_anything_is_computed():
    with pytest.raises(RecipeError) as caught:
        scored(
            library({"x": ([0.2], 0.5)}),
            features={"f": "a_1 * 2", "b_01": "1", "g": "later", "tags": "1"},
            scores=[score("s", ("rank", "a_01 > 0.5", 1.0), ("t", "(", 1.0))],
            rules=[RuleSpec(name="r", when="a_01", say="{q}"), RuleSpec(name="q", when="s > 0.5", say="{")],
        )
    assert [problem.what for problem in caught.value.problems] == [
        "feature b_01: there is a column or threshold b_01 already",
        "feature f: a_1 is neither a column nor a threshold",
        "feature g: later is neither a column nor a threshold",
        "feature tags: there is a column or threshold tags already",
        "rule q: this { has no partner",
        "rule r: q is neither a column nor a threshold",
        "rule r: the value is a number",
        "score s, term rank: the value is true or false",
        "score s, term t: a value is missing at the end",
        "score s: a term cannot be called rank",
    ]


def test_a_feature_cannot_use_a_later_one():
    with pytest.raises(RecipeError, match="feature f: g is neither a column nor a threshold"):
        scored(library({"x": ([0.2], 0.5)}), features={"f": "g", "g": "1"})


@pytest.mark.release
def test_the_bytes_do_not_depend_on_the_number_of_threads(tmp_path: Path):
    script = """
import sys
from pathlib import Path
from rushes.recipe.spec import RuleSpec
from rushes.score.files import write_frame
from score.scored_samples import library, score, scored
clips = {f"{'ab'[n % 2]}_{n:04}": ([(n * 7 + k * 13) % 97 / 97 for k in range(8)], (n * 31) % 89 / 89) for n in range(1500)}
result = scored(
    library(clips),
    features={"f": "mean_over(a_01, angle) + zscore(b_01, clip)", "g": "mean_over(a_01)"},
    scores=[score("s", ("f", "f", 0.3), ("a", "a_01", 0.7))],
    rules=[RuleSpec(name="r", when="a_01 > 0.6", reject="{a_01:.3f}")],
)
write_frame(result.clips, Path(sys.argv[1]) / "clips.arrow")
write_frame(result.segments, Path(sys.argv[1]) / "segments.arrow")
"""
    folders = [tmp_path / threads for threads in ("1", "2", "4")]
    for folder in folders:
        folder.mkdir()
        environment = {
            **os.environ,
            "POLARS_MAX_THREADS": folder.name,
            "PYTHONPATH": str(Path(__file__).parents[1]),
        }
        subprocess.run([sys.executable, "-c", script, str(folder)], env=environment, check=True)
    for name in ("clips.arrow", "segments.arrow"):
        assert len({(folder / name).read_bytes() for folder in folders}) == 1

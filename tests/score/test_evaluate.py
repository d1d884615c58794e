from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal
from rushes.errors import RecipeError
from rushes.recipe.spec import FeatureSpec, RuleSpec
from rushes.score.evaluate import score_clips
from score.scored_samples import COLUMNS, library, personal, score, scored
from scored_samples import values

HALF = score("s", ("first", "a_01", 1.0), ("second", "b_01", 3.0))


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
    clips = library({"x": ([0.5], None), "y": ([0.5], None)})
    assert values(scored(clips, scores=[ones]).clips, "s") == [(1.0,), (1.0,)]


@pytest.mark.parametrize("signed", [(), ("second",)])
def test_what_a_clip_scores_does_not_depend_on_the_clips_beside_it(signed: tuple[str, ...]):
    made = score(
        "s", ("first", "a_01", 0.7), ("second", "b_01", 9.267), ("third", "a_01", 0.1), signed=signed
    )
    shapes = {f"c{at}": ([at / 7], at / 9) for at in range(7)}
    together = dict(values(scored(library(shapes), scores=[made]).clips, "clip", "s"))
    alone = {
        name: scored(library({name: shape}), scores=[made]).clips.item(0, "s")
        for name, shape in shapes.items()
    }
    assert together == alone


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


TASTE = {"bright": "a_01 * 2 - 1", "loud": "b_01 * 20"}


def test_the_boost_is_the_clamped_sum_of_weight_times_feature():
    clips = library({"x": ([0.25], 0.01), "y": ([0.0], 1.0), "z": ([1.0], None), "q": ([None], None)})
    result = scored(clips, personal=personal(TASTE, bright=-0.8, loud=0.5))
    names = ("clip", "personal.bright", "personal.loud", "personalized_boost")
    assert values(result.clips, *names) == [
        ("q", None, None, 0.0),
        ("x", -0.5, 0.2, pytest.approx(0.4 + 0.1)),
        ("y", -1.0, 1.0, 1.0),
        ("z", 1.0, None, -0.8),
    ]
    assert set(names) <= set(result.segments.columns)


def test_without_weights_the_boost_is_zero_and_without_features_there_is_none():
    clips = library({"x": ([0.25], 0.01)})
    assert values(scored(clips, personal=personal(TASTE)).clips, "personalized_boost") == [(0.0,)]
    assert "personalized_boost" not in scored(clips, personal=personal({})).clips.columns
    assert "personalized_boost" not in scored(clips).clips.columns


def test_personal_features_see_features_and_the_boost_counts_in_scores_and_rules():
    result = scored(
        library({"x": ([0.5], None)}),
        features={"double": "a_01 * 2"},
        personal=personal({"d": "double - 0.5"}, d=0.8),
        scores=[score("s", ("a", "a_01", 0.8), ("p", "personalized_boost", 0.2), signed=["p"])],
        rules=[RuleSpec(name="r", when="personalized_boost > 0.3", say="to your taste")],
    )
    assert values(result.clips, "s", "reasons") == [(pytest.approx(0.8 * 0.5 + 0.2 * 0.4), ["to your taste"])]


def test_faults_of_the_personal_section_are_named_too():
    with pytest.raises(RecipeError) as caught:
        scored(
            library({"x": ([0.5], None)}),
            features={"personal": "1", "early": "personalized_boost"},
            personal=personal({"t": "a_01 > 0.5"}, u=0.5),
        )
    assert [problem.what for problem in caught.value.problems] == [
        "feature early: personalized_boost is neither a column nor a threshold",
        "feature personal: there is a column or threshold personal already",
        "personal feature t: the value is true or false",
        "personal: u has a weight and is no feature",
    ]


def test_clips_alone_are_scored_as_in_their_library():
    clips = {"b_1": ([0.2, 0.4], 0.5), "a_1": ([0.6], None), "a_2": ([None], None)}
    recipe: dict[str, Any] = {
        "features": {"f": "mean_over(a_01, angle)"},
        "scores": [score("s", ("f", "f", 0.8), ("p", "personalized_boost", 0.2), signed=["p"])],
        "rules": [RuleSpec(name="r", when="f > 0.4", say="good {f:.2f}")],
        "thresholds": {"limit": 0.5},
        "personal": personal({"t": "a_01 - limit"}, t=0.8),
    }
    whole = scored(library(clips), **recipe).clips
    features = tuple(FeatureSpec(name=name, value=value) for name, value in recipe["features"].items())
    alone = score_clips(
        library(clips).clips,
        features,
        recipe["personal"],
        recipe["scores"],
        recipe["rules"],
        recipe["thresholds"],
        COLUMNS,
    )
    of_segments = {"segment_count", "usable_segment_count", "s.best_segment", "s.best_score"}
    assert set(whole.columns) - set(alone.columns) == of_segments
    assert_frame_equal(whole.select(alone.columns), alone, check_exact=True)


def test_a_column_that_the_frame_has_not_is_named_before_anything_is_computed():
    frame = library({"x": ([0.5], None)}).clips.drop("b_01")
    with pytest.raises(RecipeError, match="score s, term second: b_01 is neither a column nor a threshold"):
        score_clips(frame, (), None, [HALF], (), {}, COLUMNS)


def test_the_reasons_of_a_clip_stand_under_their_public_name_and_are_as_many_as_asked():
    rules = [RuleSpec(name=f"r{at}", when="a_01 > 0", say=f"reason {at}") for at in range(9)]
    clips = library({"x": ([0.5], None)})
    assert values(scored(clips, rules=rules).clips, "ml_score_reasons") == [
        ([f"reason {at}" for at in range(6)],)
    ]
    few = scored(clips, rules=rules, max_reasons=2)
    assert values(few.clips, "reasons", "ml_score_reasons") == [(["reason 0", "reason 1"],) * 2]
    assert values(few.segments, "reasons") == [(["reason 0", "reason 1"],)]


def test_whether_a_clip_is_partial_can_be_asked_of_it():
    rule = RuleSpec(name="r", when="partial or not complete", tag="partial")
    assert values(scored(library({"x": ([0.5], None)}), rules=[rule]).clips, "tags") == [([],)]


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

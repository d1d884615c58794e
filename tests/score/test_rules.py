from __future__ import annotations

from typing import Any

import pytest
from rushes.recipe.spec import RuleSpec
from score.scored_samples import library, scored


def rule(name: str, when: str, **action: Any) -> RuleSpec:
    return RuleSpec(name=name, when=when, **action)


def test_a_rule_rejects_with_its_words_and_the_values_in_them():
    result = scored(
        library({"x": ([0.123], 0.5), "y": ([0.9], 0.5)}),
        rules=[rule("dim", "a_01 < limit", reject="only {a_01:percent} of {limit:.1f} ({angle}, {{a}})")],
        thresholds={"limit": 0.3},
    )
    assert result.clips.select("rejected", "reject_reasons").rows() == [
        (True, ["only 12 % of 0.3 (x, {a})"]),
        (False, []),
    ]


def test_a_rule_whose_condition_is_missing_does_not_fire():
    result = scored(library({"x": ([None], None)}), rules=[rule("r", "a_01 < 0.5", reject="no")])
    assert result.clips.select("rejected", "reject_reasons").rows() == [(False, [])]


def test_a_value_that_is_missing_is_called_unknown():
    result = scored(library({"x": ([None], None)}), rules=[rule("r", "is_missing(a_01)", say="a is {a_01}")])
    assert result.clips["reasons"].to_list() == [["a is unknown"]]


def test_tags_and_reasons_come_in_the_order_of_the_recipe():
    result = scored(
        library({"x": ([0.5], 0.5)}),
        rules=[
            rule("z", "a_01 > 0.1", tag="zebra"),
            rule("s1", "a_01 > 0.1", say="second by name"),
            rule("a", "b_01 > 0.1", tag="apple"),
            rule("s0", "b_01 > 0.1", say="first by name"),
            rule("never", "b_01 > 0.9", tag="never"),
        ],
    )
    assert result.clips.select("tags", "reasons").rows() == [
        (["zebra", "apple"], ["second by name", "first by name"])
    ]


def test_reasons_are_at_most_six_and_none_is_said_twice():
    rules = [rule(f"r{at}", "a_01 > 0.1", say=f"reason {at // 2}") for at in range(16)]
    result = scored(library({"x": ([0.5], 0.5)}), rules=rules)
    assert result.clips["reasons"].to_list() == [[f"reason {at}" for at in range(6)]]


def test_a_rule_works_at_its_level_only():
    result = scored(
        library({"x": ([0.2, 0.8], 0.5)}),
        rules=[
            rule("c", "a_01 > 0.1", tag="clip", level="clip"),
            rule("s", "a_01 > 0.5", tag="segment", level="segment"),
            rule("b", "a_01 > 0.4", tag="both"),
        ],
    )
    assert result.clips["tags"].to_list() == [["clip", "both"]]
    assert result.segments["tags"].to_list() == [[], ["segment", "both"]]


def test_a_rejected_clip_rejects_its_segments_and_they_carry_its_reason():
    result = scored(
        library({"x": ([0.2, 0.8], 0.1), "y": ([0.2, 0.8], 0.9)}),
        rules=[
            rule("own", "a_01 < 0.3", reject="own reason", level="segment"),
            rule("whole", "b_01 < 0.5", reject="dark clip", level="clip"),
        ],
    )
    assert result.segments.select("segment", "rejected", "reject_reasons").rows() == [
        ("x#001", True, ["dark clip", "own reason"]),
        ("x#002", True, ["dark clip"]),
        ("y#001", True, ["own reason"]),
        ("y#002", False, []),
    ]


def test_a_reason_that_clip_and_segment_share_stands_once():
    result = scored(library({"x": ([0.2], 0.1)}), rules=[rule("r", "b_01 < 0.5", reject="dark")])
    assert result.segments["reject_reasons"].to_list() == [["dark"]]


def test_without_rules_nothing_is_rejected_tagged_or_said():
    result = scored(library({"x": ([0.2], 0.1)}))
    assert result.clips.select("rejected", "reject_reasons", "tags", "reasons").rows() == [
        (False, [], [], [])
    ]


@pytest.mark.parametrize("text", ["constant", "{a_01:.2f}"])
def test_words_reach_the_rows_where_the_rule_fires_and_no_others(text: str):
    clips = {f"c{at}": ([at / 10], None) for at in range(10)}
    result = scored(library(clips), rules=[rule("r", "a_01 > 0.45 and a_01 < 0.75", say=text)])
    fired = [at for at, said in enumerate(result.clips["reasons"].to_list()) if said]
    assert fired == [5, 6, 7]
    words = result.clips["reasons"].to_list()[6]
    assert words == ["constant" if text == "constant" else "0.60"]

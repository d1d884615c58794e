from __future__ import annotations

import json

import pytest
from rushes.recipe.spec import RuleSpec
from rushes.score.evaluate import Scored
from rushes.score.ranking import ranking, ranking_rows
from score.scored_samples import library, score, scored


def judged() -> Scored:
    clips = {
        "good": ([0.75, 0.95], None),
        "equal": ([0.85], None),
        "middle": ([0.4], None),
        "poor": ([0.3], None),
        "unknown": ([None], None),
        "dark": ([0.9], 0.1),
    }
    return scored(
        library(clips),
        scores=[score("s", ("t", "a_01", 1.0))],
        rules=[
            RuleSpec(name="dark", when="b_01 < 0.2", reject="too dark", level="clip"),
            RuleSpec(name="fine", when="a_01 > 0.8", say="fine"),
        ],
    )


def test_clips_come_best_first_then_the_unscored_then_the_rejected():
    ranked = ranking(judged(), "s", high_01=0.7, medium_01=0.4)
    assert ranked.select("rank", "clip", "badge").rows() == [
        (1, "equal", "high"),
        (2, "good", "high"),
        (3, "middle", "medium"),
        (4, "poor", "low"),
        (None, "unknown", None),
        (None, "dark", "high"),
    ]


def test_a_row_tells_where_the_best_part_lies_and_why():
    rows = ranking_rows(ranking(judged(), "s", high_01=0.7, medium_01=0.4))
    assert rows[1] == {
        "rank": 2,
        "clip": "good",
        "score": 0.85,
        "badge": "high",
        "best_segment": "good#002",
        "best_start_s": 1.0,
        "best_end_s": 2.0,
        "best_score": 0.95,
        "reasons": ["fine"],
        "ml_score_reasons": ["fine"],
        "tags": [],
        "rejected": False,
        "reject_reasons": [],
        "partial": False,
        "missing_parts": [],
        "s": 0.85,
    }
    assert rows[-1]["reject_reasons"] == ["too dark"]
    assert rows[-1]["best_segment"] is None
    assert json.loads(json.dumps(rows)) == rows


@pytest.mark.parametrize(
    ("name", "high_01", "medium_01", "words"),
    [
        ("s", 0.4, 0.7, r"^medium_01=0\.7 and high_01=0\.4 are not in order within 0\.\.1$"),
        ("t", 0.7, 0.4, "^there is no score t$"),
    ],
)
def test_what_cannot_be_ranked_is_refused(name: str, high_01: float, medium_01: float, words: str):
    with pytest.raises(ValueError, match=words):
        ranking(judged(), name, high_01=high_01, medium_01=medium_01)

"""What edits are judged with is refused where it is not whole, before a judge stumbles over it."""

from __future__ import annotations

import json
from dataclasses import replace

import judge_samples
import pytest
from rushes.timeline.check_facts import facts_problems
from rushes.timeline.document import TimelineError, timeline_from_json, timeline_to_json

MUSIC = judge_samples.plan().ai_reasoning.for_edits
TALK = {
    "said": {"a.mp4": [[0.0, 2.0]]},
    "lengths_s": {"a.mp4": 4.0},
    **{name: MUSIC[name] for name in ("shots", "duration_frames", "notes", "warnings", "doubts")},
}
DOUBT = {"fact": "visual_quality_01", "least": 0.5, "most": 1.0, "says": "dull"}


def read(facts):
    plan = judge_samples.plan()
    made = replace(plan, ai_reasoning=replace(plan.ai_reasoning, for_edits=facts))
    return timeline_from_json(timeline_to_json(made))


@pytest.mark.parametrize("facts", [MUSIC, TALK, {**MUSIC, "doubts": [DOUBT]}, {**TALK, "doubts": [DOUBT]}])
def test_whole_facts_are_read_as_they_are(facts):
    assert json.loads(timeline_to_json(read(facts)))["ai_reasoning"]["for_edits"] == json.loads(
        json.dumps(facts)
    )


def test_plans_of_before_have_none():
    assert list(facts_problems(None)) == []


@pytest.mark.parametrize("facts", [MUSIC, TALK], ids=["music", "talk"])
def test_no_fact_can_be_left_out(facts):
    for name in facts:
        with pytest.raises(TimelineError, match="for_edits"):
            read({key: value for key, value in facts.items() if key != name})


@pytest.mark.parametrize(
    "wrong",
    [
        {"notes": [{}]},
        {"notes": [{"of": "never", "says": ""}]},
        {"shots": [["c01"]]},
        {"duration_frames": "90"},
        {"doubts": [{"fact": "clip"}]},
        {"takes": {}},
        {"takes": [[["front_01.mp4"]]]},
        {"energy_01": [0.5]},
        {"speech": {"front_01.mp4": [[1.0]]}},
        {"measured": {}},
        {"more": 1},
    ],
    ids=str,
)
def test_what_has_another_form_is_refused(wrong):
    with pytest.raises(TimelineError, match="for_edits"):
        read({**MUSIC, **wrong})


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ({**MUSIC, "columns": ["clip", "start_s", "length_s"]}, "takes have no end_s"),
        ({**MUSIC, "takes": [["a.mp4", 0.0]]}, "takes[0] has 2 values for 9 columns"),
        ({**MUSIC, "takes": [judge_samples.take("a.mp4", None, 4.0)]}, "takes[0] says no clip, or no number"),
        ({**MUSIC, "takes": [judge_samples.take(3, 0.0, 4.0)]}, "takes[0] says no clip"),
        ({**MUSIC, "doubts": [{**DOUBT, "fact": "charm"}]}, "takes have no charm"),
        ({**MUSIC, "doubts": [{**DOUBT, "fact": "angle"}]}, "takes[0] says no clip, or no number for one of"),
        ({**MUSIC, "energy_01": [0.5, 0.5]}, "quiet is not below loud"),
        ({**TALK, "said": {"a.mp4": []}}, "nothing was said in any clip"),
        ({**TALK, "said": {"a.mp4": [[0.0, 2.0], [4.0, 3.0]]}}, "speech ends before it begins in a.mp4"),
        ({**TALK, "lengths_s": {"b.mp4": 1.0}}, "lengths_s has clips that said does not: b.mp4"),
        ({**MUSIC, "said": TALK["said"]}, "it has said, but no lengths_s"),
    ],
)
def test_what_would_break_a_judge_is_refused_in_words(facts, told):
    assert any(told in what for what, _ in facts_problems(facts))
    with pytest.raises(TimelineError, match="for_edits"):
        read(facts)

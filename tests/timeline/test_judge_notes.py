"""What is said of a whole edit after edits: counted anew, dropped, or named as the plan's."""

from __future__ import annotations

from dataclasses import replace

import judge_samples as samples
import pytest
import timeline_samples
from edit_samples import delete, folded, move, swap, trim
from rushes.timeline.judge_notes import doubt_words, joined_words, pacing_words, shot_keys
from rushes.timeline.make_edit import note_edit

DARK = {"fact": "visual_quality_01", "least": 0.7, "most": 1.0, "says": "below the style's"}
NOTES = [
    {"of": "always", "says": "the term energy takes no part"},
    {"of": "length", "says": "the best downbeat for this length"},
    {"of": "shots", "says": "2 of 3 shots are below the style's"},
]


def plan(**known):
    made = samples.plan(notes=NOTES, doubts=[DARK], **known)
    said = replace(
        made.ai_reasoning,
        notes=tuple(note["says"] for note in NOTES),
        pacing_target="a cut every 2.0 beats; the edit has 3 shots of 1.00 s on average",
        objective=0.7,
        bound=0.8,
        gap=0.125,
    )
    return replace(made, ai_reasoning=said)


def test_what_changes_no_shot_leaves_everything_as_the_plan_says_it():
    now = folded(plan(), lambda timeline: note_edit(timeline.clips[0], "nice")).ai_reasoning
    assert now.notes == plan().ai_reasoning.notes
    assert (now.objective_of, now.style_match_score) == ("edit", 0.81)


def test_doubts_are_counted_anew_and_what_was_of_the_length_goes_with_it():
    # Of 0.9, 0.5 and 0.6 the second one is taken away.
    now = folded(plan(), delete(2)).ai_reasoning
    assert now.notes == ("the term energy takes no part", "1 of 2 shots are below the style's")


def test_an_edit_of_the_same_length_keeps_what_is_of_its_length():
    now = folded(plan(), move(3, 1)).ai_reasoning
    assert now.notes == (
        "the term energy takes no part",
        "the best downbeat for this length",
        "2 of 3 shots are below the style's",
    )


def test_nothing_is_said_where_no_shot_is_in_doubt_any_more():
    now = folded(plan(), delete(3), delete(2)).ai_reasoning
    assert now.notes == ("the term energy takes no part",)


def test_warnings_are_dropped_with_what_they_are_of():
    warnings = [{"of": "always", "says": "no beat"}, {"of": "shots", "says": "clips are used twice"}]
    made = plan(warnings=warnings)
    reasoning = replace(made.ai_reasoning, warnings=("no beat", "clips are used twice"))
    assert folded(replace(made, ai_reasoning=reasoning), move(3, 1)).ai_reasoning.warnings == ("no beat",)


def test_the_objective_is_the_plans_once_another_shot_stands_there():
    now = folded(plan(), move(3, 1)).ai_reasoning
    assert (now.objective_of, now.objective, now.bound, now.style_match_score) == ("plan", 0.7, 0.8, None)
    back = folded(plan(), move(3, 1), move(1, 3)).ai_reasoning
    assert (back.objective_of, back.style_match_score) == ("edit", 0.81)


def test_the_objective_that_a_regeneration_measured_is_that_of_its_shots_alone():
    moved = shot_keys(folded(plan(), move(3, 1)).clips)
    measured = {"shots": moved, "objective": 0.6, "bound": 0.75, "gap": 0.2}
    now = folded(plan(measured=measured), move(3, 1)).ai_reasoning
    assert (now.objective_of, now.objective, now.bound, now.gap) == ("edit", 0.6, 0.75, 0.2)
    after = folded(plan(measured=measured), move(3, 1), delete(3)).ai_reasoning
    assert (after.objective_of, after.objective) == ("plan", 0.7)


def test_the_pace_is_that_of_the_shots_as_they_are():
    now = folded(plan(), delete(1), trim(2, "1.6", "2.1", ripple=True)).ai_reasoning
    assert now.pacing_target == "a cut every 2.0 beats; the edit has 2 shots of 0.75 s on average"
    assert pacing_words("as asked", 1, 2.5) == "as asked; the edit has 1 shot of 2.50 s"


def test_cuts_within_one_clip_are_counted():
    made = plan()
    same = replace(made.clips[2], digest=made.clips[0].digest)
    made = replace(made, clips=(*made.clips[:2], same))
    assert "1 cut stays within one clip" in folded(made, delete(2)).ai_reasoning.notes
    assert list(joined_words("abca")) == []
    assert list(joined_words("aabcc")) == ["2 cuts stay within one clip"]


@pytest.mark.parametrize(("value", "count"), [(0.7, 0), (1.0, 0), (0.69, 1), (1.01, 1), (None, 0)])
def test_a_doubt_counts_what_lies_outside_its_limits(value, count):
    found = list(doubt_words([DARK], [{"visual_quality_01": value}, None]))
    assert found == ["1 of 2 shots are below the style's"] * count


def test_a_shot_that_nobody_measured_is_in_no_doubt():
    now = folded(plan(), swap(2)).ai_reasoning
    assert now.notes[-1] == "1 of 3 shots are below the style's"


def test_earlier_plans_keep_what_they_say():
    before = timeline_samples.timeline()
    now = folded(before, delete(2)).ai_reasoning
    assert (now.notes, now.objective_of) == (before.ai_reasoning.notes, "")
    assert now.style_match_score == before.ai_reasoning.style_match_score

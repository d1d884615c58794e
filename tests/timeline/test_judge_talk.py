"""An edit of talk after edits: how much of what was said is still heard."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from edit_samples import log_of
from rushes.edit.talk import TalkClip, TalkRequest, talk_timeline
from rushes.recipe.spec import EditSpec
from rushes.recipe.talk_spec import TalkSpec
from rushes.timeline.document import timeline_from_json, timeline_to_json
from rushes.timeline.fold import fold
from rushes.timeline.judge_talk import stay_words
from rushes.timeline.make_edit import delete_edit, move_edit, trim_edit

ONE = TalkClip(
    file="a.mp4",
    digest="a" * 64,
    duration_s=10.0,
    rate_fps=Fraction(30),
    has_sound=True,
    speech=((1.0, 3.0), (5.0, 8.0)),
)
TWO = replace(ONE, file="b.mp4", digest="b" * 64, duration_s=4.0, speech=((0.0, 2.0),))


def ten_seconds(_clip):
    return Fraction(10)


def plan():
    """a.mp4 from 1 to 3 and from 5 to 8 s, b.mp4 from 0 to 2 s: seven seconds of speech and nothing else."""
    talk = TalkSpec(pad_before_s=0.0, pad_after_s=0.0, min_silence_s=0.5)
    spec = EditSpec(talk=talk, min_shot_s=0.1, aspect="16:9")
    made = talk_timeline(TalkRequest(clips=(ONE, TWO), edit=spec, project_id="p", creator_id="c"))
    return timeline_from_json(timeline_to_json(made))


def after(*edits):
    return fold(plan(), log_of(edits).entries)


def test_the_objective_is_the_share_of_what_was_said_that_is_still_heard():
    reasoning = after(delete_edit(plan(), plan().clips[0], "", ten_seconds)).ai_reasoning
    assert reasoning.objective == pytest.approx(5 / 7, abs=1e-9)
    assert (reasoning.bound, reasoning.objective_of) == (1.0, "edit")
    assert reasoning.gap == pytest.approx(2 / 7, abs=1e-9)


def test_silence_that_is_shown_again_is_no_speech():
    trim = trim_edit(plan(), plan().clips[0], Fraction(0), Fraction(3), ten_seconds)
    reasoning = after(trim).ai_reasoning
    assert reasoning.objective == 1.0
    assert reasoning.notes == ("a.mp4: 6.00 s of 10.00 s stay", "b.mp4: 2.00 s of 4.00 s stay")


def test_what_is_shown_twice_is_heard_once():
    trim = trim_edit(plan(), plan().clips[0], Fraction(5), Fraction(8), ten_seconds)
    reasoning = after(trim).ai_reasoning
    assert reasoning.objective == pytest.approx(5 / 7, abs=1e-9)
    assert reasoning.notes[0] == "a.mp4: 3.00 s of 10.00 s stay"


def test_a_shot_keeps_what_was_cut_beside_it_until_its_range_changes():
    made = plan()
    moved = after(move_edit(made, made.clips[2], 1, ten_seconds))
    assert moved.clips[1].metadata.ai_reasoning == (
        f"moved since (chosen for 0.00 s of the edit); {made.clips[0].metadata.ai_reasoning}"
    )
    trimmed = after(trim_edit(made, made.clips[0], Fraction(2), Fraction(3), ten_seconds))
    assert "silence cut before it" not in trimmed.clips[0].metadata.ai_reasoning
    assert trimmed.clips[0].metadata.ai_reasoning.startswith("trimmed by ann (chosen from 1.00 s")


def test_facts_of_a_clip_stay_as_nothing_else_is_known_of_it():
    made = plan()
    first = made.clips[0]
    first = replace(first, metadata=replace(first.metadata, shot_type="medium", angle="front"))
    made = replace(made, clips=(first, *made.clips[1:]))
    now = fold(made, log_of([trim_edit(made, first, Fraction(2), Fraction(3), ten_seconds)]).entries)
    assert (now.clips[0].metadata.shot_type, now.clips[0].metadata.angle) == ("medium", "front")


def test_words_for_what_stays():
    assert stay_words("a.mp4", 1.5, 10) == "a.mp4: 1.50 s of 10.00 s stay"

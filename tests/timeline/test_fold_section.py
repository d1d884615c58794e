"""What a section that was made anew says of its shots and of the whole edit."""

from __future__ import annotations

from dataclasses import replace

import judge_samples as samples
import pytest
from edit_samples import delete, folded, move, trim
from rushes.timeline.edit_log import Edit
from rushes.timeline.fold_section import section_made_anew
from rushes.timeline.parts_document import clip_document


def payload(timeline, start, end, clips, **facts):
    return {
        "section_start_s": start / 30,
        "section_end_s": end / 30,
        "section_start_frames": start,
        "section_end_frames": end,
        "instruction": None,
        "seed": None,
        "objective": 0.6,
        "bound": 0.75,
        "clips": [clip_document(clip, timeline.rate_fps) for clip in clips],
        "transitions": [],
        **facts,
    }


def anew(start, end, clips_of, **facts):
    """A regeneration of the edit as it then stands."""

    def make(now):
        made = payload(now, start, end, clips_of(now), **facts)
        return Edit(action="regenerate_requested", payload=made)

    return make


def other(clip):
    return replace(clip, id="new", source_start_frames=clip.source_start_frames + 30)


def test_a_shot_that_stays_keeps_what_the_plan_says_of_it():
    # Trimmed, then kept by the section and put back: nothing of its reasons got lost in the log.
    plan = samples.plan()
    now = folded(
        plan,
        trim(2, "1.5", "2.5"),
        anew(30, 90, lambda now: [now.clips[1], other(now.clips[2])]),
        trim(2, "1.4", "2.4"),
    )
    assert now.clips[1].metadata == plan.clips[1].metadata
    assert now.clips[2].id == "new"


def test_the_objective_is_of_the_edit_as_it_was_made_anew_and_of_the_plan_once_it_is_edited_again():
    steps = (delete(1), anew(30, 60, lambda now: [other(now.clips[1])]))
    now = folded(samples.plan(), *steps).ai_reasoning
    assert (now.objective_of, now.objective, now.bound, now.gap) == ("edit", 0.6, 0.75, 0.2)
    later = folded(samples.plan(), *steps, move(2, 1)).ai_reasoning
    assert (later.objective_of, later.objective) == ("plan", samples.plan().ai_reasoning.objective)


@pytest.mark.parametrize("facts", [{"instruction": "make_tighter"}, {"seed": 7}, {"bound": None}])
def test_what_another_measure_gave_is_no_objective_of_the_edit(facts):
    now = folded(samples.plan(), anew(30, 60, lambda now: [other(now.clips[1])], **facts))
    assert now.ai_reasoning.objective_of == "plan"


def test_the_border_of_a_section_is_a_cut():
    plan = samples.plan()
    with pytest.raises(ValueError, match="frame 31 of the section's border is no cut any more"):
        section_made_anew(plan, payload(plan, 31, 60, plan.clips[1:2]))

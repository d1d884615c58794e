"""The difference of two timelines as an editor would tell it."""

from __future__ import annotations

import json
from dataclasses import replace

import judge_samples
import timeline_samples as samples
from diff_samples import laid, told
from hypothesis import given, settings
from hypothesis import strategies as st
from rushes.timeline.diff import changes_to_json, changes_to_text, diff_timelines
from rushes.timeline.document import timeline_from_json, timeline_to_json
from rushes.timeline.tree import (
    Reason,
    Timeline,
)


def test_a_timeline_does_not_differ_from_itself_and_its_file():
    made = samples.reel()
    assert told(made, made) == "no difference"
    assert told(made, timeline_from_json(timeline_to_json(made))) == "no difference"


def test_clips_with_new_ids_are_known_by_their_source():
    a = samples.timeline((30,) * 4)
    b = laid(a, [replace(clip, id=f"x{at}") for at, clip in enumerate(a.clips)])
    assert told(a, b) == "no difference"


def less_sure(timeline: Timeline, by: float) -> Timeline:
    clip = timeline.clips[1]
    metadata = replace(clip.metadata, ai_confidence=clip.metadata.ai_confidence - by)
    return replace(timeline, clips=(timeline.clips[0], replace(clip, metadata=metadata), *timeline.clips[2:]))


def test_numbers_that_nobody_sees_are_minor_and_have_a_tolerance():
    a = samples.timeline((30, 30))
    b = less_sure(a, 0.1)
    assert told(a, b) == "(clip 2 metadata ai_confidence: 0.931779 → 0.831779)"
    assert told(a, b, tolerance=0.11) == "no difference"
    (change,) = diff_timelines(a, b)
    assert (change.kind, change.minor, change.place) == ("number", True, 2)


def test_a_tolerance_may_be_given_by_the_name_of_the_number():
    a = samples.timeline((30, 30))
    b = replace(less_sure(a, 0.1), ai_reasoning=replace(a.ai_reasoning, objective=41.2))
    loose = {"clips.metadata.ai_confidence": 0.2}
    changes = diff_timelines(a, b, lambda name: loose.get(name, 0.0))
    assert changes_to_text(changes) == "(ai_reasoning objective: 41.25 → 41.2)"


def test_beats_that_shift_are_counted_not_listed():
    a = samples.timeline((30, 30))
    beats = tuple(beat + 0.01 if beat > 50 else beat for beat in a.song.beats)
    assert told(a, replace(a, song=replace(a.song, beats=beats))) == (
        "(song beats: 19 of 120 differ, by at most 0.010000)"
    )
    assert told(a, replace(a, song=replace(a.song, beats=a.song.beats[:-3]))) == (
        "(song beats: 120 → 117 of them)"
    )


def test_rules_are_known_by_their_names_wherever_they_stand():
    a = samples.timeline((30, 30))
    rules = [{"of": "edit", "name": name, "limit": limit, "used": 1} for name, limit in (("x", 3), ("y", 5))]
    new = {"of": "edit", "name": "z", "limit": 1, "used": 1}
    before = replace(a, ai_reasoning=replace(a.ai_reasoning, constraints=tuple(rules)))
    after = replace(
        a, ai_reasoning=replace(a.ai_reasoning, constraints=(new, {**rules[1], "limit": 4}, rules[0]))
    )
    assert told(before, after) == "(constraint y limit: 5 → 4)\n(constraint z is new)"
    assert told(after, before) == "(constraint z is gone)\n(constraint y limit: 4 → 5)"


def test_reasons_and_notes_are_minor():
    a = samples.timeline((30, 30))
    b = replace(a, ai_reasoning=replace(a.ai_reasoning, notes=("all is well",)))
    assert told(a, b) == "(ai_reasoning notes 1: the song is used from its beginning → all is well)"


def test_changes_are_plain_data_for_programs():
    a, b = samples.timeline((30, 30)), samples.timeline((30, 45))
    assert json.loads(json.dumps(changes_to_json(diff_timelines(a, b)))) == [
        {
            "kind": "clip",
            "text": "clip 2 trimmed: out 2.40 s → 2.90 s",
            "place": 2,
            "before": 2.4,
            "after": 2.9,
            "minor": False,
        },
        {
            "kind": "total",
            "text": "total 2.0 s → 2.5 s",
            "place": None,
            "before": 2.0,
            "after": 2.5,
            "minor": False,
        },
    ]


shuffles = st.permutations(range(7)).map(lambda order: order[: 1 + order[0]])


@settings(max_examples=80, deadline=None)
@given(shuffles, shuffles)
def test_two_edits_differ_unless_they_show_the_same_clips_in_the_same_order(first, second):
    whole = samples.timeline((30,) * 7)
    a, b = (laid(whole, [whole.clips[at] for at in order]) for order in (first, second))
    assert (told(a, b) == "no difference") == (first == second)


def test_what_explains_an_edit_is_counted_in_one_line_where_not_all_is_asked_for():
    a = samples.timeline((30, 30))
    b = replace(less_sure(a, 0.1), ai_reasoning=replace(a.ai_reasoning, notes=("all is well",)))
    assert changes_to_text(diff_timelines(a, b), whole=False) == (
        "(2 differences in numbers and reasons behind it: --all shows them)"
    )
    assert changes_to_text(diff_timelines(a, a), whole=False) == "no difference"


def judged(*takes: list[object], of: str = "range") -> Timeline:
    """A plan that knows these takes, and whose second shot was chosen for a reason of this kind."""
    made = judge_samples.plan((30, 30), takes=takes)
    first, second = made.clips
    was = second.metadata.chosen
    assert was is not None
    metadata = replace(second.metadata, chosen=replace(was, because=(Reason(says="good", of=(of,)),)))
    return replace(made, clips=(first, replace(second, metadata=metadata)))


TAKE = judge_samples.take("front_01.mp4", 0.0, 2.0)


def test_what_edits_are_judged_with_is_compared_between_two_plans():
    a = judged(TAKE)
    assert told(
        a, judged(judge_samples.take("front_02.mp4", 0.0, 2.0, quality=0.8), of="part")
    ).splitlines() == [
        "(ai_reasoning for_edits takes 1 clip: front_01.mp4 → front_02.mp4)",
        "(ai_reasoning for_edits takes 1 visual_quality_01: 0.9 → 0.8)",
        "(clip 2 metadata chosen because 1 of 1: range → part)",
    ]
    assert told(a, judged(TAKE, TAKE)) == "(ai_reasoning for_edits takes: 1 → 2 of them)"


def test_numbers_of_takes_have_a_tolerance_by_their_own_name():
    changes = diff_timelines(judged(TAKE), judged([*TAKE[:5], 0.8, 0.6, *TAKE[7:]]), named_loose)
    assert changes_to_text(changes) == "(ai_reasoning for_edits takes 1 motion_flow_score: 0.5 → 0.6)"


def named_loose(name: str) -> float:
    return 0.2 if name == "ai_reasoning.for_edits.takes.visual_quality_01" else 0.0


def test_what_a_plan_and_its_edit_are_judged_with_is_no_difference_of_its_own():
    plan = judged(TAKE)
    edit = replace(judged(TAKE, TAKE, of="part"), user_edits=({"action": "clip_noted"},))
    assert told(plan, edit) == "(user_edits: 0 → 1 of them)"
    assert told(edit, plan) == "(user_edits: 1 → 0 of them)"


def test_a_list_of_names_is_told_with_them_also_where_it_is_empty():
    rows = [
        {**samples.timeline().ai_reasoning.constraints[0], "seen": seen} for seen in (["a", "b"], [], None)
    ]
    a, b, c = (
        replace(made, ai_reasoning=replace(made.ai_reasoning, constraints=(row,)))
        for row, made in zip(rows, [samples.timeline()] * 3, strict=True)
    )
    assert told(a, c).endswith(" seen: a, b → None)")
    assert told(c, b).endswith(" seen: None → nothing)")


def test_names_of_what_was_found_are_facts_and_reasons_are_texts():
    a = judged(TAKE)
    metadata = replace(a.clips[0].metadata, angle="overhead", ai_reasoning="it is loud")
    b = replace(a, clips=(replace(a.clips[0], metadata=metadata), a.clips[1]))
    kinds = {change.text.split(":")[0]: change.kind for change in diff_timelines(a, b)}
    assert kinds == {"clip 1 metadata angle": "fact", "clip 1 metadata ai_reasoning": "text"}

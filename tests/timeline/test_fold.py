"""The fold of plan and edits, by arithmetic: clips of 30 frames at 30 fps, beats every 15 frames, files of 4 s.

Clip n (from 1) shows its file from source frame 36 + 6 (n - 1).
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from edit_samples import (
    AT,
    OTHER,
    cuts,
    delete,
    folded,
    four_seconds,
    lock,
    log_of,
    ramped,
    redo,
    trim,
    undo,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from rushes.timeline.check import problems_of
from rushes.timeline.document import timeline_from_json, timeline_to_json
from rushes.timeline.edit_log import Edit, EditError
from rushes.timeline.fold import fold, walk
from rushes.timeline.make_edit import (
    delete_edit,
    lock_edit,
    move_edit,
    note_edit,
    replace_edit,
    trim_edit,
    unlock_edit,
)
from rushes.timeline.parts_document import clip_document, transition_document
from timeline_samples import reel, timeline


def test_without_edits_the_plan_itself_comes_back():
    plan = reel()
    assert fold(plan, ()) is plan


def test_notes_and_histories_count_versions_of_a_clip():
    got = folded(timeline(), lambda now: note_edit(now.clips[0], "nice"), lock(1))
    assert [
        (record["action"], record["version"], record["edit"]) for record in got.clips[0].edit_history
    ] == [
        ("clip_noted", 1, 1),
        ("clip_locked", 2, 2),
    ]


def softened(plan):
    return replace(
        plan,
        transitions=tuple(
            replace(part, type="quick_dissolve", duration_frames=6) for part in plan.transitions
        ),
    )


def test_transitions_to_changed_neighbours_become_hard_cuts_and_others_stay():
    plan = softened(timeline((30, 30, 30, 30, 30)))
    got = folded(plan, delete(2))
    assert cuts(got) == [("hard_cut", 30, 2), ("quick_dissolve", 60, 4), ("quick_dissolve", 90, 6)]
    rolled = folded(plan, trim(2, end_s="2.9"))
    assert [kind for kind, _, _ in cuts(rolled)] == [
        "quick_dissolve",
        "hard_cut",
        "quick_dissolve",
        "quick_dissolve",
    ]


def test_notes_and_locks_leave_every_transition():
    plan = softened(timeline())
    assert folded(plan, lock(2)).transitions == plan.transitions


def anew(plan, start, end, clips, transitions=()):
    payload = {
        "section_start_s": start / 30,
        "section_end_s": end / 30,
        "section_start_frames": start,
        "section_end_frames": end,
        "instruction": "make_tighter",
        "seed": None,
        "clips": [clip_document(clip, plan.rate_fps) for clip in clips],
        "transitions": [transition_document(part, plan.rate_fps) for part in transitions],
    }
    return Edit(action="regenerate_requested", payload=payload)


def test_a_section_made_anew_changes_nothing_outside_it():
    plan = softened(timeline((30, 30, 30, 30)))
    new = [
        replace(plan.clips[1], id=f"n{at}", timeline_start_frames=30 + 20 * at, duration_frames=20)
        for at in range(3)
    ]
    got = folded(plan, anew(plan, 30, 90, new))
    assert [clip.id for clip in got.clips] == ["c01", "n0", "n1", "n2", "c04"]
    assert (got.clips[0], got.clips[4], got.version) == (plan.clips[0], plan.clips[3], 2)
    assert cuts(got)[0] == ("hard_cut", 30, 2)
    assert got.user_edits[0]["section_start"] == 1.0
    assert got.user_edits[0]["section_end"] == 3.0
    assert got.user_edits[0]["instruction"] == "make_tighter"
    assert problems_of(got) == ()


def test_a_section_made_anew_must_fill_its_place_and_end_at_cuts():
    plan = timeline((30, 30, 30))
    short = [replace(plan.clips[1], duration_frames=29)]
    with pytest.raises(EditError, match="the new shots end at frame 59, the section at 60"):
        folded(plan, anew(plan, 30, 60, short))
    with pytest.raises(EditError, match="frame 31 of the section's border is no cut any more"):
        folded(plan, anew(plan, 31, 60, short))


def test_a_section_made_anew_may_not_drop_a_locked_clip():
    plan = timeline((30, 30, 30))
    new = [replace(plan.clips[1], id="n0")]
    with pytest.raises(EditError, match=r"it takes out clip 2 \(c02, side_02.mp4\), which is locked by ann"):
        folded(plan, lock(2), anew(plan, 30, 60, new))


def test_an_entry_that_cannot_be_made_is_named_with_its_line():
    entries = log_of([Edit(action="clip_unlocked", payload={"clip_id": "c09"})]).entries
    with pytest.raises(EditError) as caught:
        fold(timeline(), entries, "out/edits.jsonl")
    assert str(caught.value) == (
        f"out/edits.jsonl:2:1: edit 1 (clip_unlocked by ann, {AT}) cannot be made: there is no clip c09\n"
        "    fix: undo it with `rushes undo OUT`, or take plan and log from one backup"
    )


def test_undo_takes_back_the_last_steps_and_redo_does_them_again():
    plan = timeline()
    steps = [note_edit(plan.clips[0], "a"), [note_edit(plan.clips[1], "b"), note_edit(plan.clips[2], "c")]]
    after = timeline_to_json(fold(plan, log_of(steps).entries))
    assert fold(plan, log_of([*steps, undo(2)]).entries) == plan
    one = fold(plan, log_of([*steps, undo()]).entries)
    assert [edit["note"] for edit in one.user_edits] == ["a"]
    assert timeline_to_json(fold(plan, log_of([*steps, undo(2), redo(2)]).entries)) == after


def test_what_was_undone_is_gone_once_something_else_is_done():
    plan = timeline()
    a, b = (note_edit(plan.clips[0], text) for text in "ab")
    got = fold(plan, log_of([a, undo(), b]).entries)
    assert [edit["note"] for edit in got.user_edits] == ["b"]
    with pytest.raises(EditError, match="there are 0 steps to redo, not 1"):
        fold(plan, log_of([a, undo(), b, redo()]).entries)
    with pytest.raises(EditError, match="there are 1 steps to undo, not 2"):
        fold(plan, log_of([a, undo(2)]).entries)


WISHES = st.lists(
    st.tuples(
        st.sampled_from(["delete", "roll out", "move", "trim", "slip", "ripple", "replace", "lock", "unlock", "note", "undo", "redo"]),
        st.integers(0, 11),
        st.integers(0, 11),
        st.sampled_from(["position", "source", "both"]),
        st.booleans(),
    ),
    max_size=14,
)  # fmt: skip


def wished(now, wish):
    word, a, b, what, on_beat = wish
    clip = now.clips[a % len(now.clips)]
    start_s, end_s = clip.source_start_s(), clip.source_end_s(now.rate_fps)
    if word in ("delete", "roll out"):
        return delete_edit(now, clip, "", four_seconds, ripple=word == "delete", on_beat=on_beat)
    if word == "move":
        return move_edit(now, clip, b % len(now.clips) + 1, four_seconds, on_beat=on_beat)
    if word == "slip":
        moved = Fraction(b - 5, 7)
        return trim_edit(now, clip, start_s + moved, end_s + moved, four_seconds)
    if word in ("trim", "ripple"):
        ends = (None, end_s + Fraction(b - 5, 10)) if on_beat else (start_s + Fraction(b - 5, 10), None)
        return trim_edit(now, clip, *ends, four_seconds, ripple=word == "ripple", on_beat=on_beat)
    if word == "replace":
        return replace_edit(now, clip, OTHER, Fraction(b, 10))
    if word == "lock":
        return lock_edit(now, clip, what)
    if word == "unlock":
        return unlock_edit(now, clip)
    return note_edit(clip, "a note")


@settings(deadline=None, max_examples=120)
@given(WISHES, st.booleans())
def test_any_edits_that_can_be_made_keep_the_timeline_sound_and_undoing_all_gives_the_plan(wishes, song):
    plan = ramped(softened(timeline((30, 45, 30, 15, 60, 30), song=song)))
    steps = []
    now = plan
    for wish in wishes:
        edit = {"undo": undo(), "redo": redo()}.get(wish[0])
        try:
            trial = [*steps, edit or wished(now, wish)]
            now = fold(plan, log_of(trial).entries)
        except EditError:
            continue
        steps = trial
        assert problems_of(now) == ()
    entries = log_of(steps).entries
    data = timeline_to_json(fold(plan, entries))
    assert timeline_to_json(timeline_from_json(data)) == data
    before = None
    for step, was, after in walk(plan, entries):
        assert before is None or was == before
        before = after
        freed = {entry.payload.get("clip_id") for entry in step if entry.action == "clip_unlocked"}
        if step[0].action not in ("undo", "redo"):
            assert_locks_held(was, after, freed)
    count = sum(
        1 if step.action not in ("undo", "redo") else -1 if step.action == "undo" else 1 for step in steps
    )
    if count:
        assert timeline_to_json(fold(plan, log_of([*steps, undo(count)]).entries)) == timeline_to_json(plan)
        assert timeline_to_json(fold(plan, log_of([*steps, undo(count), redo(count)]).entries)) == data


def assert_locks_held(was, after, freed):
    now = {clip.id: clip for clip in after.clips}
    for clip in was.clips:
        if clip.locked and clip.id not in freed:
            what, found = clip.lock_metadata["what"], now[clip.id]
            assert found.duration_frames == clip.duration_frames
            if what != "source":
                assert found.timeline_start_frames == clip.timeline_start_frames
            if what != "position":
                assert (found.digest, found.source_start_frames) == (clip.digest, clip.source_start_frames)

"""What edits are called: an edit of three clips of 30 frames at 30 fps, beats every 15 frames.

Clip n (from 1) shows its file from source frame 36 + 6 (n - 1).
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from edit_samples import folded, range_of, trim
from rushes.timeline.edit_log import Edit
from rushes.timeline.edit_words import all_edit_words, edit_words, effect_words
from rushes.timeline.lay import laid
from timeline_samples import timeline

EDIT = timeline()
LOCK = {"clip_id": "c02", "note": ""}
SWAP = {"clip_id": "c02", "file": "other.mp4", "digest": "f" * 64, "duration_frames": 30}
ANEW = {"section_start_s": 1.0, "section_end_s": 2.5, "clips": [{}, {}], "seed": None, "instruction": None}


@pytest.mark.parametrize(
    ("action", "payload", "words"),
    [
        (
            "clip_deleted",
            {"clip_id": "c02", "reason": "too_shaky"},
            "clip 2 (c02, side_02.mp4) deleted: too_shaky",
        ),
        ("clip_deleted", {"clip_id": "c02", "reason": ""}, "clip 2 (c02, side_02.mp4) deleted"),
        ("clip_reordered", {"clip_id": "c01", "place": 3}, "clip 1 (c01, front_01.mp4) moved to place 3"),
        ("clip_trimmed", range_of("c01", 36, 15), "clip 1 (c01, front_01.mp4) trimmed: 1.20-2.20 s → 1.20-1.70 s of its file"),
        ("clip_trimmed", range_of("c01", 51, 30), "clip 1 (c01, front_01.mp4) slipped: 1.20-2.20 s → 1.70-2.70 s of its file"),
        ("clip_trimmed", range_of("gone", 51, 45), "gone trimmed to 1.50 s"),
        (
            "clip_replaced",
            {**SWAP, "source_start_frames": 25, "source_rate_fps": "50/1"},
            "clip 2 (c02, side_02.mp4) replaced by other.mp4 from 0.50 s",
        ),
        ("clip_locked", {**LOCK, "what": "position", "reason": ""}, "clip 2 (c02, side_02.mp4) locked in position"),
        (
            "clip_locked",
            {**LOCK, "what": "source", "reason": "best smile"},
            "clip 2 (c02, side_02.mp4) locked in its source range: best smile",
        ),
        ("clip_locked", {**LOCK, "what": "both", "reason": ""}, "clip 2 (c02, side_02.mp4) locked as it is"),
        ("clip_unlocked", {"clip_id": "c03"}, "clip 3 (c03, overhead_03.mp4) unlocked"),
        ("clip_noted", {"clip_id": "c03", "note": "see her"}, "clip 3 (c03, overhead_03.mp4) noted: see her"),
        ("clip_unlocked", {"clip_id": "gone"}, "gone unlocked"),
        (
            "clip_added",
            {"clip": {"id": "c09", "file": "new.mp4"}, "after": "c02"},
            "c09 (new.mp4) added behind c02",
        ),
        (
            "clip_added",
            {"clip": {"id": "c09", "file": "new.mp4"}, "after": None},
            "c09 (new.mp4) added behind nothing, as the first",
        ),
        ("undo", {"steps": 1}, "1 step undone"),
        ("undo", {"steps": 2}, "2 steps undone"),
        ("redo", {"steps": 1}, "1 step done again"),
        ("redo", {"steps": 3}, "3 steps done again"),
        ("regenerate_requested", ANEW, "1.00-2.50 s made anew: 2 clips"),
        ("regenerate_requested", {**ANEW, "seed": 0}, "1.00-2.50 s made anew (seed 0): 2 clips"),
        (
            "regenerate_requested",
            {**ANEW, "instruction": "calmer", "seed": 7},
            "1.00-2.50 s made anew (calmer, seed 7): 2 clips",
        ),
    ],
)  # fmt: skip
def test_an_edit_is_told_in_one_line(action, payload, words):
    assert edit_words(Edit(action=action, payload=payload), EDIT) == words


def took(*clip_ids, action="clip_trimmed"):
    ranges = [{"clip_id": clip_id, "source_start_frames": 0, "duration_frames": 1} for clip_id in clip_ids]
    return Edit(action=action, payload={"clip_id": "c01", "took": ranges})


def effects(edits, before, after):
    return list(effect_words(edits, before, after))


def changed(place, **facts):
    """The edit where the clip at a place has another range."""
    clips = list(EDIT.clips)
    clips[place - 1] = replace(clips[place - 1], **facts)
    return laid(EDIT, clips)


def test_what_nothing_follows_from_has_no_effects():
    note = Edit(action="clip_noted", payload={"clip_id": "c01", "note": "see her"})
    assert effects([note], EDIT, EDIT) == []


def test_a_trim_under_a_song_tells_which_shot_took_the_time():
    after = folded(EDIT, trim(1, end_s="1.7"))
    assert effects([trim(1, end_s="1.7")(EDIT)], EDIT, after) == [
        "clip 2 (c02, side_02.mp4) is 0.50 s longer, at its beginning"
    ]


@pytest.mark.parametrize(
    ("facts", "says"),
    [
        ({"duration_frames": 45}, "0.50 s longer, at its end"),
        ({"duration_frames": 15}, "0.50 s shorter, at its end"),
        ({"duration_frames": 31}, "0.03 s longer, at its end"),
        ({"source_start_frames": 57, "duration_frames": 15}, "0.50 s shorter, at its beginning"),
        ({"source_start_frames": 27, "duration_frames": 45}, "0.50 s longer, at its beginning"),
    ],
)
def test_a_shot_that_gave_or_took_time_is_told_with_how_much_and_where(facts, says):
    after = changed(2, **facts)
    assert effects([took("c02")], EDIT, after)[0] == f"clip 2 (c02, side_02.mp4) is {says}"


def test_a_shot_that_several_edits_took_from_is_told_once():
    after = changed(2, duration_frames=45)
    assert effects([took("c02"), took("c02")], EDIT, after)[:2] == [
        "clip 2 (c02, side_02.mp4) is 0.50 s longer, at its end",
        "the edit lasts 3.50 s instead of 3.00 s",
    ]


def test_a_shot_that_gave_time_and_got_it_back_is_not_told():
    assert effects([took("c02"), took("c02")], EDIT, EDIT) == []


def test_a_shot_that_is_gone_or_new_neither_gave_nor_took_time():
    after = laid(EDIT, EDIT.clips[1:])
    assert effects([took("c01", "new")], EDIT, after) == ["the edit lasts 2.00 s instead of 3.00 s"]
    assert effects([took("c01", "new")], after, EDIT) == ["the edit lasts 3.00 s instead of 2.00 s"]


def test_another_length_of_the_edit_is_told():
    after = laid(EDIT, EDIT.clips[:2])
    gone = Edit(action="clip_deleted", payload={"clip_id": "c03", "reason": ""})
    assert effects([gone], EDIT, after) == ["the edit lasts 2.00 s instead of 3.00 s"]
    assert effects([gone], after, EDIT) == ["the edit lasts 3.00 s instead of 2.00 s"]


@pytest.mark.parametrize("action", ["clip_deleted", "clip_reordered", "clip_trimmed"])
def test_cuts_that_left_the_beat_are_told_with_what_moves_them_back(action):
    after = changed(1, duration_frames=20)
    note = Edit(action="clip_noted", payload={"clip_id": "c01", "note": "see her"})
    assert effects([note, took(action=action)], EDIT, after)[1:] == [
        "2 more cuts are off the beat; --on-beat moves cuts to it"
    ]


def test_one_cut_that_left_the_beat_is_told_as_one():
    after = changed(2, duration_frames=20)
    assert effects([took()], EDIT, after)[1:] == ["1 more cut is off the beat; --on-beat moves cuts to it"]


def test_of_an_edit_that_cannot_move_cuts_to_beats_that_is_not_offered():
    after = changed(2, duration_frames=20)
    undo = Edit(action="undo", payload={"steps": 1})
    assert effects([undo], EDIT, after)[1:] == ["1 more cut is off the beat"]


def test_cuts_that_come_back_to_the_beat_are_no_effect_to_tell():
    before = changed(2, duration_frames=20)
    assert effects([took()], before, EDIT) == ["the edit lasts 3.00 s instead of 2.67 s"]


def test_without_a_song_no_cut_can_leave_the_beat():
    before = timeline(song=False)
    after = laid(before, (replace(before.clips[0], duration_frames=20), *before.clips[1:]))
    assert effects([took()], before, after) == ["the edit lasts 2.67 s instead of 3.00 s"]


def test_source_times_are_those_of_the_file_whatever_its_rate():
    first = replace(EDIT.clips[0], source_rate_fps=Fraction(24))
    edit = replace(EDIT, clips=(first, *EDIT.clips[1:]))
    words = edit_words(Edit(action="clip_trimmed", payload=range_of("c01", 48, 45)), edit)
    assert words == "clip 1 (c01, front_01.mp4) trimmed: 1.50-2.50 s → 2.00-3.50 s of its file"


def test_of_edits_made_together_a_clip_that_moves_is_told_with_its_number_by_then():
    edits = [
        Edit(action="clip_deleted", payload={"clip_id": "c01", "reason": "", "took": []}),
        Edit(action="clip_reordered", payload={"clip_id": "c03", "place": 1}),
        Edit(action="clip_reordered", payload={"clip_id": "c02", "place": 2}),
    ]
    assert all_edit_words(edits, EDIT) == [
        "clip 1 (c01, front_01.mp4) deleted",
        "clip 3, now 2 (c03, overhead_03.mp4) moved to place 1",
        "clip 2 (c02, side_02.mp4) moved to place 2",
    ]

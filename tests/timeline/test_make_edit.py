"""What an editor wishes as it comes out of the fold, by arithmetic: clips of 30 frames at 30 fps, beats every 15 frames, files of
4 s.

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
    lock,
    move,
    ramped,
    shots,
    sources,
    swap,
    trim,
    unknown_length,
)
from rushes.timeline.check import problems_of
from rushes.timeline.edit_log import EditError
from rushes.timeline.make_edit import delete_edit, unlock_edit
from rushes.timeline.parts_document import clip_document
from rushes.timeline.tree import Reframe, ReframeKey
from timeline_samples import timeline


def test_deleting_ripples_in_whole_beats_and_cuts_stay_on_them():
    got = folded(timeline((30, 45, 30, 30)), delete(2, "too_shaky"))
    assert shots(got) == [("c01", 0, 30), ("c03", 30, 30), ("c04", 60, 30)]
    assert cuts(got) == [("hard_cut", 30, 2), ("hard_cut", 60, 4)]
    assert got.duration_frames == 90
    assert problems_of(got) == ()


def test_what_is_deleted_is_kept_with_its_reason_and_range():
    got = folded(timeline(), delete(2, "too_shaky"))
    (gone,) = got.deleted_clips
    assert {
        key: gone[key] for key in ("clip_id", "deleted_at", "user_reason", "file", "source_start_frames")
    } == {
        "clip_id": "c02",
        "deleted_at": AT,
        "user_reason": "too_shaky",
        "file": "side_02.mp4",
        "source_start_frames": 42,
    }
    assert gone["ai_confidence"] == timeline().clips[1].metadata.ai_confidence
    assert gone["metadata"] == clip_document(timeline().clips[1], timeline().rate_fps)["metadata"]
    assert [
        (edit["action"], edit["clip_id"], edit["timestamp"], edit["reason"]) for edit in got.user_edits
    ] == [("clip_deleted", "c02", AT, "too_shaky")]


def test_deleting_with_roll_keeps_the_length_the_clip_before_goes_on():
    got = folded(timeline((30, 30, 30)), delete(2, ripple=False))
    assert shots(got) == [("c01", 0, 60), ("c03", 60, 30)]
    assert sources(got) == {"c01": 36, "c03": 48}
    assert [record["action"] for record in got.clips[0].edit_history] == ["clip_deleted"]


def test_where_neither_clip_beside_it_fills_a_gap_alone_they_meet_on_the_latest_beat_that_both_can_reach():
    # c01 shows 36..66 of 120 frames, so it has 54 left; c03 begins 48 frames into its file.
    got = folded(timeline((30, 80, 30)), delete(2, ripple=False))
    assert shots(got) == [("c01", 0, 75), ("c03", 75, 65)]
    assert sources(got)["c03"] == 48 - 35
    silent = folded(timeline((30, 80, 30), song=False), delete(2, ripple=False))
    assert shots(silent) == [("c01", 0, 84), ("c03", 84, 56)]


def test_where_the_clip_before_cannot_fill_a_gap_alone_but_the_one_after_can_only_that_one_changes():
    plan = timeline((30, 45, 30))
    plan = replace(plan, clips=(replace(plan.clips[0], source_start_frames=80), *plan.clips[1:]))
    got = folded(plan, delete(2, ripple=False))
    assert shots(got) == [("c01", 0, 30), ("c03", 30, 75)]


def test_a_clip_that_is_locked_in_position_does_not_move_when_one_before_it_goes():
    got = folded(timeline((30, 30, 30, 30)), lock(3, "position"), delete(2))
    assert shots(got) == [("c01", 0, 60), ("c03", 60, 30), ("c04", 90, 30)]


def test_a_clip_that_is_locked_in_its_source_alone_moves_as_any_other():
    got = folded(timeline(), lock(3, "source"), delete(1))
    assert shots(got) == [("c02", 0, 30), ("c03", 30, 30)]


def test_a_gap_before_a_locked_clip_that_nobody_can_fill_is_an_error_with_the_numbers():
    plan = timeline((30, 100, 30))
    with pytest.raises(EditError) as caught:
        folded(plan, lock(3, "position", reason="the logo"), delete(2))
    assert str(caught.value) == (
        "3.33 s would be missing before clip 3 (c03, overhead_03.mp4), which stands at 4.33 s and is locked by ann, "
        '2026-05-01T12:00:00Z, "the logo": beside it, c01 has 1.80 s\n'
        "    fix: unlock it with `rushes edit OUT unlock c03`, or replace the clip instead"
    )


def test_where_nobody_knows_how_long_a_file_is_its_clip_fills_no_gap_at_its_end():
    plan = folded(timeline((30, 30, 30)), lock(3, "position"))
    with pytest.raises(EditError, match="nobody knows how long front_01.mp4 is"):
        delete_edit(plan, plan.clips[1], "", unknown_length)


def test_the_last_clip_cannot_be_deleted():
    with pytest.raises(EditError, match="is the only one"):
        folded(timeline((30,)), delete(1))


def test_a_locked_clip_cannot_be_deleted():
    with pytest.raises(EditError) as caught:
        folded(timeline(), lock(2, reason="best smile"), delete(2))
    assert str(caught.value) == (
        'clip 2 (c02, side_02.mp4) is locked by ann, 2026-05-01T12:00:00Z, "best smile", so it cannot be deleted\n'
        "    fix: unlock it first with `rushes edit OUT unlock c02`"
    )


def test_moving_keeps_all_lengths_and_cuts_follow():
    got = folded(timeline((30, 45, 60, 15)), move(1, 3))
    assert shots(got) == [("c02", 0, 45), ("c03", 45, 60), ("c01", 105, 30), ("c04", 135, 15)]
    assert cuts(got) == [("hard_cut", 45, 3), ("hard_cut", 105, 7), ("hard_cut", 135, 9)]
    assert got.user_edits[0] == {
        "timestamp": AT,
        "action": "clip_reordered",
        "by": "ann",
        "edit": 1,
        "clip_id": "c01",
        "place": 3,
    }


def test_moving_over_a_locked_clip_lets_the_clips_on_both_sides_give_and_take():
    # c01 leaves 30 frames before c03, which stays at 60: c02 must begin 30 earlier. Behind it all is free.
    got = folded(timeline((30, 30, 30, 30)), lock(3, "position"), move(1, 4))
    assert shots(got) == [("c02", 0, 60), ("c03", 60, 30), ("c04", 90, 30), ("c01", 120, 30)]
    assert sources(got)["c02"] == 42 - 30


def test_moving_into_a_closed_stretch_shortens_its_neighbours_and_no_others():
    got = folded(timeline((60, 60, 60, 30, 30)), lock(4, "position"), move(5, 2))
    assert shots(got) == [
        ("c01", 0, 30),
        ("c05", 30, 30),
        ("c02", 60, 60),
        ("c03", 120, 60),
        ("c04", 180, 30),
    ]


@pytest.mark.parametrize("place", [0, 4])
def test_a_place_that_is_not_there_is_an_error(place):
    with pytest.raises(EditError, match=f"there is no place {place}: the edit has 3 clips"):
        folded(timeline(), move(1, place))


def test_trimming_under_a_song_takes_the_time_from_the_next_clip_and_no_later_cut_moves():
    got = folded(timeline((30, 30, 30)), trim(1, end_s="1.7"))  # was 1.2..2.2 s
    assert shots(got) == [("c01", 0, 15), ("c02", 15, 45), ("c03", 60, 30)]
    assert sources(got) == {"c01": 36, "c02": 42 - 15, "c03": 48}


def test_trimming_longer_shortens_the_head_of_the_next_clip():
    got = folded(timeline((30, 30, 30)), trim(1, end_s="2.7"))
    assert shots(got) == [("c01", 0, 45), ("c02", 45, 15), ("c03", 60, 30)]
    assert sources(got)["c02"] == 42 + 15


def test_trimming_without_a_song_or_with_ripple_moves_all_later_clips():
    for plan, options in ((timeline(song=False), {}), (timeline(), {"ripple": True})):
        got = folded(plan, trim(1, end_s="1.7", **options))
        assert shots(got) == [("c01", 0, 15), ("c02", 15, 30), ("c03", 45, 30)]
        assert got.duration_frames == 75


def test_cuts_that_leave_the_beat_say_so_and_on_beat_moves_them_to_the_nearest():
    off = folded(timeline((30, 30, 30)), trim(1, end_s="2", ripple=True))  # 24 frames
    assert cuts(off) == [("hard_cut", 24, None), ("hard_cut", 54, None)]
    on = folded(
        timeline((30, 30, 30)), trim(1, end_s="1.9", ripple=True, on_beat=True)
    )  # 21 frames, nearer 15 than 30
    assert cuts(on) == [("hard_cut", 15, 1), ("hard_cut", 45, 3)]


def test_deleting_off_the_beat_with_on_beat_moves_the_later_cuts_to_beats():
    off = folded(timeline((30, 37, 30, 30)), delete(1))
    assert cuts(off) == [("hard_cut", 37, None), ("hard_cut", 67, None)]
    on = folded(timeline((30, 37, 30, 30)), delete(1, on_beat=True))
    assert cuts(on) == [("hard_cut", 30, 2), ("hard_cut", 60, 4)]


def test_a_cut_within_a_frame_of_a_beat_lies_on_it():
    got = folded(timeline((30, 30, 30)), trim(1, end_s=Fraction(36 + 31, 30), ripple=True))
    assert cuts(got) == [("hard_cut", 31, 2), ("hard_cut", 61, 4)]


def test_a_slip_moves_nothing():
    got = folded(timeline(), trim(2, "2", "3"))
    assert shots(got) == shots(timeline())
    assert sources(got)["c02"] == 60


def test_a_position_lock_allows_a_slip_and_refuses_another_length():
    got = folded(timeline(), lock(2, "position"), trim(2, "2", "3"))
    assert sources(got)["c02"] == 60
    with pytest.raises(EditError, match="so its length stays 1.00 s"):
        folded(timeline(), lock(2, "position"), trim(2, "2", "2.5"))


@pytest.mark.parametrize(
    ("start_s", "end_s", "said"),
    [
        (
            None,
            "4.5",
            "front_01.mp4 is 4.00 s long, the trim ends at 4.50 s\n    fix: end at 4.00 s or earlier",
        ),
        ("-1", None, "the trim begins 1.00 s before its file\n    fix: begin at 0 or later"),
        (
            "3",
            "2",
            "the trim ends at 2.00 s, where it begins at 3.00 s; front_01.mp4 is 4.00 s long\n    fix: let --end be later than --start",
        ),
        (
            "100",
            None,
            "front_01.mp4 is 4.00 s long, the trim begins at 100.00 s\n    fix: begin before 2.20 s",
        ),
        ("1.2", None, "clip 1 (c01, front_01.mp4) shows that range already\n    fix: give another"),
    ],
)
def test_a_trim_that_cannot_be_is_told(start_s, end_s, said):
    with pytest.raises(EditError) as caught:
        folded(timeline(), trim(1, start_s, end_s))
    assert str(caught.value) == said


def test_a_replaced_clip_has_the_same_id_place_and_length_and_shows_the_middle_of_the_file():
    got = folded(timeline(), swap(2))
    clip = got.clips[1]
    assert shots(got) == shots(timeline())
    assert (clip.file, clip.source_rate_fps, clip.source_start_frames) == ("other.mp4", 25, 13)  # 0.5 s: 12.5
    assert (clip.metadata.runner_up, clip.metadata.ai_reasoning) == (None, "chosen by hand (ann)")


def test_a_clip_replaced_by_its_runner_up_begins_where_that_was_found():
    known = replace(OTHER, name="unused_02.mp4", length_s=Fraction(9))
    assert folded(timeline(), swap(2, file=known)).clips[1].source_start_frames == 50  # 2.0 s


def test_a_file_that_is_too_short_to_replace_a_clip_is_told():
    with pytest.raises(EditError) as caught:
        folded(timeline((90, 30)), swap(1))
    assert str(caught.value).startswith("other.mp4 is 2.00 s long, too short for 3.00 s from 0.00 s on\n")
    with pytest.raises(EditError, match="begin at 1.00 s or earlier"):
        folded(timeline(), swap(1, "1.5"))
    with pytest.raises(EditError) as caught:
        folded(timeline(), swap(1, "-1.5"))
    assert str(caught.value) == "the clip would begin 1.50 s before its file\n    fix: begin at 0 or later"


def test_locks_add_up_and_say_who_and_when():
    got = folded(timeline(), lock(1, "position"), lock(1, "source", reason="hers", note="keep"))
    assert got.clips[0].lock_metadata == {
        "locked_by": "ann",
        "locked_at": AT,
        "reason": "hers",
        "note": "keep",
        "what": "both",
    }
    with pytest.raises(EditError, match="is locked by ann, .* already"):
        folded(timeline(), lock(1), lock(1, "source"))


def test_unlocking_what_is_not_locked_is_an_error():
    with pytest.raises(EditError, match="is not locked"):
        unlock_edit(timeline(), timeline().clips[0])


def test_an_unlocked_clip_moves_again():
    def unlock(now):
        return unlock_edit(now, now.clips[2])

    got = folded(timeline(), lock(3), unlock, delete(1))
    assert shots(got) == [("c02", 0, 30), ("c03", 30, 30)]
    assert (got.clips[1].locked, got.clips[1].lock_metadata) == (False, None)


@pytest.mark.parametrize(
    ("start_s", "end_s", "range_"),
    [
        ("1.8", None, (54, 39)),  # 0.4 s at double speed: 6 frames
        (None, "2.4", (42, 15)),  # 1 s at double speed
        (
            None,
            str(Fraction(42, 30) + Fraction(5, 3) - Fraction(2, 9)),
            (42, 35),
        ),  # 2/9 s at two thirds: 10 frames
        ("1.6", str(Fraction(48, 30) + Fraction(5, 3)), (48, 45)),  # a slip
    ],
)
def test_trimming_one_end_of_a_retimed_clip_leaves_the_other(start_s, end_s, range_):
    plan = ramped(timeline((30, 45, 30)))
    clip = folded(plan, trim(2, start_s, end_s)).clips[1]
    assert (clip.source_start_frames, clip.duration_frames) == range_
    wanted = plan.clips[1].source_end_s(plan.rate_fps) if end_s is None else Fraction(end_s)
    assert clip.source_end_s(plan.rate_fps) == pytest.approx(wanted, abs=1e-5)


@pytest.mark.parametrize(("ripple", "frames"), [(True, 45), (None, 39)])
def test_a_retimed_clip_that_would_end_on_a_beat_as_long_as_before_is_not_slipped_instead(ripple, frames):
    plan = ramped(timeline((30, 45, 30)))
    clip = folded(plan, trim(2, "1.8", None, ripple=ripple, on_beat=True)).clips[1]
    assert (clip.source_start_frames, clip.duration_frames) == (54, frames)
    # At two thirds of its speed it runs on after its old end.
    wanted_s = float(plan.clips[1].source_end_s(plan.rate_fps)) + (frames - 39) / 30 * 2 / 3
    assert float(clip.source_end_s(plan.rate_fps)) == pytest.approx(wanted_s, abs=1e-5)


CROP = Reframe(mode="steady", keys=(ReframeKey(at_s=1.4, x_01=0.7, y_01=0.5, width_01=0.3),))


@pytest.mark.parametrize(
    ("step", "keeps"),
    [
        (trim(2, "1.6", None), True),
        (trim(2, "2", "3"), False),
        (trim(2, None, "3"), False),
        (trim(1, None, "2.0"), False),  # its head is begun earlier to fill the gap
        (trim(1, None, "2.4"), True),  # it gives time
        (delete(1), True),
        (lock(2), True),
    ],
)
def test_a_crop_stays_while_nothing_is_shown_that_it_was_not_made_for(step, keeps):
    plan = timeline((30, 30, 30))
    plan = replace(plan, clips=(plan.clips[0], replace(plan.clips[1], reframe=CROP), plan.clips[2]))
    got = next(clip for clip in folded(plan, step).clips if clip.id == "c02")
    assert got.reframe == (CROP if keeps else None)

"""Who gives or takes time, by arithmetic: clips of 30 frames at 30 fps, beats every 15 frames, files of 4 s (120 frames).

Clip n (from 1) shows its file from source frame 36 + 6 (n - 1). No shot gets shorter than a quarter second: 8 frames.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from edit_samples import four_seconds, ramped, unknown_length
from rushes.timeline.edit_log import EditError
from rushes.timeline.settle import (
    Wish,
    ended_on_beat,
    head_room_frames,
    settled,
    tail_room_frames,
    with_head,
    with_tail,
)
from timeline_samples import RATE, clip, timeline


def plan_of(*lengths, locked=(), what="position", song=True, starts=None):
    """A plan of such lengths. locked: places, from 1. starts: place -> its first source frame."""
    plan = timeline(lengths, song=song)
    clips = list(plan.clips)
    for place in locked:
        clips[place - 1] = replace(clips[place - 1], locked=True, lock_metadata={"what": what})
    for place, start in (starts or {}).items():
        clips[place - 1] = replace(clips[place - 1], source_start_frames=start)
    return replace(plan, clips=tuple(clips))


def ranges(clips):
    return {shot.id: (shot.source_start_frames, shot.duration_frames) for shot in clips}


def lengths(clips):
    return [shot.duration_frames for shot in clips]


def without(plan, place, media=four_seconds, **wish):
    """The other shots as they fit where the shot at a place (from 1) is gone."""
    rest = (*plan.clips[: place - 1], *plan.clips[place:])
    return settled(plan, Wish(shots=rest, seams=(place - 1,), tail_first=True, **wish), media)


def made(plan, place, duration, media=four_seconds, **wish):
    """All shots as they fit where the one at a place gets another length and the edit keeps its own."""
    shots = list(plan.clips)
    shots[place - 1] = replace(shots[place - 1], duration_frames=duration)
    wish = {"closed": True, "tail_first": False, "fixed": place - 1} | wish
    return settled(plan, Wish(shots=tuple(shots), seams=(place,), **wish), media)


def test_shots_between_two_that_are_locked_fill_just_what_lies_between_them():
    # c02 ends at 60, c05 begins at 120, and only c04 is left between them.
    got = without(plan_of(*[30] * 6, locked=(2, 5)), 3)
    assert ranges(got) == {
        "c01": (36, 30),
        "c02": (42, 30),
        "c04": (54 - 30, 60),
        "c05": (60, 30),
        "c06": (66, 30),
    }


def test_behind_the_last_locked_shot_the_edit_gets_shorter_and_nobody_takes_anything():
    assert lengths(without(plan_of(30, 30, 40, 50, locked=(2,)), 3)) == [30, 30, 50]


def test_a_lock_of_the_source_alone_holds_nothing_in_its_place():
    assert lengths(without(plan_of(30, 40, 50, locked=(3,), what="source"), 1)) == [40, 50]


def test_of_two_seams_each_is_the_matter_of_its_own_stretch():
    # c01 moved behind c03, which stays at 60: c02 must fill the place before it, though the first seam named lies behind.
    plan = plan_of(30, 30, 30, 30, locked=(3,))
    first, second, third, last = plan.clips
    wish = Wish(shots=(second, third, first, last), seams=(3, 0), fixed=2, tail_first=True)
    assert ranges(settled(plan, wish, four_seconds)) == {
        "c02": (42 - 30, 60),
        "c03": (48, 30),
        "c01": (36, 30),
        "c04": (54, 30),
    }


def test_an_edit_that_keeps_its_length_has_its_last_shot_end_where_the_plan_ended():
    assert lengths(without(plan_of(30, 40, 30), 3, closed=True)) == [30, 70]


def test_the_first_one_asked_takes_all_where_it_just_can():
    # Both can take 22 frames. That a shared cut could lie on frame 15 is no reason to share.
    got = made(plan_of(28, 30, 30), 2, 52)
    assert lengths(got) == [28, 52, 8]


def test_the_second_one_asked_takes_all_where_the_first_cannot():
    # c03 begins with the first picture of its file, so it cannot begin earlier.
    got = made(plan_of(30, 30, 30, starts={3: 0}), 2, 20)
    assert ranges(got) == {"c01": (36, 40), "c02": (42, 20), "c03": (0, 30)}


def test_two_that_give_time_together_let_the_cut_between_them_fall_on_a_beat():
    # 36 frames too much, 22 to be had of each: c01 must give 14 to 22, and frame 30 - 15 is a beat.
    got = made(plan_of(30, 30, 30), 2, 66)
    assert ranges(got) == {"c01": (36, 15), "c02": (42, 66), "c03": (48 + 21, 9)}


def test_two_that_give_time_where_no_beat_is_in_reach_let_the_first_one_asked_give_all_it_can():
    got = made(plan_of(30, 30, 30, song=False), 2, 66)
    assert lengths(got) == [16, 66, 8]


def test_where_two_meet_on_a_beat_it_is_a_beat_of_the_whole_edit_and_not_of_their_stretch():
    # c03 begins at 20 and ends at 50: only with 20 given does it end on a beat, 30.
    got = made(plan_of(7, 13, 30, 30, 30, locked=(1, 2)), 4, 66)
    assert lengths(got) == [7, 13, 10, 66, 14]


def test_no_beat_lets_a_shot_give_more_than_it_can():
    # c02 begins at 8 and can end at 16 at the earliest, a frame behind the beat; the cut lies as far from it as can be.
    assert lengths(made(plan_of(8, 30, 30, 30, locked=(1,)), 3, 62)) == [8, 20, 62, 8]


def test_two_shots_give_all_but_a_quarter_second_each_and_no_frame_more():
    assert lengths(made(plan_of(30, 30, 30), 2, 74)) == [8, 74, 8]
    with pytest.raises(EditError) as caught:
        made(plan_of(30, 30, 30), 2, 75)
    assert str(caught.value) == (
        "1.50 s would be too much at this place, so that the edit keeps its length: beside it, c03 can spare 0.73 s, "
        "c01 can spare 0.73 s\n"
        "    fix: let the edit change its length with --ripple"
    )


def test_a_shot_that_is_shorter_than_a_quarter_second_gives_nothing():
    with pytest.raises(EditError, match=r"c03 can spare 0\.73 s, c01 can spare 0\.00 s"):
        made(plan_of(5, 30, 30), 2, 53)


def test_two_shots_take_all_that_their_files_have_and_no_frame_more():
    # c01 has 54 frames left behind its end, c03 begins 48 frames into its file.
    plan = plan_of(30, 102, 30)
    assert ranges(without(plan, 2, closed=True)) == {"c01": (36, 84), "c03": (0, 78)}
    with pytest.raises(EditError, match=r"3\.43 s would be missing .* c01 has 1\.80 s, c03 has 1\.60 s"):
        without(plan_of(30, 103, 30), 2, closed=True)


def test_a_single_frame_is_missed_as_well():
    plan = plan_of(30, 30, 30, starts={1: 90, 3: 0})
    with pytest.raises(EditError) as caught:
        made(plan, 2, 29)
    assert str(caught.value).startswith(
        "0.03 s would be missing at this place, so that the edit keeps its length: beside it, c03 has 0.00 s, c01 has 0.00 s"
    )


def test_a_shot_whose_file_is_of_unknown_length_takes_no_frame_at_its_end():
    with pytest.raises(EditError, match=r"c03 has 0\.00 s, nobody knows how long front_01\.mp4 is"):
        made(plan_of(30, 30, 30, starts={3: 0}), 2, 29, media=unknown_length)


def test_a_shot_that_is_locked_in_its_source_neither_gives_nor_takes():
    plan = plan_of(30, 30, 30, locked=(3,), what="source")
    assert lengths(made(plan, 2, 40)) == [20, 40, 30]
    assert lengths(made(plan, 2, 20)) == [40, 20, 30]
    with pytest.raises(EditError, match=r"beside it, c03 is locked, c01 can spare 0\.73 s"):
        made(plan, 2, 53)


def test_where_no_shot_is_left_between_two_locked_ones_that_is_said():
    with pytest.raises(EditError) as caught:
        without(plan_of(30, 30, 30, locked=(1, 3)), 2)
    assert str(caught.value) == (
        "1.00 s would be missing before clip 3 (c03, overhead_03.mp4), which stands at 2.00 s and is locked: there is no "
        "other shot beside it\n"
        "    fix: unlock it with `rushes edit OUT unlock c03`, or replace the clip instead"
    )


def test_only_the_cuts_from_the_edit_on_move_to_beats():
    # Cuts at 20, 50, 80 and 110 without c02: 20 | 50 is before the seam.
    plan = plan_of(20, 30, 30, 40, 30, 30)
    got = without(plan, 3, on_beat=True)
    # 20 stays, 50 -> 45, then 45 + 40 = 85 -> 90, and 90 + 30 = 120 is a beat.
    assert lengths(got) == [20, 25, 45, 30, 30]


def test_of_an_edit_at_two_places_all_cuts_from_the_first_one_on_move_to_beats():
    plan = plan_of(30, 33, 30, 33, 30)
    wish = Wish(shots=plan.clips, seams=(4, 2), tail_first=True, on_beat=True)
    assert lengths(settled(plan, wish, four_seconds)) == [30, 30, 30, 30, 30]
    wish = replace(wish, seams=(3, 4))
    assert lengths(settled(plan, wish, four_seconds)) == [30, 33, 27, 30, 30]


def test_before_the_last_locked_shot_no_cut_moves_to_a_beat():
    # c04 stays at 80..102; c05 then ends at 132, nearest to 135.
    plan = plan_of(20, 30, 30, 22, 30, 31, locked=(2, 4))
    wish = Wish(shots=plan.clips, seams=(1,), tail_first=True, on_beat=True)
    assert lengths(settled(plan, wish, four_seconds)) == [20, 30, 30, 22, 33, 31]


def test_a_cut_moves_to_a_beat_only_as_far_as_the_shot_before_it_can():
    def on_beat(plan):
        wish = Wish(shots=plan.clips, seams=(1,), tail_first=True, on_beat=True)
        return lengths(settled(plan, wish, four_seconds))

    assert on_beat(plan_of(37, 30)) == [30, 30]
    assert on_beat(plan_of(37, 30, starts={1: 83})) == [30, 30]  # its file ends with it: it can end earlier
    assert on_beat(plan_of(40, 30, starts={1: 75})) == [45, 30]  # its file has just these 5 frames more
    assert on_beat(plan_of(40, 30, starts={1: 76})) == [40, 30]
    assert on_beat(plan_of(25, 12, 30)) == [30, 15, 30]
    assert on_beat(plan_of(32, 14, 30, starts={1: 88})) == [30, 15, 30]
    assert on_beat(plan_of(37, 30, locked=(1,), what="source")) == [37, 30]
    assert on_beat(plan_of(37, 30, song=False)) == [37, 30]


def test_an_edit_that_keeps_its_length_moves_no_cut_to_a_beat():
    plan = plan_of(37, 33, 30)
    wish = Wish(shots=plan.clips, seams=(1,), tail_first=True, closed=True, on_beat=True)
    assert settled(plan, wish, four_seconds) == plan.clips


@pytest.mark.parametrize(
    ("start", "length", "source_start", "ended"),
    [
        (0, 33, 36, 30),
        (0, 40, 36, 45),
        (15, 35, 36, 30),  # ends at 50, nearest to 45
        (0, 40, 75, 45),  # its file has just these 5 frames more
        (0, 40, 76, 40),
        (25, 9, 36, 9),  # 5 frames would be a flash
        (33, 15, 36, 12),
        (40, 9, 36, 9),  # ends at 49: 45 would be 5 frames
        (40, 12, 36, 12),  # ends at 52: 45 would be 5 frames
        (40, 15, 105, 15),  # ends at 55, nearest to 60, but the file ends
    ],
)
def test_a_shot_is_ended_at_the_nearest_beat_as_far_as_its_file_and_its_length_allow(
    start, length, source_start, ended
):
    shot = clip(0, start, length, source_start_frames=source_start)
    got = ended_on_beat(timeline(), shot, four_seconds)
    assert got == replace(shot, duration_frames=ended)


def test_without_a_song_a_shot_ends_where_it_ended():
    shot = clip(0, 0, 33)
    assert ended_on_beat(timeline(song=False), shot, four_seconds) == shot


def test_a_shot_can_begin_or_end_only_as_many_whole_frames_away_as_its_file_has():
    # From 36 / 25 = 1.44 s (43.2 frames) to 2.44 s; the 1.56 s behind it are 46.8 frames.
    shot = clip(0, 0, source_rate_fps=Fraction(25))
    assert head_room_frames(shot, RATE) == 43
    assert tail_room_frames(shot, RATE, four_seconds) == 46
    assert tail_room_frames(shot, RATE, unknown_length) == 0


def test_a_shot_that_ends_behind_its_file_has_no_room_at_its_end():
    assert tail_room_frames(clip(0, 0), RATE, lambda _clip: Fraction(2)) == 0


def test_a_retimed_shot_has_room_at_the_speeds_of_its_ends():
    # Before 42 / 30 = 1.4 s at double speed: 21 frames. Behind 1.4 + 5 / 3 s at two thirds: of 4.1 s 31 / 30 are left, 46.5.
    shot = ramped(timeline((30, 45, 30))).clips[1]
    assert head_room_frames(shot, RATE) == 21
    assert tail_room_frames(shot, RATE, lambda _clip: Fraction("4.1")) == 46


def test_a_shot_begun_earlier_keeps_its_last_picture_and_begins_no_later_than_asked():
    shot = clip(0, 0, source_rate_fps=Fraction(25))
    earlier = with_head(shot, 10, RATE)  # 36 - 10 / 30 * 25 = 27.67
    assert (earlier.source_start_frames, earlier.duration_frames) == (27, 40)
    later = with_head(shot, -6, RATE)  # 36 + 6 / 30 * 25
    assert (later.source_start_frames, later.duration_frames) == (41, 24)


def test_a_shot_begun_as_early_as_can_be_shows_the_first_picture_of_its_file():
    shot = clip(0, 0, source_rate_fps=Fraction(25))
    assert with_head(shot, head_room_frames(shot, RATE), RATE).source_start_frames == 0
    assert with_head(shot, 44, RATE).source_start_frames == 0


def test_a_shot_ended_later_or_earlier_keeps_its_first_picture():
    assert ranges([with_tail(clip(0, 0), 10, RATE)]) == {"c01": (36, 40)}
    assert ranges([with_tail(clip(0, 0), -10, RATE)]) == {"c01": (36, 20)}

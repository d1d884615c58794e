"""Shots laid one after another, by arithmetic: clips of 30 frames at 30 fps, beats every 15 frames.

Clip n (from 1) shows its file from source frame 36 + 6 (n - 1).
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from edit_samples import cuts, ramped, shots
from rushes.timeline.check import problems_of
from rushes.timeline.lay import beat_at, frame_showing, laid, nearest_beat_frames, with_range
from rushes.timeline.tree import Reframe, ReframeKey, Retime, RetimeKey
from timeline_samples import RATE, clip, song_at_120_bpm, timeline, title

SONG = song_at_120_bpm()
CROP = Reframe(mode="steady", keys=(ReframeKey(at_s=1.4, x_01=0.7, y_01=0.5, width_01=0.3),))


def dissolved(plan, frames=6):
    """The plan with dissolves of so many frames for all its cuts."""
    soft = [replace(part, type="quick_dissolve", duration_frames=frames) for part in plan.transitions]
    return replace(plan, transitions=tuple(soft))


def kinds(plan, clips):
    return [(part.type, part.at_frames) for part in laid(plan, clips).transitions]


def retimed(*keys):
    return Retime(keys=tuple(RetimeKey(at_frames=at, source_s=s) for at, s in keys))


def test_shots_stand_one_behind_the_other_from_the_first_frame_on():
    plan = timeline((30, 45, 30))
    got = laid(plan, (plan.clips[2], plan.clips[0], replace(plan.clips[1], duration_frames=20)))
    assert shots(got) == [("c03", 0, 30), ("c01", 30, 30), ("c02", 60, 20)]
    assert got.duration_frames == 80
    assert [(part.from_clip, part.to_clip) for part in got.transitions] == [("c03", "c01"), ("c01", "c02")]
    assert problems_of(got) == ()


def test_an_edit_laid_as_it_was_is_the_same():
    plan = dissolved(timeline((30, 45, 30)))
    assert laid(plan, plan.clips) == plan


def test_cuts_that_moved_have_the_beat_that_they_lie_on_now_or_none():
    plan = timeline((30, 30, 30, 30))
    shorter = replace(plan.clips[0], duration_frames=15)
    assert cuts(laid(plan, (shorter, *plan.clips[1:]))) == [
        ("hard_cut", 15, 1),
        ("hard_cut", 45, 3),
        ("hard_cut", 75, 5),
    ]
    odd = replace(plan.clips[0], duration_frames=20)
    assert [beat for _, _, beat in cuts(laid(plan, (odd, *plan.clips[1:])))] == [None] * 3


def test_a_cut_that_stayed_keeps_what_the_plan_says_of_its_beat():
    plan = timeline((30, 30, 30))
    first = replace(plan.transitions[0], at_beat=True, beat_index=77)
    plan = replace(plan, transitions=(first, plan.transitions[1]))
    assert laid(plan, plan.clips).transitions == plan.transitions
    # Another picture behind the first cut does not move it, and neither does a shot taken away behind it.
    slipped = replace(plan.clips[1], source_start_frames=60)
    assert cuts(laid(plan, (plan.clips[0], slipped, plan.clips[2])))[0] == ("hard_cut", 30, 77)
    assert cuts(laid(plan, plan.clips[:2])) == [("hard_cut", 30, 77)]


def test_a_cut_that_stayed_and_had_no_beat_gets_the_one_it_lies_on_once_its_shots_change():
    plan = timeline((30, 30, 30))
    off = replace(plan.transitions[0], at_beat=False, beat_index=None)
    plan = replace(plan, transitions=(off, plan.transitions[1]))
    assert cuts(laid(plan, plan.clips))[0] == ("hard_cut", 30, None)
    slipped = replace(plan.clips[1], source_start_frames=60)
    assert cuts(laid(plan, (plan.clips[0], slipped, plan.clips[2])))[0] == ("hard_cut", 30, 2)


def test_shots_that_did_not_meet_before_meet_in_a_hard_cut():
    plan = dissolved(timeline((30, 30, 30)))
    first, second, third = plan.clips
    assert kinds(plan, (first, third)) == [("hard_cut", 30)]
    assert kinds(plan, (second, first, third)) == [("hard_cut", 30), ("hard_cut", 60)]


def test_a_dissolve_goes_with_its_shots():
    plan = dissolved(timeline((30, 30, 30)))
    assert kinds(plan, plan.clips[1:]) == [("quick_dissolve", 30)]


@pytest.mark.parametrize(
    ("first", "second", "kind"),
    [
        ({}, {"duration_frames": 40}, "quick_dissolve"),  # it ends later, so the cut shows what it showed
        ({"source_start_frames": 26, "duration_frames": 40}, {}, "quick_dissolve"),  # it begins earlier
        ({"duration_frames": 40}, {}, "hard_cut"),  # it ends with another picture
        ({"source_start_frames": 40}, {}, "hard_cut"),
        ({}, {"source_start_frames": 40}, "hard_cut"),
        ({"digest": "e" * 64}, {}, "hard_cut"),
        ({}, {"digest": "e" * 64}, "hard_cut"),
    ],
)
def test_a_dissolve_stays_while_both_its_shots_meet_with_the_pictures_it_was_made_for(first, second, kind):
    plan = dissolved(timeline((30, 30, 30)))
    a, b, c = plan.clips
    assert kinds(plan, (replace(a, **first), replace(b, **second), c))[0][0] == kind


@pytest.mark.parametrize(
    ("first", "second", "kind"),
    [
        (12, 30, "quick_dissolve"),
        (11, 30, "hard_cut"),
        (30, 12, "quick_dissolve"),
        (30, 11, "hard_cut"),
    ],
)
def test_a_dissolve_needs_shots_of_twice_its_length_where_one_got_shorter(first, second, kind):
    plan = dissolved(timeline((30, 30, 30)))
    a, b, c = plan.clips
    a = replace(a, source_start_frames=36 + 30 - first, duration_frames=first)
    assert kinds(plan, (a, replace(b, duration_frames=second), c))[0] == (kind, first)


def test_a_dissolve_of_shots_that_were_too_short_for_it_from_the_beginning_stays_while_none_gets_shorter():
    plan = dissolved(timeline((11, 11, 30)))
    a, b, c = plan.clips
    assert kinds(plan, (a, b, replace(c, duration_frames=20)))[0] == ("quick_dissolve", 11)
    longer = replace(b, duration_frames=12)
    assert kinds(plan, (a, longer, c))[0] == ("quick_dissolve", 11)
    assert kinds(plan, (a, replace(b, duration_frames=10), c))[0] == ("hard_cut", 11)


def test_a_plan_that_says_nothing_of_its_cuts_is_laid_without_them():
    plan = replace(timeline((30, 30, 30)), transitions=())
    assert laid(plan, plan.clips[:2]).transitions == ()


def test_a_plan_of_one_shot_gets_a_cut_with_its_second():
    plan = timeline((30,))
    assert cuts(laid(plan, (*plan.clips, clip(1, 0)))) == [("hard_cut", 30, 2)]


def test_titles_go_with_what_they_are_bound_to():
    plan = replace(timeline((60, 60, 60)), titles=(title("one", "clip", name="side*"),))
    got = laid(plan, (plan.clips[1], plan.clips[0]))
    assert [(at.start_frames, at.end_frames) for at in got.titles] == [(0, 60)]
    assert laid(plan, (plan.clips[0], plan.clips[2])).titles == ()


@pytest.mark.parametrize(
    ("at", "beat"),
    [(0, 0), (14, 1), (15, 1), (16, 1), (13, None), (17, None), (8, None)],
)
def test_a_cut_lies_on_a_beat_that_is_no_more_than_a_frame_away(at, beat):
    assert beat_at(SONG, at, RATE) == beat


def test_beats_are_counted_from_the_beginning_of_the_song_and_not_of_the_edit():
    # Frame 0 hears 5.2 s, so the next beat, number 11 at 5.5 s, is heard at frame 9.
    song = song_at_120_bpm(start_s=5.2)
    assert beat_at(song, 9, RATE) == 11
    assert beat_at(song, 15, RATE) is None
    assert nearest_beat_frames(song, 9, RATE) == 9
    assert nearest_beat_frames(song, 20, RATE) == 24
    assert nearest_beat_frames(song, 0, RATE) == -6  # 5.0 s


@pytest.mark.parametrize(("at", "beat"), [(0, 0), (7, 0), (8, 15), (22, 15), (23, 30)])
def test_the_nearest_beat_is_found_on_either_side(at, beat):
    assert nearest_beat_frames(SONG, at, RATE) == beat


def test_of_two_beats_as_near_it_is_the_earlier():
    assert nearest_beat_frames(SONG, 15, Fraction(60)) == 0


def test_before_the_first_and_behind_the_last_beat_that_one_is_the_nearest():
    song = replace(SONG, beats=(1.0, 2.0))
    assert nearest_beat_frames(song, 3, RATE) == 30
    assert nearest_beat_frames(song, 400, RATE) == 60
    assert (beat_at(song, 3, RATE), beat_at(song, 61, RATE), beat_at(song, 400, RATE)) == (None, 1, None)


@pytest.mark.parametrize("song", [None, replace(SONG, beats=())])
def test_without_beats_there_is_none_to_be_near(song):
    assert beat_at(song, 15, RATE) is None
    assert nearest_beat_frames(song, 15, RATE) is None


@pytest.mark.parametrize(
    ("start", "duration", "keeps"),
    [
        (36, 30, True),
        (40, 20, True),
        (35, 30, True),  # rounding moves an end by a frame
        (34, 30, False),
        (36, 31, True),
        (36, 32, False),
    ],
)
def test_a_crop_stays_where_no_more_than_a_frame_is_shown_besides(start, duration, keeps):
    shot = clip(0, 0, reframe=CROP)
    assert with_range(shot, start, duration, RATE).reframe == (CROP if keeps else None)


@pytest.mark.parametrize(
    ("rate", "moved", "keeps"),
    [(15, 1, True), (15, 2, False), (60, 2, True), (60, 3, False)],
)
def test_the_frame_that_a_crop_is_allowed_is_the_longer_one_of_file_and_edit(rate, moved, keeps):
    shot = clip(0, 0, reframe=CROP, source_rate_fps=Fraction(rate))
    for start in (36 - moved, 36 + moved):
        assert with_range(shot, start, 30, RATE).reframe == (CROP if keeps else None)


DOUBLE_THEN_HALF = retimed((0, 0.0), (10, 1.0), (30, 1.5))
"""Three times as fast, then at three quarters."""


@pytest.mark.parametrize(
    ("start", "duration", "keys"),
    [
        (36, 20, [(0, 0), (10, 1), (20, 1.25)]),
        (36 + 15, 25, [(0, 0), (5, 0.5), (25, 1)]),
        (36 + 30, 20, [(0, 0), (20, 0.5)]),
        (
            36 - 15,
            35,
            [(0, 0), (5, 0.5), (15, 1.5), (35, 2)],
        ),  # 5 frames earlier, at the speed of the beginning
        (36, 40, [(0, 0), (10, 1), (30, 1.5), (40, 1.75)]),
        (36 + 10, 7, [(0, 0), (7, 0.7)]),  # 1 / 3 s in, which frame 3 is nearest to
    ],
)
def test_a_retimed_shot_keeps_the_speed_of_every_picture_that_stays(start, duration, keys):
    got = with_range(clip(0, 0, retime=DOUBLE_THEN_HALF), start, duration, RATE)
    assert (got.source_start_frames, got.duration_frames) == (start, duration)
    assert [(key.at_frames, key.source_s) for key in got.retime.keys] == keys


def test_speeds_are_told_to_the_millionth_of_a_second():
    shot = clip(0, 0, retime=retimed((0, 0.0), (30, 1.0)))
    assert with_range(shot, 36, 7, RATE).retime == retimed((0, 0.0), (7, 0.233333))
    assert with_range(shot, 36 + 45, 7, RATE).retime == retimed((0, 0.0), (7, 0.233333))


def test_a_retimed_shot_of_the_same_length_keeps_its_speeds():
    got = with_range(clip(0, 0, retime=DOUBLE_THEN_HALF), 60, 30, RATE)
    assert (got.source_start_frames, got.retime) == (60, DOUBLE_THEN_HALF)


@pytest.mark.parametrize(
    ("source_s", "frame"),
    [
        ("0", 0),
        ("0.2", 2),
        ("0.24", 2),
        ("0.26", 3),
        ("1", 10),
        ("1.1", 14),
        ("1.5", 30),
        ("1.6", 34),
        ("-0.3", -3),
    ],
)
def test_the_frame_that_shows_a_moment_is_found_by_the_speed_there(source_s, frame):
    assert frame_showing(DOUBLE_THEN_HALF, Fraction(source_s)) == frame


def test_a_retimed_shot_of_an_edit_can_be_laid():
    plan = ramped(timeline((30, 45, 30)))
    shorter = with_range(plan.clips[1], 42, 15, RATE)
    got = laid(plan, (plan.clips[0], shorter, plan.clips[2]))
    assert shots(got) == [("c01", 0, 30), ("c02", 30, 15), ("c03", 45, 30)]
    assert problems_of(got) == ()

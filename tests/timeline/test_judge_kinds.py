"""Each kind of constraint judged from the shots of a timeline: cuts lie at 1, 2, ... s, beats every half second."""

from __future__ import annotations

from dataclasses import replace

import pytest
from judge_samples import plan, verdict


def held(timeline, at_s, **window):
    return verdict(timeline, {"hold": "drop", **window}, at_s=at_s)


@pytest.mark.parametrize(
    ("at_s", "window", "wrong"),
    [
        # Cuts at 1 and 2 s; the cut before the second shot is number 1.
        ([1.5], {"before_s": 0.4}, ()),
        ([1.5], {"before_s": 0.6}, (1,)),
        ([1.5], {"after_s": 0.6}, (2,)),
        ([1.5], {"before_s": 0.6, "after_s": 0.6}, (1, 2)),
        # On the moment itself only both together allow no cut.
        ([2.0], {"before_s": 0.6}, ()),
        ([2.0], {"after_s": 0.6}, ()),
        ([2.0], {"before_s": 0.6, "after_s": 0.6}, (2,)),
        # Exactly as far away as the window is long is outside.
        ([2.0], {"before_s": 1.0}, ()),
        ([2.0], {"before_s": 1.1}, (1,)),
    ],
)
def test_nothing_is_cut_around_what_holds(at_s, window, wrong):
    found = held(plan(), at_s, **window)
    assert (found.wrong, found.holds, found.used) == (wrong, not wrong, "1 in the edit")


def test_half_a_frame_beside_a_moment_is_on_it():
    assert held(plan(), [2.016], before_s=0.6).wrong == ()
    assert held(plan(), [2.02], before_s=0.6).wrong == (2,)


def test_moments_behind_the_end_count_once_the_edit_reaches_them():
    assert held(plan(), [3.5], before_s=2.0).used == "0 in the edit"
    longer = plan((30, 30, 60))
    assert (held(longer, [3.5], before_s=2.0).used, held(longer, [3.5], before_s=2.0).wrong) == (
        "1 in the edit",
        (2,),
    )


def test_moments_are_times_of_the_song_not_of_the_edit():
    later = plan()
    later = replace(later, song=replace(later.song, start_s=10.0))
    assert held(later, [1.5], before_s=0.6).used == "0 in the edit"
    assert held(later, [11.5], before_s=0.6).wrong == (1,)


def test_without_a_song_nothing_holds_and_no_cut_lies_on_a_mark():
    silent = plan(song=False)
    assert held(silent, None, before_s=1.0).holds
    assert verdict(silent, {"cuts": "beat"}).used == "0 of 2 cuts"


def test_an_earlier_plan_does_not_say_what_holds():
    assert held(plan(), None, before_s=1.0) is None
    assert verdict(plan(), {"cuts": "phrase"}) is None


def test_cuts_on_beats_and_bars_are_counted_from_the_song():
    # Bars begin at 0, 2, 4 s.
    assert verdict(plan(), {"cuts": "beat"}).used == "2 of 2 cuts"
    assert (verdict(plan(), {"cuts": "downbeat"}).used, verdict(plan(), {"cuts": "downbeat"}).wrong) == (
        "1 of 2 cuts",
        (1,),
    )
    assert verdict(plan((32, 28, 30)), {"cuts": "beat"}).wrong == (1,)
    assert verdict(plan((31, 29, 30)), {"cuts": "beat"}).wrong == ()


@pytest.mark.parametrize("kind", ["phrase", "section"])
def test_cuts_on_phrases_and_sections_are_counted_from_what_the_plan_says(kind):
    assert verdict(plan(), {"cuts": kind}, at_s=[0.0, 2.0]).used == "1 of 2 cuts"
    assert verdict(plan(), {"cuts": kind, "where": "record_s > 1.5"}, at_s=[0.0, 2.0]).used == "1 of 1 cuts"


def speech(**stretches):
    files = {"front_01.mp4": [], "side_02.mp4": [], "overhead_03.mp4": []}
    return plan(speech={**files, **{f"{name}.mp4": spans for name, spans in stretches.items()}})


def test_no_shot_begins_or_ends_in_speech_by_more_than_a_tenth_of_a_second():
    # side_02 is shown from 1.4 to 2.4 s, at 30 fps: half a frame is 0.017 s.
    uncut = {"uncut": "speech"}
    assert verdict(speech(side_02=[[1.0, 2.0]]), uncut).wrong == (1,)
    assert verdict(speech(side_02=[[2.0, 3.0]]), uncut).wrong == (1,)
    assert verdict(speech(side_02=[[1.5, 2.3]]), uncut).wrong == ()
    assert verdict(speech(side_02=[[1.29, 2.3]]), uncut).wrong == ()
    assert verdict(speech(side_02=[[1.28, 2.3]]), uncut).wrong == (1,)
    assert verdict(speech(side_02=[[1.0, 2.0]]), uncut).used == "2 of 3 shots"


def test_a_file_that_nobody_listened_to_makes_it_unknown_and_footage_nobody_listened_to_holds():
    assert verdict(plan(speech={"front_01.mp4": []}), {"uncut": "speech"}) is None
    assert verdict(plan(), {"uncut": "speech"}).used == "nobody listened for speech"


def test_shots_that_break_what_looks_at_one_shot_are_named():
    # front 1 s, side 2 s, overhead 1 s.
    timeline = plan((30, 60, 30))
    assert verdict(timeline, {"every": "length_s < 1.5"}).wrong == (1,)
    assert verdict(timeline, {"length": "record_s >= 0", "max_s": 1.5}).wrong == (1,)
    assert verdict(timeline, {"first": "length_s > 1.5"}).wrong == (0,)
    assert verdict(timeline, {"last": "length_s > 1.5"}).wrong == (2,)
    assert verdict(timeline, {"last": "length_s < 1.5"}).wrong == ()
    assert verdict(timeline, {"every": "length_s < 1.5", "where": "record_s > 2"}).used == "1 of 1 shots"


def test_shares_are_of_the_time_as_it_is():
    timeline = plan((30, 60, 30))
    seen = {"share": ["mark"]}
    # side_02, two of four seconds, has no mark.
    found = verdict(timeline, {"share": "shot_type == 'x'", "min": 0.6}, seen=seen)
    assert (found.used, found.holds, found.wrong) == (0.5, False, None)
    by_shots = {"share": "shot_type == 'x'", "min": 0.6, "by": "shots"}
    assert verdict(timeline, by_shots, seen=seen).used == pytest.approx(2 / 3, abs=1e-6)

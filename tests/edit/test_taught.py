"""What deletions teach, by arithmetic: two clips of 8 s in segments of 4 s, all worth 0.8."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest
from edit.made_library import make_clip, make_request
from rushes.edit.request import AvoidedShot
from rushes.edit.taught import taught
from rushes.recipe.instruction_spec import DeleteReasonSpec

REQUEST = make_request([make_clip(name, 8.0, score=0.8) for name in ("a.mp4", "b.mp4")])
SHAKY = DeleteReasonSpec(name="too_shaky", lower="shake_01", by=0.5)


def asked(*avoid, reasons=(), **changes):
    return replace(
        REQUEST,
        avoid=avoid,
        edit=replace(REQUEST.edit, score="heuristic_score", delete_reasons=reasons),
        **changes,
    )


def shot(clip="a.mp4", start_s=0.0, end_s=2.0, **facts):
    return AvoidedShot(clip=clip, start_s=start_s, end_s=end_s, **facts)


def scores(request):
    """Of a.mp4 from 0 and from 4 s, then of b.mp4."""
    found = taught(request).segments.sort("clip", "start_s").get_column("heuristic_score")
    return [round(value, 6) for value in found]


def offered(request):
    return taught(request).segments.sort("clip", "start_s").get_column("rejected").to_list()


def test_where_nothing_was_deleted_there_is_nothing_to_learn():
    lesson = taught(asked(reasons=(SHAKY,)))
    assert lesson.segments.equals(REQUEST.segments)
    assert lesson.notes == ()


def test_takes_that_were_deleted_are_not_offered_again_and_it_is_said_why():
    request = asked(shot())
    assert offered(request) == [True, False, False, False]
    lesson = taught(request)
    rows = lesson.segments.sort("clip", "start_s")
    assert rows.get_column("reject_reasons").to_list() == [["deleted"], [], [], []]
    assert scores(request) == [0.8] * 4
    assert lesson.notes == ("1 take that was deleted is not offered again",)


def test_a_shot_that_lies_over_two_takes_takes_both():
    request = asked(shot(start_s=3.0, end_s=5.0))
    assert offered(request) == [True, True, False, False]
    assert taught(request).notes == ("2 takes that were deleted are not offered again",)


@pytest.mark.parametrize(("end_s", "second"), [(4.0, False), (4.05, False), (4.15, True)])
def test_a_take_of_which_less_than_a_tenth_of_a_second_was_shown_was_not_shown(end_s, second):
    assert offered(asked(shot(end_s=end_s))) == [True, second, False, False]
    assert offered(asked(shot(start_s=8.0 - end_s, end_s=8.0))) == [second, True, False, False]


def test_what_was_rejected_before_stays_so_with_its_own_reason():
    request = make_request([make_clip("a.mp4", 4.0), make_clip("b.mp4", 4.0, rejected=True)])
    rows = taught(replace(request, avoid=(shot(),))).segments.sort("clip")
    assert rows.get_column("rejected").to_list() == [True, True]
    assert rows.get_column("reject_reasons").to_list() == [["deleted"], ["too dark"]]


def test_segments_that_say_nothing_of_rejection_can_be_taught():
    plain = REQUEST.segments.drop("rejected", "reject_reasons")
    rows = taught(asked(shot(), segments=plain)).segments.sort("clip", "start_s")
    assert rows.get_column("rejected").to_list() == [True, False, False, False]
    assert rows.get_column("reject_reasons").to_list() == [["deleted"], None, None, None]


def test_takes_that_are_to_come_less_are_lowered_by_that_share_and_offered():
    request = asked(shot(less_01=0.25), shot("b.mp4", 4.0, 8.0, less_01=0.5))
    assert scores(request) == [0.6, 0.8, 0.8, 0.4]
    assert offered(request) == [False] * 4
    assert taught(request).notes == ()


def test_shares_of_several_lessons_are_taken_one_after_the_other():
    assert scores(asked(shot(less_01=0.25), shot(start_s=1.0, less_01=0.5))) == [0.3, 0.8, 0.8, 0.8]
    assert scores(asked(shot(less_01=0.0))) == [0.8] * 4


def test_a_reason_lowers_every_take_by_how_much_it_has_of_it_and_those_of_the_clip_by_half_of_it():
    shake = pl.Series("shake_01", [0.0, 1.0, 0.5, None])
    request = asked(
        shot(reason="too_shaky"),
        reasons=(SHAKY,),
        segments=REQUEST.segments.sort("clip", "start_s").with_columns(shake),
    )
    # a.mp4: at least half of 0.5, and all of 0.5 where it shakes. b.mp4: half of 0.5, and nothing where nobody knows.
    assert scores(request) == [0.6, 0.4, 0.6, 0.8]
    assert taught(request).notes == (
        "1 take that was deleted is not offered again",
        "deleted as too_shaky: takes that are so too are worth up to 50% less, other takes of the same clips 25%",
    )


@pytest.mark.parametrize(("same_clip_by", "of_clip"), [(0.0, 0.76), (0.75, 0.2), (0.01, 0.76)])
def test_what_a_reason_says_of_the_clip_counts_only_where_it_says_more(same_clip_by, of_clip):
    reason = replace(SHAKY, same_clip_by=same_clip_by)
    got = scores(asked(shot(reason="too_shaky"), reasons=(reason,)))
    # All shake by 0.1: 0.05 less.
    assert got == [of_clip, of_clip, 0.76, 0.76]
    notes = taught(asked(shot(reason="too_shaky"), reasons=(reason,))).notes
    assert notes[1].endswith(f"other takes of the same clips {same_clip_by:.0%}")


def test_what_a_reason_says_is_clamped():
    for lower, left in (("5 * shake_01 + 1", 0.4), ("shake_01 - 1", 0.8)):
        reason = DeleteReasonSpec(name="r", lower=lower, by=0.5, same_clip_by=0.0)
        assert scores(asked(shot(reason="r"), reasons=(reason,))) == [left] * 4


def test_a_reason_may_speak_of_the_clip_and_of_thresholds():
    reason = DeleteReasonSpec(
        name="wrong", lower="same_clip and shake_01 < much_01", by=0.5, same_clip_by=0.0
    )
    request = asked(shot(reason="wrong"), reasons=(reason,), thresholds={"much_01": 0.5})
    assert scores(request) == [0.4, 0.4, 0.8, 0.8]
    assert scores(replace(request, thresholds={"much_01": 0.05})) == [0.8] * 4


def test_a_reason_counts_once_however_many_were_deleted_for_it():
    once = asked(shot(reason="too_shaky"), reasons=(SHAKY,))
    twice = asked(
        shot(reason="too_shaky"), shot(start_s=5.0, end_s=7.0, reason="too_shaky"), reasons=(SHAKY,)
    )
    assert scores(once) == scores(twice) == [0.6, 0.6, 0.76, 0.76]
    other = asked(shot(reason="too_shaky"), shot("b.mp4", reason="boring"), reasons=(SHAKY,))
    assert scores(other) == [0.6, 0.6, 0.76, 0.76]
    both = asked(shot(reason="too_shaky"), shot("b.mp4", reason="too_shaky"), reasons=(SHAKY,))
    assert scores(both) == [0.6] * 4


def test_a_reason_that_the_recipe_does_not_name_teaches_nothing_and_that_is_said():
    request = asked(shot(reason="boring"), shot(start_s=5.0, end_s=7.0), reasons=(SHAKY,))
    assert scores(request) == [0.8] * 4
    assert taught(request).notes[1:] == (
        'the reason "boring" is kept, but teaches nothing: edit.delete_reasons does not name it',
    )


def test_without_a_score_nothing_is_lowered():
    request = asked(shot(reason="too_shaky"), reasons=(SHAKY,))
    unscored = replace(request, segments=request.segments.drop("heuristic_score"))
    assert "heuristic_score" not in taught(unscored).segments.columns
    assert offered(unscored) == [True, False, False, False]

"""Where segments.max_s divides the footage, it is said to be what keeps shots short."""

import polars as pl
import pytest
from edit.made_library import make_clip, make_request, make_song
from rushes.edit.longest_take import divided_again
from rushes.edit.solve import edit_timeline
from rushes.errors import ConstraintError
from rushes.recipe.constraint_spec import ConstraintSpec

# Three takes of 3 s each.
LONG = [make_clip(f"c{at}.mp4", 9.0) for at in range(5)]
PHRASES = ConstraintSpec(name="phrases", cuts="phrase")


def said(clips, **edit):
    with pytest.raises(ConstraintError) as caught:
        edit_timeline(make_request(clips, make_song(), duration_s=16.0, max_uses_per_clip=2, **edit))
    assert caught.value.exit_code == 4
    return str(caught.value)


def test_where_no_take_is_long_enough_for_one_shot_that_is_said_with_what_helps():
    assert said(LONG, min_shot_s=4.5, max_shot_s=8.0).startswith(
        "no take is as long as 4.5 s (edit.min_shot_s): the longest has 2.8 s between handles of 0.1 s,"
        " as segments.max_s divides longer ones\n"
        "    fix: --set segments.max_s=9, or --set edit.min_shot_s=1.4"
    )


def test_where_clips_are_short_themselves_no_other_division_is_named():
    short = [make_clip(f"c{at}.mp4", 3.0) for at in range(8)]
    words = said(short, min_shot_s=4.5, max_shot_s=8.0)
    assert words.startswith(
        "no take is as long as 4.5 s (edit.min_shot_s): the longest has 2.8 s between handles of 0.1 s\n"
    )
    assert "--set edit.min_shot_s=1.4" in words and "segments.max_s" not in words


def test_a_conflict_tells_how_long_shots_can_be_and_what_divides_them():
    # A phrase is 8 s long: four bars of four beats at 120 BPM.
    words = said(LONG, max_shot_s=8.5, constraints=(PHRASES,))
    assert (
        "with shots of 0.5 to 2.8 s (edit.max_shot_s is 8.5 s, but segments.max_s divides longer takes) keeps"
        in words
    )
    assert "--set segments.max_s=9" in words


def test_where_takes_are_as_long_as_shots_may_be_segments_are_not_named():
    words = said(LONG, max_shot_s=2.0, constraints=(PHRASES,))
    assert "with shots of 0.5 to 2 s keeps" in words and "segments" not in words


def test_takes_that_are_as_long_as_shots_but_for_their_handles_are_not_named():
    clips = [make_clip(f"c{at}.mp4", 8.0) for at in range(5)]
    words = said(clips, max_shot_s=4.0, constraints=(PHRASES,))
    assert "with shots of 0.5 to 4 s keeps" in words and "segments" not in words


def test_a_larger_limit_divides_shots_into_fewer_even_parts():
    request = make_request(LONG[:1])
    halves = divided_again(request.segments, 5.0)
    assert halves.select("start_s", "end_s").rows() == [(0.0, 4.5), (4.5, 9.0)]
    assert halves.schema == request.segments.schema
    assert halves["segment"].to_list() == ["c0.mp4#001", "c0.mp4#003"]
    assert divided_again(request.segments, 9.0).select("start_s", "end_s").rows() == [(0.0, 9.0)]
    assert divided_again(request.segments, 3.0).equals(request.segments)


def test_other_shots_and_holes_stay_between_takes():
    segments = make_request(LONG[:1]).segments
    cut = segments.with_columns(shot_index=pl.Series([1, 1, 2]))
    assert divided_again(cut, 9.0).select("start_s", "end_s").rows() == [(0.0, 6.0), (6.0, 9.0)]
    hole = pl.concat([segments[:1], segments[2:]])
    assert divided_again(hole, 9.0).equals(hole)

"""Which shot became which: places from 0, clips of 30 frames at 30 fps.

Clip n (from 0) is called c01, c02, ... and shows a file of its own, front_01.mp4, side_02.mp4, ...
"""

from __future__ import annotations

import time
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rushes.timeline.match import Pair, common_order, match_clips
from timeline_samples import clip, timeline


def edit(*clips):
    """An edit of these clips, one after another."""
    placed = [replace(shot, timeline_start_frames=30 * at) for at, shot in enumerate(clips)]
    return replace(timeline(), clips=tuple(placed))


def pairs(first, second):
    return [(pair.a, pair.b) for pair in match_clips(edit(*first), edit(*second))]


A, B, C, D, E = (clip(at, 0) for at in range(5))


def test_an_edit_matches_itself():
    assert pairs((A, B, C), (A, B, C)) == [(0, 0), (1, 1), (2, 2)]
    assert match_clips(edit(), edit()) == ()


def test_clips_with_new_ids_are_known_by_their_source():
    assert pairs((A, B, C), [replace(shot, id=f"x{shot.id}") for shot in (C, A, B)]) == [
        (2, 0),
        (0, 1),
        (1, 2),
    ]


def test_two_uses_of_one_file_are_told_apart_by_their_source_range():
    early, late = replace(A, id="p"), replace(A, id="q", source_start_frames=300)
    assert pairs((early, late), (replace(late, id="x"), replace(early, id="y"))) == [(1, 0), (0, 1)]


def test_ranges_that_only_touch_are_not_the_same_use():
    # The first of both ends where the second begins; the file alone then pairs them in their order.
    first, second = replace(A, id="p"), replace(A, id="q", source_start_frames=66)
    assert pairs((first, second), (replace(second, id="x"), replace(A, id="y", source_start_frames=600))) == [
        (1, 0),
        (0, 1),
    ]


def test_a_file_is_known_where_its_range_is_another():
    moved = replace(B, id="x", source_start_frames=900)
    assert pairs((A, B, C), (moved, replace(A, id="y"), replace(C, id="z"))) == [(1, 0), (0, 1), (2, 2)]


def test_a_range_that_is_the_same_goes_before_an_id_and_an_id_with_its_file_before_all():
    # The ids were given anew: what counts is what is shown.
    assert pairs((A, B), (replace(B, id="c01"), replace(A, id="c02"))) == [(1, 0), (0, 1)]
    # Of two uses of a file the one with the id is the same, though the other shows the same range.
    other = replace(A, id="q", source_start_frames=300)
    assert pairs((A, other), (replace(other, id="c01"), replace(A, id="q"))) == [(0, 0), (1, 1)]


def test_an_id_is_known_where_its_file_is_another():
    # Moved and replaced at once: only its id is left of it.
    swapped = replace(A, file="other.mp4", digest="f" * 64)
    assert pairs((A, B, C, D), (B, C, D, swapped)) == [(1, 0), (2, 1), (3, 2), (0, 3)]


def test_a_clip_alone_between_the_same_neighbours_was_replaced():
    assert pairs((A, B, C), (A, D, C)) == [(0, 0), (1, 1), (2, 2)]
    assert pairs((A, B, C), (D, B, E)) == [(0, 0), (1, 1), (2, 2)]
    assert pairs((A, B), (C, D)) == [(0, 0), (1, 1)]


def test_clips_between_the_same_neighbours_that_are_not_as_many_were_taken_out_and_put_in():
    assert pairs((A, B, C), (A, D, E, C)) == [(0, 0), (1, None), (None, 1), (None, 2), (2, 3)]


def test_a_clip_between_neighbours_of_which_one_moved_was_not_replaced():
    assert pairs((A, B, C), (C, D, A)) == [(2, 0), (1, None), (None, 1), (0, 2)]


def test_what_went_stands_where_it_was():
    assert pairs((A, B, C), (A, C)) == [(0, 0), (1, None), (2, 1)]
    assert pairs((A, B, C), (A, B)) == [(0, 0), (1, 1), (2, None)]
    assert pairs((A, B, C), (B, C)) == [(0, None), (1, 0), (2, 1)]
    assert pairs((A, B, C), ()) == [(0, None), (1, None), (2, None)]


def test_what_came_has_no_partner():
    assert pairs((A, C), (A, B, C)) == [(0, 0), (None, 1), (1, 2)]
    assert pairs((), (A,)) == [(None, 0)]


def anew(*shots):
    """The same clips with ids that no other edit has."""
    return tuple(replace(shot, id=f"x{at}") for at, shot in enumerate(shots))


def test_uses_that_nothing_tells_apart_keep_their_order():
    assert pairs((B, A, A, A), anew(A, A, A, B)) == [(1, 0), (2, 1), (3, 2), (0, 3)]


def test_a_use_more_or_less_than_before_is_the_later_one():
    assert pairs((A, A), anew(A)) == [(0, 0), (1, None)]
    assert pairs((A,), anew(A, A)) == [(0, 0), (None, 1)]


def test_what_moved_is_the_one_at_the_nearest_place():
    assert pairs((B, C, D, A, E), anew(A, B, C, D, E, A)) == [
        (None, 0),
        (0, 1),
        (1, 2),
        (2, 3),
        (4, 4),
        (3, 5),
    ]
    assert pairs((A, B, C, D), anew(B, C, D, A, A)) == [(1, 0), (2, 1), (3, 2), (0, 3), (None, 4)]


def test_of_two_that_may_have_moved_to_one_place_the_first_did():
    assert pairs((A, A, B, C, D), anew(B, C, D, A)) == [(2, 0), (1, None), (3, 1), (4, 2), (0, 3)]


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        ([], []),
        (["110", "011"], [(0, 0), (1, 1)]),
        (["010", "100"], [(1, 0)]),
        (["001", "100", "010"], [(1, 0), (2, 1)]),
        (["0", "1"], [(1, 0)]),
        (["01"], [(0, 1)]),
        (["11", "11"], [(0, 0), (1, 1)]),
        (["00", "00"], []),
    ],
)
def test_the_longest_common_order_is_found(rows, found):
    assert common_order([[word == "1" for word in row] for row in rows]) == found


def longest(fits, row=0, column=0):
    """By trying all."""
    pairs = [(i, j) for i in range(row, len(fits)) for j in range(column, len(fits[i])) if fits[i][j]]
    return max((1 + longest(fits, i + 1, j + 1) for i, j in pairs), default=0)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.lists(st.booleans(), min_size=4, max_size=4), max_size=4))
def test_no_common_order_is_longer_than_the_one_found(fits):
    found = common_order(fits)
    assert len(found) == longest(fits)
    assert all(fits[i][j] for i, j in found)
    assert all(a[0] < b[0] and a[1] < b[1] for a, b in pairwise(found))


@settings(max_examples=30, deadline=None)
@given(st.permutations(range(6)), st.permutations(range(6)), st.integers(0, 6), st.integers(0, 6))
def test_every_clip_of_both_is_in_one_pair_and_what_is_in_both_is_paired_with_itself(one, other, few, more):
    first, second = one[:few], other[:more]
    shots = [clip(at, 0) for at in range(6)]
    found = match_clips(edit(*(shots[at] for at in first)), edit(*(shots[at] for at in second)))
    assert sorted(pair.a for pair in found if pair.a is not None) == list(range(few))
    assert [pair.b for pair in found if pair.b is not None] == list(range(more))
    assert all(Pair(first.index(at), second.index(at)) in found for at in set(first) & set(second))


def section_of(*ids):
    return {"action": "regenerate_requested", "clip_id": None, "clip_ids": [*ids]}


def deleted(clip_id):
    return {"action": "clip_deleted", "clip_id": clip_id}


def edited(timeline, *user_edits):
    """The timeline after these edits."""
    gone = tuple(one for one in user_edits if one["action"] == "clip_deleted")
    return replace(timeline, user_edits=user_edits, deleted_clips=gone)


def test_a_deleted_clip_is_no_other_take_of_its_file_that_came_later():
    other = replace(B, id="new", source_start_frames=900)
    plan, now = edit(A, B, C, D), edited(edit(A, C, other), deleted("c02"), section_of("new"))
    assert [(pair.a, pair.b) for pair in match_clips(plan, now)] == [(0, 0), (1, None), (2, 1), (3, 2)]
    assert [(pair.a, pair.b) for pair in match_clips(now, plan)] == [(0, 0), (None, 1), (1, 2), (2, 3)]
    near = edited(edit(A, C, D, replace(B, id="new")), deleted("c02"), section_of("new"))
    assert [(pair.a, pair.b) for pair in match_clips(plan, near)] == [
        (0, 0),
        (1, None),
        (2, 1),
        (3, 2),
        (None, 3),
    ]


def test_after_edits_the_file_alone_does_not_make_a_clip_the_same():
    other = replace(A, id="new", source_start_frames=900)
    plan = edit(A, B, C, D)
    now = edited(edit(B, C, other, E), section_of("new", "c05"))
    assert [(pair.a, pair.b) for pair in match_clips(plan, now)] == [
        (0, None), (1, 0), (2, 1), (None, 2), (3, None), (None, 3),
    ]  # fmt: skip
    # Timelines of two runs: nothing says how the one became the other.
    assert (0, 2) in [(pair.a, pair.b) for pair in match_clips(plan, edit(B, C, other, E))]


def test_a_take_that_was_chosen_again_in_a_section_is_known_by_its_range():
    plan, now = edit(A, B, C), edited(edit(A, C, replace(B, id="new")), section_of("new"))
    assert (1, 2) in [(pair.a, pair.b) for pair in match_clips(plan, now)]


def test_edits_of_another_plan_say_nothing_of_ids():
    other = [replace(shot, id=f"x{shot.id}", source_start_frames=900) for shot in (A, B, C)]
    now = edited(edit(*other[:2]), deleted("xc03"))
    assert [(pair.a, pair.b) for pair in match_clips(edit(A, B, C), now)] == [(0, 0), (1, 1), (2, None)]


def test_of_thousands_of_clips_those_that_are_the_same_are_found_at_once():
    plan = timeline((30,) * 3000, song=False)
    edited = replace(plan, clips=(*plan.clips[1:], plan.clips[0]))
    began_s = time.process_time()
    assert [(pair.a, pair.b) for pair in match_clips(plan, edited)] == [
        *((at + 1, at) for at in range(2999)),
        (0, 2999),
    ]
    assert time.process_time() - began_s < 1

"""Which piece may lie on which span, where some shots must stay.

Spans in order: of 30 frames; of 45 frames; where shot 0 stands; where shot 1 stands; of 30 frames, which is no length for
new shots there.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from rushes.edit.kept import kept_uses, make_mask
from rushes.edit.places import Spans
from rushes.edit.request import KeptShot

LENGTHS = (30, 45, 60, 30, 30)


def kept(name, clip, hold="both", duration=30):
    return KeptShot(
        id=name,
        clip=clip,
        source_start_s=Fraction(1),
        source_end_s=Fraction(2),
        record_start_frames=0,
        duration_frames=duration,
        hold=hold,
    )


def mask(shots, pieces, max_uses=2):
    spans = Spans(
        start=np.arange(5),
        end=np.arange(5) + 1,
        length_frames=np.array(LENGTHS),
        held=np.array([-1, -1, 0, 1, -1]),
        free=np.array([True, True, True, True, False]),
    )
    return make_mask(shots, spans, pieces, max_uses)


def may(made, piece, fits=(True,) * 5):
    """Spans where a piece may lie."""
    found = made.of(np.array(fits)[:, None], np.array([piece]))
    return np.flatnonzero(found[:, 0]).tolist()


PIECES = (("s0", "a.mp4"), ("s1", "b.mp4"), ("", "a.mp4"), ("", "c.mp4"))
BOTH = (kept("s0", "a.mp4"), kept("s1", "b.mp4"))


def test_a_shot_that_stays_where_it_is_lies_on_its_own_span_alone():
    made = mask(BOTH, PIECES)
    assert may(made, 0) == [2]
    assert may(made, 1) == [3]


def test_the_length_of_a_shot_that_stays_is_its_own_matter():
    nowhere = (False,) * 5
    assert may(mask(BOTH, PIECES), 0, nowhere) == [2]
    moving = mask((kept("s0", "a.mp4", "source"), BOTH[1]), PIECES)
    assert may(moving, 0, nowhere) == [0, 4]


@pytest.mark.parametrize(("duration", "spans"), [(30, [0, 4]), (45, [1]), (60, [])])
def test_a_shot_that_keeps_its_source_lies_wherever_none_stands_still_and_it_is_as_long(duration, spans):
    made = mask((kept("s0", "a.mp4", "source", duration), BOTH[1]), PIECES)
    assert may(made, 0) == spans


def test_new_shots_lie_where_none_stands_still_and_as_long_as_new_shots_may_be():
    made = mask(BOTH, PIECES)
    assert may(made, 2) == [0, 1]
    assert may(made, 3) == [0, 1]
    assert may(made, 3, (False, True, True, True, True)) == [1]


def test_a_clip_that_shots_that_stay_have_used_up_gives_no_new_ones():
    made = mask(BOTH, PIECES, max_uses=1)
    assert may(made, 2) == []
    assert may(made, 3) == [0, 1]
    twice = mask((kept("s0", "a.mp4"), kept("s1", "a.mp4")), PIECES, max_uses=2)
    assert may(twice, 2) == []
    assert may(mask(BOTH, PIECES, max_uses=2), 2) == [0, 1]


def test_a_shot_that_keeps_its_place_alone_may_show_another_part_of_its_clip():
    shots = (kept("s0", "a.mp4", "position"), BOTH[1])
    pieces = (("", "b.mp4"), ("s1", "b.mp4"), ("", "a.mp4"), ("", "c.mp4"))
    made = mask(shots, pieces)
    assert may(made, 2) == [0, 1, 2]
    assert may(made, 3) == [0, 1]
    assert may(made, 0) == [0, 1]
    # Its clip is used up by itself, and still it may go on showing it.
    assert may(mask(shots, pieces, max_uses=1), 2) == [2]
    assert may(mask(shots, pieces), 2, (True, True, False, True, True)) == [0, 1]


def test_a_shot_that_keeps_its_place_and_is_a_piece_of_its_own_leaves_its_place_to_no_other():
    made = mask((kept("s0", "a.mp4", "position"), BOTH[1]), PIECES)
    assert may(made, 0) == [2]
    assert may(made, 2) == [0, 1]


def test_several_pieces_are_asked_for_at_once_by_their_numbers():
    made = mask(BOTH, PIECES)
    found = made.of(np.ones((5, 2), dtype=bool), np.array([3, 0]))
    assert found.T.tolist() == [[True, True, False, False, False], [False, False, True, False, False]]


def test_uses_of_shots_that_stay_are_counted_by_clip():
    assert kept_uses((*BOTH, kept("s2", "a.mp4"))) == {"a.mp4": 2, "b.mp4": 1}
    assert kept_uses(()) == {}

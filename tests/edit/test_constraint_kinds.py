"""Which takes constraints tell apart: eight takes 0.mp4 to 7.mp4, of every shot type with the angles front and side, and of two
types with an angle that nobody knows."""

from __future__ import annotations

import numpy as np
import pytest
from edit.made_library import make_clip, make_request, make_song
from rushes.edit.attempt import Scene, prepare
from rushes.edit.constraint_kinds import by_cover, numbered, standing_in, told_apart
from rushes.edit.music import read_music
from rushes.edit.places import lay_places
from rushes.errors import ConstraintError
from rushes.recipe.constraint_spec import ConstraintSpec
from rushes.style.profile import read_style

WIDE, CLOSE, MEDIUM = (f"shot_type == '{name}'" for name in ("wide", "close_up", "medium"))
TYPES = ("wide", "close_up", "medium")


def prepared(clips=None, **specs):
    """The footage of an edit with these constraints."""
    clips = clips or [
        make_clip(f"{at}.mp4", 4.0, shot_type=TYPES[at % 3], angle=("front", "side", None)[at // 3])
        for at in range(8)
    ]
    asked = tuple(ConstraintSpec(name=name, **what) for name, what in specs.items())
    request = make_request(
        clips,
        make_song(),
        song_start_s=10.1,
        duration_s=6.0,
        min_shot_s=0.5,
        max_uses_per_clip=20,
        constraints=asked,
    )
    music = read_music(request.song)
    places = lay_places(music, 10.1, request.edit)
    return prepare(Scene(request=request, style=read_style({}), music=music, places=places), 20, 20)


def groups(made, numbers):
    """Which takes have one number, by the first letter of their clips."""
    found = {}
    for piece, number in zip(made.footage.pieces, numbers.tolist(), strict=True):
        found.setdefault(number, set()).add(piece.clip[0])
    return sorted("".join(sorted(names)) for names in found.values())


def kinds(**specs):
    made = prepared(**specs)
    return groups(made, made.shots.kinds.of_piece)


def apart(**specs):
    made = prepared(**specs)
    return groups(made, told_apart(made.shots.constraints))


def test_without_constraints_takes_are_of_one_kind_where_they_have_one_angle():
    assert kinds() == ["012", "345", "67"]
    assert apart() == ["01234567"]


def test_what_speaks_of_neighbours_divides_the_kinds():
    assert kinds(a={"streak": "shot_type", "max": 2}) == ["0", "1", "2", "3", "4", "5", "6", "7"]
    assert kinds(a={"streak": WIDE, "max": 2}) == ["0", "12", "3", "45", "6", "7"]
    assert kinds(a={"order": (WIDE, MEDIUM)}) == ["0", "1", "2", "3", "4", "5", "6", "7"]
    assert kinds(a={"order": (WIDE, f"{WIDE} or {CLOSE}")}) == ["0", "1", "2", "3", "4", "5", "6", "7"]
    assert kinds(a={"after": WIDE, "never": WIDE}) == ["0", "12", "3", "45", "6", "7"]
    assert kinds(a={"after": WIDE, "only": f"not ({MEDIUM})"}) == ["0", "1", "2", "3", "4", "5", "6", "7"]


def test_neighbours_divide_only_takes_that_may_not_stand_beside_the_same():
    assert kinds(a={"neighbours": "shot_type != 'wide' or before_shot_type != 'wide'"}) == [
        "0",
        "12",
        "3",
        "45",
        "6",
        "7",
    ]
    assert kinds(a={"neighbours": "true or before_shot_type == 'x'"}) == [
        "012",
        "345",
        "67",
    ]


def test_what_counts_does_not_divide_the_kinds():
    assert kinds(a={"count": WIDE, "max": 2}, b={"uses": "shot_type", "max": 2}) == ["012", "345", "67"]
    assert kinds(a={"first": WIDE}, b={"length": CLOSE, "max_s": 2}) == ["012", "345", "67"]


def test_what_counts_tells_takes_apart_by_what_it_reads_of_them():
    assert apart(a={"count": WIDE, "max": 2}) == ["036", "12457"]
    assert apart(a={"share": WIDE, "max": 0.9}, b={"count": CLOSE, "max": 9}) == ["036", "147", "25"]
    assert apart(a={"uses": "shot_type", "max": 3}) == ["036", "147", "25"]
    assert apart(a={"spacing": "angle", "min_s": 1}) == ["012", "345", "67"]
    assert apart(a={"uses": "clip", "max": 2}) == ["0", "1", "2", "3", "4", "5", "6", "7"]
    assert apart(a={"streak": "shot_type", "max": 2}) == ["01234567"]


def standing(**specs):
    made = prepared(**specs)
    return groups(made, standing_in(made.shots.constraints, made.shots.kinds))


def test_takes_of_clips_that_alone_are_of_their_group_may_stand_in_for_each_other():
    assert standing(a={"uses": "clip", "max": 2}) == ["012", "345", "67"]
    assert standing(a={"spacing": "clip", "min_s": 1}) == ["012", "345", "67"]
    assert standing(a={"uses": "shot_type", "max": 3}) == ["0", "1", "2", "3", "4", "5", "6", "7"]


@pytest.mark.parametrize("bounds", [{"min": 1}, {"max": 0}, {"min": 1, "max": 2}])
def test_where_uses_must_reach_something_or_are_none_nobody_stands_in(bounds):
    assert standing(a={"uses": "clip", **bounds}) == ["0", "1", "2", "3", "4", "5", "6", "7"]


def test_a_streak_of_one_over_more_than_eight_values_is_told_pair_by_pair():
    def many(count):
        return [make_clip(f"{at}.mp4", 4.0, shot_type=f"type {at}") for at in range(count)]

    for count, is_cover in ((8, False), (9, True)):
        made = prepared(many(count), a={"streak": "shot_type", "max": 1})
        (spec,) = made.shots.constraints.specs
        assert by_cover(made.shots.constraints, spec) == is_cover
        assert len(groups(made, made.shots.kinds.of_piece)) == (1 if is_cover else count)
    made = prepared(
        many(9), a={"streak": "shot_type", "max": 2}, b={"streak": "shot_type == 'type 1'", "max": 1}
    )
    assert not any(by_cover(made.shots.constraints, spec) for spec in made.shots.constraints.specs)


def test_which_kind_may_not_follow_which_is_known():
    made = prepared(a={"after": WIDE, "never": CLOSE})
    kinds_of = made.shots.kinds
    wrong = kinds_of.may_not_follow(made.shots.constraints.specs[0])
    kind = dict(
        zip((piece.clip[0] for piece in made.footage.pieces), kinds_of.of_piece.tolist(), strict=True)
    )
    assert wrong[kind["0"], kind["1"]]
    assert not wrong[kind["1"], kind["0"]]
    assert not wrong[kind["0"], kind["2"]]
    assert wrong.sum() == 3 * 3  # a wide one of each angle, a close one of each


def test_more_kinds_than_a_solver_can_follow_are_told_with_what_tells_them_apart():
    clips = [
        make_clip(f"{at:02}.mp4", 4.0, shot_type=f"type {at}", angle=f"angle {at % 7}") for at in range(49)
    ]
    with pytest.raises(ConstraintError) as caught:
        prepared(clips, a={"streak": "shot_type", "max": 2})
    assert str(caught.value).startswith(
        "the constraints tell 49 kinds of takes apart, above 48: a (49)\n    fix: "
    )
    assert len(set(prepared(clips[:48], a={"streak": "shot_type", "max": 2}).shots.kinds.of_piece)) == 48


def test_equal_rows_have_one_number():
    found = numbered([np.array([3, 1, 3, 1]), np.array([0, 0, 0, 1])]).tolist()
    assert found[0] == found[2]
    assert len({found[0], found[1], found[3]}) == 3

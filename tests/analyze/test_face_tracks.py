from __future__ import annotations

import pytest
from faces_made import BLUE, RED, crop_of
from rushes.analyze.face_looks import look_of
from rushes.analyze.face_tracks import Sighting, follow
from rushes.analyze.faces import Params

GREEN = (40, 180, 60)
LOOKS = {color: look_of(crop_of(color)) for color in (RED, BLUE, GREEN)}


def face(t_s: float, x: float, color: tuple[int, int, int] | None = None, size: float = 0.1) -> Sighting:
    look = None if color is None else LOOKS[color]
    return Sighting(pts=round(t_s * 1000), t_s=t_s, face=0, x=x, y=0.3, size=size, look=look)


def tracks(*pictures: list[Sighting], **params: float) -> list[list[int]]:
    return follow(pictures, Params(**params))


def test_a_face_that_stays_is_one_person():
    assert tracks([face(0, 0.5)], [face(1, 0.52)], [face(2, 0.5)]) == [[0], [0], [0]]


def test_two_at_the_same_time_are_two():
    assert tracks([face(0, 0.2), face(0, 0.8)], [face(1, 0.8), face(1, 0.2)]) == [[0, 1], [1, 0]]


def test_two_who_look_alike_are_two():
    first, second = [face(0, 0.2, RED), face(0, 0.8, RED)], [face(1, 0.79, RED), face(1, 0.21, RED)]
    assert tracks(first, second) == [[0, 1], [1, 0]]


def test_two_who_change_places_keep_their_numbers():
    before, after = [face(0, 0.3, RED), face(0, 0.7, BLUE)], [face(1, 0.3, BLUE), face(1, 0.7, RED)]
    assert tracks(before, after) == [[0, 1], [1, 0]]


def test_one_who_leaves_and_comes_back_elsewhere_is_the_same():
    nobody: list[Sighting] = []
    gone = [nobody] * 9
    assert tracks([face(0, 0.2, RED)], *gone, [face(10, 0.8, RED, size=0.3)]) == [[0], *gone, [0]]


def test_one_who_comes_when_another_has_left_is_new():
    assert tracks([face(0, 0.5, RED)], [face(1, 0.5, BLUE)], [face(2, 0.5, RED)]) == [[0], [1], [0]]


def test_somebody_else_in_the_picture_is_never_the_one_who_is_there():
    assert tracks([face(0, 0.5, RED)], [face(1, 0.5, RED), face(1, 0.8, RED)]) == [[0], [0, 1]]


def test_without_looks_a_face_far_off_is_new():
    assert tracks([face(0, 0.2)], [face(1, 0.36)]) == [[0], [1]]
    assert tracks([face(0, 0.2)], [face(1, 0.36)], max_move=2) == [[0], [0]]


def test_without_looks_a_face_after_a_long_gap_is_new():
    assert tracks([face(0, 0.5)], [face(2.5, 0.5)], [face(5.1, 0.5)]) == [[0], [0], [1]]


def test_without_looks_a_face_of_another_size_is_new():
    assert tracks([face(0, 0.5, size=0.1)], [face(1, 0.5, size=0.17)]) == [[0], [0]]
    assert tracks([face(0, 0.5, size=0.1)], [face(1, 0.5, size=0.19)]) == [[0], [1]]


def test_a_face_near_where_it_was_may_look_a_little_different():
    reddish = look_of(crop_of((178, 58, 52)))
    turned = Sighting(pts=1000, t_s=1.0, face=0, x=0.5, y=0.3, size=0.1, look=reddish)
    far = Sighting(pts=1000, t_s=1.0, face=0, x=0.9, y=0.3, size=0.1, look=reddish)
    loose = {"same_look_01": 0.0, "near_look_01": 1.0}
    assert tracks([face(0, 0.5, RED)], [turned], **loose) == [[0], [0]]
    assert tracks([face(0, 0.5, RED)], [far], **loose) == [[0], [1]]


def test_a_face_on_the_other_side_of_a_cut_is_not_near():
    before = face(0, 0.5)
    after = Sighting(pts=1000, t_s=1.0, face=0, x=0.5, y=0.3, size=0.1, shot=1)
    assert tracks([before], [after]) == [[0], [1]]
    red = Sighting(pts=1000, t_s=1.0, face=0, x=0.5, y=0.3, size=0.1, shot=1, look=LOOKS[RED])
    assert tracks([face(0, 0.5, RED)], [red]) == [[0], [0]]


def test_nobody_is_nobody():
    assert tracks() == []
    assert tracks([], []) == [[], []]


def test_near_looks_may_not_be_stricter_than_looks():
    with pytest.raises(ValueError, match=r"same_look_01=0\.4 is above near_look_01=0\.33"):
        Params(same_look_01=0.4)

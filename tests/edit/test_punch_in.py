from __future__ import annotations

from dataclasses import replace

import pytest
from rushes.edit.punch_in import FaceSeen, ShotSeen, punched_in
from rushes.timeline.tree import Reframe, ReframeKey

WIDE = ShotSeen(file="a.mp4", start_s=0.0, end_s=2.0, picture_shape=16 / 9, frame_shape=16 / 9, reframe=None)


def shot(start_s, end_s, **more):
    return replace(WIDE, start_s=start_s, end_s=end_s, **more)


def widths(shots, scale=1.25):
    return [None if crop is None else crop.keys[0].width_01 for crop in punched_in(shots, scale)]


def face(at_s, x_01, y_01, size_01=0.2):
    return FaceSeen(at_s=at_s, x_01=x_01, y_01=y_01, width_01=size_01, height_01=size_01)


def test_every_other_shot_of_a_take_is_nearer():
    assert widths([shot(0, 2), shot(3, 5), shot(6, 8), shot(9, 10)]) == [None, 0.8, None, 0.8]


def test_another_clip_and_another_take_begin_anew():
    assert widths([shot(0, 2), replace(shot(3, 5), file="b.mp4"), replace(shot(6, 8), file="b.mp4")]) == [
        None,
        None,
        0.8,
    ]
    cut = [shot(0, 2, cuts_s=(2.5,)), shot(3, 5, cuts_s=(2.5,))]
    assert widths(cut) == [None, None]


def test_a_shot_that_runs_on_is_as_near_as_the_one_before():
    assert widths([shot(0, 2), shot(3, 5), shot(5, 6), shot(7, 8)]) == [None, 0.8, 0.8, None]


def test_a_face_keeps_its_place_in_the_frame():
    faces = (face(4.0, 0.6, 0.3),)
    _, near = punched_in([shot(0, 2, faces=faces), shot(3, 5, faces=faces)], 1.25)
    assert near is not None
    (key,) = near.keys
    # The middle of the face is at (0.7, 0.4): before and after it lies at that share of the window.
    left, top = key.x_01 - key.width_01 / 2, key.y_01 - key.width_01 / 2
    assert (0.7 - left) / key.width_01 == pytest.approx(0.7, abs=1e-5)
    assert (0.4 - top) / key.width_01 == pytest.approx(0.4, abs=1e-5)


def test_a_shot_in_which_a_face_would_be_cut_off_stays_as_it_is():
    faces = (face(4.0, 0.0, 0.3), face(4.5, 0.8, 0.3))
    assert widths([shot(0, 2, faces=faces), shot(3, 5, faces=faces), shot(6, 8, faces=faces)]) == [
        None,
        None,
        0.8,
    ]


def test_a_window_moves_as_far_as_a_face_at_its_edge_takes():
    # Kept at its place, a face from 0.62 to 0.98 would be cut at the right edge of a narrow window.
    crop = Reframe(mode="steady", keys=(ReframeKey(at_s=3.0, x_01=0.7, y_01=0.5, width_01=0.5),))
    faces = (face(4.0, 0.62, 0.3, 0.36),)
    before = replace(shot(0, 2), frame_shape=16 / 9 * 0.5)
    _, near = punched_in([before, replace(before, start_s=3, end_s=5, reframe=crop, faces=faces)], 1.25)
    assert near is not None
    (key,) = near.keys
    assert key.width_01 == 0.4
    assert key.x_01 + 0.2 >= 0.98 and key.x_01 - 0.2 <= 0.62 and key.x_01 + 0.2 <= 1


def test_without_faces_what_draws_the_eye_keeps_its_place():
    _, near = punched_in([shot(0, 2), shot(3, 5, draws=((3.5, 1.0, 1.0), (4.5, 0.8, 1.0)))], 1.25)
    assert near is not None
    assert near.keys[0].x_01 == pytest.approx(0.9 + (0.5 - 0.9) / 1.25)
    assert near.keys[0].y_01 == pytest.approx(0.6)


def test_a_moving_crop_is_followed_from_nearer_and_stays_inside_it():
    keys = (
        ReframeKey(at_s=3.0, x_01=0.3, y_01=0.5, width_01=0.4),
        ReframeKey(at_s=5.0, x_01=0.7, y_01=0.5, width_01=0.4),
    )
    crop = Reframe(mode="pan", keys=keys)
    shots = [shot(0, 2), replace(shot(3, 5, reframe=crop), frame_shape=16 / 9 * 0.4)]
    _, near = punched_in(shots, 1.25)
    assert near is not None and near.mode == "pan"
    for before, after in zip(keys, near.keys, strict=True):
        assert after.width_01 == pytest.approx(0.32)
        assert abs(after.x_01 - before.x_01) <= (0.4 - 0.32) / 2 + 1e-6


def test_what_shows_all_of_the_picture_or_is_fixed_stays():
    fit = Reframe(mode="fit", keys=(ReframeKey(at_s=3.0, x_01=0.5, y_01=0.5, width_01=1.0),))
    assert punched_in([shot(0, 2), shot(3, 5, reframe=fit)], 1.25) == [None, fit]
    near = Reframe(mode="steady", keys=(ReframeKey(at_s=3.0, x_01=0.5, y_01=0.5, width_01=0.8),))
    assert punched_in([shot(0, 2), shot(3, 5, reframe=near, fixed=True), shot(6, 8)], 1.25) == [
        None,
        near,
        None,
    ]

"""Where the crop of a shot is. Pictures are 16:9 unless said otherwise, so that an upright frame takes 0.316 of their width."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rushes.analyze.table import ANALYZERS
from rushes.edit.reframe import ShotToReframe, reframe_shot
from rushes.recipe.spec import ReframeSpec
from rushes.timeline.crop_path import CropPath
from rushes.timeline.tree import Reframe

COLUMNS, ROWS = 32, 18
UPRIGHT, WIDE = 9 / 16, 16 / 9
LENGTH = UPRIGHT / WIDE
Sight = tuple[float, float, float, float, str, float]
"""left, top, width, height, what, weight of something that should not be cut off."""


def face(middle: float, width: float = 0.06, weight: float = 1.0) -> Sight:
    return (middle - width / 2, 0.3, width, 0.15, "face", weight)


def person(middle: float, width: float) -> Sight:
    return (middle - width / 2, 0.1, width, 0.8, "person", 0.5)


def light(middle: float, width: float = 0.1) -> np.ndarray:
    """A map that stands out around a place across the picture."""
    at = (np.arange(COLUMNS) + 0.5) / COLUMNS
    row = np.where(np.abs(at - middle) <= width / 2, 255, 20)
    return np.tile(row, (ROWS, 1)).astype(np.uint8)


def shot(
    seconds: float,
    sights: Callable[[float], Sequence[Sight]] = lambda _: (),
    maps: Callable[[float], np.ndarray] = lambda _: np.full((ROWS, COLUMNS), 40, np.uint8),
    **changes: object,
) -> ShotToReframe:
    """What was found twice a second."""
    times = np.arange(0, seconds + 0.01, 0.5).tolist()
    seen = [(round(t * 30), t, COLUMNS, ROWS, maps(t).tobytes()) for t in times]
    wanted = [(round(t * 30), t, *sight) for t in times for sight in sights(t)]
    schemas = ANALYZERS["saliency"].tables
    frames = {
        name: pl.DataFrame(
            rows, schema={column: getattr(pl, kind) for column, kind in schemas[name]}, orient="row"
        )
        for name, rows in (("maps", seen), ("required", wanted))
    }
    facts = {"start_s": 0.0, "end_s": seconds, "picture_shape": WIDE, "frame_shape": UPRIGHT, **frames}
    return ShotToReframe(**{**facts, **changes})


def made(found: ShotToReframe, **changes: object) -> Reframe:
    reframe = reframe_shot(found, ReframeSpec(**changes))
    assert reframe is not None
    return reframe


def middles(reframe: Reframe, until_s: float, step_s: float = 0.02) -> np.ndarray:
    path = CropPath(reframe.keys)
    return np.array([path.at(float(t))[0] for t in np.arange(0, until_s, step_s)])


def test_what_rests_is_shown_at_rest_with_itself_in_the_middle():
    reframe = made(shot(3, lambda _: [face(0.3)], lambda _: light(0.3)))
    assert (reframe.mode, len(reframe.keys)) == ("steady", 1)
    assert reframe.keys[0].x_01 == pytest.approx(0.3, abs=0.03)
    assert reframe.keys[0].y_01 == 0.5
    assert reframe.keys[0].width_01 == pytest.approx(LENGTH, abs=1e-6)


def test_what_stands_out_is_shown_where_no_face_is():
    assert made(shot(3, maps=lambda _: light(0.7))).keys[0].x_01 == pytest.approx(0.7, abs=0.03)


def test_what_runs_all_along_the_picture_draws_the_crop_nowhere():
    def table(_: float) -> np.ndarray:
        seen = np.full((ROWS, COLUMNS), 10, np.uint8)
        # The table's edge is brighter than the bottle, and a little more so at the left.
        seen[11, :] = 200
        seen[11, :6] = 210
        seen[6:14, 26:28] = np.maximum(seen[6:14, 26:28], 90)
        return seen

    (key,) = made(shot(3, maps=table)).keys
    assert key.x_01 - LENGTH / 2 <= 26 / COLUMNS
    assert key.x_01 + LENGTH / 2 >= 28 / COLUMNS


def test_a_picture_without_anything_is_shown_in_the_middle():
    assert made(shot(3)).keys[0].x_01 == 0.5


def test_a_face_at_the_edge_is_not_cut_by_a_crop_at_the_edge():
    reframe = made(shot(3, lambda _: [face(0.03)], lambda _: light(0.05)))
    assert reframe.keys[0].x_01 == pytest.approx(LENGTH / 2, abs=1e-6)


def test_one_walk_is_one_move():
    def where(t: float) -> float:
        return 0.25 + 0.5 * t / 4

    reframe = made(shot(4, lambda t: [face(where(t))], lambda t: light(where(t))))
    assert (reframe.mode, len(reframe.keys)) == ("pan", 2)
    way = middles(reframe, 4)
    assert (np.diff(way) >= -1e-12).all()
    face_way = where(np.arange(0, 4, 0.02))
    assert (np.abs(way - face_way) + 0.03 <= LENGTH / 2 + 1e-6).all()


def test_a_way_there_and_back_is_followed_and_the_face_never_cut():
    def where(t: float) -> float:
        return 0.5 + 0.3 * np.sin(2 * np.pi * t / 12)

    reframe = made(shot(12, lambda t: [face(where(t))], lambda t: light(where(t))))
    assert reframe.mode == "track"
    way = middles(reframe, 12)
    assert np.ptp(way) > 0.3
    assert (np.abs(way - where(np.arange(0, 12, 0.02))) + 0.03 <= LENGTH / 2 + 0.005).all()


def test_a_face_that_crosses_faster_than_the_crop_may_move_is_shown_whole():
    reframe = made(shot(2, lambda t: [face(0.1 + 0.4 * t)], lambda t: light(0.1 + 0.4 * t)))
    assert (reframe.mode, len(reframe.keys)) == ("fit", 1)
    (key,) = reframe.keys
    assert key.x_01 - key.width_01 / 2 <= 0.07
    assert key.x_01 + key.width_01 / 2 >= 0.93


def test_two_faces_too_far_apart_are_shown_smaller_over_padding():
    reframe = made(shot(3, lambda _: [face(0.2), face(0.75)]))
    assert (reframe.mode, len(reframe.keys)) == ("fit", 1)
    (key,) = reframe.keys
    assert key.x_01 - key.width_01 / 2 <= 0.17
    assert key.x_01 + key.width_01 / 2 >= 0.78
    assert key.width_01 < 0.9
    assert reframe.pad_blur_01 == ReframeSpec().pad_blur_01


def test_nothing_is_shown_smaller_for_people_unless_the_recipe_says_so():
    wide = shot(3, lambda _: [person(0.5, 0.6)])
    assert made(wide).mode == "steady"
    assert made(wide, fit_for=("person",)).mode == "fit"
    assert made(shot(3, lambda _: [face(0.2), face(0.75)]), fit_for=()).mode != "fit"


def test_a_face_far_in_the_background_may_be_cut_off():
    assert made(shot(3, lambda _: [face(0.2), face(0.75, 0.01, 0.1)])).mode == "steady"


def test_people_are_shown_whole_where_they_fit():
    reframe = made(shot(3, lambda _: [person(0.75, 0.28)], lambda _: light(0.66, 0.04)))
    assert abs(reframe.keys[0].x_01 - 0.75) <= (LENGTH - 0.28) / 2 + 0.01


def test_a_high_picture_is_cropped_down_its_height():
    head = (0.4, 0.02, 0.2, 0.1, "face", 1.0)
    (key,) = made(shot(3, lambda _: [head], picture_shape=UPRIGHT, frame_shape=1.0)).keys
    assert (key.x_01, key.width_01) == (0.5, 1.0)
    assert key.y_01 - UPRIGHT / 2 <= 0.02


def test_the_same_shape_the_middle_and_an_unknown_clip_have_no_crop():
    assert reframe_shot(shot(3, frame_shape=WIDE), ReframeSpec()) is None
    assert reframe_shot(shot(3), ReframeSpec(mode="centre")) is None
    unknown = shot(3)
    empty = replace(unknown, maps=unknown.maps.clear(), required=unknown.required.clear())
    assert reframe_shot(empty, ReframeSpec()) is None


@pytest.mark.parametrize(
    ("picture", "frame", "width"), [(WIDE, UPRIGHT, 1.0), (UPRIGHT, WIDE, WIDE / UPRIGHT)]
)
def test_fit_always_shows_the_whole_picture(picture, frame, width):
    (key,) = made(shot(3, picture_shape=picture, frame_shape=frame), mode="fit").keys
    assert (key.x_01, key.y_01) == (0.5, 0.5)
    assert key.width_01 == pytest.approx(width, abs=1e-6)


def test_steady_never_moves():
    walk = shot(4, lambda t: [face(0.25 + 0.5 * t / 4)])
    assert made(walk, mode="steady", fit_for=()).mode == "steady"


def test_the_crop_jumps_at_a_cut_and_nowhere_else():
    def where(t: float) -> float:
        return 0.25 if t < 2 else 0.75

    reframe = made(shot(4, lambda t: [face(where(t))], lambda t: light(where(t)), cuts_s=[2.0]))
    assert [key.at_s for key in reframe.keys] == [0.0, 2.0, 2.0]
    path = CropPath(reframe.keys)
    assert path.at(1.99)[0] == pytest.approx(0.25, abs=0.03)
    assert path.at(2.0)[0] == pytest.approx(0.75, abs=0.03)


def test_what_lies_before_a_cut_says_nothing_of_a_shot_after_it():
    def where(t: float) -> float:
        return 0.25 if t < 2 else 0.75

    found = shot(
        4, lambda t: [face(where(t))], lambda t: light(where(t)), start_s=2.1, end_s=2.4, cuts_s=[2.0]
    )
    assert made(found).keys[0].x_01 == pytest.approx(0.75, abs=0.03)


@given(
    places=st.lists(st.floats(0.05, 0.95), min_size=13, max_size=13),
    length_s=st.floats(0.3, 6.0),
    speed=st.floats(0.02, 2.0),
    acceleration=st.floats(0.05, 5.0),
    seed=st.integers(0, 99),
)
@settings(deadline=None, max_examples=60)
def test_no_crop_is_faster_or_jerkier_than_it_may_be(places, length_s, speed, acceleration, seed):
    noise = np.random.default_rng(seed).integers(0, 255, (13, ROWS, COLUMNS)).astype(np.uint8)
    found = shot(6.0, lambda t: [face(places[round(2 * t)])], lambda t: noise[round(2 * t)], end_s=length_s)
    reframe = made(found, max_speed_per_s=speed, max_acceleration_per_s2=acceleration, fit_for=())
    step_s = 0.005
    way = middles(reframe, length_s, step_s)
    half = LENGTH / 2 - 1e-3
    assert ((way >= half) & (way <= 1 - half)).all()
    assert np.abs(np.diff(way)).max(initial=0) / step_s <= speed * 1.001 + 1e-4
    # Keys have six digits, which is 1e-4 a second squared between keys of 0.1 s.
    assert np.abs(np.diff(way, 2)).max(initial=0) / step_s**2 <= acceleration * 1.001 + 0.01


def test_what_lies_far_from_a_shot_does_not_change_its_crop():
    noise = np.random.default_rng(2).integers(0, 255, (41, ROWS, COLUMNS)).astype(np.uint8)
    found = shot(20, lambda t: [face(0.2 + t / 40)], lambda t: noise[round(2 * t)], start_s=8.2, end_s=11.1)
    near = {
        name: getattr(found, name).filter(pl.col("t_s").is_between(7.5, 12.0))
        for name in ("maps", "required")
    }
    assert reframe_shot(found, ReframeSpec()) == reframe_shot(replace(found, **near), ReframeSpec())


def test_the_same_tables_in_another_order_give_the_same_crop():
    noise = np.random.default_rng(1).integers(0, 255, (9, ROWS, COLUMNS)).astype(np.uint8)
    found = shot(4, lambda t: [face(0.3 + t / 10), person(0.4, 0.2)], lambda t: noise[round(2 * t)])
    mixed = {
        name: getattr(found, name).sample(fraction=1, shuffle=True, seed=3) for name in ("maps", "required")
    }
    assert reframe_shot(found, ReframeSpec()) == reframe_shot(replace(found, **mixed), ReframeSpec())

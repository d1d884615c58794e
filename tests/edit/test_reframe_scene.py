"""What a crop of one shot gains and loses."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from rushes.analyze.table import ANALYZERS
from rushes.edit.reframe_scene import ROOM, Region, Sample, Scene, samples_of, scene_of

LENGTH = 0.3


def sample(t_s: float, *faces: float, size: float = 0.06) -> Sample:
    """Faces by their middles; nothing else stands out."""
    regions = tuple(Region(face - size / 2, face + size / 2, 10.0, "face") for face in faces)
    return Sample(t_s, np.zeros(8), regions)


def rooms(scene: Scene) -> list[Region]:
    return [region for here in scene.regions for region in here if region.what == ROOM]


def test_a_face_that_rests_has_half_its_size_around_it():
    found = rooms(scene_of([sample(0.2 * n, 0.5) for n in range(6)], 0.0, 1.0, LENGTH))
    assert found
    for room in found:
        assert (room.begin, room.end) == pytest.approx((0.44, 0.56))
        assert room.cost == pytest.approx(3.0)


def test_a_face_that_walks_has_a_quarter_of_a_second_of_its_way_more():
    walk = [sample(0.2 * n, 0.4 + 0.04 * n) for n in range(6)]
    scene = scene_of(walk, 0.0, 1.0, LENGTH)
    for t_s, room in zip(scene.times_s, rooms(scene), strict=True):
        middle = 0.4 + 0.2 * t_s
        assert (room.begin, room.end) == pytest.approx((middle - 0.11, middle + 0.11))


def test_who_is_too_far_off_to_be_the_same_lends_no_speed():
    apart = [sample(0.0, 0.2), sample(0.2, 0.6), sample(0.4, 0.2)]
    assert {round(room.end - room.begin, 6) for room in rooms(scene_of(apart, 0.0, 0.4, LENGTH))} == {0.12}


def test_samples_far_apart_say_nothing_of_speed():
    slow = [sample(0.0, 0.4), sample(1.0, 0.44)]
    assert {round(room.end - room.begin, 6) for room in rooms(scene_of(slow, 0.0, 1.0, LENGTH))} == {0.12}


def test_samples_outside_the_stretch_and_next_to_it_do_not_count():
    walk = [sample(0.2 * n, 0.2 + 0.02 * n) for n in range(30)]
    whole, near = (scene_of(known, 2.1, 3.1, LENGTH) for known in (walk, walk[9:18]))
    assert np.array_equal(whole.lost, near.lost)
    assert whole.regions == near.regions


def test_a_face_between_two_samples_is_on_the_straight_line():
    scene = scene_of([sample(0.0, 0.4), sample(0.4, 0.44)], 0.0, 0.4, LENGTH)
    faces = [region for region in scene.regions[1] if region.what == "face"]
    assert [(one.begin, one.end) for one in faces] == [pytest.approx((0.39, 0.45))]


def test_a_face_outside_costs_all_of_it_and_one_half_inside_half():
    scene = scene_of([sample(0.0, 0.5), sample(0.4, 0.5)], 0.0, 0.4, LENGTH)
    inside, half, outside = (np.full((1, 3), at) for at in (0.5, 0.35, 0.2))
    assert scene.cut(inside[0], ["face"]) == 0
    assert scene.cut(half[0], ["face"]) == pytest.approx(0.5)
    assert scene.cut(outside[0], ["face"]) == 1
    assert scene.costs(inside)[0] < scene.costs(half)[0] < scene.costs(outside)[0]


def test_regions_of_other_kinds_and_light_ones_are_left_out():
    schemas = ANALYZERS["saliency"].tables
    maps, required = (
        pl.DataFrame(rows, {name: getattr(pl, kind) for name, kind in schemas[table]}, orient="row")
        for table, rows in (
            ("maps", [(0, 0.0, 2, 1, bytes([0, 255]))]),
            (
                "required",
                [
                    (0, 0.0, 0.5, 0.1, 0.1, 0.2, "face", 1.0),
                    (0, 0.0, 0.2, 0.3, 0.1, 0.2, "face", 0.1),
                    (0, 0.0, 0.3, 0.0, 0.4, 0.9, "person", 0.5),
                ],
            ),
        )
    )
    (across,) = samples_of(maps, required, 0, ["face"], 0.25)
    assert [(one.begin, one.end, one.cost) for one in across.regions] == [(0.5, pytest.approx(0.6), 10.0)]
    (down,) = samples_of(maps, required, 1, ["person"], 0.25)
    assert [(one.begin, one.end, one.cost) for one in down.regions] == [(0.0, 0.9, 1.0)]
    assert across.mass.tolist() == [0.0, 1.0]

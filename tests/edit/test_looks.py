"""Look-alikes are gathered around leaders: no chain of small steps makes unlike takes alike."""

import numpy as np
import polars as pl
import pytest
from rushes.edit.looks import ALONE, look_groups


def segments(exposures, clips=None, **more):
    names = clips or [f"{at}.mp4" for at in range(len(exposures))]
    return pl.DataFrame(
        {
            "clip": names,
            "segment": [f"{name}#{at}" for at, name in enumerate(names)],
            "start_s": [float(at) for at in range(len(names))],
            "exposure_01": exposures,
            **more,
        },
        schema_overrides={"exposure_01": pl.Float64},
    )


@pytest.mark.parametrize(("likeness_01", "alike"), [(0.8, True), (0.81, False)])
def test_a_likeness_is_one_less_the_largest_difference_in_quarters(likeness_01, alike):
    groups = look_groups(segments([0.5, 0.55]), likeness_01).to_list()
    assert groups == ([0, 0] if alike else [ALONE, ALONE])


def test_a_chain_of_small_steps_does_not_make_its_ends_alike():
    groups = look_groups(segments([0.10, 0.14, 0.18, 0.22, 0.26, 0.30]), 0.8).to_list()
    assert groups == [0, 0, 1, 1, 2, 2]


def test_takes_of_another_angle_or_shot_type_look_different():
    kinds = {"shot_type": ["wide", "wide", "close_up", "wide"], "angle": ["front", "front", "front", "side"]}
    assert look_groups(segments([0.5] * 4, **kinds), 0.8).to_list() == [0, 0, ALONE, ALONE]


def test_takes_of_one_clip_alone_make_no_group():
    groups = look_groups(segments([0.5, 0.5, 0.9], clips=["a.mp4", "a.mp4", "b.mp4"]), 0.8)
    assert groups.to_list() == [ALONE, ALONE, ALONE]


def test_a_measure_that_is_missing_tells_nothing():
    contrast = {"contrast_01": [0.1, 0.9, 0.5]}
    assert look_groups(segments([0.5, 0.5, None], **contrast), 0.8).to_list() == [ALONE, ALONE, ALONE]
    assert look_groups(segments([0.5, None, 0.9], contrast_01=[0.5, 0.5, 0.5]), 0.8).to_list() == [
        0,
        0,
        ALONE,
    ]


def test_embedded_pictures_are_compared_by_their_angle_and_others_by_measures():
    turned = [np.array([np.cos(angle), np.sin(angle)], "<f4").tobytes() for angle in (0.0, 0.5, 1.4)]
    looks = pl.Series("look_vector", [*turned, None], dtype=pl.Binary)
    rows = segments([0.1, 0.9, 0.1, 0.1]).with_columns(looks)
    # cos 0.5 = 0.88; cos 1.4 = 0.17, though both are as bright; the last one is known by its brightness only.
    assert look_groups(rows, 0.85).to_list() == [0, 0, ALONE, 0]
    assert look_groups(rows, 0.9).to_list() == [0, ALONE, ALONE, 0]

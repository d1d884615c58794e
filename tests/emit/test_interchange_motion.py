"""Crops as scale and position."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from interchange_samples import dissolved, media, plain_edit, reframed
from rushes.emit.interchange import plan_exchange
from rushes.emit.interchange_fcp7 import fcp7_text
from rushes.emit.interchange_motion import MotionKey, fit_scale, is_padded, motion_of
from rushes.timeline.crop_path import CropPath


def exchange_of(*keys, width_px=1920, height_px=1080):
    edit, files = plain_edit()
    files["front_01.mp4"] = media(width_px=width_px, height_px=height_px)
    first = reframed(edit.clips[0], *keys) if keys else edit.clips[0]
    return plan_exchange(replace(edit, clips=(first, *edit.clips[1:])), files)


def motion(*keys, **size):
    exchange = exchange_of(*keys, **size)
    return motion_of(exchange.shots[0], exchange)


@pytest.mark.parametrize(
    ("width_px", "height_px", "scale"),
    [(1920, 1080, 1920 / 1080), (3840, 2160, 1920 / 2160), (1080, 1920, 1.0), (1080, 2400, 1.0)],
)
def test_without_a_crop_path_the_middle_fills_the_frame(width_px, height_px, scale):
    (key,) = motion(width_px=width_px, height_px=height_px)
    assert (key.at_frames, key.right_01, key.down_01) == (0, 0, 0)
    assert key.scale == pytest.approx(scale)


def test_a_crop_of_half_the_width_at_the_right_moves_the_picture_left():
    (key,) = motion((0.0, 0.75, 0.5, 0.5))
    # 960 px fill 1080; the crop's middle lies a quarter of the width right of the picture's.
    assert key == MotionKey(at_frames=0, scale=1080 / 960, right_01=-0.25 * 1080 / 960, down_01=0)


def test_a_path_that_runs_straight_needs_two_keys():
    keys = motion((-1.0, 0.4, 0.5, 0.3), (0.0, 0.5, 0.5, 0.3), (2.0, 0.7, 0.5, 0.3))
    assert [key.at_frames for key in keys] == [0, 29]
    assert keys[1].right_01 == pytest.approx(-(29 / 300) * 1080 / 576)


def test_a_jump_takes_place_between_two_frames():
    keys = motion((0.0, 0.3, 0.5, 0.3), (0.5, 0.3, 0.5, 0.3), (0.5, 0.7, 0.5, 0.2), (1.0, 0.7, 0.5, 0.2))
    assert [key.at_frames for key in keys] == [0, 14, 15, 29]
    assert keys[0].scale == keys[1].scale < keys[2].scale == keys[3].scale


@settings(derandomize=True, max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.floats(0.2, 0.8), st.floats(0.4, 0.6)), min_size=2, max_size=5))
def test_straight_lines_between_the_keys_stay_within_half_a_pixel_of_the_path(places):
    step_s = 1 / (len(places) - 1)
    exchange = exchange_of(*((n * step_s, x, y, 0.3) for n, (x, y) in enumerate(places)))
    shot = exchange.shots[0]
    keys = motion_of(shot, exchange)
    path = CropPath(shot.clip.reframe.keys)
    still = (keys[0], replace(keys[0], at_frames=29))
    for a, b in pairwise(keys if len(keys) > 1 else still):
        for at in range(a.at_frames, b.at_frames + 1):
            share = (at - a.at_frames) / (b.at_frames - a.at_frames)
            right_px = (a.right_01 + share * (b.right_01 - a.right_01)) * 1920
            down_px = (a.down_01 + share * (b.down_01 - a.down_01)) * 1080
            x_01, y_01, width_01 = path.at(float(shot.clip.source_start_s()) + at / 30)
            scale = 1080 / (width_01 * 1920)
            assert abs(right_px - (0.5 - x_01) * scale * 1920) <= 0.5 + 1e-6
            assert abs(down_px - (0.5 - y_01) * scale * 1080) <= 0.5 + 1e-6


def test_keys_reach_over_the_dissolves_on_both_sides():
    edit, files = plain_edit()
    moving = reframed(edit.clips[1], (-1.0, 0.4, 0.5, 0.3), (0.5, 0.5, 0.5, 0.3), (2.0, 0.6, 0.5, 0.3))
    edit = dissolved(dissolved(replace(edit, clips=(edit.clips[0], moving, edit.clips[2])), 0, 6), 1, 6)
    exchange = plan_exchange(edit, files)
    keys = motion_of(exchange.shots[1], exchange, after_frames=3)
    assert (keys[0].at_frames, keys[-1].at_frames) == (-3, 32)
    item = fcp7_text(exchange).split("<clipitem")[2]
    whens = [int(part.split("<")[0]) for part in item.split("<when>")[1:]]
    assert (min(whens), max(whens)) == (39, 74)


def test_the_fitted_picture_touches_the_frame_at_its_sides():
    exchange = exchange_of()
    assert fit_scale(exchange.shots[0], exchange) == 1080 / 1920


def test_only_a_fitted_window_is_padded():
    edit, files = plain_edit()
    wide = reframed(edit.clips[0], (0.0, 0.5, 0.5, 1.0), mode="fit")
    exchange = plan_exchange(replace(edit, clips=(wide, *edit.clips[1:])), files)
    assert [is_padded(shot) for shot in exchange.shots] == [True, False, False]


def test_fcp7_has_scale_in_percent_and_the_centre_in_pictures():
    text = fcp7_text(exchange_of((0.0, 0.75, 0.5, 0.5)))
    item = text[text.index("<clipitem") : text.index("</clipitem>")]
    assert "<horiz>-0.28125</horiz>" in item
    assert "<value>112.5</value>" in item
    assert "<keyframe>" not in item


def test_fcp7_says_nothing_of_a_picture_that_fits_as_it_is():
    edit, files = plain_edit()
    files = {name: replace(file, width_px=1080, height_px=1920) for name, file in files.items()}
    assert "Basic Motion" not in fcp7_text(plan_exchange(edit, files))

"""Crops as scale and position."""

from dataclasses import replace

import pytest
from interchange_samples import media, plain_edit, reframed
from rushes.emit.interchange import plan_exchange
from rushes.emit.interchange_fcp7 import fcp7_text
from rushes.emit.interchange_motion import MotionKey, fit_scale, motion_of, reframe_keys


def motion(*keys, width_px=1920, height_px=1080):
    edit, files = plain_edit()
    files["front_01.mp4"] = media(width_px=width_px, height_px=height_px)
    first = reframed(edit.clips[0], *keys) if keys else edit.clips[0]
    exchange = plan_exchange(replace(edit, clips=(first, *edit.clips[1:])), files)
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


def test_keys_are_on_frames_of_the_timeline_in_order_and_the_last_of_a_frame_counts():
    keys = motion((0.5, 0.6, 0.5, 0.3), (0.0, 0.5, 0.5, 0.3), (0.501, 0.7, 0.5, 0.3))
    assert [key.at_frames for key in keys] == [0, 15]
    assert keys[1].right_01 == pytest.approx(-0.2 * 1080 / 576)


def test_a_clip_without_reframing_has_no_keys():
    edit, _ = plain_edit()
    assert reframe_keys(edit.clips[0]) == ()
    assert reframe_keys(reframed(edit.clips[0])) == ()


def test_the_fitted_picture_touches_the_frame_at_its_sides():
    edit, files = plain_edit()
    exchange = plan_exchange(edit, files)
    assert fit_scale(exchange.shots[0], exchange) == 1080 / 1920


def test_fcp7_has_keyframes_in_frames_of_the_file():
    edit, files = plain_edit()
    first = reframed(edit.clips[0], (0.0, 0.5, 0.5, 0.5), (0.5, 0.75, 0.5, 0.5))
    text = fcp7_text(plan_exchange(replace(edit, clips=(first, *edit.clips[1:])), files))
    item = text[text.index("<clipitem") : text.index("</clipitem>")]
    assert [part.split("<")[0] for part in item.split("<when>")[1:]] == ["36", "51", "36", "51"]
    assert "<horiz>-0.28125</horiz>" in item
    assert "<value>112.5</value>" in item


def test_fcp7_says_nothing_of_a_picture_that_fits_as_it_is():
    edit, files = plain_edit()
    files = {name: replace(file, width_px=1080, height_px=1920) for name, file in files.items()}
    assert "Basic Motion" not in fcp7_text(plan_exchange(edit, files))

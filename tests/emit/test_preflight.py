"""Facts of a video against facts of platforms."""

from __future__ import annotations

from dataclasses import replace

import pytest
from rushes.emit.preflight import Shown, VideoFacts, findings

PLATFORM = {
    "name": "Somewhere",
    "duration_s": {"least": 3, "most": 60},
    "shape": {"wanted": "9:16", "widest": "1:1"},
    "size_px": {"wanted_width": 1080, "least_width": 540},
    "rate_fps": {"least": 23, "most": 60},
    "file": {"containers": ["mp4"], "most_mb": 100},
    "picture": {"codecs": ["h264"], "pixel_formats": ["yuv420p"]},
    "sound": {
        "codecs": ["aac"],
        "most_rate_hz": 48000,
        "loudness_lufs": -14,
        "tolerance_lu": 2,
        "true_peak_db": -1,
    },
    "margins": {"top_01": 0.1, "bottom_01": 0.3, "left_01": 0.05, "right_01": 0.2},
}
FINE = VideoFacts(
    container="mp4",
    size_bytes=8_000_000,
    duration_s=30.0,
    width_px=1080,
    height_px=1920,
    rate_fps=30.0,
    codec="h264",
    pixel_format="yuv420p",
    has_sound=True,
    sound_codec="aac",
    sound_rate_hz=48000,
    loudness_lufs=-14.2,
    true_peak_db=-1.0,
)


def found(video=FINE, titles=(), faces=None, platform=PLATFORM):
    return findings("there", platform, video, titles, faces)


def shown(*boxes, name="hello"):
    return Shown(name=name, start_s=1.0, end_s=2.5, boxes=boxes)


def test_what_fits_is_left_alone_and_what_is_not_known_is_not_checked():
    assert found() == ()
    assert found(replace(FINE, duration_s=999.0, width_px=9), platform={"name": "Anywhere"}) == ()


@pytest.mark.parametrize(
    ("change", "level", "what"),
    [
        ({"duration_s": 2.9}, "problem", "it lasts 2.9 s, less than 3 s"),
        ({"duration_s": 60.1}, "problem", "it lasts 60.1 s, more than 60 s"),
        ({"width_px": 1920, "height_px": 1080}, "problem", "it is 1920x1080, wider than 1:1"),
        ({"height_px": 1350}, "warning", "it is 1080x1350, not 9:16: it is shown with bars or cut off"),
        ({"width_px": 360, "height_px": 640}, "problem", "it is 360 px wide, less than 540"),
        ({"width_px": 720, "height_px": 1280}, "warning", "it is 720 px wide, and is scaled up to 1080"),
        ({"rate_fps": 12.5}, "problem", "it has 12.50 pictures a second, not 23 to 60"),
        ({"rate_fps": 120.0}, "problem", "it has 120.00 pictures a second, not 23 to 60"),
        ({"size_bytes": 101_000_000}, "problem", "the file has 101 MB, more than 100"),
        ({"container": "webm"}, "problem", "its container is webm, not mp4"),
        ({"codec": "prores"}, "problem", "its codec is prores, not h264"),
        ({"pixel_format": "yuv422p10le"}, "problem", "its pixel format is yuv422p10le, not yuv420p"),
        ({"has_sound": False}, "warning", "it has no sound"),
        ({"sound_codec": "opus"}, "problem", "its sound is opus, not aac"),
        ({"sound_rate_hz": 96000}, "problem", "its sound has 96000 Hz, more than 48000"),
        ({"loudness_lufs": None}, "warning", "it is silent"),
        ({"loudness_lufs": -16.1}, "warning", "its loudness is -16.1 LUFS, not within 2 of -14"),
        ({"true_peak_db": -0.5}, "warning", "its true peak is -0.50 dBTP, above -1"),
    ],
)
def test_each_fact_that_does_not_fit_is_told_with_a_fix(change, level, what):
    (one,) = found(replace(FINE, **change))
    assert (one.platform, one.level, one.what, one.where) == ("there", level, what, "")
    assert one.fix


@pytest.mark.parametrize(
    ("box", "sides"),
    [
        ((0.05, 0.1, 0.8, 0.7), None),
        ((0.05, 0.09, 0.8, 0.7), "above"),
        ((0.05, 0.1, 0.8, 0.71), "below"),
        ((0.04, 0.1, 0.8, 0.7), "to the left"),
        ((0.05, 0.1, 0.81, 0.71), "below, to the right"),
    ],
)
def test_titles_stay_within_the_safe_part(box, sides):
    told = found(titles=[shown(box)])
    if sides is None:
        assert told == ()
    else:
        (one,) = told
        assert one.what == f"the title hello reaches into what the app covers: {sides}"
        assert (one.level, one.where) == ("problem", "1.00-2.50 s")


def test_a_square_video_lies_in_the_middle_of_the_screen():
    square = replace(FINE, height_px=1080)
    # 0.85 of the square is 0.5 + 0.35 * 9 / 16 = 0.697 of the screen.
    assert [one.check for one in found(square, [shown((0.1, 0.1, 0.7, 0.85))])] == ["shape"]
    assert [one.check for one in found(square, [shown((0.1, 0.1, 0.7, 0.87))])] == ["titles", "shape"]


def test_faces_that_are_mostly_covered_are_a_warning():
    free, covered = (0.4, 0.3, 0.6, 0.5), (0.4, 0.7, 0.6, 0.95)
    assert found(faces=[shown(free, covered, name="c1"), shown(name="c2")]) == ()
    (one,) = found(faces=[shown(free, covered, covered, covered, name="c1")])
    assert (one.level, one.check) == ("warning", "faces")
    assert one.what == "faces in c1 lie under what the app covers in 75% of what was looked at"


def test_problems_stand_before_warnings():
    told = found(replace(FINE, loudness_lufs=-30.0, duration_s=1.0, width_px=1920, height_px=1080))
    assert [one.level for one in told] == ["problem", "problem", "warning"]

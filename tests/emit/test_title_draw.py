"""Titles on pictures: where they are, how they come and go, and what they leave alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from av.video.frame import VideoFrame
from made_clips import lumas, timeline_of, write_clip
from rushes.emit.title_draw import strength, with_titles
from rushes.emit.title_layout import missing_letters, title_layout
from rushes.emit.video import SegmentSpec, SegmentTitle, segment_plan
from rushes.emit.video_segment import render_segment
from rushes.recipe.outputs_spec import VideoSpec
from rushes.timeline.titles import placed
from rushes.timeline.tree import Transition
from timeline_samples import title

LOOK = title("hello").look
SIZES = ((1080, 1920), (1080, 1080), (1920, 1080))


def flat(luma: int = 100, width: int = 540, height: int = 960) -> VideoFrame:
    data = np.full((height * 3 // 2, width), 128, np.uint8)
    data[:height] = luma
    return VideoFrame.from_ndarray(data, format="yuv420p")


def shown(look=LOOK, picture: VideoFrame | None = None, frames: int = 1, **changes):
    given = SegmentTitle(**{"begins": 0, "frames": frames, "fade_frames": 0, "look": look} | changes)
    picture = picture or flat()
    pictures = iter([(picture, frames)])
    return list(with_titles(pictures, [given], picture.width, picture.height, {}))


@pytest.mark.parametrize(("width", "height"), SIZES)
@pytest.mark.parametrize("style", ["title", "lower_third", "caption"])
@pytest.mark.parametrize("align", ["left", "centre", "right"])
def test_text_of_any_length_stays_within_the_safe_width(width, height, style, align):
    for text in (
        "Hi",
        "A day at the lake with all of us and nobody else at all",
        "Donaudampfschiff" * 4,
        "Ä\nB",
    ):
        look = replace(
            LOOK, text=text, style=style, align=align, box_01=0.5 if style == "lower_third" else 0.0
        )
        found = title_layout(look, width, height)
        left, top, right, bottom = found.box
        margins = (0.12, 0.19) if height > width else (0.08, 0.08)
        assert margins[0] * width - 1 <= left < right <= (1 - margins[1]) * width + 1
        assert 0 <= top < bottom <= (0.65 if height > width else 0.89) * height
        assert "".join(line.text for line in found.lines).replace(" ", "") == "".join(text.split())


def test_words_stay_whole_where_they_fit():
    text = "A day at the lake with all of us"
    found = title_layout(replace(LOOK, text=text), 1080, 1920)
    assert len(found.lines) > 1
    assert " ".join(line.text for line in found.lines) == text


def test_a_text_that_is_too_tall_is_set_smaller():
    found = title_layout(replace(LOOK, text="word " * 300), 1080, 1920)
    assert found.size_px < 96
    assert found.box[3] - found.box[1] <= 0.8 * 1920


def test_the_middle_of_the_text_is_where_it_was_asked_for():
    found = title_layout(replace(LOOK, y_01=0.25), 1080, 1920)
    assert (found.box[1] + found.box[3]) / 2 == pytest.approx(0.25 * 1920, abs=1)


def test_letters_of_european_languages_are_there_and_others_are_named():
    assert missing_letters("Grüße, Ærø, Łódź, ¿qué?, Ελλάδα, Привет – „so“ … 5 €") == ()
    assert missing_letters("a😀ᚠ😀?") == ("😀", "ᚠ")


def test_a_title_comes_and_goes_in_even_steps():
    one = SegmentTitle(begins=2, frames=8, fade_frames=3, look=LOOK)
    assert [strength(one, frame) for frame in range(12)] == [0, 0, 64, 128, 192, 256, 256, 192, 128, 64, 0, 0]
    whole = replace(one, fade_frames=0)
    assert [strength(whole, frame) for frame in (1, 2, 9, 10)] == [0, 256, 256, 0]


def test_letters_have_their_color_and_nothing_else_is_touched():
    look = replace(LOOK, color="#ffffff", box_01=1.0, box_color="#0000ff")
    ((picture, times),) = shown(look)
    assert times == 1
    left, top, right, bottom = title_layout(look, 540, 960).box
    planes = picture.to_ndarray()
    luma = planes[:960]
    outside = np.ones_like(luma, bool)
    outside[top - 1 : bottom + 1, left - 1 : right + 1] = False
    assert (luma[outside] == 100).all()
    inside = luma[top:bottom, left:right]
    # White and blue in BT.709 of limited range.
    assert inside.max() == 235
    assert np.median(inside) == round(16 + 219 * 0.0722)
    blue = planes[960 : 960 + 240].reshape(480, 270)[(top + bottom) // 4, (left + 6) // 2]
    assert blue == 240


def test_half_a_title_is_half_way_to_it():
    look = replace(LOOK, box_01=1.0, color="#000000")
    ((full, _),) = shown(look)
    ((half, _),) = shown(look, frames=1, begins=0, fade_frames=0)
    assert (full.to_ndarray() == half.to_ndarray()).all()
    first = shown(look, frames=3, begins=0, fade_frames=1)[0][0].to_ndarray()[:960].astype(int)
    box = title_layout(look, 540, 960).box
    middle = first[(box[1] + box[3]) // 2, box[0] + 8]
    assert middle == pytest.approx((100 + 16) / 2, abs=1)


def test_white_letters_are_legible_on_white():
    ((picture, _),) = shown(LOOK, flat(235))
    luma = picture.to_ndarray()[:960]
    assert luma.min() < 120


def test_a_picture_that_stays_is_drawn_once_for_every_strength():
    found = shown(frames=10, fade_frames=2)
    assert [times for _, times in found] == [1, 1, 6, 1, 1]
    assert [times for _, times in shown(frames=10)] == [10]


def test_before_and_after_its_title_a_picture_is_itself():
    picture = flat()
    found = list(
        with_titles(
            iter([(picture, 6)]), [SegmentTitle(begins=2, frames=2, fade_frames=0, look=LOOK)], 540, 960, {}
        )
    )
    assert [times for _, times in found] == [2, 2, 2]
    assert found[0][0] is picture and found[2][0] is picture


VIDEO = VideoSpec()


def plan(*titles):
    return segment_plan(placed(timeline_of([("a", 0, 30), ("b", 0, 30), ("a", 60, 30)]), titles), VIDEO)


def test_segments_without_a_title_keep_their_spec():
    bare, titled = plan(), plan(title("x", "time", from_s=1.2, until_s=1.8))
    assert "titles" not in bare[0].to_json()
    assert [one.to_json() == two.to_json() for one, two in zip(bare, titled, strict=True)] == [
        True,
        False,
        True,
    ]
    assert SegmentSpec.from_json(titled[1].to_json()) == titled[1]


def test_a_title_crosses_segments_by_record_frame():
    soft = title("x", "time", from_s=0.5, until_s=2.5)
    soft = replace(soft, look=replace(soft.look, fade_s=0.2))
    first, second, third = (one.titles[0] for one in plan(soft))
    assert (first.begins, first.frames, first.fade_frames) == (15, 60, 6)
    assert (third.begins, third.frames, third.fade_frames) == (-45, 60, 6)
    # In the middle shot it is there all the time, wherever the shot lies.
    assert (second.begins, second.frames, second.fade_frames) == (0, 30, 0)
    together = [strength(one, frame) for one in (first, second, third) for frame in range(30)]
    whole = SegmentTitle(begins=15, frames=60, fade_frames=6, look=LOOK)
    assert together == [strength(whole, frame) for frame in range(90)]


def test_a_shot_under_a_long_title_moves_without_being_encoded_again():
    long = title("x", "whole")
    before = placed(timeline_of([("a", 0, 30), ("b", 0, 30), ("c", 0, 30)]), (long,))
    after = placed(timeline_of([("b", 0, 30), ("a", 0, 30), ("c", 0, 30)]), (long,))
    specs = [[one.to_json() for one in segment_plan(timeline, VIDEO)] for timeline in (before, after)]
    assert [specs[1].index(spec) for spec in specs[0]] == [1, 0, 2]


def test_a_rendered_segment_shows_its_title_and_the_same_bytes_each_time(tmp_path):
    grey = [np.full((240, 136), 90, np.uint8)] * 30
    info = write_clip(tmp_path / "a.mp4", grey)
    timeline = replace(timeline_of([("a", 0, 30)]), width_px=270, height_px=480)
    words = placed(timeline, (title("x", "time", from_s=0.5, until_s=2.0),))
    (spec,) = segment_plan(words, VIDEO)
    for name in ("one.mp4", "two.mp4"):
        render_segment(spec, {"a": info}, tmp_path / name)
    assert (tmp_path / "one.mp4").read_bytes() == (tmp_path / "two.mp4").read_bytes()
    pictures = lumas(tmp_path / "one.mp4")
    assert len(pictures) == 30
    assert pictures[14].max() < 130
    assert pictures[15].max() > 200


def test_a_title_lies_on_a_dissolve_too():
    timeline = timeline_of([("a", 0, 30), ("b", 30, 30)])
    a, b = timeline.clips
    cut = Transition(
        from_clip=a.id,
        to_clip=b.id,
        type="quick_dissolve",
        at_frames=30,
        duration_frames=10,
        at_beat=False,
        beat_index=None,
    )
    soft = placed(replace(timeline, transitions=(cut,)), (title("x", "whole"),))
    kinds = [(one.kind, len(one.titles)) for one in segment_plan(soft, VIDEO)]
    assert kinds == [("shot", 1), ("dissolve", 1), ("shot", 1)]


def test_seconds_of_a_fade_are_frames_of_the_edit():
    soft = title("x", "whole")
    soft = replace(soft, look=replace(soft.look, fade_s=0.5))
    assert plan(soft)[0].titles[0].fade_frames == 15

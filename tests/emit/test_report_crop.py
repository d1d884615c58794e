"""The crop on a shot's card, in a drawing whose picture is 100 wide."""

from __future__ import annotations

from dataclasses import replace

import timeline_samples as samples
from report_samples import painted_jpeg
from rushes.emit.report import ReportData, render_report
from rushes.emit.report_crop import crop_view
from rushes.emit.report_thumbnails import Thumbnail
from rushes.timeline.tree import Reframe, ReframeKey, ReframeMode

WIDE = Thumbnail("t0", 160, 90, "")
TIMELINE = replace(samples.timeline(), width_px=1080, height_px=1920)
START_S = float(TIMELINE.clips[0].source_start_s())


def drawn(mode: ReframeMode, *keys: tuple[float, float, float]) -> dict:
    made = tuple(
        ReframeKey(at_s=START_S + at_s, x_01=x_01, y_01=0.5, width_01=width_01)
        for at_s, x_01, width_01 in keys
    )
    clip = replace(TIMELINE.clips[0], reframe=Reframe(mode=mode, keys=made))
    view = crop_view(clip, TIMELINE, WIDE)
    assert view is not None
    return view


def test_a_crop_at_rest_is_one_rectangle_as_high_as_the_picture():
    view = drawn("steady", (0, 0.3, 0.31640625))
    assert view["height"] == "56.25"
    assert view["begin"] == {"x": "14.18", "y": "0", "width": "31.64", "height": "56.25"}
    assert (view["end"], view["way"], view["words"]) == (None, None, "at rest")


def test_a_move_has_its_end_and_its_way():
    view = drawn("pan", (0, 0.3, 0.31640625), (0.5, 0.6, 0.31640625))
    assert (view["begin"]["x"], view["end"]["x"]) == ("14.18", "44.18")
    points = view["way"].split()
    assert (points[0], points[-1]) == ("30,28.1", "60,28.1")


def test_a_window_larger_than_the_picture_is_drawn_as_far_as_it_lies_in_it():
    view = drawn("fit", (0, 0.5, 1.0))
    assert view["begin"] == {"x": "0", "y": "0", "width": "100", "height": "56.25"}
    assert view["words"] == "shown smaller, over a blurred copy"


def test_the_middle_is_not_drawn_and_a_clip_without_a_picture_has_words():
    assert crop_view(TIMELINE.clips[0], TIMELINE, WIDE) is None
    clip = replace(
        TIMELINE.clips[0],
        reframe=Reframe(mode="steady", keys=(ReframeKey(at_s=0, x_01=0.5, y_01=0.5, width_01=0.3),)),
    )
    assert crop_view(clip, TIMELINE, None) == {"words": "at rest", "picture": None}


def test_the_page_shows_the_crop_over_the_picture_of_the_shot():
    crop = Reframe(mode="steady", keys=(ReframeKey(at_s=0, x_01=0.3, y_01=0.5, width_01=0.31640625),))
    clips = (replace(TIMELINE.clips[0], reframe=crop), *TIMELINE.clips[1:])
    data = ReportData(
        title="t",
        timeline=replace(TIMELINE, clips=clips),
        thumbnails={clips[0].file: [(START_S, painted_jpeg(1))]},
    )
    page = render_report(data)
    assert page.count('class="crop-begin"') == 1
    assert '<use href="#t0" width="100" height="56.25"/>' in page
    assert page.count("Crop: at rest</figcaption>") == 1

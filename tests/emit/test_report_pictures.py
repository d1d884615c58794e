"""Drawings of the report: to scale, with names, readable."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace

import pytest
import report_samples
import timeline_samples as samples
from report_page import Page
from rushes.emit.report import ReportData, render_report
from rushes.emit.report_pictures import histogram_picture, pacing_picture, sequence_picture, timeline_picture
from rushes.timeline.tree import Fades


@pytest.fixture(scope="module")
def data() -> ReportData:
    return replace(report_samples.real_looking(), preview=b"\0\0\0\x18ftypmp42")


@pytest.fixture(scope="module")
def page(data) -> Page:
    return Page(render_report(data))


def test_every_drawing_has_a_name_and_headings_descend_by_one(page):
    for tag, attrs in page.elements:
        if tag == "svg" and attrs.get("role") == "img":
            assert attrs.get("aria-label")
    levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(b - a <= 1 for a, b in itertools.pairwise(levels))


def test_the_timeline_is_drawn_to_scale():
    edit = samples.timeline((30, 60, 30))
    shots = [
        {
            "place": at,
            "file": "f",
            "thumbnail": None,
            "level": "high",
            "at_s": a,
            "end_s": b,
            "locked": False,
            "length": "",
            "confidence": "",
            "confidence_px": "50",
        }
        for at, a, b in ((1, "0", "1"), (2, "1", "3"), (3, "3", "4"))
    ]
    picture = timeline_picture(edit, shots)
    assert [(shot["x"], shot["width"]) for shot in picture["shots"]] == [
        *(("11", "293"), ("306", "588"), ("896", "293"))
    ]
    assert [cut["x"] for cut in picture["cuts"]] == ["305", "895"]
    assert picture["song"]["downbeats"] == ["10", "600", "1190"]
    assert picture["song"]["beats"] == ["157.5", "305", "452.5", "747.5", "895", "1042.5"]
    assert [mark["anchor"] for mark in picture["seconds"]] == ["start", "middle", "middle", "middle", "end"]


def test_song_times_are_moved_to_where_they_are_heard():
    edit = samples.timeline((60, 60))
    late = replace(edit, song=samples.song_at_120_bpm(start_s=10.25))
    assert timeline_picture(late, [])["song"]["beats"][0] == "83.8"


def test_pacing_sequence_and_histogram_count_right(data):
    pacing = pacing_picture(samples.timeline((30, 60, 30)))
    assert (pacing["shortest"], pacing["longest"], pacing["mean"]) == ("1.00 s", "2.00 s", "1.33 s")
    row = sequence_picture(samples.timeline((30,) * 4))["rows"][0]
    assert [square["letter"] for square in row["squares"]] == ["F", "S", "O", "F"]
    assert [(part["name"], part["count"]) for part in row["legend"]] == [
        ("front", 2),
        ("overhead", 1),
        ("side", 1),
    ]
    assert histogram_picture(data)["totals"] == {"used": 20, "usable": 26, "rejected": 14}
    assert histogram_picture(ReportData(title="x")) is None


def luminance(colour: str) -> float:
    """Relative luminance of #rrggbb (WCAG 2.1)."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_every_colour_of_text_is_readable_on_both_grounds(page, data, scheme):
    block = re.findall(r":root \{(.*?)\}", render_report(data), re.DOTALL)[scheme]
    colours = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", block))
    for text in ("text", "soft", "accent", "high", "medium", "low", "none"):
        for ground in ("back", "card"):
            light, dark = sorted((luminance(colours[text]), luminance(colours[ground])), reverse=True)
            assert (light + 0.05) / (dark + 0.05) >= 4.5, f"{text} on {ground}"


def test_an_edit_that_opens_from_black_and_ends_in_it_shows_both_in_its_picture():
    sample = report_samples.real_looking()
    assert Page(render_report(sample)).of_class("fade") == []
    timeline = replace(sample.timeline, fades=Fades(in_frames=15, out_frames=9))
    page = Page(render_report(replace(sample, timeline=timeline)))
    # Two in the picture, two in the legend.
    assert len(page.of_class("fade")) == 4
    opens, closes = (float(timeline_s) for timeline_s in (15 / timeline.rate_fps, 9 / timeline.rate_fps))
    assert f"opens from black over {opens:.2f} s ends in black over {closes:.2f} s" in page.text()


def test_each_kind_of_transition_has_its_own_mark_and_the_legend_names_those_that_are_there():
    sample = report_samples.real_looking()
    kinds = ("quick_dissolve", "whip_pan", "dip_to_black")
    cuts = sample.timeline.transitions
    given = [replace(cut, type="hard_cut", duration_frames=0) for cut in cuts]
    bare = Page(render_report(replace(sample, timeline=replace(sample.timeline, transitions=tuple(given)))))
    assert bare.of_class("soft-cut") == []
    for at, kind in enumerate(kinds):
        given[at] = replace(given[at], type=kind, duration_frames=6)
    page = Page(render_report(replace(sample, timeline=replace(sample.timeline, transitions=tuple(given)))))
    shapes = [page.of_class(kind) for kind in kinds]
    # One in the picture, one in the legend.
    assert [len(found) for found in shapes] == [2, 2, 2]
    assert len({found[1]["d"] for found in shapes}) == 3
    assert "quick dissolve whip pan dip to black confidence high, medium, low" in page.text()

"""FCPXML: exact times on frame boundaries, read by a plain reader and by OpenTimelineIO with its rates mended."""

from dataclasses import replace
from fractions import Fraction
from xml.etree import ElementTree

import opentimelineio as otio
import pytest
from hypothesis import given, settings
from interchange_samples import (
    NTSC_24,
    NTSC_30,
    RATES,
    dissolved,
    edits,
    media,
    plain_edit,
    reframed,
    song_media,
)
from rushes.emit.interchange import plan_exchange
from rushes.emit.interchange_fcpx import fcpx_text
from rushes.timeline.tree import Fades


def tree(exchange):
    return ElementTree.fromstring(fcpx_text(exchange))


def time(text):
    """`1001/30000s` as a Fraction."""
    assert text.endswith("s")
    return Fraction(text[:-1])


@pytest.fixture
def mended_adapter(monkeypatch):
    """The reader of OpenTimelineIO takes 30000/1001 for 29 and cuts products of floats off: both made exact here."""
    module = otio.adapters.from_name("fcpx_xml").module()
    otio.adapters.read_from_string('<fcpxml version="1.10"/>', "fcpx_xml")

    def rate(self, format_id):
        total, per_s = self._format_frame_duration(format_id)
        return Fraction(per_s) / Fraction(total)

    def rational(text, fps):
        frames = Fraction(0) if text is None else Fraction(text.rstrip("s")) * fps
        assert frames.denominator == 1 or abs(frames - round(frames)) < 1e-9, f"{text} lies between frames"
        return otio.opentime.RationalTime(int(frames), float(fps))

    def frames(self, text, format_id):
        return 0 if text is None else int(Fraction(text.rstrip("s")) * rate(self, format_id))

    monkeypatch.setattr(module.FcpxXml, "_format_frame_rate", rate)
    monkeypatch.setattr(module.FcpxXml, "_number_of_frames", frames)
    monkeypatch.setattr(module, "to_rational_time", rational)


@settings(derandomize=True, max_examples=60, deadline=None)
@given(edits())
def test_source_ranges_and_record_positions_are_exact_at_every_rate(edit):
    timeline, files = edit
    root = tree(plan_exchange(timeline, files, song_media(timeline.rate_fps)))
    assets = {asset.get("id"): asset for asset in root.iter("asset")}
    frame_s = {form.get("id"): time(form.get("frameDuration")) for form in root.iter("format")}
    items = root.findall(".//spine/asset-clip")
    assert len(items) == len(timeline.clips)
    for clip, item in zip(timeline.clips, items, strict=True):
        file, asset = files[clip.file], assets[item.get("ref")]
        edit_frame_s = frame_s[root.find(".//sequence").get("format")]
        file_frame_s = frame_s[asset.get("format")]
        assert (1 / edit_frame_s, 1 / file_frame_s) == (timeline.rate_fps, file.rate_fps)
        assert time(item.get("offset")) / edit_frame_s == clip.timeline_start_frames
        assert time(item.get("duration")) / edit_frame_s == clip.duration_frames
        assert time(asset.get("start")) / file_frame_s == file.start_frames
        assert time(item.get("start")) - time(asset.get("start")) == clip.source_start_s()


@pytest.mark.usefixtures("mended_adapter")
@pytest.mark.parametrize("rate", RATES)
def test_opentimelineio_reads_the_same_ranges_and_positions(rate):
    @settings(derandomize=True, max_examples=8, deadline=None, database=None)
    @given(edits(mixed=False, rates=(rate,)))
    def holds(edit):
        timeline, files = edit
        read = otio.adapters.read_from_string(fcpx_text(plan_exchange(timeline, files)), "fcpx_xml")
        track = read[0].tracks[0]
        for clip, item in zip(timeline.clips, track.find_clips(), strict=True):
            start = files[clip.file].start_frames + clip.source_start_frames
            place = track.range_of_child(item)
            assert item.source_range.start_time.value == start
            assert place.start_time.value == clip.timeline_start_frames
            assert place.duration.value == clip.duration_frames

    holds()


def test_fades_are_transitions_with_one_neighbour():
    edit, files = plain_edit()
    edit = replace(edit, song=None, fades=Fades(in_frames=10, out_frames=12))
    spine = tree(plan_exchange(edit, files)).find(".//spine")
    assert [part.tag for part in spine] == ["transition", *["asset-clip"] * 3, "transition"]
    spans = [
        tuple(Fraction(part.get(name).rstrip("s")) * 30 for name in ("offset", "duration")) for part in spine
    ]
    assert spans == [(0, 10), (0, 30), (30, 30), (60, 30), (78, 12)]


@settings(derandomize=True, max_examples=40, deadline=None)
@given(edits())
def test_formats_and_files_are_there_once_and_every_reference_is_to_one(edit):
    timeline, files = edit
    root = tree(plan_exchange(timeline, files, song_media(timeline.rate_fps)))
    ids = [part.get("id") for part in root.find("resources")]
    sources = [part.get("src") for part in root.iter("media-rep")]
    formats = [tuple(sorted(part.items()))[:2] + (part.get("width"),) for part in root.iter("format")]
    assert len(ids) == len(set(ids))
    assert len(sources) == len(set(sources))
    assert len(formats) == len(set(formats))
    for part in root.iter():
        for attribute in ("ref", "format"):
            assert part.get(attribute) is None or part.get(attribute) in ids


@settings(derandomize=True, max_examples=30, deadline=None)
@given(edits())
def test_children_of_a_clip_are_in_the_order_of_the_document_type(edit):
    timeline, files = edit
    order = ["note", "conform-rate", "adjust-conform", "adjust-transform", "asset-clip", "marker"]
    for item in tree(plan_exchange(timeline, files, song_media(timeline.rate_fps))).iter("asset-clip"):
        places = [order.index(part.tag) for part in item]
        assert places == sorted(places)


def test_dissolves_are_transitions_around_the_cut_and_leave_the_clips_where_they_are():
    edit, files = plain_edit()
    spine = list(tree(plan_exchange(dissolved(edit, 0, 6), files)).find(".//spine"))
    assert [part.tag for part in spine] == ["asset-clip", "transition", "asset-clip", "asset-clip"]
    assert (spine[1].get("offset"), spine[1].get("duration")) == ("9/10s", "1/5s")
    assert spine[2].get("offset") == "1s"


def test_the_frame_duration_of_ntsc_rates_is_the_fraction():
    edit, files = plain_edit()
    root = tree(plan_exchange(replace(edit, rate_fps=NTSC_30), files))
    assert root.find(".//format").get("frameDuration") == "1001/30000s"
    assert root.find(".//sequence").get("tcFormat") == "DF"
    assert root.find(".//sequence").get("duration") == "3003/1000s"


def test_a_file_of_another_rate_keeps_its_speed():
    edit, files = plain_edit()
    files["front_01.mp4"] = media(rate_fps=NTSC_24)
    first, second, _ = tree(plan_exchange(edit, files)).findall(".//spine/asset-clip")
    assert dict(first.find("conform-rate").items()) == {"scaleEnabled": "0", "srcFrameRate": "23.98"}
    assert second.find("conform-rate") is None


def test_the_song_is_connected_to_the_first_shot_and_starts_on_a_sample():
    edit, files = plain_edit()
    files["front_01.mp4"] = media(start_frames=108000, has_timecode=True)
    song = replace(edit.song, start_s=1.25)
    first = tree(plan_exchange(replace(edit, song=song), files, song_media())).find(".//spine/asset-clip")
    item = first.find("asset-clip")
    assert (item.get("lane"), item.get("offset")) == ("-1", first.get("start"))
    assert item.get("start") == "5/4s"
    assert item.get("duration") == "3s"


def test_markers_lie_in_the_shot_below_them_on_its_own_clock():
    edit, files = plain_edit()
    shots = tree(plan_exchange(edit, files, song_media())).findall(".//spine/asset-clip")
    found = [
        time(shot.get("offset")) + time(mark.get("start")) - time(shot.get("start"))
        for shot in shots
        for mark in shot.findall("marker")
    ]
    assert found == [Fraction(at, 2) for at in range(6)]


def test_a_wide_picture_fills_a_tall_frame_by_its_height():
    edit, files = plain_edit()
    transform = tree(plan_exchange(edit, files)).find(".//adjust-transform")
    # Fitted, 1920x1080 becomes 1080x607.5; it takes 1920 / 607.5 of that to fill the height.
    assert dict(transform.items()) == {"position": "0 0", "scale": "3.160494 3.160494"}


def test_a_crop_path_becomes_keyframes_on_the_clock_of_the_file():
    edit, files = plain_edit()
    files["front_01.mp4"] = media(start_frames=300, has_timecode=True)
    width = 1080 / 1920 * 1080 / 1920
    # Through three keys in a line the path runs straight.
    first = reframed(edit.clips[0], *((at, 0.5 + at / 10, 0.5, width) for at in (-1.0, 0.0, 2.0)))
    root = tree(plan_exchange(replace(edit, clips=(first, *edit.clips[1:])), files))
    position, scale = root.find(".//adjust-transform")
    assert [part.get("time") for part in position.iter("keyframe")] == ["56/5s", "73/6s"]
    # A tenth of the picture's width to the right: it moves left by 0.1 * 1920 * 1920 / 1080 px, of 1920.
    assert [part.get("value") for part in position.iter("keyframe")] == ["0 0", "-17.185185 0"]
    assert {part.get("value") for part in scale.iter("keyframe")} == {"3.160494 3.160494"}

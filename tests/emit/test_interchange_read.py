"""Edits that come back: what we wrote is what we read, and what other programs write is understood."""

import json
from dataclasses import replace
from fractions import Fraction

import opentimelineio as otio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from interchange_samples import NTSC_24, NTSC_30, edits, plain_edit
from rushes.emit import interchange_read as module
from rushes.emit.interchange import plan_exchange
from rushes.emit.interchange_fcp7 import fcp7_text
from rushes.emit.interchange_otio import otio_text
from rushes.emit.interchange_read import (
    ImportFault,
    ReadClip,
    ReadEdit,
    imported_timeline,
    known_name,
    media_path,
    read_edit,
)
from rushes.timeline.changes import changes_between

RATE = "<rate><timebase>{base}</timebase><ntsc>{ntsc}</ntsc></rate>"
NTSC_RATE = RATE.format(base=30, ntsc="TRUE")


@settings(derandomize=True, max_examples=60, deadline=None)
@given(edits(), st.sampled_from((otio_text, fcp7_text)))
def test_an_import_of_what_was_exported_has_no_changes_at_any_rates(edit, write):
    timeline, files = edit
    text = write(plan_exchange(timeline, files))
    imported = imported_timeline(read_edit(text.encode(), "x"), set(files), "x", "/footage")
    assert changes_between(timeline, imported) == ()
    assert imported.notes == ()


@settings(derandomize=True, max_examples=40, deadline=None)
@given(
    edits(),
    st.sampled_from((otio_text, fcp7_text)),
    st.fractions(min_value=12, max_value=240, max_denominator=1001),
)
def test_neither_has_one_of_files_whose_rate_varies(edit, write, average):
    timeline, files = edit
    timeline = replace(
        timeline, clips=tuple(replace(clip, source_rate_fps=average) for clip in timeline.clips)
    )
    text = write(plan_exchange(timeline, files))
    imported = imported_timeline(read_edit(text.encode(), "x"), set(files), "x")
    assert changes_between(timeline, imported) == ()


def xmeml(*parts, more=""):
    track = f"<track>{''.join(parts)}</track>"
    return (
        f"<?xml version='1.0'?><!DOCTYPE xmeml><xmeml version='4'><project><children><sequence>{NTSC_RATE}"
        f"<media><video>{track}{more}</video></media></sequence></children></project></xmeml>"
    ).encode()


def item(start, end, in_, out, *, name="a b.mp4", more="", rate=NTSC_RATE):
    file = (
        f"<file id='f-{name}'><name>{name}</name><pathurl>file://localhost/C%3a/clips/{name}</pathurl></file>"
    )
    numbers = f"<start>{start}</start><end>{end}</end><in>{in_}</in><out>{out}</out>"
    return f"<clipitem><name>{name}</name>{rate}{numbers}{file}{more}</clipitem>"


def transition(start, end, alignment):
    numbers = f"<start>{start}</start><end>{end}</end><alignment>{alignment}</alignment>"
    return f"<transitionitem>{numbers}{NTSC_RATE}</transitionitem>"


@pytest.mark.parametrize(("alignment", "cut"), [("center", 30), ("start", 24), ("end-black", 36)])
def test_clips_beside_a_transition_meet_where_its_alignment_says(alignment, cut):
    data = xmeml(item(0, -1, 10, 46), transition(24, 36, alignment), item(-1, 60, 100, 136))
    first, second = read_edit(data, "x").clips
    assert (first.start_frames, first.duration_frames, first.source_start_frames) == (0, cut, 10)
    assert (second.start_frames, second.duration_frames) == (cut, 60 - cut)
    assert second.source_start_frames == 100 + cut - 24


def test_a_clip_of_another_rate_counts_its_source_in_its_own_frames():
    data = xmeml(item(0, 30, 48, 72, rate=RATE.format(base=24, ntsc="TRUE")))
    read = read_edit(data, "x")
    assert read.rate_fps == NTSC_30
    assert (read.clips[0].source_rate_fps, read.clips[0].source_start_frames) == (NTSC_24, 48)


def test_files_that_are_referred_to_before_or_after_they_are_defined_are_found():
    reference = (
        item(30, 60, 0, 30).replace("<name>a b.mp4</name><pathurl>", "<x>").replace("</pathurl>", "</x>")
    )
    bare = reference.replace("<file id='f-a b.mp4'><x>file://localhost/C%3a/clips/a b.mp4</x></file>", "")
    short = bare.replace("</clipitem>", "<file id='f-a b.mp4'/></clipitem>")
    for data in (xmeml(item(0, 30, 0, 30), short), xmeml(short, item(0, 30, 0, 30))):
        clips = read_edit(data, "x").clips
        assert {clip.media for clip in clips} == {"file://localhost/C%3a/clips/a b.mp4"}
        assert [clip.start_frames for clip in clips] == [0, 30]


def test_other_tracks_are_noted_and_speeds_read():
    speed = "<filter><effect><effectid>timeremap</effectid></effect></filter>"
    half = "<parameter><parameterid>speed</parameterid><value>50</value></parameter>"
    slow = speed.replace("</effectid>", f"</effectid>{half}")
    items = item(0, 30, 0, 30, more=speed), item(30, 60, 30, 60, more=slow)
    data = xmeml(*items, more=f"<track>{item(5, 9, 0, 4)}</track>")
    read = read_edit(data, "x")
    assert read.notes == ("only the first picture track is read: 1 clips of other tracks are left out",)
    assert [clip.speed for clip in read.clips] == [1, Fraction(1, 2)]


@pytest.mark.parametrize(
    ("part", "said"),
    [
        (item("x", 30, 0, 30), "a clip has no usable range"),
        (item(0, "1e999", 0, 30), "a clip has no usable range"),
        (item(0, "1e9999999", 0, 30), "'1e9999999' is no number"),
        (item(0, 30, "1/3", 30), "'1/3' is no number"),
        (item(0, "9" * 31, 0, 30), "'99999999999999999999' is no number"),
        (item(0, 30, 0, 30, rate=RATE.format(base="2e5", ntsc="FALSE")), "'2e5' is no number"),
        (item(-1, 30, 0, 30), "a transition that is not there"),
        (item(0, 30, 0, 30).replace("<in>0</in>", ""), "<in> of 'a b.mp4' is missing"),
        (item(0, 30, 0, 30, rate=RATE.format(base=0, ntsc="FALSE")), "its rate is 0"),
        (item(0, 30, 0, 30, rate=RATE.format(base=29.97, ntsc="TRUE")), "its rate is 29.97"),
        ("", "no track of the sequence has a clip"),
    ],
)
def test_damaged_ranges_are_said(part, said):
    with pytest.raises(ImportFault, match=said):
        read_edit(xmeml(part), "x")


def otio_edit(change):
    edit, files = plain_edit()
    made = otio.core.deserialize_json_from_string(otio_text(plan_exchange(edit, files)))
    change(made)
    return made.to_json_string().encode()


def test_our_ids_are_read_back_and_survive_without_metadata_as_nothing():
    assert [clip.id for clip in read_edit(otio_edit(lambda made: None), "x").clips] == ["c01", "c02", "c03"]

    def forget(made):
        for clip in made.find_clips():
            clip.metadata.clear()

    assert [clip.id for clip in read_edit(otio_edit(forget), "x").clips] == [None, None, None]


def test_metadata_of_another_shape_is_no_id():
    def bend(made):
        for clip, value in zip(made.find_clips(), ("text", [1], {"id": 7}), strict=True):
            clip.metadata["rushes"] = value

    assert [clip.id for clip in read_edit(otio_edit(bend), "x").clips] == [None, None, None]


def test_a_collection_with_a_timeline_is_read_and_compounds_and_unknown_speeds_are_noted():
    def rework(made):
        made.tracks[0][0].effects.append(otio.schema.LinearTimeWarp(time_scalar=2.0))
        made.tracks[0][0].effects.append(otio.schema.TimeEffect())
        compound = otio.schema.Stack(name="both", source_range=made.tracks[0][1].source_range)
        made.tracks[0][1] = compound

    timeline = json.loads(otio_edit(rework))
    text = json.dumps(
        {"OTIO_SCHEMA": "SerializableCollection.1", "children": [timeline], "name": "", "metadata": {}}
    )
    read = read_edit(text.encode(), "x")
    assert [(clip.start_frames, clip.speed) for clip in read.clips] == [(0, 2), (60, 1)]
    assert read.notes == (
        "front_01.mp4: its change of speed is left out",
        "the compound clip 'both' is left out",
    )


def test_a_clip_without_any_range_is_said():
    def bend(made):
        made.tracks[0][0].source_range = None
        made.tracks[0][0].media_reference = otio.schema.MissingReference()

    with pytest.raises(ImportFault, match="a clip has no usable range"):
        read_edit(otio_edit(bend), "x")


@pytest.mark.parametrize("part", ['{"a":', '{"a":[{"b":'])
def test_brackets_without_end_are_said(part):
    with pytest.raises(ImportFault, match="this is no whole OpenTimelineIO file"):
        read_edit((part * 300_000).encode(), "x")


@pytest.mark.parametrize("rate", [0.0, -25.0, float("inf"), float("nan")])
def test_a_rate_that_is_none_is_said(rate):
    def bend(made):
        made.global_start_time = otio.opentime.RationalTime(0, rate)

    with pytest.raises(ImportFault, match="a clip has no usable range"):
        read_edit(otio_edit(bend), "x")


NAMES = ("day 1/a.mp4", "day 2/a.mp4", "b.mp4", "Straße/ü.mov")


@pytest.mark.parametrize(
    ("media", "footage", "name"),
    [
        ("file:///footage/day%201/a.mp4", "/footage", "day 1/a.mp4"),
        ("file://localhost/moved/day%202/a.mp4", "/footage", "day 2/a.mp4"),
        ("../clips/day%201/a.mp4", None, "day 1/a.mp4"),
        ("file:///C:/clips/b.mp4", None, "b.mp4"),
        ("C:\\clips\\b.mp4", None, "b.mp4"),
        ("/x/Stra%C3%9Fe/u%CC%88.mov", None, "Straße/ü.mov"),
        ("file:///x/u%CC%88.mov", None, "Straße/ü.mov"),
        ("file:///x/a.mp4", None, None),
        ("file:///footage/new/b.mp4", "/footage", None),
        ("file:///x/c.mp4", "/footage", None),
        ("", None, None),
    ],
)
def test_media_are_known_by_their_place_then_by_the_end_of_their_path(media, footage, name):
    assert known_name(media, NAMES, footage) == name


def test_a_path_with_a_percent_sign_is_read_from_its_url():
    assert media_path("file:///a%20b/100%25.mp4") == "/a b/100%.mp4"


def test_unknown_media_are_listed_ten_at_most():
    clips = tuple(
        ReadClip(
            id=None,
            media=f"/x/{at:02}.mp4",
            source_start_frames=0,
            source_rate_fps=Fraction(30),
            start_frames=at,
            duration_frames=1,
        )
        for at in range(12)
    )
    with pytest.raises(
        ImportFault, match=r"12 files that this edit never had: /x/00\.mp4, .*/x/09\.mp4 and 2 more"
    ):
        imported_timeline(ReadEdit(rate_fps=Fraction(30), clips=clips), NAMES, "x")


def lying(start, media="/x/a.mp4"):
    """A clip of half a second that starts there and shows its file from there."""
    return ReadClip(
        id=None,
        media=media,
        source_start_frames=start,
        source_rate_fps=Fraction(30),
        start_frames=start,
        duration_frames=15,
    )


@pytest.mark.parametrize(("by", "apart"), [(-2, True), (-1, False), (0, False), (1, False), (2, True)])
def test_sound_a_frame_beside_its_picture_is_with_it(by, apart):
    sound = replace(lying(300), start_frames=300 + by)
    assert bool(list(module.sound_notes([lying(300)], [sound]))) == apart


def test_sounds_are_looked_for_about_their_own_places_only(monkeypatch):
    asked, is_together = [], module._is_together
    monkeypatch.setattr(module, "_is_together", lambda *pair: asked.append(pair) or is_together(*pair))
    clips = [lying(15 * at) for at in range(500)]
    assert list(module.sound_notes(clips, reversed(clips))) == []
    assert len(asked) == 500


def timeremap(parameters):
    effect = f"<effect><effectid>timeremap</effectid>{parameters}</effect>"
    return xmeml(item(0, 30, 0, 30, more=f"<filter>{effect}</filter>"))


def parameter(name, inner):
    return f"<parameter><parameterid>{name}</parameterid>{inner}</parameter>"


@pytest.mark.parametrize("value", ["1e9999999", "1e-9999999", "1/0", "inf", "9" * 31, "0." + "3" * 31])
def test_a_speed_or_a_graph_of_a_number_without_end_is_said_at_once(value):
    graph = f"<keyframe><when>0</when><value>{value}</value></keyframe>"
    changing = parameter("variablespeed", "<value>1</value>") + parameter("graphdict", graph)
    for parameters in (parameter("speed", f"<value>{value}</value>"), changing):
        with pytest.raises(ImportFault, match="is no number"):
            read_edit(timeremap(parameters), "x")


@pytest.mark.parametrize(("value", "speed"), [("50", 0.5), (" 50.5 ", 0.505), ("+25.", 0.25), ("-50", 1)])
def test_speeds_are_decimals(value, speed):
    read = read_edit(timeremap(parameter("speed", f"<value>{value}</value>")), "x")
    assert float(read.clips[0].speed) == speed


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "latin-1"])
@pytest.mark.parametrize(
    "definition", ['<!ENTITY a "b">', '<!ENTITY % a "b">', '<!ENTITY a SYSTEM "file:///x">']
)
def test_entities_are_refused_in_any_encoding(encoding, definition):
    text = f"<?xml version='1.0'?><!-- --><!DOCTYPE xmeml [{definition}]><xmeml>x</xmeml>"
    with pytest.raises(ImportFault, match="this XML defines entities"):
        read_edit(text.encode(encoding), "x")


def test_a_name_that_only_looks_like_an_entity_is_none():
    data = xmeml(item(0, 30, 0, 30)).replace(b"a b.mp4", b"&lt;!ENTITY.mp4")
    assert read_edit(data, "x").clips[0].media.endswith("<!ENTITY.mp4")

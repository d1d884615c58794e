"""FCP7 XML, read back by OpenTimelineIO and looked at as Premiere and Resolve need it."""

from collections import Counter
from dataclasses import replace
from fractions import Fraction
from xml.etree import ElementTree

import opentimelineio as otio
import pytest
from hypothesis import given, settings
from interchange_samples import NTSC_24, NTSC_30, dissolved, edits, media, plain_edit, soft_frames, song_media
from rushes.emit.interchange import plan_exchange
from rushes.emit.interchange_fcp7 import fcp7_text
from rushes.timeline.tree import Fades
from rushes.units import seconds_to_frames


def read(exchange):
    return otio.adapters.read_from_string(fcp7_text(exchange), "fcp_xml")


def sequence(exchange):
    return ElementTree.fromstring(fcp7_text(exchange)).find("sequence")


@settings(derandomize=True, max_examples=60, deadline=None)
@given(edits())
def test_source_ranges_and_record_positions_come_back_to_the_frame_at_every_rate(edit):
    timeline, files = edit
    track = read(plan_exchange(timeline, files, song_media(timeline.rate_fps))).tracks[0]
    found = list(track.find_clips())
    assert len(found) == len(timeline.clips)
    for clip, item in zip(timeline.clips, found, strict=True):
        file, place = files[clip.file], track.range_of_child(item)
        start = item.source_range.start_time
        # Source time is counted in frames of the edit; the reader adds the timecode of the file.
        timecode = file.start_frames / file.rate_fps * timeline.rate_fps
        wanted = timecode + seconds_to_frames(clip.source_start_s(), timeline.rate_fps)
        assert start.value == pytest.approx(float(wanted), abs=1e-6)
        assert start.rate == pytest.approx(float(timeline.rate_fps), abs=1e-9)
        at = place.start_time.rescaled_to(float(timeline.rate_fps)).value
        length = place.duration.rescaled_to(float(timeline.rate_fps)).value
        assert at == pytest.approx(clip.timeline_start_frames, abs=1e-6)
        assert length == pytest.approx(clip.duration_frames, abs=1e-6)


@settings(derandomize=True, max_examples=40, deadline=None)
@given(edits(mixed=False))
def test_files_of_the_timelines_rate_come_back_exactly_with_their_dissolves(edit):
    timeline, files = edit
    track = read(plan_exchange(timeline, files)).tracks[0]
    for clip, item in zip(timeline.clips, track.find_clips(), strict=True):
        start = files[clip.file].start_frames + clip.source_start_frames
        assert item.source_range.start_time.value == start
        assert item.source_range.duration.value == clip.duration_frames
    dissolves = [
        (item.in_offset.value, item.out_offset.value)
        for item in track
        if isinstance(item, otio.schema.Transition)
    ]
    assert dissolves == soft_frames(timeline)


def test_fades_are_dissolves_with_black_at_one_end_of_their_clip():
    edit, files = plain_edit()
    edit = replace(edit, song=None, fades=Fades(in_frames=10, out_frames=12))
    track = sequence(plan_exchange(edit, files)).find("media/video/track")
    parts = [part for part in track if part.tag in ("clipitem", "transitionitem")]
    assert [part.tag for part in parts] == ["transitionitem", *["clipitem"] * 3, "transitionitem"]
    spans = [[part.findtext(name) for name in ("start", "end")] for part in parts]
    assert spans == [["0", "10"], ["-1", "30"], ["30", "60"], ["60", "-1"], ["78", "90"]]
    assert [part.findtext("alignment") for part in (parts[0], parts[-1])] == ["start-black", "end-black"]
    assert {part.findtext("effect/effectid") for part in (parts[0], parts[-1])} == {"Cross Dissolve"}


@settings(derandomize=True, max_examples=40, deadline=None)
@given(edits())
def test_each_file_is_defined_once_and_whole_before_it_is_referred_to(edit):
    timeline, files = edit
    whole = {"name", "pathurl", "rate", "duration", "media"}
    seen, paths = set(), Counter()
    for file in sequence(plan_exchange(timeline, files, song_media(timeline.rate_fps))).iter("file"):
        if len(file):
            assert file.get("id") not in seen
            assert whole <= {part.tag for part in file}
            paths[file.findtext("pathurl")] += 1
            seen.add(file.get("id"))
        else:
            assert file.get("id") in seen
    assert set(paths.values()) == {1}
    assert len(paths) == len({clip.file for clip in timeline.clips}) + 1


@settings(derandomize=True, max_examples=40, deadline=None)
@given(edits())
def test_items_follow_each_other_and_ids_are_unique(edit):
    timeline, files = edit
    root = sequence(plan_exchange(timeline, files, song_media(timeline.rate_fps)))
    ids = [item.get("id") for item in root.iter("clipitem")]
    assert len(ids) == len(set(ids))
    track = root.find("media/video/track")
    for before, item, after in zip([None, *track], track, [*track[1:], None], strict=False):
        if item.tag == "clipitem":
            assert (item.findtext("start") == "-1") == (before is not None and before.tag == "transitionitem")
            assert (item.findtext("end") == "-1") == (after is not None and after.tag == "transitionitem")
            assert 0 <= int(item.findtext("in")) < int(item.findtext("out"))


@pytest.mark.parametrize(
    ("rate", "drop", "string", "frame", "shown", "base", "ntsc"),
    [
        (NTSC_30, True, "01:00:00;00", "107892", "DF", "30", "TRUE"),
        (NTSC_30, False, "01:00:00:00", "108000", "NDF", "30", "TRUE"),
        (NTSC_24, False, "01:00:00:00", "86400", "NDF", "24", "TRUE"),
        (Fraction(25), False, "01:00:00:00", "90000", "NDF", "25", "FALSE"),
    ],
)
def test_the_sequence_starts_at_one_hour_in_the_timecode_asked_for(
    rate, drop, string, frame, shown, base, ntsc
):
    edit, files = plain_edit()
    edit = replace(edit, rate_fps=rate)
    root = sequence(plan_exchange(edit, files, timecode="auto" if drop else "non-drop"))
    assert root.findtext("timecode/string") == string
    assert root.findtext("timecode/frame") == frame
    assert root.findtext("timecode/displayformat") == shown
    assert (root.findtext("rate/timebase"), root.findtext("rate/ntsc")) == (base, ntsc)


def test_the_timecode_of_a_file_is_the_one_it_says_itself():
    edit, files = plain_edit()
    files["front_01.mp4"] = media(rate_fps=NTSC_30, start_frames=1800, drop=True, has_timecode=True)
    file = sequence(plan_exchange(edit, files)).find(".//file")
    assert file.findtext("timecode/string") == "00:01:00;02"
    assert file.findtext("timecode/frame") == "1800"
    assert file.findtext("timecode/displayformat") == "DF"
    assert file.findtext("rate/ntsc") == "TRUE"


def test_a_file_without_sound_says_nothing_of_sound():
    edit, files = plain_edit()
    files["front_01.mp4"] = media(audio_channels=0, audio_rate_hz=0)
    silent, loud = list(sequence(plan_exchange(edit, files)).iter("file"))[:2]
    assert silent.find("media/audio") is None
    assert loud.findtext("media/audio/channelcount") == "2"


def test_a_stereo_song_is_two_linked_tracks_with_its_offset():
    edit, files = plain_edit()
    song = replace(edit.song, start_s=1.25)
    root = sequence(plan_exchange(replace(edit, song=song), files, song_media()))
    items = root.findall("media/audio/track/clipitem")
    assert [item.findtext("in") for item in items] == ["38", "38"]
    assert [item.findtext("sourcetrack/trackindex") for item in items] == ["1", "2"]
    assert [link.text for link in items[0].iter("linkclipref")] == ["song-1", "song-2"]


def test_beats_are_markers_of_the_sequence():
    edit, files = plain_edit()
    markers = read(plan_exchange(edit, files, song_media())).tracks.markers
    assert [mark.marked_range.start_time.value for mark in markers] == [0, 15, 30, 45, 60, 75]


def test_names_are_encoded_in_the_path_and_escaped_in_the_text():
    edit, _ = plain_edit()
    name = "Straße & <Meer>\x07.mp4"
    edit = replace(edit, clips=tuple(replace(part, file=name) for part in edit.clips))
    file = sequence(plan_exchange(edit, {name: media(name)})).find(".//file")
    assert file.findtext("name") == "Straße & <Meer>\ufffd.mp4"
    assert file.findtext("pathurl") == "file://localhost/footage/Stra%C3%9Fe%20%26%20%3CMeer%3E%07.mp4"


def test_a_dissolve_keeps_its_handles_in_the_in_and_out_points():
    edit, files = plain_edit()
    first, dissolve, second, _ = list(
        sequence(plan_exchange(dissolved(edit, 0, 7), files)).find("media/video/track")
    )[:4]
    assert [first.findtext(tag) for tag in ("start", "end", "in", "out")] == ["0", "-1", "36", "70"]
    assert [dissolve.findtext(tag) for tag in ("start", "end", "alignment")] == ["27", "34", "center"]
    assert [second.findtext(tag) for tag in ("start", "end", "in", "out")] == ["-1", "60", "39", "72"]


def test_a_file_of_another_rate_says_so_while_its_range_counts_frames_of_the_edit():
    edit, files = plain_edit()
    files["front_01.mp4"] = media(rate_fps=NTSC_24)
    clips = (replace(edit.clips[0], source_rate_fps=NTSC_24, source_start_frames=48), *edit.clips[1:])
    item = sequence(plan_exchange(replace(edit, clips=clips), files)).find(".//clipitem")
    assert (item.findtext("file/rate/timebase"), item.findtext("file/rate/ntsc")) == ("24", "TRUE")
    assert (item.findtext("rate/timebase"), item.findtext("rate/ntsc")) == ("30", "FALSE")
    # 48 frames of 23.976 are 2.002 s.
    assert (item.findtext("in"), item.findtext("out")) == ("60", "90")

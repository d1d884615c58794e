"""CMX3600: read back by OpenTimelineIO, and its lines as the format has them."""

from dataclasses import replace
from fractions import Fraction

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
    soft_frames,
    song_media,
)
from rushes.emit.interchange import plan_exchange
from rushes.emit.interchange_edl import edl_text, reel_names
from rushes.timeline.tree import Fades
from rushes.units import seconds_to_frames

GENERATOR = otio.schema.GeneratorReference


def read(exchange):
    return otio.adapters.read_from_string(edl_text(exchange), "cmx_3600", rate=float(exchange.rate_fps))


def shown(track):
    """Its clips but for black."""
    return [item for item in track.find_clips() if not isinstance(item.media_reference, GENERATOR)]


def heads(exchange):
    """How much earlier each event begins than its shot: the part of the dissolve before the cut."""
    return [shot.dissolve.before_frames if shot.dissolve else 0 for shot in exchange.shots]


@pytest.mark.parametrize("rate", RATES)
def test_source_ranges_and_record_positions_come_back_to_the_frame_at_every_rate(rate):
    @settings(derandomize=True, max_examples=12, deadline=None, database=None)
    @given(edits(mixed=False, rates=(rate,)))
    def holds(edit):
        timeline, files = edit
        exchange = plan_exchange(timeline, files, song_media(rate))
        track = read(exchange).tracks[0]
        found = shown(track)
        assert len(found) == len(timeline.clips)
        for clip, head, item in zip(timeline.clips, heads(exchange), found, strict=True):
            start = files[clip.file].start_frames + clip.source_start_frames
            assert item.source_range.start_time.value == start - head
            place = track.range_of_child(item)
            assert place.start_time.value == clip.timeline_start_frames - head
        end = track.range_of_child(found[-1]).end_time_exclusive()
        assert end.value == timeline.duration_frames - exchange.closes_frames
        assert track.duration().value == timeline.duration_frames

    holds()


@settings(derandomize=True, max_examples=60, deadline=None)
@given(edits())
def test_files_of_other_rates_are_counted_in_frames_of_the_timeline(edit):
    timeline, files = edit
    files = {name: replace(file, start_frames=0, drop=False) for name, file in files.items()}
    exchange = plan_exchange(timeline, files)
    track = read(exchange).tracks[0]
    for clip, head, item in zip(timeline.clips, heads(exchange), shown(track), strict=True):
        start = seconds_to_frames(clip.source_start_s(), timeline.rate_fps)
        assert item.source_range.start_time.value == start - head


@settings(derandomize=True, max_examples=40, deadline=None)
@given(edits())
def test_dissolves_have_their_whole_length(edit):
    timeline, files = edit
    track = read(plan_exchange(timeline, files)).tracks[0]
    found = [item.out_offset.value for item in track if isinstance(item, otio.schema.Transition)]
    assert found == [before + after for before, after in soft_frames(timeline)]


def test_black_is_a_reel_of_its_own_that_the_first_shot_comes_from_and_the_last_one_goes_to():
    edit, files = plain_edit()
    edit = replace(edit, song=None, fades=Fades(in_frames=10, out_frames=12))
    lines = edl_text(plan_exchange(edit, files)).split("\r\n")
    assert lines[3:7] == [
        "001  BL       V     C        00:00:00:00 00:00:00:00 01:00:00:00 01:00:00:00",
        "",
        "002  BL       V     C        00:00:00:00 00:00:00:00 01:00:00:00 01:00:00:00",
        "002  FRONT_01 V     D    010 00:00:01:06 00:00:02:06 01:00:00:00 01:00:01:00",
    ]
    assert lines[-6:] == [
        "",
        "005  OVERHEAD V     C        00:00:02:06 00:00:02:06 01:00:02:18 01:00:02:18",
        "005  BL       V     D    012 00:00:00:00 00:00:00:12 01:00:02:18 01:00:03:00",
        "* FROM CLIP NAME: overhead_03.mp4",
        "* TO CLIP NAME: BL",
        "",
    ]


def test_the_lines_of_a_cut_and_a_dissolve():
    edit, files = plain_edit()
    edit = dissolved(replace(edit, song=None), 0, 6)
    assert edl_text(plan_exchange(edit, files)).split("\r\n")[:12] == [
        "TITLE: summer",
        "FCM: NON-DROP FRAME",
        "",
        "001  FRONT_01 V     C        00:00:01:06 00:00:02:03 01:00:00:00 01:00:00:27",
        "* FROM CLIP NAME: front_01.mp4",
        "* SOURCE FILE: /footage/front_01.mp4",
        "* RUSHES ID: c01",
        "",
        "002  FRONT_01 V     C        00:00:02:03 00:00:02:03 01:00:00:27 01:00:00:27",
        "002  SIDE_02  V     D    006 00:00:01:09 00:00:02:12 01:00:00:27 01:00:02:00",
        "* FROM CLIP NAME: front_01.mp4",
        "* TO CLIP NAME: side_02.mp4",
    ]


def test_drop_frame_timecode_has_semicolons_and_says_so_at_the_top():
    edit, files = plain_edit()
    files["front_01.mp4"] = media(rate_fps=NTSC_30, start_frames=1800, drop=True, has_timecode=True)
    edit = replace(edit, rate_fps=NTSC_30, song=None)
    edit = replace(edit, clips=(replace(edit.clips[0], source_rate_fps=NTSC_30), *edit.clips[1:]))
    lines = edl_text(plan_exchange(edit, files)).split("\r\n")
    assert lines[1] == "FCM: DROP FRAME"
    assert lines[3].split()[4:] == ["00:01:01;08", "00:01:02;08", "01:00:00;00", "01:00:01;00"]
    non_drop = edl_text(plan_exchange(edit, files, timecode="non-drop")).split("\r\n")
    assert non_drop[1] == "FCM: NON-DROP FRAME"
    assert non_drop[3].split()[6:] == ["01:00:00:00", "01:00:01:00"]


def test_the_clock_of_a_file_of_another_rate_is_kept():
    edit, files = plain_edit()
    start = (10 * 3600 + 5) * 24 + 12
    files["front_01.mp4"] = media(rate_fps=Fraction(24), start_frames=start, has_timecode=True)
    edit = replace(edit, clips=(replace(edit.clips[0], source_rate_fps=Fraction(24)), *edit.clips[1:]))
    line = edl_text(plan_exchange(edit, files)).split("\r\n")[3]
    # 36 frames of 24 are 45 of 30; half a second is 15 of them.
    assert line.split()[4] == "10:00:07:00"
    files["front_01.mp4"] = media(rate_fps=NTSC_24, start_frames=start, has_timecode=True)
    assert edl_text(plan_exchange(edit, files)).split("\r\n")[3].split()[4] == "10:00:07:00"


def test_beats_are_locators_under_the_event_that_shows_them():
    edit, files = plain_edit()
    made = read(plan_exchange(edit, files, song_media()))
    assert [[mark.name for mark in item.markers] for item in made.tracks[0].find_clips()] == [
        ["BEAT 0", "BEAT 1"],
        ["BEAT 2", "BEAT 3"],
        ["BEAT 4", "BEAT 5"],
    ]


def test_the_song_is_on_both_audio_channels_from_where_it_is_heard():
    edit, files = plain_edit()
    exchange = plan_exchange(replace(edit, song=replace(edit.song, start_s=2.5)), files, song_media())
    made = read(exchange)
    sound = [track for track in made.tracks if track.kind == "Audio"]
    assert [track.name for track in sound] == ["A1", "A2"]
    assert sound[0][0].source_range.start_time.value == 75
    assert "MYSONG   AA    C" in edl_text(exchange)


def test_reels_have_eight_plain_letters_and_are_told_apart():
    files = tuple(media(name) for name in ("a/übung 12345.mov", "b/übung 12346.mov", "ax.mp4", "日本.mp4"))
    assert list(reel_names(files).values()) == ["UBUNG123", "UBUNG122", "AX2", "CLIP"]


def test_a_name_with_a_line_end_does_not_break_the_list():
    edit, files = plain_edit()
    files["front_01.mp4"] = media("front\n002  X V C.mp4")
    made = read(plan_exchange(edit, files))
    assert len(list(made.tracks[0].find_clips())) == 3

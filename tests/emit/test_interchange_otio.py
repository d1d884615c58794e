"""OpenTimelineIO: what we write is what the library reads, to the frame."""

import json
from dataclasses import replace

import opentimelineio as otio
from hypothesis import given, settings
from interchange_samples import dissolved, edits, media, plain_edit, reframed, soft_frames, song_media
from rushes.emit.interchange import plan_exchange
from rushes.emit.interchange_otio import otio_text


def read(exchange):
    return otio.core.deserialize_json_from_string(otio_text(exchange))


@settings(derandomize=True, max_examples=60, deadline=None)
@given(edits())
def test_source_ranges_and_record_positions_come_back_to_the_frame_at_every_rate(edit):
    timeline, files = edit
    track = read(plan_exchange(timeline, files, song_media(timeline.rate_fps))).tracks[0]
    found = list(track.find_clips())
    assert len(found) == len(timeline.clips)
    for clip_, item in zip(timeline.clips, found, strict=True):
        file, place = files[clip_.file], track.range_of_child(item)
        start = item.source_range.start_time
        assert start.value == file.start_frames + clip_.source_start_frames
        assert start.rate == float(file.rate_fps)
        assert (place.start_time.value, place.duration.value) == (
            clip_.timeline_start_frames,
            clip_.duration_frames,
        )
        assert place.start_time.rate == float(timeline.rate_fps)
        assert item.media_reference.available_range.start_time.value == file.start_frames


@settings(derandomize=True, max_examples=40, deadline=None)
@given(edits())
def test_dissolves_lie_around_their_cut(edit):
    timeline, files = edit
    track = read(plan_exchange(timeline, files)).tracks[0]
    found = [
        (item.in_offset.value, item.out_offset.value)
        for item in track
        if isinstance(item, otio.schema.Transition)
    ]
    assert found == soft_frames(timeline)


def test_ids_locks_and_reasons_travel_in_the_metadata():
    edit, files = plain_edit()
    lock = {"reason": "the smile", "locked_by": "me"}
    edit = replace(edit, clips=(replace(edit.clips[0], locked=True, lock_metadata=lock), *edit.clips[1:]))
    made = read(plan_exchange(edit, files))
    first, second, _ = made.find_clips()
    facts = first.metadata["rushes"]
    assert (facts["id"], facts["locked"], facts["lock_metadata"]["reason"]) == ("c01", True, "the smile")
    assert facts["file"] == "front_01.mp4"
    assert second.metadata["rushes"]["locked"] is False


def test_beats_downbeats_and_drops_are_markers_of_the_whole_edit():
    edit, files = plain_edit()
    song = replace(edit.song, start_s=1.0, drops=(2.0,))
    markers = read(plan_exchange(replace(edit, song=song), files, song_media())).tracks.markers
    assert [(mark.name, mark.marked_range.start_time.value, mark.color) for mark in markers] == [
        ("beat 2", 0, "YELLOW"),
        ("beat 3", 15, "YELLOW"),
        ("drop", 30, "RED"),
        ("beat 5", 45, "YELLOW"),
        ("beat 6", 60, "YELLOW"),
        ("beat 7", 75, "YELLOW"),
    ]


def test_the_song_lies_on_its_own_track_and_starts_where_it_is_heard():
    edit, files = plain_edit()
    exchange = plan_exchange(replace(edit, song=replace(edit.song, start_s=1.26)), files, song_media())
    track = read(exchange).tracks[1]
    assert (track.kind, len(track)) == ("Audio", 1)
    assert abs(track[0].source_range.start_time.to_seconds() - 1.26) < 1e-6
    assert track[0].source_range.duration.value == 90
    assert track[0].media_reference.target_url == "file:///music/my%20song.mp3"


def test_an_edit_without_song_has_no_sound_track_and_no_markers():
    edit, files = plain_edit()
    tracks = read(plan_exchange(replace(edit, song=None), files)).tracks
    assert (len(tracks), len(tracks.markers)) == (1, 0)


def test_reframing_is_kept_in_the_metadata_as_no_schema_has_it():
    edit, files = plain_edit()
    first = reframed(edit.clips[0], (0.0, 0.4, 0.5, 0.3))
    made = read(plan_exchange(replace(edit, clips=(first, *edit.clips[1:])), files))
    facts = next(iter(made.find_clips())).metadata["rushes"]
    assert facts["reframe"]["mode"] == "pan"
    assert dict(facts["reframe"]["keys"][0]) == {"at_s": 1.2, "x_01": 0.4, "y_01": 0.5, "width_01": 0.3}


def test_the_same_edit_gives_the_same_bytes():
    edit, files = plain_edit()
    edit = dissolved(edit, 0, 6)
    texts = {otio_text(plan_exchange(edit, files, song_media())) for _ in range(3)}
    assert len(texts) == 1
    assert json.loads(texts.pop())["OTIO_SCHEMA"] == "Timeline.1"


def test_names_with_spaces_and_umlauts_are_encoded_in_the_url_and_plain_in_the_name():
    edit, _ = plain_edit()
    name = "Straße & Meer.mp4"
    edit = replace(edit, clips=tuple(replace(part, file=name) for part in edit.clips))
    made = read(plan_exchange(edit, {name: media(name)}))
    first = next(iter(made.find_clips()))
    assert first.name == name
    assert first.media_reference.target_url == "file:///footage/Stra%C3%9Fe%20%26%20Meer.mp4"

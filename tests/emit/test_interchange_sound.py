"""The sound of the clips in the four formats: as long as the picture, where the picture is, and linked to it."""

from dataclasses import replace
from fractions import Fraction
from xml.etree import ElementTree

import opentimelineio as otio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from interchange_samples import RATES, dissolved, edits, media, plain_edit, song_media
from rushes.emit.interchange import LevelKey, Mix, plan_exchange
from rushes.emit.interchange_edl import edl_text
from rushes.emit.interchange_fcp7 import fcp7_text
from rushes.emit.interchange_fcpx import fcpx_text
from rushes.emit.interchange_otio import otio_text
from rushes.emit.interchange_read import imported_timeline, read_edit
from rushes.timeline.changes import changes_between
from rushes.timeline.tree import Fades, Retime, RetimeKey

ONLY = Mix(clips="only")
UNDER = Mix(clips="under", clips_db=-6.0, song_keys=(LevelKey(0, 0.0), LevelKey(30, -10.0)))


def lasting(track, item):
    """Source range and record range of an item, in frames."""
    ranges = (item.source_range, track.range_of_child(item))
    return tuple(round(time.value, 6) for one in ranges for time in (one.start_time, one.duration))


@pytest.mark.parametrize("rate", RATES)
def test_opentimelineio_reads_each_sound_with_the_range_and_the_place_of_its_picture(rate):
    @settings(derandomize=True, max_examples=8, deadline=None, database=None)
    @given(edits(rates=(rate,)))
    def holds(edit):
        timeline, files = edit
        exchange = plan_exchange(timeline, files, song_media(rate), mix=UNDER)
        made = otio.core.deserialize_json_from_string(otio_text(exchange))
        pictures = {clip.metadata["rushes"]["id"]: clip for clip in made.video_tracks()[0].find_clips()}
        heard = [shot.clip.id for shot in exchange.shots if shot.heard]
        sounds, songs = (made.audio_tracks()[0] if heard else []), made.audio_tracks()[-1]
        found = list(sounds.find_clips()) if heard else []
        assert [clip.metadata["rushes"]["sound_of"] for clip in found] == heard
        for clip in found:
            picture = pictures[clip.metadata["rushes"]["sound_of"]]
            assert lasting(sounds, clip) == lasting(made.video_tracks()[0], picture)
            assert clip.media_reference.target_url == picture.media_reference.target_url
            groups = [one.metadata["Resolve_OTIO"]["Link Group ID"] for one in (clip, picture)]
            assert groups[0] == groups[1]
        assert [clip.metadata["rushes"]["song"] for clip in songs.find_clips()] == [True]

    holds()


@pytest.mark.parametrize("rate", RATES)
def test_fcp7_has_them_on_tracks_for_every_channel_where_the_pictures_are(rate):
    @settings(derandomize=True, max_examples=8, deadline=None, database=None)
    @given(edits(rates=(rate,)))
    def holds(edit):
        timeline, files = edit
        exchange = plan_exchange(timeline, files, mix=ONLY)
        made = otio.adapters.read_from_string(fcp7_text(exchange), "fcp_xml")
        pictures = list(made.video_tracks()[0].find_clips())
        wanted = [
            lasting(made.video_tracks()[0], picture)
            for shot, picture in zip(exchange.shots, pictures, strict=True)
            # The reader joins the two tracks of a pair.
            for _ in range(1 if shot.media.audio_channels == 2 else shot.media.audio_channels)
        ]
        found = [lasting(track, clip) for track in made.audio_tracks() for clip in track.find_clips()]
        assert sorted(found) == sorted(wanted)

    holds()


@pytest.mark.parametrize("rate", RATES)
def test_fcpxml_switches_the_sound_of_a_clip_on_where_it_is_heard(rate):
    @settings(derandomize=True, max_examples=8, deadline=None, database=None)
    @given(edits(rates=(rate,)))
    def holds(edit):
        timeline, files = edit
        exchange = plan_exchange(timeline, files, song_media(rate), mix=UNDER)
        root = ElementTree.fromstring(fcpx_text(exchange))
        assets = {asset.get("id"): asset for asset in root.iter("asset")}
        items = root.findall(".//spine/asset-clip")
        # Picture and sound are one item, which has the same range with the sound as without it.
        silent = ElementTree.fromstring(fcpx_text(plan_exchange(timeline, files)))
        for shot, item, other in zip(
            exchange.shots, items, silent.findall(".//spine/asset-clip"), strict=True
        ):
            asset = assets[item.get("ref")]
            channels = shot.media.audio_channels
            assert asset.get("audioChannels", "0") == str(channels)
            assert (item.get("srcEnable") == "all") == bool(channels)
            ranges = [[one.get(name) for name in ("offset", "start", "duration")] for one in (item, other)]
            assert ranges[0] == ranges[1]

    holds()


def sounds_in(track, pictures):
    """Where each clip of a track that is not black begins in its file and in the edit: the reader counts from its first clip."""
    first = pictures.source_range.start_time.value - track.source_range.start_time.value
    for clip in track.find_clips():
        if not isinstance(clip.media_reference, otio.schema.GeneratorReference):
            start, _, at, _ = lasting(track, clip)
            yield start, at + first


@pytest.mark.parametrize("rate", RATES)
def test_an_edl_has_them_in_the_event_of_the_picture_or_in_one_of_their_own(rate):
    @settings(derandomize=True, max_examples=8, deadline=None, database=None)
    @given(edits(mixed=False, rates=(rate,)))
    def holds(edit):
        timeline, files = edit
        exchange = plan_exchange(timeline, files, song_media(rate), mix=UNDER)
        made = otio.adapters.read_from_string(edl_text(exchange), "cmx_3600", rate=float(rate))
        tracks = {track.name: track for track in made.tracks}
        for name, channels in (("A1", (1, 2)), ("A2", (2,))):
            wanted = [
                (files[shot.clip.file].start_frames + shot.source_frames, shot.start_frames)
                for shot in exchange.shots
                if shot.heard and shot.media.audio_channels in channels
            ]
            found = list(sounds_in(tracks[name], tracks["V"])) if wanted else []
            # Those that cross begin as much earlier in their file as in the edit.
            heads = [record - at for (_, record), (_, at) in zip(wanted, found, strict=True)]
            assert found == [(a - head, b - head) for (a, b), head in zip(wanted, heads, strict=True)]
            crossing = {shot.dissolve.before_frames for shot in exchange.shots if shot.dissolve}
            assert set(heads) <= {0} | crossing

    holds()


@settings(derandomize=True, max_examples=25, deadline=None)
@given(edits(), st.sampled_from((otio_text, fcp7_text)), st.sampled_from((ONLY, UNDER)))
def test_an_import_of_what_was_exported_with_sound_has_no_changes(edit, write, mix):
    timeline, files = edit
    text = write(plan_exchange(timeline, files, song_media(timeline.rate_fps), mix=mix))
    imported = imported_timeline(read_edit(text.encode(), "x"), set(files), "x", "/footage")
    assert changes_between(timeline, imported) == ()
    assert imported.notes == ()


def sequence(exchange):
    return ElementTree.fromstring(fcp7_text(exchange)).find("sequence")


def test_fcp7_links_picture_and_channels_to_each_other_by_track_and_place():
    edit, files = plain_edit()
    files["side_02.mp4"] = media("side_02.mp4", audio_channels=0)
    root = sequence(plan_exchange(edit, files, song_media(), mix=ONLY))
    third = [item for item in root.iter("clipitem") if (item.get("id") or "").startswith("clipitem-3")]
    links = [[tuple(part.text for part in link)[:4] for link in item.findall("link")] for item in third]
    assert (
        links
        == [
            [
                ("clipitem-3", "video", "1", "3"),
                ("clipitem-3-sound-1", "audio", "1", "2"),
                ("clipitem-3-sound-2", "audio", "2", "2"),
            ]
        ]
        * 3
    )
    silent = next(item for item in root.iter("clipitem") if item.get("id") == "clipitem-2")
    assert silent.findall("link") == []


def test_fcp7_has_pairs_of_tracks_for_stereo_and_single_ones_for_the_rest():
    edit, files = plain_edit()
    files["side_02.mp4"] = media("side_02.mp4", audio_channels=1)
    files["overhead_03.mp4"] = media("overhead_03.mp4", audio_channels=4)
    tracks = sequence(plan_exchange(edit, files, song_media(), mix=UNDER)).findall("media/audio/track")
    assert [(track.get("premiereTrackType"), track.get("currentExplodedTrackIndex")) for track in tracks] == [
        ("Mono", "0"),
        *[("Stereo", "0"), ("Stereo", "1")],
        *[("Mono", "0")] * 4,
        ("Stereo", "0"),
        ("Stereo", "1"),
    ]
    names = [item.findtext("name") for track in tracks for item in track.findall("clipitem")]
    assert names == ["side_02.mp4", *["front_01.mp4"] * 2, *["overhead_03.mp4"] * 4, *["my song.mp3"] * 2]
    assert [
        item.findtext("sourcetrack/trackindex") for track in tracks[3:7] for item in track.iter("clipitem")
    ] == list("1234")
    outputs = [track.findtext("outputchannelindex") for track in tracks]
    assert outputs == [None, "1", "2", *[None] * 4, "1", "2"]
    song = tracks[-1].find("clipitem")
    assert [link.findtext("trackindex") for link in song.findall("link")] == ["8", "9"]


def test_fcp7_has_levels_as_factors_and_keys_on_the_clock_of_the_item():
    edit, files = plain_edit()
    edit = replace(edit, song=replace(edit.song, start_s=2.0))
    root = sequence(plan_exchange(edit, files, song_media(), mix=UNDER))
    levels = {
        item.get("id"): effect.find("parameter")
        for item in root.iter("clipitem")
        for effect in item.findall("filter/effect")
        if effect.findtext("effectid") == "audiolevels"
    }
    assert levels["clipitem-1-sound-1"].findtext("value") == "0.501187"
    assert levels["clipitem-1-sound-1"].find("keyframe") is None
    song = levels["song-1"]
    assert [(key.findtext("when"), key.findtext("value")) for key in song.findall("keyframe")] == [
        ("60", "1"),
        ("90", "0.316228"),
    ]


def test_sounds_cross_with_equal_power_where_pictures_dissolve():
    edit, files = plain_edit()
    exchange = plan_exchange(dissolved(edit, 0, 7), files, mix=ONLY)
    track = sequence(exchange).find("media/audio/track")
    first, cross, second, third = list(track)[:4]
    assert [first.findtext(tag) for tag in ("start", "end", "in", "out")] == ["0", "-1", "36", "70"]
    assert [cross.findtext(tag) for tag in ("start", "end", "alignment")] == ["27", "34", "center"]
    assert cross.findtext("effect/effectid") == "KGAudioTransCrossFade3dB"
    assert [second.findtext(tag) for tag in ("start", "end", "in", "out")] == ["-1", "60", "39", "72"]
    assert third.findtext("start") == "60"


def test_they_come_and_go_with_the_picture_out_of_black_and_into_it():
    edit, files = plain_edit()
    edit = replace(edit, song=None, fades=Fades(in_frames=10, out_frames=12))
    exchange = plan_exchange(edit, files, mix=ONLY)
    track = sequence(exchange).find("media/audio/track")
    fades = [
        [part.findtext(tag) for tag in ("start", "end", "alignment")] for part in track.iter("transitionitem")
    ]
    assert fades == [["0", "10", "start-black"], ["78", "90", "end-black"]]
    made = otio.core.deserialize_json_from_string(otio_text(exchange))
    lengths = [
        (part.in_offset.value, part.out_offset.value)
        for part in made.audio_tracks()[0]
        if isinstance(part, otio.schema.Transition)
    ]
    assert lengths == [(0, 10), (12, 0)]
    spine = ElementTree.fromstring(fcpx_text(exchange)).find(".//spine")
    assert [part.find("filter-audio") is not None for part in spine if part.tag == "transition"] == [
        True,
        True,
    ]
    assert "001  BL       AA/V  C" in edl_text(exchange)


def test_a_sound_that_would_cross_with_nothing_is_cut():
    edit, files = plain_edit()
    files["front_01.mp4"] = media(audio_channels=0)
    exchange = plan_exchange(dissolved(replace(edit, song=None), 0, 6), files, mix=ONLY)
    lines = edl_text(exchange).split("\r\n")
    assert [line[14:29].split() for line in lines if line[:3].isdigit()] == [
        ["V", "C"],
        ["V", "C"],
        ["V", "D", "006"],
        ["AA", "C"],
        ["AA/V", "C"],
    ]
    alone = next(line for line in lines if " AA " in line)
    assert alone.split()[4:] == ["00:00:01:12", "00:00:02:12", "01:00:01:00", "01:00:02:00"]
    assert sequence(exchange).findtext("media/audio/track/clipitem/start") == "30"


def test_shots_that_do_not_run_as_they_were_filmed_are_silent():
    edit, files = plain_edit()
    slow = Retime(keys=(RetimeKey(at_frames=0, source_s=0.0), RetimeKey(at_frames=30, source_s=0.5)))
    edit = replace(edit, clips=(replace(edit.clips[0], retime=slow), *edit.clips[1:]))
    exchange = plan_exchange(edit, files, mix=ONLY)
    assert [shot.heard for shot in exchange.shots] == [False, True, True]
    items = ElementTree.fromstring(fcpx_text(exchange)).findall(".//spine/asset-clip")
    assert [(item.get("srcEnable"), item.get("audioRole")) for item in items] == [
        ("video", None),
        ("all", "dialogue"),
        ("all", "dialogue"),
    ]
    track = otio.core.deserialize_json_from_string(otio_text(exchange)).audio_tracks()[0]
    assert isinstance(track[0], otio.schema.Gap)
    assert track[0].source_range.duration.value == 30


def test_nothing_of_the_clips_is_heard_where_the_song_is_alone():
    edit, files = plain_edit()
    exchange = plan_exchange(edit, files, song_media())
    assert len(sequence(exchange).findall("media/audio/track")) == 2
    assert "AA/V" not in edl_text(exchange)
    assert 'srcEnable="all"' not in fcpx_text(exchange)
    assert "Link Group" not in otio_text(exchange)


def test_fcpxml_has_levels_in_decibels_with_keys_on_the_clock_of_the_song():
    edit, files = plain_edit()
    edit = replace(edit, song=replace(edit.song, start_s=2.0))
    root = ElementTree.fromstring(fcpx_text(plan_exchange(edit, files, song_media(), mix=UNDER)))
    assert {item.find("adjust-volume").get("amount") for item in root.findall(".//spine/asset-clip")} == {
        "-6dB"
    }
    first = root.find(".//spine/asset-clip")
    # The order that the document type of FCPXML 1.10 asks for: Final Cut Pro refuses files with another.
    kinds = [part.tag for part in first]
    assert kinds == [
        "note",
        "adjust-conform",
        "adjust-transform",
        "adjust-volume",
        "asset-clip",
        *["marker"] * 2,
    ]
    song = root.find(".//asset-clip[@lane='-1']")
    assert song.get("audioRole") == "music"
    keys = song.findall("adjust-volume/param/keyframeAnimation/keyframe")
    assert [(key.get("time"), key.get("value")) for key in keys] == [("2s", "0dB"), ("3s", "-10dB")]


def test_an_edl_has_the_song_on_the_next_channels_and_levels_as_comments():
    edit, files = plain_edit()
    files["side_02.mp4"] = media("side_02.mp4", audio_channels=1)
    lines = edl_text(plan_exchange(edit, files, song_media(), mix=UNDER)).split("\r\n")
    assert [line[14:19].strip() for line in lines if line[:3].isdigit()] == ["AA/V", "B", "AA/V", "NONE"]
    assert "* AUDIO LEVEL AT 00:00:01:06 IS -6.00 DB  (REEL FRONT_01 A2)" in lines
    assert "* AUDIO LEVEL AT 00:00:01:00 IS -10.00 DB  (REEL MYSONG A3)" in lines
    assert lines[-2] == "AUD  3    4"


def reworked(change):
    """The edit as an OTIO file in which another program changed its sound."""
    edit, files = plain_edit()
    made = otio.core.deserialize_json_from_string(
        otio_text(plan_exchange(edit, files, song_media(), mix=UNDER))
    )
    change(made.audio_tracks()[0])
    imported = imported_timeline(read_edit(made.to_json_string().encode(), "x"), set(files), "x", "/footage")
    return changes_between(edit, imported), imported.notes


APART = "does not lie with its picture any more: sound is not taken over, it stays with the pictures"


def test_sound_that_was_moved_or_removed_in_another_program_changes_no_shot():
    def remove(track):
        del track[1]

    def move(track):
        gap = otio.schema.Gap(source_range=track[0].source_range)
        track.insert(0, gap)

    def clear(track):
        del track[:]

    def bend(track):
        track[0].source_range = None
        track[0].media_reference = otio.schema.MissingReference()

    assert [reworked(change) for change in (remove, move, clear, bend)] == [
        ((), (f"the sound at 1 place {APART}",)),
        ((), (f"the sound at 3 places {APART}",)),
        ((), ()),
        ((), ()),
    ]


def test_sound_that_was_removed_from_an_fcp7_file_changes_no_shot():
    edit, files = plain_edit()
    root = ElementTree.fromstring(fcp7_text(plan_exchange(edit, files, song_media(), mix=UNDER)))
    audio = root.find("sequence/media/audio")
    for track in audio.findall("track")[:2]:
        for item in track.findall("clipitem")[1:]:
            track.remove(item)
    imported = imported_timeline(read_edit(ElementTree.tostring(root), "x"), set(files), "x", "/footage")
    assert (changes_between(edit, imported), imported.notes) == ((), ())


def test_times_stay_whole_where_rates_are_mixed():
    edit, files = plain_edit()
    files["front_01.mp4"] = media(rate_fps=Fraction(24))
    clips = (replace(edit.clips[0], source_rate_fps=Fraction(24), source_start_frames=48), *edit.clips[1:])
    item = sequence(plan_exchange(replace(edit, clips=clips), files, mix=ONLY)).find(
        "media/audio/track/clipitem"
    )
    # 48 frames of 24 are 2 s, which the sequence counts as 60 frames.
    assert [item.findtext(tag) for tag in ("start", "end", "in", "out")] == ["0", "30", "60", "90"]

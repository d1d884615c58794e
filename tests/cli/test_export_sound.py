"""rushes export: the sound of the clips goes along where the video has it."""

import json
from dataclasses import replace
from xml.etree import ElementTree

import opentimelineio as otio
import pytest
from command_line import rushes
from exported_edit import edit_on_disk
from timeline_samples import timeline

STRAIGHT = (
    "note: the clips' own sound goes along: cut straight where the video crosses it within milliseconds, "
    "and not brought to the loudness of the video"
)


def as_run(made, record, sound):
    """The edit as one of a run whose recipe asked for this sound."""
    record["arguments"] |= {"footage": str(made.footage), "song": str(made.song)}
    record["recipe"]["edit"]["sound"] |= sound
    (made.timeline.parent / "run.json").write_text(json.dumps(record))


def exported(made, name, *more):
    return rushes("export", made.timeline, "--format", name, "--to", "a.out", *more)


def sound_tracks(tmp_path):
    made = otio.adapters.read_from_file(str(tmp_path / "a.out"), "otio_json")
    return [[clip.name for clip in track.find_clips()] for track in made.audio_tracks()]


NAMES = ["front_01.mp4", "side_02.mp4", "overhead_03.mp4"]


def test_an_edit_without_a_song_takes_the_sound_of_its_clips_along_and_says_how(tmp_path):
    made = edit_on_disk(tmp_path, replace(timeline(), song=None), heard=True)
    for name in ("otio", "fcp7xml", "fcpxml", "edl"):
        ended = exported(made, name, "--footage", made.footage)
        assert (ended.code, ended.err) == (0, f"{STRAIGHT}\n")
    exported(made, "otio", "--footage", made.footage)
    assert sound_tracks(tmp_path) == [NAMES]


def test_where_clips_are_heard_alone_the_song_is_not_needed(tmp_path, warm_run):
    made = edit_on_disk(tmp_path, heard=True)
    as_run(made, warm_run.record(), {"clips": "only"})
    made.song.unlink()
    assert exported(made, "otio").code == 0
    assert sound_tracks(tmp_path) == [NAMES]


@pytest.mark.parametrize(
    ("name", "levels"),
    [
        ("otio", "; levels of clips and song are in metadata.rushes alone"),
        ("edl", "; levels of clips and song are comments"),
        ("fcp7xml", ""),
        ("fcpxml", ""),
    ],
)
def test_clips_under_a_song_go_along_with_their_levels(name, levels, tmp_path, warm_run):
    made = edit_on_disk(tmp_path, heard=True)
    as_run(made, warm_run.record(), {"clips": "under"})
    ended = exported(made, name)
    assert (ended.code, ended.err) == (0, f"{STRAIGHT}{levels}\n")
    if name == "otio":
        assert sound_tracks(tmp_path) == [NAMES, ["song.ogg"]]
    if name in ("otio", "fcp7xml"):
        back = rushes("import", made.timeline, "a.out", "--dry-run")
        assert (back.code, back.out, back.err) == (0, "no difference\n", "")


def test_nobody_listened_so_the_song_steps_back_for_all_that_is_heard(tmp_path, warm_run):
    made = edit_on_disk(tmp_path, heard=True)
    as_run(made, warm_run.record(), {"clips": "under"})
    assert exported(made, "fcp7xml").code == 0
    items = ElementTree.parse("a.out").iter("clipitem")
    song = next(item for item in items if item.get("id") == "song-1")
    assert {key.findtext("value") for key in song.iter("keyframe")} == {"0.316228"}


def test_clips_that_have_no_sound_bring_none(tmp_path, warm_run):
    made = edit_on_disk(tmp_path)
    as_run(made, warm_run.record(), {"clips": "under"})
    ended = exported(made, "otio")
    assert (ended.code, ended.err) == (0, "")
    assert sound_tracks(tmp_path) == [["song.ogg"]]

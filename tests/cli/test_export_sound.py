"""rushes export: the sound of the clips goes along where the video has it."""

import json
from dataclasses import replace
from xml.etree import ElementTree

import opentimelineio as otio
import pytest
from command_line import rushes
from exported_edit import edit_on_disk
from rushes.timeline.tree import Fades, Retime, RetimeKey
from timeline_samples import clip, timeline

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


@pytest.mark.parametrize("sound", ["only", "under"])
@pytest.mark.parametrize("name", ["otio", "fcp7xml"])
def test_ramps_fades_and_all_transitions_come_back_without_changes(name, sound, tmp_path, warm_run):
    edit = timeline()
    keys = ((0, 0.0), (10, 0.5), (30, 0.8))
    ramp = Retime(keys=tuple(RetimeKey(at_frames=at, source_s=run_s) for at, run_s in keys))
    more = tuple(
        replace(clip(place, 30 * place), source_start_frames=40, file=edit.clips[place - 3].file)
        for place in (3, 4)
    )
    shots = (edit.clips[0], edit.clips[1], replace(edit.clips[2], retime=ramp), *more)
    kinds = (("whip_pan", 6), ("quick_dissolve", 5), ("dip_to_black", 8), ("quick_dissolve", 4))
    cuts = tuple(
        replace(
            edit.transitions[0],
            from_clip=before.id,
            to_clip=after.id,
            at_frames=after.timeline_start_frames,
            type=kind,
            duration_frames=frames,
            direction="left" if kind == "whip_pan" else None,
        )
        for before, after, (kind, frames) in zip(shots, shots[1:], kinds, strict=False)
    )
    fades = Fades(in_frames=9, out_frames=12)
    whole = replace(edit, clips=shots, transitions=cuts, duration_frames=150, fades=fades)
    made = edit_on_disk(tmp_path, whole, heard=True)
    as_run(made, warm_run.record(), {"clips": sound})
    assert exported(made, name).code == 0
    back = rushes("import", made.timeline, "a.out", "--dry-run")
    assert (back.code, back.out, back.err) == (0, "no difference\n", "")
    for other in ("edl", "fcpxml"):
        assert exported(made, other).code == 0
    read = otio.adapters.read_from_string((tmp_path / "a.out").read_text(), "fcpx_xml")
    assert len(list(read[0].find_clips())) == 5 + (sound == "under")

"""rushes export: files that other editing programs open."""

import json
from dataclasses import replace
from xml.etree import ElementTree

import opentimelineio as otio
import pytest
from blake3 import blake3
from command_line import rushes
from exported_edit import edit_on_disk
from made_media import gray, write_clip
from rushes.timeline.document import timeline_to_json
from rushes.timeline.tree import Retime, RetimeKey
from timeline_samples import timeline

FORMATS = {"otio": "otio_json", "fcp7xml": "fcp_xml", "fcpxml": "fcpx_xml", "edl": "cmx_3600"}


@pytest.mark.parametrize("name", FORMATS)
def test_a_finished_run_is_exported_without_naming_its_footage_again(name, warm_run, tmp_path):
    ended = rushes("export", warm_run.out, "--format", name, "--to", "out.file", "--json")
    assert (ended.code, ended.err) == (0, "")
    assert ended.json["format"] == name
    assert ended.json["clips"] > 1
    text = (tmp_path / "out.file").read_text()
    options = {"rate": 30} if name == "edl" else {}
    read = otio.adapters.read_from_string(text, FORMATS[name], **options)
    edit = read if isinstance(read, otio.schema.Timeline) else read[0]
    tracks = [track for track in edit.tracks if track.kind == "Video"]
    assert len(list(tracks[0].find_clips())) == ended.json["clips"]


def test_the_same_edit_gives_the_same_file(warm_run, tmp_path):
    for name in FORMATS:
        for file in ("a", "b"):
            assert rushes("export", warm_run.out, "--format", name, "--to", file).code == 0
        assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_the_song_of_a_run_goes_as_its_recipe_says(warm_run, tmp_path):
    fade_s = warm_run.record()["recipe"]["song"]["fade_out_s"]
    assert rushes("export", warm_run.out, "--format", "otio", "--to", "a.otio").code == 0
    made = otio.adapters.read_from_file("a.otio", "otio_json")
    (song,) = made.audio_tracks()
    _, goes = song
    assert goes.in_offset.to_seconds() == fade_s


def test_a_timeline_alone_is_exported_when_footage_and_song_are_named(tmp_path):
    made = edit_on_disk(tmp_path)
    ended = rushes("export", made.timeline, "--format", "edl", "--to", "a.edl", *made.where())
    assert (ended.code, ended.out, ended.err) == (0, "3 clips of 4 files written to a.edl\n", "")


def test_relative_paths_are_seen_from_the_file(tmp_path):
    made = edit_on_disk(tmp_path)
    (tmp_path / "to").mkdir()
    words = ("--format", "fcp7xml", "--to", "to/a.xml", "--paths", "relative", *made.where())
    assert rushes("export", made.timeline, *words).code == 0
    paths = [part.text for part in ElementTree.parse(tmp_path / "to" / "a.xml").iter("pathurl")]
    assert paths[0] == "../my%20clips/front_01.mp4"
    assert paths[-1] == "../my%20song.wav"


def test_footage_that_has_moved_since_the_run_is_found_where_it_is_named(warm_run, tiny_shoot, tmp_path):
    moved = tiny_shoot.copy_to(tmp_path / "new place")
    out = tmp_path / "out"
    out.mkdir()
    record = warm_run.record()
    record["arguments"] |= {"footage": "/gone/footage", "song": "/gone/song.mp3"}
    (out / "run.json").write_text(json.dumps(record))
    (out / "timeline.json").write_bytes(warm_run.bytes_of("timeline.json"))
    words = ("export", out, "--format", "otio", "--to", "a.otio")
    ended = rushes(*words)
    assert (ended.code, ended.out) == (1, "")
    assert ended.err == (
        "/gone/footage: the footage of the run lay here, and the folder is not there any more\n"
        "    fix: say where it lies now with --footage DIR\n"
    )
    ended = rushes(*words, "--footage", moved.footage, "--song", moved.song)
    assert (ended.code, ended.err) == (0, "")
    assert "/gone" not in (tmp_path / "a.otio").read_text()


@pytest.mark.parametrize("name", ["timeline.json", "run.json"])
def test_a_damaged_out_folder_is_said(name, warm_run, tmp_path):
    for file in ("timeline.json", "run.json"):
        (tmp_path / file).write_bytes(warm_run.bytes_of(file))
    (tmp_path / name).write_bytes(warm_run.bytes_of(name)[:-50])
    ended = rushes("export", tmp_path, "--format", "otio", "--to", "a.otio")
    assert (ended.code, ended.out) == (2, "")
    assert name in ended.err
    assert not (tmp_path / "a.otio").exists()


def test_a_dissolve_without_handles_is_shortened_and_said(tmp_path):
    edit = timeline()
    clips = (replace(edit.clips[0], source_start_frames=68), *edit.clips[1:])
    cuts = (replace(edit.transitions[0], type="quick_dissolve", duration_frames=6), edit.transitions[1])
    made = edit_on_disk(tmp_path, replace(edit, clips=clips, transitions=cuts))
    ended = rushes("export", made.timeline, "--format", "otio", "--to", "a.otio", *made.where())
    assert ended.err == (
        "note: the transition into c02 lasts 4 frames instead of 6: the media around the cut is no longer\n"
    )


def test_what_a_format_cannot_say_of_speeds_and_transitions_is_said(tmp_path):
    edit = timeline()
    keys = ((0, 0.0), (10, 0.5), (30, 0.8))
    ramp = Retime(keys=tuple(RetimeKey(at_frames=at, source_s=run_s) for at, run_s in keys))
    clips = (edit.clips[0], replace(edit.clips[1], retime=ramp), edit.clips[2])
    cuts = (
        replace(edit.transitions[0], type="whip_pan", duration_frames=6, direction="left"),
        replace(edit.transitions[1], type="dip_to_black", duration_frames=8),
    )
    made = edit_on_disk(tmp_path, replace(edit, clips=clips, transitions=cuts))
    whip = "note: the whip_pan into c02 is written as a dissolve\n"
    dip = "note: the dip_to_black into c03 is written as a dissolve\n"
    speed = "note: speed ramps are written as their mean speed: c02\n"
    expected = {
        "otio": whip + dip + speed,
        "edl": whip + dip + speed,
        "fcp7xml": whip,
        "fcpxml": whip + dip,
    }
    for format, said in expected.items():
        ended = rushes("export", made.timeline, "--format", format, "--to", "a.out", *made.where())
        assert (ended.code, ended.err) == (0, said)


def test_footage_that_is_not_named_and_not_known_is_said(tmp_path):
    made = edit_on_disk(tmp_path)
    ended = rushes("export", made.timeline, "--format", "otio", "--to", "a.otio")
    assert (ended.code, ended.out) == (2, "")
    assert ended.err == (
        f"{made.timeline}: there is no run.json beside it that says where the footage lies\n"
        "    fix: name its folder with --footage\n"
    )
    ended = rushes("export", made.timeline, "--format", "otio", "--to", "a.otio", "--footage", made.footage)
    assert ended.code == 2
    assert "where the song lies" in ended.err


def test_every_clip_that_is_gone_is_listed_at_once_and_no_file_is_left(tmp_path):
    made = edit_on_disk(tmp_path)
    (made.footage / "front_01.mp4").unlink()
    (made.footage / "overhead_03.mp4").unlink()
    ended = rushes("export", made.timeline, "--format", "otio", "--to", "a.otio", *made.where())
    assert ended.code == 1
    assert ended.err.count("fix: put it back, or say where it lies with --footage") == 2
    assert "front_01.mp4" in ended.err
    assert "overhead_03.mp4" in ended.err
    assert not (tmp_path / "a.otio").exists()


def test_a_song_that_is_gone_is_said(tmp_path):
    made = edit_on_disk(tmp_path)
    made.song.unlink()
    ended = rushes("export", made.timeline, "--format", "otio", "--to", "a.otio", *made.where())
    assert ended.err == f"{made.song}: the song is not there any more\n    fix: name it with --song\n"


@pytest.mark.parametrize(
    ("to", "said"),
    [
        ("timeline.json", "this is a file of the edit itself"),
        ("my clips", "is a folder"),
        ("timeline.json/a/a.otio", "timeline.json is a file, not a folder"),
    ],
)
def test_a_target_that_cannot_be_is_refused_before_anything_is_read(to, said, tmp_path):
    made = edit_on_disk(tmp_path)
    before = made.timeline.read_bytes()
    ended = rushes("export", made.timeline, "--format", "otio", "--to", tmp_path / to, *made.where())
    assert (ended.code, ended.out) == (2, "")
    assert said in ended.err
    assert made.timeline.read_bytes() == before


def test_a_folder_that_is_not_there_is_made(tmp_path):
    made = edit_on_disk(tmp_path)
    target = tmp_path / "new" / "deeper" / "a.otio"
    ended = rushes("export", made.timeline, "--format", "otio", "--to", target, *made.where())
    assert ended.code == 0, ended.err
    assert target.stat().st_size > 1000


NEVER = (
    "edits.jsonl",
    "timeline.plan.json",
    "run.json",
    "video.mp4",
    "report.html",
    "edits.torn.jsonl",
    "Video.MP4",
)


@pytest.mark.parametrize("name", NEVER)
def test_no_file_of_an_out_folder_is_written_over_whether_it_is_there_or_not(name, tmp_path):
    made = edit_on_disk(tmp_path)
    words = ("export", tmp_path, "--format", "edl", *made.where(), "--force", "--to", tmp_path / name)
    assert "this is a file of the edit itself" in rushes(*words).err
    assert not (tmp_path / name).exists()


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("my clips/front_01.mp4", "this is a video"),
        ("my song.wav", "this edit was made from this file"),
        ("link.edl", "this is a file of the edit itself"),
        ("reel.yaml", "this is a recipe"),
        ("my clips/notes.txt", "this file lies in the footage folder"),
    ],
)
def test_no_clip_song_or_recipe_is_written_over_not_even_by_force(name, said, tmp_path):
    made = edit_on_disk(tmp_path)
    (tmp_path / "link.edl").symlink_to(made.timeline)
    for other in ("reel.yaml", "my clips/notes.txt"):
        (tmp_path / other).write_text("mine")
    before = (tmp_path / name).read_bytes()
    words = ("export", tmp_path, "--format", "edl", *made.where(), "--force", "--to", tmp_path / name)
    ended = rushes(*words)
    assert (ended.code, ended.out) == (2, "")
    assert said in ended.err
    assert (tmp_path / name).read_bytes() == before


def test_another_file_is_written_over_by_force_and_an_export_at_once(tmp_path):
    made = edit_on_disk(tmp_path)
    (tmp_path / "diary.txt").write_text("dear diary")
    words = ("export", tmp_path, "--format", "edl", *made.where(), "--to", "diary.txt")
    assert rushes(*words).err == (
        "diary.txt: this file is there already and is no export for an editing program\n"
        "    fix: name another file with --to, or write over it with --force\n"
    )
    assert (tmp_path / "diary.txt").read_text() == "dear diary"
    assert rushes(*words, "--force").code == 0
    assert rushes(*words).code == 0


def test_a_clip_that_was_renamed_since_is_exported_where_its_content_lies(tmp_path):
    made = edit_on_disk(tmp_path)
    path = made.footage / "front_01.mp4"
    write_clip(path, [gray(20)] * 100)
    first = replace(timeline().clips[0], digest=blake3(path.read_bytes()).hexdigest())
    edit = replace(timeline(), clips=(first, *timeline().clips[1:]))
    made.timeline.write_bytes(timeline_to_json(edit))
    path.rename(path.with_name("renamed.mp4"))
    ended = rushes("export", made.timeline, "--format", "otio", "--to", "a.otio", *made.where(), "--json")
    assert ended.code == 0, ended.err
    assert str(path.with_name("renamed.mp4")) in ended.json["media"]


def test_drop_frame_timecode_at_30_frames_is_refused(tmp_path):
    made = edit_on_disk(tmp_path)
    words = ("--format", "edl", "--to", "a.edl", "--timecode", "drop", *made.where())
    ended = rushes("export", made.timeline, *words)
    assert ended.code == 1
    assert ended.err == (
        "there is no drop-frame timecode at 30 frames per second\n"
        "    fix: leave out --timecode drop: it is for 29.97 and 59.94 only\n"
    )


def test_an_out_folder_without_a_timeline_and_an_unknown_format_are_refused(tmp_path):
    ended = rushes("export", tmp_path, "--format", "otio", "--to", "a.otio")
    assert (ended.code, ended.out) == (2, "")
    assert "cannot be read: No such file or directory" in ended.err
    assert rushes("export", tmp_path, "--format", "aaf", "--to", "a.aaf").code == 2

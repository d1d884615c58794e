"""rushes import: what another program did to an edit."""

from dataclasses import replace

import opentimelineio as otio
import pytest
from command_line import rushes
from exported_edit import edit_on_disk, reworked
from timeline_samples import timeline


def shown(made, file, *more):
    return rushes("import", made.timeline, file, "--dry-run", *more)


@pytest.mark.parametrize("name", ["otio", "fcp7xml"])
def test_what_was_exported_from_a_run_comes_back_without_changes(name, warm_run):
    assert rushes("export", warm_run.out, "--format", name, "--to", "a").code == 0
    ended = rushes("import", warm_run.out, "a", "--dry-run")
    assert (ended.code, ended.out, ended.err) == (0, "no difference\n", "")


@pytest.mark.parametrize("name", ["otio", "fcp7xml"])
def test_dissolves_and_relative_paths_come_back_without_changes(name, tmp_path):
    edit = timeline()
    cuts = tuple(replace(part, type="quick_dissolve", duration_frames=5) for part in edit.transitions)
    made = edit_on_disk(tmp_path, replace(edit, transitions=cuts))
    words = ("--format", name, "--to", "a", "--paths", "relative", *made.where())
    assert rushes("export", made.timeline, *words).code == 0
    assert shown(made, "a").out == "no difference\n"


@pytest.mark.parametrize("name", ["otio", "fcp7xml"])
@pytest.mark.parametrize("paths", ["absolute", "relative"])
def test_names_with_spaces_umlauts_and_signs_come_back_as_the_same_clips(name, paths, tmp_path):
    edit = timeline()
    names = ("Straße & Meer/ü #1 100%.mp4", "Tag 2/a+b.mp4", "Tag 3/a+b.mp4")
    clips = tuple(replace(clip, file=file) for clip, file in zip(edit.clips, names, strict=True))
    made = edit_on_disk(tmp_path, replace(edit, clips=clips))
    words = ("--format", name, "--to", "a", "--paths", paths, *made.where())
    assert rushes("export", made.timeline, *words).code == 0
    ended = shown(made, "a")
    assert (ended.out, ended.err) == ("no difference\n", "")


def test_a_clip_deleted_in_the_other_program_is_that_change_alone(tmp_path):
    made = edit_on_disk(tmp_path)

    def rework(track):
        del track[1]

    file = reworked(made, rework)
    assert shown(made, file).out == "clip 2 (c02, side_02.mp4) deleted\n"
    assert shown(made, file, "--json").json == {
        "changes": [{"action": "clip_deleted", "clip_id": "c02"}],
        "notes": [],
    }


def test_a_clip_lifted_out_leaves_a_gap_that_closes(tmp_path):
    made = edit_on_disk(tmp_path)

    def rework(track):
        track[1] = otio.schema.Gap(source_range=track[1].source_range)

    ended = shown(made, reworked(made, rework))
    assert ended.out == "clip 2 (c02, side_02.mp4) deleted\n"
    assert ended.err == "note: 1 gap between clips is closed\n"


def test_a_clip_moved_in_the_other_program_is_that_change_alone(tmp_path):
    made = edit_on_disk(tmp_path)

    def rework(track):
        first = track[0].clone()
        del track[0]
        track.append(first)

    assert shown(made, reworked(made, rework)).out == "clip 1 (c01, front_01.mp4) moved to place 3\n"


def test_a_clip_trimmed_in_the_other_program_is_that_change_alone(tmp_path):
    made = edit_on_disk(tmp_path)

    def rework(track):
        whole = track[2].source_range
        later = otio.opentime.RationalTime(10, 30)
        track[2].source_range = otio.opentime.TimeRange(whole.start_time + later, whole.duration - later)

    ended = shown(made, reworked(made, rework), "--json")
    assert ended.json["changes"] == [
        {"action": "clip_trimmed", "clip_id": "c03", "source_start_frames": 58, "duration_frames": 20}
    ]


def test_a_clip_swapped_for_another_file_is_a_replacement(tmp_path):
    made = edit_on_disk(tmp_path)

    def rework(track):
        track[1].media_reference = track[0].media_reference.clone()

    ended = shown(made, reworked(made, rework))
    assert ended.out == "clip 2 (c02, side_02.mp4) replaced by front_01.mp4 from 1.40 s\n"


def test_media_that_we_never_had_are_listed_and_nothing_on_disk_changes(tmp_path):
    made = edit_on_disk(tmp_path)

    def rework(track):
        track[0].media_reference.target_url = "file:///elsewhere/new%20one.mp4"
        track[2].media_reference.target_url = "file:///elsewhere/b.mp4"

    file = reworked(made, rework)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    ended = shown(made, file)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err == (
        "b.otio: it shows 2 files that this edit never had: /elsewhere/new one.mp4, /elsewhere/b.mp4\n"
        "    fix: put them into the footage folder and run again, or take them out of the edit\n"
    )
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "this is neither OpenTimelineIO nor FCP7 XML"),
        ("hello", "this is neither OpenTimelineIO nor FCP7 XML"),
        ("{", "this is no whole OpenTimelineIO file"),
        ('{"a": 1}', "there is no timeline in this OpenTimelineIO file"),
        ('{"OTIO_SCHEMA": "Timeline.99"}', "this is no whole OpenTimelineIO file"),
        ("<xmeml><sequence>", "this is no whole XML file"),
        ("<html></html>", "its root is <html>"),
        ("<xmeml></xmeml>", "there is no sequence with pictures"),
        ('<!DOCTYPE x [<!ENTITY a "b">]><xmeml/>', "this XML defines entities"),
        ("<?xml version='1.0'?><fcpxml/>", "FCPXML can be written but not imported"),
        ("TITLE: x", "an EDL says too little"),
    ],
)
def test_a_file_that_is_no_edit_is_said_in_words(text, said, tmp_path):
    made = edit_on_disk(tmp_path)
    (tmp_path / "bad").write_text(text)
    ended = shown(made, "bad")
    assert (ended.code, ended.out) == (2, "")
    assert said in ended.err
    assert "fix: " in ended.err


def test_a_file_that_is_not_there_is_said(tmp_path):
    ended = shown(edit_on_disk(tmp_path), "gone.otio")
    assert ended.err == (
        "gone.otio: cannot be read: No such file or directory\n"
        "    fix: give the file that the editing program wrote\n"
    )

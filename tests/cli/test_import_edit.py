"""rushes import: changes of another program taken over as edits."""

import json
from dataclasses import replace

import opentimelineio as otio
import pytest
from blake3 import blake3
from command_line import rushes
from exported_edit import edit_on_disk, exported, reworked
from made_media import gray, write_clip
from rushes.timeline.document import timeline_from_json, timeline_to_json
from timeline_samples import timeline

WHO = ("--by", "ann", "--at", "2026-05-01T12:00:00Z")


def files(folder):
    return {
        path: path.read_bytes() for path in folder.rglob("*") if path.is_file() and path.name != ".edits.lock"
    }


def now(folder):
    return timeline_from_json((folder / "timeline.json").read_bytes())


def much(track):
    """Deletes the first clip, shortens the third at its head by 10 frames, puts its last 5 before it."""
    third = track[2]
    whole = third.source_range
    third.source_range = otio.opentime.TimeRange(
        whole.start_time + otio.opentime.RationalTime(10, 30), otio.opentime.RationalTime(15, 30)
    )
    half = third.clone()
    half.source_range = otio.opentime.TimeRange(
        whole.start_time + otio.opentime.RationalTime(25, 30), otio.opentime.RationalTime(5, 30)
    )
    del track[0]
    track.insert(1, half)


@pytest.mark.parametrize("name", ["otio", "fcp7xml"])
def test_an_edit_that_was_not_changed_is_not_edited(name, tmp_path):
    made = edit_on_disk(tmp_path)
    file = exported(made, name, "a")
    before = files(tmp_path)
    assert rushes("import", made.timeline, file).out == "no difference\n"
    assert {path for path in files(tmp_path)} == {*before}


def test_all_changes_are_taken_over_and_come_back_as_no_difference(tmp_path):
    made = edit_on_disk(tmp_path)
    file = reworked(made, much)
    ended = rushes("import", made.timeline, file, *WHO)
    assert (ended.code, ended.err) == (0, "")
    got = now(tmp_path)
    assert [(clip.file, clip.source_start_frames, clip.duration_frames) for clip in got.clips] == [
        ("side_02.mp4", 42, 30),
        ("overhead_03.mp4", 73, 5),
        ("overhead_03.mp4", 58, 15),
    ]
    assert [clip.id for clip in got.clips[::2]] == ["c02", "c03"]
    assert rushes("import", made.timeline, exported(made, "otio", "again.otio")).out == "no difference\n"
    assert rushes("import", made.timeline, file, "--dry-run").out == "no difference\n"


def test_an_import_is_an_edit_for_each_change_and_undone_as_one(tmp_path):
    made = edit_on_disk(tmp_path)
    plan = made.timeline.read_bytes()
    assert rushes("import", made.timeline, reworked(made, much), *WHO).code == 0
    taken = made.timeline.read_bytes()
    lines = [json.loads(line) for line in (tmp_path / "edits.jsonl").read_text().splitlines()[1:]]
    assert [line["action"] for line in lines] == ["clip_deleted", "clip_trimmed", "clip_added"]
    assert [line["group"] for line in lines] == [1, 1, 1]
    assert rushes("undo", tmp_path, *WHO).code == 0
    assert made.timeline.read_bytes() == plan
    assert rushes("redo", tmp_path, *WHO).code == 0
    assert made.timeline.read_bytes() == taken


def test_a_clip_that_was_added_twice_over_time_has_another_id(tmp_path):
    made = edit_on_disk(tmp_path)
    file = reworked(made, much)
    rushes("import", made.timeline, file, *WHO)
    first = now(tmp_path).clips[1].id
    rushes("edit", tmp_path, "delete", first, *WHO)
    rushes("import", made.timeline, file, *WHO)
    again = now(tmp_path).clips[1].id
    assert again != first
    assert [gone["clip_id"] for gone in now(tmp_path).deleted_clips] == ["c01", first]


def test_the_first_clip_moved_to_the_end_is_one_edit(tmp_path):
    made = edit_on_disk(tmp_path)

    def rework(track):
        first = track[0].clone()
        del track[0]
        track.append(first)

    ended = rushes("import", made.timeline, reworked(made, rework), *WHO)
    assert ended.out.splitlines()[0] == "clip 1 (c01, front_01.mp4) moved to place 3"
    assert [clip.id for clip in now(tmp_path).clips] == ["c02", "c03", "c01"]


def test_two_clips_moved_in_the_other_program_end_where_they_were_put(tmp_path):
    made = edit_on_disk(tmp_path, timeline((30,) * 7))

    def rework(track):
        clips = [track[at].clone() for at in (5, 0, 1, 6, 3, 2, 4)]
        del track[:]
        track.extend(clips)

    assert rushes("import", made.timeline, reworked(made, rework), *WHO).code == 0
    assert [clip.id for clip in now(tmp_path).clips] == ["c06", "c01", "c02", "c07", "c04", "c03", "c05"]


def test_an_import_that_moves_a_locked_clip_changes_nothing(tmp_path):
    made = edit_on_disk(tmp_path)
    file = reworked(made, lambda track: track.__delitem__(0))
    rushes("edit", tmp_path, "lock", "c03", "--position", *WHO)
    before = files(tmp_path)
    ended = rushes("import", made.timeline, file, *WHO)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err == (
        f"{file}: this cannot be done: it moves clip 3 (c03, overhead_03.mp4) away from 2.00 s, where it is locked by ann, "
        "2026-05-01T12:00:00Z\n"
        f"    fix: unlock it first with `rushes edit {tmp_path} unlock c03`\n"
    )
    dry = rushes("import", made.timeline, file, "--dry-run", *WHO)
    assert (dry.code, dry.out, dry.err) == (2, "", ended.err)
    assert files(tmp_path) == before


def test_a_dry_run_tells_of_shots_that_are_longer_than_their_file(tmp_path):
    made = edit_on_disk(tmp_path)
    path = made.footage / "front_01.mp4"
    first = replace(timeline().clips[0], digest=blake3(path.read_bytes()).hexdigest())
    made.timeline.write_bytes(timeline_to_json(replace(timeline(), clips=(first, *timeline().clips[1:]))))

    def rework(track):
        whole = track[0].source_range
        track[0].source_range = otio.opentime.TimeRange(
            whole.start_time, otio.opentime.RationalTime(440, whole.duration.rate)
        )

    file = reworked(made, rework)
    for more in ((), ("--dry-run",)):
        ended = rushes("import", made.timeline, file, *made.where()[:2], *WHO, *more)
        assert (ended.code, ended.out) == (2, "")
        assert ended.err.startswith(f"{file}: front_01.mp4 is 3.33 s long, but is shown until ")


def test_a_clip_that_was_renamed_since_is_known_by_its_content(tmp_path):
    made = edit_on_disk(tmp_path)
    path = made.footage / "front_01.mp4"
    write_clip(path, [gray(20)] * 100)
    first = replace(timeline().clips[0], digest=blake3(path.read_bytes()).hexdigest())
    made.timeline.write_bytes(timeline_to_json(replace(timeline(), clips=(first, *timeline().clips[1:]))))
    path.rename(path.with_name("renamed.mp4"))
    file = exported(made, "otio", "a.otio")
    assert rushes("import", made.timeline, file, *made.where()[:2]).out == "no difference\n"


def test_files_that_we_never_had_change_nothing(tmp_path):
    made = edit_on_disk(tmp_path)

    def rework(track):
        del track[1]
        track[0].media_reference.target_url = "file:///elsewhere/new.mp4"

    file = reworked(made, rework)
    before = files(tmp_path)
    ended = rushes("import", made.timeline, file, *WHO)
    assert (ended.code, ended.out) == (2, "")
    assert "it shows 1 file that this edit never had: /elsewhere/new.mp4" in ended.err
    assert files(tmp_path) == before


def test_an_edit_of_a_run_is_taken_over(warm_run, tmp_path):
    import shutil

    out = tmp_path / "out"
    shutil.copytree(warm_run.out, out)
    assert rushes("export", out, "--format", "otio", "--to", "a.otio").code == 0
    edit = otio.core.deserialize_json_from_file("a.otio")
    track = edit.tracks[0]
    first = track[0].clone()
    del track[0]
    track.append(first)
    edit.to_json_file("b.otio")
    assert rushes("import", out, "b.otio", *WHO).code == 0
    assert rushes("import", out, "b.otio", "--dry-run").out == "no difference\n"

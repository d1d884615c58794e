"""The edits of an out folder: nothing is lost, whoever writes and whenever a command is killed."""

from __future__ import annotations

import errno
import multiprocessing
import os
import signal
import threading
import time
from dataclasses import replace

import pytest
from edit_samples import AT
from edited_folder import files, note, notes_of
from rushes.errors import RecipeError, RenderError
from rushes.run import edits as module
from rushes.run.edit_repair import repair
from rushes.run.edits import (
    append_edit,
    append_edits,
    change,
    edited,
    redo_edit,
    undo_edit,
)
from rushes.timeline.document import TimelineError, timeline_to_json
from rushes.timeline.edit_log import Edit, EditError
from rushes.timeline.make_edit import note_edit
from rushes.timeline.titles import placed
from rushes.timeline.tree import Fades, Reframe, ReframeKey
from timeline_samples import timeline, title


@pytest.fixture
def out(tmp_path):
    (tmp_path / "timeline.json").write_bytes(timeline_to_json(timeline()))
    return tmp_path


def test_a_folder_without_edits_has_its_timeline_as_plan_and_nothing_is_written(out):
    before = files(out)
    folder = edited(out)
    assert folder.plan is folder.timeline
    assert folder.log.entries == ()
    assert files(out) == before


def test_the_first_edit_keeps_the_plan_and_the_timeline_is_the_fold(out):
    plan = (out / "timeline.json").read_bytes()
    after = note(edited(out), "a")
    assert (out / "timeline.plan.json").read_bytes() == plan
    assert (out / "edits.jsonl").read_bytes() == after.log.data
    assert (out / "timeline.json").read_bytes() == timeline_to_json(after.timeline)
    assert edited(out) == after


def test_the_same_edits_of_the_same_plan_give_the_same_bytes(out, tmp_path_factory):
    other = tmp_path_factory.mktemp("other")
    (other / "timeline.json").write_bytes((out / "timeline.json").read_bytes())
    for folder in (out, other):
        note(note(edited(folder), "a"), "b", place=1)
    assert files(out) == files(other)


def test_undo_and_redo_write_the_plan_and_the_edit_again(out):
    plan = (out / "timeline.json").read_bytes()
    first = note(edited(out), "a")
    done = (out / "timeline.json").read_bytes()
    back = append_edit(first, undo_edit(first), by="ann", timestamp=AT)
    assert (out / "timeline.json").read_bytes() == plan
    append_edit(back, redo_edit(back), by="ann", timestamp=AT)
    assert (out / "timeline.json").read_bytes() == done


def test_more_than_was_done_cannot_be_undone(out):
    with pytest.raises(EditError, match="there is nothing to undo"):
        undo_edit(edited(out))
    with pytest.raises(EditError, match="there is 1 step to undo, not 2"):
        undo_edit(note(edited(out), "a"), 2)
    with pytest.raises(EditError, match="there is nothing to redo"):
        redo_edit(edited(out))


def test_of_two_people_the_second_gets_an_error_that_names_the_first(out):
    hers, his = edited(out), edited(out)
    note(hers, "hers", by="ann")
    before = files(out)
    with pytest.raises(EditError) as caught:
        note(his, "his", by="bob")
    assert str(caught.value) == (
        f"{out}: somebody else edited this folder meanwhile: ann made edit 1 (clip_noted) at {AT}\n"
        "    fix: look at `rushes history OUT`, then try again"
    )
    assert files(out) == before


def test_a_timeline_that_a_run_wrote_meanwhile_is_not_overwritten(out):
    folder = edited(out)
    (out / "timeline.json").write_bytes(timeline_to_json(replace(timeline(), project_id="other")))
    before = files(out)
    with pytest.raises(EditError, match="timeline.json was written anew meanwhile"):
        note(folder, "a")
    assert files(out) == before


def test_all_edits_of_a_step_are_made_or_none(out):
    folder = edited(out)
    before = files(out)
    wrong = [
        note_edit(folder.timeline.clips[0], "a"),
        Edit(action="clip_unlocked", payload={"clip_id": "c01"}),
    ]
    with pytest.raises(EditError, match="c01 is not locked"):
        append_edits(folder, wrong, by="ann", timestamp=AT)
    assert files(out) == before


def _many(out, name, count, told):
    made = 0
    while made < count:
        try:
            note(edited(out), f"{name} {made}", by=name)
            made += 1
        except EditError as error:
            told.put(str(error))


def test_two_who_write_at_the_same_time_lose_nothing(out):
    context = multiprocessing.get_context("fork")
    told = context.Queue()
    people = [context.Process(target=_many, args=(out, name, 12, told)) for name in ("ann", "bob")]
    for person in people:
        person.start()
    for person in people:
        person.join(60)
    assert sorted(notes_of(out)) == sorted(f"{name} {at}" for name in ("ann", "bob") for at in range(12))
    while not told.empty():
        assert "meanwhile" in told.get()


def test_a_command_killed_between_log_and_timeline_is_finished_by_the_next(out):
    first = note(edited(out), "a")
    stale = (out / "timeline.json").read_bytes()
    note(first, "b")
    right = (out / "timeline.json").read_bytes()
    (out / "timeline.json").write_bytes(stale)
    folder = edited(out)
    assert folder.notes == (
        "timeline.json was behind edits.jsonl, as after a command that was killed; it is up to date now",
    )
    assert (out / "timeline.json").read_bytes() == right
    assert edited(out).notes == ()


def test_kill_minus_9_between_log_and_timeline_leaves_what_the_next_command_mends(out):
    first = note(edited(out), "a")
    child = os.fork()
    if child == 0:
        write = module._append
        module._append = lambda *line: (write(*line), os.kill(os.getpid(), signal.SIGKILL))
        note(first, "b")
        os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    assert notes_of(out) == ["a"]
    edited(out)
    assert notes_of(out) == ["a", "b"]


def test_a_timeline_that_is_gone_is_written_again(out):
    note(edited(out), "a")
    right = (out / "timeline.json").read_bytes()
    (out / "timeline.json").unlink()
    edited(out)
    assert (out / "timeline.json").read_bytes() == right


def test_a_timeline_that_was_changed_by_hand_is_told_and_kept(out):
    note(edited(out), "a")
    changed = (out / "timeline.json").read_bytes().replace(b'"summer"', b'"winter"')
    (out / "timeline.json").write_bytes(changed)
    before = files(out)
    with pytest.raises(EditError) as caught:
        edited(out)
    assert str(caught.value) == (
        f"{out}/timeline.json: timeline.json is not what the plan and 1 edit give: it was changed otherwise\n"
        "    fix: `rushes edit OUT repair` keeps it under another name and writes it again from plan and edits"
    )
    assert files(out) == before
    assert repair(out) == (
        "the timeline.json that was there is now timeline.found.json",
        "timeline.json written again from plan and edits",
    )
    assert (out / "timeline.found.json").read_bytes() == changed
    assert notes_of(out) == ["a"]


def test_crops_that_rendering_adds_are_no_change(out):
    folder = note(edited(out), "a")
    crop = Reframe(mode="steady", keys=(ReframeKey(at_s=1.2, x_01=0.4, y_01=0.5, width_01=0.3),))
    first, *rest = folder.timeline.clips
    shown = replace(folder.timeline, clips=(replace(first, reframe=crop), *rest))
    (out / "timeline.json").write_bytes(timeline_to_json(shown))
    note(edited(out), "b")
    assert notes_of(out) == ["a", "b"]


def test_titles_that_rendering_writes_anew_are_no_change(out):
    folder = note(edited(out), "a")
    shown = placed(folder.timeline, (title("new in the recipe"),))
    (out / "timeline.json").write_bytes(timeline_to_json(shown))
    assert shown.titles and edited(out).timeline == folder.timeline
    note(edited(out), "b")
    assert notes_of(out) == ["a", "b"]


def test_fades_that_rendering_writes_anew_are_no_change(out):
    folder = note(edited(out), "a")
    shown = replace(folder.timeline, fades=Fades(in_frames=15))
    (out / "timeline.json").write_bytes(timeline_to_json(shown))
    assert edited(out).timeline == folder.timeline
    note(edited(out), "b")
    assert notes_of(out) == ["a", "b"]


@pytest.mark.parametrize("data", [b"", b"{", b'{"schema": "rushes/timeline@9"}'])
def test_a_damaged_timeline_without_edits_is_told(out, data):
    (out / "timeline.json").write_bytes(data)
    with pytest.raises(TimelineError):
        edited(out)


def test_a_folder_without_a_timeline_is_told(tmp_path):
    with pytest.raises(RecipeError, match="cannot be read: No such file or directory"):
        edited(tmp_path)


def test_a_full_disk_takes_back_what_was_written_of_the_line(out, monkeypatch):
    folder = note(edited(out), "a")
    before = files(out)
    whole = os.write

    def half(handle, data):
        return whole(handle, data[: len(data) // 2])

    monkeypatch.setattr(module.os, "write", half)
    with pytest.raises(RenderError, match="cannot be written: No space left on device"):
        note(folder, "b")
    monkeypatch.undo()
    assert files(out) == before


def test_a_disk_that_has_no_room_for_the_timeline_changes_the_log_neither(out, monkeypatch):
    folder = note(edited(out), "a")
    before = files(out)

    def full(_path, _data):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("pathlib.Path.write_bytes", full)
    with pytest.raises(RenderError, match="cannot be written: No space left on device"):
        note(folder, "b")
    monkeypatch.undo()
    assert files(out) == before


def test_a_command_waits_and_decides_on_what_is_there_then(out):
    """The first edit moves a clip while the second waits: it finds the clip where it is now."""
    order = []

    def first(folder):
        order.append("first")
        other.start()
        time.sleep(0.3)
        return [note_edit(folder.timeline.clips[0], "first")]

    def second(folder):
        order.append(len(folder.log.entries))
        return [note_edit(folder.timeline.clips[1], "second")]

    other = threading.Thread(target=lambda: change(out, second, by="bob", timestamp=AT))
    change(out, first, by="ann", timestamp=AT)
    other.join(20)
    assert order == ["first", 1]
    assert notes_of(out) == ["first", "second"]


def test_what_took_long_holds_still_where_nothing_that_it_looked_at_has_changed(out):
    read = edited(out)
    note(read, "hers", place=2)
    edit = note_edit(read.timeline.clips[0], "his")
    seen = []

    def still(then, now):
        seen.append((len(then.user_edits), len(now.user_edits)))
        return len(seen) == 2

    with pytest.raises(EditError, match="somebody else edited this folder meanwhile: ann"):
        append_edits(read, [edit], by="bob", timestamp=AT, still=still)
    append_edits(read, [edit], by="bob", timestamp=AT, still=still)
    assert seen == [(0, 1), (0, 1)]
    assert notes_of(out) == ["hers", "his"]

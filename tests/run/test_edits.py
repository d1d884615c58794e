"""The edits of an out folder: nothing is lost, whoever writes and whenever a command is killed."""

from __future__ import annotations

import errno
import json
import multiprocessing
import os
import signal
import threading
import time
from dataclasses import replace

import pytest
from edit_samples import AT
from rushes.errors import RecipeError, RenderError
from rushes.run import edits as module
from rushes.run.edit_repair import repair
from rushes.run.edits import (
    append_edit,
    append_edits,
    change,
    edited,
    redo_edit,
    refuse_lost_log,
    undo_edit,
)
from rushes.timeline.document import TimelineError, timeline_from_json, timeline_to_json
from rushes.timeline.edit_log import Edit, EditError
from rushes.timeline.make_edit import note_edit
from rushes.timeline.titles import placed
from rushes.timeline.tree import Fades, Reframe, ReframeKey
from timeline_samples import timeline, title


@pytest.fixture
def out(tmp_path):
    (tmp_path / "timeline.json").write_bytes(timeline_to_json(timeline()))
    return tmp_path


def note(folder, text, place=0, by="ann"):
    return append_edit(folder, note_edit(folder.timeline.clips[place], text), by=by, timestamp=AT)


def files(out):
    return {path.name: path.read_bytes() for path in out.iterdir() if path.name != ".edits.lock"}


def notes_of(out):
    return [edit["note"] for edit in timeline_from_json((out / "timeline.json").read_bytes()).user_edits]


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


@pytest.mark.parametrize("cut", [1, 40, 150])
def test_a_log_that_is_cut_off_is_told_and_repaired_without_losing_what_is_whole(out, cut):
    note(note(edited(out), "a"), "b")
    data = (out / "edits.jsonl").read_bytes()
    (out / "edits.jsonl").write_bytes(data[:-cut])
    before = files(out)
    if cut == 1:
        assert len(edited(out).log.entries) == 2
        return
    with pytest.raises(EditError, match="edits.jsonl:3:1: the last line is cut off in the middle"):
        edited(out)
    assert files(out) == before
    lines = data[:-cut].split(b"\n")
    said = repair(out)
    assert said[0] == "1 line of edits.jsonl moved to edits.torn.jsonl; 1 edit kept"
    assert (out / "edits.torn.jsonl").read_bytes() == lines[-1] + b"\n"
    assert (out / "edits.jsonl").read_bytes() == b"\n".join(lines[:-1]) + b"\n"
    # The timeline had been written with both edits: it is kept beside, as what gave it is gone.
    assert (out / "timeline.found.json").exists()
    assert notes_of(out) == ["a"]
    note(edited(out), "c")
    assert notes_of(out) == ["a", "c"]


def test_an_entry_behind_a_missing_last_line_break_stands_on_a_line_of_its_own(out):
    note(edited(out), "a")
    (out / "edits.jsonl").write_bytes((out / "edits.jsonl").read_bytes().rstrip(b"\n"))
    note(edited(out), "b")
    lines = (out / "edits.jsonl").read_bytes().splitlines()
    assert [json.loads(line)["payload"]["note"] for line in lines[1:]] == ["a", "b"]


def test_mixed_edits_of_two_people_are_told_and_the_second_ones_put_aside(out, tmp_path_factory):
    copy = tmp_path_factory.mktemp("copy")
    (copy / "timeline.json").write_bytes((out / "timeline.json").read_bytes())
    note(edited(out), "hers", by="ann")
    note(edited(copy), "his", by="bob")
    both = (out / "edits.jsonl").read_bytes() + (copy / "edits.jsonl").read_bytes().splitlines(True)[1]
    (out / "edits.jsonl").write_bytes(both)
    with pytest.raises(EditError, match="the edits of two people got mixed: line 3 .*bob.* and line 2 .*ann"):
        edited(out)
    assert repair(out) == ("1 line of edits.jsonl moved to edits.torn.jsonl; 1 edit kept",)
    assert notes_of(out) == ["hers"]
    assert b'"his"' in (out / "edits.torn.jsonl").read_bytes()


def test_where_all_is_well_there_is_nothing_to_repair(out):
    note(edited(out), "a")
    before = files(out)
    assert repair(out) == ()
    assert files(out) == before


def test_edits_without_their_plan_are_told(out):
    note(edited(out), "a")
    (out / "timeline.plan.json").unlink()
    with pytest.raises(EditError, match=r"there are edits but no timeline\.plan\.json"):
        edited(out)


def test_a_plan_that_is_not_the_one_of_the_edits_is_told(out):
    note(edited(out), "a")
    (out / "timeline.plan.json").write_bytes(timeline_to_json(replace(timeline(), project_id="winter")))
    said = "timeline.plan.json: this is not the plan of 1 edit"
    for command in (edited, repair):
        with pytest.raises(EditError, match=said):
            command(out)


def test_a_folder_without_edits_needs_no_repair(out):
    before = files(out)
    assert repair(out) == ()
    assert files(out) == before


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


def lose(out, how):
    """What becomes of the log, and its bytes that are left."""
    if how == "removed":
        (out / "edits.jsonl").unlink()
        return b""
    left = (out / "edits.jsonl").read_bytes()[: {"emptied": 0, "torn": 40}[how]]
    (out / "edits.jsonl").write_bytes(left)
    return left


@pytest.mark.parametrize("how", ["removed", "emptied", "torn"])
def test_a_log_that_was_lost_is_told_and_the_plan_never_written_over(out, how):
    plan = (out / "timeline.json").read_bytes()
    note(note(edited(out), "a"), "b")
    shown = (out / "timeline.json").read_bytes()
    left = lose(out, how)
    before = files(out)
    with pytest.raises(EditError) as caught:
        edited(out)
    assert "rushes edit OUT repair" in str(caught.value)
    with pytest.raises(EditError):
        change(out, lambda folder: [note_edit(folder.timeline.clips[0], "c")], by="ann", timestamp=AT)
    assert files(out) == before
    said = repair(out)
    assert "the timeline.json that was there is now timeline.found.json" in said
    assert (out / "timeline.found.json").read_bytes() == shown
    assert (out / "timeline.json").read_bytes() == (out / "timeline.plan.json").read_bytes() == plan
    assert (out / "edits.torn.jsonl").exists() == bool(left)
    assert repair(out) == ()
    note(edited(out), "d")
    assert (out / "timeline.plan.json").read_bytes() == plan
    assert notes_of(out) == ["d"]


def test_what_is_said_of_a_log_that_is_gone(out):
    note(edited(out), "a")
    lose(out, "removed")
    with pytest.raises(EditError) as caught:
        edited(out)
    assert str(caught.value) == (
        f"{out}/timeline.json: timeline.json is not what the plan and 0 edits give, and edits.jsonl is gone\n"
        "    fix: take edits.jsonl from a backup; or go back to the plan with `rushes edit OUT repair`, which keeps the "
        "timeline beside it; to begin anew from timeline.json as it is, move timeline.plan.json away"
    )
    (out / "timeline.plan.json").unlink()
    assert edited(out).log.entries == ()


@pytest.mark.parametrize("where", ["last line", "within"])
def test_a_log_that_is_cut_off_stops_a_run_and_a_rendering_before_they_begin(out, where):
    folder = note(note(edited(out), "a"), "b")
    lines = folder.stored.split(b"\n")
    lines[2 if where == "last line" else 1] = lines[1][:50]
    (out / "edits.jsonl").write_bytes(b"\n".join(lines[:3] if where == "last line" else lines))
    before = files(out)
    with pytest.raises(EditError) as raised:
        refuse_lost_log(out)
    said = "the last line is cut off" if where == "last line" else "this line is damaged"
    assert said in str(raised.value) and "`rushes edit OUT repair` keeps what" in str(raised.value)
    assert files(out) == before


def test_a_damaged_plan_is_told_with_what_it_is_for(out):
    note(edited(out), "a")
    (out / "timeline.plan.json").write_text('{"a": 1}')
    for look in (edited, repair):
        with pytest.raises(TimelineError) as raised:
            look(out)
        assert str(raised.value) == (
            f"{out}/timeline.plan.json: this is not a timeline: it has no `schema: rushes/timeline@1`\n    fix: take "
            "timeline.plan.json from a backup: the edits were made on it; or run into another folder with --out"
        )


def test_a_header_that_is_damaged_is_made_again_and_the_edits_behind_it_stay(out):
    note(note(edited(out), "a"), "b")
    right = files(out)
    data = right["edits.jsonl"]
    (out / "edits.jsonl").write_bytes(data[10:])
    assert repair(out) == ("1 line of edits.jsonl moved to edits.torn.jsonl; 2 edits kept",)
    torn = files(out).pop("edits.torn.jsonl")
    assert torn.strip() == data.split(b"\n")[0][10:]
    assert {name: data for name, data in files(out).items() if name != "edits.torn.jsonl"} == right


def test_a_plan_beside_a_timeline_that_is_still_it_is_no_fault(out):
    first = note(edited(out), "a")
    append_edit(first, undo_edit(first), by="ann", timestamp=AT)
    plan = (out / "timeline.plan.json").read_bytes()
    lose(out, "removed")
    note(edited(out), "b")
    assert (out / "timeline.plan.json").read_bytes() == plan


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

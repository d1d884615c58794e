"""What a run made, copied into its out folder, and edits that lie there already.

The store is a folder here: the file of a node says what the node made.
"""

from __future__ import annotations

import os
from types import SimpleNamespace

import pytest
from rushes.errors import RenderError
from rushes.graph.compile import FOLD, PLAN, TIMELINE
from rushes.graph.node import FileInput, NodeInput
from rushes.run.edit_lock import LOCK_FILE
from rushes.run.outputs import OUTPUT_FILES, check_out_folder, copy_outputs
from rushes.run.results import NodeResult
from rushes.store.store import hash_file

MEANWHILE = (
    "the edit was changed while this ran: video and report are of before; `rushes render` makes them anew",
)


@pytest.fixture
def out(tmp_path):
    (tmp_path / "out").mkdir()
    return tmp_path / "out"


def result(node, failure=""):
    return NodeResult(
        id=node, operation="o", stage="score", subject="", state="ran", ran=True, key="key", failure=failure
    )


def copy(out, *nodes, failed=(), folded=None, discards=False, written_anew=True):
    """Copy what these nodes made. folded: digest of the log that was folded, None: none was. written_anew: else their files
    are those of the copy before."""
    store = out.parent / "store"
    store.mkdir(exist_ok=True)

    def path(node, file):
        made = store / f"{node.replace('/', '_')} {file}"
        if written_anew:
            made.write_text(f"new {node}")
        return made

    plan = SimpleNamespace(id=PLAN, inputs={})
    fold = SimpleNamespace(id=FOLD, inputs={"edits": FileInput(path="edits.jsonl", digest=folded or "")})
    prepared = SimpleNamespace(
        session=SimpleNamespace(path=path),
        graph=SimpleNamespace(nodes=(plan, fold) if folded else (plan,)),
        request=SimpleNamespace(discards_edits=discards),
        makes_outputs=True,
    )
    results = {node: result(node) for node in nodes} | {node: result(node, "broken") for node in failed}
    return copy_outputs(prepared, results, out)


def texts(out):
    return {path.name: path.read_text() for path in out.iterdir() if path.name != LOCK_FILE}


def test_every_output_has_its_own_file():
    files = [file for _, file in OUTPUT_FILES.values()]
    assert len(files) == len(set(files))


def test_what_was_made_is_copied_and_what_failed_or_was_not_asked_for_is_not(out):
    outputs, warnings = copy(out, TIMELINE, "score", failed=["render/video"])
    assert texts(out) == {"timeline.json": f"new {TIMELINE}", "ranking.json": "new score"}
    assert outputs == {"timeline": str(out / "timeline.json"), "ranking": str(out / "ranking.json")}
    assert warnings == ()


def test_the_plan_is_kept_beside_the_timeline_only_where_edits_were_folded(out):
    log = out / "edits.jsonl"
    log.write_text("log")
    copy(out, PLAN, FOLD, TIMELINE, folded=hash_file(log))
    assert texts(out) == {
        "timeline.plan.json": f"new {PLAN}",
        "timeline.json": f"new {TIMELINE}",
        "edits.jsonl": "log",
    }


def test_a_file_that_is_right_already_keeps_its_time_and_another_is_replaced(out):
    copy(out, TIMELINE, "score")
    for path in out.iterdir():
        os.utime(path, ns=(10**9, 10**9))
    store = out.parent / "store" / "score ranking.json"
    os.utime(store, ns=(10**9, 10**9))
    (out / "ranking.json").write_text("x" * len("new score"))
    os.utime(out / "ranking.json", ns=(10**9, 10**9))
    copy(out, TIMELINE, "score", written_anew=False)
    assert (out / "timeline.json").stat().st_mtime_ns == 10**9
    assert (out / "ranking.json").read_text() == "new score"


def test_a_folder_without_a_timeline_needs_no_lock(out):
    copy(out, TIMELINE)
    assert not (out / LOCK_FILE).exists()
    copy(out, "score")
    assert not (out / LOCK_FILE).exists()
    copy(out, TIMELINE)
    assert (out / LOCK_FILE).exists()


@pytest.mark.parametrize("folded", [None, "0" * 64])
def test_where_somebody_edited_meanwhile_their_timeline_and_their_plan_stay(out, folded):
    (out / "timeline.json").write_text("theirs")
    (out / "timeline.plan.json").write_text("their plan")
    (out / "edits.jsonl").write_text("log")
    outputs, warnings = copy(out, PLAN, TIMELINE, "report", folded=folded)
    assert texts(out) == {
        "timeline.json": "theirs",
        "timeline.plan.json": "their plan",
        "edits.jsonl": "log",
        "report.html": "new report",
    }
    assert outputs == {"report": str(out / "report.html")}
    assert warnings == MEANWHILE


def test_where_the_log_that_was_folded_is_gone_the_timeline_stays(out):
    (out / "timeline.json").write_text("theirs")
    assert copy(out, TIMELINE, folded="0" * 64)[1] == MEANWHILE
    assert texts(out) == {"timeline.json": "theirs"}


def test_edits_that_are_discarded_are_set_aside_with_their_plan(out):
    (out / "timeline.json").write_text("theirs")
    (out / "timeline.plan.json").write_text("their plan")
    (out / "edits.jsonl").write_text("log")
    outputs, warnings = copy(out, TIMELINE, discards=True)
    assert texts(out) == {
        "timeline.json": f"new {TIMELINE}",
        "timeline.plan.1.json": "their plan",
        "edits.1.jsonl": "log",
    }
    assert (list(outputs), warnings) == (["timeline"], ())


@pytest.mark.parametrize("taken", ["timeline.plan.1.json", "edits.1.jsonl"])
def test_what_is_set_aside_takes_the_first_number_that_is_free_for_both(out, taken):
    (out / taken).write_text("before")
    (out / "timeline.plan.json").write_text("their plan")
    (out / "edits.jsonl").write_text("log")
    copy(out, TIMELINE, discards=True)
    assert texts(out) == {
        taken: "before",
        "timeline.json": f"new {TIMELINE}",
        "timeline.plan.2.json": "their plan",
        "edits.2.jsonl": "log",
    }


@pytest.mark.parametrize(
    ("there", "aside"), [("timeline.plan.json", "timeline.plan.1.json"), ("edits.jsonl", "edits.1.jsonl")]
)
def test_a_plan_or_a_log_alone_is_set_aside_as_well(out, there, aside):
    (out / there).write_text("left")
    copy(out, TIMELINE, discards=True)
    assert texts(out) == {"timeline.json": f"new {TIMELINE}", aside: "left"}


def test_a_run_without_a_timeline_sets_nothing_aside(out):
    (out / "edits.jsonl").write_text("log")
    copy(out, "score", discards=True)
    assert texts(out) == {"edits.jsonl": "log", "ranking.json": "new score"}


def test_a_file_that_cannot_be_written_is_told(out):
    (out / "ranking.json").mkdir()
    with pytest.raises(RenderError, match=r"ranking\.json: cannot be written: Is a directory"):
        copy(out, "score")


def test_an_out_folder_is_made_with_its_parents_and_left_empty(tmp_path):
    check_out_folder(tmp_path / "a" / "b")
    assert list((tmp_path / "a" / "b").iterdir()) == []
    check_out_folder(tmp_path / "a" / "b")


def test_an_out_folder_that_is_a_file_is_told(tmp_path):
    file = tmp_path / "file"
    file.touch()
    with pytest.raises(RenderError) as caught:
        check_out_folder(file)
    assert str(caught.value) == (
        f"{file}: outputs go into a folder, but this is a file\n    fix: choose another folder with --out"
    )


def test_an_out_folder_that_cannot_be_made_is_told(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(RenderError) as caught:
        check_out_folder(tmp_path / "file" / "out")
    assert str(caught.value) == (
        f"{tmp_path / 'file' / 'out'}: the out folder cannot be written: Not a directory\n"
        "    fix: choose another folder with --out"
    )


def test_an_input_that_is_no_file_was_not_folded_from_the_folder(out):
    log = out / "edits.jsonl"
    log.write_text("log")
    node = SimpleNamespace(id=FOLD, inputs={"edits": NodeInput(node="n", output="o")})
    prepared = SimpleNamespace(
        session=SimpleNamespace(path=lambda _node, _file: log),
        graph=SimpleNamespace(nodes=(node,)),
        request=SimpleNamespace(discards_edits=False),
    )
    assert copy_outputs(prepared, {}, out)[1] == MEANWHILE

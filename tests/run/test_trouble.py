"""Damage, crashes, full disks, interrupts and two runs at once: the next run always finishes the work."""

from __future__ import annotations

import os
import subprocess
import time
from dataclasses import replace

import pytest
from run_scripts import run_script
from rushes.errors import StoreError
from rushes.graph.node import Graph, NodeInput
from rushes.run.engine import Bug
from rushes.run.executors import ProcessExecutor
from rushes.run.schedule import Schedule
from rushes.store.store import Store
from rushes.store.upkeep import verify_store
from text_operations import chain, leaf, node


def test_a_worker_that_is_killed_once_does_no_harm(start, two_workers, tmp_path):
    victim = node("victim", "misbehave", how="killed once", mark=str(tmp_path / "mark"))
    results = start(executor=two_workers).run(Graph((victim, *chain().nodes)))
    assert results.path("victim", "out.txt").read_text() == "fine: killed once"
    assert results.counts()["failed"] == 0


def test_the_member_of_a_batch_that_kills_its_worker_is_found_and_the_rest_goes_on(start, two_workers, store):
    members = [
        node(how, "misbehave", how=how, batch="clip", subject=f"{how}.mp4")
        for how in ("good", "killed", "better")
    ]
    results = start(executor=two_workers).run(Graph((*members, *chain().nodes)))
    assert [result.state for result in results.values()] == ["ran", "failed", "ran", "ran", "ran", "ran"]
    assert results["killed"].failure == "the process that worked on it was ended by signal 9, twice"
    assert results["killed"].fix == (
        "give it more memory or fewer --workers; if it happens again, leave the clip out"
    )
    assert store.action(results["killed"].key) is None


def test_a_node_without_memory_fails_alone(start):
    results = start().run(Graph((node("big", "misbehave", how="memory"), *chain().nodes)))
    assert results["big"].failure == "the process that worked on it ran out of memory, twice"
    assert results["n2"].state == "ran"


def test_a_call_over_its_time_limit_is_given_up_and_not_stored(start, two_workers, store):
    slow = node("slow", "watch", how="hangs", stage="analyze")
    began_s = time.monotonic()
    results = start(executor=two_workers, clip_limit_s=0.5).run(Graph((slow, *chain().nodes)))
    assert time.monotonic() - began_s < 10
    assert results["slow"].failure == "gave up after 0.5 s, the time limit of a clip"
    assert store.action(results["slow"].key) is None
    assert results["n2"].state == "ran"


def test_the_time_limit_of_a_clip_does_not_hold_for_what_looks_at_all_clips(start, two_workers):
    gather = node("library", sleep_s=1.0, stage="analyze")
    results = start(executor=two_workers, clip_limit_s=0.3).run(Graph((gather,)))
    assert results["library"].state == "ran"


@pytest.mark.parametrize("how", ["transient", "caused"])
@pytest.mark.parametrize("inline", [True, False])
def test_a_failure_of_the_moment_is_not_stored_and_the_next_run_tries_again(
    start, two_workers, store, tmp_path, how, inline
):
    graph = Graph((node("clip", "watch", how=how, mark=str(tmp_path / "mark")), node("all", after=("clip",))))
    executor = None if inline else two_workers
    first = start(executor=executor).run(graph)
    told = {"transient": "the disk is away", "caused": "the song cannot be opened"}
    assert (first["clip"].failure, first["all"].failure) == (told[how], told[how])
    assert store.action(first["clip"].key) is None
    second = start(executor=executor).run(graph)
    assert second.path("all", "out.txt").read_text() == f"fine: {how}"


def test_a_bug_in_the_analysis_fails_its_clip_alone_and_is_kept_for_the_log(start, two_workers, store):
    for executor in (None, two_workers):
        session = start(executor=executor)
        bad = [node(name, "watch", how="bug", batch="clip", stage="analyze") for name in ("a", "b")]
        results = session.run(Graph((*bad, *chain().nodes)))
        assert [results[name].failure for name in ("a", "b")] == [
            "a bug of rushes while analysing: ZeroDivisionError: a bug of ours"
        ] * 2
        assert results["n2"].state != "failed"
        assert store.action(results["a"].key) is None
        (bug,) = session.bugs
        assert bug.nodes == ("a", "b")
        assert 'raise ZeroDivisionError("a bug of ours")' in bug.trace


def test_a_bug_in_the_analysis_ends_a_run_that_shall_end_at_the_first_failure(start):
    with pytest.raises(Bug):
        start(on_error="fail").run(Graph((node("a", "watch", how="bug"),)))


def test_twins_are_made_once(start, two_workers, tmp_path):
    log = tmp_path / "log"

    def twins():
        return [
            replace(node("made", text="A", sleep_s=0.3, log=str(log)), id=name) for name in ("a", "b", "c")
        ]

    results = start(executor=two_workers).run(Graph((*twins(), node("all", after=("a", "b", "c")))))
    assert log.read_text().split() == ["made"]
    assert results.path("all", "out.txt").read_text() == "AAA"
    assert [results[name].ran for name in ("a", "b", "c")] == [True, False, False]
    assert [results[name].reason for name in ("a", "b", "c")] == ["never run", "", ""]


def test_twins_of_one_that_failed_for_the_moment_try_for_themselves(start, two_workers, tmp_path):
    twin = node("made", "watch", how="transient", mark=str(tmp_path / "mark"))
    results = start(executor=two_workers).run(Graph((twin, replace(twin, id="other"))))
    assert [result.state for result in results.values()] == ["failed", "ran"]


def test_batches_whose_members_are_twins_of_each_other_come_to_an_end(start):
    """Each batch waits for a member that waits for a member of the other one."""

    def member(name, text, batch):
        return replace(node(text, "watch", how=text, batch=batch), id=name)

    crossed = (member("a1", "x", "a"), member("b1", "x", "b"), member("b2", "y", "b"), member("a2", "y", "a"))
    results = start().run(Graph(crossed))
    assert results.counts() == {"total": 4, "ran": 2, "cached": 2, "failed": 0}


def test_the_cost_of_waiting_grows_with_the_inputs_not_with_their_square(start, monkeypatch):
    """Counted, not timed: how often the scheduler asks whether an input has ended."""
    asked = []
    real = Schedule._ended_action
    monkeypatch.setattr(Schedule, "_ended_action", lambda self, name: asked.append(name) or real(self, name))
    count = 100
    leaves = [node(f"w{i}", text=str(i)) for i in range(count)]
    start().run(Graph((*leaves, node("all", after=tuple(leaf.id for leaf in leaves)))))
    # When it is met, when its last input has ended, and when it is called.
    assert len(asked) <= 3 * count


def test_a_warm_run_starts_no_worker_and_loads_nothing_heavy(start, store):
    start().run(chain())
    run = run_script(
        store,
        """
        executor = executors.ProcessExecutor(2)
        with Session(store, OPERATIONS, executor) as session:
            graph = Graph(tuple(
                node(f"n{i}", after=(f"n{i - 1}",) if i else (), text=str(i)) for i in range(3)
            ))
            assert session.run(graph).counts()["cached"] == 3
            assert session.run(graph).path("n2", "out.txt").read_text() == "210"
        assert executor._lanes == []
        heavy = {"numpy", "polars", "cv2", "av", "scipy", "jsonschema"}
        assert not heavy & set(sys.modules), heavy & set(sys.modules)
        """,
    )
    assert run.communicate()[1] == ""
    assert run.returncode == 0


FULL = """
    import resource, signal
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit}))
    from rushes.errors import StoreError
    try:
        with Session(store, OPERATIONS, executors.{executor}) as session:
            session.run(Graph((node("big", text="x" * 20000), node("b", after=("big",)))))
    except StoreError as error:
        print(error, file=sys.stderr)
        sys.exit(error.exit_code)
"""


@pytest.mark.parametrize("executor", ["InlineExecutor()", "ProcessExecutor(1)"])
@pytest.mark.parametrize("limit", [0, 10_000, 30_000])
def test_a_disk_that_fills_up_ends_the_run_with_a_word_and_leaves_nothing_half(start, store, executor, limit):
    """The kernel refuses to let a file grow, first any, then the output, then the action with its long parameter."""
    run = run_script(store, FULL.format(limit=limit, executor=executor))
    _, complaint = run.communicate()
    if limit < 30_000:
        assert run.returncode == 1
        assert complaint == (
            f"{store.root}: the disk of the cache is full (File too large)\n"
            "    fix: free some space, shrink the cache with `rushes cache gc`, or put it elsewhere with --cache DIR\n"
        )
    else:
        assert run.returncode == 0, complaint
    assert [path for path in (store.root / "tmp").rglob("*") if path.is_file()] == []
    assert verify_store(store).damaged_objects == ()
    results = start().run(Graph((node("big", text="x" * 20000), node("b", after=("big",)))))
    assert len(results.path("b", "out.txt").read_text()) == 20000


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount a small disk")
def test_a_really_full_disk_is_told_as_such(start, tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", disk], check=False).returncode:
        pytest.skip("this machine lets nobody mount a small disk")
    try:
        small = Store(disk / "store")
        with pytest.raises(StoreError) as caught:
            start(store=small).run(chain(60, ballast="x" * 5000))
        assert "the disk of the cache is full (No space left on device)" in str(caught.value)
        assert list((small.root / "tmp").iterdir()) == []
        assert verify_store(small).damaged_objects == ()
        (disk / "store" / "room").touch()
        subprocess.run(["mount", "-o", "remount,size=8m", disk], check=True)
        results = start(store=small).run(chain(60, ballast="x" * 5000))
        assert results["n59"].state == "ran"
        assert results.counts()["cached"] > 0
        subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
        again = start(store=small).run(chain(60, ballast="x" * 5000))
        assert again.counts()["ran"] == 0
        assert again.path("n59", "out.txt").is_file()
        with pytest.raises(StoreError) as caught:
            start(store=small).run(Graph((node("new"),)))
        assert str(caught.value) == (
            f"{small.root}: the cache cannot be written (Read-only file system)\n"
            "    fix: make the folder writable, or choose another one with --cache DIR"
        )
    finally:
        subprocess.run(["umount", disk], check=True)


def test_a_store_that_cannot_be_made_is_told_as_such(start, tmp_path):
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(StoreError) as caught:
        start(store=Store(tmp_path / "file" / "store")).run(Graph((node("a"),)))
    assert str(caught.value) == (
        f"{tmp_path}/file/store: the cache cannot be used (Not a directory)\n"
        "    fix: check the disk it lies on, or choose another folder with --cache DIR"
    )


def test_a_file_that_changed_since_it_was_digested_is_noticed_before_it_is_read(start, tmp_path):
    from rushes.store.digests import DigestIndex

    clip = tmp_path / "clip.mp4"
    clip.write_text("old")
    graph = Graph((node("x", inputs={"clip": leaf(clip)}),))
    clip.write_text("new one")
    result = start(digests=DigestIndex(tmp_path / "digests")).run(graph)["x"]
    assert (result.failure, result.ran) == ("the file changed since the run began", False)


def test_results_do_not_depend_on_the_executor(start, tmp_path):
    shout = node("shout", "upper", inputs={"text": NodeInput(node="n2", output="out.txt")})
    graph = Graph((*chain().nodes, shout))
    inline = start(store=Store(tmp_path / "one")).run(graph)
    with start(store=Store(tmp_path / "two"), executor=ProcessExecutor(2)) as session:
        processes = session.run(graph)
    assert [result.outputs for result in inline.values()] == [result.outputs for result in processes.values()]


def stored_bytes(store):
    """Every file under objects/ and actions/, without the time that an action took."""
    return {
        path.relative_to(store.root): path.read_bytes().partition(b'"seconds":')[0]
        for folder in ("objects", "actions")
        for path in (store.root / folder).rglob("*")
        if path.is_file()
    }


def test_stored_bytes_do_not_depend_on_the_executor_or_the_order_of_sets(start, tmp_path, monkeypatch):
    shout = [
        node(name, "upper", batch="clip", inputs={"text": NodeInput(node="n2", output="out.txt")})
        for name in ("x", "y")
    ]
    bad = node("bad", "misbehave", how="broken", warnings=["one", "two"])
    last = node("all", after=("x", "bad", "y"), optional_inputs=frozenset({"in0", "in1", "in2"}))
    graph = Graph((*chain(3, options={"b": 1, "a": [2.5]}).nodes, *shout, bad, last))
    inline = Store(tmp_path / "inline")
    start(store=inline).run(graph)
    hashes = set()
    for seed in ("1", "2"):
        monkeypatch.setenv("PYTHONHASHSEED", seed)
        store = Store(tmp_path / seed)
        with start(store=store, executor=ProcessExecutor(2)) as session:
            session.run(graph)
            hashes.add(session._context.executor.submit(hash, "clip").result())
        assert stored_bytes(store) == stored_bytes(inline)
    assert len(hashes) == 2, "the workers were not given the seeds"

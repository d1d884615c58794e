"""Runs that are killed or interrupted, and two runs on one store."""

from __future__ import annotations

import signal
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from run_scripts import run_script
from rushes.graph.node import Graph
from rushes.store.claims import Claims
from rushes.store.store import Store
from rushes.store.upkeep import verify_store
from text_operations import chain, node


def wide(count, log, sleep_s):
    """Many slow nodes and one that joins them, as source text that both sides can build."""
    leaves = (
        f'*(node(f"w{{i}}", text=f"{{i}}.", sleep_s={sleep_s}, log={str(log)!r}) for i in range({count}))'
    )
    return f'Graph(({leaves}, node("all", after=tuple(f"w{{i}}" for i in range({count})), log={str(log)!r})))'


@pytest.mark.parametrize("kill_after_s", [0.05, 0.35, 0.5, 0.65, 0.8])
def test_a_run_killed_at_any_moment_is_finished_by_the_next(start, store, tmp_path, kill_after_s):
    log = tmp_path / "log"
    graph = wide(12, log, 0.05)
    killed = run_script(
        store,
        f"""
        with Session(store, OPERATIONS, executors.ProcessExecutor(2)) as session:
            session.run({graph})
        """,
    )
    time.sleep(kill_after_s)
    killed.kill()
    killed.communicate()
    stored = len(list((store.root / "actions").rglob("*.json")))
    time.sleep(0.2)
    # Workers end with their parent: after that nothing is written any more.
    assert len(list((store.root / "actions").rglob("*.json"))) <= stored + 2
    assert verify_store(store).damaged_objects == ()
    results = start().run(eval(graph, {"Graph": Graph, "node": node}))
    assert results.path("all", "out.txt").read_text() == "".join(
        sorted((f"{i}." for i in range(12)), key=_by_input)
    )
    assert results.counts()["cached"] >= stored
    assert verify_store(store).damaged_objects == ()


def _by_input(text):
    return f"in{text.rstrip('.')}"


def test_workers_end_when_their_run_is_killed(store, tmp_path):
    log = tmp_path / "log"
    run = run_script(
        store,
        f"""
        with Session(store, OPERATIONS, executors.ProcessExecutor(2)) as session:
            session.run({wide(2, log, 60)})
        """,
    )
    wait_until(lambda: log.exists() and len(log.read_text().split()) == 2)
    workers = children_of(run.pid)
    assert len(workers) == 2
    run.kill()
    run.communicate()
    wait_until(lambda: not any(lives(pid) for pid in workers))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_ends_run_and_workers_at_once_and_keeps_what_is_done(start, store, tmp_path, number):
    log = tmp_path / "log"
    run = run_script(
        store,
        f"""
        done = Graph((node("done", text="kept"),))
        with Session(store, OPERATIONS, executors.ProcessExecutor(2)) as session:
            session.run(done)
            try:
                session.run({wide(2, log, 60)})
            except KeyboardInterrupt:
                sys.exit(130)
        """,
    )
    wait_until(lambda: log.exists() and len(log.read_text().split()) == 2)
    workers = children_of(run.pid)
    began_s = time.monotonic()
    run.send_signal(number)
    _, complaint = run.communicate(timeout=10)
    assert time.monotonic() - began_s < 5
    assert (run.returncode, complaint) == (130, "")
    assert not any(lives(pid) for pid in workers)
    assert list((store.root / "tmp").iterdir()) == []
    assert start().run(Graph((node("done", text="kept"),)))["done"].state == "cached"


def test_two_runs_on_one_store_share_the_work(start, store, tmp_path):
    log = tmp_path / "log"
    graph = wide(8, log, 0.1)
    body = f"""
        with Session(store, OPERATIONS, executors.ProcessExecutor(2)) as session:
            session.run({graph})
        """
    for run in [run_script(store, body), run_script(store, body)]:
        assert run.communicate()[1] == ""
        assert run.returncode == 0
    assert sorted(log.read_text().split()) == sorted([*(f"w{i}" for i in range(8)), "all"])
    assert start().run(eval(graph, {"Graph": Graph, "node": node})).counts()["ran"] == 0


def test_two_runs_that_make_the_same_thing_at_once_do_no_harm(store, start, monkeypatch):
    monkeypatch.setattr("rushes.store.claims.Claims.take", lambda self, key: True)
    with ThreadPoolExecutor(4) as pool:
        runs = [pool.submit(start(store=Store(store.root)).run, chain(20)) for _ in range(4)]
    texts = {run.result().path("n19", "out.txt").read_text() for run in runs}
    assert len(texts) == 1
    assert verify_store(store).damaged_objects == verify_store(store).dropped_actions == ()


def test_a_run_that_is_stopped_does_not_stop_others_for_ever(start, store, monkeypatch):
    """As by Ctrl-Z: it lives, and keeps its claims."""
    claims = Claims(store.root)
    monkeypatch.setattr("rushes.run.schedule._CLAIM_PATIENCE_S", 0.5)
    session = start()
    claims.take(session.resolver.draft(chain(1).nodes[0], {}).key)
    began_s = time.monotonic()
    assert session.run(chain(1))["n0"].state == "ran"
    assert time.monotonic() - began_s >= 0.5


def wait_until(condition, limit_s=15):
    ends_s = time.monotonic() + limit_s
    while not condition():
        assert time.monotonic() < ends_s, "waited too long"
        time.sleep(0.02)


def children_of(pid):
    found = []
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            lines = dict(line.split(":", 1) for line in status.read_text().splitlines() if ":" in line)
        except OSError:
            continue
        if int(lines["PPid"]) == pid:
            found.append(int(status.parent.name))
    return found


def lives(pid):
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False

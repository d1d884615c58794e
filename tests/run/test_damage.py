"""Stored results that are damaged or gone are made again, and never read."""

from __future__ import annotations

import os
import random
from dataclasses import replace

import pytest
from rushes.graph.node import Graph
from text_operations import chain, node


def damage(path):
    data = path.read_bytes()
    path.chmod(0o644)
    path.write_bytes(bytes([data[0] ^ 1]) + data[1:])
    os.utime(path, ns=(1, 1))


def object_of(store, result):
    return store.object_path(result.outputs["out.txt"])


def test_a_damaged_blob_that_is_needed_is_made_again_and_never_read(start, store):
    first = start().run(chain(2))
    damage(object_of(store, first["n1"]))
    results = start().run(Graph((*chain(2).nodes, node("n2", after=("n1",), text="2"))))
    assert results.path("n2", "out.txt").read_text() == "210"
    assert [result.state for result in results.values()] == ["cached", "ran", "ran"]
    assert results["n1"].reason == "stored result is damaged"


def test_a_chain_of_damage_is_mended_from_its_beginning(start, store):
    first = start().run(chain(3))
    for name in ("n0", "n1", "n2"):
        damage(object_of(store, first[name]))
    results = start().run(Graph((*chain(3).nodes, node("n3", after=("n2",), text="3"))))
    assert results.path("n3", "out.txt").read_text() == "3210"
    assert [result.state for result in results.values()] == ["ran"] * 4


def test_a_damaged_result_is_mended_when_it_is_handed_out(start, store):
    first = start().run(chain(3))
    damage(object_of(store, first["n2"]))
    results = start().run(chain(3))
    assert results.counts()["ran"] == 0
    assert results.path("n2", "out.txt").read_text() == "210"


def test_damage_in_an_earlier_graph_is_mended_by_a_later_one(start, store):
    damage(object_of(store, start().run(chain(2))["n1"]))
    session = start()
    session.run(chain(2))
    results = session.run(Graph((node("late", after=("n1",)),)))
    assert results.path("late", "out.txt").read_text() == "10"


@pytest.mark.parametrize("how", ["gone", "short"])
def test_a_blob_that_is_gone_or_cut_short_makes_its_node_run_again(start, store, how):
    path = object_of(store, start().run(chain(2))["n1"])
    path.unlink()
    if how == "short":
        path.write_bytes(b"1")
    results = start().run(chain(2))
    assert [result.state for result in results.values()] == ["cached", "ran"]
    assert results["n1"].reason == f"stored result is {'missing' if how == 'gone' else 'damaged'}"


def test_a_damaged_action_makes_its_node_run_again(start, store):
    first = start().run(chain(2))
    damage(store.action_path(first["n1"].key))
    results = start().run(chain(2))
    assert [result.state for result in results.values()] == ["cached", "ran"]


def test_any_file_of_the_store_may_be_damaged(start, store):
    graph = chain(6)
    expected = start().run(graph).path("n5", "out.txt").read_text()
    chance = random.Random(5)
    for _ in range(40):
        files = sorted(path for path in store.root.rglob("*") if path.is_file())
        path = chance.choice(files)
        data = bytearray(path.read_bytes())
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        path.chmod(0o644)
        path.write_bytes(bytes(data[: chance.choice((len(data), len(data) // 2))]))
        assert start().run(graph).path("n5", "out.txt").read_text() == expected


def test_twins_whose_input_is_damaged_wait_until_it_is_mended(start, store, two_workers):
    source = node("source", text="same")
    twins = [replace(node("user", after=("source",), text="U"), id=name) for name in ("a", "b")]
    damage(object_of(store, start().run(Graph((source,)))["source"]))
    results = start(executor=two_workers).run(Graph((source, *twins)))
    assert results.counts() == {"total": 3, "ran": 2, "cached": 1, "failed": 0}
    assert [results.path(name, "out.txt").read_text() for name in ("a", "b")] == ["Usame", "Usame"]

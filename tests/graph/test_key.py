"""Two nodes have the same key exactly when they must have the same result."""

import pytest
from rushes.graph.key import KEY_VERSION, Keys, node_key
from rushes.store.canonical import canonical_json, digest_bytes

BASE = {
    "op": "quality",
    "version": 1,
    "params": {"rate_hz": 5, "nested": {"a": [1, 2]}},
    "libraries": {"av": "18.1"},
    "inputs": {"clip": "a" * 64},
}


def test_the_key_is_pinned_because_a_change_would_empty_every_store():
    assert node_key(**BASE) == "7087522c2e698f60f5449326bee0d93649039fd4d5b1c8e01642eebd5e0483f3"


def test_the_order_of_names_does_not_matter():
    swapped = {**BASE, "params": {"nested": {"a": [1, 2]}, "rate_hz": 5}}
    assert node_key(**swapped) == node_key(**BASE)


@pytest.mark.parametrize(
    "change",
    [
        {"op": "motion"},
        {"version": 2},
        {"params": {**BASE["params"], "rate_hz": 5.0}},
        {"params": {**BASE["params"], "rate_hz": "5"}},
        {"params": {**BASE["params"], "nested": {"a": [2, 1]}}},
        {"params": {**BASE["params"], "extra": None}},
        {"libraries": {"av": "18.2"}},
        {"libraries": {}},
        {"inputs": {"clip": "b" * 64}},
        {"inputs": {"song": "a" * 64}},
        {"inputs": {"clip": "failed: no picture"}},
    ],
)
def test_whatever_a_result_follows_from_changes_the_key(change):
    assert node_key(**{**BASE, **change}) != node_key(**BASE)


def test_the_key_is_the_digest_of_one_canonical_json_object():
    given = {**BASE, "inputs": {"ü": 'failed: "no" picture\n'}, "params": {"z": [1.5, None, True], "a": {}}}
    assert node_key(**given) == digest_bytes(canonical_json({**given, "key": KEY_VERSION}))


def test_parameters_that_many_nodes_share_give_each_its_own_key():
    keys = Keys()
    shared, libraries = {"rate_hz": 5}, {"av": "18.1"}
    nodes = [(shared, clip * 64) for clip in "abc"] + [({"rate_hz": 6}, "a" * 64), ({"rate_hz": 5}, "a" * 64)]
    found = [keys.key("quality", 1, params, libraries, {"clip": clip}) for params, clip in nodes]
    assert found == [node_key("quality", 1, params, libraries, {"clip": clip}) for params, clip in nodes]
    assert len(set(found)) == 4 and found[0] == found[4]


@pytest.mark.parametrize("params", [{1: 2}, {"a": {True: 1}}, {"a": {1, 2}}, {"a": float("nan")}])
def test_what_json_cannot_hold_has_no_key(params):
    with pytest.raises((TypeError, ValueError)):
        node_key(**{**BASE, "params": params})

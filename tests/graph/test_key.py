"""Two nodes have the same key exactly when they must have the same result."""

import pytest
from rushes.graph.key import node_key

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

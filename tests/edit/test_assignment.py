"""The cheapest assignment: scipy's answer to the last tie, without loading scipy."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from rushes.edit.assignment import assigned, cheapest_assignment
from scipy.optimize import linear_sum_assignment


@pytest.mark.parametrize("seed", range(60))
@pytest.mark.parametrize("kind", ["ties", "reals", "forbidden"])
def test_it_is_the_answer_of_scipy_to_the_last_tie(seed: int, kind: str) -> None:
    random = np.random.default_rng(seed)
    shape = tuple(random.integers(1, 25, 2))
    cost = random.integers(0, 4, shape).astype(float) if kind == "ties" else random.normal(size=shape)
    if kind == "forbidden":
        cost[random.random(shape) < 0.4] = 1e6
        cost = np.repeat(cost, 2, axis=1)
    for ours, theirs in zip(assigned(cost), linear_sum_assignment(cost), strict=True):
        assert ours.tolist() == theirs.tolist()


def test_a_table_whose_answer_is_plain() -> None:
    rows, columns = cheapest_assignment(np.array([[4.0, 1.0, 3.0], [2.0, 0.0, 5.0], [3.0, 2.0, 2.0]]))
    assert (rows.tolist(), columns.tolist()) == ([0, 1, 2], [1, 0, 2])


def test_a_small_table_does_not_load_scipy() -> None:
    script = (
        "import sys, numpy as np\n"
        "from rushes.edit.assignment import cheapest_assignment\n"
        "cheapest_assignment(np.ones((20, 50)))\n"
        "sys.exit('scipy' in sys.modules)\n"
    )
    ended = subprocess.run([sys.executable, "-c", script], check=False, capture_output=True)
    assert (ended.returncode, ended.stderr) == (0, b"")

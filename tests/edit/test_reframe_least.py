"""The least sum of kinked lines: truths by hand, and scipy's linear program."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rushes.edit.reframe_least import SPAN, Lines, joined, least
from scipy.optimize import linprog


def lines(n, stencil, first, kinks=0.0, falls=1.0, rises=1.0) -> Lines:
    parts = np.zeros((len(first), SPAN))
    parts[:, : len(stencil)] = stencil
    many = (np.broadcast_to(np.asarray(one, float), len(first)) for one in (kinks, falls, rises))
    return Lines(n, np.array(first, np.int64), parts, *many)


def between(n, low, high) -> Lines:
    return joined(
        [
            lines(n, [-1], range(n), -low, 0, np.inf),
            lines(n, [1], range(n), high, 0, np.inf),
        ]
    )


def by_scipy(given: Lines) -> float:
    """The least sum by a simplex method: a distance before and one behind the kink for every line that is no wall."""
    rows = np.zeros((len(given.first), given.n))
    for at, (first, parts) in enumerate(zip(given.first, given.parts, strict=True)):
        rows[at, first : first + SPAN] = parts[: given.n - first]
    wall = np.isinf(given.rises)
    own = np.eye(int((~wall).sum()))
    found = linprog(
        np.concatenate([np.zeros(given.n), given.falls[~wall], given.rises[~wall]]),
        A_ub=np.hstack([rows[wall], np.zeros((int(wall.sum()), 2 * len(own)))]),
        b_ub=given.kinks[wall],
        A_eq=np.hstack([rows[~wall], own, -own]),
        b_eq=given.kinks[~wall],
        bounds=[(None, None)] * given.n + [(0, None)] * 2 * len(own),
        method="highs",
    )
    return float(found.fun)


def test_what_is_pulled_to_one_place_from_everywhere_is_in_the_median():
    pulls = joined(
        [
            lines(3, [1], [0, 1, 2], [0.1, 0.2, 0.9]),
            lines(3, [-1, 1], [0, 1], 0.0, 100.0, 100.0),
            between(3, 0.0, 1.0),
        ]
    )
    assert least(pulls, np.full(3, 0.5)) == pytest.approx([0.2, 0.2, 0.2], abs=1e-6)


def test_no_wall_is_passed():
    pulls = joined([lines(4, [1], range(4), 2.0), between(4, 0.0, 0.7)])
    way = least(pulls, np.full(4, 0.5))
    assert way == pytest.approx([0.7] * 4, abs=1e-6)
    assert (way < 0.7).all()


@st.composite
def made(draw: st.DrawFn) -> Lines:
    """As a crop has them: a way to be near, no move and no bend that is not paid for, one side that is left at a cost, walls."""
    n = draw(st.integers(3, 12))
    some = st.lists(st.floats(0, 1), min_size=n, max_size=n).map(np.array)
    cost = st.floats(1e-3, 10)
    step = draw(st.floats(0.001, 1))
    return joined(
        [
            lines(n, [1], range(n), draw(some), draw(cost), draw(cost)),
            lines(n, [-1, 1], range(n - 1), 0.0, *[draw(cost)] * 2),
            lines(n, [1, -2, 1], range(n - 2), 0.0, *[draw(cost)] * 2),
            lines(n, [-1], range(n), -draw(some), 0.0, draw(cost)),
            lines(n, np.array([-1, 1]) / step, range(n - 1), 1.0, 0.0, np.inf),
            lines(n, np.array([1, -1]) / step, range(n - 1), 1.0, 0.0, np.inf),
            between(n, 0.1, 0.9),
        ]
    )


@given(made())
@settings(deadline=None, max_examples=80)
def test_the_sum_is_as_small_as_that_of_a_simplex_method(given):
    way = least(given, np.full(given.n, 0.5))
    wall = np.isinf(given.rises)
    assert (given.of(way) - given.kinks)[wall].max() <= 1e-9
    # HiGHS passes walls by a ten-millionth.
    assert given.cost(way) == pytest.approx(by_scipy(given), rel=1e-6, abs=1e-5)


@given(made(), st.integers(0, 99))
@settings(deadline=None, max_examples=40)
def test_the_last_digit_of_what_is_given_does_not_decide(given, seed):
    other = Lines(
        given.n,
        given.first,
        given.parts,
        given.kinks * (1 + 1e-14 * np.random.default_rng(seed).normal(size=len(given.kinks))),
        given.falls,
        given.rises,
    )
    one, two = (least(one, np.full(given.n, 0.5)) for one in (given, other))
    assert one == pytest.approx(two, abs=1e-6)

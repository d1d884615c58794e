"""Which shots changed places: held to a search of every way to keep them in order."""

from __future__ import annotations

import time
from collections.abc import Sequence
from itertools import combinations, pairwise

from hypothesis import given, settings
from hypothesis import strategies as st
from rushes.timeline.match import Pair
from rushes.timeline.moved import moved_pairs


def pairs(*places: int | None) -> list[Pair]:
    """The shots of a second timeline by their places in the first; None: a new one."""
    return [Pair(a, b) for b, a in enumerate(places)]


def least_moved(all_: Sequence[Pair]) -> tuple[int, int]:
    """How many stay at most, and how near they are then."""
    both = [(pair.a, pair.b) for pair in all_ if pair.a is not None and pair.b is not None]
    return max(
        (count, -sum(abs(a - b) for a, b in kept))
        for count in range(len(both) + 1)
        for kept in combinations(both, count)
        if all(x[0] < y[0] for x, y in pairwise(kept))
    )


def test_nothing_moved_where_all_are_in_order() -> None:
    assert moved_pairs(pairs()) == frozenset()
    assert moved_pairs(pairs(None)) == frozenset()
    assert moved_pairs(pairs(0, None, 2, 5)) == frozenset()


def test_the_one_that_passed_the_others_moved() -> None:
    assert moved_pairs(pairs(1, 2, 3, 0)) == {Pair(0, 3)}
    assert moved_pairs(pairs(3, 0, 1, 2)) == {Pair(3, 0)}


def test_of_runs_of_one_length_and_nearness_the_one_that_ends_first_stays() -> None:
    assert moved_pairs(pairs(1, 0)) == {Pair(0, 1)}
    assert moved_pairs(pairs(1, 0, 3, 2)) == {Pair(0, 1), Pair(2, 3)}


@settings(max_examples=100, deadline=None)
@given(st.permutations(range(7)), st.integers(0, 7))
def test_as_few_as_can_be_moved_and_those_that_stay_are_nearest(order: list[int], count: int) -> None:
    all_ = pairs(*order[:count])
    stays = [pair for pair in all_ if pair not in moved_pairs(all_)]
    assert all(x.a < y.a for x, y in pairwise(stays) if x.a is not None and y.a is not None)
    assert (len(stays), -sum(abs((pair.a or 0) - (pair.b or 0)) for pair in stays)) == least_moved(all_)


def test_five_thousand_shots_are_no_work() -> None:
    began_s = time.process_time()
    assert moved_pairs(pairs(*range(1, 5000), 0)) == {Pair(0, 4999)}
    assert time.process_time() - began_s < 1

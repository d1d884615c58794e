"""Which piece goes where on a path whose spans and letters are settled, against all ways to deal them."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from edit.made_problem import make_problem, with_rules
from rushes.edit.alike import all_apart, counted
from rushes.edit.deal import dealt_by_solver
from rushes.edit.problem import Choice, broken_limits


def problem_of(seed):
    """Three clips in two pieces each; every rule is hard, and none speaks of what follows what."""
    plain = make_problem(seed, clips=3, places=5, longest=2, per_clip=2, uses=2, wanted=1, max_streak=None)
    return with_rules(replace(plain, apart=False), seed, rows=1, covers=1, soft_01=0.0)


def paths(problem, place=0):
    """Every row of spans from the first place to the last."""
    if place == problem.place_count - 1:
        yield ()
    for span, (start, end) in enumerate(
        zip(problem.span_start.tolist(), problem.span_end.tolist(), strict=True)
    ):
        if start == place:
            for rest in paths(problem, end):
                yield (span, *rest)


def fits(problem, choices):
    return all(problem.value[one.span, one.unit] > float("-inf") for one in choices)


def lawful(problem, alike, shape):
    """All ways to put units of the same letters on the spans of a shape that break nothing."""
    letters = alike.letter_of_unit
    units = range(len(problem.unit_clip))
    offers = [[unit for unit in units if letters[unit] == letters[one.unit]] for one in shape]
    for dealt in product(*offers):
        choices = tuple(Choice(one.span, unit) for one, unit in zip(shape, dealt, strict=True))
        if fits(problem, choices) and not broken_limits(problem, choices):
            yield choices


def shapes(problem):
    """For every path one row of pieces that fit it, whatever rule they break."""
    for number, spans in enumerate(paths(problem)):
        offers = [np.flatnonzero(np.isfinite(problem.value[span])).tolist() for span in spans]
        if all(offers):
            yield tuple(
                Choice(span, units[(number + 2 * at) % len(units)])
                for at, (span, units) in enumerate(zip(spans, offers, strict=True))
            )


@pytest.mark.parametrize("alike_of", [counted, all_apart])
@pytest.mark.parametrize("seed", range(6))
def test_a_path_is_dealt_exactly_where_that_can_be_done(seed, alike_of):
    problem = problem_of(seed)
    alike = alike_of(problem)
    for shape in shapes(problem):
        ways = set(lawful(problem, alike, shape))
        dealt = dealt_by_solver(problem, alike, shape)
        assert (dealt in ways) if ways else dealt is None


def test_among_the_paths_are_some_that_can_be_dealt_and_some_that_cannot():
    problems = [problem_of(seed) for seed in range(6)]
    can = {any(lawful(one, counted(one), shape)) for one in problems for shape in shapes(one)}
    assert can == {True, False}

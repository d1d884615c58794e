from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from edit.made_problem import best_by_counting, make_problem, with_rules
from hypothesis import given, settings
from hypothesis import strategies as st
from rushes.edit.memory import Memory, is_rememberable, remembered
from rushes.edit.optimum import Effort, solve_cut
from rushes.edit.problem import Cover, objective
from rushes.edit.relax import PathProgram

SHAPES = st.fixed_dictionaries(
    {
        "seed": st.integers(0, 10_000),
        "clips": st.integers(3, 5),
        "places": st.integers(4, 6),
        "angles": st.integers(1, 2),
        "uses": st.integers(1, 2),
        "max_streak": st.sampled_from([None, 2]),
    }
)


def spaced(problem, seed, *, wide, weight, ungrouped=False):
    """With a cover of three groups: two shots of one touch no window of `wide` places and more."""
    rng = np.random.default_rng(seed)
    first = np.arange(max(1, problem.place_count - wide))[:, None]
    touches = (problem.span_start < first + wide) & (problem.span_end > first)
    group = rng.integers(-1 if ungrouped else 0, 3, len(problem.unit_clip))
    return replace(problem, covers=(Cover(name="scenes", touches=touches, unit_group=group, weight=weight),))


def some_prices(program, seed):
    limits = program.limits
    prices = np.random.default_rng(seed).random(limits.size) * 0.05
    return np.clip(prices, limits.lowest, limits.highest)


def memory_of(program):
    return Memory(program, next(cover for cover in program.limits.covers if cover.name == "scenes"))


@settings(derandomize=True, deadline=None, max_examples=40)
@given(SHAPES, st.integers(2, 4), st.sampled_from([None, 0.03]), st.booleans())
def test_the_bound_with_memory_is_between_the_best_edit_and_the_bound_without(shape, wide, weight, ungrouped):
    problem = make_problem(**shape, per_clip=shape["uses"])
    problem = spaced(problem, shape["seed"], wide=wide, weight=weight, ungrouped=ungrouped)
    best, worth = best_by_counting(problem)
    program = PathProgram(problem)
    prices = some_prices(program, shape["seed"])
    plain, found = program.solve(prices), memory_of(program).solve(prices)
    if found is None or plain is None:
        assert best is None
        return
    assert found.bound <= plain.bound + 1e-9
    assert best is None or found.bound >= worth - 1e-9


@settings(derandomize=True, deadline=None, max_examples=40)
@given(SHAPES, st.integers(2, 4), st.sampled_from([None, 0.03]))
def test_the_path_with_memory_is_worth_its_bound_and_tells_how_the_bound_moves(shape, wide, weight):
    problem = make_problem(**shape, per_clip=shape["uses"])
    problem = spaced(problem, shape["seed"], wide=wide, weight=weight)
    program = PathProgram(problem)
    memory, prices = memory_of(program), some_prices(program, shape["seed"])
    found = memory.solve(prices)
    if found is None:
        return
    net = program.limits.net_value(prices)
    worth = sum(float(net[one.span, one.unit]) for one in found.choices)
    before = problem.kind_count
    for one in found.choices:
        kind = int(problem.unit_kind[one.unit])
        worth += float(problem.span_weight[one.span] * problem.pair_value[before, kind])
        before = kind
    cover = problem.covers[0]
    asked = prices[memory.cover.part].reshape(memory.cover.shape)
    worth -= charged_by_hand(problem, cover, found.choices, asked)
    assert found.bound == pytest.approx(worth + program.limits.refund(prices), abs=1e-9)
    further = prices + np.random.default_rng(1).random(len(prices)) * 1e-3
    further = np.clip(further, program.limits.lowest, program.limits.highest)
    # Units whose clip has the same limit have no price of their own: nothing says how the bound moves with it.
    loose = np.flatnonzero(~program.limits.is_tight) + program.limits.unit.start
    further[loose] = prices[loose]
    slope = float(memory.over_use(found.choices, prices) @ (further - prices))
    again = memory.solve(further)
    assert again is not None
    assert again.bound >= found.bound - slope - 1e-9


def charged_by_hand(problem, cover, choices, asked):
    """What neighbours of one group, and those with one shot between, share for certain, less its prices."""
    weight = np.inf if cover.weight is None else cover.weight
    last = problem.place_count - 1

    def certain(end, start):
        if not (0 < end and start < last):
            return np.zeros(len(cover.touches), dtype=bool)
        ending, beginning = problem.span_end == end, problem.span_start == start
        return cover.touches[:, ending].all(axis=1) & cover.touches[:, beginning].all(axis=1)

    def due(windows, group):
        return float((weight - asked[windows, group]).sum()) if windows.any() else 0.0

    group = [int(cover.unit_group[one.unit]) for one in choices]
    total = 0.0
    for at, (one, other) in enumerate(pairwise(choices), 1):
        if group[at] == group[at - 1]:
            total += due(certain(problem.span_start[other.span], problem.span_start[other.span]), group[at])
        elif (
            at > 1
            and group[at] == group[at - 2]
            and one.span in remembered_spans(problem, certain)[other.span]
        ):
            total += due(certain(problem.span_start[one.span], problem.span_end[one.span]), group[at])
    return total


def remembered_spans(problem, certain):
    """For each span, the two spans before it across which most is shared."""
    shared = [
        int(certain(start, end).sum())
        for start, end in zip(problem.span_start, problem.span_end, strict=True)
    ]
    found = {}
    for span, start in enumerate(problem.span_start.tolist()):
        before = [one for one in np.flatnonzero(problem.span_end == start).tolist() if shared[one]]
        found[span] = sorted(before, key=lambda one: (-shared[one], one))[:2]
    return found


def test_scenes_that_go_back_and_forth_are_seen_by_the_memory():
    problem = make_problem(3, clips=6, places=9, longest=2, angles=1, max_streak=None)
    problem = spaced(problem, 3, wide=3, weight=0.03)
    program = PathProgram(problem)
    start = program.limits.free()
    relaxed = program.solve(start)
    assert relaxed is not None
    memory = remembered(program, relaxed.choices, 10_000_000)
    assert memory is not None
    found = memory.solve(start)
    assert found is not None
    assert found.bound < relaxed.bound - 1e-3


def test_nothing_is_remembered_where_no_window_is_crowded_or_the_work_is_too_much():
    problem = make_problem(3, clips=6, places=9, longest=2, angles=1, max_streak=None)
    program = PathProgram(spaced(problem, 3, wide=3, weight=None))
    relaxed = program.solve(program.limits.free())
    assert relaxed is not None
    assert remembered(program, relaxed.choices, 10) is None
    assert not is_rememberable(program, 10)
    plain = PathProgram(problem)
    assert remembered(plain, relaxed.choices, 10_000_000) is None


@settings(derandomize=True, deadline=None, max_examples=40)
@given(SHAPES, st.integers(2, 4), st.sampled_from([None, 0.03]))
def test_an_edit_whose_bound_is_tightened_by_memory_is_still_the_best(shape, wide, weight):
    problem = make_problem(**shape, per_clip=shape["uses"])
    problem = with_rules(
        problem, shape["seed"], rows=1, covers=0, streaks=0, sequences=0, follows=0, soft_01=1.0
    )
    problem = spaced(problem, shape["seed"], wide=wide, weight=weight)
    best, worth = best_by_counting(problem)
    found = solve_cut(problem, Effort(few=False, whole=0, rounds=0, first_steps=5, first_work=0))
    assert best is None or found.bound >= worth - 1e-9
    if found.choices is not None:
        assert found.objective == pytest.approx(objective(problem, found.choices), abs=1e-12)

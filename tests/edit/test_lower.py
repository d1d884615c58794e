from dataclasses import replace

import numpy as np
from edit.made_problem import best_by_counting, make_problem
from rushes.edit.grow_part import Ground
from rushes.edit.lower import Steps, lowered
from rushes.edit.problem import Cover
from rushes.edit.relax import PathProgram

STEPS = Steps(most=60, size=1.0, patience=4)


def never(step, relaxed):
    return False


def test_steps_lower_the_bound_towards_the_best_edit_and_never_below_it():
    problem = make_problem(5, clips=5, places=7, angles=2)
    _, worth = best_by_counting(problem)
    program = PathProgram(problem)
    seen = []

    def watched(step, relaxed):
        seen.append(relaxed.bound)
        return False

    prices, bound = lowered(
        program, program.limits, program.limits.free(), STEPS, lambda bound: bound * 0.95, watched
    )
    assert bound <= min(seen) + 1e-6
    assert worth - 1e-9 <= bound < seen[0]
    assert program.solve(prices).bound == bound


def test_a_path_that_overruns_nothing_is_the_last_one():
    problem = make_problem(5, clips=5, places=7, angles=2)
    problem = replace(problem, unit_limit=problem.unit_limit * 0 + 9, clip_limit=problem.clip_limit * 0 + 9)
    problem = replace(problem, apart=False, wanted=problem.wanted[:0])
    program = PathProgram(problem)
    steps = []

    def watched(step, relaxed):
        steps.append(step)
        return False

    prices, bound = lowered(program, program.limits, program.limits.free(), STEPS, lambda bound: 0.0, watched)
    assert steps == [0]
    assert not prices.any()
    assert np.isclose(bound, best_by_counting(problem)[1])


def test_nothing_is_lowered_once_it_is_hopeless():
    program = PathProgram(make_problem(5, clips=5, places=7, angles=2))
    free = program.limits.free()
    assert lowered(program, program.limits, free, STEPS, lambda bound: 0.0, lambda step, _: step == 2) is None
    assert lowered(program, program.limits, free, STEPS, lambda bound: 0.0, never) is not None


def test_hard_windows_of_the_same_groups_are_looked_at_as_one_while_edits_grow():
    problem = make_problem(5, clips=5, places=7, angles=2)
    wide = np.ones((1, len(problem.span_start)), dtype=bool)
    clips = Cover(name="once", touches=wide, unit_group=problem.unit_clip)
    scenes = Cover(name="scenes", touches=wide, unit_group=problem.unit_clip % 2)
    program = PathProgram(replace(problem, apart=True, covers=(clips, scenes)))
    ground = Ground(program, program.limits.free())
    assert [cover.name for cover, _ in ground.covers] == ["apart", "scenes"]
    assert all(both.all() for _, both in ground.covers)

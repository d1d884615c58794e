"""Small cut problems with hard rules of every kind, from a seed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from edit.made_problem import make_problem
from rushes.edit.problem import Cover, CutProblem, Follow, Row, Sequence, Streak


def ruled_problem(seed: int, *, places: int = 6, clips: int = 4, most_rules: int = 5) -> CutProblem:
    """Random rules over a random problem; the names of the rules are their kind and number."""
    rng = np.random.default_rng(seed)
    problem = make_problem(
        seed,
        clips=clips,
        places=places,
        longest=int(rng.integers(1, 4)),
        angles=int(rng.integers(2, 4)),
        uses=int(rng.integers(1, 3)),
        per_clip=int(rng.integers(1, 3)),
        wanted=int(rng.integers(0, 3)),
        max_streak=[None, 1, 2][int(rng.integers(0, 3))],
        unknown_angle=bool(rng.integers(0, 2)),
    )
    makers = (_row, _share, _cover, _streak, _sequence, _follow)
    picks = rng.integers(0, len(makers), int(rng.integers(1, most_rules + 1)))
    for at, pick in enumerate(picks.tolist()):
        field, rule = makers[pick](rng, problem, f"edit.constraints.{at}")
        problem = replace(problem, **{field: (*getattr(problem, field), rule)})
    return problem


def _truth(rng, count):
    return (rng.random(count) < 0.5).astype(float)


def _row(rng, problem, name):
    low = int(rng.integers(0, 4))
    spans, units = problem.value.shape
    part = _truth(rng, units)
    if rng.random() < 0.3:
        return "rows", Row(name=name, span_part=np.ones(spans), unit_part=part, high=float(low))
    return "rows", Row(name=name, span_part=np.ones(spans), unit_part=part, low=float(low))


def _share(rng, problem, name):
    low = float(rng.choice([0.2, 0.4, 0.6]))
    part = _truth(rng, problem.value.shape[1])
    return "rows", Row(name=name, span_part=problem.span_weight, unit_part=part - low, low=0.0)


def _cover(rng, problem, name):
    if rng.random() < 0.5:
        at = np.arange(problem.place_count - 1)[:, None]
        touches = (problem.span_start <= at + 1) & (problem.span_end >= at)
    else:
        touches = np.ones((1, len(problem.span_start)), dtype=bool)
    group = problem.unit_clip if rng.random() < 0.5 else rng.integers(-1, 3, len(problem.unit_clip))
    return "covers", Cover(name=name, touches=touches, unit_group=group)


def _streak(rng, problem, name):
    classes = rng.integers(-1, 2, problem.kind_count)
    return "streaks", Streak(name=name, class_of_kind=classes, most=int(rng.integers(1, 4)))


def _sequence(rng, problem, name):
    side = rng.integers(0, 3, problem.kind_count)
    return "sequences", Sequence(name=name, before=side == 0, after=side == 1)


def _follow(rng, problem, name):
    return "follows", Follow(
        name=name, forbidden=rng.random((problem.kind_count + 1, problem.kind_count)) < 0.35
    )

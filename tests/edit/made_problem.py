"""Small cut problems from a seed, rules for them from a seed, and every lawful edit of one, by counting them all."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from rushes.edit.problem import (
    Choice,
    Choices,
    Cover,
    CutProblem,
    Follow,
    Row,
    Sequence,
    Streak,
    broken_limits,
    objective,
)


def make_problem(
    seed: int,
    *,
    clips: int = 4,
    places: int = 6,
    longest: int = 3,
    angles: int = 2,
    uses: int = 1,
    per_clip: int = 1,
    wanted: int = 0,
    max_streak: int | None = 2,
    unknown_angle: bool = False,
) -> CutProblem:
    """Random values; pieces that are too short for the longer spans."""
    rng = np.random.default_rng(seed)
    pairs = [(end - step, end) for end in range(1, places) for step in range(longest, 0, -1) if step <= end]
    start, end = (np.array(column) for column in zip(*pairs, strict=True))
    weight = (end - start) / (places - 1)
    clip = np.repeat(np.arange(clips), per_clip)
    angle = rng.integers(0, angles, clips)[clip]
    order = np.lexsort((np.arange(len(clip)), angle))
    capacity = rng.integers(1, longest + 1, len(clip))
    worth = rng.random((len(pairs), len(clip))) * weight[:, None]
    fits = (end - start)[:, None] <= capacity[None, :]
    named = rng.permutation(clips)[:wanted]
    groups = np.zeros((wanted, clips), dtype=bool)
    groups[np.arange(wanted), named] = True
    if wanted:
        groups[0, rng.integers(0, clips)] = True
    return CutProblem(
        place_count=places,
        span_start=start,
        span_end=end,
        span_weight=weight,
        value=np.where(fits, worth, -np.inf)[:, order],
        unit_clip=clip[order],
        unit_kind=angle[order],
        unit_limit=np.ones(len(clip), dtype=np.int64),
        clip_limit=np.full(clips, uses, dtype=np.int64),
        wanted=groups,
        pair_value=rng.random((angles + 1, angles)) * 0.3,
        free_kind=angles - 1 if unknown_angle else None,
        max_streak=max_streak,
        apart=uses > 1,
    )


def with_rules(
    problem: CutProblem,
    seed: int,
    *,
    rows: int = 0,
    covers: int = 0,
    streaks: int = 0,
    sequences: int = 0,
    follows: int = 0,
    soft_01: float = 0.5,
) -> CutProblem:
    """The problem with so many random rules; each is soft with the probability soft_01."""
    rng = np.random.default_rng(seed)
    kinds = problem.kind_count

    def weight() -> float | None:
        return float(rng.choice([0.02, 0.2, 2.0])) if rng.random() < soft_01 else None

    return replace(
        problem,
        rows=tuple(_row(problem, rng, f"row {at}", weight()) for at in range(rows)),
        covers=tuple(_cover(problem, rng, f"cover {at}", weight()) for at in range(covers)),
        streaks=tuple(
            Streak(
                name=f"streak {at}",
                class_of_kind=rng.integers(-1, 2, kinds),
                most=int(rng.integers(1, 4)),
                weight=weight(),
            )
            for at in range(streaks)
        ),
        sequences=tuple(
            Sequence(
                name=f"sequence {at}", before=np.equal(side, 0), after=np.equal(side, 1), weight=weight()
            )
            for at in range(sequences)
            for side in [rng.integers(0, 3, kinds)]
        ),
        follows=tuple(
            Follow(name=f"follow {at}", forbidden=rng.random((kinds + 1, kinds)) < 0.3, weight=weight())
            for at in range(follows)
        ),
    )


def _row(problem: CutProblem, rng: np.random.Generator, name: str, weight: float | None) -> Row:
    """A share of time or of shots, or a count, of about half of the units; sometimes with parts of either sign."""
    spans, units = problem.value.shape
    member = np.where(rng.random(units) < 0.5, 1.0, 0.0)
    share = float(rng.choice([0.25, 0.5, 0.75]))
    form = int(rng.integers(0, 5))
    if form == 0:
        return Row(name=name, span_part=problem.span_weight, unit_part=member, low=share, weight=weight)
    if form == 1:
        return Row(name=name, span_part=problem.span_weight, unit_part=member, high=share, weight=weight)
    if form == 2:
        return Row(name=name, span_part=np.ones(spans), unit_part=member, low=1.0, high=1.0, weight=weight)
    if form == 3:
        return Row(name=name, span_part=np.ones(spans), unit_part=member - share, low=0.0, weight=weight)
    late = np.where(problem.span_start >= problem.place_count // 2, 1.0, 0.0)
    return Row(name=name, span_part=late, unit_part=member, low=1.0, high=2.0, weight=weight)


def _cover(problem: CutProblem, rng: np.random.Generator, name: str, weight: float | None) -> Cover:
    """Two places long windows, and groups of units without regard to their clips."""
    at = np.arange(problem.place_count - 1)[:, None]
    touches = (problem.span_start < at + 2) & (problem.span_end > at)
    groups = rng.integers(-1, 3, len(problem.unit_clip))
    return Cover(name=name, touches=touches, unit_group=groups, weight=weight)


def best_by_counting(problem: CutProblem) -> tuple[Choices | None, float]:
    """The best lawful edit and its worth, by trying every one; None and -inf where there is none."""
    best: Choices | None = None
    worth = -np.inf
    stack: list[tuple[int, Choices]] = [(0, ())]
    while stack:
        place, choices = stack.pop()
        if place == problem.place_count - 1:
            if not broken_limits(problem, choices) and objective(problem, choices) > worth:
                best, worth = choices, objective(problem, choices)
            continue
        for span in np.flatnonzero(problem.span_start == place).tolist():
            for unit in np.flatnonzero(np.isfinite(problem.value[span])).tolist():
                if sum(choice.unit == unit for choice in choices) < problem.unit_limit[unit]:
                    stack.append((int(problem.span_end[span]), (*choices, Choice(span, unit))))
    return best, float(worth)

"""Small cut problems from a seed, and every lawful edit of one, by counting them all."""

from __future__ import annotations

import numpy as np
from rushes.edit.problem import Choice, Choices, CutProblem, broken_limits, objective


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

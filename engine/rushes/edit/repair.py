"""From a path that overuses its best footage to a lawful edit: the same spans and angles, other units."""

from __future__ import annotations

import numpy as np

from rushes.edit.problem import (
    IMPOSSIBLE,
    Choice,
    Choices,
    CutProblem,
    Floats,
    Ints,
    broken_limits,
    objective,
)

_FORBIDDEN = 1e6
_MUST_USE_BONUS = 1e3
_ROUNDS = 40


def reassigned(problem: CutProblem, choices: Choices) -> Choices | None:
    """The best units for the spans and angles of a path, each clip within its limit.

    Exact where a clip has one use; where clips have several, repeats of a piece and neighbours from one clip are
    forbidden one after the other until none is left. None where the structure cannot be filled.
    """
    from scipy.optimize import linear_sum_assignment

    spans = np.array([choice.span for choice in choices])
    angles = problem.unit_angle[[choice.unit for choice in choices]]
    worth = np.where(problem.unit_angle[None, :] == angles[:, None], problem.value[spans], IMPOSSIBLE)
    clip_of_column = np.repeat(np.arange(len(problem.clip_limit)), np.minimum(problem.clip_limit, len(spans)))
    bonus = np.zeros((len(spans), len(problem.clip_limit)))
    for _ in range(_ROUNDS):
        by_clip, unit_by_clip = _best_by_clip(problem, worth)
        gain = by_clip[:, clip_of_column]
        cost = np.where(np.isfinite(gain), -(gain + bonus[:, clip_of_column]), _FORBIDDEN)
        rows, columns = linear_sum_assignment(cost)
        if len(rows) < len(spans) or not np.isfinite(gain[rows, columns]).all():
            return None
        clips = clip_of_column[columns]
        units = unit_by_clip[rows, clips]
        found = tuple(Choice(int(span), int(unit)) for span, unit in zip(spans, units, strict=True))
        clash = _first_clash(problem, found)
        if clash is not None:
            _forbid(worth, found, clash)
        elif not _ask_for_wanted(problem, by_clip, clips, bonus):
            return None if broken_limits(problem, found) else found
    return None


def _ask_for_wanted(problem: CutProblem, by_clip: Floats, clips: Ints, bonus: Floats) -> bool:
    """Give a bonus to the cheapest way of using the first wanted group that is not used; False where all are."""
    unmet = np.flatnonzero(~problem.wanted[:, clips].any(axis=1))
    if len(unmet) == 0:
        return False
    now = by_clip[np.arange(len(clips)), clips]
    change = np.where(problem.wanted[unmet[0]] & (bonus == 0.0), by_clip - now[:, None], IMPOSSIBLE)
    row, clip = np.unravel_index(int(change.argmax()), change.shape)
    bonus[row, clip] = _MUST_USE_BONUS
    return True


def _best_by_clip(problem: CutProblem, worth: Floats) -> tuple[Floats, Ints]:
    """Best value of each row by clip, and the unit that gives it: both (rows, clips)."""
    rows, clips = worth.shape[0], len(problem.clip_limit)
    best = np.full((rows, clips), IMPOSSIBLE)
    unit = np.zeros((rows, clips), dtype=np.int64)
    order = np.argsort(problem.unit_clip, kind="stable")
    if len(order) == 0:
        return best, unit
    sorted_clip = problem.unit_clip[order]
    starts = np.flatnonzero(np.r_[True, np.diff(sorted_clip) > 0])
    best[:, sorted_clip[starts]] = np.maximum.reduceat(worth[:, order], starts, axis=1)
    for start, stop in zip(starts, np.r_[starts[1:], len(order)], strict=True):
        of_clip = order[start:stop]
        unit[:, sorted_clip[start]] = of_clip[worth[:, of_clip].argmax(axis=1)]
    return best, unit


def _first_clash(problem: CutProblem, choices: Choices) -> tuple[int, int] | None:
    """Two shots that may not both stand: one piece used beyond its limit, or neighbours from one clip."""
    seen: dict[int, list[int]] = {}
    for at, choice in enumerate(choices):
        uses = seen.setdefault(choice.unit, [])
        if len(uses) >= problem.unit_limit[choice.unit]:
            return uses[-1], at
        uses.append(at)
        same = at and problem.unit_clip[choices[at - 1].unit] == problem.unit_clip[choice.unit]
        if problem.apart and same:
            return at - 1, at
    return None


def _forbid(worth: Floats, choices: Choices, clash: tuple[int, int]) -> None:
    """Take the unit from that of two clashing shots which has the better second choice."""
    losses: list[float] = []
    for at in clash:
        row = worth[at].copy()
        now = row[choices[at].unit]
        row[choices[at].unit] = IMPOSSIBLE
        losses.append(float(now - row.max()))
    loser = clash[0] if losses[0] < losses[1] else clash[1]
    worth[loser, choices[loser].unit] = IMPOSSIBLE


def better(problem: CutProblem, new: Choices | None, old: Choices | None) -> bool:
    """Whether a lawful edit beats the best so far."""
    if new is None:
        return False
    return old is None or objective(problem, new) > objective(problem, old)

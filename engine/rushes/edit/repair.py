"""From a path that overuses its best footage to a lawful edit: the same spans and kinds, other units."""

from __future__ import annotations

from itertools import count

import numpy as np

from rushes.edit.assignment import cheapest_assignment
from rushes.edit.problem import (
    IMPOSSIBLE,
    Bools,
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
_SMALL = 30
"""Up to so many shots it does not pay to load scipy; longer edits need its solver anyway."""
_FEW = 20
"""So many assignments of a longer edit are made in less time than it takes to load scipy: a section anew needs no more. Both give the
same answer to the last tie, so it does not matter what a process did before."""
_asked = count()


def reassigned(problem: CutProblem, choices: Choices) -> Choices | None:
    """The best units for the spans and kinds of a path, each clip within its limit.

    Exact where a clip has one use and no rule counts; where clips have several, repeats of a piece and neighbours from
    one clip are forbidden one after the other until none is left. None where the structure cannot be filled, or breaks a
    rule.
    """
    spans = np.array([choice.span for choice in choices])
    kinds = problem.unit_kind[[choice.unit for choice in choices]]
    worth = np.where(
        problem.unit_kind[None, :] == kinds[:, None],
        problem.value[spans],
        IMPOSSIBLE,
    )
    clip_of_column = np.repeat(np.arange(len(problem.clip_limit)), np.minimum(problem.clip_limit, len(spans)))
    by_clip = _ByClip(problem)
    bonus = _bonus_for_clips(problem, clip_of_column, len(spans))
    for _ in range(_ROUNDS):
        gain = by_clip.best(worth)[:, clip_of_column]
        cost = np.where(np.isfinite(gain), -(gain + bonus), _FORBIDDEN)
        rows, columns = _cheapest(cost)
        if len(rows) < len(spans) or not np.isfinite(gain[rows, columns]).all():
            return None
        units = by_clip.units(worth, clip_of_column[columns])
        found = tuple(Choice(int(span), unit) for span, unit in zip(spans, units, strict=True))
        clash = _first_clash(problem, found)
        if clash is not None:
            _forbid(worth, found, clash)
        elif not _ask_for_wanted(problem, gain, columns, clip_of_column, bonus):
            return None if broken_limits(problem, found) else found
    return None


def _cheapest(cost: Floats) -> tuple[Ints, Ints]:
    if len(cost) <= _SMALL or next(_asked) < _FEW:
        return cheapest_assignment(cost)
    from scipy.optimize import linear_sum_assignment

    rows, columns = linear_sum_assignment(cost)
    return rows, columns


def _bonus_for_clips(problem: CutProblem, clip_of_column: Ints, rows: int) -> Floats:
    """(rows, columns) a bonus for one use of every clip that a wanted group names alone."""
    named: Bools = np.zeros(len(problem.clip_limit), dtype=bool)
    named[problem.wanted[problem.wanted.sum(axis=1) == 1].nonzero()[1]] = True
    first = np.concatenate([[True], np.diff(clip_of_column) > 0]) & named[clip_of_column]
    return np.repeat(np.where(first, _MUST_USE_BONUS, 0.0)[None], rows, axis=0)


def _ask_for_wanted(
    problem: CutProblem, gain: Floats, columns: Ints, clip_of_column: Ints, bonus: Floats
) -> bool:
    """Give a bonus to the cheapest way of using the first wanted group that is not used; False where all are."""
    unmet = np.flatnonzero(~problem.wanted[:, clip_of_column[columns]].any(axis=1))
    if len(unmet) == 0:
        return False
    now = gain[np.arange(len(columns)), columns]
    may = problem.wanted[unmet[0]][clip_of_column] & (bonus == 0.0)
    change = np.where(may, gain - now[:, None], IMPOSSIBLE)
    row, column = np.unravel_index(int(change.argmax()), change.shape)
    bonus[row, column] = _MUST_USE_BONUS
    return True


class _ByClip:
    """The units of each clip, found quickly."""

    def __init__(self, problem: CutProblem) -> None:
        self._clips = len(problem.clip_limit)
        self._order = np.argsort(problem.unit_clip, kind="stable")
        ordered = problem.unit_clip[self._order]
        self._starts = np.flatnonzero(np.concatenate([[True], np.diff(ordered) > 0]))
        self._present = ordered[self._starts]
        self._bounds = np.searchsorted(ordered, np.arange(self._clips + 1))

    def best(self, worth: Floats) -> Floats:
        """(rows, clips) the best worth of any unit of each clip."""
        found = np.full((worth.shape[0], self._clips), IMPOSSIBLE)
        found[:, self._present] = np.maximum.reduceat(worth[:, self._order], self._starts, axis=1)
        return found

    def units(self, worth: Floats, clips: Ints) -> list[int]:
        """For each row the best unit of its clip."""
        members = [self._order[self._bounds[clip] : self._bounds[clip + 1]] for clip in clips]
        return [int(units[worth[row, units].argmax()]) for row, units in enumerate(members)]


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

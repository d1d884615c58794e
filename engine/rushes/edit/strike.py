"""What no lawful edit can contain is struck out before anything is priced.

Of the spans over one step of the grid exactly one is part of every edit. Where all of them carry the same clip, that clip
is used there, whatever else is: what is left of its uses, and of the windows that it touches, is known at once. And a
count that cannot be brought within its bounds by any path through a choice rules the choice out. Both are repeated
until nothing more follows; locked shots are settled by it nearly alone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from rushes.edit.problem import IMPOSSIBLE, ROW_TOLERANCE, Bools, CutProblem, Floats, Ints, Row

_ROUNDS = 6
"""Each round that strikes something out is followed by another, up to so many."""
_SLACK = 2 * ROW_TOLERANCE
"""A count this close to a bound is left to those who add up exactly."""


@dataclass(frozen=True, slots=True, eq=False)
class CountRange:
    """The least and the most that each of some rows can count before and after each place: (places, rows). Infinite
    where no path leads."""

    least_before: Floats
    most_before: Floats
    least_after: Floats
    most_after: Floats


def struck(problem: CutProblem) -> CutProblem:
    """The same problem with -inf for every (span, unit) that is shown to be part of no lawful edit."""
    may: Bools = np.asarray(np.isfinite(problem.value), dtype=np.bool_)
    left = int(may.sum())
    for _ in range(_ROUNDS):
        _strike_used_up(problem, may)
        _strike_crowded(problem, may)
        _strike_miscounted(problem, may)
        before, left = left, int(may.sum())
        if left == before:
            break
    return replace(problem, value=np.where(may, problem.value, IMPOSSIBLE))


def hard_rows(problem: CutProblem) -> tuple[Row, ...]:
    """Rows that must hold."""
    return tuple(row for row in problem.rows if row.weight is None)


def count_range(problem: CutProblem, rows: tuple[Row, ...], may: Bools) -> CountRange:
    """How far each row can be brought on the way to each place and from it on; limits on uses are not looked at."""
    least, most = _per_span(rows, may)
    starts, ends = problem.span_start.tolist(), problem.span_end.tolist()
    shape = (problem.place_count, len(rows))
    low, high = np.full(shape, np.inf), np.full(shape, -np.inf)
    low[0] = high[0] = 0.0
    for span in np.flatnonzero(may.any(axis=1)).tolist():
        start, end = starts[span], ends[span]
        np.minimum(low[end], low[start] + least[span], out=low[end])
        np.maximum(high[end], high[start] + most[span], out=high[end])
    return CountRange(low, high, *counts_after(problem, rows, may, problem.place_count - 1))


def counts_after(problem: CutProblem, rows: tuple[Row, ...], may: Bools, last: int) -> tuple[Floats, Floats]:
    """(places, rows) the least and the most that each row can count from each place to `last`."""
    least, most = _per_span(rows, may)
    starts, ends = problem.span_start.tolist(), problem.span_end.tolist()
    shape = (problem.place_count, len(rows))
    low, high = np.full(shape, np.inf), np.full(shape, -np.inf)
    low[last] = high[last] = 0.0
    for span in np.flatnonzero(may.any(axis=1))[::-1].tolist():
        start, end = starts[span], ends[span]
        np.minimum(low[start], low[end] + least[span], out=low[start])
        np.maximum(high[start], high[end] + most[span], out=high[start])
    return low, high


def _per_span(rows: tuple[Row, ...], may: Bools) -> tuple[Floats, Floats]:
    """(spans, rows) the least and the most that a span can count."""
    shape = (len(may), len(rows))
    least, most = np.full(shape, np.inf), np.full(shape, -np.inf)
    for at, row in enumerate(rows):
        for part in np.unique(row.unit_part):
            fits = may[:, row.unit_part == part].any(axis=1)
            counted = row.span_part[fits] * part
            least[fits, at] = np.minimum(least[fits, at], counted)
            most[fits, at] = np.maximum(most[fits, at], counted)
    return least, most


def _over_steps(problem: CutProblem) -> list[Ints]:
    """For each step of the grid, the spans over it."""
    return [
        np.flatnonzero((problem.span_start <= step) & (problem.span_end > step))
        for step in range(problem.place_count - 1)
    ]


def _strike_used_up(problem: CutProblem, may: Bools) -> None:
    """Clips and pieces whose uses are all bound to certain steps are struck out everywhere else."""
    for owner, limit in ((problem.unit_clip, problem.clip_limit), (_self(problem), problem.unit_limit)):
        bound: dict[int, list[Ints]] = {}
        free_from: dict[int, int] = {}
        for step, spans in enumerate(_over_steps(problem)):
            only = _only_one(owner[may[spans].any(axis=0)])
            if only is None or step < free_from.get(only, 0):
                continue
            held = spans[may[spans].any(axis=1)]
            bound.setdefault(only, []).append(held)
            free_from[only] = int(problem.span_end[held].max())
        for only, places in bound.items():
            if len(places) >= limit[only]:
                elsewhere = np.ones(len(may), dtype=bool)
                elsewhere[np.concatenate(places)] = False
                may[np.ix_(elsewhere, owner == only)] = False
                if len(places) > limit[only]:
                    may[:, owner == only] = False


def _self(problem: CutProblem) -> Ints:
    return np.arange(len(problem.unit_clip))


def _only_one(owners: Ints) -> int | None:
    """The owner of all units, where there is just one."""
    return int(owners[0]) if len(owners) and (owners == owners[0]).all() else None


def _strike_crowded(problem: CutProblem, may: Bools) -> None:
    """A window that every shot over a step touches, with one and the same group, has no room for another of it."""
    covers = [cover for cover in problem.covers if cover.weight is None]
    if not covers:
        return
    steps = _over_steps(problem)
    for cover in covers:
        for spans in steps:
            only = _only_one(cover.unit_group[may[spans].any(axis=0)])
            held = spans[may[spans].any(axis=1)]
            if only is None or only < 0 or len(held) == 0:
                continue
            full = cover.touches[:, held].all(axis=1)
            near: Bools = np.asarray(cover.touches[full].any(axis=0), dtype=np.bool_)
            near[spans] = False
            may[np.ix_(near, cover.unit_group == only)] = False


def _strike_miscounted(problem: CutProblem, may: Bools) -> None:
    """Choices through which no path brings a row within its bounds."""
    rows = hard_rows(problem)
    if not rows:
        return
    reach = count_range(problem, rows, may)
    for at, row in enumerate(rows):
        least = reach.least_before[problem.span_start, at] + reach.least_after[problem.span_end, at]
        most = reach.most_before[problem.span_start, at] + reach.most_after[problem.span_end, at]
        for part in np.unique(row.unit_part):
            counted = row.span_part * part
            out = (least + counted > row.high + _SLACK) | (most + counted < row.low - _SLACK)
            may[np.ix_(out, row.unit_part == part)] = False

"""What no path can use is left out before anything is computed: with fixed shots, that is nearly everything."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from rushes.edit.problem import Bools, Choice, Choices, Cover, CutProblem, Ints


@dataclass(frozen=True, slots=True, eq=False)
class Pruned:
    """The smaller problem, and which span and unit of the whole one each of its spans and units is."""

    problem: CutProblem
    span: Ints
    unit: Ints

    def whole(self, choices: Choices) -> Choices:
        """The same edit in the indices of the whole problem."""
        return tuple(Choice(int(self.span[one.span]), int(self.unit[one.unit])) for one in choices)


def pruned(problem: CutProblem) -> Pruned | None:
    """Without spans that no path uses, units that fit none of them, and windows that hold one shot at most; None where
    there is no path."""
    spans = np.flatnonzero(_on_a_path(problem))
    if len(spans) == 0:
        return None
    units = np.flatnonzero(np.isfinite(problem.value[spans]).any(axis=0))
    places = np.union1d(problem.span_start[spans], problem.span_end[spans])
    covers = (_smaller(problem, cover, spans, units) for cover in problem.covers)
    smaller = replace(
        problem,
        place_count=len(places),
        span_start=np.searchsorted(places, problem.span_start[spans]),
        span_end=np.searchsorted(places, problem.span_end[spans]),
        span_weight=problem.span_weight[spans],
        value=problem.value[np.ix_(spans, units)],
        unit_clip=problem.unit_clip[units],
        unit_kind=problem.unit_kind[units],
        unit_limit=problem.unit_limit[units],
        rows=tuple(
            replace(row, span_part=row.span_part[spans], unit_part=row.unit_part[units])
            for row in problem.rows
        ),
        covers=tuple(cover for cover in covers if cover is not None),
    )
    return Pruned(smaller, spans, units)


def _on_a_path(problem: CutProblem) -> Bools:
    """(spans,) whether something fits a span, and it can be reached and left for the last place."""
    usable: Bools = np.asarray(np.isfinite(problem.value).any(axis=1), dtype=np.bool_)
    starts, ends = problem.span_start.tolist(), problem.span_end.tolist()
    reached = np.zeros(problem.place_count, dtype=bool)
    left = np.zeros(problem.place_count, dtype=bool)
    reached[0] = left[-1] = True
    for span in np.flatnonzero(usable).tolist():
        reached[ends[span]] |= reached[starts[span]]
    for span in np.flatnonzero(usable)[::-1].tolist():
        left[starts[span]] |= left[ends[span]]
    return usable & reached[problem.span_start] & left[problem.span_end]


def _smaller(problem: CutProblem, cover: Cover, spans: Ints, units: Ints) -> Cover | None:
    """None where no window can hold two shots of one group."""
    touches = cover.touches[:, spans]
    touches = touches[touches.sum(axis=1) > 1]
    if cover.weight is None:
        touches = np.unique(touches, axis=0)
    groups = cover.unit_group[units]
    most = _most_uses(problem, units, groups)
    groups = np.where((groups >= 0) & (most[groups] > 1), groups, -1)
    if len(touches) == 0 or not (groups >= 0).any():
        return None
    names = np.unique(groups[groups >= 0])
    dense = np.where(groups >= 0, np.searchsorted(names, groups), -1)
    return replace(cover, touches=touches, unit_group=dense)


def _most_uses(problem: CutProblem, units: Ints, groups: Ints) -> Ints:
    """(groups,) how often units of each group can be used at most, by the limits of their clips."""
    pairs = np.unique(np.column_stack([groups, problem.unit_clip[units]])[groups >= 0], axis=0)
    count = int(groups.max(initial=-1)) + 1
    uses = np.bincount(pairs[:, 0], weights=problem.clip_limit[pairs[:, 1]], minlength=max(count, 1))
    return uses.astype(np.int64)

"""The ground on which edits grow: what a beginning of an edit can reach, at given prices and beside shots that stay."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from rushes.edit.priced import PreparedCover
from rushes.edit.problem import IMPOSSIBLE, ROW_TOLERANCE, Bools, Choices, Floats, Ints
from rushes.edit.relax import PathProgram
from rushes.edit.states import longest_row
from rushes.edit.strike import counts_after


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """Places start..end of an edit, to be filled.

    state: of the path before it. starting: for each place the spans from there on that lie within; looked: for each span
    the units that are looked at; net: their worth at the prices. left: (places, states + 1) best worth at the prices from there to the end of the edit;
    worth_after: (states + 1,) of the shots behind it, without prices. clips, pieces, counts: what the shots that stay use
    up and count. least_after, most_after: (places, rows) what the rest of the part can count.
    """

    start: int
    end: int
    shots: int
    state: int
    starting: dict[int, list[int]]
    looked: dict[int, Ints]
    net: dict[int, Floats]
    left: Floats
    worth_after: Floats
    fixed_worth: float
    fixed_net: float
    """Worth of the shots before it, without prices and with them."""
    clips: Ints
    pieces: Ints
    counts: Floats
    least_after: Floats
    most_after: Floats


class Ground:
    """A problem at given prices, made ready for growing."""

    def __init__(self, program: PathProgram, prices: Floats) -> None:
        problem, states = program.problem, program.states
        self.program = program
        limits = program.limits
        prices = limits.without_soft_covers(prices)
        # What soft covers take is counted as it arises.
        self.net = limits.net_value(prices)
        self.refund = limits.refund(prices)
        self.best, _ = program.best_by_kind(self.net)
        self.next = np.full((states.count + 1, problem.kind_count), -1, dtype=np.int64)
        self.next[states.come, states.kind[states.to]] = states.to
        self.step = np.full(self.next.shape, IMPOSSIBLE)
        self.step[states.come, states.kind[states.to]] = states.worth
        self.rows, asked = problem.rows, prices[limits.rows] / limits.scale
        self.weight = weight = np.array([0.0 if row.weight is None else row.weight for row in self.rows])
        self.is_hard: Bools = np.array([row.weight is None for row in self.rows], dtype=np.bool_)
        self.low = np.array([row.low for row in self.rows]) - ROW_TOLERANCE / 2
        self.high = np.array([row.high for row in self.rows]) + ROW_TOLERANCE / 2
        is_soft = ~self.is_hard
        self.dear_over = np.where(is_soft & np.isfinite(self.high), weight - np.maximum(asked, 0.0), 0.0)
        self.dear_under = np.where(is_soft & np.isfinite(self.low), weight + np.minimum(asked, 0.0), 0.0)
        spans, units = problem.value.shape
        self.of_span = np.array([row.span_part for row in self.rows]).reshape(len(self.rows), spans)
        self.of_unit = np.array([row.unit_part for row in self.rows]).reshape(len(self.rows), units)
        self.parts_of_unit = [np.unique(row, return_inverse=True) for row in self.of_unit]
        """For each row, the different parts of units, and which of them each unit has."""
        self.covers = _merged([cover for cover in limits.covers if np.isinf(cover.weight)])
        self.soft_covers = [
            (cover, cover.weight * _together(cover, len(problem.span_start)))
            for cover in limits.covers
            if np.isfinite(cover.weight)
        ]
        self._may: Bools = np.asarray(np.isfinite(problem.value), dtype=np.bool_)
        self._shots = longest_row(problem)

    def part(self, before: Choices, after: Choices, of_kind: int) -> Part:
        """The part between shots that stay; the whole where there are none."""
        problem, fixed = self.program.problem, (*before, *after)
        start = int(problem.span_end[before[-1].span]) if before else 0
        end = int(problem.span_start[after[0].span]) if after else problem.place_count - 1
        inside = np.flatnonzero((problem.span_start >= start) & (problem.span_end <= end))
        units = [choice.unit for choice in fixed]
        net = self.net[inside]
        if fixed:
            net = np.where(self.program.limits.room(fixed)[inside], net, IMPOSSIBLE)
        for cover, _ in self.soft_covers:
            net = net - self._crowded(cover, fixed)[inside][:, cover.group]
        looked = dict(zip(inside.tolist(), self._looked(net, of_kind), strict=True))
        of_looked = {span: row[looked[span]] for span, row in zip(inside.tolist(), net, strict=True)}
        after_worth, after_left = self._after(after)
        inner = np.where(np.isin(np.arange(len(self._may)), inside)[:, None], self._may, False)
        least, most = counts_after(problem, self.rows, inner, end)
        best = np.full(self.best.shape, IMPOSSIBLE)
        best[inside] = self._best_by_kind(net)
        state, worth, fixed_net = self._run(before)
        return Part(
            start=start,
            end=end,
            shots=min(self._shots, end - start),
            state=state,
            starting={
                place: inside[problem.span_start[inside] == place].tolist() for place in range(start, end)
            },
            looked=looked,
            net=of_looked,
            left=self.program.backward(best, end=end, at_end=after_left),
            worth_after=after_worth,
            fixed_worth=worth,
            fixed_net=fixed_net,
            clips=np.bincount(problem.unit_clip[units], minlength=len(problem.clip_limit)),
            pieces=np.bincount(np.array(units, dtype=np.int64), minlength=len(problem.unit_limit)),
            counts=np.array(
                [
                    sum(self.of_span[at, one.span] * self.of_unit[at, one.unit] for one in fixed)
                    for at in range(len(self.rows))
                ]
            ),
            least_after=least,
            most_after=most,
        )

    def _crowded(self, cover: PreparedCover, fixed: Choices) -> Floats:
        """(spans, groups + 1) what a shot costs in windows of a soft cover that the shots that stay touch; the last column,
        of units in no group, is 0."""
        held = np.zeros((cover.shape[0], cover.shape[1] + 1))
        for one in fixed:
            held[cover.windows[one.span], cover.group[one.unit]] = cover.weight
        held[:, -1] = 0.0
        return cover.over_spans(held)

    def soft_rows(self, counts: Floats) -> Floats:
        """(edits,) what soft rows take from edits with these counts, (edits, rows)."""
        off = np.maximum(np.maximum(counts - self.high, self.low - counts), 0.0)
        return np.asarray((off * self.weight).sum(axis=1), dtype=np.float64)

    def _best_by_kind(self, net: Floats) -> Floats:
        best = np.full((len(net), self.program.problem.kind_count), IMPOSSIBLE)
        for kind, units in self.program.slices:
            best[:, kind] = net[:, units].max(axis=1)
        return best

    def _looked(self, net: Floats, most: int) -> list[Ints]:
        """For each span the units with the best net worth of each kind, so many."""
        taken: Bools = np.isfinite(net)
        for _, units in self.program.slices:
            count = units.stop - units.start
            if count > most:
                of_kind = net[:, units]
                least = np.partition(of_kind, count - most, axis=1)[:, count - most]
                taken[:, units] &= of_kind >= least[:, None]
        return [np.flatnonzero(row) for row in taken]

    def _run(self, before: Choices) -> tuple[int, float, float]:
        """State and worth, without prices and with them, after some shots from the first on."""
        problem = self.program.problem
        state, worth, net = self.program.states.count, 0.0, 0.0
        for one in before:
            kind = int(problem.unit_kind[one.unit])
            step = float(problem.span_weight[one.span] * self.step[state, kind])
            worth += step + float(problem.value[one.span, one.unit])
            net += step + float(self.net[one.span, one.unit])
            state = int(self.next[state, kind])
        return state, worth, net

    def _after(self, after: Choices) -> tuple[Floats, Floats]:
        """(states + 1,) worth of the shots behind, from each state: without prices, and with them."""
        problem = self.program.problem
        size = self.program.states.count + 1
        state, worth, net = np.arange(size), np.zeros(size), 0.0
        for one in after:
            kind = int(problem.unit_kind[one.unit])
            step = np.where(state >= 0, self.step[state, kind], IMPOSSIBLE)
            worth = worth + problem.span_weight[one.span] * step
            net += float(self.net[one.span, one.unit])
            state = np.where(np.isfinite(step), self.next[state, kind], -1)
        value = math.fsum(float(problem.value[one.span, one.unit]) for one in after)
        return worth + value, worth + net


def _merged(covers: list[PreparedCover]) -> list[tuple[PreparedCover, Bools]]:
    """Hard covers, each with (spans, spans) whether any window touches both; those of the same groups are one."""
    found: dict[bytes, tuple[PreparedCover, Bools]] = {}
    for cover in covers:
        both: Bools = np.asarray(_together(cover, len(cover.windows)) > 0, dtype=np.bool_)
        first, already = found.get(cover.group.tobytes(), (cover, both))
        found[cover.group.tobytes()] = first, both | already
    return list(found.values())


def _together(cover: PreparedCover, spans: int) -> Floats:
    """(spans, spans) how many windows both of two spans touch."""
    touches = np.zeros((cover.shape[0], spans), dtype=bool)
    for span, windows in enumerate(cover.windows):
        touches[windows, span] = True
    found = np.zeros((spans, spans))
    for held in touches:
        both = np.flatnonzero(held)
        found[np.ix_(both, both)] += 1.0
    return found

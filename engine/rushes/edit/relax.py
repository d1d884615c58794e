"""An upper bound on every edit: the limits on use become prices, and what is left is an exact dynamic program.

Held and Karp's method (1970, Lagrangian relaxation by subgradients) on a shortest path with resources. For any prices
the best path is worth at least as much as the best lawful edit, so the lowest such worth is a proven bound.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rushes.edit.priced import Limits
from rushes.edit.problem import IMPOSSIBLE, Choice, Choices, CutProblem, Floats, Ints
from rushes.edit.states import States, make_states

_FEW_STATES = 12
"""Up to so many states, all steps at once are quicker than bundles of them."""
_STORED = 5_000_000
"""Arcs times spans whose weighed worth is kept rather than computed each time."""


@dataclass(frozen=True, slots=True, eq=False)
class Relaxed:
    """The best path at given prices: its choices, which may break the limits, and the bound that it proves."""

    prices: Floats
    bound: float
    choices: Choices


@dataclass(frozen=True, slots=True, eq=False)
class Arcs:
    """The steps between states, bundled: of states from which a step to one state is worth the same, only the best
    matters, whatever the span.

    member: states of all bundles, one bundle after the other; first: where each begins. bundle, worth: (arcs,) sorted by
    the state that they lead to; into: (states,) where the arcs into each begin.
    """

    member: Ints
    first: Ints
    bundle: Ints
    worth: Floats
    into: Ints


def _bundled(states: States) -> Arcs:
    order = np.lexsort((states.come, states.worth, states.to))
    to, worth, come = states.to[order], states.worth[order], states.come[order]
    starts = np.flatnonzero(np.concatenate([[True], (np.diff(to) > 0) | (np.diff(worth) != 0)]))
    numbers: dict[bytes, int] = {}
    bundles: list[Ints] = []
    bundle: list[int] = []
    for sources in np.split(come, starts[1:]):
        number = numbers.setdefault(sources.tobytes(), len(bundles))
        if number == len(bundles):
            bundles.append(sources)
        bundle.append(number)
    return Arcs(
        member=np.concatenate(bundles),
        first=np.cumsum([0, *(len(one) for one in bundles[:-1])]),
        bundle=np.array(bundle),
        worth=worth[starts],
        into=np.searchsorted(to[starts], np.arange(states.count)),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Block:
    """Spans that end at neighbouring places and begin before all of these: one step of the program. ends: their places;
    first: where, within the spans, those of each place begin."""

    spans: slice
    ends: Ints
    first: Ints
    starts: Ints
    """(spans,) places at which they begin."""


def _blocks(problem: CutProblem) -> list[_Block]:
    found: list[_Block] = []
    ends, first = np.unique(problem.span_end, return_index=True)
    until = np.append(first[1:], len(problem.span_end))
    at = 0
    while at < len(ends):
        stop = at + 1
        while stop < len(ends) and problem.span_start[first[at] : until[stop]].max() < ends[at]:
            stop += 1
        begin = int(first[at])
        spans = slice(begin, int(until[stop - 1]))
        found.append(_Block(spans, ends[at:stop], first[at:stop] - begin, problem.span_start[spans]))
        at = stop
    return found


class PathProgram:
    """The dynamic program over places and states, kept warm for many prices."""

    def __init__(self, problem: CutProblem) -> None:
        self.problem = problem
        self.limits = Limits(problem)
        self.states = make_states(problem)
        self.slices = [
            (kind, part) for kind, part in enumerate(problem.kind_slices()) if part.stop > part.start
        ]
        self.table = self.states.table()
        self._blocks = _blocks(problem)
        self._arcs = _bundled(self.states) if self.states.count else None
        self._marks = np.searchsorted(problem.span_end, np.arange(problem.place_count + 1))
        self._into = np.searchsorted(self.states.to, np.arange(self.states.count + 1))
        self._weighed: Floats | None = None
        self._steps: Floats | None = None
        if 0 < self.states.count <= _FEW_STATES:
            self._steps = self._all_steps()
        if self._arcs is not None and len(problem.span_start) * len(self._arcs.worth) <= _STORED:
            self._weighed = problem.span_weight[:, None] * self._arcs.worth

    def _all_steps(self) -> Floats:
        """(spans, states + 1, states) weighed worth of every step, -inf where there is none."""
        possible = np.isfinite(self.table)
        weighed = self.problem.span_weight[:, None, None] * np.where(possible, self.table, 0.0)
        return np.where(possible, weighed, IMPOSSIBLE)

    @property
    def work(self) -> int:
        """How many arcs one run of the program looks at."""
        return max(1, len(self.problem.span_start) * (0 if self._arcs is None else len(self._arcs.worth)))

    def best_by_kind(self, net: Floats) -> tuple[Floats, Ints]:
        """Best net value of each span by kind, and the unit that gives it: both (spans, kinds)."""
        best = np.full((net.shape[0], self.problem.kind_count), IMPOSSIBLE)
        unit = np.zeros(best.shape, dtype=np.int64)
        rows = np.arange(net.shape[0])
        for kind, of_kind in self.slices:
            first = net[:, of_kind].argmax(axis=1)
            unit[:, kind] = first + of_kind.start
            best[:, kind] = net[rows, unit[:, kind]]
        return best, unit

    def forward(self, best: Floats, picks: dict[int, Ints] | None = None) -> Floats:
        """(places, states + 1) worth of the best path to each place and state; the last state is the start.

        picks: takes, for some places, where the best path to each state comes from, as `trace` reads it.
        """
        problem, arcs, count = self.problem, self._arcs, self.states.count
        reach = np.full((problem.place_count, count + 1), IMPOSSIBLE)
        reach[0, count] = 0.0
        if arcs is None:
            return reach
        if self._steps is not None:
            return self._forward_by_steps(best, reach, self._steps, picks)
        bundles = np.full((problem.place_count, len(arcs.first)), IMPOSSIBLE)
        bundles[0] = np.maximum.reduceat(reach[0][arcs.member], arcs.first)
        by_state = best[:, self.states.kind]
        for block in self._blocks:
            weighed = self._weighed_arcs(block.spans)
            worth = bundles[problem.span_start[block.spans]][:, arcs.bundle] + weighed
            onto = np.maximum.reduceat(worth, arcs.into, axis=1) + by_state[block.spans]
            best_of_end = np.maximum.reduceat(onto, block.first, axis=0)
            reach[block.ends, :count] = best_of_end
            held = reach[block.ends][:, arcs.member]
            bundles[block.ends] = np.maximum.reduceat(held, arcs.first, axis=1)
        return reach

    def _forward_by_steps(
        self, best: Floats, reach: Floats, steps: Floats, picks: dict[int, Ints] | None
    ) -> Floats:
        """The same over all steps at once."""
        count = self.states.count
        columns = np.arange(count)
        onto = steps + best[:, self.states.kind][:, None, :]
        for block in self._blocks:
            worth = onto[block.spans] + reach[block.starts, :, None]
            if len(block.ends) == 1 and picks is not None:
                flat = worth.reshape(-1, count)
                picks[int(block.ends[0])] = pick = flat.argmax(axis=0)
                reach[block.ends[0], :count] = flat[pick, columns]
            elif len(block.ends) == 1:
                reach[block.ends[0], :count] = np.maximum.reduce(worth.reshape(-1, count))
            else:
                reach[block.ends, :count] = np.maximum.reduceat(
                    np.maximum.reduce(worth, axis=1), block.first, axis=0
                )
        return reach

    @property
    def arcs(self) -> Arcs:
        """The steps, bundled; there is at least one state."""
        assert self._arcs is not None
        return self._arcs

    def _weighed_arcs(self, spans: slice) -> Floats:
        if self._weighed is not None:
            return self._weighed[spans]
        return self.problem.span_weight[spans, None] * self.arcs.worth

    def steps_into(self, state: int) -> slice:
        """The steps of the states that lead to one."""
        return slice(int(self._into[state]), int(self._into[state + 1]))

    def backward(self, best: Floats, *, end: int | None = None, at_end: Floats | None = None) -> Floats:
        """(places, states) worth of the best path from (place, state) to the last place; a further column for the start.

        end, at_end: to this place instead, where each state is worth so much, (states + 1,).
        """
        problem, states = self.problem, self.states
        end = problem.place_count - 1 if end is None else end
        left = np.full((problem.place_count, states.count + 1), IMPOSSIBLE)
        left[end, : states.count] = 0.0 if at_end is None else at_end[: states.count]
        if states.count == 0:
            return left
        order = np.lexsort((states.to, states.come))
        come, to, worth = states.come[order], states.to[order], states.worth[order]
        sources, first = np.unique(come, return_index=True)
        by_state = best[:, states.kind]
        marks = self._marks
        for place in range(end, 0, -1):
            spans = slice(int(marks[place]), int(marks[place + 1]))
            starts = problem.span_start[spans]
            onward = (by_state[spans] + left[place, : states.count])[:, to]
            through = np.maximum.reduceat(onward + problem.span_weight[spans, None] * worth, first, axis=1)
            rows = np.ix_(starts, sources)
            left[rows] = np.maximum(left[rows], through)
        return left

    def trace(self, reach: Floats, best: Floats, units: Ints, picks: dict[int, Ints]) -> Choices:
        """The best path, read backwards. picks: of a place, for each state, span within those that end there x (states + 1) +
        the state before; places that are missing are looked at again."""
        problem, states = self.problem, self.states
        marks, every = self._marks, np.arange(states.count + 1)
        place, state = problem.place_count - 1, int(reach[-1, : states.count].argmax())
        found: list[Choice] = []
        while place > 0:
            first, spans = marks[place], slice(marks[place], marks[place + 1])
            kind = states.kind[state]
            if place in picks:
                offset, before = divmod(int(picks[place][state]), states.count + 1)
                span = int(first) + offset
                found.append(Choice(span, int(units[span, kind])))
                place, state = int(problem.span_start[span]), before
                continue
            if self._steps is not None:
                worth, come = self._steps[spans, :, state] + reach[problem.span_start[spans]], every
            else:
                steps = self.steps_into(state)
                come = states.come[steps]
                worth = reach[problem.span_start[spans, None], come]
                worth += problem.span_weight[spans, None] * states.worth[steps]
            worth += best[spans, kind, None]
            offset, step = divmod(int(worth.argmax()), len(come))
            span = first + offset
            found.append(Choice(int(span), int(units[span, kind])))
            place, state = int(problem.span_start[span]), int(come[step])
        return tuple(reversed(found))

    def over_use(self, choices: Choices, prices: Floats) -> Floats:
        """By how much a path overruns each limit, as the limits say."""
        return self.limits.over_use(choices, prices)

    def solve(self, prices: Floats) -> Relaxed | None:
        """The best path at these prices and its bound; None where no path exists at all."""
        best, units = self.best_by_kind(self.limits.net_value(prices))
        picks: dict[int, Ints] = {}
        reach = self.forward(best, picks)
        worth = float(reach[-1, : self.states.count].max(initial=IMPOSSIBLE))
        if not np.isfinite(worth):
            return None
        return Relaxed(prices, worth + self.limits.refund(prices), self.trace(reach, best, units, picks))

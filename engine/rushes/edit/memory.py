"""A tighter bound: what the last two shots belong to is remembered where a limit on windows asks for it.

Prices keep a limit such as `scenes no nearer than 2 s` on average only: over a mixture of paths, each of which may go back
and forth between two scenes. So for one such limit the path program remembers the group of the last shot and, where the
windows are wide enough, of the one before it (state space relaxation of Christofides, Mingozzi and Toth 1981, with the
short memory of the ng-routes of Baldacci, Mingozzi and Roberti 2011). A shot is charged the whole weight for the windows
that it surely shares with the remembered one of its group; all else that happens in them stays priced.

That is a bound still: n shots of a group in a window are n - 1 offences, and at least as many as remembered pairs are in
it, so price x (n - 1) + (weight - price) x pairs is never more than weight x (n - 1).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from rushes.edit.priced import PreparedCover
from rushes.edit.problem import IMPOSSIBLE, Bools, Choice, Choices, Floats, Ints
from rushes.edit.relax import PathProgram, Relaxed

_GROUPS = 8
"""Covers with more groups are not remembered."""
_SLOTS = 2
"""Across so many of the spans that end at a place the shot before is remembered."""


@dataclass(frozen=True, slots=True, eq=False)
class _Dues:
    """What the memory charges beyond prices. cut: (places, groups) a shot after one of its group. across: (spans, groups) a
    shot of the group of the one before that span."""

    cut: Floats
    across: Floats


@dataclass(frozen=True, slots=True, eq=False)
class _Reach:
    """Worth of the best paths. held: for each place (states + 1, 1 + slots x groups, groups): whether nothing is known of the
    shot before the last, or this one spans a slot and that one is of a group; then the group of the last one. dues: what is
    charged; net: (spans, units) worth at the prices."""

    held: list[Floats]
    dues: _Dues
    net: Floats


class _Largest:
    """The largest of some rows of a table, for many sets of rows at once; sets of a similar size go together. Quicker than
    np.maximum.reduceat where rows are short."""

    def __init__(self, sets: list[Ints]) -> None:
        size = np.array([len(one) for one in sets])
        rounded = 2 ** np.ceil(np.log2(size)).astype(np.int64)
        self._count = len(sets)
        self._parts: list[tuple[Ints, Ints]] = []
        for most in np.unique(rounded).tolist():
            which = np.flatnonzero(rounded == most)
            longest = int(size[which].max())
            self._parts.append((which, np.stack([np.resize(sets[one], longest) for one in which], axis=1)))

    def of(self, table: Floats) -> Floats:
        """(sets, ...) from (rows, ...)."""
        found = np.empty((self._count, *table.shape[1:]))
        for which, rows in self._parts:
            found[which] = table.take(rows, axis=0).max(axis=0)
        return found


def _in_two_steps(sets: list[Ints], rows: int) -> tuple[_Largest, _Largest]:
    """The same in two steps: first of rows that are always in the same sets, then of these together."""
    member = np.zeros((rows, len(sets)), dtype=bool)
    for one, held in enumerate(sets):
        member[held, one] = True
    together, which = np.unique(member, axis=0, return_inverse=True)
    which = np.asarray(which).reshape(-1)
    return (
        _Largest([np.flatnonzero(which == one) for one in range(len(together))]),
        _Largest([np.flatnonzero(held) for held in together.T]),
    )


class Memory:
    """The path program with a memory for one of its covers."""

    def __init__(self, program: PathProgram, cover: PreparedCover) -> None:
        problem, states = program.problem, program.states
        self.program, self.cover = program, cover
        self._group: Ints = np.where(cover.group < 0, cover.shape[1], cover.group)
        self.groups = int(self._group.max()) + 1
        self._at_cut, self._over_span = _shared(program, cover)
        self._slots, self._others = _slots(program, self._over_span.sum(axis=1))
        arcs = program.arcs
        bundles = np.split(arcs.member, arcs.first[1:])
        self._together, self._bundles = _in_two_steps(bundles, states.count + 1)
        into = np.split(np.arange(len(arcs.worth)), arcs.into[1:])
        longest = max(len(one) for one in into)
        self._arcs: Ints = np.stack([np.resize(one, longest) for one in into], axis=1)
        """(most arcs into one state, states) the arcs into each, some of them twice."""
        self._bundle = arcs.bundle[self._arcs]
        key = problem.unit_kind * self.groups + self._group
        self._order = np.argsort(key, kind="stable")
        self._keys, self._first = np.unique(key[self._order], return_index=True)
        wanted = states.kind[:, None] * self.groups + np.arange(self.groups)
        at = np.searchsorted(self._keys, wanted).clip(0, len(self._keys) - 1)
        self._column = np.where(self._keys[at] == wanted, at, len(self._keys))

    @cached_property
    def _weighed(self) -> list[tuple[Floats, Floats]]:
        """For each place the weighed worth of the arcs over its spans, as large as what it is added to: (arcs, states, spans,
        groups) for those without a slot, (slots, arcs, states, groups, groups) for the others. Numpy is slow where what it
        repeats is short."""
        worth, weight = self.program.arcs.worth[self._arcs], self.program.problem.span_weight
        groups, found = self.groups, list[tuple[Floats, Floats]]()
        for slots, others in zip(self._slots, self._others, strict=True):
            plain = np.repeat((worth[:, :, None] * weight[others])[..., None], groups, axis=3)
            across = (worth * weight[slots, None, None])[..., None, None]
            found.append((plain, np.repeat(np.repeat(across, groups, axis=3), groups, axis=4)))
        return found

    @property
    def work(self) -> int:
        """How many arcs one run looks at."""
        arcs, slots = len(self.program.arcs.bundle), sum(len(one) for one in self._slots)
        return arcs * self.groups * (sum(len(one) for one in self._others) + slots * self.groups)

    def solve(self, prices: Floats) -> Relaxed | None:
        """The best path at these prices and its bound; None where no path exists at all."""
        reach = self._forward(prices)
        ends = reach.held[-1][:-1]
        worth = float(ends.max(initial=IMPOSSIBLE))
        if not np.isfinite(worth):
            return None
        return Relaxed(prices, worth + self.program.limits.refund(prices), self._trace(reach))

    def over_use(self, choices: Choices, prices: Floats) -> Floats:
        """As that of the limits; pairs that the memory has charged are no part of their windows any more."""
        charged = np.zeros(self.cover.shape)
        for at in range(1, len(choices)):
            group = self._group[choices[at].unit]
            if group >= self.cover.shape[1]:
                continue
            start = int(self.program.problem.span_start[choices[at].span])
            if self._group[choices[at - 1].unit] == group:
                charged[self._at_cut[start], group] += 1.0
            elif at > 1 and self._group[choices[at - 2].unit] == group:
                between = choices[at - 1].span
                if between in self._slots[start]:
                    charged[self._over_span[between], group] += 1.0
        less = self.program.limits.free()
        less[self.cover.part] = charged.reshape(-1)
        return self.program.limits.over_use(choices, prices, less)

    def _dues(self, prices: Floats) -> _Dues:
        price = prices[self.cover.part].reshape(self.cover.shape)
        due = np.where(np.isfinite(self.cover.weight), self.cover.weight - price, 0.0)

        def charged(shared: Bools) -> Floats:
            found = np.zeros((len(shared), self.groups))
            # Not a matrix product: that would be shared out among the cores.
            found[:, : due.shape[1]] = np.einsum("sw,wg->sg", shared.astype(np.float64), due)
            if np.isinf(self.cover.weight):
                found[shared.any(axis=1), : due.shape[1]] = np.inf
            return found

        return _Dues(charged(self._at_cut), charged(self._over_span))

    def _forward(self, prices: Floats) -> _Reach:
        program, problem = self.program, self.program.problem
        arcs, count = program.arcs, program.states.count
        dues, net = self._dues(prices), program.limits.net_value(prices)
        by_state = self._by_state(net)
        start = np.full((count + 1, 1, self.groups), IMPOSSIBLE)
        start[count, 0, 0] = 0.0
        held = [start]
        onward = np.full((len(arcs.first), problem.place_count, self.groups), IMPOSSIBLE)
        onward[:, 0] = np.maximum.reduceat(start[arcs.member, 0, 0], arcs.first)[:, None]
        by_group = [onward[:, :1]]
        for place in range(1, problem.place_count):
            here = self._arrived(place, onward, by_group, by_state)
            held.append(here)
            charged = self._charged(here, dues, place)
            onward[:, place] = charged.max(axis=1).T
            by_group.append(charged.transpose(2, 1, 0).copy())
        return _Reach(held, dues, net)

    def _arrived(self, place: int, onward: Floats, by_group: list[Floats], by_state: Floats) -> Floats:
        """(states + 1, 1 + slots x groups, groups) worth of the best paths to a place. onward: (bundles, places, groups of
        the next shot); by_group: for each place (bundles, groups of the last shot, groups of the next)."""
        program, groups, slots = self.program, self.groups, self._slots[place]
        starts, (plain, across) = program.problem.span_start, self._weighed[place]
        here = np.full((program.states.count + 1, 1 + len(slots) * groups, groups), IMPOSSIBLE)
        others = self._others[place]
        if len(others):
            worth = onward[:, starts[others]].take(self._bundle, axis=0)
            worth += plain
            onto = worth.max(axis=0)
            onto += by_state[:, others]
            here[:-1, 0] = onto.max(axis=1)
        for at, span in enumerate(slots.tolist()):
            worth = by_group[int(starts[span])].take(self._bundle, axis=0)
            worth += across[at]
            onto = worth.max(axis=0)
            onto += by_state[:, span, None]
            here[:-1, 1 + at * groups : 1 + (at + 1) * groups] = onto
        return here

    def _by_state(self, net: Floats) -> Floats:
        """(states, spans, groups) worth of the best unit of each group and kind of a state."""
        best = np.full((len(net), len(self._keys) + 1), IMPOSSIBLE)
        best[:, :-1] = np.maximum.reduceat(net.take(self._order, axis=1), self._first, axis=1)
        return best.take(self._column, axis=1).transpose(1, 0, 2).copy()

    def _charged(self, here: Floats, dues: _Dues, place: int) -> Floats:
        """(groups of the next shot, groups of the last one, bundles) worth of the best paths to a place, from what arrived."""
        groups, slots = self.groups, self._slots[place]
        every = np.arange(groups)
        bundled = self._bundles.of(self._together.of(here)).transpose(1, 2, 0).copy()
        best, found = bundled[0], np.repeat(bundled[:1], groups, axis=0)
        if len(slots):
            before = bundled[1:].reshape(len(slots), groups, groups, -1)
            free = before.max(axis=0)
            charged = before - dues.across[slots][:, :, None, None]
            np.maximum(found, charged.max(axis=0), out=found)
            _take_others(found, free)
            best = np.maximum(best, free.max(axis=0))
        found[every, every] = best - dues.cut[place][:, None]
        return found

    def _trace(self, reach: _Reach) -> Choices:
        """The best path, read backwards."""
        program, groups = self.program, self.groups
        problem, states = program.problem, program.states
        place = problem.place_count - 1
        ends = reach.held[place][:-1]
        state, row, group = (int(one) for one in np.unravel_index(int(ends.argmax()), ends.shape))
        found: list[Choice] = []
        while place > 0:
            steps = program.steps_into(state)
            come, worth = states.come[steps], states.worth[steps]
            slot, last = divmod(row - 1, groups)
            spans = self._others[place] if row == 0 else self._slots[place][slot : slot + 1]
            only = slice(0, groups) if row == 0 else slice(last, last + 1)
            best = (IMPOSSIBLE, 0, 0, 0, 0, 0)
            for span in spans.tolist():
                start = int(problem.span_start[span])
                onto = reach.held[start][come][:, :, only] - self._due(reach, start, group)[:, only]
                onto += (problem.span_weight[span] * worth)[:, None, None]
                at = int(onto.argmax())
                unit = self._best_unit(reach.net[span], int(states.kind[state]), group)
                total = float(onto.flat[at]) + float(reach.net[span, unit])
                if total > best[0]:
                    step, before, of_group = np.unravel_index(at, onto.shape)
                    best = (total, span, unit, int(before), int(of_group) + only.start, int(come[step]))
            _, span, unit, row, group, state = best
            found.append(Choice(span, unit))
            place = int(problem.span_start[span])
        return tuple(reversed(found))

    def _due(self, reach: _Reach, place: int, group: int) -> Floats:
        """(1 + slots x groups, groups) what a shot of a group is charged after each memory at a place."""
        dues, slots = reach.dues, self._slots[place]
        found = np.zeros(reach.held[place].shape[1:])
        for at, span in enumerate(slots):
            found[1 + at * self.groups + group] = dues.across[span, group]
        found[:, group] = dues.cut[place, group]
        return found

    def _best_unit(self, net: Floats, kind: int, group: int) -> int:
        key = int(np.searchsorted(self._keys, kind * self.groups + group))
        until = self._first[key + 1] if key + 1 < len(self._keys) else len(self._order)
        units = self._order[self._first[key] : until]
        return int(units[net[units].argmax()])


def _take_others(found: Floats, worth: Floats) -> None:
    """Raise each row of `found` to the largest of all other rows of `worth`."""
    for rows in (range(len(worth)), range(len(worth) - 1, -1, -1)):
        so_far = np.full(worth.shape[1:], IMPOSSIBLE)
        for row in rows:
            np.maximum(found[row], so_far, out=found[row])
            np.maximum(so_far, worth[row], out=so_far)


def remembered(program: PathProgram, choices: Choices, most_work: int) -> Memory | None:
    """A memory for the cover with few groups that a path offends most; None where it offends none, or one run would look at
    more arcs than most_work."""
    spans = np.array([choice.span for choice in choices], dtype=np.int64)
    units = np.array([choice.unit for choice in choices], dtype=np.int64)
    most, found = 0.0, None
    for cover in program.limits.covers:
        if _is_small(cover) and (size := min(cover.weight, 1.0) * cover.offences(spans, units)) > most:
            most, found = size, cover
    memory = None if found is None else Memory(program, found)
    return memory if memory is not None and memory.work <= most_work else None


def is_rememberable(program: PathProgram, most_work: int) -> bool:
    """Whether there is a cover that may be remembered."""
    return any(
        _is_small(cover) and program.work * cover.shape[1] <= most_work for cover in program.limits.covers
    )


def _is_small(cover: PreparedCover) -> bool:
    return cover.shape[1] <= _GROUPS


def _shared(program: PathProgram, cover: PreparedCover) -> tuple[Bools, Bools]:
    """(places, windows) windows that all spans touch which end or begin there; (spans, windows) windows that all spans touch
    which end where this one begins, or begin where it ends."""
    problem = program.problem
    touches = np.zeros((len(problem.span_start), cover.shape[0]), dtype=bool)
    for span, windows in enumerate(cover.windows):
        touches[span, windows] = True
    shape = (problem.place_count, cover.shape[0])
    ends, begins = np.zeros(shape, dtype=bool), np.zeros(shape, dtype=bool)
    for place in range(1, problem.place_count - 1):
        ends[place] = touches[problem.span_end == place].all(axis=0)
        begins[place] = touches[problem.span_start == place].all(axis=0)
    return ends & begins, ends[problem.span_start] & begins[problem.span_end]


def _slots(program: PathProgram, shared: Ints) -> tuple[list[Ints], list[Ints]]:
    """For each place the spans that end there across which the shot before is remembered, and the others. shared: (spans,)
    windows across each."""
    slots: list[Ints] = []
    others: list[Ints] = []
    for place in range(program.problem.place_count):
        spans = np.flatnonzero(program.problem.span_end == place)
        chosen = spans[np.argsort(-shared[spans], kind="stable")[:_SLOTS]]
        chosen = np.sort(chosen[shared[chosen] > 0])
        slots.append(chosen)
        others.append(np.setdiff1d(spans, chosen))
    return slots, others

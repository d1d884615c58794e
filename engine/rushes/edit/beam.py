"""Lawful edits from good prices: many beginnings of edits grow side by side, and at each place the most promising live on.

Beam search (Lowerre 1976). How promising a beginning is, the path program tells: its worth at the prices so far and
the best way on from where it stands. Beginnings keep count of clips, pieces, windows and rows themselves, so all that
grow to the end keep the hard limits. In the same way a part of an edit is grown anew between shots that stay.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from rushes.edit.grow_part import Ground, Part
from rushes.edit.problem import (
    IMPOSSIBLE,
    Bools,
    Choice,
    Choices,
    Floats,
    Ints,
    broken_limits,
    objective,
)

_BETTER = 1e-9
"""An edit is better than another by at least so much."""
_LOOKED_AT = 3
"""Of the steps over one span, so many times as many are looked at as live on at a place."""
_WAITING = 2
"""Steps onto a place are left out that promise less than so many times as many others as live on there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Beam:
    """width: beginnings that live on at each place. alike: of those in one state with the same counts. of_kind: how
    many units of one kind are looked at on one span."""

    width: int
    alike: int
    of_kind: int
    whole: bool = False
    """Give up where anything has to be left out for being less promising."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Regrowth:
    """How parts of an edit are grown anew. shots: in one part; stride: from part to part; prices: share of the prices that
    is asked: between shots that stay, footage is less scarce. remembered: at the prices that go with the memory, where there
    are any; they lead to other edits."""

    shots: int
    stride: int
    beam: Beam
    prices: float = 1.0
    remembered: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class _Steps:
    """Steps onto a place: from which beginning, with which unit on which span, into which state, and how promising."""

    come: Ints
    span: Ints
    unit: Ints
    state: Ints
    gain: Floats
    promise: Floats
    crowd: Floats
    """What each costs in windows of soft covers."""


def grown(ground: Ground, beam: Beam) -> Choices | None:
    """The best lawful edit that grows from nothing; None where no beginning reaches the last place."""
    return _best(ground, (), (), ground.part((), (), beam.of_kind), beam, None)


def grown_whole(ground: Ground, most: int, now: Choices | None) -> tuple[Choices | None, bool]:
    """Every edit that may be better than the one there is, side by side: the best of all, and whether that is proven. It is
    not where more than `most` beginnings would live on at a place."""
    units = len(ground.program.problem.unit_clip)
    beam = Beam(width=most, alike=most, of_kind=units, whole=True)
    worth = IMPOSSIBLE if now is None else objective(ground.program.problem, now) + _BETTER
    growth = _Growth(ground, ground.part((), (), units), beam, worth - ground.refund)
    best = _best_end(growth, (), (), worth)
    return (now if best is None else best), growth.is_whole


def regrown(ground: Ground, choices: Choices, first: int, shots: int, beam: Beam) -> Choices:
    """The edit with so many shots from `first` on grown anew, where that is better; else as it is."""
    before, after = choices[:first], choices[first + shots :]
    part = ground.part(before, after, beam.of_kind)
    found = _best(ground, before, after, part, beam, choices)
    return choices if found is None else found


def _best(
    ground: Ground, before: Choices, after: Choices, part: Part, beam: Beam, now: Choices | None
) -> Choices | None:
    """The best lawful of the edits that grow, if it is better than the one there is."""
    worth = IMPOSSIBLE if now is None else objective(ground.program.problem, now) + _BETTER
    growth = _Growth(ground, part, beam, worth - ground.refund - part.fixed_net)
    return _best_end(growth, before, after, worth)


def _best_end(growth: _Growth, before: Choices, after: Choices, worth: float) -> Choices | None:
    problem, best = growth.problem, None
    for inner, most in growth.ends():
        if most <= worth:
            break
        whole = (*before, *inner, *after)
        if objective(problem, whole) > worth and not broken_limits(problem, whole):
            best, worth = whole, objective(problem, whole)
    return best


class _Growth:
    """Beginnings of a part, one row each, in the order in which they grow: the first is the part's own start."""

    def __init__(self, ground: Ground, part: Part, beam: Beam, least: float) -> None:
        """least: what promises no more is left out."""
        problem = ground.program.problem
        self.ground, self.part, self.beam, self.problem = ground, part, beam, problem
        rows, shots = 1 + beam.width * (part.end - part.start), part.shots
        self.size, self.is_whole = 1, True
        self.floor = np.full(problem.place_count, least)
        self.state = np.full(rows, part.state, dtype=np.int64)
        self.gain, self.worth = np.zeros(rows), np.zeros(rows)
        self.clips = np.zeros((rows, len(problem.clip_limit)), dtype=np.int16)
        self.pieces = np.zeros((rows, len(problem.unit_limit)), dtype=np.int16)
        self.clips[0], self.pieces[0] = part.clips, part.pieces
        self.counts = np.zeros((rows, len(ground.rows)))
        self.counts[0] = part.counts
        self.length = np.zeros(rows, dtype=np.int64)
        self.spans = np.full((rows, shots), -1, dtype=np.int64)
        self.units = np.full((rows, shots), -1, dtype=np.int64)

    def ends(self) -> Iterator[tuple[Choices, float]]:
        """What reaches the end of the part, and the most that the whole edit can then be worth, highest first."""
        part, problem = self.part, self.problem
        waiting: dict[int, list[_Steps]] = {place: [] for place in range(part.start, part.end + 1)}
        alive = np.zeros(1, dtype=np.int64)
        for place in range(part.start, part.end):
            if place > part.start:
                alive = self._live_on(waiting[place])
            if self.beam.whole and not self.is_whole:
                return
            for span in part.starting[place]:
                if len(alive):
                    self._wait(waiting[int(problem.span_end[span])], alive, span)
        last = self._live_on(waiting[part.end])
        most = self.worth[last] + part.fixed_worth + part.worth_after[self.state[last]]
        most -= self.ground.soft_rows(self.counts[last])
        for at in np.argsort(-most, kind="stable").tolist():
            row, shots = last[at], int(self.length[last[at]])
            pairs = zip(self.spans[row, :shots].tolist(), self.units[row, :shots].tolist(), strict=True)
            yield tuple(Choice(span, unit) for span, unit in pairs), float(most[at])

    def _wait(self, waiting: list[_Steps], alive: Ints, span: int) -> None:
        """Let the most promising steps over one span wait at its end, beside those that are there."""
        most, end = _WAITING * self.beam.width, int(self.problem.span_end[span])
        waiting.append(self._steps(alive, span, self.floor[end]))
        if sum(len(one.promise) for one in waiting) > most:
            promise = np.concatenate([one.promise for one in waiting])
            self.floor[end] = -np.partition(-promise, most)[most]

    def _steps(self, alive: Ints, span: int, floor: float) -> _Steps:
        """The most promising steps over one span, of those that promise more than the floor."""
        part, ground, end = self.part, self.ground, int(self.problem.span_end[span])
        units, net, come = part.looked[span], part.net[span], self.state[alive]
        step = self.problem.span_weight[span] * ground.step
        gain = step.take(come, axis=0)
        gain += self.gain[alive, None]
        reach = part.left[end].take(ground.next, mode="wrap").take(come, axis=0)
        reach += gain
        kinds = self.problem.unit_kind[units]
        near = reach.max(axis=0)[kinds] + net > floor
        units, net, kinds = units[near], net[near], kinds[near]
        hopeful = (reach + self._best_of_kinds(kinds, net)).max(axis=1) > floor
        alive, come, gain, reach = alive[hopeful], come[hopeful], gain[hopeful], reach[hopeful]
        crowded = self._crowded(alive, span, units)
        promise = reach.take(kinds, axis=1)
        promise += net
        promise -= crowded
        promise -= self._dearer(alive, span, units, end)
        flat, most = promise.reshape(-1), _LOOKED_AT * self.beam.width
        taken = np.flatnonzero(flat > floor)
        if len(taken) > most:
            self.is_whole = False
            taken = taken[np.argpartition(-flat[taken], most)[:most]]
        row, which = np.divmod(np.sort(taken), max(1, len(units)))
        room = self._has_room(alive, row, span, units[which], end)
        row, which = row[room], which[room]
        spans = np.full(len(row), span, dtype=np.int64)
        crowd = crowded[row, which]
        worth = gain[row, kinds[which]] + net[which] - crowd
        onto = ground.next[come[row], kinds[which]]
        return _Steps(alive[row], spans, units[which], onto, worth, promise[row, which], crowd)

    def _best_of_kinds(self, kinds: Ints, net: Floats) -> Floats:
        """(kinds,) the highest net worth of units of each kind, which ascend."""
        best = np.full(self.problem.kind_count, IMPOSSIBLE)
        if len(kinds):
            is_first = np.ones(len(kinds), dtype=bool)
            np.not_equal(kinds[1:], kinds[:-1], out=is_first[1:])
            first = np.flatnonzero(is_first)
            best[kinds[first]] = np.maximum.reduceat(net, first)
        return best

    def _crowded(self, alive: Ints, span: int, units: Ints) -> Floats:
        """(alive, units) what a shot costs in windows of soft covers that one of its group touches already."""
        total = np.zeros((len(alive), len(units)))
        shots = int(self.length[alive].max(initial=0))
        spans, shown = self.spans[alive, :shots], self.units[alive, :shots]
        for cover, dear in self.ground.soft_covers:
            cost = np.where(shown >= 0, dear[span][spans], 0.0)
            before, shot = np.nonzero(cost)
            charge = np.zeros((len(alive), cover.shape[1] + 1))
            # The later shot shares the most windows, and is written last.
            charge[before, cover.group[shown[before, shot]]] = cost[before, shot]
            charge[:, -1] = 0.0
            total += charge.take(cover.group[units], axis=1, mode="wrap")
        return total

    def _dearer(self, alive: Ints, span: int, units: Ints, end: int) -> Floats:
        """(alive, units) what soft rows take beyond their prices at least."""
        part, ground = self.part, self.ground
        total = np.zeros((len(alive), len(units)))
        for at in np.flatnonzero(~ground.is_hard):
            counted, which = ground.parts_of_unit[at]
            count = self.counts[alive, at, None] + ground.of_span[at, span] * counted
            dearer = np.zeros(count.shape)
            if ground.dear_over[at] > 0:
                over = count + (part.least_after[end, at] - ground.high[at])
                dearer += np.maximum(over, 0.0) * ground.dear_over[at]
            if ground.dear_under[at] > 0:
                under = (ground.low[at] - part.most_after[end, at]) - count
                dearer += np.maximum(under, 0.0) * ground.dear_under[at]
            if dearer.any():
                total += dearer.take(which[units], axis=1)
        return total

    def _has_room(self, alive: Ints, row: Ints, span: int, units: Ints, end: int) -> Bools:
        """(steps,) whether the hard limits leave room for a unit after the beginning in a row of those alive."""
        problem, part, ground = self.problem, self.part, self.ground
        come, clips = alive[row], problem.unit_clip[units]
        room: Bools = self.clips[come, clips] < problem.clip_limit[clips]
        room &= self.pieces[come, units] < problem.unit_limit[units]
        for at in np.flatnonzero(ground.is_hard):
            count = self.counts[come, at] + ground.of_span[at, span] * ground.of_unit[at, units]
            room &= count + part.least_after[end, at] <= ground.high[at]
            room &= count + part.most_after[end, at] >= ground.low[at]
        shots = int(self.length[alive].max(initial=0))
        spans, shown = self.spans[alive, :shots], self.units[alive, :shots]
        for cover, together in ground.covers:
            before, shot = np.nonzero(together[span][spans] & (shown >= 0))
            taken = np.zeros((len(alive), cover.shape[1] + 1), dtype=bool)
            taken[before, cover.group[shown[before, shot]]] = True
            taken[:, -1] = False
            room &= ~taken[row, cover.group[units]]
        return room

    def _live_on(self, waiting: list[_Steps]) -> Ints:
        """The beginnings that live on at a place, as new rows."""
        if not waiting:
            return np.zeros(0, dtype=np.int64)
        ground = self.ground
        come, span, unit, state, gain, promise, crowd = (
            np.concatenate(column) for column in zip(*(_columns(one) for one in waiting), strict=True)
        )
        counts = self.counts[come] + (ground.of_span[:, span] * ground.of_unit[:, unit]).T
        order = np.argsort(-promise, kind="stable")
        alike = np.column_stack([state, np.round(counts * 50)]).astype(np.int64)[order]
        kept = order[_rank(alike) < self.beam.alike][: self.beam.width]
        self.is_whole &= len(kept) == len(order)
        come, span, unit, state = come[kept], span[kept], unit[kept], state[kept]
        new = self.size + np.arange(len(kept))
        self.size += len(kept)
        kind = self.problem.unit_kind[unit]
        step = self.problem.span_weight[span] * ground.step[self.state[come], kind]
        self.worth[new] = self.worth[come] + step + self.problem.value[span, unit] - crowd[kept]
        self.state[new], self.gain[new], self.counts[new] = state, gain[kept], counts[kept]
        self.clips[new], self.pieces[new] = self.clips[come], self.pieces[come]
        self.clips[new, self.problem.unit_clip[unit]] += 1
        self.pieces[new, unit] += 1
        self.spans[new], self.units[new], at = self.spans[come], self.units[come], self.length[come]
        self.spans[new, at], self.units[new, at], self.length[new] = span, unit, at + 1
        return new


def _columns(steps: _Steps) -> tuple[Ints | Floats, ...]:
    return steps.come, steps.span, steps.unit, steps.state, steps.gain, steps.promise, steps.crowd


def _rank(rows: Ints) -> Ints:
    """(rows,) how many equal rows come before each."""
    order = np.lexsort(rows.T)
    ordered, at = rows[order], np.arange(len(rows))
    is_first = np.ones(len(rows), dtype=bool)
    is_first[1:] = (ordered[1:] != ordered[:-1]).any(axis=1)
    rank = np.empty(len(rows), dtype=np.int64)
    rank[order] = at - np.maximum.accumulate(np.where(is_first, at, 0))
    return rank

"""What a path of shots must remember, so that the rules on what may follow what can be followed exactly.

Streaks remember how many shots of their class came last, sequences whether a shot of theirs has come; together with the
kind of the last shot that is a finite automaton. Its states are found from the start by breadth; states that no rule can
tell apart any more are one (Moore 1956). Hard rules leave steps out, soft ones lower their worth.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rushes.edit.problem import IMPOSSIBLE, Bools, CutProblem, Floats, Follow, Ints, Streak, angle_streak


@dataclass(frozen=True, slots=True, eq=False)
class States:
    """The states of a path and the steps between them.

    kind: (states,) kind of the last shot, ascending. come, to: (steps,) states before and after a step, sorted by (to,
    come); the number of states stands for the start. worth: (steps,) pair value less soft offences, to be weighed with
    the weight of the span that is stepped onto.
    """

    kind: Ints
    come: Ints
    to: Ints
    worth: Floats

    @property
    def count(self) -> int:
        return len(self.kind)

    def table(self) -> Floats:
        """(states + 1, states) worth of each step, -inf where there is none; the last row is the start."""
        found = np.full((self.count + 1, self.count), IMPOSSIBLE)
        found[self.come, self.to] = self.worth
        return found


def make_states(problem: CutProblem) -> States:
    """The fewest states that keep all streaks, sequences and follows of the problem apart."""
    memory = _Memory(problem)
    kind, after, worth = _explored(memory)
    same = _alike(kind, after, worth)
    first = np.unique(same, return_index=True)[1]
    after, worth = np.where(after[first] >= 0, same[after[first]], -1), worth[first]
    # The start is a state like any other while states are merged, and the last one for the steps.
    order = np.concatenate([np.flatnonzero(kind[first] >= 0), np.flatnonzero(kind[first] < 0)])
    rank = np.argsort(order)
    come, column = np.nonzero(after >= 0)
    to, come_rank = rank[after[come, column]], rank[come]
    by = np.lexsort((come_rank, to))
    return States(kind[first][order[:-1]], come_rank[by], to[by], worth[come, column][by])


def longest_row(problem: CutProblem) -> int:
    """The most shots that a path from the first place can have."""
    shots = np.full(problem.place_count, -1, dtype=np.int64)
    shots[0] = 0
    for start, end in zip(problem.span_start.tolist(), problem.span_end.tolist(), strict=True):
        if shots[start] >= 0:
            shots[end] = max(shots[end], shots[start] + 1)
    return int(shots.max())


class _Memory:
    """What each rule remembers, as one number for each: the length of a streak up to its limit, or whether a sequence
    has begun. The start remembers nothing."""

    def __init__(self, problem: CutProblem) -> None:
        self.problem = problem
        self.kinds: Ints = np.unique(problem.unit_kind)
        built_in = angle_streak(problem)
        row = longest_row(problem)
        streaks = problem.streaks if built_in is None else (built_in, *problem.streaks)
        self.streaks = [rule for rule in streaks if rule.most < row and _matters(rule, self.kinds)]
        self.sequences = [
            rule
            for rule in problem.sequences
            if rule.before[self.kinds].any() and rule.after[self.kinds].any()
        ]
        self.sizes = [max(rule.most, 1) + 1 for rule in self.streaks] + [2] * len(self.sequences)
        self.pair = _with_follows(problem)

    def steps(self, kind: Ints, held: Ints) -> tuple[Ints, Floats]:
        """From states (n,) with their memory (n, rules): memory after each kind (n, kinds, rules) and worth of the step
        (n, kinds)."""
        worth = self.pair[kind][:, self.kinds].copy()
        after = np.zeros((len(kind), len(self.kinds), len(self.sizes)), dtype=np.int64)
        for at, streak in enumerate(self.streaks):
            before = np.append(streak.class_of_kind, -1)[kind]
            now = streak.class_of_kind[self.kinds]
            run = np.where(now[None, :] == before[:, None], held[:, at, None], 0) + 1
            run[:, now < 0] = 0
            _charge(worth, run > streak.most, streak.weight)
            after[:, :, at] = np.minimum(run, max(streak.most, 1))
        for at, rule in enumerate(self.sequences, len(self.streaks)):
            begun = held[:, at] > 0
            _charge(worth, begun[:, None] & rule.before[self.kinds][None, :], rule.weight)
            after[:, :, at] = begun[:, None] | rule.after[self.kinds][None, :]
        return after, worth


def _matters(rule: Streak, kinds: Ints) -> bool:
    return bool((rule.class_of_kind[kinds] >= 0).any())


def _charge(worth: Floats, wrong: Bools, weight: float | None) -> None:
    worth[wrong] -= np.inf if weight is None else weight


def _with_follows(problem: CutProblem) -> Floats:
    """(kinds + 1, kinds) pair value less what the rules on neighbours take."""
    pair: Floats = problem.pair_value.astype(np.float64)
    rule: Follow
    for rule in problem.follows:
        _charge(pair, rule.forbidden, rule.weight)
    return pair


def _explored(memory: _Memory) -> tuple[Ints, Ints, Floats]:
    """All states that can be reached. kind: (states,), -1 for the start, which is the first; after: (states, kinds) state
    that a kind leads to, -1 where it may not follow; worth: (states, kinds) of the step."""
    width, kinds = len(memory.sizes), memory.kinds
    scale = np.cumprod([1, *memory.sizes[::-1]])[::-1]
    codes = [np.array([-1], dtype=np.int64)]
    kind, held = np.array([memory.problem.kind_count]), np.zeros((1, width), dtype=np.int64)
    known = codes[0]
    led: list[Ints] = []
    worths: list[Floats] = []
    kind_of: list[Ints] = [np.array([-1], dtype=np.int64)]
    while len(kind):
        after, worth = memory.steps(kind, held)
        code = kinds[None, :] * scale[0] + after @ scale[1:]
        code = np.where(np.isfinite(worth), code, -2)
        led.append(code)
        worths.append(worth)
        new, first = np.unique(code, return_index=True)
        fresh = (new >= 0) & ~np.isin(new, known)
        known = np.union1d(known, new[fresh])
        kind = new[fresh] // scale[0]
        held = after.reshape(code.size, width)[first[fresh]]
        codes.append(new[fresh])
        kind_of.append(kind)
    listed, leads = np.concatenate(codes), np.concatenate(led)
    order = np.argsort(listed, kind="stable")
    place = np.searchsorted(listed[order], leads).clip(0, len(listed) - 1)
    return np.concatenate(kind_of), np.where(leads >= 0, order[place], -1), np.concatenate(worths)


def _alike(kind: Ints, after: Ints, worth: Floats) -> Ints:
    """(states,) the same number for states of one kind from which every row of kinds is worth the same."""
    _, values = np.unique(worth, return_inverse=True)
    same = _numbered(np.column_stack([kind, values.reshape(worth.shape)]))
    while True:
        further = np.where(after >= 0, same[after], -1)
        finer = _numbered(np.column_stack([same, further]))
        if finer.max() == same.max():
            return same
        same = finer


def _numbered(rows: Ints) -> Ints:
    return np.asarray(np.unique(rows, axis=0, return_inverse=True)[1]).reshape(-1)

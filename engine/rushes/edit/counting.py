"""The linear model of a problem in which alike footage is counted: one path through the places, a letter on each of its spans,
and how often each class of footage is used on which spans."""

from __future__ import annotations

from typing import Any, cast

import numpy as np

from rushes.edit.alike import Alike
from rushes.edit.lines import Lines
from rushes.edit.problem import Choice, Choices, CutProblem, Floats, Ints, Streak

NODES = 400
"""Branch-and-cut nodes of one question."""
_ROOM = 0.2
"""An edit of few shots may have so much more than the fewest."""
INFEASIBLE = 2
"""Status of scipy's milp."""


class Model:
    """The linear model of a problem in which alike footage is counted. Columns: `take` (span, letter), then `use` (class of
    spans, class of units), then what streaks and sequences remember."""

    def __init__(self, problem: CutProblem, alike: Alike, *, open_end: bool = False) -> None:
        self.problem, self.alike, self.open_end = problem, alike, open_end
        self.lines = Lines()
        letter_fits = np.zeros((len(problem.span_start), alike.letters), dtype=bool)
        np.logical_or.at(letter_fits.T, alike.letter, alike.fits.T)
        self.take_span, self.take_letter = np.nonzero(letter_fits)
        self.width = self.takes = len(self.take_span)
        fits, self.span_class = np.unique(alike.fits, axis=0, return_inverse=True)
        self.span_class = self.span_class.reshape(-1)
        self.use_span_class, self.use_class = np.nonzero(fits)
        self.use_from = self._more(len(self.use_class))
        self.integral = self.width
        self.stop_from = 0
        if self.is_empty:
            return
        self._path()
        self._linked()
        self._limits()
        self._rows()
        self._covers()
        for streak in problem.streaks:
            self._streak(streak)
        self._sequences()
        self._follows()

    @property
    def is_empty(self) -> bool:
        """No piece fits any span, or nothing fits the first or the last: there is no edit."""
        problem = self.problem
        starts = problem.span_start[self.take_span] == 0
        ends = problem.span_end[self.take_span] == problem.place_count - 1
        return not starts.any() or not (self.open_end or ends.any())

    def _more(self, count: int) -> int:
        """New columns; returns the first."""
        self.width += count
        return self.width - count

    @property
    def _uses(self) -> Ints:
        return self.use_from + np.arange(len(self.use_class))

    def _path(self) -> None:
        """One path from the first place to the last."""
        problem, takes = self.problem, np.arange(self.takes)
        start, end = problem.span_start[self.take_span], problem.span_end[self.take_span]
        places = np.arange(problem.place_count)
        ends = np.where(places == 0, -1.0, 0.0)
        ends[-1] = 0.0 if self.open_end else 1.0
        self.stop_from = self._more(len(places) if self.open_end else 0)
        stops = places[: self.width - self.stop_from]
        self.lines.add(
            np.concatenate([end, start, stops]),
            np.concatenate([takes, takes, self.stop_from + stops]),
            np.concatenate([np.ones(self.takes), -np.ones(self.takes + len(stops))]),
            ends,
            ends,
        )

    def _linked(self) -> None:
        """What the path takes on spans that the same pieces fit is what is used there."""
        letters = self.alike.letters
        by_take = self.span_class[self.take_span] * letters + self.take_letter
        by_use = self.use_span_class * letters + self.alike.letter[self.use_class]
        names, group = np.unique(np.concatenate([by_take, by_use]), return_inverse=True)
        factor = np.concatenate([np.ones(self.takes), -np.ones(len(by_use))])
        columns = np.concatenate([np.arange(self.takes), self._uses])
        self.lines.add(group, columns, factor, np.zeros(len(names)), np.zeros(len(names)))

    def _limits(self) -> None:
        """Uses of clips and pieces, and the wanted groups."""
        alike, uses = self.alike, self._uses
        ones = np.ones(len(uses))
        clip_class = alike.clip_class[self.use_class]
        count = len(alike.clip_most)
        self.lines.add(clip_class, uses, ones, np.zeros(count), alike.clip_most)
        self.lines.add(self.use_class, uses, ones, np.zeros(len(alike.most)), alike.most)
        for members in alike.wanted:
            held = members[clip_class]
            self.lines.one(uses[held], ones[held], 1.0, np.inf)

    def _rows(self) -> None:
        """Counts over all shots; those that depend on the span are taken from the path."""
        for at, row in enumerate(self.problem.rows):
            self.lines.bounded(*self.counted_by(at), row.low, row.high)

    def counted_by(self, number: int) -> tuple[Ints, Floats]:
        """Columns that a row counts, and how much each counts."""
        alike, row = self.alike, self.problem.rows[number]
        if alike.is_timed[number]:
            part = row.unit_part[alike.unit_of_letter[self.take_letter]]
            return np.arange(self.takes), row.span_part[self.take_span] * part
        return self._uses, row.span_part[0] * row.unit_part[alike.first[self.use_class]]

    def _covers(self) -> None:
        """In a window, at most as many shots of a letter as it has groups; for pieces told apart that is the rule itself."""
        for cover in self.problem.covers:
            for members, groups in self.alike.cover_limits(cover):
                held = np.flatnonzero(members[self.take_letter])
                window, at = np.nonzero(cover.touches[:, self.take_span[held]])
                full = np.bincount(window, minlength=len(cover.touches)) > groups
                kept = full[window]
                names, group = np.unique(window[kept], return_inverse=True)
                self.lines.add(
                    group,
                    held[at[kept]],
                    np.ones(len(group)),
                    np.zeros(len(names)),
                    np.full(len(names), float(groups)),
                )

    def _streak(self, streak: Streak) -> None:
        """Each shot of a class is the first, second, ... of its streak: the first comes after another class, the next
        after one before it."""
        classes = streak.class_of_kind[self.alike.kind_of_letter]
        for one in np.unique(classes[classes >= 0]).tolist():
            inside = classes[self.take_letter] == one
            spans = np.unique(self.take_span[inside])
            if streak.most > 1:
                columns = self._more(len(spans) * streak.most) + np.arange(len(spans) * streak.most)
                table = columns.reshape(streak.most, len(spans))
                self._split(np.flatnonzero(inside), spans, table)
            for rank in range(streak.most):
                if streak.most == 1:
                    starts, of_span = np.flatnonzero(inside), self.take_span[inside]
                else:
                    starts, of_span = table[rank], spans
                before = (
                    (np.flatnonzero(~inside), self.take_span[~inside])
                    if rank == 0
                    else (table[rank - 1], spans)
                )
                self._only_after(starts, of_span, *before, first=rank == 0)

    def _split(self, takes: Ints, spans: Ints, table: Ints) -> None:
        """What is taken of a class on each span is the sum over the ranks in its streak."""
        at = np.searchsorted(spans, self.take_span[takes])
        ranks = np.tile(np.arange(len(spans)), len(table))
        zeros = np.zeros(len(spans))
        self.lines.add(
            np.concatenate([at, ranks]),
            np.concatenate([takes, table.reshape(-1)]),
            np.concatenate([np.ones(len(takes)), -np.ones(table.size)]),
            zeros,
            zeros,
        )

    def _only_after(
        self, starts: Ints, start_spans: Ints, before: Ints, before_spans: Ints, *, first: bool
    ) -> None:
        """At every place, `starts` begin at most as often as `before` end. first: they may also begin the edit."""
        problem = self.problem
        place = np.concatenate([problem.span_start[start_spans], problem.span_end[before_spans]])
        columns = np.concatenate([starts, before])
        factor = np.concatenate([np.ones(len(starts)), -np.ones(len(before))])
        high = np.zeros(problem.place_count)
        high[0] = 1.0 if first else 0.0
        self.lines.add(place, columns, factor, np.full(len(high), -np.inf), high)

    def _sequences(self) -> None:
        """The edit is in its second part from the first shot of `after` on; none of `before` lies in it."""
        problem = self.problem
        spans = np.arange(len(problem.span_start))
        for sequence in problem.sequences:
            second = self._more(len(spans)) + spans
            kind = self.alike.kind_of_letter[self.take_letter]
            for held, sign in ((sequence.after[kind], -1.0), (~sequence.before[kind], 1.0)):
                takes = np.flatnonzero(held)
                group = np.concatenate([self.take_span[takes], spans])
                factor = np.concatenate([np.ones(len(takes)), -np.ones(len(spans))]) * sign
                self.lines.add(
                    group,
                    np.concatenate([takes, second]),
                    factor,
                    np.zeros(len(spans)),
                    np.full(len(spans), np.inf),
                )
            place = np.concatenate([problem.span_start, problem.span_end])
            factor = np.concatenate([np.ones(len(spans)), -np.ones(len(spans))])
            low = np.zeros(problem.place_count)
            low[-1] = -np.inf
            self.lines.add(place, np.tile(second, 2), factor, low, np.full(len(low), np.inf))

    def _follows(self) -> None:
        """A shot begins only after one that it may follow."""
        kinds = self.alike.kind_of_letter
        for follow in self.problem.follows:
            may = ~follow.forbidden
            column = may[np.append(kinds, len(may) - 1)][:, kinds]
            _, merged = np.unique(column, axis=1, return_inverse=True)
            merged = merged.reshape(-1)
            for one in np.unique(merged).tolist():
                letters = merged == one
                letter = int(np.flatnonzero(letters)[0])
                if column[:, letter].all():
                    continue
                starts = np.flatnonzero(letters[self.take_letter])
                before = np.flatnonzero(column[:-1, letter][self.take_letter])
                self._only_after(
                    starts,
                    self.take_span[starts],
                    before,
                    self.take_span[before],
                    first=bool(column[-1, letter]),
                )

    def solve(self, *, fewest: bool = False, draw: int = 0, nodes: int = NODES) -> Any:
        """scipy's answer; None where no path exists to begin with. draw: each number but 0 asks for another of the many
        solutions."""
        from scipy.optimize import Bounds, milp

        if self.is_empty:
            return None
        cost = np.zeros(self.width)
        cost[: self.takes] = float(fewest)
        if draw:
            drawn = np.random.default_rng(draw).random(self.takes)
            cost[: self.takes] = drawn * self.problem.span_weight[self.take_span]
        high = np.ones(self.width)
        high[self.use_from : self.integral] = np.inf
        integrality = np.zeros(self.width, dtype=np.int64)
        integrality[: self.integral] = 1
        return milp(
            cost,
            constraints=self.lines.matrix(self.width),
            bounds=Bounds(0, cast(Any, high)),
            integrality=integrality,
            options={"node_limit": nodes, "mip_rel_gap": _ROOM},
        )

    def furthest(self) -> int:
        """The place that a mixture of paths reaches at most; only for a model with an open end. 0: not one shot is long
        enough to begin with."""
        if self.is_empty:
            return 0
        cost = np.zeros(self.width)
        cost[self.stop_from : self.stop_from + self.problem.place_count] = -np.arange(
            self.problem.place_count
        )
        found = self.relaxed(cost)
        return 0 if found is None else int(np.floor(-found + 1e-6))

    def relaxed(self, cost: Floats) -> float | None:
        """The least cost of a mixture of paths; None: there is none."""
        from scipy.optimize import Bounds, milp

        if self.is_empty:
            return None
        high = np.ones(self.width)
        high[self.use_from : self.integral] = np.inf
        matrix = self.lines.matrix(self.width)
        # Without integers, presolving streaks takes forty times as long as solving them.
        answer: Any = milp(
            cost, constraints=matrix, bounds=Bounds(0, cast(Any, high)), options={"presolve": False}
        )
        return None if answer.status == INFEASIBLE else float(answer.fun)

    def read(self, x: Floats) -> tuple[Choices, Ints]:
        """The shots of a solution, each unit only standing for its letter, and the class of units of each."""
        taken = np.flatnonzero(x[: self.takes] > 0.5)
        taken = taken[np.argsort(self.problem.span_start[self.take_span[taken]], kind="stable")]
        left = np.round(x[self.use_from : self.use_from + len(self.use_class)]).astype(np.int64)
        classes = np.zeros(len(taken), dtype=np.int64)
        for at, take in enumerate(taken.tolist()):
            fit = (self.use_span_class == self.span_class[self.take_span[take]]) & (left > 0)
            fit &= self.alike.letter[self.use_class] == self.take_letter[take]
            use = int(np.flatnonzero(fit)[0])
            left[use] -= 1
            classes[at] = self.use_class[use]
        shape = tuple(
            Choice(int(self.take_span[take]), int(self.alike.unit_of_letter[self.take_letter[take]]))
            for take in taken.tolist()
        )
        return shape, classes

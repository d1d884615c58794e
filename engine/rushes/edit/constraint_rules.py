"""Constraints that look at many shots, as rules of the problem."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from rushes.edit.constraint_kinds import Kinds, by_cover
from rushes.edit.constraints import Constraints
from rushes.edit.problem import Bools, Cover, Floats, Follow, Ints, Row, Sequence, Streak
from rushes.recipe.constraint_spec import ConstraintSpec

_MANY = np.inf


@dataclass(frozen=True, slots=True)
class Compiled:
    """Rules of the problem, in the recipe's order."""

    rows: list[Row] = field(default_factory=list[Row])
    covers: list[Cover] = field(default_factory=list[Cover])
    streaks: list[Streak] = field(default_factory=list[Streak])
    sequences: list[Sequence] = field(default_factory=list[Sequence])
    follows: list[Follow] = field(default_factory=list[Follow])


@dataclass(frozen=True, eq=False)
class RuleMaker:
    """piece: (units,) a piece of each unit; all its pieces count the same. clip: (units,) its clip as an index; clip_limit:
    (clips,) how often each may be used."""

    constraints: Constraints
    kinds: Kinds
    span_weight: Floats
    piece: Ints
    clip: Ints
    clip_limit: Ints

    def compiled(self) -> Compiled:
        """Rules of every constraint that looks at several shots."""
        made = Compiled()
        for spec in self.constraints.specs:
            match spec.kind:
                case "share":
                    made.rows.extend(self._share(spec))
                case "count":
                    made.rows.append(self._count(spec, self._truth(spec), spec.min, spec.max))
                case "uses":
                    made.rows.extend(self._uses(spec))
                case "spacing" | "distinct":
                    made.covers.append(self._cover(spec))
                case "streak" if by_cover(self.constraints, spec):
                    made.covers.append(self._cover(spec))
                case "streak":
                    made.streaks.append(self._streak(spec))
                case "order":
                    made.sequences.extend(self._order(spec))
                case "after" | "neighbours":
                    made.follows.append(self._follow(spec))
                case _:
                    continue
        return made

    def _truth(self, spec: ConstraintSpec) -> Floats:
        return self.constraints.held(spec, spec.kind).by_piece()[self.piece].astype(np.float64)

    @property
    def _of_a_shot(self) -> float:
        """Share of the edit that a usual shot has: what an offence of one shot costs is weighed with it."""
        return float(np.median(self.span_weight))

    def _share(self, spec: ConstraintSpec) -> Iterator[Row]:
        """A share of the whole is one count; of a part, what the part has beyond its share is counted."""
        truth, weight = self._truth(spec), self.constraints.weight(spec)
        if spec.by == "time" and spec.where is None:
            low = -_MANY if spec.min is None else spec.min
            high = _MANY if spec.max is None else spec.max
            yield Row(
                name=spec.rule,
                span_part=self.span_weight,
                unit_part=truth,
                low=low,
                high=high,
                weight=weight,
            )
            return
        there = self.constraints.where(spec).astype(np.float64)
        if spec.by == "shots":
            weight = None if weight is None else weight * self._of_a_shot
        else:
            there = there * self.span_weight
        if spec.min is not None:
            yield Row(name=spec.rule, span_part=there, unit_part=truth - spec.min, low=0.0, weight=weight)
        if spec.max is not None:
            yield Row(name=spec.rule, span_part=there, unit_part=truth - spec.max, high=0.0, weight=weight)

    def _count(self, spec: ConstraintSpec, part: Floats, low: float | None, high: float | None) -> Row:
        weight = self.constraints.weight(spec)
        if spec.exactly is not None:
            low = high = float(spec.exactly)
        return Row(
            name=spec.rule,
            span_part=self.constraints.where(spec).astype(np.float64),
            unit_part=part,
            low=-_MANY if low is None else low,
            high=_MANY if high is None else high,
            weight=None if weight is None else weight * self._of_a_shot,
        )

    def _uses(self, spec: ConstraintSpec) -> Iterator[Row]:
        """A count for each group that can break it at all."""
        groups = self.constraints.groups(spec)[self.piece]
        for group in np.unique(groups[groups >= 0]).tolist():
            clips = np.unique(self.clip[groups == group])
            if spec.min or self.clip_limit[clips].sum() > (spec.max if spec.max is not None else _MANY):
                yield self._count(spec, (groups == group).astype(np.float64), spec.min, spec.max)

    def _cover(self, spec: ConstraintSpec) -> Cover:
        """spacing: a window that begins at each place and lasts min_s; look-alikes and streaks: a window around each cut.

        Two shots nearer to each other than the window touch it where the first one ends; those further apart touch none.
        """
        lie = self.constraints.lie
        frames = lie.places.frames
        length = 1 if spec.min_s is None else max(1, round(spec.min_s * lie.edit.frames_per_s))
        start, end = frames[lie.spans.start], frames[lie.spans.end]
        inner = frames[1:-1]
        touches: Bools = (end[None, :] >= inner[:, None]) & (start[None, :] < inner[:, None] + length)
        weight = self.constraints.weight(spec)
        if weight is not None:
            # Two shots that are too near touch as many windows as there are places between them and min_s.
            weight *= self._of_a_shot if length == 1 else 1.0 / max(1, len(inner))
        groups = self.constraints.groups(spec)[self.piece]
        return Cover(name=spec.rule, touches=touches, unit_group=groups, weight=weight)

    def _streak(self, spec: ConstraintSpec) -> Streak:
        assert spec.max is not None, "the recipe's check has seen to it"
        return Streak(
            name=spec.rule,
            class_of_kind=self.kinds.attribute(spec),
            most=int(spec.max),
            weight=self.constraints.weight(spec),
        )

    def _order(self, spec: ConstraintSpec) -> Iterator[Sequence]:
        rank = self.kinds.attribute(spec)
        for at in range(1, len(spec.order or ())):
            before, after = (rank >= 0) & (rank < at), rank >= at
            if before.any() and after.any():
                yield Sequence(
                    name=spec.rule, before=before, after=after, weight=self.constraints.weight(spec)
                )

    def _follow(self, spec: ConstraintSpec) -> Follow:
        wrong = self.kinds.may_not_follow(spec)
        first = np.zeros((1, wrong.shape[1]), dtype=bool)
        forbidden = np.concatenate([wrong, first])
        return Follow(name=spec.rule, forbidden=forbidden, weight=self.constraints.weight(spec))

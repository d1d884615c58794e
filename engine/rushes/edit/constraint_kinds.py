"""Which takes the constraints tell apart: kinds, for rules about what follows what, and groups that may stand in for each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from rushes.edit.constraints import Constraints, crossed
from rushes.edit.problem import Bools, Ints
from rushes.errors import ConstraintError, Problem
from rushes.recipe.constraint_spec import ConstraintSpec

MOST_KINDS = 48
"""A solver that follows more of them answers too late."""
_MOST_SIGNATURES = 1500
_FEW = 8
"""Streaks of 1 over more values than this are kept apart pairwise, not as kinds."""


@dataclass(frozen=True, eq=False)
class Kinds:
    """Kinds of pieces: the combinations, that are there, of angle and all that rules about neighbours speak of."""

    constraints: Constraints
    angle_of_piece: Ints

    @cached_property
    def _numbered(self) -> tuple[Ints, Ints]:
        columns = [self.angle_of_piece, *self._attributes.values()]
        rows, kind = np.unique(np.stack(columns, axis=1), axis=0, return_inverse=True)
        if len(rows) > MOST_KINDS:
            raise ConstraintError(self._too_many(len(rows)))
        return rows, kind.reshape(-1).astype(np.int64)

    @property
    def of_piece(self) -> Ints:
        """(pieces,) kind of each."""
        return self._numbered[1]

    @property
    def angle(self) -> Ints:
        """(kinds,) angle of each, ascending."""
        return self._numbered[0][:, 0]

    def attribute(self, spec: ConstraintSpec) -> Ints:
        """(kinds,) what a constraint needs to know of a kind."""
        at = list(self._attributes).index(spec.name)
        return self._numbered[0][:, at + 1]

    @cached_property
    def _attributes(self) -> dict[str, Ints]:
        """Constraint -> (pieces,) what it needs to know of each: of a streak its class (-1: none), of an order the rank (-1:
        none), of `after` 1 for the shot before plus 2 for the shot after, of neighbours a class of equal signatures."""
        found: dict[str, Ints] = {}
        for spec in self.constraints.specs:
            match spec.kind:
                case "streak" if not by_cover(self.constraints, spec):
                    found[spec.name] = self._streak(spec)
                case "order":
                    found[spec.name] = self._rank(spec)
                case "after":
                    found[spec.name] = self._after(spec)
                case "neighbours":
                    found[spec.name] = self._pairs[spec.name][0]
                case _:
                    continue
        return found

    def _streak(self, spec: ConstraintSpec) -> Ints:
        if self.constraints.is_text(spec):
            return self.constraints.groups(spec)
        return np.where(self.constraints.held(spec, "streak").by_piece(), 0, -1)

    def _rank(self, spec: ConstraintSpec) -> Ints:
        rank = np.full(len(self.angle_of_piece), -1, dtype=np.int64)
        for at in reversed(range(len(spec.order or ()))):
            rank[self.constraints.held(spec, f"order.{at}").by_piece()] = at
        return rank

    def _after(self, spec: ConstraintSpec) -> Ints:
        before = self.constraints.held(spec, "after").by_piece()
        if spec.never is not None:
            wrong = self.constraints.held(spec, "never").by_piece()
        else:
            wrong = ~self.constraints.held(spec, "only").by_piece()
        return before.astype(np.int64) + 2 * wrong.astype(np.int64)

    def may_not_follow(self, spec: ConstraintSpec) -> Bools:
        """(kinds, kinds) whether the second right after the first breaks `after` or `neighbours`."""
        of_kind = self.attribute(spec)
        if spec.kind == "after":
            return ((of_kind & 1) > 0)[:, None] & ((of_kind & 2) > 0)[None, :]
        wrong = self._pairs[spec.name][1]
        found: Bools = wrong[of_kind[:, None], of_kind[None, :]]
        return found

    @cached_property
    def _pairs(self) -> dict[str, tuple[Ints, Bools]]:
        specs = [spec for spec in self.constraints.specs if spec.kind == "neighbours"]
        return {spec.name: self._signatures(spec) for spec in specs}

    def _signatures(self, spec: ConstraintSpec) -> tuple[Ints, Bools]:
        """(pieces,) class of each: those of one class may follow the same pieces and be followed by the same; (classes,
        classes) whether the second may not follow the first."""
        reading = self.constraints.readings[spec.name, "neighbours"]
        own_of, own = self.constraints.codes(reading.own())
        before_of, before = self.constraints.codes(reading.before())
        combos, of_piece = np.unique(np.stack([own_of, before_of], axis=1), axis=0, return_inverse=True)
        if len(combos) > _MOST_SIGNATURES:
            raise ConstraintError(_too_fine(spec, len(combos)))
        table = ~crossed(reading, own, before, self.constraints.footage.thresholds)
        wrong = table[combos[:, 1][:, None], combos[:, 0][None, :]]
        _, first, classes = np.unique(
            np.concatenate([wrong, wrong.T], axis=1), axis=0, return_index=True, return_inverse=True
        )
        if len(first) > MOST_KINDS:
            raise ConstraintError(_too_fine(spec, len(first)))
        return classes.reshape(-1)[of_piece.reshape(-1)], wrong[np.ix_(first, first)]

    def _too_many(self, count: int) -> Problem:
        sizes = {name: len(np.unique(values)) for name, values in self._attributes.items()}
        named = ", ".join(f"{name} ({size})" for name, size in sizes.items() if size > 1)
        return Problem(
            None,
            f"the constraints tell {count} kinds of takes apart, above {MOST_KINDS}: {named}",
            "let them look at columns with fewer values, or take one of them away",
            path="edit.constraints",
        )


def _too_fine(spec: ConstraintSpec, count: int) -> Problem:
    return Problem(
        None,
        f"{spec.rule} tells {count} kinds of takes apart, above {MOST_KINDS}",
        "compare texts, conditions, or coarse numbers: round(x, 1)",
        path=spec.rule,
    )


def by_cover(constraints: Constraints, spec: ConstraintSpec) -> bool:
    """Whether a streak of one shot over many values is said pair by pair instead of by kinds."""
    if spec.kind != "streak" or spec.max != 1 or not constraints.is_text(spec):
        return False
    return len(np.unique(constraints.groups(spec))) > _FEW


def told_apart(constraints: Constraints) -> Ints:
    """(pieces,) number of each combination of what counts and covers read: takes of one number count the same."""
    return numbered(_read_by_counts(constraints, alone=False))


def standing_in(constraints: Constraints, kinds: Kinds) -> Ints:
    """(pieces,) number of each combination of kind and what counts and covers read, where groups of a single clip are one.

    A take of a group that no other clip has may stand in for one of another such group: where its clip is unused, so
    is its group, which no count and no cover then limits. A count that must reach something is another matter.
    """
    return numbered([kinds.of_piece, *_read_by_counts(constraints, alone=True)])


def _read_by_counts(constraints: Constraints, *, alone: bool) -> list[Ints]:
    found: list[Ints] = [np.zeros(len(constraints.footage.pieces), dtype=np.int64)]
    for spec in constraints.specs:
        match spec.kind:
            case "share" | "count":
                found.append(constraints.held(spec, spec.kind).by_piece().astype(np.int64))
            case "uses" | "spacing" | "distinct":
                found.append(_group(constraints, spec, alone=alone))
            case "streak" if by_cover(constraints, spec):
                found.append(_group(constraints, spec, alone=alone))
            case _:
                continue
    return found


_ALONE = -2


def _group(constraints: Constraints, spec: ConstraintSpec, *, alone: bool) -> Ints:
    groups = constraints.groups(spec)
    may_stand_in = spec.kind != "uses" or (not spec.min and spec.max is not None and spec.max >= 1)
    if not (alone and may_stand_in):
        return groups
    clips: dict[int, set[str]] = {}
    for group, piece in zip(groups.tolist(), constraints.footage.pieces, strict=True):
        clips.setdefault(group, set()).add(piece.clip)
    single = [group for group, names in clips.items() if len(names) == 1 and group >= 0]
    return np.where(np.isin(groups, single), _ALONE, groups)


def numbered(columns: Sequence[Ints]) -> Ints:
    """A number for each row of several columns, the same for equal rows."""
    return np.unique(np.stack(columns, axis=1), axis=0, return_inverse=True)[1].reshape(-1).astype(np.int64)

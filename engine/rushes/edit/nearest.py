"""The nearest relaxation: by how little a constraint must be loosened so that it holds together with others."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from rushes.edit.conflict import MAX_USES, STREAK, only
from rushes.edit.feasible import lawful_edit, reach_of_row
from rushes.edit.problem import Bools, CutProblem, Row, rules_of
from rushes.edit.switch import MIN_SCORE, Switches, limited_to
from rushes.recipe.constraint_spec import ConstraintSpec
from rushes.recipe.spec import EditSpec

_STEP_01 = 0.01
_STEP_S = 0.1
_MORE_CLIPS = 32


@dataclass(frozen=True, slots=True)
class Loosened:
    """path: of the setting; value: nearest to the asked one with which all hold."""

    path: str
    value: float

    def __str__(self) -> str:
        return f"--set {self.path}={self.value:g}"


def first_that(holds: Callable[[float], bool], values: Sequence[float]) -> float | None:
    """The first of values (each looser than the one before) that holds; None where even the last does not.

    Asks about few: doubles the steps until one holds, then halves.
    """
    low, step = -1, 1
    while True:
        high = min(low + step, len(values) - 1)
        if high <= low:
            return None
        if holds(values[high]):
            break
        low, step = high, step * 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(values[middle]) else (middle, high)
    return values[high]


@dataclass(frozen=True, eq=False)
class Nearest:
    """Relaxations for the members of a conflict. members: of which all others stay as they are."""

    switches: Switches
    members: frozenset[str]

    def of(self, name: str) -> tuple[Loosened, ...]:
        """Settings that would each do, for one member; empty where no number of it can be loosened enough."""
        spec = self.switches.hard.get(name)
        if spec is not None:
            return tuple(found for key in _KEYS[spec.kind] if (found := self._of_key(spec, key)) is not None)
        edit = self.switches.edit
        if name == MAX_USES:
            return self._setting(
                name, "max_uses_per_clip", _up(edit.max_uses_per_clip, self.switches.most_uses)
            )
        if name == STREAK:
            longer = _up(self.switches.streak, self.switches.most_uses)
            return self._setting(name, "max_same_angle_streak", longer)
        if name == MIN_SCORE:
            return self._setting(name, "min_score_01", _down(edit.min_score_01, _STEP_01, 0.0))
        return ()

    def more_clips(self, name: str) -> int | None:
        """How many further clips, each good for one shot of any length that counts for this constraint and for no other,
        would do; None where not even many would, or the constraint asks for none."""
        spec = self.switches.hard.get(name)
        if spec is None or spec.kind not in ("share", "count") or (spec.min is None and spec.exactly is None):
            return None
        problem = self._problem()
        if problem is None:
            return None
        counts = [float(count) for count in range(1, _MORE_CLIPS + 1)]
        found = first_that(lambda count: _holds(_with_clips(problem, name, int(count))), counts)
        return None if found is None else int(found)

    def _problem(self) -> CutProblem | None:
        found = self.switches.problems_with(self.members)
        return only(found[-1], self.members) if found else None

    def _setting(self, name: str, key: str, values: Sequence[float]) -> tuple[Loosened, ...]:
        def holds(value: float) -> bool:
            changes: dict[str, Any] = {key: value if key == "min_score_01" else int(value)}
            return self._holds_with(lambda edit: replace(edit, **changes))

        found = first_that(holds, values)
        return () if found is None else (Loosened(name, found),)

    def _of_key(self, spec: ConstraintSpec, key: str) -> Loosened | None:
        asked = getattr(spec, key)
        if asked is None:
            return None
        values = _values(self.switches, spec, key, float(asked))
        problem = self._problem() if spec.kind in _OF_RULES else None
        if problem is None or not any(rule.name == spec.rule for rule in rules_of(problem)):
            found = first_that(lambda value: self._holds_anew(spec, key, value), values)
        else:
            values = _within_reach(problem, spec, key, values)
            found = first_that(lambda value: _holds(_loosened(problem, spec, key, value)), values)
        return None if found is None else Loosened(f"{spec.rule}.{key}", found)

    def _holds_anew(self, spec: ConstraintSpec, key: str, value: float) -> bool:
        changes: dict[str, Any] = {key: int(value) if key == "exactly" else value}
        changed = replace(spec, **changes)
        return self._holds_with(
            lambda edit: replace(
                edit, constraints=tuple(changed if one.name == spec.name else one for one in edit.constraints)
            )
        )

    def _holds_with(self, change: Callable[[EditSpec], EditSpec]) -> bool:
        """Whether the members hold together in a changed edit section."""
        edit = change(limited_to(self.switches.edit, self.members, self.switches.most_uses))
        problem = self.switches.prepared(edit)
        return problem is not None and _holds(only(problem, self.members))


_KEYS = {
    "share": ("min", "max"),
    "count": ("min", "max", "exactly"),
    "uses": ("min", "max"),
    "streak": ("max",),
    "spacing": ("min_s",),
    "distinct": ("likeness_01",),
    "length": ("min_s", "max_s"),
    "hold": ("before_s", "after_s"),
    **dict.fromkeys(("first", "last", "order", "after", "neighbours", "every", "cuts", "uncut"), ()),
}
"""The numbers of each kind that can be loosened."""
_OF_RULES = ("share", "count", "uses")
"""Kinds whose numbers are bounds of rows."""


def _values(switches: Switches, spec: ConstraintSpec, key: str, asked: float) -> Sequence[float]:
    """Looser and looser values of a key, in its natural steps."""
    if key == "likeness_01" or (spec.kind == "share" and key == "max"):
        return _down(-asked, _STEP_01, -1.0, sign=-1.0)
    if spec.kind == "share":
        return _down(asked, _STEP_01, 0.0)
    if key == "max":
        return _up(asked, switches.most_uses)
    if key == "max_s":
        return _down(-asked, _STEP_S, -switches.edit.max_shot_s - _STEP_S, sign=-1.0)
    if key in ("min_s", "before_s", "after_s"):
        return _down(asked, _STEP_S, _STEP_S)
    return _down(asked, 1.0, 0.0) if key == "min" else _around(int(asked), switches.most_uses)


def _up(asked: float, most: float) -> Sequence[float]:
    return [float(value) for value in range(math.floor(asked) + 1, int(most) + 1)]


def _down(asked: float, step: float, least: float, *, sign: float = 1.0) -> Sequence[float]:
    first = math.ceil(asked / step - 1e-9) - 1
    last = math.ceil(least / step - 1e-9)
    return [round(sign * value * step, 6) + 0.0 for value in range(first, last - 1, -1)]


def _around(asked: int, most: int) -> Sequence[float]:
    """Further and further from what was asked, fewer before more."""
    steps = range(1, max(asked, most - asked) + 1)
    both = (value for step in steps for value in (asked - step, asked + step))
    return [float(value) for value in both if 0 <= value <= most]


def _within_reach(
    problem: CutProblem, spec: ConstraintSpec, key: str, values: Sequence[float]
) -> Sequence[float]:
    """Without the values that linear programming proves out of reach; only for bounds of one plain count."""
    row = _plain_row(problem, spec)
    if row is None:
        return values
    reach = reach_of_row(_loosened(problem, spec, key, None), row)
    if reach is None:
        return ()
    low, high = reach
    low = -np.inf if key == "min" else low - 1e-6
    high = np.inf if key == "max" else high + 1e-6
    return [value for value in values if low <= value <= high]


def _plain_row(problem: CutProblem, spec: ConstraintSpec) -> int | None:
    rows = [at for at, row in enumerate(problem.rows) if row.name == spec.rule]
    plain = spec.kind == "count" or (spec.kind == "share" and spec.by == "time" and spec.where is None)
    return rows[0] if plain and len(rows) == 1 else None


def _loosened(problem: CutProblem, spec: ConstraintSpec, key: str, value: float | None) -> CutProblem:
    """The problem with another bound in the rows of a constraint; None: with no bound."""
    rows = tuple(_other_row(row, spec, key, value) if row.name == spec.rule else row for row in problem.rows)
    return replace(problem, rows=rows)


def _other_row(row: Row, spec: ConstraintSpec, key: str, value: float | None) -> Row:
    beyond = spec.kind == "share" and not (spec.by == "time" and spec.where is None)
    if beyond and value is not None:
        is_low = np.isfinite(row.low)
        moved = row.unit_part + (float(getattr(spec, key)) - value)
        return replace(row, unit_part=moved) if is_low == (key == "min") else row
    if key == "min":
        return replace(row, low=-np.inf if value is None else value)
    if key == "max":
        return replace(row, high=np.inf if value is None else value)
    return replace(row, low=-np.inf if value is None else value, high=np.inf if value is None else value)


def _with_clips(problem: CutProblem, name: str, count: int) -> CutProblem:
    """The problem with more clips that count in the rows `name`, and are of a kind that no rule speaks of."""
    spans, clips = problem.value.shape[0], len(problem.clip_limit)
    kinds, ones = problem.kind_count, np.ones(count, dtype=np.int64)
    uses = int(problem.clip_limit.max(initial=1))

    def longer(row: Row) -> Row:
        part = (
            row.unit_part.max(initial=0.0) if row.name == name else min(0.0, row.unit_part.min(initial=0.0))
        )
        return replace(row, unit_part=np.append(row.unit_part, np.full(count, part)))

    return replace(
        problem,
        value=np.concatenate([problem.value, np.zeros((spans, count))], axis=1),
        unit_clip=np.concatenate([problem.unit_clip, clips + np.arange(count)]),
        unit_kind=np.concatenate([problem.unit_kind, ones * kinds]),
        unit_limit=np.concatenate([problem.unit_limit, ones]),
        clip_limit=np.concatenate([problem.clip_limit, ones * uses]),
        wanted=np.concatenate([problem.wanted, np.zeros((len(problem.wanted), count), dtype=bool)], axis=1),
        pair_value=np.zeros((kinds + 2, kinds + 1)),
        rows=tuple(longer(row) for row in problem.rows),
        covers=tuple(
            replace(cover, unit_group=np.concatenate([cover.unit_group, -ones])) for cover in problem.covers
        ),
        streaks=tuple(
            replace(streak, class_of_kind=np.append(streak.class_of_kind, -1)) for streak in problem.streaks
        ),
        sequences=tuple(
            replace(one, before=np.append(one.before, False), after=np.append(one.after, False))
            for one in problem.sequences
        ),
        follows=tuple(replace(one, forbidden=_wider(one.forbidden)) for one in problem.follows),
    )


def _wider(forbidden: Bools) -> Bools:
    """With one kind more, that nothing is forbidden to."""
    wide = np.pad(forbidden, ((0, 1), (0, 1)))
    wide[-1, :-1] = forbidden[-1]
    wide[-2] = False
    return wide


def _holds(problem: CutProblem) -> bool:
    return lawful_edit(problem).choices is not None

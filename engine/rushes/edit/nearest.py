"""The nearest relaxation: by how little a constraint must be loosened so that it holds together with others."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from rushes.edit.conflict import MAX_USES, STREAK, asker, only
from rushes.edit.feasible import lawful_edit, reach_of_row
from rushes.edit.problem import CutProblem, Ints, Row, rules_of
from rushes.edit.switch import MIN_SCORE, Switches, limited_to
from rushes.recipe.constraint_spec import ConstraintSpec
from rushes.recipe.spec import EditSpec

_STEP_01 = 0.01
_STEP_S = 0.1
_STEP_OF_EDIT_S = 0.5
_MORE_CLIPS = 32
_FEW_VALUES = 20_000
"""Spans x units up to which a problem is small."""


@dataclass(frozen=True, slots=True)
class Loosened:
    """path: of the setting; value: near to the asked one, with which all hold. is_sure: that is proven of all that the recipe
    asks for; else of the members of the conflict alone."""

    path: str
    value: float
    is_sure: bool = True

    def __str__(self) -> str:
        doubt = "" if self.is_sure else " (for this conflict; others may then be in the way)"
        return f"--set {self.path}={self.value:g}{doubt}"


def first_that(
    holds: Callable[[float], bool], values: Sequence[float], *, is_nearest: bool = True
) -> float | None:
    """The first of values (each looser than the one before) that holds; None where even the last does not.

    Asks about few: doubles the steps until one holds, then halves; if not is_nearest, it takes that one.
    """
    low, step = -1, 1
    while True:
        high = min(low + step, len(values) - 1)
        if high <= low:
            return None
        if holds(values[high]):
            break
        low, step = high, step * 2
    while is_nearest and high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(values[middle]) else (middle, high)
    return values[high]


@dataclass
class Questions:
    """How often all that a recipe asks for may still be tried at once."""

    left: int = 16

    def ask(self) -> bool:
        """Whether one more question may be asked."""
        self.left -= 1
        return self.left >= 0


def questions_for(switches: Switches) -> Questions:
    """None of a large problem, where one takes seconds."""
    return Questions() if switches.whole.value.size <= _FEW_VALUES else Questions(0)


@dataclass(frozen=True, eq=False)
class Nearest:
    """Relaxations for the members of a conflict. members: of which all others stay as they are."""

    switches: Switches
    members: frozenset[str]
    questions: Questions = field(default_factory=Questions)

    def is_enough(self, name: str) -> bool | None:
        """Whether an edit keeps all that the recipe asks for but one member; None: not found out."""
        names = frozenset(self.switches.names) - {name}
        if not self.questions.ask():
            return None
        verdict = asker(self.switches.problems_with, self.switches.anew)(names)
        return True if verdict.kept is not None else False if verdict.is_proof else None

    def _sure(
        self,
        path: str,
        found: float | None,
        values: Sequence[float],
        whole: Callable[[float], CutProblem | None],
        *,
        is_nearest: bool = True,
    ) -> Loosened | None:
        """What does for the members, loosened on until it does for all that the recipe asks for; None where nothing does."""
        if found is None:
            return None
        if self.members >= set(self.switches.names):
            return Loosened(path, found)
        further = [found, *values[values.index(found) + 1 :]]
        doubts: list[float] = []

        def holds(value: float) -> bool:
            if not self.questions.ask():
                doubts.append(value)
                return False
            problem = whole(value)
            answer = None if problem is None else lawful_edit(problem)
            if answer is not None and answer.choices is None and not answer.is_proof:
                doubts.append(value)
            return answer is not None and answer.choices is not None

        sure = first_that(holds, further, is_nearest=is_nearest)
        if sure is not None:
            return Loosened(path, sure)
        return Loosened(path, found, is_sure=False) if doubts else None

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

    def of_lengths(self) -> tuple[Loosened, ...]:
        """Other lengths of the shots or of the edit that would each do. Of a large problem only what is likely is tried: a
        shorter edit where uses of clips are among the members."""
        edit, found = self.switches.edit, list[Loosened]()
        is_small = self.switches.whole.value.size <= _FEW_VALUES
        if is_small or len(self.members) == 1:
            shorter = _down(edit.min_shot_s, _STEP_S, _STEP_S)
            longer = _down(-edit.max_shot_s, _STEP_S, -2 * edit.max_shot_s, sign=-1.0)
            found += self._setting("edit.min_shot_s", "min_shot_s", shorter)
            found += self._setting("edit.max_shot_s", "max_shot_s", longer)
        if (is_small or MAX_USES in self.members) and self.switches.may_be_shorter:
            values = _down(edit.duration_s, _STEP_OF_EDIT_S, max(edit.max_shot_s, edit.duration_s / 2))
            found += self._setting("edit.duration_s", "duration_s", values)
        return tuple(found)

    def more_clips(self, name: str) -> int | None:
        """How many further clips would do, each like one that counts for this constraint, in every way but its source; None
        where not even many would, or there is no such clip to go by."""
        spec = self.switches.hard.get(name)
        problem = self._problem()
        if spec is None or problem is None or not self._asks_for_more(spec):
            return None
        unit = _good_example(problem, name)
        if unit is None or not _holds(_with_clips(problem, unit, _MORE_CLIPS)):
            return None
        counts = [float(count) for count in range(1, _MORE_CLIPS + 1)]
        found = first_that(lambda count: _holds(_with_clips(problem, unit, int(count))), counts)
        return None if found is None else int(found)

    @staticmethod
    def _asks_for_more(spec: ConstraintSpec) -> bool:
        return spec.kind in ("share", "count") and (spec.min is not None or bool(spec.exactly))

    def _problem(self) -> CutProblem | None:
        problem = next(iter(self.switches.problems_with(self.members)), None)
        return None if problem is None else only(problem, self.members)

    def _setting(self, name: str, key: str, values: Sequence[float]) -> tuple[Loosened, ...]:
        def changes(value: float) -> dict[str, Any]:
            return {key: int(value) if key.startswith("max_") and key != "max_shot_s" else value}

        def holds(value: float) -> bool:
            return self._holds_with(lambda edit: replace(edit, **changes(value)))

        if not values or not holds(values[-1]):
            # With the loosest of them most of what the others allow is allowed, too.
            return ()

        def whole(value: float) -> CutProblem | None:
            return self.switches.prepared(replace(self.switches.edit, **changes(value)))

        found = self._sure(name, first_that(holds, values), values, whole)
        return () if found is None else (found,)

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
        # One that is a step or two too loose is found in half the time: with the whole edit one question may take a second.
        return self._sure(
            f"{spec.rule}.{key}", found, values, lambda value: self._whole(spec, key, value), is_nearest=False
        )

    def _whole(self, spec: ConstraintSpec, key: str, value: float) -> CutProblem | None:
        """The problem of all that the recipe asks for, one number loosened."""
        if spec.kind in _OF_RULES and any(rule.name == spec.rule for rule in rules_of(self.switches.whole)):
            return _loosened(self.switches.whole, spec, key, value)
        return self.switches.prepared(_with_number(self.switches.edit, spec, key, value))

    def _holds_anew(self, spec: ConstraintSpec, key: str, value: float) -> bool:
        return self._holds_with(lambda edit: _with_number(edit, spec, key, value))

    def _holds_with(self, change: Callable[[EditSpec], EditSpec]) -> bool:
        """Whether the members hold together in a changed edit section."""
        edit = change(limited_to(self.switches.edit, self.members, self.switches.most_uses))
        problem = self.switches.prepared(edit)
        return problem is not None and _holds(only(problem, self.members))


def _with_number(edit: EditSpec, spec: ConstraintSpec, key: str, value: float) -> EditSpec:
    """The edit section with another number in one of its constraints."""
    changes: dict[str, Any] = {key: int(value) if key == "exactly" else value}
    changed = replace(spec, **changes)
    constraints = tuple(changed if one.name == spec.name else one for one in edit.constraints)
    return replace(edit, constraints=constraints)


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
    """Looser and looser values of a key, in its natural steps; none that asks for nothing any more."""
    if key == "likeness_01" or (spec.kind == "share" and key == "max"):
        return _down(-asked, _STEP_01, _STEP_01 - 1.0, sign=-1.0)
    if spec.kind == "share":
        return _down(asked, _STEP_01, _STEP_01)
    if key == "max":
        return _up(asked, switches.most_uses)
    if key == "max_s":
        return _down(-asked, _STEP_S, -switches.edit.max_shot_s - _STEP_S, sign=-1.0)
    if key in ("min_s", "before_s", "after_s"):
        return _down(asked, _STEP_S, _STEP_S)
    return _down(asked, 1.0, 1.0) if key == "min" else _around(int(asked), switches.most_uses)


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


def _good_example(problem: CutProblem, name: str) -> int | None:
    """Of the units that count most in the rows `name`, the first of those that fit most spans."""
    rows = [row for row in problem.rows if row.name == name]
    fits = np.isfinite(problem.value).sum(axis=0)
    if not rows or not fits.any():
        return None
    part = rows[0].unit_part
    good = (part >= part[fits > 0].max()) & (part > 0)
    return int(np.argmax(np.where(good, fits, -1))) if good.any() else None


def _with_clips(problem: CutProblem, unit: int, count: int) -> CutProblem:
    """The problem with more clips, each of one unit like the given one, and of no group of a cover: nothing is too near to
    them."""
    clips, ones = len(problem.clip_limit), np.ones(count, dtype=np.int64)
    order = np.argsort(np.append(problem.unit_kind, ones * problem.unit_kind[unit]), kind="stable")

    def longer(values: Ints, more: Ints) -> Ints:
        return np.append(values, more)[order]

    wide = np.concatenate([problem.value, np.repeat(problem.value[:, [unit]], count, axis=1)], axis=1)
    return replace(
        problem,
        value=wide[:, order],
        unit_clip=longer(problem.unit_clip, clips + np.arange(count)),
        unit_kind=longer(problem.unit_kind, ones * problem.unit_kind[unit]),
        unit_limit=longer(problem.unit_limit, ones * problem.unit_limit[unit]),
        clip_limit=np.append(problem.clip_limit, ones * problem.clip_limit[problem.unit_clip[unit]]),
        wanted=np.concatenate([problem.wanted, np.zeros((len(problem.wanted), count), dtype=bool)], axis=1),
        rows=tuple(
            replace(row, unit_part=np.append(row.unit_part, ones * row.unit_part[unit])[order])
            for row in problem.rows
        ),
        covers=tuple(replace(cover, unit_group=longer(cover.unit_group, -ones)) for cover in problem.covers),
    )


def _holds(problem: CutProblem) -> bool:
    return lawful_edit(problem).choices is not None

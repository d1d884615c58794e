"""How an edit stands to the constraints of its recipe, in words and numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from rushes.edit.constraint_marks import look_mark
from rushes.edit.constraint_music import held_moments, moments_of_song
from rushes.edit.constraints import OF_ONE_SHOT, Constraints
from rushes.edit.for_edits import energy_range
from rushes.edit.problem import Bools, Choice, Floats, Ints, broken_limits, offences, rules_of
from rushes.edit.range_words import bounds, shots
from rushes.edit.runner_up import gains
from rushes.recipe.constraint_spec import ConstraintSpec
from rushes.recipe.expression import names_in, parse_expression

if TYPE_CHECKING:
    from rushes.edit.attempt import Answer

_TRIED = 20
"""Other takes that are tried for each shot."""


def constraint_rows(answer: Answer) -> Iterator[Mapping[str, Any]]:
    """A row for every constraint, in the recipe's order.

    name: its dotted path. kind, says: of the recipe. limit: what it asks, in words. used: how the edit stands to it. holds.
    binds: the edit would be worth more without it, as far as is known; of a soft one, that it costs something. weight, cost:
    of a soft one, as shares of the objective; else null. What rushes.timeline.judge reads once the edit was changed: asks,
    the constraint itself; seen, where the footage says what conditions found (for_edits.py); numbers that they name; energy_01,
    the quiet and the loud of the song; text, whether a streak is one of a text; offered, the values that `uses` counts; at_s,
    song times that cuts are to lie on or to leave alone.
    """
    standing = _Standing(answer)
    for spec in answer.shots.constraints.specs:
        weight = answer.shots.constraints.weight(spec)
        cost = None if weight is None else round(standing.cost(spec), 6)
        yield {
            "name": spec.rule,
            "kind": spec.kind,
            "says": spec.says,
            "limit": limit_words(spec),
            "used": standing.used(spec),
            "holds": standing.holds(spec),
            "binds": standing.binds(spec) if cost is None else cost > 0,
            "weight": None if weight is None else round(weight, 6),
            "cost": cost,
            "of": "edit",
            **_for_later(standing, spec),
        }


def _for_later(standing: _Standing, spec: ConstraintSpec) -> Mapping[str, Any]:
    """What the constraint is judged with when the edit has changed."""
    constraints = standing.answer.shots.constraints
    asks = {
        field.name: value
        for field in fields(spec)
        if field.name not in ("name", "says") and (value := getattr(spec, field.name)) is not None
    }
    names = {name for text in spec.expressions.values() for name, _ in names_in(parse_expression(text))}
    thresholds = standing.answer.footage.thresholds
    return {
        "asks": asks,
        "seen": standing.seen(spec),
        "numbers": {name: thresholds[name] for name in sorted(names & set(thresholds))},
        "energy_01": energy_range(standing.answer.scene) if "energy_01" in names else None,
        "text": spec.streak is not None and constraints.is_text(spec),
        "offered": standing.offered(spec) if spec.uses is not None and spec.min else [],
        **({} if (at_s := standing.at_s(spec)) is None else {"at_s": at_s}),
    }


def limit_words(spec: ConstraintSpec) -> str:
    """What a constraint asks, such as "at least 0.3 of the time"."""
    match spec.kind:
        case "share":
            words = f"{bounds(spec.min, spec.max)} of the {spec.by} {_text(spec.share)}"
        case "count":
            low, high = (spec.min, spec.max) if spec.exactly is None else (spec.exactly, spec.exactly)
            words = f"{bounds(low, high)} {shots(low, high)} {_text(spec.count)}"
        case "uses":
            words = f"{bounds(spec.min, spec.max)} {shots(spec.min, spec.max)} of each {spec.uses}"
        case "first" | "last":
            words = f"the {spec.kind} shot {_text(spec.first or spec.last)}"
        case "order":
            words = " before ".join(map(_text, spec.order or ()))
        case "streak":
            words = f"{bounds(None, spec.max)} in a row of {spec.streak}"
        case "after":
            how, what = ("never", spec.never) if spec.never is not None else ("only", spec.only)
            words = f"after {_text(spec.after)} {how} {_text(what)}"
        case "neighbours" | "every":
            words = f"{'every shot' if spec.every else 'every cut'} {_text(spec.every or spec.neighbours)}"
        case "spacing":
            words = f"{bounds(spec.min_s, None)} s between shots of one {spec.spacing}"
        case "distinct":
            words = f"no two shots in a row that look alike ({spec.likeness_01:g})"
        case "length":
            words = f"{bounds(spec.min_s, spec.max_s)} s {_text(spec.length)}"
        case "cuts":
            words = f"every cut on a {spec.cuts}"
        case "hold":
            words = f"no cut {_around(spec.before_s, spec.after_s)} each {spec.hold}"
        case _:
            words = f"no cut inside {spec.uncut}"
    return f"{words} where {spec.where}" if spec.where is not None else words


def _around(before_s: float | None, after_s: float | None) -> str:
    if before_s is not None and after_s is not None:
        return f"from {before_s:g} s before to {after_s:g} s after"
    return f"in the {before_s:g} s before" if before_s is not None else f"in the {after_s:g} s after"


def _text(expression: str | None) -> str:
    return f"({expression})"


@dataclass(frozen=True, eq=False)
class _Standing:
    """The shots of an answer, seen by its constraints."""

    answer: Answer

    @property
    def _constraints(self) -> Constraints:
        return self.answer.shots.constraints

    @cached_property
    def _span(self) -> Ints:
        return np.array([choice.span for choice in self.answer.choices], dtype=np.int64)

    @cached_property
    def _column(self) -> Ints:
        """(shots,) column of Shots of each."""
        return np.array(
            [self.answer.built.column_of(choice) for choice in self.answer.choices], dtype=np.int64
        )

    @cached_property
    def _piece(self) -> Ints:
        pieces: Ints = self.answer.shots.piece[self._column]
        return pieces

    @cached_property
    def _share(self) -> Floats:
        shares: Floats = self.answer.built.problem.span_weight[self._span]
        return shares

    @cached_property
    def _offences(self) -> Mapping[str, float]:
        return offences(self.answer.built.problem, self.answer.choices)

    def seen(self, spec: ConstraintSpec) -> dict[str, list[str]]:
        """Key -> for each part of its expression that looks at a shot alone: the mark that says what it found."""
        looked: dict[str, list[str]] = {}
        for (constraint, key), reading in self._constraints.readings.items():
            if constraint == spec.name:
                looked[key] = reading.own()
                if reading.before():
                    looked["before"] = reading.before()
        return looked if spec.distinct is None else looked | {"look": [look_mark(spec)]}

    def at_s(self, spec: ConstraintSpec) -> list[float] | None:
        """Song times that a `hold`, or `cuts` on phrases or sections, speaks of: what the timeline's song does not say."""
        lie = self._constraints.lie
        if lie.music is None or (spec.hold is None and spec.cuts not in ("phrase", "section")):
            return None
        if spec.cuts == "phrase":
            return [round(at, 6) for at in lie.music.phrases_s().tolist()]
        found = moments_of_song(spec, lie.places, lie.music)
        return [round(at, 6) for at in found.tolist()]

    def offered(self, spec: ConstraintSpec) -> list[str]:
        """Every value of the column that `uses` reads."""
        (mark,) = self._constraints.readings[spec.name, spec.kind].own()
        values = {piece.marks[mark] for piece in self.answer.footage.pieces}
        return sorted(value for value in values if value is not None)

    def _wrong(self, spec: ConstraintSpec) -> Bools:
        """(shots,) which shots break a constraint that looks at one shot at a time."""
        wrong: Bools = self.answer.shots.offends[spec.name][self._span, self._column]
        return wrong

    def holds(self, spec: ConstraintSpec) -> bool:
        """Whether nothing breaks it."""
        if spec.kind in OF_ONE_SHOT:
            return not self._wrong(spec).any()
        return self._offences.get(spec.rule, 0.0) <= 1e-6

    def cost(self, spec: ConstraintSpec) -> float:
        """What breaking it takes from the objective."""
        if spec.kind in OF_ONE_SHOT:
            return (self._constraints.weight(spec) or 0.0) * float(self._share[self._wrong(spec)].sum())
        weights = [rule.weight for rule in rules_of(self.answer.built.problem) if rule.name == spec.rule]
        size = self._offences.get(spec.rule, 0.0)
        return (weights[0] or 0.0) * size if weights and size > 1e-6 else 0.0

    def binds(self, spec: ConstraintSpec) -> bool:
        """Whether the edit would be worth more without it: it has a price, or one other take would be worth more that
        breaks nothing else."""
        if spec.kind in OF_ONE_SHOT:
            blocked = self.answer.shots.blocked[spec.name]
            return bool(np.any(blocked > self._worth_beneath + 1e-9))
        if not self._is_used_up(spec):
            return False
        return self.answer.solution.prices.rules.get(spec.rule, 0.0) > 1e-9 or spec.rule in self._tempting

    def _is_used_up(self, spec: ConstraintSpec) -> bool:
        """Whether one shot more or less could break a count; prices know only of mixtures of edits."""
        used = self.used(spec)
        if spec.kind not in ("share", "count", "uses") or isinstance(used, str):
            return True
        step = 0.5 if spec.kind != "share" else float(self._share.max())
        bounds = (spec.min, spec.max, spec.exactly)
        return any(bound is not None and abs(used - bound) <= step for bound in bounds)

    @cached_property
    def _worth_beneath(self) -> Floats:
        """(spans,) what the edit is worth over each span, as a mean over its time."""
        lie = self._constraints.lie
        frames = lie.places.frames
        start, end = frames[lie.spans.start], frames[lie.spans.end]
        edges = np.append(start[self._span], lie.places.total_frames)
        worth = self.answer.shots.value[self._span, self._column]
        total = np.concatenate([[0.0], np.cumsum(worth * np.diff(edges))])
        beneath: Floats = (np.interp(end, edges, total) - np.interp(start, edges, total)) / (end - start)
        return beneath

    @cached_property
    def _tempting(self) -> frozenset[str]:
        """Hard rules that alone keep another take from the place of a shot."""
        problem, choices = self.answer.built.problem, self.answer.choices
        if not rules_of(problem):
            return frozenset()
        found: set[str] = set()
        for at, choice in enumerate(choices):
            gain = gains(problem, choices, at)
            better = np.flatnonzero(gain > gain[choice.unit] + 1e-9)
            for unit in better[np.argsort(-gain[better], kind="stable")][:_TRIED].tolist():
                other = (*choices[:at], Choice(choice.span, unit), *choices[at + 1 :])
                broken = broken_limits(problem, other)
                if len(broken) == 1:
                    found.add(broken[0])
        return frozenset(found)

    def used(self, spec: ConstraintSpec) -> float | str:
        """How the edit stands to a constraint: the number that it limits, or how many of its shots or cuts keep it."""
        match spec.kind:
            case "share":
                return self._share_of(spec)
            case "count":
                return int((self._truth(spec) & self._where(spec)).sum())
            case "uses":
                return self._most_uses(spec)
            case "streak":
                return self._longest(spec)
            case "spacing":
                return self._nearest(spec)
            case "order":
                return "in order" if self.holds(spec) else "not in order"
            case "first" | "last":
                return "yes" if self.holds(spec) else "no"
            case "after" | "neighbours" | "distinct":
                return self._cuts_that_keep(spec)
            case "length":
                return self._lengths(spec)
            case "hold":
                lie = self._constraints.lie
                return f"{len(held_moments(spec, lie.places, lie.music))} in the edit"
            case _:
                return self._shots_that_keep(spec)

    def _truth(self, spec: ConstraintSpec) -> Bools:
        return self._constraints.held(spec, spec.kind).by_piece()[self._piece]

    def _where(self, spec: ConstraintSpec) -> Bools:
        return self._constraints.where(spec)[self._span]

    def _share_of(self, spec: ConstraintSpec) -> float | str:
        weight = (self._share if spec.by == "time" else np.ones(len(self._span))) * self._where(spec)
        total = float(weight.sum())
        return round(float(weight[self._truth(spec)].sum()) / total, 6) if total > 0 else "no shot there"

    def _groups(self, spec: ConstraintSpec) -> Ints:
        return self._constraints.groups(spec)[self._piece]

    def _most_uses(self, spec: ConstraintSpec) -> int | str:
        groups = self._groups(spec)
        counts = np.bincount(groups[self._where(spec) & (groups >= 0)], minlength=1)
        if spec.min and spec.max is None:
            offered = np.unique(self._constraints.groups(spec))
            return int(min(counts[group] if group < len(counts) else 0 for group in offered[offered >= 0]))
        return int(counts.max())

    def _longest(self, spec: ConstraintSpec) -> int:
        if self._constraints.is_text(spec):
            classes = self._groups(spec).tolist()
        else:
            classes = np.where(self._truth(spec), 0, -1).tolist()
        longest = run = 0
        for before, now in pairwise([-1, *classes]):
            run = 0 if now < 0 else run + 1 if now == before else 1
            longest = max(longest, run)
        return longest

    def _nearest(self, spec: ConstraintSpec) -> float | str:
        """Seconds between the two shots of one group that are nearest to each other."""
        lie = self._constraints.lie
        seen: dict[int, int] = {}
        gaps: list[int] = []
        for group, span in zip(self._groups(spec).tolist(), self._span.tolist(), strict=True):
            start = int(lie.places.frames[lie.spans.start[span]])
            if group in seen and group >= 0:
                gaps.append(start - seen[group])
            seen[group] = int(lie.places.frames[lie.spans.end[span]])
        return round(min(gaps) / lie.edit.frames_per_s, 6) if gaps else "no two shots"

    def _cuts_that_keep(self, spec: ConstraintSpec) -> str:
        if spec.kind == "distinct":
            groups = self._groups(spec)
            wrong = (groups[1:] == groups[:-1]) & (groups[1:] >= 0)
        else:
            kinds = self.answer.shots.kinds
            of_shot = kinds.of_piece[self._piece]
            wrong = kinds.may_not_follow(spec)[of_shot[:-1], of_shot[1:]]
        return f"{int((~wrong).sum())} of {len(wrong)} cuts"

    def _lengths(self, spec: ConstraintSpec) -> str:
        held = self._constraints.held(spec, "length")
        lengths = self._constraints.length_s[self._span][
            held.table[held.at[self._span], held.of[self._piece]]
        ]
        return f"{lengths.min():.2f} to {lengths.max():.2f} s" if len(lengths) else "no such shot"

    def _shots_that_keep(self, spec: ConstraintSpec) -> str:
        if spec.uncut is not None and self.answer.footage.speech is None:
            return "nobody listened for speech"
        looked = np.ones(len(self._span), dtype=bool)
        if spec.where is not None:
            held = self._constraints.held(spec, "where")
            looked = held.table[held.at[self._span], held.of[self._piece]]
        what = "shots"
        if spec.kind == "cuts":
            what, looked = "cuts", looked & (np.arange(len(looked)) > 0)
        return f"{int((looked & ~self._wrong(spec)).sum())} of {int(looked.sum())} {what}"

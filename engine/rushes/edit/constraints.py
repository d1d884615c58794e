"""The constraints of a recipe over footage and places: what each says of every take on every span.

Some look at one shot at a time: those forbid takes on spans, or lower their worth (`offends`). The others look at many
shots; `constraint_rules.py` turns them into rules of the problem. `constraint_kinds.py` says which takes no constraint can
tell apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import polars as pl

from rushes.edit.constraint_marks import Reading, holds, look_mark, readings
from rushes.edit.constraint_music import held_moments, held_over, marks_of_music
from rushes.edit.footage import Footage
from rushes.edit.footage_bins import BIN_S
from rushes.edit.problem import Bools, Floats, Ints
from rushes.edit.windows import Lie
from rushes.recipe.constraint_spec import ConstraintSpec
from rushes.score.translate import translate

OF_ONE_SHOT = frozenset({"first", "last", "every", "length", "cuts", "hold", "uncut"})
"""Kinds that can be judged shot by shot."""

_TABLE = 2_000_000
"""Cells of a table of takes and places that are computed together."""


@dataclass(frozen=True, slots=True, eq=False)
class Held:
    """Where a condition holds. at: (spans,) row of the table; of: (pieces,) its column."""

    at: Ints
    of: Ints
    table: Bools

    def on(self, index: Ints) -> Bools:
        """(spans, some pieces)."""
        return self.table[self.at[:, None], self.of[index][None, :]]

    def by_piece(self) -> Bools:
        """(pieces,) of a condition on footage alone."""
        found: Bools = self.table[0, self.of]
        return found

    def by_span(self) -> Bools:
        """(spans,) of a condition on places alone."""
        found: Bools = self.table[self.at, 0]
        return found


@dataclass(frozen=True, eq=False)
class Constraints:
    """All constraints of an edit. scale: what a weight of 1 is worth in the objective."""

    footage: Footage
    lie: Lie
    scale: float

    @property
    def specs(self) -> tuple[ConstraintSpec, ...]:
        """In the recipe's order."""
        return self.lie.edit.constraints

    def weight(self, spec: ConstraintSpec) -> float | None:
        """Of a soft one, on the objective's scale; None: it is hard."""
        return None if spec.weight is None else spec.weight * self.scale

    @cached_property
    def readings(self) -> Mapping[tuple[str, str], Reading]:
        """Every expression by constraint and key."""
        return readings(self.lie.edit)

    @cached_property
    def kept(self) -> Bools:
        """(pieces,) shots that stand already: what they break is excused."""
        return np.array([bool(piece.kept) for piece in self.footage.pieces], dtype=bool)

    @cached_property
    def length_s(self) -> Floats:
        """(spans,)"""
        lengths: Floats = self.lie.spans.length_frames / self.lie.edit.frames_per_s
        return lengths

    @cached_property
    def places(self) -> pl.DataFrame:
        """The columns that expressions may read of every span."""
        lie, frames = self.lie, self.lie.places.frames
        start, total = frames[lie.spans.start], lie.places.total_frames
        middle = (start + frames[lie.spans.end]) / (2 * total)
        sections = [None] * len(start) if lie.music is None else [self._section(at) for at in lie.spans.start]
        return pl.DataFrame(
            {
                "record_s": start / lie.edit.frames_per_s,
                "position_01": middle,
                "length_s": self.length_s,
                "energy_01": pl.Series(
                    [None if lie.music is None else at for at in lie.loud_01.tolist()], dtype=pl.Float64
                ),
                "section": pl.Series(sections, dtype=pl.String),
            }
        )

    def _section(self, place: int) -> str | None:
        """Label of the section that a shot begins in; one that begins within half a beat has begun."""
        music = self.lie.music
        assert music is not None
        at_s = float(self.lie.places.time_s[place]) + 0.5 * (music.beat_s or 0.0)
        begun = [part for part in music.sections if part.start_s <= at_s + 1e-6]
        return begun[-1].label if begun else None

    def held(self, spec: ConstraintSpec, key: str) -> Held:
        """Where the condition under a key of a constraint holds."""
        return self._held[spec.name, key]

    @cached_property
    def _held(self) -> dict[tuple[str, str], Held]:
        return {at: self._compute(one) for at, one in self.readings.items() if one.key != "neighbours"}

    def _compute(self, reading: Reading) -> Held:
        of, own = self.codes(reading.own())
        parts = [
            translate(part, self.footage.thresholds).on(self.places).alias(f"other.{number}")
            for number, part in enumerate(reading.split.other)
        ]
        at, rows = _coded(zip(*(part.to_list() for part in parts), strict=True))
        if not parts:
            at, rows = np.zeros(len(self.length_s), dtype=np.int64), [()]
        other = Rows({part.name: part.dtype for part in parts}, rows)
        return Held(at, of, self._table(reading, own, other))

    def codes(self, marks: Sequence[str]) -> tuple[Ints, Rows]:
        """(pieces,) number of the combination of marks of each piece, and the combinations."""
        codes, rows = _coded(tuple(piece.marks[name] for name in marks) for piece in self.footage.pieces)
        return codes, Rows({name: self.footage.marks[name] for name in marks}, rows)

    def _table(self, reading: Reading, own: Rows, other: Rows) -> Bools:
        """(other, own) whether the whole holds, some columns at a time."""
        step = max(1, _TABLE // max(1, len(other.rows)))
        parts = [replace(own, rows=own.rows[at : at + step]) for at in range(0, len(own.rows), step)]
        return np.concatenate(
            [crossed(reading, part, other, self.footage.thresholds) for part in parts], axis=1
        )

    def groups(self, spec: ConstraintSpec) -> Ints:
        """(pieces,) number of the value that `uses`, `spacing`, `streak` or `distinct` reads; -1: not known, or alone."""
        if spec.distinct is not None:
            return np.array([piece.marks[look_mark(spec)] for piece in self.footage.pieces], dtype=np.int64)
        (mark,) = self.readings[spec.name, spec.kind].own()
        values = [piece.marks[mark] for piece in self.footage.pieces]
        numbers = {value: at for at, value in enumerate(sorted({v for v in values if v is not None}))}
        return np.array([-1 if value is None else numbers[value] for value in values], dtype=np.int64)

    def is_text(self, spec: ConstraintSpec) -> bool:
        """Whether `streak` reads a text; else it reads a condition."""
        (mark,) = self.readings[spec.name, spec.kind].own()
        return self.footage.marks[mark] == pl.String

    def where(self, spec: ConstraintSpec) -> Bools:
        """(spans,) where a constraint looks, of those that look at footage alone besides."""
        if spec.where is None:
            return np.ones(len(self.length_s), dtype=bool)
        return self.held(spec, "where").by_span()

    def notes(self) -> Iterator[str]:
        """What a person should know of constraints that find nothing to limit."""
        for spec in self.specs:
            if spec.uncut is not None and self.footage.speech is None:
                yield f"{spec.rule} limits nothing: nobody listened for speech"
            if spec.hold is not None and len(held_moments(spec, self.lie.places, self.lie.music)) == 0:
                yield no_moment_words(spec)

    def offends(self, spec: ConstraintSpec, index: Ints, in_s: Floats) -> Bools:
        """(spans, some pieces): whether a piece on a span breaks a constraint of OF_ONE_SHOT.

        in_s: source time of the first picture of each.
        """
        wrong = np.broadcast_to(self._offends(spec, index, in_s), in_s.shape)
        if spec.where is not None:
            wrong = wrong & self.held(spec, "where").on(index)
        return wrong

    def _offends(self, spec: ConstraintSpec, index: Ints, in_s: Floats) -> Bools:
        lie, spans = self.lie, self.lie.spans
        at_edge: Bools
        match spec.kind:
            case "first":
                at_edge = spans.start == 0
                return at_edge[:, None] & ~self.held(spec, "first").on(index)
            case "last":
                at_edge = spans.end == len(lie.places.frames) - 1
                return at_edge[:, None] & ~self.held(spec, "last").on(index)
            case "every":
                return ~self.held(spec, "every").on(index)
            case "length":
                low, high = spec.min_s or 0.0, np.inf if spec.max_s is None else spec.max_s
                frame_s = 0.5 / lie.edit.frames_per_s
                wrong = (self.length_s < low - frame_s) | (self.length_s > high + frame_s)
                return wrong[:, None] & self.held(spec, "length").on(index)
            case "cuts":
                off = ~marks_of_music(spec.cuts or "beat", lie.places, lie.music, lie.edit.frames_per_s)
                return _from_the_second(spans.start, off)
            case "hold":
                return _from_the_second(spans.start, held_over(spec, lie.places, lie.music))
            case "uncut":
                return self._cuts_speech(index, in_s)
            case _:
                raise AssertionError(f"{spec.kind} does not look at one shot at a time")

    def _cuts_speech(self, index: Ints, in_s: Floats) -> Bools:
        speech = self.footage.speech
        if speech is None:
            return np.zeros(in_s.shape, dtype=bool)
        first = np.array([self.footage.pieces[at].first_bin for at in index.tolist()], dtype=np.int64)
        return speech.cut_by(first[None, :] * BIN_S + in_s, self.length_s[:, None])


def no_moment_words(spec: ConstraintSpec) -> str:
    """The note of a `hold` that finds nothing in the edit."""
    return f"{spec.rule} limits nothing: the edit has no {spec.hold} inside"


def _from_the_second(start: Ints, places: Bools) -> Bools:
    """(spans, 1) those that begin with a cut on one of the places; the beginning of the edit is no cut."""
    found: Bools = (start > 0) & places[start]
    return found[:, None]


def _coded(rows: Iterable[tuple[Any, ...]]) -> tuple[Ints, list[tuple[Any, ...]]]:
    numbers: dict[tuple[Any, ...], int] = {}
    codes = np.array([numbers.setdefault(row, len(numbers)) for row in rows], dtype=np.int64)
    return codes, list(numbers)


@dataclass(frozen=True, slots=True)
class Rows:
    """Combinations of values, with the name and type of each."""

    types: Mapping[str, pl.DataType]
    rows: Sequence[tuple[Any, ...]]

    def columns(self, prefix: str, at: Ints) -> list[pl.Series]:
        """The values of the rows `at`, as columns prefix.0, prefix.1, ..."""
        series = (
            pl.Series(f"{prefix}.{number}", [row[number] for row in self.rows], dtype=dtype)
            for number, dtype in enumerate(self.types.values())
        )
        return [values.gather(at) for values in series]


def crossed(reading: Reading, own: Rows, other: Rows, thresholds: Mapping[str, float]) -> Bools:
    """(other, own) whether the whole of a reading holds for combinations of the values of its parts."""
    down, across = len(other.rows), len(own.rows)
    one, two = np.tile(np.arange(across), down), np.repeat(np.arange(down), across)
    columns = [pl.Series("row", two), *own.columns("own", one), *other.columns("other", two)]
    found = holds(reading.split.whole, pl.DataFrame(columns), thresholds)
    return np.asarray(found.to_numpy(), dtype=bool).reshape(down, across)

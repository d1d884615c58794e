"""From footage, places and values to the arithmetic problem, and back to pieces."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rushes.edit.constraint_kinds import told_apart
from rushes.edit.constraint_rules import RuleMaker
from rushes.edit.footage import NO_ANGLE, Footage, clip_indices
from rushes.edit.kept import kept_uses
from rushes.edit.places import Places, Spans
from rushes.edit.problem import Choice, CutProblem, Floats, Ints, Streak
from rushes.edit.terms import Shots
from rushes.media.find import matches_any


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The hard limits of one attempt. unit_uses: how often one piece may be shown. max_streak None: any."""

    max_uses: int
    unit_uses: int
    max_streak: int | None
    apart: bool
    must_use: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Built:
    """A problem and what its indices mean. column: (spans, units) the column of Shots that a unit shows on a span; piece:
    (columns,) its piece."""

    problem: CutProblem
    column: Ints
    piece: Ints

    def column_of(self, choice: Choice) -> int:
        """Column of Shots of a shot."""
        return int(self.column[choice.span, choice.unit])

    def piece_of(self, choice: Choice) -> int:
        """Index of the piece of a shot in the footage."""
        return int(self.piece[self.column_of(choice)])


def build_problem(footage: Footage, places: Places, spans: Spans, shots: Shots, rules: Rules) -> Built:
    """The problem of one attempt.

    Where a clip has one use, all its pieces that no rule tells apart are one unit, shown by the best of them; else every
    piece is a unit of its own, so that two uses of a clip never share source. A kept shot is always a unit of its own.
    """
    names, clip_of_piece = clip_indices(footage)
    present, clip_of_column = np.unique(clip_of_piece[shots.piece], return_inverse=True)
    clips = [names[at] for at in present.tolist()]
    kind = shots.kinds.of_piece[shots.piece]
    weight = spans.length_frames / places.total_frames
    kept = np.array([at + 1 if footage.pieces[at].kept else 0 for at in shots.piece.tolist()], dtype=np.int64)
    apart = np.stack([kept, told_apart(shots.constraints)[shots.piece]])
    order, starts = _units(clip_of_column, kind, apart, grouped=rules.max_uses == 1)
    value, column = _best_columns(shots.value, order, starts)
    first = order[starts]
    uses = kept_uses(footage.kept)
    most = np.array([max(rules.max_uses, uses.get(clip, 0)) for clip in clips], dtype=np.int64)
    limit = _clip_limits(shots, most, clip_of_column)
    made = RuleMaker(shots.constraints, shots.kinds, weight, shots.piece[first], clip_of_column[first], limit)
    rest = made.compiled()
    by_angle = len(shots.kinds.angle) == len(shots.angles)
    return Built(
        problem=CutProblem(
            place_count=len(places.frames),
            span_start=spans.start,
            span_end=spans.end,
            span_weight=weight,
            value=value * weight[:, None],
            unit_clip=clip_of_column[first],
            unit_kind=kind[first],
            unit_limit=np.where(kept[first] > 0, 1, rules.unit_uses),
            clip_limit=limit,
            wanted=np.array(
                [
                    [any(matches_any(name, (glob,)) for name in footage.names_of(clip)) for clip in clips]
                    for glob in rules.must_use
                ],
                dtype=bool,
            ).reshape(len(rules.must_use), len(clips)),
            pair_value=shots.pair,
            free_kind=len(shots.angles) - 1 if by_angle and NO_ANGLE in shots.angles else None,
            max_streak=rules.max_streak if by_angle else None,
            apart=rules.apart,
            rows=tuple(rest.rows),
            covers=tuple(rest.covers),
            streaks=(*(() if by_angle else _angle_streak(shots, rules)), *rest.streaks),
            sequences=tuple(rest.sequences),
            follows=tuple(rest.follows),
        ),
        column=column,
        piece=shots.piece,
    )


def _clip_limits(shots: Shots, most: Ints, clip: Ints) -> Ints:
    """(clips,) uses that the limits allow, a hard constraint on the uses of each clip among them: it needs no rule then."""
    limit = most.copy()
    for spec in shots.constraints.specs:
        if spec.uses != "clip" or spec.weight is not None or spec.where is not None or spec.max is None:
            continue
        kept = np.bincount(clip[shots.constraints.kept[shots.piece]], minlength=len(limit))
        limit = np.minimum(limit, np.maximum(int(spec.max), kept))
    return limit


def _angle_streak(shots: Shots, rules: Rules) -> tuple[Streak, ...]:
    """The limit on shots of one angle in a row, where kinds tell more apart than angles."""
    if rules.max_streak is None:
        return ()
    unknown = shots.angles.index(NO_ANGLE) if NO_ANGLE in shots.angles else -1
    angle = np.where(shots.kinds.angle == unknown, -1, shots.kinds.angle)
    return (Streak(name="edit.max_same_angle_streak", class_of_kind=angle, most=rules.max_streak),)


def _units(clip: Ints, kind: Ints, apart: Ints, *, grouped: bool) -> tuple[Ints, Ints]:
    """Columns in the order of their units (by kind, clip, piece), and where in it each unit begins. apart: (numbers, columns)
    that are equal for columns of one unit."""
    order = np.lexsort((np.arange(len(clip)), *apart[::-1], clip, kind))
    if not grouped:
        return order, np.arange(len(order))
    keys = np.concatenate([kind[None], clip[None], apart])[:, order]
    changes = np.any(np.diff(keys, axis=1) != 0, axis=0)
    return order, np.flatnonzero(np.concatenate([[True], changes]))


def _best_columns(value: Floats, order: Ints, starts: Ints) -> tuple[Floats, Ints]:
    """Value of each unit on each span, and the column that gives it: both (spans, units)."""
    ordered = value[:, order]
    if len(starts) == len(order):
        return ordered, np.broadcast_to(order, ordered.shape)
    best = np.maximum.reduceat(ordered, starts, axis=1)
    column = np.zeros(best.shape, dtype=np.int64)
    for unit, (start, stop) in enumerate(zip(starts, np.append(starts[1:], len(order)), strict=True)):
        column[:, unit] = order[start + ordered[:, start:stop].argmax(axis=1)]
    return best, column

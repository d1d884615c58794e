"""The limits and constraints of an edit as a table: what was allowed, what was used, and whether it held the edit back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from rushes.edit.attempt import Answer
from rushes.edit.constraint_report import constraint_rows
from rushes.edit.footage import NO_ANGLE
from rushes.timeline.judge_kinds import longest_run


def limit_rows(answer: Answer) -> tuple[Mapping[str, Any], ...]:
    """name, limit, used, binds of every limit, in a fixed order, then the constraints (constraint_report.py).

    asks: what rushes.timeline.judge holds a changed edit against. A limit on uses binds where the proof had to put a price on a
    clip; the others where the edit is at the limit.
    """
    edit = answer.scene.request.edit
    pieces = [answer.footage.pieces[answer.built.piece_of(choice)] for choice in answer.choices]
    frames = [int(answer.spans.length_frames[choice.span]) for choice in answer.choices]
    uses = max(Counter(piece.clip for piece in pieces).values())
    streak = longest_run([None if piece.angle == NO_ANGLE else piece.angle for piece in pieces])
    left = Counter(answer.footage.left_out.values())
    total_s = answer.scene.places.total_frames / edit.frames_per_s
    shortest, longest = min(frames) / edit.frames_per_s, max(frames) / edit.frames_per_s
    frame_s = 1.0 / edit.frames_per_s + 1e-9
    prices = answer.solution.prices
    return (
        _row(
            "duration_s",
            edit.duration_s,
            round(total_s, 6),
            abs(total_s - edit.duration_s) >= edit.tolerance_s - frame_s,
            min=edit.duration_s - edit.tolerance_s,
            max=edit.duration_s + edit.tolerance_s,
        ),
        _row(
            "min_shot_s",
            edit.min_shot_s,
            round(shortest, 6),
            shortest <= edit.min_shot_s + frame_s,
            min=edit.min_shot_s,
        ),
        _row(
            "max_shot_s",
            edit.max_shot_s,
            round(longest, 6),
            longest >= edit.max_shot_s - frame_s,
            max=edit.max_shot_s,
        ),
        _row(
            "max_uses_per_clip",
            answer.rules.max_uses,
            uses,
            bool((prices.clip > 1e-9).any()),
            max=answer.rules.max_uses,
        ),
        _row(
            "max_same_angle_streak",
            answer.rules.max_streak,
            streak,
            answer.rules.max_streak is not None and streak >= answer.rules.max_streak,
            max=answer.rules.max_streak,
        ),
        _row(
            "must_use",
            len(edit.must_use),
            len(edit.must_use),
            bool((prices.wanted > 1e-9).any()),
            globs=list(edit.must_use),
        ),
        _row(
            "never_use",
            len(edit.never_use),
            left["never_use"],
            left["never_use"] > 0,
            globs=list(edit.never_use),
        ),
        *constraint_rows(answer),
    )


def _row(name: str, limit: float | None, used: float, binds: bool, **asks: Any) -> Mapping[str, Any]:
    return {"name": name, "limit": limit, "used": used, "binds": binds, "of": "edit", "asks": asks}

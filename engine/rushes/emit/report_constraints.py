"""Limits and constraints of an edit, for the report: what was asked, what the edit has, and whether it held the edit back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rushes.emit.report_words import decimal, fact_text, quantity
from rushes.timeline.tree import Timeline

_OF_RECIPE = "edit.constraints."
"""Of the names of constraints that a recipe gives."""

_MOST_SHOTS = 8


def constraint_table(timeline: Timeline) -> list[dict[str, Any]]:
    """Rows of the table: numbers to a thousandth."""
    is_edited = bool(timeline.user_edits)
    return [
        {
            "name": quantity(str(row.get("name", "–")).removeprefix(_OF_RECIPE)),
            "says": str(row.get("says") or ""),
            "limit": _limit(row),
            "used": _used(row, timeline),
            "shots": _shots(row.get("broken_by") or ()),
            "binds": bool(row.get("binds")),
            "cost": "" if row.get("cost") is None else decimal(row["cost"], 3),
            "broken": row.get("holds") is False,
            "soft": row.get("weight") is not None,
            "unknown": is_edited and row.get("holds", 0) is None,
            "holds": is_edited and row.get("holds") is True,
            "of_plan": is_edited and row.get("of") != "edit",
        }
        for row in timeline.ai_reasoning.constraints
    ]


def _limit(row: Mapping[str, Any]) -> str:
    globs = _globs(row)
    return ", ".join(globs) if globs else _shown(row.get("limit"))


def _used(row: Mapping[str, Any], timeline: Timeline) -> str:
    used = row.get("used")
    if row.get("name") == "never_use" and _globs(row) and isinstance(used, int):
        # Of the plan it is how many segments are left out, of an edit how many clips of these are shown.
        return "not shown"
    if row.get("name") == "max_same_angle_streak" and row.get("limit") is not None:
        return f"{_shown(used)}{_without_angle(timeline)}"
    return _shown(used)


def _shots(broken_by: Sequence[int]) -> str:
    """The places of shots that break a constraint, the first few of many."""
    if not broken_by:
        return ""
    places = ", ".join(map(str, broken_by[:_MOST_SHOTS])) + (", …" if len(broken_by) > _MOST_SHOTS else "")
    return f"shot{'' if len(broken_by) == 1 else 's'} {places}"


def _without_angle(timeline: Timeline) -> str:
    count = sum(clip.metadata.angle is None for clip in timeline.clips)
    if not count:
        return ""
    return (
        "; 1 shot has no known angle"
        if count == 1
        else f"; {count} shots have no known angle, each counts as another"
    )


def _globs(row: Mapping[str, Any]) -> list[str]:
    return [*(row.get("asks") or {}).get("globs", ())] if row.get("name") in ("must_use", "never_use") else []


def _shown(value: Any) -> str:
    return decimal(value, 3) if isinstance(value, float) else fact_text(value)

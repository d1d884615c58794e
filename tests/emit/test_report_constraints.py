"""The table of limits and constraints in the report."""

from __future__ import annotations

from dataclasses import replace

import timeline_samples as samples
from rushes.emit.report_constraints import constraint_table
from rushes.timeline.tree import Timeline

NEVER = {"name": "never_use", "limit": 1, "used": 14, "binds": True, "asks": {"globs": ["bottle*"]}}
STREAK = {"name": "max_same_angle_streak", "limit": 2, "used": 1, "binds": False, "asks": {"max": 2}}


def with_rows(*rows: object, angles: tuple[str | None, ...] = ("front", None, None)) -> Timeline:
    timeline = samples.timeline((30,) * len(angles))
    clips = tuple(
        replace(clip, metadata=replace(clip.metadata, angle=angle))
        for clip, angle in zip(timeline.clips, angles, strict=True)
    )
    return replace(
        timeline, clips=clips, ai_reasoning=replace(timeline.ai_reasoning, constraints=tuple(rows))
    )


def told(timeline: Timeline) -> list[tuple[str, str]]:
    return [(row["limit"], row["used"]) for row in constraint_table(timeline)]


def test_what_must_not_be_used_is_named_and_no_count_reads_as_if_it_was_used():
    edited = {**NEVER, "used": "shown: bottle.mp4", "holds": False}
    asked = {**NEVER, "name": "must_use", "used": 1}
    unasked = {**NEVER, "limit": 0, "used": 0, "asks": {"globs": []}}
    assert told(with_rows(NEVER, {**NEVER, "used": 0}, edited, asked, unasked)) == [
        ("bottle*", "not shown"),
        ("bottle*", "not shown"),
        ("bottle*", "shown: bottle.mp4"),
        ("bottle*", "1"),
        ("0", "0"),
    ]


def test_shots_without_an_angle_are_said_to_count_as_another():
    assert told(with_rows(STREAK)) == [("2", "1; 2 shots have no known angle, each counts as another")]
    assert told(with_rows(STREAK, angles=("front", None))) == [("2", "1; 1 shot has no known angle")]
    assert told(with_rows(STREAK, angles=("front", "side"))) == [("2", "1")]
    assert told(with_rows({**STREAK, "limit": None})) == [("–", "1")]


def test_the_first_shots_that_break_a_constraint_are_named():
    rows = [{**STREAK, "broken_by": places} for places in ([3], [1, 2], list(range(1, 11)), [])]
    shots = [row["shots"] for row in constraint_table(with_rows(*rows))]
    assert shots == ["shot 3", "shots 1, 2", "shots 1, 2, 3, 4, 5, 6, 7, 8, …", ""]

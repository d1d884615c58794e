"""Limits and constraints judged anew once an edit was changed: pure, from the timeline and what its plan says of itself.

A row of a plan says what is asked (`asks`), and where the plan's footage says what conditions found (`seen`). Every row is told
of the shots as they stand now (`of`: edit); where nobody measured one that it looks at, that is told instead, and `holds` is
null. Rows of plans of an earlier version stay those of the plan (`of`: plan) where they lack what they are judged with.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from rushes.media.find import matches_any
from rushes.recipe.constraint_spec import ConstraintSpec
from rushes.timeline.chosen import is_chosen_by_user
from rushes.timeline.judge_footage import Takes
from rushes.timeline.judge_kinds import KINDS, Verdict, between, longest_run
from rushes.timeline.judge_notes import notes_as_they_are
from rushes.timeline.judge_reasons import reasons_as_they_are
from rushes.timeline.judge_shots import Shots
from rushes.timeline.tree import Timeline


def judged(timeline: Timeline) -> Timeline:
    """The timeline with all that is said of it true of its shots as they stand; a plan without edits stays as it is."""
    if not timeline.user_edits:
        return timeline
    now = notes_as_they_are(reasons_as_they_are(timeline))
    takes = Takes(now)
    rows = tuple(_row(now, takes, row) for row in now.ai_reasoning.constraints)
    return replace(now, ai_reasoning=replace(now.ai_reasoning, constraints=rows))


def broken(timeline: Timeline) -> dict[str, str]:
    """Name -> a warning, of each hard limit that edits have broken."""
    wrong = [
        row
        for row in timeline.ai_reasoning.constraints
        if timeline.user_edits and row.get("holds") is False and row.get("weight") is None
    ]
    return {row["name"]: f"{row['name']} is broken by edits: {_against(row)}" for row in wrong}


def _against(row: Mapping[str, Any]) -> str:
    return f"asked is {_told(row, 'limit')}, the edit has {_told(row, 'used')}"


def _told(row: Mapping[str, Any], key: str) -> str:
    """A number to a hundredth, with the unit that the name of a limit ends in."""
    globs = (row.get("asks") or {}).get("globs", ()) if row["name"] == "never_use" else ()
    value = f"none of {', '.join(globs)}" if globs and key == "limit" else row[key]
    if not isinstance(value, int | float) or isinstance(value, bool):
        return str(value)
    unit = " s" if "kind" not in row and row["name"].endswith("_s") else ""
    return f"{round(value, 2):.12g}{unit}"


def _row(timeline: Timeline, takes: Takes, row: Mapping[str, Any]) -> Mapping[str, Any]:
    asks = row.get("asks")
    if asks is None:
        # A plan of an earlier version: its edits fold as they always did.
        return row
    is_of_recipe = "kind" in row
    verdict = (
        _of_recipe(timeline, takes, row) if is_of_recipe else _of_limit(timeline, takes, row["name"], asks)
    )
    if verdict is None and not takes.are_known:
        return {**row, "of": "plan"}
    # Whether it holds the edit back was a question to the solver.
    now: dict[str, Any] = {
        "binds": False,
        "of": "edit",
        "used": _unknown_words(timeline, takes),
        "holds": None,
    }
    if verdict is not None:
        now |= {"used": verdict.used, "holds": verdict.holds}
        if verdict.wrong and takes.are_known:
            now["broken_by"] = [at + 1 for at in verdict.wrong]
    if "cost" in row:
        now["cost"] = _cost(timeline, row, verdict, is_known=takes.are_known)
    return {**row, **now}


def _unknown_words(timeline: Timeline, takes: Takes) -> str:
    files = sorted({clip.file for clip in timeline.clips if takes.of(clip) is None})
    return f"not known: nobody measured what is shown of {', '.join(files)}"


def _cost(
    timeline: Timeline, row: Mapping[str, Any], verdict: Verdict | None, *, is_known: bool
) -> float | None:
    """What breaking a soft one takes from the objective: of one that looks at many shots only the solver knows. is_known: the
    plan knows its footage; those of before 0.4 fold as they always did."""
    if row.get("weight") is None or verdict is None:
        return None
    if verdict.holds:
        return 0.0
    if verdict.wrong is None or not is_known:
        return None
    frames = sum(timeline.clips[at].duration_frames for at in verdict.wrong)
    return round(float(row["weight"]) * frames / timeline.duration_frames, 6)


def _of_limit(timeline: Timeline, takes: Takes, name: str, asks: Mapping[str, Any]) -> Verdict | None:
    """Of the limits that every edit has."""
    lengths = [float(clip.duration_s(timeline.rate_fps)) for clip in timeline.clips]
    frame_s = 0.5 / float(timeline.rate_fps)
    match name:
        case "duration_s":
            return between(round(float(timeline.duration_s()), 6), asks, frame_s)
        case "min_shot_s" | "max_shot_s":
            used = min(lengths) if name == "min_shot_s" else max(lengths)
            return between(round(used, 6), asks, frame_s)
        case "max_uses_per_clip":
            return between(max(Counter(clip.digest for clip in timeline.clips).values()), asks)
        case "max_same_angle_streak":
            return _streak_of_angles(timeline, takes, asks)
        case "must_use":
            globs: Sequence[str] = asks["globs"]
            used = sum(any(matches_any(clip.file, (glob,)) for clip in timeline.clips) for glob in globs)
            return Verdict(used, used == len(globs))
        case "never_use" if "globs" in asks:
            shown = sorted(
                {clip.file for clip in timeline.clips if matches_any(clip.file, tuple(asks["globs"]))}
            )
            return Verdict(", ".join(shown) if shown else 0, not shown)
        case _:
            return None


def _streak_of_angles(timeline: Timeline, takes: Takes, asks: Mapping[str, Any]) -> Verdict | None:
    """Where the angle of a shot is not known since a user chose it, only what is too long without it is told."""
    verdict = between(longest_run([clip.metadata.angle for clip in timeline.clips]), asks)
    by_user = [clip for clip in timeline.clips if is_chosen_by_user(clip)]
    all_known = not takes.are_known or all(takes.of(clip) is not None for clip in by_user)
    return verdict if all_known or not verdict.holds or asks.get("max") is None else None


def _of_recipe(timeline: Timeline, takes: Takes, row: Mapping[str, Any]) -> Verdict | None:
    asks: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value for key, value in row["asks"].items()
    }
    spec = ConstraintSpec(name=row["name"], **asks)
    shots = Shots(timeline, takes, row["seen"], row["numbers"], row["energy_01"])
    judge = KINDS.get(spec.kind)
    return None if judge is None else judge(spec, shots, row)

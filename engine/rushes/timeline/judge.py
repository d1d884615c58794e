"""Limits and constraints judged anew once an edit was changed: pure, from the timeline and what its plan says of itself.

A row of a plan that was made for it says what is asked (`asks`) and what conditions found in each shot (`seen`). What can be
told of the shots as they stand now is told (`of`: edit); of what cannot, the row stays that of the plan (`of`: plan), such
as where a constraint looks at what nobody measured in a shot that its user chose.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from types import MappingProxyType
from typing import Any

from rushes.media.find import matches_any
from rushes.recipe.constraint_spec import ConstraintSpec
from rushes.timeline.judge_shots import Column, Shots
from rushes.timeline.tree import Timeline

_NEARLY = 1e-6


@dataclass(frozen=True, slots=True)
class Verdict:
    """How an edit stands to one constraint: what it limits as a number or in words, and whether it holds."""

    used: float | str
    holds: bool


def judged(timeline: Timeline) -> Timeline:
    """The timeline with its rows of constraints as its shots now stand to them; a plan without edits stays as it is."""
    if not timeline.user_edits:
        return timeline
    rows = tuple(_row(timeline, row) for row in timeline.ai_reasoning.constraints)
    return replace(timeline, ai_reasoning=replace(timeline.ai_reasoning, constraints=rows))


def broken(timeline: Timeline) -> dict[str, str]:
    """Name -> a warning, of each hard limit that edits have broken."""
    return {
        row["name"]: f"{row['name']} is broken by edits: asked is {row['limit']}, the edit has {row['used']}"
        for row in timeline.ai_reasoning.constraints
        if timeline.user_edits and row.get("holds") is False and row.get("weight") is None
    }


def _row(timeline: Timeline, row: Mapping[str, Any]) -> Mapping[str, Any]:
    asks = row.get("asks")
    if asks is None:
        # A plan of an earlier version: its edits fold as they always did.
        return row
    verdict = _of_recipe(timeline, row) if "kind" in row else _of_limit(timeline, row["name"], asks)
    if verdict is None:
        return {**row, "of": "plan"}
    # Whether it holds the edit back, and what it costs, was a question to the solver.
    cost = None if row.get("cost") is None or not verdict.holds else 0.0
    kept = {**row, "used": verdict.used, "holds": verdict.holds, "binds": False, "of": "edit"}
    return kept | {"cost": cost} if "cost" in row else kept


def _of_limit(timeline: Timeline, name: str, asks: Mapping[str, Any]) -> Verdict | None:
    """Of the limits that every edit has."""
    lengths = [float(clip.duration_s(timeline.rate_fps)) for clip in timeline.clips]
    frame_s = 0.5 / float(timeline.rate_fps)
    match name:
        case "duration_s":
            return _between(round(float(timeline.duration_s()), 6), asks, frame_s)
        case "min_shot_s" | "max_shot_s":
            used = min(lengths) if name == "min_shot_s" else max(lengths)
            return _between(round(used, 6), asks, frame_s)
        case "max_uses_per_clip":
            return _between(max(Counter(clip.digest for clip in timeline.clips).values()), asks)
        case "max_same_angle_streak":
            return _between(longest_run([clip.metadata.angle for clip in timeline.clips]), asks)
        case "must_use":
            globs: Sequence[str] = asks["globs"]
            used = sum(any(matches_any(clip.file, (glob,)) for clip in timeline.clips) for glob in globs)
            return Verdict(used, used == len(globs))
        case _:
            return None


def _between(used: float, asks: Mapping[str, Any], slack: float = _NEARLY) -> Verdict:
    low, high = asks.get("min"), asks.get("max")
    holds = (low is None or used >= low - slack) and (high is None or used <= high + slack)
    return Verdict(used, holds)


def _of_recipe(timeline: Timeline, row: Mapping[str, Any]) -> Verdict | None:
    asks: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value for key, value in row["asks"].items()
    }
    spec = ConstraintSpec(name=row["name"], **asks)
    shots = Shots(timeline, row["seen"], row["numbers"], row["energy_01"])
    judge = _JUDGES.get(spec.kind)
    return None if judge is None else judge(spec, shots, row)


def _where(spec: ConstraintSpec, shots: Shots) -> list[bool] | None:
    return [True] * len(shots.clips) if spec.where is None else shots.truth("where", spec.where)


def _share(spec: ConstraintSpec, shots: Shots, _row: Mapping[str, Any]) -> Verdict | None:
    truth, where = shots.truth("share", spec.share or ""), _where(spec, shots)
    if truth is None or where is None:
        return None
    frames = [clip.duration_frames if spec.by == "time" else 1 for clip in shots.clips]
    total = sum(length for length, there in zip(frames, where, strict=True) if there)
    if not total:
        return Verdict("no shot there", holds=True)
    part = sum(length for length, there, true in zip(frames, where, truth, strict=True) if there and true)
    return _between(round(part / total, 6), {"min": spec.min, "max": spec.max})


def _count(spec: ConstraintSpec, shots: Shots, _row: Mapping[str, Any]) -> Verdict | None:
    truth, where = shots.truth("count", spec.count or ""), _where(spec, shots)
    if truth is None or where is None:
        return None
    low, high = (spec.min, spec.max) if spec.exactly is None else (spec.exactly, spec.exactly)
    return _between(sum(a and b for a, b in zip(truth, where, strict=True)), {"min": low, "max": high})


def _uses(spec: ConstraintSpec, shots: Shots, row: Mapping[str, Any]) -> Verdict | None:
    values, where = shots.values("uses", spec.uses or ""), _where(spec, shots)
    if values is None or where is None:
        return None
    counts = Counter(value for value, there in zip(values, where, strict=True) if there and value is not None)
    most = max(counts.values(), default=0)
    least = min((counts[value] for value in row["offered"]), default=0)
    holds = (spec.max is None or most <= spec.max) and (spec.min is None or least >= spec.min)
    return Verdict(least if spec.min and spec.max is None else most, holds)


def _edge(spec: ConstraintSpec, shots: Shots, _row: Mapping[str, Any]) -> Verdict | None:
    truth = shots.truth(spec.kind, spec.first or spec.last or "")
    if truth is None:
        return None
    holds = truth[0 if spec.first is not None else -1]
    return Verdict("yes" if holds else "no", holds)


def _order(spec: ConstraintSpec, shots: Shots, _row: Mapping[str, Any]) -> Verdict | None:
    truths = [shots.truth(f"order.{at}", text) for at, text in enumerate(spec.order or ())]
    known = [truth for truth in truths if truth is not None]
    if len(known) < len(truths):
        return None
    ranks = [
        next((at for at, truth in enumerate(known) if truth[shot]), None) for shot in range(len(known[0]))
    ]
    there = [rank for rank in ranks if rank is not None]
    holds = all(a <= b for a, b in pairwise(there))
    return Verdict("in order" if holds else "not in order", holds)


def longest_run(values: Sequence[Any]) -> int:
    """Most values in a row that are equal; None is equal to nothing."""
    longest = run = 0
    for before, now in pairwise([None, *values]):
        run = 0 if now is None else run + 1 if now == before else 1
        longest = max(longest, run)
    return longest


def _streak(spec: ConstraintSpec, shots: Shots, row: Mapping[str, Any]) -> Verdict | None:
    values: Column
    if row["text"]:
        values = shots.values("streak", spec.streak or "")
    else:
        truth = shots.truth("streak", spec.streak or "")
        values = None if truth is None else [value or None for value in truth]
    return None if values is None else _between(longest_run(values), {"max": spec.max})


def _spacing(spec: ConstraintSpec, shots: Shots, _row: Mapping[str, Any]) -> Verdict | None:
    values = shots.values("spacing", spec.spacing or "")
    if values is None:
        return None
    ends: dict[Any, float] = {}
    gaps: list[float] = []
    for clip, value in zip(shots.clips, values, strict=True):
        if value is not None:
            gaps += [shots.start_s(clip) - ends[value]] if value in ends else []
            ends[value] = shots.start_s(clip) + shots.length_s(clip)
    if not gaps:
        return Verdict("no two shots", holds=True)
    return _between(round(min(gaps), 6), {"min": spec.min_s}, 0.5 / float(shots.timeline.rate_fps))


def _of_cuts(keeps: Sequence[bool]) -> Verdict:
    return Verdict(f"{sum(keeps)} of {len(keeps)} cuts", all(keeps))


def _distinct(_spec: ConstraintSpec, shots: Shots, _row: Mapping[str, Any]) -> Verdict | None:
    looks = shots.looks()
    return None if looks is None else _of_cuts([a < 0 or a != b for a, b in pairwise(looks)])


def _after(spec: ConstraintSpec, shots: Shots, _row: Mapping[str, Any]) -> Verdict | None:
    key = "never" if spec.never is not None else "only"
    before, then = shots.truth("after", spec.after or ""), shots.truth(key, spec.never or spec.only or "")
    if before is None or then is None:
        return None
    right = [not now if key == "never" else now for now in then[1:]]
    return _of_cuts([not a or b for a, b in zip(before, right, strict=False)])


def _neighbours(spec: ConstraintSpec, shots: Shots, _row: Mapping[str, Any]) -> Verdict | None:
    keeps = shots.neighbours(spec.neighbours or "")
    return None if keeps is None else _of_cuts(keeps)


def _every(spec: ConstraintSpec, shots: Shots, _row: Mapping[str, Any]) -> Verdict | None:
    truth, where = shots.truth("every", spec.every or ""), _where(spec, shots)
    if truth is None or where is None:
        return None
    looked = [true for true, there in zip(truth, where, strict=True) if there]
    return Verdict(f"{sum(looked)} of {len(looked)} shots", all(looked))


def _length(spec: ConstraintSpec, shots: Shots, _row: Mapping[str, Any]) -> Verdict | None:
    truth = shots.truth("length", spec.length or "")
    if truth is None:
        return None
    lengths = [shots.length_s(clip) for clip, true in zip(shots.clips, truth, strict=True) if true]
    if not lengths:
        return Verdict("no such shot", holds=True)
    low, high, frame_s = spec.min_s or 0.0, spec.max_s, 0.5 / float(shots.timeline.rate_fps)
    holds = min(lengths) >= low - frame_s and (high is None or max(lengths) <= high + frame_s)
    return Verdict(f"{min(lengths):.2f} to {max(lengths):.2f} s", holds)


def _cuts(spec: ConstraintSpec, shots: Shots, _row: Mapping[str, Any]) -> Verdict | None:
    """Phrases and sections' beginnings were moved to places of the plan, which the timeline does not have."""
    song, where = shots.timeline.song, _where(spec, shots)
    if where is None or song is None or spec.cuts not in ("beat", "downbeat"):
        return None
    marks = song.beats if spec.cuts == "beat" else song.downbeats
    near_s = 1.0 / float(shots.timeline.rate_fps) + _NEARLY
    at_s = [song.start_s + shots.start_s(clip) for clip in shots.clips]
    keeps = [
        any(abs(mark - at) <= near_s for mark in marks)
        for at, there in list(zip(at_s, where, strict=True))[1:]
        if there
    ]
    return _of_cuts(keeps)


_JUDGES: Mapping[str, Callable[[ConstraintSpec, Shots, Mapping[str, Any]], Verdict | None]] = (
    MappingProxyType(
        {
            "share": _share,
            "count": _count,
            "uses": _uses,
            "first": _edge,
            "last": _edge,
            "order": _order,
            "streak": _streak,
            "spacing": _spacing,
            "distinct": _distinct,
            "after": _after,
            "neighbours": _neighbours,
            "every": _every,
            "length": _length,
            "cuts": _cuts,
        }
    )
)
"""`hold` and `uncut` look at what only the solver has: its places, and who speaks where."""

"""What is missing when the footage cannot fill the song, in numbers, and what would help."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import replace

import numpy as np

from rushes.edit.build import Built, Rules
from rushes.edit.fill import longest_fill
from rushes.edit.footage import Footage
from rushes.edit.places import Places
from rushes.edit.problem import CutProblem
from rushes.errors import Problem
from rushes.media.find import matches_any
from rushes.recipe.spec import EditSpec

_MORE_CLIPS = 64


def no_footage(footage: Footage) -> Problem:
    """Not one clip may be used."""
    if footage.clip_count == 0:
        return Problem(
            None, "there is no footage: no clip could be read", "put clips into the footage folder"
        )
    return Problem(
        None,
        f"none of {_clips(footage.clip_count)} may be used: {_reasons(footage)}",
        "lower the thresholds of the rules that reject, or add footage",
    )


def unknown_must_use(footage: Footage, edit: EditSpec) -> list[Problem]:
    """Globs of edit.must_use that no usable clip matches."""
    usable = {piece.clip for piece in footage.pieces}
    problems: list[Problem] = []
    for glob in edit.must_use:
        if any(matches_any(clip, (glob,)) for clip in usable):
            continue
        left_out = sorted(clip for clip in footage.left_out if matches_any(clip, (glob,)))
        if left_out:
            why = f"{left_out[0]} is left out ({footage.left_out[left_out[0]]})"
            fix = "take it out of edit.must_use, or change what leaves it out"
        else:
            why, fix = "no clip matches it", "name a clip, or take it out of edit.must_use"
        problems.append(Problem(None, f"edit.must_use {glob!r} cannot be used: {why}", fix))
    return problems


def shortage(footage: Footage, places: Places, built: Built, edit: EditSpec, rules: Rules) -> Problem:
    """Why no edit exists: what the footage could fill, which limits stand in the way, and what helps."""
    problem = built.problem
    wanted_s = places.total_frames / edit.rate_fps
    filled_s = float(places.frames[longest_fill(problem).end_place]) / edit.rate_fps
    usable = len({piece.clip for piece in footage.pieces})
    what = (
        f"the footage cannot fill {wanted_s:.2f} s: {_clips(usable)} of {footage.clip_count} may be used, for at most {filled_s:.2f} s"
        f" with {_times(rules.max_uses)} per clip and shots of {edit.min_shot_s:g} to {edit.max_shot_s:g} s"
    )
    if filled_s >= wanted_s - 0.5 / edit.rate_fps:
        what = f"{wanted_s:.2f} s of footage are there, but no edit keeps all limits: {', '.join(_in_the_way(rules))}"
    if footage.left_out:
        what += f"; left out: {_reasons(footage)}"
    return Problem(None, what, _fixes(places, problem, edit, rules, filled_s))


def _in_the_way(rules: Rules) -> list[str]:
    named = [f"edit.max_uses_per_clip {rules.max_uses}"]
    if rules.max_streak is not None:
        named.append(f"edit.max_same_angle_streak {rules.max_streak}")
    if rules.must_use:
        named.append(f"edit.must_use ({len(rules.must_use)})")
    return named


def _fixes(places: Places, problem: CutProblem, edit: EditSpec, rules: Rules, filled_s: float) -> str:
    fixes: list[str] = []
    last = problem.place_count - 1
    more = _more_clips(problem, last)
    if more is not None:
        longest_s = float(np.max(problem.span_weight)) * places.total_frames / edit.rate_fps
        fixes.append(f"add {_clips(more)} of at least {longest_s + 2 * edit.handle_s:.1f} s")
    if filled_s >= edit.min_shot_s:
        fixes.append(f"--set edit.duration_s={math.floor(filled_s * 10) / 10:g}")
    if rules.max_streak is not None:
        streak = _enough_streak(problem, last)
        if streak is not None:
            fixes.append(f"--set edit.max_same_angle_streak={streak}")
    fixes.append("--set edit.if_short=shorten")
    fixes.append("--set edit.if_short=repeat")
    return ", or ".join(fixes)


def _more_clips(problem: CutProblem, last: int) -> int | None:
    """The fewest further clips, each good for any shot of any angle, that would do; None where not even many would."""
    if longest_fill(problem).end_place >= last:
        return None
    low, high = 0, 1
    while longest_fill(_with_clips(problem, high)).end_place < last:
        low, high = high, high * 2
        if high > _MORE_CLIPS:
            return None
    while high - low > 1:
        middle = (low + high) // 2
        if longest_fill(_with_clips(problem, middle)).end_place >= last:
            high = middle
        else:
            low = middle
    return high


def _with_clips(problem: CutProblem, count: int) -> CutProblem:
    """The problem with `count` more clips, each good for one shot of any length and no known angle."""
    spans, clips = problem.value.shape[0], len(problem.clip_limit)
    angles = problem.angle_count
    free = problem.free_angle
    pair = problem.pair_value
    if free is None:
        free = angles
        pair = np.zeros((angles + 2, angles + 1))
    uses = int(problem.clip_limit.max(initial=1))
    return replace(
        problem,
        value=np.concatenate([problem.value, np.zeros((spans, count))], axis=1),
        unit_clip=np.concatenate([problem.unit_clip, clips + np.arange(count)]),
        unit_angle=np.concatenate([problem.unit_angle, np.full(count, free)]),
        unit_limit=np.concatenate([problem.unit_limit, np.full(count, uses)]),
        clip_limit=np.concatenate([problem.clip_limit, np.full(count, uses)]),
        wanted=np.zeros((0, clips + count), dtype=bool),
        pair_value=pair,
        free_angle=free,
    )


def _enough_streak(problem: CutProblem, last: int) -> int | None:
    """The shortest longer streak that would do; None where streaks are not what is in the way."""
    if problem.max_streak is None or longest_fill(replace(problem, max_streak=None)).end_place < last:
        return None
    streak = problem.max_streak
    while longest_fill(replace(problem, max_streak=streak)).end_place < last:
        streak += 1
    return streak if streak > problem.max_streak else None


def _reasons(footage: Footage) -> str:
    """The three commonest reasons for leaving a clip out."""
    counted = Counter(footage.left_out.values())
    common = sorted(counted, key=lambda reason: (-counted[reason], reason))[:3]
    return ", ".join(f"{counted[reason]} {reason}" for reason in common)


def _clips(count: int) -> str:
    return f"{count} clip{'' if count == 1 else 's'}"


def _times(count: int) -> str:
    return f"{count} use{'' if count == 1 else 's'}"

"""What is missing when the footage cannot fill the song, in numbers, and what would help."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import replace

import numpy as np

from rushes.edit.build import Built, Rules
from rushes.edit.fill import reach_of_footage
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
    usable = {name for piece in footage.pieces for name in footage.names_of(piece.clip)}
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
    reach = reach_of_footage(problem)
    if reach == problem.place_count - 1:
        return _conflict(wanted_s, edit, rules)
    filled_s = float(places.frames[reach]) / edit.rate_fps
    usable = len({piece.clip for piece in footage.pieces})
    streak = _enough_streak(problem)
    limits = [f"{_times(rules.max_uses)} per clip", f"shots of {edit.min_shot_s:g} to {edit.max_shot_s:g} s"]
    if streak is not None:
        limits.append(f"at most {rules.max_streak} shots of one angle in a row")
    what = (
        f"the footage cannot fill {wanted_s:.2f} s: {_clips(usable)} of {footage.clip_count} may be used,"
        f" for at most {filled_s:.2f} s with {', '.join(limits)}"
    )
    if footage.left_out:
        what += f"; left out: {_reasons(footage)}"
    fixes: list[str] = []
    more = _more_clips(problem)
    if more is not None:
        longest_s = float(np.max(problem.span_weight)) * wanted_s
        fixes.append(f"add {_clips(more)} of at least {longest_s + 2 * edit.handle_s:.1f} s")
    if streak is not None:
        fixes.append(f"--set edit.max_same_angle_streak={streak}")
    if filled_s >= edit.min_shot_s:
        fixes.append(f"--set edit.duration_s={math.floor(filled_s * 10) / 10:g}")
    fixes += ["--set edit.if_short=shorten", "--set edit.if_short=repeat"]
    return Problem(None, what, ", or ".join(fixes))


def _conflict(wanted_s: float, edit: EditSpec, rules: Rules) -> Problem:
    """There is footage enough, but limits that do not count footage exclude each other."""
    named: list[str] = []
    if rules.must_use:
        named.append(f"edit.must_use ({len(rules.must_use)} globs)")
    if rules.max_streak is not None:
        named.append(f"edit.max_same_angle_streak ({rules.max_streak})")
    if rules.apart:
        named.append("no two shots in a row from one clip")
    named += [
        f"edit.max_uses_per_clip ({rules.max_uses})",
        f"shots of {edit.min_shot_s:g} to {edit.max_shot_s:g} s",
    ]
    fixes = ["take globs out of edit.must_use"] if rules.must_use else []
    if rules.max_streak is not None:
        fixes.append(f"--set edit.max_same_angle_streak={rules.max_streak + 1}")
    fixes.append(f"--set edit.max_uses_per_clip={rules.max_uses + 1}")
    return Problem(
        None,
        f"no edit of {wanted_s:.2f} s keeps all limits at once: {', '.join(named)}",
        ", or ".join(fixes),
    )


def _more_clips(problem: CutProblem) -> int | None:
    """The fewest further clips, each good for any shot of any angle, that would do; None where not even many would."""
    last = problem.place_count - 1
    low, high = 0, 1
    while reach_of_footage(_with_clips(problem, high)) < last:
        low, high = high, high * 2
        if high > _MORE_CLIPS:
            return None
    while high - low > 1:
        middle = (low + high) // 2
        if reach_of_footage(_with_clips(problem, middle)) >= last:
            high = middle
        else:
            low = middle
    return high


def _with_clips(problem: CutProblem, count: int) -> CutProblem:
    """The problem with `count` more clips, each good for one shot of any length and no known angle."""
    spans, clips = problem.value.shape[0], len(problem.clip_limit)
    angles = problem.kind_count
    free = problem.free_kind
    pair = problem.pair_value
    if free is None:
        free = angles
        pair = np.zeros((angles + 2, angles + 1))
    uses = int(problem.clip_limit.max(initial=1))
    return replace(
        problem,
        value=np.concatenate([problem.value, np.zeros((spans, count))], axis=1),
        unit_clip=np.concatenate([problem.unit_clip, clips + np.arange(count)]),
        unit_kind=np.concatenate([problem.unit_kind, np.full(count, free)]),
        unit_limit=np.concatenate([problem.unit_limit, np.full(count, uses)]),
        clip_limit=np.concatenate([problem.clip_limit, np.full(count, uses)]),
        wanted=np.zeros((0, clips + count), dtype=bool),
        pair_value=pair,
        free_kind=free,
    )


def _enough_streak(problem: CutProblem) -> int | None:
    """The shortest longer streak that would do; None where streaks are not what is in the way."""
    last = problem.place_count - 1
    if problem.max_streak is None or reach_of_footage(replace(problem, max_streak=None)) < last:
        return None
    streak = problem.max_streak
    while reach_of_footage(replace(problem, max_streak=streak)) < last:
        streak += 1
    return streak


def _reasons(footage: Footage) -> str:
    """The three commonest reasons for leaving a clip out."""
    counted = Counter(footage.left_out.values())
    common = sorted(counted, key=lambda reason: (-counted[reason], reason))[:3]
    return ", ".join(f"{counted[reason]} {reason}" for reason in common)


def _clips(count: int) -> str:
    return f"{count} clip{'' if count == 1 else 's'}"


def _times(count: int) -> str:
    return f"{count} use{'' if count == 1 else 's'}"

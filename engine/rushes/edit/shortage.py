"""What is missing when the footage cannot fill the song, in numbers, and what would help.

What the footage fills at most is a bound; the ways out that are named have been tried: with each of them an edit of all
that the recipe asks for was found.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, Protocol

import numpy as np

from rushes.edit.build import Built, Rules
from rushes.edit.feasible import lawful_edit
from rushes.edit.fill import reach_in_any_order, reach_of_footage
from rushes.edit.footage import Footage
from rushes.edit.longest_take import LongestTake
from rushes.edit.nearest import first_that
from rushes.edit.places import Places
from rushes.edit.problem import CutProblem
from rushes.edit.range_words import counted
from rushes.errors import Problem
from rushes.media.find import matches_any
from rushes.recipe.spec import EditSpec

_MORE_CLIPS = 64
_STEP_S = 0.5
"""Between the lengths that are tried."""
_TRIED = 6
"""Lengths that are tried at most."""
LARGE_VALUES = 20_000
"""Spans x units from which on one try takes a good part of a second."""
_PARTS_OF_A_REACH = (0.75, 0.5)
"""Of a large problem only such parts of what the footage might fill are tried: edits with nothing to spare take longest to
find."""
_LESS_STRICT = 3
"""By how much limits are loosened at most."""
_PARTS_OF_A_TAKE = (1.0, 0.75, 0.5, 0.25)
"""Least lengths of a shot that are tried, of the longest that there can be."""


class Ways(Protocol):
    """Edits that could be asked for instead: whether there is one, with all else that the recipe asks for."""

    @property
    def may_be_shorter(self) -> bool:
        """Whether the length of the whole edit may be looked at."""
        ...

    def perhaps(self, edit: EditSpec) -> bool:
        """Whether there may be an edit with another edit section, at a glance."""
        ...

    def changed(self, edit: EditSpec) -> bool:
        """Whether an edit was found with another edit section."""
        ...

    def shortened(self, near_s: float) -> bool:
        """Whether edit.if_short=shorten finds an edit, of about so many seconds."""
        ...

    def repeated(self) -> bool:
        """Whether edit.if_short=repeat finds an edit with a few more uses of each clip, of the same part if need be."""
        ...


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


def shortage(
    footage: Footage,
    places: Places,
    built: Built,
    edit: EditSpec,
    rules: Rules,
    ways: Ways,
    longest: LongestTake,
) -> Problem:
    """Why no edit exists: what the footage could fill, which limits stand in the way, and what helps.

    built: without the constraints of the recipe; `ways` counts them in.
    """
    problem = built.problem
    wanted_s = places.total_frames / edit.frames_per_s
    reach = reach_in_any_order(problem)
    if reach < problem.place_count - 1:
        # There is too little of it, however it is put in order: streaks, which take longest to count, are not looked at.
        problem = replace(problem, max_streak=None, streaks=())
    else:
        reach = reach_of_footage(problem)
    if reach == problem.place_count - 1:
        return _conflict(problem, wanted_s, edit, rules, ways, longest)
    if longest.shot_s < edit.min_shot_s and reach == 0:
        fixes = [
            *longest.fixes(),
            *_shorter_shots(edit, longest, ways),
            *_more_footage(problem, built.problem, wanted_s, edit),
        ]
        return Problem(None, longest.too_short(edit), ", or ".join(fixes))
    filled_s = float(places.frames[reach]) / edit.frames_per_s
    usable = len({piece.clip for piece in footage.pieces})
    streak = _enough_streak(problem)
    limits = [f"{_times(rules.max_uses)} per clip", longest.lengths(edit)]
    if streak is not None:
        limits.append(f"at most {rules.max_streak} shots of one angle in a row")
    what = (
        f"the footage cannot fill {wanted_s:.2f} s: {_clips(usable)} of {footage.clip_count} may be used,"
        f" for at most {filled_s:.2f} s with {', '.join(limits)}"
    )
    if footage.left_out:
        what += f"; left out: {_reasons(footage)}"
    fixes = [*_more_footage(problem, built.problem, wanted_s, edit), *longest.fixes()]
    if streak is not None and ways.changed(replace(edit, max_same_angle_streak=streak)):
        fixes.append(f"--set edit.max_same_angle_streak={streak}")
    fixes += _shorter(problem, filled_s, edit, ways)
    fixes += ["--set edit.if_short=repeat"] if ways.repeated() else []
    return Problem(None, what, ", or ".join(fixes))


def _more_footage(problem: CutProblem, asked: CutProblem, wanted_s: float, edit: EditSpec) -> Iterator[str]:
    """How many clips more are needed, and whether so many are enough where no constraint asks what they show. problem: what is
    in the way of what is asked."""
    needed = _more_clips(problem)
    if needed is None:
        return
    longest_s = float(np.max(problem.span_weight)) * wanted_s
    is_enough = not edit.constraints and lawful_edit(_with_clips(asked, needed)).choices is not None
    least = "" if is_enough else "at least "
    yield f"add {least}{_clips(needed)} of at least {longest_s + 2 * edit.handle_s:.1f} s"


def _shorter(problem: CutProblem, most_s: float, edit: EditSpec, ways: Ways) -> Iterator[str]:
    """A shorter edit that was found; the longest is looked for in steps, for not every length has as good a grid. most_s: no
    edit is longer."""
    if not ways.may_be_shorter:
        return
    if problem.value.size > LARGE_VALUES:
        parts = (float(math.floor(part * most_s)) for part in _PARTS_OF_A_REACH)
        shorter = (at_s for at_s in parts if at_s >= edit.min_shot_s)
        found = next((at_s for at_s in shorter if ways.changed(replace(edit, duration_s=at_s))), None)
    else:
        found = _longest(most_s, edit, ways)
    if found is not None:
        yield f"--set edit.duration_s={found:g}"
    # Near the most that footage might fill, a large problem takes seconds.
    is_worth = found is not None or problem.value.size <= LARGE_VALUES
    if is_worth and ways.shortened(most_s if found is None else found):
        yield "--set edit.if_short=shorten"


def _longest(most_s: float, edit: EditSpec, ways: Ways) -> float | None:
    """The longest edit that was found in a few tries."""
    left = _TRIED

    def holds(duration_s: float) -> bool:
        nonlocal left
        left -= 1
        return left >= 0 and ways.changed(replace(edit, duration_s=duration_s))

    lengths = _lengths(most_s, edit.min_shot_s)
    longest = first_that(lambda duration_s: ways.perhaps(replace(edit, duration_s=duration_s)), lengths)
    return None if longest is None else first_that(holds, lengths[lengths.index(longest) :])


def _lengths(most_s: float, least_s: float) -> Sequence[float]:
    """Shorter and shorter edits, from one in tenths of seconds to whole steps."""
    first = math.floor(most_s * 10 + 1e-6) / 10
    steps = range(math.ceil(first / _STEP_S - 1e-6) - 1, 0, -1)
    return [value for value in (first, *(step * _STEP_S for step in steps)) if value >= least_s]


def _shorter_shots(edit: EditSpec, longest: LongestTake, ways: Ways) -> Iterator[str]:
    """The least length of a shot with which an edit was found, as long as may be."""
    parts = (math.floor(10 * longest.shot_s * part) / 10 for part in _PARTS_OF_A_TAKE)
    for least_s in parts:
        if least_s > 0 and ways.changed(replace(edit, min_shot_s=least_s)):
            yield f"--set edit.min_shot_s={least_s:g}"
            return


def _conflict(
    problem: CutProblem, wanted_s: float, edit: EditSpec, rules: Rules, ways: Ways, longest: LongestTake
) -> Problem:
    """There is footage enough, but limits that do not count footage exclude each other, as far as was found out."""
    named: list[str] = []
    if rules.must_use:
        named.append(f"edit.must_use ({counted(len(rules.must_use), 'glob')})")
    if rules.max_streak is not None:
        named.append(f"edit.max_same_angle_streak ({rules.max_streak})")
    if rules.apart:
        named.append("no two shots in a row from one clip")
    named += [
        f"edit.max_uses_per_clip ({rules.max_uses})",
        longest.lengths(edit),
    ]
    if edit.constraints:
        named.append("edit.constraints")
    fixes = [*longest.fixes(), *_less_strict(edit, rules, ways)]
    fixes += _shorter(problem, wanted_s - _STEP_S, edit, ways)
    if not fixes:
        fixes = ["add clips, or longer ones; nothing else that was tried is enough alone"]
    return Problem(
        None,
        f"no edit of {wanted_s:.2f} s was found that keeps all limits at once: {', '.join(named)}",
        ", or ".join(fixes),
    )


def _less_strict(edit: EditSpec, rules: Rules, ways: Ways) -> Iterator[str]:
    """One limit loosened, as little as is enough."""
    for glob in edit.must_use:
        if ways.changed(replace(edit, must_use=tuple(other for other in edit.must_use if other != glob))):
            yield f"take {glob!r} out of edit.must_use"
    limits = {"max_same_angle_streak": rules.max_streak, "max_uses_per_clip": rules.max_uses}
    for key, limit in limits.items():
        for more in range(1, _LESS_STRICT + 1):
            changes: dict[str, Any] = {key: (limit or 0) + more}
            if limit is not None and ways.changed(replace(edit, **changes)):
                yield f"--set edit.{key}={changes[key]}"
                break


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
        wanted=np.concatenate([problem.wanted, np.zeros((len(problem.wanted), count), dtype=bool)], axis=1),
        pair_value=pair,
        free_kind=free,
    )


def _enough_streak(problem: CutProblem) -> int | None:
    """The shortest longer streak that would do; None where streaks are not what is in the way."""
    last = problem.place_count - 1
    if problem.max_streak is None:
        return None
    streak = problem.max_streak
    while reach_of_footage(replace(problem, max_streak=streak)) < last:
        streak += 1
    return streak


def _reasons(footage: Footage) -> str:
    """The three commonest reasons for leaving a clip out."""
    reasons = Counter(footage.left_out.values())
    common = sorted(reasons, key=lambda reason: (-reasons[reason], reason))[:3]
    return ", ".join(f"{reasons[reason]} {reason}" for reason in common)


def _clips(count: int) -> str:
    return counted(count, "clip")


def _times(count: int) -> str:
    return counted(count, "use")

"""The best edit of little footage: with few clips, every count of their uses can be followed exactly.

A path through the places remembers how often each clip was used, besides the state of its last shot: a
shortest path with resources, without relaxing any. With three clips of one use each there are eight counts. The solver
that closes the gap for large shoots needs minutes to prove that three clips cannot fill a song.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rushes.edit.problem import IMPOSSIBLE, Choice, Choices, CutProblem, Floats, Ints
from rushes.edit.relax import PathProgram

MAX_STATES = 4_000
"""Of counts x state x last clip, at each place."""
MAX_STEPS = 60_000
"""Of spans x units x states that a unit may lead to."""


@dataclass(frozen=True, slots=True, eq=False)
class _Counts:
    """Every way to have used the clips. used: (counts, clips). after: (counts, clips), the count after one more use, -1
    where the clip may not be used again."""

    used: Ints
    after: Ints


def is_few(program: PathProgram) -> bool:
    """Whether the problem is small enough to be followed exactly."""
    problem = program.problem
    tight = problem.unit_limit < problem.clip_limit[problem.unit_clip]
    if bool(np.any(tight)) or problem.rows or problem.covers:
        return False
    counts = float(np.prod(problem.clip_limit.astype(np.float64) + 1))
    states = counts * (program.states.count + 1) * _last_clips(problem)
    to_kind = np.bincount(program.states.kind, minlength=problem.kind_count)
    steps = len(problem.span_start) * float(to_kind[problem.unit_kind].sum())
    return states <= MAX_STATES and steps <= MAX_STEPS


def best_of_few(program: PathProgram) -> Choices | None:
    """The best lawful edit; None: there is none. Only for problems that are few."""
    problem = program.problem
    counts = _counts(problem)
    reach = _reached(program, counts)
    ends = reach[-1, :, : program.states.count, :].copy()
    ends[~_has_wanted(problem, counts)] = IMPOSSIBLE
    best = int(ends.argmax())
    if not np.isfinite(ends.flat[best]):
        return None
    count, state, last = (int(part) for part in np.unravel_index(best, ends.shape))
    return _traced(program, counts, reach, count, state, last)


def _last_clips(problem: CutProblem) -> int:
    """The last clip is remembered only where it may not follow itself; the extra one stands for none."""
    return len(problem.clip_limit) + 1 if problem.apart else 1


def _counts(problem: CutProblem) -> _Counts:
    shape = tuple(int(limit) + 1 for limit in problem.clip_limit)
    used = np.indices(shape).reshape(len(shape), -1).T.astype(np.int64)
    strides = np.array([int(np.prod(shape[clip + 1 :])) for clip in range(len(shape))], dtype=np.int64)
    after = np.where(used < problem.clip_limit, np.arange(len(used))[:, None] + strides, -1)
    return _Counts(used, after)


def _has_wanted(problem: CutProblem, counts: _Counts) -> npt.NDArray[np.bool_]:
    return np.asarray((counts.used @ problem.wanted.T.astype(np.int64) >= 1).all(axis=1), dtype=np.bool_)


def _reached(program: PathProgram, counts: _Counts) -> Floats:
    """(places, counts, states + 1, last clips) worth of the best path to there."""
    problem, width = program.problem, program.states.count + 1
    lasts = _last_clips(problem)
    reach = np.full((problem.place_count, len(counts.used), width, lasts), IMPOSSIBLE)
    reach[0, 0, width - 1, lasts - 1] = 0.0
    for span in range(len(problem.span_start)):
        before = reach[problem.span_start[span]]
        for unit, to, rows, worth in _steps(program, counts, before, span):
            clip = int(problem.unit_clip[unit])
            last = clip if problem.apart else 0
            into = reach[problem.span_end[span], :, to, last]
            after = counts.after[rows, clip]
            into[after] = np.maximum(into[after], worth.reshape(len(rows), -1).max(axis=1))
    return reach


def _steps(
    program: PathProgram, counts: _Counts, before: Floats, span: int
) -> list[tuple[int, int, Ints, Floats]]:
    """Every unit on a span and every state it may lead to: the counts it may follow, and the worth by (state, last clip)."""
    problem, found = program.problem, list[tuple[int, int, Ints, Floats]]()
    step = problem.span_weight[span] * program.table
    for unit in np.flatnonzero(np.isfinite(problem.value[span])):
        clip = int(problem.unit_clip[unit])
        rows = np.flatnonzero(counts.after[:, clip] >= 0)
        held = before[rows]
        if problem.apart:
            held = held.copy()
            held[:, :, clip] = IMPOSSIBLE
        for to in np.flatnonzero(program.states.kind == problem.unit_kind[unit]):
            worth = held + step[:, to][None, :, None] + problem.value[span, unit]
            found.append((int(unit), int(to), rows, worth))
    return found


def _traced(
    program: PathProgram, counts: _Counts, reach: Floats, count: int, state: int, last: int
) -> Choices:
    """The best path, read backwards: at each place the first step that gives the worth reached there."""
    problem = program.problem
    place, found = problem.place_count - 1, list[Choice]()
    while place > 0:
        span, unit, count, state, last = _step_into(program, counts, reach, (place, count, state, last))
        found.append(Choice(span, unit))
        place = int(problem.span_start[span])
    return tuple(reversed(found))


def _step_into(
    program: PathProgram, counts: _Counts, reach: Floats, at: tuple[int, int, int, int]
) -> tuple[int, int, int, int, int]:
    """Span, unit and where it came from: count, state, last clip."""
    problem, (place, count, state, last) = program.problem, at
    for span in np.flatnonzero(problem.span_end == place).tolist():
        before = reach[problem.span_start[span]]
        for unit, to, rows, worth in _steps(program, counts, before, span):
            clip = int(problem.unit_clip[unit])
            if to != state or (problem.apart and clip != last):
                continue
            row = np.flatnonzero(counts.after[rows, clip] == count)
            if len(row) == 1 and worth[row[0]].max() == reach[at]:
                come, before_last = np.unravel_index(int(worth[row[0]].argmax()), worth.shape[1:])
                return span, unit, int(rows[row[0]]), int(come), int(before_last)
    raise AssertionError(f"no step leads to {at}")

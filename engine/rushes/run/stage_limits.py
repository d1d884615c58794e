"""How long a stage has been at work, and when that is longer than it may."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping

from rushes.errors import Problem, TimeLimitError


class StageLimits:
    """Counts from the first call of a stage, or from the first one that another run keeps us from making.

    limits_s: stage -> seconds; a stage that is not named may take as long as it likes.
    """

    def __init__(self, limits_s: Mapping[str, float], clock: Callable[[], float] = time.monotonic) -> None:
        self._limits_s = limits_s
        self._clock = clock
        self._ends_s: dict[str, float] = {}

    def begin(self, stage: str) -> None:
        """A call of the stage is about to start."""
        if stage in self._limits_s and stage not in self._ends_s:
            self._ends_s[stage] = self._clock() + self._limits_s[stage]

    def left_s(self, done: Mapping[str, int], totals: Mapping[str, int]) -> float | None:
        """Seconds until an unfinished stage is over its limit, at least 0; None if none of them can be."""
        ends_s = [ends_s for stage, ends_s in self._ends_s.items() if done[stage] < totals[stage]]
        return max(0.0, min(ends_s) - self._clock()) if ends_s else None

    def check(self, done: Mapping[str, int], totals: Mapping[str, int]) -> None:
        """Raises TimeLimitError for a stage over its limit that is not finished. done, totals: nodes by stage."""
        now_s = self._clock()
        for stage, total in totals.items():
            if done[stage] < total and self._ends_s.get(stage, math.inf) <= now_s:
                raise TimeLimitError(_problem(stage, self._limits_s[stage], done[stage], total))


def _problem(stage: str, limit_s: float, done: int, total: int) -> Problem:
    steps = "1 step" if total == 1 else f"{total} steps"
    what = (
        f"gave up: {stage} took longer than {limit_s:g} s, the time limit of this stage; "
        f"{done} of {steps} are done and kept"
    )
    fix = f"run again, it goes on from there; or allow more with --set run.stage_limits.{stage}_s={2 * limit_s:g}"
    return Problem(None, what, fix)

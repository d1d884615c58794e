"""How long a stage will still take, judged by what of it really ran."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable

from rushes.run.progress import ProgressEvent


class TimeLeft:
    """One stage, told what happens to its steps. What the store answered takes no time and says nothing of the rest."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._began_s = 0.0
        self._ended_s = 0.0
        self._running: Counter[str] = Counter()
        self._done = 0
        self.total = 0
        self.ran = 0
        """Steps that were called and have ended, whether well or not."""

    @property
    def done(self) -> int:
        """Steps that have ended. It never falls, though a damaged result may open a step again."""
        return min(self._done, self.total)

    def tell(self, event: ProgressEvent, done: int, total: int, subject: str) -> None:
        """A step began or ended."""
        self.total, self._done = total, max(self._done, done)
        if event == "start":
            self._began_s = self._began_s if self.ran or self._running else self._clock()
            self._running[subject] += 1
        elif subject in self._running:
            # The steps of one call end in the same moment, and are told one by one: the first stands for all.
            self.ran += self._running.pop(subject)
            self._ended_s = self._clock()

    def seconds(self) -> float | None:
        """Seconds until the stage has ended, at least 0; None while nothing has run and nothing can be said."""
        if self.done == self.total:
            return 0.0
        if not self.ran:
            return None
        each_s = (self._ended_s - self._began_s) / self.ran
        return max(0.0, each_s * (self.total - self.done) - (self._clock() - self._ended_s))


def time_in_words(seconds: float) -> str:
    """As people say it, never more exact than an estimate is: 40 s, 12 min, 2 h 10 min."""
    if seconds < 90:
        step_s = 1 if seconds < 10 else 5
        return f"{max(1, round(seconds / step_s) * step_s)} s"
    minutes = round(seconds / 60)
    if minutes < 90:
        return f"{minutes} min"
    hours, rest = divmod(round(minutes / 10) * 10, 60)
    return f"{hours} h {rest} min" if rest else f"{hours} h"

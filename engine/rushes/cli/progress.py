"""Progress on stderr: stage, count, what is being worked on, time left.

What draws bars is loaded on a terminal only: it takes as long as a quarter of a run that finds everything done.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import TYPE_CHECKING, Self

from rushes.cli.quick_start import collect_as_usual
from rushes.run.progress import ProgressEvent
from rushes.run.time_left import TimeLeft, time_in_words

if TYPE_CHECKING:
    from rich.console import Console

_SAYS = {
    "analyze": "analysing",
    "score": "scoring",
    "edit": "editing",
    "render": "rendering",
    "report": "reporting",
}
_LONG = frozenset({"analyze", "render"})
_EVERY_S = 30.0
"""Where nobody watches, a stage says no more often how far it is."""


@dataclass(slots=True)
class _Stage:
    """One stage of one graph."""

    name: str
    left: TimeLeft
    said_s: float
    """When it last said something, or began."""
    ran: int = 0
    failed: list[str] = field(default_factory=list[str])
    ended: bool = False

    def end_line(self) -> str:
        """The stage in one line."""
        total = self.left.total
        cached = max(0, total - len(self.failed) - self.ran)
        steps = "1 step" if total == 1 else f"{total} steps"
        broken = f", {len(set(self.failed))} failed" if self.failed else ""
        return f"{self.name}: {steps}, {cached} cached{broken}"

    def line(self) -> str:
        """How far it is."""
        seconds = self.left.seconds()
        rest = "" if seconds is None else f", about {time_in_words(seconds)} left"
        return f"{self.name}: {self.left.done} of {self.left.total} steps{rest}"


class ProgressView:
    """A bar a stage on a terminal; elsewhere a line at its end and one now and then before, so that logs stay short.

    Use as a context. every_s: the least time between two lines of a stage that is not at its end.
    """

    def __init__(
        self,
        console: Console | None = None,
        *,
        every_s: float = _EVERY_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        if console is None and _may_be_watched():
            from rich.console import Console

            console = Console(file=sys.stderr)
        self._bars = None
        if console is not None and console.is_terminal:
            from rushes.cli.progress_bars import Bars

            self._bars = Bars(console)
        self._file = sys.stderr if console is None else console.file
        self._every_s = every_s
        self._clock = clock
        self._stages: dict[str, _Stage] = {}

    def __enter__(self) -> Self:
        if self._bars:
            self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bars:
            self._bars.stop()

    def tell(self, event: ProgressEvent, stage: str, done: int, total: int, subject: str) -> None:
        """Show that a node began or ended."""
        if event == "start" and stage in _LONG:
            collect_as_usual()
        shown = self._stage(stage, total)
        shown.left.tell(event, done, total, subject)
        shown.ran += event == "ran"
        if event == "failed":
            shown.failed.append(subject)
        shown.ended = done == total and event != "start"
        if self._bars:
            self._bars.show(shown.name, shown.left.done, total, subject if event == "start" else "")
        else:
            self._say(shown)

    def _stage(self, stage: str, total: int) -> _Stage:
        """The stage as it stands; a new one where its last graph has ended."""
        known = self._stages.get(stage)
        if known is not None and not known.ended:
            return known
        name = _SAYS.get(stage, stage)
        left = TimeLeft(self._clock)
        if self._bars:
            self._bars.begin(name, left, total)
        self._stages[stage] = _Stage(name, left, self._clock())
        return self._stages[stage]

    def _say(self, stage: _Stage) -> None:
        if stage.ended:
            self._print(stage.end_line())
        elif self._clock() - stage.said_s >= self._every_s:
            stage.said_s = self._clock()
            self._print(stage.line())

    def _print(self, line: str) -> None:
        print(line, file=self._file)


def _may_be_watched() -> bool:
    """Whether stderr is a terminal, or something in the environment may tell rich that it is."""
    return sys.stderr.isatty() or not os.environ.keys().isdisjoint({"FORCE_COLOR", "TTY_COMPATIBLE"})

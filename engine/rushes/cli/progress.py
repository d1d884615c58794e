"""Progress on stderr: stage, count, what is being worked on, time left."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TaskID, TextColumn
from rich.text import Text

from rushes.run.progress import ProgressEvent
from rushes.run.time_left import TimeLeft, time_in_words

_SAYS = {
    "analyze": "analysing",
    "score": "scoring",
    "edit": "editing",
    "render": "rendering",
    "report": "reporting",
}
_EVERY_S = 30.0
"""Where nobody watches, a stage says no more often how far it is."""


@dataclass(slots=True)
class _Stage:
    """One stage of one graph."""

    name: str
    bar: TaskID
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


class _TimeLeftColumn(ProgressColumn):
    """Time left by what really ran. (The column that comes with rich takes cached steps for quick ones.)"""

    def render(self, task: Task) -> Text:
        left: TimeLeft = task.fields["left"]
        seconds = left.seconds()
        said = "" if seconds is None or task.finished else f"{time_in_words(seconds)} left"
        return Text(f"{said:<15}", style="progress.remaining")


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
        self._console = console or Console(file=sys.stderr)
        self._every_s = every_s
        self._clock = clock
        self._bars = Progress(
            TextColumn("{task.description:<10}"),
            BarColumn(bar_width=30),
            MofNCompleteColumn(),
            _TimeLeftColumn(),
            TextColumn("{task.fields[subject]}"),
            console=self._console,
            disable=not self._console.is_terminal,
        )
        self._stages: dict[str, _Stage] = {}

    def __enter__(self) -> Self:
        self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bars.stop()

    def tell(self, event: ProgressEvent, stage: str, done: int, total: int, subject: str) -> None:
        """Show that a node began or ended."""
        shown = self._stage(stage, total)
        shown.left.tell(event, done, total, subject)
        shown.ran += event == "ran"
        if event == "failed":
            shown.failed.append(subject)
        shown.ended = done == total and event != "start"
        now = subject if event == "start" else ""
        self._bars.update(shown.bar, completed=shown.left.done, total=total, subject=now)
        if not self._console.is_terminal:
            self._say(shown)

    def _stage(self, stage: str, total: int) -> _Stage:
        """The stage as it stands; a new one where its last graph has ended."""
        known = self._stages.get(stage)
        if known is not None and not known.ended:
            return known
        name = _SAYS.get(stage, stage)
        left = TimeLeft(self._clock)
        bar = known.bar if known else self._bars.add_task(name, total=total, subject="", left=left)
        self._bars.update(bar, left=left)
        self._stages[stage] = _Stage(name, bar, left, self._clock())
        return self._stages[stage]

    def _say(self, stage: _Stage) -> None:
        if stage.ended:
            self._print(stage.end_line())
        elif self._clock() - stage.said_s >= self._every_s:
            stage.said_s = self._clock()
            self._print(stage.line())

    def _print(self, line: str) -> None:
        print(line, file=self._console.file)

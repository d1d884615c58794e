"""Progress on stderr: stage, count, what is being worked on, time left."""

from __future__ import annotations

import sys
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from rushes.run.progress import ProgressEvent

_SAYS = {
    "analyze": "analysing",
    "score": "scoring",
    "edit": "editing",
    "render": "rendering",
    "report": "reporting",
}


class ProgressView:
    """A bar a stage on a terminal; a line a stage elsewhere, so that logs stay short. Use as a context."""

    def __init__(self) -> None:
        self._console = Console(file=sys.stderr)
        self._bars = Progress(
            TextColumn("{task.description:<10}"),
            BarColumn(bar_width=30),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            TextColumn("{task.fields[subject]}"),
            console=self._console,
            disable=not self._console.is_terminal,
        )
        self._tasks: dict[str, TaskID] = {}
        self._ran: dict[str, int] = {}
        self._failed: dict[str, list[str]] = {}

    def __enter__(self) -> Self:
        self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bars.stop()

    def tell(self, event: ProgressEvent, stage: str, done: int, total: int, subject: str) -> None:
        """Show that a node began or ended."""
        if stage not in self._tasks:
            self._tasks[stage] = self._bars.add_task(_SAYS.get(stage, stage), total=total, subject="")
        task = self._tasks[stage]
        self._bars.update(task, completed=done, total=total, subject=subject if event == "start" else "")
        self._ran[stage] = self._ran.get(stage, 0) + (event == "ran")
        failed = self._failed.setdefault(stage, [])
        if event == "failed":
            failed.append(subject)
        if not self._console.is_terminal and done == total and event != "start":
            print(self._line(stage, total), file=sys.stderr)

    def _line(self, stage: str, total: int) -> str:
        failed = self._failed[stage]
        cached = max(0, total - len(failed) - self._ran[stage])
        steps = "1 step" if total == 1 else f"{total} steps"
        broken = f", {len(set(failed))} failed" if failed else ""
        return f"{_SAYS.get(stage, stage)}: {steps}, {cached} cached{broken}"

"""How an install of models goes on, on stderr."""

from __future__ import annotations

import sys
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TaskID, TextColumn, TransferSpeedColumn

from rushes.models.install import Outcome


class InstallView:
    """A bar a model on a terminal, and a line per source that failed before another one served. Use as a context."""

    def __init__(self) -> None:
        self._console = Console(file=sys.stderr)
        self._bars = Progress(
            TextColumn("{task.description:<24}"),
            BarColumn(bar_width=30),
            DownloadColumn(),
            TransferSpeedColumn(),
            TextColumn("{task.fields[source]}"),
            console=self._console,
            disable=not self._console.is_terminal,
            transient=True,
        )
        self._tasks: dict[str, TaskID] = {}
        self._failed: list[str] = []

    def __enter__(self) -> Self:
        self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bars.stop()

    def trying(self, name: str, source: str) -> None:
        """Show which source is asked."""
        if name not in self._tasks:
            self._tasks[name] = self._bars.add_task(name, total=None, source=source)
        self._bars.update(self._tasks[name], completed=0, total=None, source=source)

    def received(self, name: str, bytes_there: int, bytes_total: int | None) -> None:
        """Move the bar."""
        self._bars.update(self._tasks[name], completed=bytes_there, total=bytes_total)

    def failed(self, name: str, source: str, reason: str) -> None:
        """Keep why a source did not give it: the problem tells it, unless the next source serves."""
        self._failed.append(f"{name}: {source}: {reason}")

    def ended(self, outcome: Outcome) -> None:
        """Say what came of it. Problems are told together at the end."""
        name = outcome.entry.name
        if name in self._tasks:
            self._bars.remove_task(self._tasks.pop(name))
        for line in self._failed if outcome.problem is None else ():
            self._say(line)
        self._failed.clear()
        if outcome.warning:
            self._say(f"warning: {outcome.warning}")

    def _say(self, text: str) -> None:
        self._console.print(text, markup=False, highlight=False, soft_wrap=True)

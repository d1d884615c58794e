"""Bars of progress on a terminal."""

from __future__ import annotations

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TaskID, TextColumn
from rich.text import Text

from rushes.run.time_left import TimeLeft, time_in_words


class _TimeLeftColumn(ProgressColumn):
    """Time left by what really ran. (The column that comes with rich takes cached steps for quick ones.)"""

    def render(self, task: Task) -> Text:
        left: TimeLeft = task.fields["left"]
        seconds = left.seconds()
        said = "" if seconds is None or task.finished else f"{time_in_words(seconds)} left"
        return Text(f"{said:<15}", style="progress.remaining")


class Bars:
    """A bar a stage: how much is done, the time left, and what is being worked on."""

    def __init__(self, console: Console) -> None:
        self._bars = Progress(
            TextColumn("{task.description:<10}"),
            BarColumn(bar_width=30),
            MofNCompleteColumn(),
            _TimeLeftColumn(),
            TextColumn("{task.fields[subject]}"),
            console=console,
        )
        self._ids: dict[str, TaskID] = {}

    def start(self) -> None:
        """Begin to draw."""
        self._bars.start()

    def stop(self) -> None:
        """Draw no more."""
        self._bars.stop()

    def begin(self, name: str, left: TimeLeft, total: int) -> None:
        """A stage begins, or a further graph of one does in the same bar."""
        if name not in self._ids:
            self._ids[name] = self._bars.add_task(name, total=total, subject="", left=left)
        self._bars.update(self._ids[name], left=left)

    def show(self, name: str, done: int, total: int, subject: str) -> None:
        """How far a stage is."""
        self._bars.update(self._ids[name], completed=done, total=total, subject=subject)

"""What a run tells while it goes on."""

from __future__ import annotations

from typing import Literal, Protocol

ProgressEvent = Literal["start", "cached", "ran", "failed"]


class Progress(Protocol):
    """Listens to a run. Called from the thread that runs the session, never at the same time twice."""

    def tell(self, event: ProgressEvent, stage: str, done: int, total: int, subject: str) -> None:
        """A node began or ended.

        stage: the node's stage. done, total: nodes of that stage in this graph that have ended, and all of them.
        subject: `Node.subject`, or the node's id where it names none.
        """
        ...


class Silence:
    """Listens to nothing."""

    def tell(self, event: ProgressEvent, stage: str, done: int, total: int, subject: str) -> None:
        """Ignore the event."""

"""How a failure that follows from a file's content becomes a node's result."""

from __future__ import annotations

from rushes.errors import MediaError
from rushes.graph.node import Outcome


def failed(error: MediaError) -> Outcome:
    """The outcome of a call whose media is at fault. The path is left out: the same bytes fail alike everywhere."""
    return Outcome(
        failure="; ".join(problem.what for problem in error.problems),
        fix=next((problem.fix for problem in error.problems if problem.fix), ""),
    )

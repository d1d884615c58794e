"""How a failure of a file becomes a node's result."""

from __future__ import annotations

from rushes.errors import MediaError, is_transient
from rushes.graph.node import Outcome


def failed(error: MediaError) -> Outcome:
    """The outcome of a call whose media is at fault. The path is left out: the same bytes fail alike everywhere.

    Transient also where the error was raised from one of the system's that is.
    """
    return Outcome(
        failure="; ".join(problem.what for problem in error.problems),
        fix=next((problem.fix for problem in error.problems if problem.fix), ""),
        transient=error.transient or is_transient(error.__cause__),
    )

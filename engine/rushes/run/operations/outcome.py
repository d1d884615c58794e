"""How a failure of a file becomes a node's result."""

from __future__ import annotations

import traceback
from dataclasses import dataclass

from rushes.errors import InferenceError, MediaError, is_transient
from rushes.graph.node import Outcome
from rushes.run.worker import summary

FIX_OF_BUG = "leave the clip out with footage.exclude until a newer rushes can read it"


@dataclass(frozen=True, slots=True, kw_only=True)
class BugOutcome(Outcome):
    """The end of a call in which an operation did what it must not, while other calls beside it ended well."""

    trace: str
    """The traceback, for the log."""


def bug_text(said: str) -> str:
    """What is told of a bug. said: type and message of what was raised, in one line."""
    return f"a bug of rushes while analysing: {said}"


def failed(error: MediaError) -> Outcome:
    """The outcome of a call whose media is at fault. The path is left out: the same bytes fail alike everywhere.

    Transient also where the error was raised from one of the system's that is.
    """
    return Outcome(
        failure="; ".join(problem.what for problem in error.problems),
        fix=next((problem.fix for problem in error.problems if problem.fix), ""),
        transient=error.transient or is_transient(error.__cause__),
    )


def broken(error: Exception) -> Outcome:
    """The outcome of a call whose analyzer raised. Only what follows from the content is remembered."""
    if isinstance(error, MediaError):
        return failed(error)
    if isinstance(error, InferenceError):
        (problem, *_) = error.problems
        return Outcome(failure=problem.what, fix=problem.fix, transient=True)
    trace = "".join(traceback.format_exception(error))
    return BugOutcome(failure=bug_text(summary(error)), fix=FIX_OF_BUG, transient=True, trace=trace)

"""Edits of made timelines, without a folder: wishes become entries of a log."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from rushes.timeline.edit_log import Edit, EditLog, append, new_log, read_log
from rushes.timeline.tree import TimelineClip

AT = "2026-05-01T12:00:00Z"
FILE_S = Fraction(4)
"""Length of every file."""


def four_seconds(_clip: TimelineClip) -> Fraction | None:
    return FILE_S


def unknown_length(_clip: TimelineClip) -> Fraction | None:
    return None


def log_of(steps: Sequence[Edit | Sequence[Edit]], by: str = "ann", at: str = AT) -> EditLog:
    """A log of these edits; a sequence of them is one step."""
    log = new_log(b"plan")
    for step in steps:
        group = len(log.entries) + 1
        for edit in [step] if isinstance(step, Edit) else step:
            log = read_log(log.data + append(log, edit, at, by, group=group))
    return log


def undo(steps: int = 1) -> Edit:
    return Edit(action="undo", payload={"steps": steps})


def redo(steps: int = 1) -> Edit:
    return Edit(action="redo", payload={"steps": steps})

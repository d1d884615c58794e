"""The edit as it stands: the plan, and what its user did to it since, one entry after another. Pure and repeatable.

Payloads say what happened, not what was wished: which shots gave or took time stands in them, so that the fold needs
neither media nor a solver, and an old log gives the same timeline in every later version.
"""

from __future__ import annotations

from collections.abc import Sequence

from rushes.timeline.edit_log import Entry
from rushes.timeline.tree import Timeline


def fold(plan: Timeline, entries: Sequence[Entry]) -> Timeline:
    """The timeline after all entries; without entries the plan itself.

    Raises EditError that names the entry where one cannot be applied.
    """
    raise NotImplementedError

"""What makes short verbs shorter: Python spends a good part of their time on looking for garbage that is not there."""

from __future__ import annotations

import gc

_USUAL = gc.get_threshold()
_FEW_COLLECTIONS = (200_000, 20, 20)
"""Objects between two looks for circles of garbage; usually 700. A short verb hardly makes any: what it loads stays."""


def start_quickly() -> None:
    """For the process of a command line, before it loads its verb. Nothing that a verb does or prints is another by it."""
    gc.set_threshold(*_FEW_COLLECTIONS)


def collect_as_usual() -> None:
    """For the same process, once it looks at media or writes them: pictures and sound hang in circles with the errors that they
    were let go of in, few objects of many megabytes, which would pile up for an hour."""
    gc.set_threshold(*_USUAL)


def end_quickly() -> None:
    """For the process of a command line, when all is done: at its end Python looks for garbage among all that was ever loaded,
    which takes a tenth of a second. Frozen things are left alone, as all that a process holds goes with it anyway."""
    gc.freeze()

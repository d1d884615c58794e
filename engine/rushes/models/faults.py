"""Operating-system errors of the models folder in words that say what to do."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from rushes.errors import ModelError, Place, Problem
from rushes.store.faults import DISK_FULL, READ_ONLY


@contextmanager
def told_as_model_error(folder: Path) -> Generator[None]:
    """Turns an OSError inside into a ModelError that names the folder."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        if error.errno in DISK_FULL:
            what = f"the disk of the models folder is full ({reason})"
            fix = "free some space and install again, or choose another folder with --models DIR"
        elif error.errno in READ_ONLY:
            what = f"the models folder cannot be written ({reason})"
            fix = "make it writable, or choose another one with --models DIR"
        else:
            what = f"the models folder cannot be used ({reason})"
            fix = "check the disk it lies on, or choose another one with --models DIR"
        raise ModelError(Problem(Place(str(folder)), what, fix)) from error

"""One at a time: a lock on an out folder while its edits are written. The system holds it, so it ends with the process."""

from __future__ import annotations

import importlib
import os
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from pathlib import Path

from rushes.errors import Place, Problem
from rushes.run.whole_file import cannot_be_written
from rushes.timeline.edit_log import EditError

LOCK_FILE = ".edits.lock"
_WAIT_S = 10.0
_PAUSE_S = 0.02


@contextmanager
def alone(out: Path, wait_s: float = _WAIT_S) -> Generator[None]:
    """Hold the folder's lock, waiting for whoever holds it.

    Raises EditError where it is not given back in time, RenderError where the folder may not be written.
    """
    take = _taker()
    try:
        handle = os.open(out / LOCK_FILE, os.O_RDWR | os.O_CREAT, 0o666)
    except OSError as error:
        raise cannot_be_written(out, error, "folder") from None
    try:
        until = time.monotonic() + wait_s
        while not take(handle):
            if time.monotonic() >= until:
                what = "another command has been editing this folder for a while"
                raise EditError(Problem(Place(str(out)), what, "wait until it has ended, then try again"))
            time.sleep(_PAUSE_S)
        yield
    finally:
        os.close(handle)


def _taker() -> Callable[[int], bool]:
    """How this system locks an open file without waiting; True where it has no locks: then nobody has one."""
    for name, take in (("fcntl", _take_posix), ("msvcrt", _take_windows)):
        with suppress(ImportError):
            importlib.import_module(name)
            return take
    return lambda _handle: True


def _take_posix(handle: int) -> bool:
    fcntl = importlib.import_module("fcntl")
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        # Some network disks have no locks; that the log is still what was read is checked in any case.
        return True
    return True


def _take_windows(handle: int) -> bool:
    msvcrt = importlib.import_module("msvcrt")
    try:
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
    except OSError:
        return False
    return True

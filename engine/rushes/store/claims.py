"""Who works on what: keeps two runs on one store from doing the same heavy work. Advice only, never needed to be right.

A claim is a lock that the operating system holds for the process, so it ends with it, even by kill -9.
"""

from __future__ import annotations

import importlib
import os
from contextlib import suppress
from pathlib import Path
from types import ModuleType


def _locks() -> ModuleType | None:
    try:
        return importlib.import_module("fcntl")
    except ImportError:
        return None


class Claims:
    """The claims of this process on keys of one store. Where the disk or the system has no locks, all are granted."""

    def __init__(self, root: Path) -> None:
        self._folder = root / "claims"
        self._held: dict[str, int] = {}
        self._fcntl = _locks()

    def take(self, key: str) -> bool:
        """Claim a key; False if another holder has it, or this one already."""
        if self._fcntl is None:
            return True
        if key in self._held:
            return False
        handle = -1
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            handle = os.open(self._folder / key, os.O_RDWR | os.O_CREAT, 0o666)
            self._fcntl.flock(handle, self._fcntl.LOCK_EX | self._fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            return False
        except OSError:
            if handle >= 0:
                os.close(handle)
            return True
        self._held[key] = handle
        return True

    def release(self, key: str) -> None:
        """Give a claim back. Its file goes first, while it is still ours."""
        handle = self._held.pop(key, None)
        if handle is not None:
            with suppress(OSError):
                (self._folder / key).unlink(missing_ok=True)
            os.close(handle)

    def release_all(self) -> None:
        """Give back whatever is still held."""
        for key in list(self._held):
            self.release(key)

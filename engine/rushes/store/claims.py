"""Who works on what: keeps two runs on one store from doing the same heavy work. Advice only, never needed to be right.

A claim is a lock that the operating system holds for the process, so it ends with it, even by kill -9.
"""

from __future__ import annotations

import importlib
from contextlib import suppress
from pathlib import Path
from types import ModuleType
from typing import BinaryIO


def _locks() -> ModuleType | None:
    try:
        return importlib.import_module("fcntl")
    except ImportError:
        return None


class Claims:
    """The claims of this process on keys of one store. Where the disk or the system has no locks, all are granted."""

    def __init__(self, root: Path) -> None:
        self._folder = root / "claims"
        self._held: dict[str, BinaryIO] = {}
        self._fcntl = _locks()

    def take(self, key: str) -> bool:
        """Claim a key; False if another process has it."""
        if self._fcntl is None or key in self._held:
            return True
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            # The file outlives its holder until it is released: opening, not making, is what claims need.
            file = (self._folder / key).open("ab")
        except OSError:
            return True
        try:
            self._fcntl.flock(file, self._fcntl.LOCK_EX | self._fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            return False
        except OSError:
            file.close()
            return True
        self._held[key] = file
        return True

    def release(self, key: str) -> None:
        """Give a claim back."""
        file = self._held.pop(key, None)
        if file is not None:
            with suppress(OSError):
                (self._folder / key).unlink(missing_ok=True)
            file.close()

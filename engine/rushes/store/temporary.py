"""Files that are being written, and how to know those whose writer has died."""

from __future__ import annotations

import os
import shutil
import socket
import time
from contextlib import suppress
from pathlib import Path

OWNER_GONE_S = 3600.0
"""How long a file rests after its last change before it is abandoned, where its process is gone from this machine."""

OWNER_UNKNOWN_S = 86400.0
"""The same for another machine's, whose processes we cannot see."""


def temporary_name() -> str:
    """A new name that says which process on which machine writes the file."""
    return f"{socket.gethostname()}-{os.getpid()}-{os.urandom(8).hex()}"


def sweep(folder: Path) -> tuple[int, int]:
    """Delete what dead processes left in a folder of temporary files. Returns how many entries and bytes went."""
    count = size = 0
    now_s = time.time()
    with suppress(OSError):
        for path in sorted(folder.iterdir()):
            changed_s, held = _last_change_and_size(path)
            if now_s - changed_s > _patience_s(path.name):
                shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink(missing_ok=True)
                count, size = count + 1, size + held
    return count, size


def _patience_s(name: str) -> float:
    host, _, rest = name.rpartition("-")[0].rpartition("-")
    if host != socket.gethostname() or not rest.isdigit():
        return OWNER_UNKNOWN_S
    return float("inf") if _lives(int(rest)) else OWNER_GONE_S


def _lives(pid: int) -> bool:
    if os.name != "posix":
        # There, signal 0 ends the process instead of asking after it.
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _last_change_and_size(path: Path) -> tuple[float, int]:
    """Of a file, or of the newest thing in a folder. A file that vanishes meanwhile counts as new."""
    newest_s, size = 0.0, 0
    for each in [path, *(path.rglob("*") if path.is_dir() else ())]:
        try:
            found = each.lstat()
        except OSError:
            return time.time(), 0
        newest_s = max(newest_s, found.st_mtime)
        size += found.st_size if not each.is_dir() else 0
    return newest_s, size

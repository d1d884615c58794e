"""Operating-system errors of the store in words that say what to do."""

from __future__ import annotations

import errno
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from rushes.errors import Place, Problem, StoreError

DISK_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
"""No room, no quota, or over the size that this process may write."""

READ_ONLY = frozenset({errno.EROFS, errno.EACCES, errno.EPERM})


def store_error(error: OSError, root: Path) -> StoreError:
    """What a failed read or write in the store at `root` means for the user."""
    reason = error.strerror or str(error)
    if error.errno in DISK_FULL:
        what = f"the disk of the cache is full ({reason})"
        fix = "free some space, shrink the cache with `rushes cache gc`, or put it elsewhere with --cache DIR"
    elif error.errno in READ_ONLY:
        what = f"the cache cannot be written ({reason})"
        fix = "make the folder writable, or choose another one with --cache DIR"
    else:
        what = f"the cache cannot be used ({reason})"
        fix = "check the disk it lies on, or choose another folder with --cache DIR"
    return StoreError(Problem(Place(str(root)), what, fix))


@contextmanager
def told_as_store_error(root: Path) -> Generator[None]:
    """Turns an OSError inside into a StoreError that names the store."""
    try:
        yield
    except OSError as error:
        raise store_error(error, root) from error

"""SQLite's errors in words that say what to do."""

from __future__ import annotations

import sqlite3
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from rushes.errors import Place, Problem, StoreError

_ELSEWHERE = "choose another file with --library FILE"
_DAMAGED = (
    "move it away: the next run writes what it knows of the clips again; feedback comes back with `rushes feedback load` "
    "from a file that `rushes feedback save` wrote"
)
_WORDS = {
    sqlite3.SQLITE_FULL: ("the disk of the library is full", f"free some space, or {_ELSEWHERE}"),
    sqlite3.SQLITE_READONLY: (
        "the library cannot be written",
        f"make the file and its folder writable, or {_ELSEWHERE}",
    ),
    sqlite3.SQLITE_BUSY: (
        "another process keeps the library busy",
        "wait until the other run has ended, then try again",
    ),
    sqlite3.SQLITE_NOTADB: ("this is no library of rushes, or its beginning is damaged", _DAMAGED),
    sqlite3.SQLITE_CORRUPT: ("the library is damaged", _DAMAGED),
    sqlite3.SQLITE_CANTOPEN: (
        "the library cannot be opened",
        f"check that the folder exists and may be read and written, or {_ELSEWHERE}",
    ),
}


def is_code(error: sqlite3.Error, code: int) -> bool:
    """Whether an error is of one of SQLite's primary kinds."""
    found = getattr(error, "sqlite_errorcode", None)
    return found is not None and found & 0xFF == code


def library_error(error: sqlite3.Error, path: Path) -> StoreError:
    """What a failed read or write of the library at `path` means for the user."""
    for code, (what, fix) in _WORDS.items():
        if is_code(error, code):
            return StoreError(Problem(Place(str(path)), f"{what} ({error})", fix))
    what = f"the library cannot be used ({error})"
    return StoreError(Problem(Place(str(path)), what, f"check the disk it lies on, or {_ELSEWHERE}"))


def damaged(path: Path, found: str) -> StoreError:
    """The file is a sound database, but a value in it is not what was written."""
    return StoreError(Problem(Place(str(path)), f"the library is damaged ({found})", _DAMAGED))


@contextmanager
def told_as_library_error(path: Path) -> Generator[None]:
    """Turns an error of SQLite or of the system inside into a StoreError that names the library."""
    try:
        yield
    except sqlite3.Error as error:
        raise library_error(error, path) from error
    except OSError as error:
        what = f"the library cannot be used ({error.strerror or error})"
        fix = f"check the folder it lies in, or {_ELSEWHERE}"
        raise StoreError(Problem(Place(str(path)), what, fix)) from error

"""Opening the library file: to write, to read, in a folder that nobody may write to, and by many processes at once."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

from rushes.errors import Place, Problem, StoreError
from rushes.store.library_faults import is_code
from rushes.store.library_schema import check_is_readable, is_newest, migrate

_BUSY_S = 30.0
"""How long a writer waits for another one."""
_RETRY_S = 0.02


def opened_to_write(path: Path) -> sqlite3.Connection:
    """A connection to a library of the newest version, made or brought up to date where need be.

    Raises sqlite3.Error or OSError where the disk refuses, StoreError for a file that is not ours or too new.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = _connected(path, "mode=rwc")
    try:
        check_is_readable(connection, path)
        if not is_newest(connection):
            _patiently(lambda: migrate(connection, path))
        if connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
            _patiently(lambda: connection.execute("PRAGMA journal_mode = WAL"))
        connection.execute("PRAGMA foreign_keys = ON")
    except BaseException:
        connection.close()
        raise
    return connection


def opened_to_read(path: Path) -> sqlite3.Connection:
    """A connection that changes nothing. Raises as `opened_to_write`, and StoreError where there is no file."""
    if not path.exists():
        what = "there is no library yet"
        fix = "run a recipe over your clips first, or name another file with --library FILE"
        raise StoreError(Problem(Place(str(path)), what, fix))
    connection = _connected_to_read(path)
    try:
        check_is_readable(connection, path)
        old = not is_newest(connection)
    except BaseException:
        connection.close()
        raise
    if old:
        connection.close()
        opened_to_write(path).close()
        connection = _connected_to_read(path)
    return connection


def _connected_to_read(path: Path) -> sqlite3.Connection:
    connection = _connected(path, "mode=ro")
    try:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.OperationalError as error:
        connection.close()
        if not (is_code(error, sqlite3.SQLITE_CANTOPEN) or is_code(error, sqlite3.SQLITE_READONLY)):
            raise
        # Reading through a log needs files beside the library, which a folder that may not be written cannot have.
        # Without a log the file is whole by itself.
        log = path.with_name(f"{path.name}-wal")
        if log.exists() and log.stat().st_size:
            raise
        return _connected(path, "immutable=1")
    except BaseException:
        connection.close()
        raise
    return connection


def _connected(path: Path, how: str) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.as_uri()}?{how}", uri=True, timeout=_BUSY_S, isolation_level=None)


def _patiently(step: Callable[[], object]) -> None:
    """Some changes of a file as a whole do not wait for other processes by themselves."""
    until = time.monotonic() + _BUSY_S
    while True:
        try:
            step()
            return
        except sqlite3.OperationalError as error:
            if not is_code(error, sqlite3.SQLITE_BUSY) or time.monotonic() > until:
                raise
            time.sleep(_RETRY_S)

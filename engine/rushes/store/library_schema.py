"""The tables of the library file, and how a file of an older version becomes one of the newest.

`user_version` says how many of the migrations a file has had. A migration that was ever released is never changed.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

from rushes.errors import Place, Problem, StoreError

APPLICATION_ID = 0x72757368
"""`rush` in ASCII: tells our files from those of other programs."""

MIGRATIONS = (
    # A layout says which analyzers a clip has, with fingerprint, state and the names of the columns that are numbers.
    # Thousands of clips share one, so that reading a clip is reading its numbers: 8 bytes each, little endian, missing
    # values as NaN. Everything else of the results (texts, conditions, lists, reasons) is JSON in `others`.
    """
    CREATE TABLE layouts (
        id INTEGER PRIMARY KEY,
        document TEXT NOT NULL UNIQUE
    );
    CREATE TABLE clips (
        digest TEXT NOT NULL PRIMARY KEY,
        name TEXT NOT NULL,
        path TEXT NOT NULL,
        bytes INTEGER NOT NULL,
        facts TEXT NOT NULL,
        metadata TEXT NOT NULL,
        layout INTEGER NOT NULL REFERENCES layouts (id),
        numbers BLOB NOT NULL,
        others TEXT NOT NULL
    );
    CREATE INDEX clips_by_layout ON clips (layout);
    CREATE TABLE fingerprints (
        id INTEGER PRIMARY KEY,
        digest TEXT NOT NULL UNIQUE,
        document TEXT NOT NULL
    );
    CREATE TABLE feedback (
        id INTEGER PRIMARY KEY,
        uid TEXT NOT NULL UNIQUE,
        clip TEXT NOT NULL,
        creator TEXT NOT NULL,
        kind TEXT NOT NULL,
        value TEXT NOT NULL,
        at TEXT NOT NULL,
        note TEXT NOT NULL
    );
    CREATE INDEX feedback_by_creator ON feedback (creator, id);
    -- What the runs of a scope wrote last, as long as nothing else was written since.
    CREATE TABLE recorded (
        scope TEXT NOT NULL PRIMARY KEY,
        key TEXT NOT NULL
    );
    """,
)


def check_is_readable(connection: sqlite3.Connection, path: Path) -> None:
    """Refuse a database of another program, and one that a newer rushes wrote."""
    version = _number(connection, "user_version")
    if version > len(MIGRATIONS):
        what = f"this library has version {version}; this rushes reads up to {len(MIGRATIONS)}"
        fix = "update rushes, or choose another file with --library FILE"
        raise StoreError(Problem(Place(str(path)), what, fix))
    tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    if tables and _number(connection, "application_id") != APPLICATION_ID:
        what = "this is a database of another program, not a library of rushes"
        raise StoreError(Problem(Place(str(path)), what, "choose another file with --library FILE"))


def is_newest(connection: sqlite3.Connection) -> bool:
    """Whether a file has had every migration."""
    return _number(connection, "user_version") == len(MIGRATIONS)


def migrate(connection: sqlite3.Connection, path: Path) -> None:
    """Give a file the migrations that it has not had: all of them or none, also where several processes begin at once.

    connection: in autocommit mode.
    """
    connection.execute("BEGIN IMMEDIATE")
    try:
        check_is_readable(connection, path)
        for migration in MIGRATIONS[_number(connection, "user_version") :]:
            for statement in migration.split(";"):
                connection.execute(statement)
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def _number(connection: sqlite3.Connection, pragma: str) -> int:
    return int(connection.execute(f"PRAGMA {pragma}").fetchone()[0])

"""Opening a library: one that is not there, is none, is damaged, of another version, busy, or in a folder that may not be written."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from library_records import CLIP, clips, event, record, told
from rushes.errors import StoreError
from rushes.store.library_file import LibraryFile
from rushes.store.library_schema import MIGRATIONS


@pytest.fixture
def path(tmp_path):
    return tmp_path / "data" / "library.sqlite"


def test_reading_where_there_is_no_library_makes_none(path):
    what, fix = told(path, read_only=True)
    assert what == "there is no library yet"
    assert fix == "run a recipe over your clips first, or name another file with --library FILE"
    assert not path.parent.exists()


def test_a_file_that_is_no_database_is_told_and_left_alone(tmp_path):
    path = tmp_path / "library.sqlite"
    path.write_bytes(b"these are my notes, not a library of clips" * 100)
    for read_only in (False, True):
        what, fix = told(path, read_only=read_only)
        assert what == "this is no library of rushes, or its beginning is damaged (file is not a database)"
        assert fix.startswith("move it away: the next run writes what it knows of the clips again")
    assert path.read_bytes().startswith(b"these are my notes")


def test_a_damaged_page_is_told(path):
    record(path, *(replace(CLIP, digest=f"{number:064x}") for number in range(300)))
    data = bytearray(path.read_bytes())
    data[4096 * 8 : 4096 * 40] = b"\xff" * (4096 * 32)
    path.write_bytes(data)
    assert "damaged" in told(path)[0]


def test_a_newer_library_is_refused_and_left_alone(path):
    record(path, CLIP)
    with sqlite3.connect(path) as connection:
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    connection.close()
    for read_only in (False, True):
        assert told(path, read_only=read_only) == (
            f"this library has version {len(MIGRATIONS) + 1}; this rushes reads up to {len(MIGRATIONS)}",
            "update rushes, or choose another file with --library FILE",
        )


def of_version(path):
    connection = sqlite3.connect(path)
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    connection.close()
    return version, tables


@pytest.mark.parametrize("read_only", [False, True])
def test_an_older_library_is_brought_up_to_date_and_loses_nothing(path, monkeypatch, read_only):
    record(path, CLIP)
    monkeypatch.setattr(
        "rushes.store.library_schema.MIGRATIONS", (*MIGRATIONS, "CREATE TABLE moods (clip TEXT)")
    )
    with LibraryFile(path, read_only=read_only) as library:
        assert library.clips() == [CLIP]
    version, tables = of_version(path)
    assert version == len(MIGRATIONS) + 1
    assert "moods" in tables


def test_a_migration_that_fails_leaves_the_library_as_it_was(path, monkeypatch):
    record(path, CLIP)
    before = of_version(path)
    broken = (*MIGRATIONS, "CREATE TABLE moods (clip TEXT); INSERT INTO nowhere VALUES (1)")
    with monkeypatch.context() as patched:
        patched.setattr("rushes.store.library_schema.MIGRATIONS", broken)
        assert told(path)[0].startswith("the library cannot be used (no such table: nowhere)")
    assert of_version(path) == before
    assert clips(path) == [CLIP]


def test_a_database_of_another_program_is_refused(tmp_path):
    path = tmp_path / "photos.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE photos (name TEXT)")
    connection.close()
    for read_only in (False, True):
        what, _ = told(path, read_only=read_only)
        assert what == "this is a database of another program, not a library of rushes"


def test_an_empty_file_becomes_a_library(tmp_path):
    path = tmp_path / "library.sqlite"
    path.touch()
    assert clips(path) == []
    record(path, CLIP)
    assert clips(path) == [CLIP]


def test_a_busy_library_is_told(path, monkeypatch):
    monkeypatch.setattr("rushes.store.library_open._BUSY_S", 0.05)
    record(path, CLIP)
    with LibraryFile(path) as first, LibraryFile(path) as second:
        first._connection.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError) as caught:
            second.add_feedback([event("1")])
        assert caught.value.problems[0].what == "another process keeps the library busy (database is locked)"
        first._connection.execute("ROLLBACK")


AS_NOBODY = """
import os, sys
from pathlib import Path
from rushes.errors import StoreError
from rushes.store.library_file import LibraryFile

path = Path(sys.argv[1])
if os.getuid() == 0:
    os.setuid(65534)
with LibraryFile(path, read_only=True) as library:
    print(len(library.clips()))
try:
    with LibraryFile(path) as library:
        library.record([], {"a": 1})
except StoreError as error:
    print(error.problems[0].what, "|", error.problems[0].fix)
"""


@pytest.mark.skipif(os.name != "posix", reason="folders of other systems have no such permissions")
def test_a_library_in_a_folder_that_may_not_be_written_can_be_read(path, tmp_path):
    record(path, CLIP)
    for folder in (path.parent, *path.parent.parents):
        if folder == Path("/") or folder.stat().st_uid != os.getuid():
            break
        folder.chmod(folder.stat().st_mode | 0o555)
    path.chmod(0o444)
    path.parent.chmod(0o555)
    done = subprocess.run(
        [sys.executable, "-c", AS_NOBODY, str(path)], capture_output=True, text=True, check=False
    )
    path.parent.chmod(0o755)
    assert done.stderr == ""
    count, refused = done.stdout.splitlines()
    assert count == "1"
    assert refused == (
        "the library cannot be written (attempt to write a readonly database) | "
        "make the file and its folder writable, or choose another file with --library FILE"
    )


def test_a_folder_that_cannot_be_made_is_told(tmp_path):
    (tmp_path / "file").touch()
    what, fix = told(tmp_path / "file" / "library.sqlite")
    assert what.startswith("the library cannot be used (")
    assert fix == "check the folder it lies in, or choose another file with --library FILE"

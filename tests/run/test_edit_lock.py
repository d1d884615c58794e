"""One at a time: whoever holds the lock of an out folder is alone with its edits."""

from __future__ import annotations

import errno
import fcntl
import multiprocessing
import sys
import threading
import time
from types import SimpleNamespace

import pytest
from rushes.errors import RenderError
from rushes.run.edit_lock import LOCK_FILE, alone
from rushes.timeline.edit_log import EditError


def holds(out, wait_s=0.05):
    """Whether somebody holds the lock."""
    try:
        with alone(out, wait_s=wait_s):
            return False
    except EditError:
        return True


def test_whoever_holds_the_lock_is_alone_and_gives_it_back_at_the_end(tmp_path):
    with alone(tmp_path):
        assert holds(tmp_path)
    assert not holds(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [LOCK_FILE]


def test_a_lock_is_given_back_where_what_was_done_under_it_fails(tmp_path):
    with pytest.raises(ZeroDivisionError), alone(tmp_path):
        raise ZeroDivisionError
    assert not holds(tmp_path)


def test_a_lock_of_one_folder_holds_no_other(tmp_path):
    for name in "ab":
        (tmp_path / name).mkdir()
    with alone(tmp_path / "a"):
        assert not holds(tmp_path / "b")


def test_a_lock_that_is_not_given_back_in_time_is_told(tmp_path):
    with alone(tmp_path), pytest.raises(EditError) as caught, alone(tmp_path, wait_s=0.05):
        pass
    assert str(caught.value) == (
        f"{tmp_path}: another command has been editing this folder for a while\n"
        "    fix: wait until it has ended, then try again"
    )


def test_whoever_must_wait_goes_on_as_soon_as_the_lock_is_given_back(tmp_path):
    order = []

    def second():
        with alone(tmp_path, wait_s=30):
            order.append("second")

    with alone(tmp_path):
        waiting = threading.Thread(target=second)
        waiting.start()
        time.sleep(0.05)
        order.append("first")
    waiting.join(20)
    assert order == ["first", "second"]


def _die_holding(out, held):
    with alone(out):
        held.set()
        time.sleep(60)


def test_the_lock_of_a_process_that_was_killed_is_free(tmp_path):
    context = multiprocessing.get_context("fork")
    held = context.Event()
    process = context.Process(target=_die_holding, args=(tmp_path, held))
    process.start()
    assert held.wait(20)
    assert holds(tmp_path)
    process.kill()
    process.join(20)
    assert not holds(tmp_path)


def test_a_folder_that_is_not_there_cannot_be_locked(tmp_path):
    with pytest.raises(RenderError) as caught, alone(tmp_path / "gone"):
        pass
    assert str(caught.value) == (
        f"{tmp_path / 'gone'}: cannot be written: No such file or directory\n    fix: choose another folder"
    )


def test_on_a_disk_without_locks_nobody_waits(tmp_path, monkeypatch):
    def refuse(_handle, _how):
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", refuse)
    with alone(tmp_path):
        assert not holds(tmp_path)


def test_where_the_system_has_no_locks_nobody_waits(tmp_path, monkeypatch):
    for name in ("fcntl", "msvcrt"):
        monkeypatch.setitem(sys.modules, name, None)
    with alone(tmp_path):
        assert not holds(tmp_path)


def test_windows_locks_the_first_byte_without_waiting(tmp_path, monkeypatch):
    asked = []

    def locking(_handle, how, count):
        asked.append((how, count))
        if len(asked) == 2:
            raise OSError(errno.EACCES, "Permission denied")

    monkeypatch.setitem(sys.modules, "fcntl", None)
    monkeypatch.setitem(sys.modules, "msvcrt", SimpleNamespace(LK_NBLCK=2, locking=locking))
    with alone(tmp_path):
        assert asked == [(2, 1)]
        assert holds(tmp_path, wait_s=0)

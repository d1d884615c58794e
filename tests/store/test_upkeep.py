"""Looking into a store, checking it, and making it smaller."""

import os
import socket
import subprocess
import sys
import time

import pytest
from rushes.store.action import Action
from rushes.store.store import Store
from rushes.store.upkeep import collect, list_entries, verify_store

NOW_S = time.time()
DAY_S = 86400


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "store")


def put(store, name, data, *, age_s, **fields):
    """A result with one blob, last used and written `age_s` ago. Returns its key and the blob's digest."""
    blob = store.put_bytes(data)
    key = name * 64
    outputs = {} if "failure" in fields else {"out": blob}
    store.put_action(
        Action(
            key=key,
            operation=f"op_{name}",
            version=1,
            params={},
            libraries={},
            inputs={},
            outputs=outputs,
            **fields,
        )
    )
    for path in (store.action_path(key), store.object_path(blob.digest)):
        os.utime(path, (NOW_S - age_s, NOW_S - age_s))
    return key, blob.digest


def flip(path):
    data = path.read_bytes()
    path.chmod(0o644)
    path.write_bytes(bytes([data[0] ^ 1]) + data[1:])


def test_entries_are_listed_with_the_latest_use_first(store):
    put(store, "a", b"12345", age_s=2 * DAY_S)
    put(store, "b", b"123", age_s=DAY_S)
    _, left_over = put(store, "c", b"left over", age_s=3 * DAY_S, failure="broken")
    _, forgotten = put(store, "d", b"1", age_s=4 * DAY_S)
    flip(store.action_path("d" * 64))
    os.utime(store.action_path("d" * 64), (NOW_S - 4 * DAY_S, NOW_S - 4 * DAY_S))
    for digest, days in ((left_over, 3.5), (forgotten, 4.5)):
        os.utime(store.object_path(digest), (NOW_S - days * DAY_S, NOW_S - days * DAY_S))
    found = [
        (entry.kind, entry.operation, entry.size_bytes, round(entry.age_s / DAY_S, 1))
        for entry in list_entries(store, now_s=NOW_S)
    ]
    assert found == [
        ("result", "op_b", 3, 1),
        ("result", "op_a", 5, 2),
        ("failure", "op_c", 0, 3),
        ("object", "", 9, 3.5),
        ("damaged", "", 0, 4),
        ("object", "", 1, 4.5),
    ]


def test_looking_is_not_using(store):
    key, _ = put(store, "a", b"12345", age_s=2 * DAY_S)
    list_entries(store)
    verify_store(store)
    assert store.action_path(key).stat().st_mtime == pytest.approx(NOW_S - 2 * DAY_S)


def test_an_empty_store_has_nothing_and_is_sound(store):
    assert list_entries(store) == []
    assert verify_store(store).actions == 0
    assert collect(store).freed_bytes == 0


def test_verifying_finds_and_drops_what_is_damaged(store):
    sound, _ = put(store, "a", b"sound", age_s=0)
    flipped, digest = put(store, "b", b"flipped", age_s=0)
    gone, missing = put(store, "c", b"gone", age_s=0)
    torn, _ = put(store, "d", b"torn", age_s=0)
    stat = store.object_path(digest).stat()
    flip(store.object_path(digest))
    # Even where size and time say that nothing happened.
    os.utime(store.object_path(digest), ns=(stat.st_atime_ns, stat.st_mtime_ns))
    store.object_path(missing).unlink()
    flip(store.action_path(torn))
    found = verify_store(store)
    assert (found.actions, found.objects, found.size_bytes) == (4, 3, len(b"soundflippedtorn"))
    assert found.damaged_objects == (digest,)
    assert set(found.dropped_actions) == {flipped, gone, torn}
    assert store.action(sound) is not None
    assert verify_store(store).dropped_actions == ()


def test_collecting_by_size_forgets_what_was_used_longest_ago(store):
    old, old_blob = put(store, "a", b"1" * 100, age_s=3 * DAY_S)
    middle, _ = put(store, "b", b"2" * 100, age_s=2 * DAY_S)
    new, _ = put(store, "c", b"3" * 100, age_s=DAY_S)
    done = collect(store, keep_bytes=250)
    assert (done.actions, done.objects, done.freed_bytes, done.kept_bytes) == (1, 1, 100, 200)
    assert store.action(old) is None
    assert not store.object_path(old_blob).exists()
    assert store.action(middle) is not None
    assert store.action(new) is not None


def test_collecting_by_age_keeps_a_blob_that_a_newer_result_shares(store):
    old, digest = put(store, "a", b"shared", age_s=30 * DAY_S)
    new, _ = put(store, "b", b"shared", age_s=DAY_S)
    os.utime(store.object_path(digest), (NOW_S - 30 * DAY_S, NOW_S - 30 * DAY_S))
    collect(store, older_than_days=7)
    assert store.action(old) is None
    assert store.action(new) is not None
    assert store.verified(digest) is not None


def test_nothing_young_is_collected_unless_told(store):
    key, digest = put(store, "a", b"just made", age_s=60)
    orphan = store.put_bytes(b"its action will follow")
    collect(store, keep_bytes=0)
    assert store.action(key) is not None
    assert store.holds(orphan)
    collect(store, keep_bytes=0, young_s=0, now_s=time.time() + 1)
    assert store.action(key) is None
    assert store.verified(digest) is None
    assert not store.holds(orphan)


def test_a_result_that_a_run_uses_meanwhile_is_kept(store, monkeypatch):
    key, digest = put(store, "a", b"in use", age_s=30 * DAY_S)
    from rushes.store import upkeep

    look = upkeep._to_forget

    def use_after_looking(*args):
        found = list(look(*args))
        Store(store.root).action(key)
        return found

    monkeypatch.setattr(upkeep, "_to_forget", use_after_looking)
    collect(store, older_than_days=7)
    assert store.action(key) is not None
    assert store.verified(digest) is not None


def test_files_of_dead_processes_are_swept_and_those_of_living_ones_stay(store):
    dead = subprocess.run(
        [sys.executable, "-c", "import os; print(os.getpid())"], check=True, capture_output=True, text=True
    )
    names = {
        "dead": f"{socket.gethostname()}-{dead.stdout.strip()}-aaaa",
        "living": f"{socket.gethostname()}-{os.getpid()}-bbbb",
        "elsewhere": "other-machine-77-cccc",
    }
    for age_s, left in (
        (60, {"dead", "living", "elsewhere"}),
        (7200, {"living", "elsewhere"}),
        (2 * DAY_S, {"living"}),
    ):
        for name in names.values():
            path = store.root / "tmp" / name
            path.mkdir(parents=True, exist_ok=True)
            (path / "video.mp4").write_bytes(b"half")
            for each in (path / "video.mp4", path):
                os.utime(each, (NOW_S - age_s, NOW_S - age_s))
        collect(store)
        assert {path.name for path in (store.root / "tmp").iterdir()} == {names[each] for each in left}

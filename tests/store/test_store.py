"""Blobs and actions: whole or not there."""

import os
from pathlib import Path

import pytest
from rushes.errors import StoreError
from rushes.store.action import Action
from rushes.store.canonical import digest_bytes
from rushes.store.store import Store, hash_file


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "store")


def action(key="a" * 64, **fields):
    return Action(key=key, operation="op", version=1, params={}, libraries={}, inputs={}, **fields)


def damage(path):
    path.chmod(0o644)
    path.write_bytes(b"other" + path.read_bytes()[5:])


def test_a_blob_lies_under_the_blake3_of_its_bytes(store):
    blob = store.put_bytes(b"pictures")
    assert blob.digest == digest_bytes(b"pictures")
    assert store.verified(blob.digest) == store.root / "objects" / blob.digest[:2] / blob.digest
    assert store.holds(blob)


def test_a_file_is_moved_into_the_store(store):
    scratch = store.scratch()
    (scratch / "clip.arrow").write_bytes(b"x" * 100_000)
    blob = store.put_file(scratch / "clip.arrow")
    assert (blob.size_bytes, list(scratch.iterdir())) == (100_000, [])
    assert hash_file(store.object_path(blob.digest)) == blob.digest
    store.clear(scratch)
    assert list((store.root / "tmp").iterdir()) == []


def test_a_store_is_made_when_it_is_first_written_to(store):
    assert store.action("a" * 64) is None
    assert store.last_keys("reel") == {}
    assert store.verified("a" * 64) is None
    assert not store.root.exists()


def test_a_damaged_blob_is_dropped_when_it_is_read(store):
    blob = store.put_bytes(b"pictures")
    damage(store.object_path(blob.digest))
    os.utime(store.object_path(blob.digest), ns=(1, 1))
    assert store.verified(blob.digest) is None
    assert not store.object_path(blob.digest).exists()


def test_a_blob_is_hashed_once_by_each_process(store, monkeypatch):
    blob = store.put_bytes(b"pictures")
    hashed = []
    monkeypatch.setattr("rushes.store.store.hash_file", lambda path: hashed.append(path) or hash_file(path))
    other = Store(store.root)
    for _ in range(3):
        assert other.verified(blob.digest) == store.object_path(blob.digest)
    assert len(hashed) == 1


def test_storing_a_blob_again_mends_a_damaged_one(store):
    blob = store.put_bytes(b"pictures")
    damage(store.object_path(blob.digest))
    store.put_bytes(b"pictures")
    assert Store(store.root).verified(blob.digest) is not None


def test_an_action_is_found_by_its_key(store):
    store.put_action(action(failure="broken"))
    assert store.action("a" * 64) == action(failure="broken")
    store.forget("a" * 64)
    assert store.action("a" * 64) is None


def test_a_damaged_action_is_deleted(store):
    store.put_action(action())
    damage(store.action_path("a" * 64))
    assert store.action("a" * 64) is None
    assert not store.action_path("a" * 64).exists()


def test_an_action_that_is_used_again_after_a_while_counts_as_new(store):
    store.put_action(action())
    path = store.action_path("a" * 64)
    os.utime(path, (1_000_000, 1_000_000))
    store.action("a" * 64)
    assert path.stat().st_mtime > 1_000_000


def test_the_last_keys_are_kept_for_each_project(store):
    store.put_last_keys("reel", {"a": "1"})
    store.put_last_keys("best clips/ä", {"a": "2"})
    assert (store.last_keys("reel"), store.last_keys("best clips/ä")) == ({"a": "1"}, {"a": "2"})


def test_damaged_last_keys_are_none(store):
    store.put_last_keys("reel", {"a": "1"})
    (path,) = (store.root / "last").iterdir()
    path.write_bytes(path.read_bytes().replace(b"1", b"2", 1))
    assert store.last_keys("reel") == {}


def test_a_write_that_the_disk_refuses_leaves_nothing_behind(store, monkeypatch):
    def refuse(handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("rushes.store.store.os.fsync", refuse)
    with pytest.raises(StoreError) as caught:
        store.put_bytes(b"pictures")
    assert str(caught.value) == (
        f"{store.root}: the disk of the cache is full (No space left on device)\n"
        "    fix: free some space, shrink the cache with `rushes cache gc`, or put it elsewhere with --cache DIR"
    )
    assert [path for path in store.root.rglob("*") if path.is_file()] == []


def test_hashing_a_file_gives_the_digest_of_its_bytes(tmp_path):
    data = bytes(range(256)) * 70_000
    (tmp_path / "big").write_bytes(data)
    (tmp_path / "empty").write_bytes(b"")
    assert hash_file(tmp_path / "big") == digest_bytes(data)
    assert hash_file(Path(tmp_path / "empty")) == digest_bytes(b"")

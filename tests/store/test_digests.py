"""Digests of files outside the store: never wrong, seldom computed twice."""

import os
import time

import pytest
from rushes.errors import MediaError
from rushes.store.canonical import digest_bytes
from rushes.store.digests import DigestIndex

LONG_AGO_NS = 1_600_000_000_000_000_000


@pytest.fixture
def clip(tmp_path):
    path = tmp_path / "front 01.mp4"
    path.write_bytes(b"frames")
    os.utime(path, ns=(LONG_AGO_NS, LONG_AGO_NS))
    return path


@pytest.fixture
def start(tmp_path):
    """Opens the index, as another process would."""
    return lambda: DigestIndex(tmp_path / "store" / "digests.log")


def test_a_file_that_did_not_change_is_read_once(start, clip):
    assert start().digest(clip) == digest_bytes(b"frames")
    index = start()
    assert index.digest(clip) == digest_bytes(b"frames")
    assert index.hashed == 0


@pytest.mark.parametrize("change", ["size", "time", "inode"])
def test_a_file_that_changed_is_read_again(start, clip, change):
    start().digest(clip)
    if change == "inode":
        # The old file is kept, so that its inode cannot be given to the new one.
        clip.rename(clip.with_suffix(".old"))
    clip.write_bytes(b"longer frames" if change == "size" else b"FRAMES")
    shift_ns = 1_000_000_000 if change == "time" else 0
    os.utime(clip, ns=(LONG_AGO_NS + shift_ns, LONG_AGO_NS + shift_ns))
    assert start().digest(clip) == digest_bytes(clip.read_bytes())


def test_a_file_written_a_moment_ago_is_not_remembered(start, clip):
    """Written again within one tick of the file system's clock, it would look the same."""
    now_ns = time.time_ns()
    os.utime(clip, ns=(now_ns, now_ns))
    start().digest(clip)
    clip.write_bytes(b"FRAMES")
    os.utime(clip, ns=(now_ns, now_ns))
    assert start().digest(clip) == digest_bytes(b"FRAMES")


def test_damaged_lines_cost_only_a_digest(start, clip, tmp_path):
    other = tmp_path / "other.mp4"
    other.write_bytes(b"sound")
    os.utime(other, ns=(LONG_AGO_NS, LONG_AGO_NS))
    start().digests([clip, other])
    log = tmp_path / "store" / "digests.log"
    lines = log.read_bytes()
    log.write_bytes(lines.replace(b"front", b"fronk")[:-3] + b"\xff\n{")
    index = start()
    assert index.digests([clip, other]) == [digest_bytes(b"frames"), digest_bytes(b"sound")]
    assert index.hashed == 2
    index = start()
    index.digests([clip, other])
    assert index.hashed == 0


def test_a_log_of_replaced_lines_is_rewritten(start, clip, tmp_path):
    start().digest(clip)
    log = tmp_path / "store" / "digests.log"
    log.write_bytes(log.read_bytes() * 2000)
    index = start()
    index.digest(clip)
    assert index.hashed == 0
    assert log.stat().st_size < 1000
    assert [path.name for path in log.parent.iterdir()] == ["digests.log"]


def test_without_a_place_for_the_index_digests_are_right_all_the_same(clip, tmp_path):
    (tmp_path / "file").write_text("")
    index = DigestIndex(tmp_path / "file" / "digests.log")
    assert index.digest(clip) == index.digest(clip) == digest_bytes(b"frames")


def test_a_file_that_cannot_be_read_is_told_with_its_path(start, tmp_path):
    with pytest.raises(MediaError) as caught:
        start().digest(tmp_path / "gone.mp4")
    assert str(caught.value) == (
        f"{tmp_path}/gone.mp4: cannot be read (No such file or directory)\n"
        "    fix: check that it exists and may be read"
    )


def test_a_file_that_is_still_being_written_is_told_as_such(start, clip, monkeypatch):
    def grow_and_hash(path):
        with path.open("ab") as file:
            file.write(b"more")
        return "0" * 64

    monkeypatch.setattr("rushes.store.digests.hash_file", grow_and_hash)
    with pytest.raises(MediaError) as caught:
        start().digest(clip)
    assert str(caught.value) == (
        f"{clip}: is still being written\n    fix: wait until it is complete, then run again"
    )


def test_a_warm_index_answers_for_two_hundred_files_without_reading_them(start, tmp_path):
    clips = []
    for number in range(200):
        clips.append(tmp_path / f"{number}.mp4")
        clips[-1].write_bytes(b"%d" % number)
        os.utime(clips[-1], ns=(LONG_AGO_NS, LONG_AGO_NS))
    digests = start().digests(clips)
    index = start()
    assert index.digests(clips) == digests
    assert index.hashed == 0

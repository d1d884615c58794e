"""Out folders and caches that cannot be written, full disks, damaged stores, two runs at once."""

import os
import random
import resource
import shutil
import subprocess
from contextlib import contextmanager
from pathlib import Path

import pytest
from command_line import rushes, rushes_apart, rushes_process

OUTPUTS = ("timeline.json", "report.html", "video.mp4")
NO_SUCH_PLACE = Path("/proc/rushes")
"""Where even root may make no folder."""


def same_outputs(out, warm_run):
    return all((out / name).read_bytes() == warm_run.bytes_of(name) for name in OUTPUTS)


@contextmanager
def full_disk(folder, size):
    """A disk of its own, of so many bytes; skipped where the system lets us mount none."""
    folder.mkdir()
    words = ["mount", "-t", "tmpfs", "-o", f"size={size}", "rushes-test", str(folder)]
    try:
        done = subprocess.run(words, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        pytest.skip("there is no mount program here")
    if done.returncode:
        pytest.skip(f"no small disk could be mounted (root may do it): {done.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def small_files_only(most_bytes):
    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, most_bytes))

    return limit


def test_an_out_folder_that_is_a_file(tiny_shoot, warm_run):
    Path("out").write_text("mine")
    ended = rushes("run", *tiny_shoot.arguments("--cache", warm_run.cache, "--out", "out"))
    assert (ended.code, ended.out) == (1, "")
    assert ended.err == (
        "out: outputs go into a folder, but this is a file\n    fix: choose another folder with --out\n"
    )
    assert Path("out").read_text() == "mine"


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs /proc, where no folder can be made")
def test_an_out_folder_that_cannot_be_made_is_found_before_any_work(tiny_shoot):
    words = tiny_shoot.arguments("--cache", "cache", "--out", NO_SUCH_PLACE)
    ended = rushes("run", *words)
    assert (ended.code, ended.out) == (1, "")
    assert ended.err == (
        f"{NO_SUCH_PLACE}: the out folder cannot be written: No such file or directory\n"
        "    fix: choose another folder with --out\n"
    )
    assert not Path("cache").exists()


def test_an_out_folder_that_is_read_only(tiny_shoot, warm_run):
    if os.geteuid() == 0:
        pytest.skip("root may write everywhere: run the tests as another user to see this one")
    Path("out").mkdir(mode=0o555)
    ended = rushes("run", *tiny_shoot.arguments("--cache", warm_run.cache, "--out", "out"))
    assert (ended.code, ended.err) == (
        1,
        "out: the out folder cannot be written: Permission denied\n    fix: choose another folder with --out\n",
    )


def test_an_output_that_cannot_be_replaced(tiny_shoot, warm_run, tmp_path):
    (tmp_path / "out" / "video.mp4").mkdir(parents=True)
    ended = rushes("run", *tiny_shoot.arguments("--cache", warm_run.cache, "--out", "out"))
    assert ended.code == 1
    assert ended.err.splitlines()[-2:] == [
        "out/video.mp4: cannot be written: Is a directory",
        "    fix: choose another folder with --out",
    ]
    assert not [path.name for path in (tmp_path / "out").iterdir() if path.name.startswith(".")]


@pytest.mark.parametrize("place", ["file", "nowhere"])
def test_a_cache_that_cannot_be_used(tiny_shoot, tmp_path, place):
    cache = tmp_path / "cache" if place == "file" else NO_SUCH_PLACE
    if place == "file":
        cache.write_text("mine")
    ended = rushes("run", *tiny_shoot.arguments("--cache", cache, "--out", "out"))
    assert (ended.code, ended.out) == (1, "")
    why = "Not a directory" if place == "file" else "No such file or directory"
    assert ended.err == (
        f"{cache}: the cache cannot be used ({why})\n"
        "    fix: check the disk it lies on, or choose another folder with --cache DIR\n"
    )


def test_a_full_disk_for_the_outputs_costs_nothing_that_was_done(tiny_shoot, warm_run, tmp_path):
    words = ("run", *tiny_shoot.arguments("--cache", warm_run.cache))
    with full_disk(tmp_path / "disk", "64k") as disk:
        ended = rushes(*words, "--out", disk / "out")
        assert ended.code == 1
        assert ended.err.splitlines()[-2:] == [
            f"{disk}/out/video.mp4: cannot be written: No space left on device",
            "    fix: free some space or choose another folder with --out",
        ]
        left = {path.name for path in (disk / "out").iterdir()}
        assert "timeline.json" in left
        assert not [name for name in left if name.startswith(".") or name == "video.mp4"]
    assert " 0 of " in rushes(*words, "--out", "out").out
    assert same_outputs(tmp_path / "out", warm_run)


FULL = "the disk of the cache is full"
FULL_FIX = (
    "    fix: free some space, shrink the cache with `rushes cache gc`, or put it elsewhere with --cache DIR"
)


@pytest.mark.parametrize("room", ["100k", "900k"], ids=["while analysing", "while rendering"])
def test_a_full_disk_for_the_cache_ends_the_run_with_what_to_do(tiny_shoot, tmp_path, room):
    with full_disk(tmp_path / "disk", room) as disk:
        ended = rushes(
            "run", *tiny_shoot.arguments("--cache", disk / "cache", "--out", "out", "--executor", "inline")
        )
        assert (ended.code, ended.out) == (1, "")
        assert ended.err.splitlines()[-2:] == [f"{disk}/cache: {FULL} (No space left on device)", FULL_FIX]
        assert ("analysing: " in ended.err) is (room == "900k")


def test_files_that_may_not_grow_are_a_full_disk_too(tiny_shoot, warm_run, tmp_path):
    cache = warm_run.copy_cache(tmp_path / "cache")
    words = ("run", *tiny_shoot.arguments("--cache", cache, "--out", "out", "--workers", 2))
    words += ("--set", "outputs.video.quality=high")
    ended = rushes_apart(*words, preexec_fn=small_files_only(40_000))
    assert (ended.code, ended.out) == (1, "")
    assert ended.err.splitlines()[-2:] == [f"{cache}: {FULL} (File too large)", FULL_FIX]
    assert list((cache / "tmp").iterdir()) == []


def test_damaged_objects_are_made_again_with_the_same_bytes(tiny_shoot, warm_run, tmp_path):
    cache = warm_run.copy_cache(tmp_path / "cache")
    chance = random.Random(11)
    objects = sorted(path for path in (cache / "objects").rglob("*") if path.is_file())
    for path in objects:
        data = bytearray(path.read_bytes())
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        path.chmod(0o644)
        path.write_bytes(bytes(data))
    verified = rushes("cache", "verify", "--cache", cache, "--json")
    assert verified.code == 1
    assert len(verified.json["damaged_objects"]) == len(objects)
    ended = rushes("run", *tiny_shoot.arguments("--cache", cache, "--out", "out", "--workers", 2))
    assert ended.code == 0, ended.err
    assert same_outputs(tmp_path / "out", warm_run)
    assert rushes("cache", "verify", "--cache", cache).code == 0


@pytest.mark.parametrize("operation", ["edit", "join", "report"])
def test_one_damaged_result_is_repaired_silently(tiny_shoot, warm_run, tmp_path, operation):
    cache = warm_run.copy_cache(tmp_path / "cache")
    node = next(node for node in warm_run.record()["nodes"] if node["operation"] == operation)
    (digest,) = node["outputs"].values()
    (path,) = (cache / "objects").rglob(f"*{digest[2:]}*")
    path.chmod(0o644)
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    ended = rushes("run", *tiny_shoot.arguments("--cache", cache, "--out", "out", "--executor", "inline"))
    assert ended.code == 0, ended.err
    assert "damaged" not in ended.err
    assert same_outputs(tmp_path / "out", warm_run)


def test_two_runs_at_once_share_one_cache_and_both_are_right(tiny_shoot, warm_run, tmp_path):
    cache = warm_run.copy_cache(tmp_path / "cache")
    shutil.rmtree(cache / "actions")
    words = ("run", *tiny_shoot.arguments("--cache", cache, "--workers", 1, "--json"))
    runs = [rushes_process(*words, "--out", tmp_path / name) for name in ("one", "two")]
    for run in runs:
        _, err = run.communicate(timeout=180)
        assert run.returncode == 0, err
    assert same_outputs(tmp_path / "one", warm_run)
    assert same_outputs(tmp_path / "two", warm_run)
    assert rushes("cache", "verify", "--cache", cache).code == 0

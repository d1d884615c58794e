"""Ctrl-C, a polite end and kill -9 at several moments: the next run finishes the work, with the same bytes."""

import os
import signal
import time

import pytest
from command_line import rushes, rushes_process

OUTPUTS = ("timeline.json", "video.mp4")
INTERRUPTED = "interrupted: what was finished is kept, the next run goes on from there\n"


def stored(cache):
    return sum(len(files) for _, _, files in os.walk(cache / "actions"))


def wait_for(process, cache, count):
    """Until the store has so many results, or the run has ended."""
    deadline_s = time.monotonic() + 120
    while process.poll() is None and stored(cache) < count:
        assert time.monotonic() < deadline_s
        time.sleep(0.005)


def stop(process, how):
    if how == signal.SIGKILL:
        os.killpg(process.pid, how)
    else:
        process.send_signal(how)
    _, err = process.communicate(timeout=60)
    return err


def no_worker_is_left(marker):
    """No process of this machine still works in the cache."""
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                with open(f"/proc/{entry}/cmdline", "rb") as file:
                    words = file.read()
            except OSError:
                continue
            if marker.encode() in words:
                return False
    return True


MOMENTS = (1, 12, 41, 43)
"""Results in the store: at once, while analysing, while rendering, near the end of it."""


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL], ids=["ctrl-c", "kill -9"])
def test_a_run_stopped_again_and_again_is_finished_by_the_last(tiny_shoot, warm_run, tmp_path, how):
    cache = tmp_path / "cache"
    words = ("run", *tiny_shoot.arguments("--cache", cache, "--out", tmp_path / "out", "--workers", 2))
    words += ("--set", "outputs.report=null")
    kept = 0
    for moment in MOMENTS:
        process = rushes_process(*words, start_new_session=True)
        # A result of its own: what earlier runs kept would have it stopped while Python still starts.
        wait_for(process, cache, max(moment, kept + 1))
        err = stop(process, how)
        if how == signal.SIGINT and process.returncode != 0:
            assert process.returncode == 130
            assert err.endswith(INTERRUPTED)
            assert "Traceback" not in err
        assert stored(cache) >= max(kept, moment if process.returncode else 0)
        kept = stored(cache)
    assert no_worker_is_left(str(cache))
    ended = rushes(*words, "--json")
    assert ended.code == 0, ended.err
    assert ended.json["nodes"]["cached"] >= kept - 1
    for name in OUTPUTS:
        assert (tmp_path / "out" / name).read_bytes() == warm_run.bytes_of(name), name
    assert not [path.name for path in (tmp_path / "out").iterdir() if path.name.startswith(".")]
    assert rushes("cache", "verify", "--cache", cache).code == 0


@pytest.mark.parametrize("after_s", [0.05, 0.2, 0.4])
def test_an_interrupt_while_the_program_starts_is_130_or_the_end_that_signals_bring(
    tiny_shoot, warm_run, tmp_path, after_s
):
    words = ("run", *tiny_shoot.arguments("--cache", warm_run.cache, "--out", tmp_path / "out"))
    process = rushes_process(*words, start_new_session=True)
    time.sleep(after_s)
    err = stop(process, signal.SIGINT)
    assert process.returncode in (0, 130, -signal.SIGINT)
    if process.returncode == 130:
        assert err.endswith(INTERRUPTED)


def test_a_polite_request_to_end_is_an_interrupt(tiny_shoot, tmp_path):
    cache = tmp_path / "cache"
    words = ("run", *tiny_shoot.arguments("--cache", cache, "--out", tmp_path / "out", "--workers", 1))
    process = rushes_process(*words, start_new_session=True)
    wait_for(process, cache, 1)
    err = stop(process, signal.SIGTERM)
    assert process.returncode == 130
    assert err.endswith(INTERRUPTED)
    assert no_worker_is_left(str(cache))

"""A disk that does not answer says nothing of what is on it."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self

import av
import pytest
from made_media import gray, texture, tone, write_clip
from rushes.errors import MediaError
from rushes.media import audio, faults
from rushes.media import probe as probe_module
from rushes.media.audio import load_song
from rushes.media.decode import decode_pass
from rushes.media.probe import probe
from rushes.media.wishes import PictureWish, Wishes


def refusal(number: int, path: str) -> Exception:
    """As FFmpeg reports an error of the system."""
    kind = av.error.PermissionError if number in (errno.EACCES, errno.EPERM) else av.error.OSError
    return kind(number, os.strerror(number), path)


class FailsBehind:
    """A container whose disk fails behind some packets."""

    def __init__(self, container: Any, packets: int, number: int) -> None:
        self._container = container
        self._packets = packets
        self._number = number

    def __getattr__(self, name: str) -> Any:
        return getattr(self._container, name)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._container.close()

    def demux(self, *streams: Any) -> Iterator[Any]:
        for count, packet in enumerate(self._container.demux(*streams)):
            if count == self._packets:
                raise refusal(self._number, self._container.name)
            yield packet


def fail_behind(monkeypatch: pytest.MonkeyPatch, packets: int, number: int = errno.EIO) -> None:
    real = av.open
    for module in (probe_module, audio):
        monkeypatch.setattr(
            module.av, "open", lambda *args, **kw: FailsBehind(real(*args, **kw), packets, number)
        )


def fail_to_open(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    def refuse(path: str, *_args: object, **_options: object) -> None:
        raise refusal(number, path)

    monkeypatch.setattr(av, "open", refuse)


READ_NOW = "{}: the file cannot be read now ({})\n    fix: check the disk or the connection it lies on, then run again"


def fault(call: Any, path: Path) -> MediaError:
    with pytest.raises(MediaError) as caught:
        call()
    assert caught.value.transient
    assert caught.value.problems[0].place is not None
    assert caught.value.problems[0].place.path == str(path)
    return caught.value


@pytest.mark.parametrize("number", [errno.EIO, errno.EMFILE, errno.ENOMEM, errno.ESTALE, errno.ENODEV])
def test_a_clip_that_the_disk_does_not_give_is_not_called_broken(tmp_path, monkeypatch, number):
    path = write_clip(tmp_path / "a.mp4", [gray(90)] * 3)
    fail_to_open(monkeypatch, number)
    said = str(fault(lambda: probe(str(path)), path))
    assert said == READ_NOW.format(path, os.strerror(number))


@pytest.mark.parametrize("number", [errno.EACCES, errno.EPERM])
def test_a_permission_that_is_refused_may_be_given_later(tmp_path, monkeypatch, number):
    path = write_clip(tmp_path / "a.mp4", [gray(90)] * 3)
    fail_to_open(monkeypatch, number)
    said = str(fault(lambda: probe(str(path)), path))
    assert said == f"{path}: the file may not be read\n    fix: give yourself permission to read it"


def test_a_permission_that_is_missing_before_opening_may_be_given_later(tmp_path, monkeypatch):
    path = write_clip(tmp_path / "a.mp4", [gray(90)])
    monkeypatch.setattr(faults.os, "access", lambda *_: False)
    fault(lambda: probe(str(path)), path)


def test_a_disk_that_fails_within_a_clip_does_not_make_it_a_short_clip(tmp_path, monkeypatch):
    path = write_clip(tmp_path / "a.mp4", [texture((64, 48), k) for k in range(30)])
    info = probe(str(path))
    wanted = {"reader": Wishes(pictures=(PictureWish(form="gray", long_side_px=64),))}
    fail_behind(monkeypatch, 10)
    said = str(fault(lambda: decode_pass(info, wanted, lambda *_: None, lambda *_: None), path))
    assert said == READ_NOW.format(path, os.strerror(errno.EIO))


def test_a_clip_whose_container_is_broken_further_on_still_gives_what_lies_before(tmp_path, monkeypatch):
    path = write_clip(tmp_path / "a.mp4", [texture((64, 48), k) for k in range(30)])
    info = probe(str(path))
    wanted = {"reader": Wishes(pictures=(PictureWish(form="gray", long_side_px=64),))}
    fail_behind(monkeypatch, 10, errno.EINVAL)
    seen = decode_pass(info, wanted, lambda *_: None, lambda *_: None)
    assert 0 < seen.frame_count < 30
    assert not seen.complete


def test_a_song_that_the_disk_gives_half_is_not_a_short_song(tmp_path, monkeypatch):
    path = write_clip(tmp_path / "a.mp4", [gray(90)] * 30, sound=tone(1.0))
    fail_behind(monkeypatch, 5)
    fault(lambda: load_song(path), path)


def test_a_song_that_the_disk_does_not_give_is_not_called_broken(tmp_path, monkeypatch):
    path = write_clip(tmp_path / "a.mp4", [gray(90)] * 30, sound=tone(1.0))
    fail_to_open(monkeypatch, errno.EIO)
    said = str(fault(lambda: load_song(path), path))
    assert said == READ_NOW.format(path, os.strerror(errno.EIO))


def test_a_header_behind_a_failing_block_is_not_called_cut_off(tmp_path, monkeypatch):
    """FFmpeg then reports invalid data: it searched for the index where the disk gives nothing."""
    path = write_clip(tmp_path / "a.mp4", [texture((64, 48), k) for k in range(30)])

    def invalid(name: str, *_args: object, **_options: object) -> None:
        raise av.error.InvalidDataError(errno.EINVAL, "Invalid data found when processing input", name)

    def refuse(_path: str) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(av, "open", invalid)
    monkeypatch.setattr(faults, "_read_through", refuse)
    said = str(fault(lambda: probe(str(path)), path))
    assert said == READ_NOW.format(path, os.strerror(errno.EIO))


def test_whether_a_failure_is_of_the_moment_crosses_process_borders():
    import pickle

    from rushes.errors import Problem

    error = pickle.loads(pickle.dumps(MediaError(Problem(None, "away"), transient=True)))
    assert (str(error), error.transient) == ("away", True)
    assert not pickle.loads(pickle.dumps(MediaError(Problem(None, "broken")))).transient

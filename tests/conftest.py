"""What tests of whole runs share: a tiny shoot, and one run of it that is made once."""

from __future__ import annotations

import builtins
import fcntl
import json
import os
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from command_line import Ended, rushes
from rushes.media.made_shoot import BROKEN_NAME, Take, make_shoot

TINY_TAKES = (
    Take(name="front_01", angle="front", seed=1, energy_01=0.3, duration_s=2.5),
    Take(name="front_02", angle="front", seed=2, energy_01=0.8, duration_s=2.0),
    Take(name="side_01", angle="side", seed=6, duration_s=3.0, cut_at_s=1.5),
    Take(name="side_02", angle="side", seed=7, energy_01=0.9, duration_s=2.0, sound=False),
    Take(name="overhead_01", angle="overhead", seed=11, duration_s=2.5),
    Take(name="overhead_02_dark", angle="overhead", seed=12, fault="dark", duration_s=2.0),
)
SMALL = ("--set", "edit.duration_s=4", "--set", "edit.aspect=1:1", "--set", "outputs.video.quality=low")
"""Options that make a run cheap."""


@dataclass(frozen=True)
class TinyShoot:
    """Where it lies. Nobody may write there: copy it first."""

    footage: Path
    song: Path

    def arguments(self, *more: object) -> tuple[str, ...]:
        """Recipe and options of the usual small run, without --out and --cache."""
        return tuple(map(str, ("beat_reel", "--footage", self.footage, "--song", self.song, *SMALL, *more)))

    def copy_to(self, folder: Path) -> TinyShoot:
        """The same files elsewhere, with their times."""
        shutil.copytree(self.footage.parent, folder)
        return TinyShoot(folder / self.footage.name, folder / self.song.name)


@dataclass(frozen=True)
class WarmRun:
    """A finished run. Its store and its out folder may be read only; `copy_cache` gives a store to write to."""

    cache: Path
    out: Path
    ended: Ended

    def bytes_of(self, name: str) -> bytes:
        return (self.out / name).read_bytes()

    def record(self) -> Any:
        return json.loads((self.out / "run.json").read_text())

    @property
    def library(self) -> Path:
        """The library file that the run wrote."""
        return self.out.parent / "library.sqlite"

    def copy_cache(self, to: Path) -> Path:
        shutil.copytree(self.cache, to)
        return to


@contextmanager
def _alone(folder: Path, name: str) -> Iterator[None]:
    """One of the processes that run tests at a time."""
    with open(folder / f"{name}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="session")
def once_for_all(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, Callable[[Path], None]], Path]:
    """Makes a folder once, also where several processes run the tests."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base

    def make(name: str, fill: Callable[[Path], None]) -> Path:
        folder = shared / name
        with _alone(shared, name):
            if not (folder / "made").exists():
                shutil.rmtree(folder, ignore_errors=True)
                folder.mkdir()
                fill(folder)
                (folder / "made").touch()
        return folder

    return make


@pytest.fixture(scope="session", autouse=True)
def _home_of_the_session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What is made once for all tests does not touch the user's folders either, and finds no models there."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME"):
            patch.setenv(name, str(tmp_path_factory.getbasetemp()))
        for name in ("RUSHES_CACHE", "RUSHES_MODELS", "RUSHES_LIBRARY"):
            patch.delenv(name, raising=False)
        yield


@pytest.fixture(scope="session", autouse=True)
def _no_total_depends_on_the_version_of_python() -> Iterator[None]:
    """From Python 3.12 on `sum` rounds totals of fractions otherwise than before: our code adds them up with math.fsum."""
    plain = builtins.sum

    def checked(items: Iterable[Any], /, start: Any = 0) -> Any:
        if sys._getframe(1).f_globals.get("__name__", "").startswith("rushes."):
            items = list(items)
            assert not any(type(item) is float for item in items), "sum of fractions: use math.fsum"
        return plain(items, start)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(builtins, "sum", checked)
        yield


@pytest.fixture(scope="session")
def tiny_shoot(once_for_all: Callable[[str, Callable[[Path], None]], Path]) -> TinyShoot:
    """Six takes of 2-3 s (one of them dark), a broken file and a song of 9 s at 120 BPM."""

    def fill(folder: Path) -> None:
        make_shoot(folder / "shoot", takes=TINY_TAKES, size_px=(320, 180), bpm=120, bars=4)
        for path in sorted((folder / "shoot").rglob("*")):
            # Files as old as real footage: what was just written is digested again by every run.
            os.utime(path, (1_700_000_000, 1_700_000_000))

    folder = once_for_all("tiny_shoot", fill) / "shoot"
    assert (folder / "footage" / BROKEN_NAME).exists()
    return TinyShoot(folder / "footage", folder / "song.wav")


@pytest.fixture(scope="session")
def warm_run(tiny_shoot: TinyShoot, once_for_all: Callable[[str, Callable[[Path], None]], Path]) -> WarmRun:
    """The usual small run of the tiny shoot, finished."""

    def fill(folder: Path) -> None:
        places = (
            "--cache",
            folder / "cache",
            "--out",
            folder / "out",
            "--library",
            folder / "library.sqlite",
        )
        ended = rushes("run", *tiny_shoot.arguments(*places, "--executor", "inline"), "--json")
        assert ended.code == 0, ended.err
        (folder / "ended.json").write_text(json.dumps([ended.code, ended.out, ended.err]))

    folder = once_for_all("warm_run", fill)
    ended = Ended(*json.loads((folder / "ended.json").read_text()))
    return WarmRun(folder / "cache", folder / "out", ended)


@pytest.fixture
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No test writes into the user's folders."""
    home = tmp_path / "home"
    home.mkdir()
    for name in ("HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME"):
        monkeypatch.setenv(name, str(home))
    for name in ("RUSHES_CACHE", "RUSHES_MODELS", "RUSHES_LIBRARY"):
        monkeypatch.delenv(name, raising=False)
    return home

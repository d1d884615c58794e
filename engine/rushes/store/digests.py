"""Content digests of files outside the store, remembered so that a file that did not change is not read again.

The index is a log of lines, each with its own checksum: appending survives `kill -9`, a damaged line costs one digest,
and any number of processes may append. It only saves time; a lost index changes no result.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from zlib import crc32

from rushes.errors import MediaError, Place, Problem
from rushes.store.store import hash_file
from rushes.store.temporary import temporary_name

Stamp = tuple[int, int, int]
"""Size in bytes, mtime in ns, inode."""

RACY_NS = 2_000_000_000
"""A file written so short a time before it was hashed may be written again with the same time: never remembered."""

_TRIES = 3
_WASTED_LINES = 1000


class DigestIndex:
    """BLAKE3 of files by path, size, mtime and inode."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._known: dict[str, tuple[Stamp, str]] | None = None
        self._now: dict[str, tuple[Stamp, str]] = {}
        self._lines = 0
        self.hashed = 0
        """Files read by this index so far."""

    def digest(self, path: str | Path) -> str:
        """BLAKE3 of the file's content, 64 hex digits. Raises MediaError if it cannot be read or does not hold still."""
        return self.digests([path])[0]

    def digests(self, paths: Iterable[str | Path]) -> list[str]:
        """Digests of many files, in their order."""
        return [self._digest(os.path.abspath(path)) for path in paths]

    def _digest(self, path: str) -> str:
        try:
            stamp = _stamp(path)
            for known in (self._now, self._index()):
                entry = known.get(path)
                if entry is not None and entry[0] == stamp:
                    return entry[1]
            return self._read(path)
        except OSError as error:
            raise MediaError(
                Problem(
                    Place(path), f"cannot be read ({error.strerror})", "check that it exists and may be read"
                )
            ) from error

    def _read(self, path: str) -> str:
        for _ in range(_TRIES):
            stamp, now_ns = _stamp(path), time.time_ns()
            digest = hash_file(Path(path))
            self.hashed += 1
            if _stamp(path) == stamp:
                if abs(now_ns - stamp[1]) >= RACY_NS:
                    self._now[path] = (stamp, digest)
                    self._append(path, stamp, digest)
                return digest
        raise MediaError(
            Problem(Place(path), "is still being written", "wait until it is complete, then run again")
        )

    def _index(self) -> dict[str, tuple[Stamp, str]]:
        if self._known is None:
            self._known = self._load()
            if self._lines > 2 * len(self._known) + _WASTED_LINES:
                self._rewrite(self._known)
        return self._known

    def _load(self) -> dict[str, tuple[Stamp, str]]:
        known: dict[str, tuple[Stamp, str]] = {}
        try:
            data = self._path.read_bytes()
        except OSError:
            return known
        bodies: list[bytes] = []
        for line in data.splitlines():
            self._lines += bool(line)
            checksum, _, body = line.partition(b" ")
            if checksum == _checksum(body):
                bodies.append(body)
        # Together they are read in half the time of one by one.
        for path, size, mtime_ns, inode, digest in json.loads(b"[" + b",".join(bodies) + b"]"):
            known[path] = ((size, mtime_ns, inode), digest)
        return known

    def _append(self, path: str, stamp: Stamp, digest: str) -> None:
        """One write per line, begun with a line break: the line before may have been cut short."""
        with suppress(OSError):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            handle = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666)
            try:
                os.write(handle, b"\n" + _line(path, stamp, digest))
            finally:
                os.close(handle)

    def _rewrite(self, known: dict[str, tuple[Stamp, str]]) -> None:
        """Drop the lines that later ones replaced. What another process appends meanwhile may be lost: only time."""
        fresh = self._path.with_name(f"{self._path.name}.{temporary_name()}")
        with suppress(OSError):
            fresh.write_bytes(b"\n".join(_line(path, *entry) for path, entry in known.items()))
            os.replace(fresh, self._path)


def _stamp(path: str) -> Stamp:
    found = os.stat(path)
    return (found.st_size, found.st_mtime_ns, found.st_ino)


def _line(path: str, stamp: Stamp, digest: str) -> bytes:
    body = json.dumps([path, *stamp, digest]).encode("ascii")
    return _checksum(body) + b" " + body


def _checksum(body: bytes) -> bytes:
    return b"%08x" % crc32(body)

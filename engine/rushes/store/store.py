"""The content-addressed store: blobs by their BLAKE3, actions by their key. Shared by any number of processes.

    objects/ab/<digest>     the bytes of one output
    actions/ab/<key>.json   which outputs a node with this key has (store/action.py)
    last/<scope>.json       the key that every node of one project had last: hints for `plan`, never trusted
    tmp/                    files being written

Everything is written under tmp/, synced and renamed, so a reader sees a whole file or none. No lock is needed: two
processes that write the same key write the same content.
"""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Mapping
from pathlib import Path

from blake3 import blake3

from rushes.store.action import Action, Blob, decode_action, encode_action
from rushes.store.canonical import canonical_json, digest_bytes
from rushes.store.faults import told_as_store_error
from rushes.store.temporary import sweep, temporary_name

_READ_BYTES = 8 << 20
TOUCH_AFTER_S = 600.0
"""An action's file time is its last use, refreshed when it is older than this."""


def hash_file(path: Path) -> str:
    """BLAKE3 of a file, read through a buffer: a mapped file that shrinks meanwhile would kill the process."""
    hasher = blake3(max_threads=blake3.AUTO)
    with path.open("rb", buffering=0) as file:
        size = os.fstat(file.fileno()).st_size
        buffer = bytearray(max(1, min(_READ_BYTES, size + 1)))
        view = memoryview(buffer)
        while count := file.readinto(buffer):
            hasher.update(view[:count])
    return hasher.hexdigest()


class Store:
    """A store folder, made when first written to. Methods raise StoreError where the disk refuses."""

    def __init__(self, root: Path) -> None:
        self.root = Path(root).absolute()
        self._objects = f"{self.root}/objects"
        self._actions = f"{self.root}/actions"
        self._verified: dict[str, tuple[int, int]] = {}
        self._swept = False

    def object_path(self, digest: str) -> Path:
        """Where a blob lies; it need not be there."""
        return Path(self._objects, digest[:2], digest)

    def action_path(self, key: str) -> Path:
        """Where an action lies; it need not be there."""
        return Path(self._actions, key[:2], f"{key}.json")

    def put_file(self, path: Path) -> Blob:
        """Move a finished file into the store; it must lie on the store's own disk, as `scratch` gives.

        An object that is there already is replaced: it may be damaged, and its age must say that it is in use.
        """
        with told_as_store_error(self.root):
            digest = hash_file(path)
            size = path.stat().st_size
            _sync(path)
            os.chmod(path, 0o444)
            self._move(path, self.object_path(digest))
        self._remember(digest)
        return Blob(digest=digest, size_bytes=size)

    def put_bytes(self, data: bytes) -> Blob:
        """Store bytes as a blob."""
        digest = digest_bytes(data)
        self._write(self.object_path(digest), data, read_only=True)
        self._remember(digest)
        return Blob(digest=digest, size_bytes=len(data))

    def holds(self, blob: Blob) -> bool:
        """Is a file of the right size in the blob's place? Cheap; `verified` says whether its bytes are right."""
        try:
            return os.stat(f"{self._objects}/{blob.digest[:2]}/{blob.digest}").st_size == blob.size_bytes
        except OSError:
            return False

    def verified(self, digest: str) -> Path | None:
        """Path of a blob whose bytes were hashed by this process and found right; None if missing or damaged.

        A damaged blob is deleted, so that nothing can trust it.
        """
        path = self.object_path(digest)
        try:
            before = path.stat()
            stamp = (before.st_mtime_ns, before.st_size)
            if self._verified.get(digest) == stamp:
                return path
            sound = hash_file(path) == digest
        except FileNotFoundError:
            return None
        except OSError:
            # A disk that cannot give a blob back (EIO on a worn-out card) is one more kind of damage.
            sound, stamp = False, (0, 0)
        if sound:
            self._verified[digest] = stamp
            return path
        self.drop(digest)
        return None

    def drop(self, digest: str) -> None:
        """Delete a blob."""
        self._verified.pop(digest, None)
        self._unlink(self.object_path(digest))

    def _remember(self, digest: str) -> None:
        with told_as_store_error(self.root):
            found = self.object_path(digest).stat()
        self._verified[digest] = (found.st_mtime_ns, found.st_size)

    def action(self, key: str) -> Action | None:
        """What is stored for a key; None if nothing is, or if the record is damaged (it is then deleted)."""
        path = f"{self._actions}/{key[:2]}/{key}.json"
        try:
            with open(path, "rb", buffering=0) as file:
                used_at_s = os.fstat(file.fileno()).st_mtime
                found = decode_action(file.read(), key)
        except OSError:
            return None
        if found is None:
            self._unlink(Path(path))
        elif time.time() - used_at_s > TOUCH_AFTER_S:
            _touch(path)
        return found

    def put_action(self, action: Action) -> None:
        """Record a result. Its blobs must be in place before."""
        self._write(self.action_path(action.key), encode_action(action))

    def forget(self, key: str) -> None:
        """Delete an action; its node will run again."""
        self._unlink(self.action_path(key))

    def last_keys(self, scope: str) -> dict[str, str]:
        """Node id -> the key it had when this project last ran; {} when unknown or unreadable."""
        try:
            data = self._last_path(scope).read_bytes()
            body, _, checksum = data.partition(b"\n")
            return json.loads(body) if checksum.decode("ascii") == digest_bytes(body) else {}
        except (OSError, ValueError):
            return {}

    def put_last_keys(self, scope: str, keys: Mapping[str, str]) -> None:
        """Remember the keys of a run. Replaces those of the run before."""
        body = canonical_json(keys)
        self._write(self._last_path(scope), body + b"\n" + digest_bytes(body).encode("ascii"))

    def _last_path(self, scope: str) -> Path:
        return self.root / "last" / f"{digest_bytes(scope.encode('utf-8', 'surrogatepass'))}.json"

    def scratch(self) -> Path:
        """A new folder under tmp/ for files that become blobs; the caller removes it with `clear`."""
        if not self._swept:
            self._swept = True
            sweep(self.root / "tmp")
        path = self.root / "tmp" / temporary_name()
        with told_as_store_error(self.root):
            path.mkdir(parents=True)
        return path

    def clear(self, scratch: Path) -> None:
        """Remove a scratch folder and what is left in it."""
        shutil.rmtree(scratch, ignore_errors=True)

    def _write(self, path: Path, data: bytes, *, read_only: bool = False) -> None:
        temporary = self.root / "tmp" / temporary_name()
        with told_as_store_error(self.root):
            try:
                temporary.parent.mkdir(parents=True, exist_ok=True)
                with temporary.open("xb") as file:
                    file.write(data)
                    file.flush()
                    os.fsync(file.fileno())
                if read_only:
                    os.chmod(temporary, 0o444)
                self._move(temporary, path)
            finally:
                temporary.unlink(missing_ok=True)

    def _move(self, source: Path, target: Path) -> None:
        try:
            os.replace(source, target)
        except FileNotFoundError:
            target.parent.mkdir(parents=True, exist_ok=True)
            os.replace(source, target)

    def _unlink(self, path: Path) -> None:
        with told_as_store_error(self.root):
            path.unlink(missing_ok=True)


def _sync(path: Path) -> None:
    # Opened for writing: Windows refuses to sync a file that is only read.
    with path.open("r+b") as file:
        os.fsync(file.fileno())


def _touch(path: str) -> None:
    try:
        os.utime(path)
    except OSError:
        # A read-only store still serves; only its record of last use stands still.
        return

"""What is in a store, whether it is sound, and how to make it smaller. Safe while runs use the same store."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from rushes.store.action import Action, decode_action
from rushes.store.faults import told_as_store_error
from rushes.store.store import Store
from rushes.store.temporary import sweep

YOUNG_S = 3600.0
"""What was used or written since is never collected: a run may be about to name it."""

_CLAIM_S = 86400.0
_DAY_S = 86400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of `rushes cache ls`.

    kind: "result" is an action with its blobs, "failure" one that stores why there are none, "object" a blob that no
    action names, "damaged" an action that cannot be read. name: the key, or the blob's digest.
    """

    kind: Literal["result", "failure", "object", "damaged"]
    name: str
    operation: str
    size_bytes: int
    age_s: float
    """Since its last use."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """What `rushes cache verify` found. What was damaged is deleted, and will be made again when it is needed."""

    actions: int
    objects: int
    size_bytes: int
    damaged_objects: tuple[str, ...]
    dropped_actions: tuple[str, ...]
    """Keys of actions that were damaged, or whose blobs were damaged or missing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Collected:
    """What `rushes cache gc` deleted, and what is left."""

    actions: int
    objects: int
    temporary: int
    freed_bytes: int
    kept_bytes: int


@dataclass(frozen=True, slots=True)
class _Found:
    path: Path
    key: str
    action: Action | None
    used_s: float


def list_entries(store: Store, *, now_s: float | None = None) -> list[Entry]:
    """All entries, the most recently used first."""
    now_s = time.time() if now_s is None else now_s
    entries: list[Entry] = []
    named: set[str] = set()
    for found in _actions(store):
        action = found.action
        blobs = action.outputs.values() if action else ()
        named.update(blob.digest for blob in blobs)
        entries.append(
            Entry(
                kind="damaged" if action is None else "failure" if action.failure else "result",
                name=found.key,
                operation=action.operation if action else "",
                size_bytes=sum(blob.size_bytes for blob in blobs),
                age_s=now_s - found.used_s,
            )
        )
    for path, stat in _objects(store):
        if path.name not in named:
            age_s = now_s - stat.st_mtime
            entries.append(
                Entry(kind="object", name=path.name, operation="", size_bytes=stat.st_size, age_s=age_s)
            )
    return sorted(entries, key=lambda entry: (entry.age_s, entry.name))


def verify_store(store: Store) -> Verification:
    """Hash every object again, and delete what is damaged with the actions that name it.

    A fresh look at the disk: nothing that this process verified before is believed. Raises StoreError where damage
    cannot be deleted.
    """
    judge = Store(store.root)
    damaged: list[str] = []
    count = size = 0
    for path, stat in _objects(store):
        count += 1
        size += stat.st_size
        if judge.verified(path.name) is None:
            damaged.append(path.name)
    dropped: list[str] = []
    actions = 0
    for found in _actions(store):
        actions += 1
        if found.action is None or not all(store.holds(blob) for blob in found.action.outputs.values()):
            _delete(store, found.path)
            dropped.append(found.key)
    return Verification(
        actions=actions,
        objects=count,
        size_bytes=size,
        damaged_objects=tuple(damaged),
        dropped_actions=tuple(dropped),
    )


def collect(
    store: Store,
    *,
    keep_bytes: int | None = None,
    older_than_days: float | None = None,
    young_s: float = YOUNG_S,
    now_s: float | None = None,
) -> Collected:
    """Forget the results used least recently, then delete the blobs that no result names.

    keep_bytes: forget until the blobs take no more than this. older_than_days: forget what was not used for so long.
    Neither: only unnamed blobs and files of dead processes go. Nothing younger than `young_s` goes. Raises StoreError.
    """
    now_s = time.time() if now_s is None else now_s
    forgotten = 0
    for found in _to_forget(store, keep_bytes, older_than_days, now_s):
        if _still_old(found.path, young_s, now_s):
            _delete(store, found.path)
            forgotten += 1
    named = {
        blob.digest
        for found in _actions(store)
        if found.action is not None
        for blob in found.action.outputs.values()
    }
    objects = freed = kept = 0
    for path, stat in _objects(store):
        if path.name not in named and _still_old(path, young_s, now_s):
            store.drop(path.name)
            objects, freed = objects + 1, freed + stat.st_size
        else:
            kept += stat.st_size
    temporary, temporary_bytes = sweep(store.root / "tmp")
    _drop_old_claims(store, now_s)
    return Collected(
        actions=forgotten,
        objects=objects,
        temporary=temporary,
        freed_bytes=freed + temporary_bytes,
        kept_bytes=kept,
    )


def _to_forget(
    store: Store, keep_bytes: int | None, older_than_days: float | None, now_s: float
) -> Iterator[_Found]:
    total = 0
    counted: set[str] = set()
    for found in sorted(_actions(store), key=lambda found: (-found.used_s, found.key)):
        if found.action is None:
            yield found
            continue
        fresh = {
            blob.digest: blob.size_bytes
            for blob in found.action.outputs.values()
            if blob.digest not in counted
        }
        too_old = older_than_days is not None and now_s - found.used_s > older_than_days * _DAY_S
        too_much = keep_bytes is not None and total + sum(fresh.values()) > keep_bytes
        if too_old or too_much:
            yield found
        else:
            counted.update(fresh)
            total += sum(fresh.values())


def _actions(store: Store) -> list[_Found]:
    found: list[_Found] = []
    for path in sorted((store.root / "actions").glob("??/*.json")):
        # Read past Store.action, which would count as a use.
        with suppress(OSError), path.open("rb") as file:
            used_s = os.fstat(file.fileno()).st_mtime
            found.append(_Found(path, path.stem, decode_action(file.read(), path.stem), used_s))
    return found


def _objects(store: Store) -> Iterator[tuple[Path, os.stat_result]]:
    for path in sorted((store.root / "objects").glob("??/*")):
        with suppress(FileNotFoundError):
            yield path, path.stat()


def _still_old(path: Path, young_s: float, now_s: float) -> bool:
    """Looked at again right before deleting: a run may have used it since we began."""
    try:
        return now_s - path.stat().st_mtime >= young_s
    except OSError:
        return False


def _delete(store: Store, path: Path) -> None:
    with told_as_store_error(store.root):
        path.unlink(missing_ok=True)


def _drop_old_claims(store: Store, now_s: float) -> None:
    for path in sorted((store.root / "claims").glob("*")):
        if _still_old(path, _CLAIM_S, now_s):
            _delete(store, path)

"""The library file: what is known of every clip ever analysed, and what people did with them. One SQLite file.

Clips are known by the digest of their content, so renames and moves lose nothing. Every run writes what it found;
`best`, `status` and `learn personal` read it without opening any media. Any number of processes may read and write at
once: writers wait for each other, readers wait for nobody (write-ahead log).
"""

from __future__ import annotations

import gc
import json
import struct
from collections.abc import Callable, Collection, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from rushes.store.library_faults import damaged, told_as_library_error
from rushes.store.library_open import opened_to_read, opened_to_write
from rushes.store.library_records import (
    AnalyzerResult,
    ClipRecord,
    FeedbackEvent,
    Json,
    Overview,
    ResultState,
    SeenClip,
)
from rushes.store.library_rows import Layout, Row, decode, encode, json_text, merged, picked, read_layout

__all__ = [
    "AnalyzerResult",
    "ClipRecord",
    "FeedbackEvent",
    "Json",
    "LibraryFile",
    "Overview",
    "ResultState",
    "SeenClip",
]

_ASKED_AT_ONCE = 500
"""SQLite takes a limited number of values in one question."""
_Value = TypeVar("_Value")


class LibraryFile:
    """An open library. It is made where it is missing, unless it is only read; a context manager closes it.

    Every method raises StoreError, with what to do, where the file is damaged, of a newer rushes, busy or on a disk
    that is full or refuses.
    """

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        self.path = Path(path).absolute()
        self._layouts: dict[str, Layout] = {}
        with told_as_library_error(self.path):
            self._connection = opened_to_read(self.path) if read_only else opened_to_write(self.path)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file. Nothing else may be called afterwards."""
        with told_as_library_error(self.path):
            self._connection.close()

    def record(
        self,
        clips: Sequence[ClipRecord],
        fingerprints: Mapping[str, Json],
        *,
        scope: str = "",
        key: str = "",
    ) -> None:
        """Write what a run found, in one transaction: all of it or nothing.

        fingerprints: digest -> the document it is the digest of. scope: which project's run this is; key: what its
        result follows from: `has_recorded` then says so.
        Of a clip that is known already, results of analyzers that this run did not have stay; see
        `library_rows.merged`. What is there already is not written again. Raises ValueError for a number that is not
        finite.
        """
        seen: dict[str, ClipRecord] = {}
        for clip in clips:
            seen[clip.digest] = merged(seen.get(clip.digest), clip)
        with self._writing(), _without_collecting():
            self._add_fingerprints(fingerprints)
            known = {row[0]: row for row in self._rows(list(seen))}
            changed: list[Row] = []
            for digest, clip in sorted(seen.items()):
                old = known.get(digest)
                row = encode(merged(self._decoded(old) if old else None, clip))
                if row != old:
                    changed.append(row)
            if changed:
                self._put(changed)
                self._connection.execute("DELETE FROM recorded")
            if scope:
                self._connection.execute(
                    "INSERT INTO recorded (scope, key) VALUES (?, ?) "
                    "ON CONFLICT (scope) DO UPDATE SET key = excluded.key",
                    (scope, key),
                )

    def has_recorded(self, scope: str, key: str) -> bool:
        """Whether the last thing written of any clip left all that a run of this scope and key found."""
        with self._reading():
            asked = "SELECT key FROM recorded WHERE scope = ?"
            return bool(self._connection.execute(asked, (scope,)).fetchone() == (key,))

    def clips(self, digests: Sequence[str] | None = None) -> list[ClipRecord]:
        """Clips by their digests, None: all; sorted by digest. What is asked for and not known is left out."""
        with self._reading():
            found = [self._decoded(row) for row in self._rows(digests)]
            return sorted(found, key=lambda clip: clip.digest)

    def columns(self, names: Collection[str]) -> dict[str, list[Json]]:
        """Some columns of every clip, a row per clip in the order of their digests; None where a clip has no value.

        Always there: digest, and clip, its name. Names are looked for in facts and results. Where only some
        columns are wanted this takes a third of the time of `clips`.
        """
        found = self.overview({*names} - {"digest", "clip"})
        return {"digest": found.digests, "clip": found.names, **found.columns}

    def overview(self, names: Collection[str]) -> Overview:
        """Some columns of every clip, as `columns` has them, and how each analyzer stands."""
        wanted = sorted(names)
        with self._reading():
            rows = sorted(self._rows(None))
            found = self._sound(picked, rows, [self._layout(row[6]) for row in rows], wanted)
            states = {
                document: {part.analyzer: (part.fingerprint, part.state) for part in layout.parts}
                for document, layout in self._layouts.items()
            }
            return Overview(
                digests=[row[0] for row in rows],
                names=[row[1] for row in rows],
                paths=[row[2] for row in rows],
                states=[states[row[6]] for row in rows],
                columns={name: [values[place] for values in found] for place, name in enumerate(wanted)},
            )

    def seen(self) -> list[SeenClip]:
        """What every clip was called last, sorted by digest: a quick look for where no result is wanted."""
        with self._reading():
            rows = self._connection.execute("SELECT digest, name, path FROM clips ORDER BY digest")
            return [SeenClip(digest=digest, name=name, path=path) for digest, name, path in rows]

    def fingerprints(self) -> dict[str, Json]:
        """Every document that a result ever depended on, by its digest, in the order of the digests."""
        with self._reading():
            rows = self._connection.execute("SELECT digest, document FROM fingerprints ORDER BY digest")
            return {digest: self._sound(json.loads, text) for digest, text in rows}

    def add_feedback(self, events: Sequence[FeedbackEvent]) -> int:
        """Append events in one transaction, except those whose uid is there already. Returns how many were new."""
        rows = [
            (event.uid, event.clip, event.creator, event.kind, json_text(event.value), event.at, event.note)
            for event in events
        ]
        with self._writing():
            before = self._connection.total_changes
            self._connection.executemany(
                "INSERT INTO feedback (uid, clip, creator, kind, value, at, note) "
                "VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (uid) DO NOTHING",
                rows,
            )
            return self._connection.total_changes - before

    def feedback(self, creator: str | None = None) -> list[FeedbackEvent]:
        """Events in the order in which they came into this file; None: of all creators."""
        asked = "SELECT uid, clip, creator, kind, value, at, note FROM feedback"
        chosen: tuple[str, ...] = ()
        if creator is not None:
            asked, chosen = f"{asked} WHERE creator = ?", (creator,)
        with self._reading():
            rows = self._connection.execute(f"{asked} ORDER BY id", chosen).fetchall()
            return self._sound(_events, rows)

    def _add_fingerprints(self, documents: Mapping[str, Json]) -> None:
        self._connection.executemany(
            "INSERT INTO fingerprints (digest, document) VALUES (?, ?) ON CONFLICT (digest) DO NOTHING",
            [(digest, json_text(document)) for digest, document in sorted(documents.items())],
        )

    def _rows(self, digests: Sequence[str] | None) -> Iterator[Row]:
        layouts: dict[int, str] = dict(self._connection.execute("SELECT id, document FROM layouts"))
        asked = "SELECT digest, name, path, bytes, facts, metadata, layout, numbers, others FROM clips"
        found = (
            self._connection.execute(asked) if digests is None else self._chosen(asked, sorted(set(digests)))
        )
        for digest, name, path, size_bytes, facts, metadata, layout, numbers, others in found:
            yield digest, name, path, size_bytes, facts, metadata, layouts.get(layout, ""), numbers, others

    def _chosen(self, asked: str, digests: Sequence[str]) -> Iterator[tuple[Json, ...]]:
        for start in range(0, len(digests), _ASKED_AT_ONCE):
            some = digests[start : start + _ASKED_AT_ONCE]
            places = ", ".join("?" * len(some))
            yield from self._connection.execute(f"{asked} WHERE digest IN ({places})", some)

    def _decoded(self, row: Row) -> ClipRecord:
        return self._sound(decode, row, self._layout(row[6]))

    def _layout(self, document: str) -> Layout:
        layout = self._layouts.get(document)
        if layout is None:
            layout = self._layouts[document] = self._sound(read_layout, document)
        return layout

    def _sound(self, read: Callable[..., _Value], *stored: object) -> _Value:
        """Reads a stored value; what cannot be read is damage."""
        try:
            return read(*stored)
        except (ValueError, TypeError, struct.error) as error:
            raise damaged(self.path, str(error)) from error

    def _put(self, rows: Sequence[Row]) -> None:
        documents = sorted({row[6] for row in rows})
        self._connection.executemany(
            "INSERT INTO layouts (document) VALUES (?) ON CONFLICT (document) DO NOTHING",
            [(document,) for document in documents],
        )
        ids = {
            document: id_ for id_, document in self._connection.execute("SELECT id, document FROM layouts")
        }
        self._connection.executemany(
            "INSERT INTO clips (digest, name, path, bytes, facts, metadata, layout, numbers, others) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (digest) DO UPDATE SET "
            "name = excluded.name, path = excluded.path, bytes = excluded.bytes, facts = excluded.facts, "
            "metadata = excluded.metadata, layout = excluded.layout, numbers = excluded.numbers, "
            "others = excluded.others",
            [(*row[:6], ids[row[6]], *row[7:]) for row in rows],
        )
        self._connection.execute("DELETE FROM layouts WHERE id NOT IN (SELECT layout FROM clips)")

    @contextmanager
    def _reading(self) -> Generator[None]:
        """One view of the file, whatever others write meanwhile: a clip and its layout are two questions."""
        with told_as_library_error(self.path), _without_collecting():
            self._connection.execute("BEGIN")
            try:
                yield
            finally:
                if self._connection.in_transaction:
                    self._connection.execute("COMMIT")

    @contextmanager
    def _writing(self) -> Generator[None]:
        """One transaction. It waits for other writers before it reads, so that none of them is overwritten."""
        with told_as_library_error(self.path):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._connection.execute("COMMIT")
            except BaseException:
                # A full disk may have ended the transaction already.
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise


def _events(rows: Sequence[tuple[str, ...]]) -> list[FeedbackEvent]:
    # One text of all values is read in a third of the time of one by one.
    values = json.loads(f"[{','.join(row[4] for row in rows)}]")
    return [
        FeedbackEvent(uid=uid, clip=clip, creator=creator, kind=kind, value=value, at=at, note=note)
        for (uid, clip, creator, kind, _, at, note), value in zip(rows, values, strict=True)
    ]


@contextmanager
def _without_collecting() -> Generator[None]:
    """Thousands of new objects, none of them in a circle: looking for circles costs as much as reading them."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()

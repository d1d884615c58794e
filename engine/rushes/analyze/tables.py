"""One analyzer's tables of one clip as one file: a JSON head and Arrow IPC parts.

Layout: 8 bytes magic, 4 bytes little-endian length of the head, the head (canonical JSON: `facts`, and per table its
name and length), then the tables one after another. One small file a clip and analyzer keeps a library of thousands
of clips quick to read.
"""

from __future__ import annotations

import io
import json
from collections.abc import Collection, Mapping
from typing import Any

import polars as pl

_MAGIC = b"RUSHTAB1"


def pack_tables(tables: Mapping[str, pl.DataFrame], facts: Mapping[str, Any]) -> bytes:
    """Bytes of tables (in order of name) and JSON facts. The same tables give the same bytes."""
    parts = [(name, _to_ipc(tables[name])) for name in sorted(tables)]
    head = {"facts": facts, "tables": [[name, len(part)] for name, part in parts]}
    head_bytes = json.dumps(head, sort_keys=True, allow_nan=False, separators=(",", ":")).encode()
    return b"".join([_MAGIC, len(head_bytes).to_bytes(4, "little"), head_bytes, *(part for _, part in parts)])


def unpack_tables(
    data: bytes, only: Collection[str] | None = None
) -> tuple[dict[str, pl.DataFrame], dict[str, Any]]:
    """Tables by name, and the facts. only: the tables that are wanted; None: all. Raises ValueError where the bytes are no
    such file."""
    if data[:8] != _MAGIC:
        raise ValueError("not a table file of rushes")
    head_end = 12 + int.from_bytes(data[8:12], "little")
    head = json.loads(data[12:head_end])
    tables: dict[str, pl.DataFrame] = {}
    at = head_end
    for name, length in head["tables"]:
        if only is None or name in only:
            tables[name] = pl.read_ipc(io.BytesIO(data[at : at + length]))
        at += length
    return tables, head["facts"]


def _to_ipc(frame: pl.DataFrame) -> bytes:
    out = io.BytesIO()
    frame.rechunk().write_ipc(out, compression="uncompressed")
    return out.getvalue()

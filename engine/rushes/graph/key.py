"""The key of a node: which result it has, wherever and whenever it runs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rushes.store.canonical import canonical_json, digest_bytes

KEY_VERSION = 1
"""Part of every key; raised when the meaning of a key or of a stored action changes."""


def node_key(
    op: str, version: int, params: Mapping[str, Any], libraries: Mapping[str, str], inputs: Mapping[str, str]
) -> str:
    """BLAKE3 (64 hex digits) of the canonical JSON of all that a result follows from.

    libraries: distribution -> installed version. inputs: name -> digest of its content, or for an optional input that
    failed the text of the failure. Because inputs are contents, a node that runs again and writes the same bytes
    leaves the keys of its users as they were.
    Raises TypeError or ValueError for a parameter that JSON cannot hold.
    """
    parts = {
        "key": KEY_VERSION,
        "op": op,
        "version": version,
        "params": params,
        "libraries": libraries,
        "inputs": inputs,
    }
    return digest_bytes(canonical_json(parts))

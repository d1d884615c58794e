"""The key of a node: which result it has, wherever and whenever it runs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rushes.store.canonical import canonical_json, digest_bytes

KEY_VERSION = 1
"""Part of every key; raised when the meaning of a key or of a stored action changes."""


class Keys:
    """Names results. All but the inputs is the same for thousands of nodes: it is spelled once."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, int, int, int], tuple[object, str]] = {}

    def key(
        self,
        op: str,
        version: int,
        params: Mapping[str, Any],
        libraries: Mapping[str, str],
        inputs: Mapping[str, str],
    ) -> str:
        """BLAKE3 (64 hex digits) of the canonical JSON of all that a result follows from.

        params, libraries: never changed while this lives. libraries: distribution -> installed version. inputs: name -> digest
        of its content, or for an optional input that failed the text of the failure. Because inputs are contents, a node that
        runs again and writes the same bytes leaves the keys of its users as they were.
        Raises TypeError or ValueError for a parameter that JSON cannot hold.
        """
        same = (op, version, id(params), id(libraries))
        if same not in self._known:
            # Both are kept with it, so that nothing else gets their place in memory.
            self._known[same] = (params, libraries), _all_but_inputs(op, version, params, libraries)
        return digest_bytes(f'{{"inputs":{_spelled(inputs)},{self._known[same][1]}}}'.encode("ascii"))


def _all_but_inputs(op: str, version: int, params: Mapping[str, Any], libraries: Mapping[str, str]) -> str:
    """What follows the inputs in one canonical JSON object, whose names are sorted."""
    parts = {"key": KEY_VERSION, "libraries": libraries, "op": op, "params": params, "version": version}
    return _spelled(parts).removeprefix("{").removesuffix("}")


def _spelled(value: Any) -> str:
    return canonical_json(value).decode("ascii")


def node_key(
    op: str, version: int, params: Mapping[str, Any], libraries: Mapping[str, str], inputs: Mapping[str, str]
) -> str:
    """`Keys.key` of one node."""
    return Keys().key(op, version, params, libraries, inputs)

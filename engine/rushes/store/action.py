"""What the store remembers of one node that ran: its outputs, how it ended and what it was made from."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from rushes.store.canonical import canonical_json, digest_bytes, plain


@dataclass(frozen=True, slots=True, kw_only=True)
class Blob:
    """One output: BLAKE3 of its bytes, and how many there are."""

    digest: str
    size_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """The stored result of a node, found by its key.

    A failure that follows from the content is a result like any other. The time it took stands beside, not in, what
    two runs are compared by.
    """

    key: str
    operation: str
    version: int
    params: Mapping[str, Any]
    libraries: Mapping[str, str]
    inputs: Mapping[str, str]
    outputs: Mapping[str, Blob] = field(default_factory=dict[str, Blob])
    failure: str = ""
    fix: str = ""
    warnings: tuple[str, ...] = ()
    seconds: float = 0.0


def encode_action(action: Action) -> bytes:
    """JSON with a checksum over everything but the time."""
    body: dict[str, Any] = {
        "key": action.key,
        "operation": action.operation,
        "version": action.version,
        "params": plain(action.params),
        "libraries": dict(action.libraries),
        "inputs": dict(action.inputs),
        "outputs": {name: [blob.digest, blob.size_bytes] for name, blob in action.outputs.items()},
        "failure": action.failure,
        "fix": action.fix,
        "warnings": list(action.warnings),
    }
    packed = canonical_json(body).decode("ascii")
    checksum = digest_bytes(packed.encode("ascii"))
    return f'{{"action":{packed},\n"b3":"{checksum}","seconds":{round(action.seconds, 6)}}}\n'.encode("ascii")


_HEAD = b'{"action":'
_SPLIT = b',\n"b3":"'


def decode_action(data: bytes, key: str) -> Action | None:
    """The action, or None where the bytes are not exactly what was written for this key."""
    body, split, tail = data.partition(_SPLIT)
    if not split or not body.startswith(_HEAD) or not tail.endswith(b"}\n"):
        return None
    packed = body[len(_HEAD) :]
    if digest_bytes(packed) != tail[:64].decode("ascii", "replace"):
        return None
    found = json.loads(packed.decode("ascii"))
    if found["key"] != key:
        return None
    return Action(
        key=key,
        operation=found["operation"],
        version=found["version"],
        params=found["params"],
        libraries=found["libraries"],
        inputs=found["inputs"],
        outputs={
            name: Blob(digest=digest, size_bytes=size) for name, (digest, size) in found["outputs"].items()
        },
        failure=found["failure"],
        fix=found["fix"],
        warnings=tuple(found["warnings"]),
        seconds=_seconds_of(tail),
    )


def _seconds_of(tail: bytes) -> float:
    """The time stands outside the checksum: a damaged one costs nothing but itself."""
    try:
        return float(tail[64:].decode("ascii", "replace").removeprefix('","seconds":').removesuffix("}\n"))
    except ValueError:
        return 0.0

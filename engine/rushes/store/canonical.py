"""One spelling for every JSON value, and the digest of bytes: what keys and checksums are made of."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from contextlib import suppress
from types import NoneType
from typing import Any

from blake3 import blake3

_TEXT = frozenset({str})
_SCALARS = frozenset({str, int, float, bool, NoneType})


def canonical_json(value: Any) -> bytes:
    """ASCII JSON with sorted keys and no blanks; equal bytes mean equal values, and `1` is not `1.0`.

    Mappings, lists, tuples, text, bool, int, finite float and None are allowed.
    Raises TypeError or ValueError, naming the place, for anything else (a Fraction is given as text).
    """
    if _is_plain(value):
        # What is nearly always so is asked first: a run names thousands of nodes.
        with suppress(ValueError):
            return _dumped(value)
    return _dumped(plain(value))


def _dumped(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False).encode("ascii")


def _is_plain(value: Any) -> bool:
    """Whether there is nothing in it that `plain` would change or refuse, but floats that are no numbers."""
    kind = type(value)
    if kind is dict:
        if not _TEXT.issuperset(map(type, value)):
            return False
        value = value.values()
    elif kind is not list and kind is not tuple:
        return kind in _SCALARS
    return _SCALARS.issuperset(map(type, value)) or all(map(_is_plain, value))


def plain(value: Any, place: str = "value") -> Any:
    """The same value in dicts and lists only, as a JSON reader would give it back."""
    if value is None or isinstance(value, (str, bool, int)):
        return value
    if isinstance(value, float):
        if not math.isfinite(value):
            raise ValueError(f"{place} is {value}, which JSON cannot hold")
        return value
    if isinstance(value, Mapping):
        return _plain_mapping(value, place)
    if isinstance(value, (list, tuple)):
        return [plain(item, f"{place}[{index}]") for index, item in enumerate(value)]
    raise TypeError(f"{place} is a {type(value).__name__}, which cannot be part of a key; write it as text")


def _plain_mapping(value: Mapping[Any, Any], place: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, item in value.items():
        if not isinstance(name, str):
            raise TypeError(f"{place} has the name {name!r}, which is not text")
        found[name] = plain(item, f"{place}.{name}")
    return found


def digest_bytes(data: bytes) -> str:
    """BLAKE3 as 64 hex digits."""
    return blake3(data).hexdigest()

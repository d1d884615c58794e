"""Canonical JSON for files that people read and compare: fixed order, short lists of numbers on one line."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from json.encoder import encode_basestring
from types import NoneType
from typing import Any

from rushes.units import round_6

_PLAIN = frozenset({str, int, float, bool, NoneType})
"""Types that are told without asking whether a value is of one of them in a wider sense, which takes long."""


def canonical_json(value: Any) -> bytes:
    """UTF-8 text with a final newline. Keys keep their order, floats have six digits.

    Raises ValueError for NaN and infinities, and TypeError for what JSON cannot say.
    """
    return (_text(value, "") + "\n").encode()


def sorted_keys(value: Any) -> Any:
    """The same data with every mapping in the order of its keys; for data whose keys are not ours."""
    if isinstance(value, Mapping):
        return {key: sorted_keys(value[key]) for key in sorted(value)}
    if isinstance(value, list | tuple):
        return list(value) if _PLAIN.issuperset(map(type, value)) else [sorted_keys(part) for part in value]
    return value


def _text(value: Any, indent: str) -> str:
    kind = type(value)
    if kind in _PLAIN:
        return _scalar(value)
    inner = indent + "  "
    if kind is dict or isinstance(value, Mapping):
        if not value:
            return "{}"
        parts = [f"{inner}{_key(key)}: {_text(value[key], inner)}" for key in value]
        return "{\n" + ",\n".join(parts) + "\n" + indent + "}"
    if not isinstance(value, list | tuple):
        return _scalar(value)
    if _PLAIN.issuperset(map(type, value)) or not any(map(_is_nested, value)):
        return "[" + ", ".join(map(_scalar, value)) + "]"
    return "[\n" + ",\n".join([inner + _text(part, inner) for part in value]) + "\n" + indent + "]"


def _key(key: Any) -> str:
    return encode_basestring(key) if type(key) is str else json.dumps(key, ensure_ascii=False)


def _is_nested(value: Any) -> bool:
    return isinstance(value, Mapping | list | tuple)


def _scalar(value: Any) -> str:
    if isinstance(value, float):
        if not math.isfinite(value):
            raise ValueError(f"{value} has no place in JSON")
        return float.__repr__(round_6(value))
    if type(value) is str:
        return encode_basestring(value)
    return json.dumps(value, ensure_ascii=False)

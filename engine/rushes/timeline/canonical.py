"""Canonical JSON for files that people read and compare: fixed order, short lists of numbers on one line."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

from rushes.units import round_6


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
        return [sorted_keys(part) for part in value]
    return value


def _text(value: Any, indent: str) -> str:
    inner = indent + "  "
    if isinstance(value, Mapping) and value:
        parts = [f"{json.dumps(key, ensure_ascii=False)}: {_text(value[key], inner)}" for key in value]
        return "{\n" + ",\n".join(inner + part for part in parts) + "\n" + indent + "}"
    if isinstance(value, list | tuple) and any(isinstance(part, Mapping | list | tuple) for part in value):
        return "[\n" + ",\n".join(inner + _text(part, inner) for part in value) + "\n" + indent + "]"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_scalar(part) for part in value) + "]"
    return "{}" if isinstance(value, Mapping) else _scalar(value)


def _scalar(value: Any) -> str:
    if isinstance(value, float):
        if not math.isfinite(value):
            raise ValueError(f"{value} has no place in JSON")
        return json.dumps(round_6(value))
    return json.dumps(value, ensure_ascii=False)

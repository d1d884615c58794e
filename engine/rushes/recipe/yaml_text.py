"""Plain data as YAML that our loader and every YAML 1.1 or 1.2 reader take for the same."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from rushes.recipe.scalar import ScalarFault, read_plain

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_./()-]*(?: [A-Za-z0-9_./()-]+)*")
_BOOLEANS = frozenset({"y", "n"})

Line = tuple[tuple[str, ...], str]


def yaml_lines(tree: Mapping[str, Any], above: tuple[str, ...] = ()) -> Iterator[Line]:
    """Each line with the path of the value that it shows; () for the head of a section. Lists stand on one line."""
    for key, value in tree.items():
        path, indent = (*above, key), "  " * len(above)
        if isinstance(value, Mapping) and value:
            yield (), f"{indent}{_scalar(key)}:"
            yield from yaml_lines(value, path)
        else:
            yield path, f"{indent}{_scalar(key)}: {_flow(value)}"


def _flow(value: Any) -> str:
    if isinstance(value, list):
        parts: list[Any] = value
        return f"[{', '.join(_flow(part) for part in parts)}]"
    if isinstance(value, Mapping):
        pairs: Mapping[str, Any] = value
        return "{" + ", ".join(f"{_scalar(key)}: {_flow(part)}" for key, part in pairs.items()) + "}"
    return _scalar(value)


def _scalar(value: Any) -> str:
    if isinstance(value, str):
        return value if _reads_as_itself(value) else json.dumps(value, ensure_ascii=False)
    return json.dumps(value, allow_nan=False)


def _reads_as_itself(text: str) -> bool:
    if not _PLAIN.fullmatch(text) or text.lower() in _BOOLEANS:
        return False
    try:
        return read_plain(text) == text
    except ScalarFault:
        return False

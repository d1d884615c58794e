"""The resolved recipe as YAML: a recipe that stands alone, and, where asked, what set each value."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from rushes.recipe.load import Origin, Resolved
from rushes.recipe.scalar import ScalarFault, read_plain
from rushes.recipe.schema import RECIPE_ID

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_./()-]*(?: [A-Za-z0-9_./()-]+)*")
_ORIGIN_COLUMN = 48


def resolved_yaml(resolved: Resolved, origins: bool) -> str:
    """The whole recipe with nothing left to inherit: the same keys in the same order on every call.

    Loading it again gives the same recipe. origins: after each value, the place and the layer that set it.
    """
    lines = [f"schema: {RECIPE_ID}"]
    for path, depth, text in _lines(resolved.tree, (), 0):
        origin = resolved.origins.get(".".join(path)) if origins and path else None
        lines.append(_with_origin("  " * depth + text, origin) if origin else "  " * depth + text)
    return "\n".join(lines) + "\n"


def _lines(tree: Mapping[str, Any], above: tuple[str, ...], depth: int) -> Iterator[tuple[Any, int, str]]:
    """Each line with the path of the value that it shows; () for the head of a section."""
    for key, value in tree.items():
        path, name = (*above, key), _scalar(key)
        if isinstance(value, Mapping) and value:
            yield (), depth, f"{name}:"
            yield from _lines(value, path, depth + 1)  # pyright: ignore[reportUnknownArgumentType]
        else:
            yield path, depth, f"{name}: {_flow(value)}"


def _with_origin(line: str, origin: Origin) -> str:
    layer = "" if origin.layer in str(origin.place) else f" ({origin.layer})"
    return f"{line:<{_ORIGIN_COLUMN}}  # {origin.place}{layer}"


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
    if not _PLAIN.fullmatch(text):
        return False
    try:
        return read_plain(text) == text
    except ScalarFault:
        return False

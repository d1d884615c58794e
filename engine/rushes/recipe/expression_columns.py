"""Columns that every clip and segment has before any analyzer has looked at it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from rushes.recipe.expression_tree import ColumnFacts

BUILT_IN_COLUMNS: Mapping[str, ColumnFacts] = MappingProxyType(
    {
        "clip": ColumnFacts("text"),
        "duration_s": ColumnFacts("number", "s"),
        "clip_duration_s": ColumnFacts("number", "s"),
        "width_px": ColumnFacts("number", "px"),
        "height_px": ColumnFacts("number", "px"),
        "rate_fps": ColumnFacts("number", "fps"),
        "has_audio": ColumnFacts("bool"),
        "complete": ColumnFacts("bool"),
    }
)
"""Of a segment, duration_s is its own length and the rest are those of its clip. complete is false where the file breaks
off before its end."""

_UNIT_SUFFIXES = (
    *(
        "px_per_s",
        "01",
        "percent",
        "ms",
        "s",
        "px",
        "hz",
        "fps",
        "bpm",
        "lufs",
        "db",
        "deg",
        "frames",
        "samples",
    ),
)


def unit_of_name(name: str) -> str:
    """The unit that a name ends in, such as "s" of `min_shot_s`; "" where it ends in none."""
    for unit in _UNIT_SUFFIXES:
        if name.endswith(f"_{unit}"):
            return unit
    return ""

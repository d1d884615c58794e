"""Columns that every clip and segment has before any analyzer has looked at it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from rushes.recipe.expression_tree import ColumnFacts, ExpressionFault
from rushes.recipe.names import did_you_mean

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
        "partial": ColumnFacts("bool"),
    }
)
"""Of a segment, duration_s is its own length and the rest are those of its clip. complete is false where the file breaks
off before its end; partial is true there, and where an analyzer failed or could not run."""

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


def nameable(columns: Mapping[str, ColumnFacts]) -> list[str]:
    """The columns that an expression can use."""
    return [name for name, facts in columns.items() if facts.type != "list"]


def list_fault(name: str, offset: int, columns: Mapping[str, ColumnFacts]) -> ExpressionFault:
    """What is wrong with naming a list."""
    what = f"{name} is a list of moments or ranges, which expressions cannot use"
    return ExpressionFault(offset, what, did_you_mean(name, nameable(columns), kind="columns with one value"))

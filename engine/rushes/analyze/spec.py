"""What an analyzer is: the light half, readable without loading a media or number library.

An analyzer has two files: `quality.py` says what it takes and writes (this vocabulary), `quality_pass.py` computes it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Protocol

from rushes.media.wishes import Picture, PictureWish, Seen, SoundBlock, SoundWish, Wishes

if TYPE_CHECKING:
    import polars as pl

__all__ = [
    "Accumulator",
    "Analyzer",
    "Column",
    "ColumnType",
    "Picture",
    "PictureWish",
    "Seen",
    "SoundBlock",
    "SoundWish",
    "Source",
    "Wishes",
]

ColumnType = Literal["number", "bool", "text"]
Source = Literal["clip", "song"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A public column: expressions may name it, the report and the reference describe it."""

    name: str
    type: ColumnType = "number"
    unit: str = ""
    """`01`, `s`, `lufs`, `db`, `px`, `px_per_s`, ... or "" for counts and text."""
    says: str
    """One sentence for people: what it means, and which way is better."""
    per_sample: bool = False
    """True: a row per sampled picture in the `samples` table, and `aggregate` of it per clip and per segment.
    False: one value per clip, the same for all its segments."""
    aggregate: Literal["mean", "min", "max", "median", "share"] = "mean"
    choices: tuple[str, ...] = ()
    """The values a text column can take, where they are a closed set."""


class Accumulator(Protocol):
    """What one analyzer keeps while one clip streams past. Its memory must not grow with picture size times length."""

    def update(self, picture: Picture) -> None:
        """See one picture."""
        ...

    def hear(self, block: SoundBlock) -> None:
        """Hear one block of sound."""
        ...

    def finish(self, seen: Seen) -> Mapping[str, pl.DataFrame]:
        """Tables by name. `clip` has one row; `samples` has `t_s` and the per-sample columns; others as declared."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Analyzer:
    """One row of the table.

    start: "module:function" of `function(params, info) -> Accumulator`, loaded in the worker that needs it.
    For a song: "module:function" of `function(path, params) -> dict`, the song's JSON.
    """

    name: str
    version: int
    source: Source
    params: type[Any]
    """A frozen dataclass whose fields are the recipe's parameters."""
    wishes: Callable[[Any], Wishes]
    start: str
    columns: tuple[Column, ...]
    tables: Mapping[str, tuple[tuple[str, str], ...]] = field(
        default_factory=dict[str, tuple[tuple[str, str], ...]]
    )
    """Further tables: name -> (column, polars type name), such as cuts: (("t_s", "Float64"), ...)."""
    libraries: tuple[str, ...] = ()
    """Distributions whose version changes its numbers: part of the key."""
    models: tuple[str, ...] = ()
    """Names in the model manifest that it needs."""

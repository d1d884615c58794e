"""What an analyzer is: the light half, readable without loading a media or number library.

An analyzer has two files: `quality.py` says what it takes and writes (this vocabulary), `quality_pass.py` computes it.
One of source "clip" is fed from the clip's decode. One of source "tables" reads what others wrote of the same clip and
opens no media: what depends on a threshold lives there, so that a changed threshold decodes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Protocol

from rushes.media.info import MediaInfo
from rushes.media.wishes import Picture, PictureWish, Seen, SoundBlock, SoundWish, Wishes

if TYPE_CHECKING:
    import polars as pl

__all__ = [
    "Accumulator",
    "Analyzer",
    "ClipFacts",
    "Column",
    "ColumnType",
    "Picture",
    "PictureWish",
    "Seen",
    "SoundBlock",
    "SoundWish",
    "Source",
    "TablesByAnalyzer",
    "Wishes",
    "no_models",
    "no_wishes",
]

ColumnType = Literal["number", "bool", "text", "list"]
"""list: moments (List of Float64, seconds) or ranges (List of Struct start_s, end_s) of one clip: it stands in the frame
`clips` alone, and expressions cannot name it."""
Source = Literal["clip", "song", "tables"]
TablesByAnalyzer = Mapping[str, Mapping[str, "pl.DataFrame"]]
"""Analyzer -> table -> frame, of one clip."""


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
class ClipFacts:
    """What is known of a clip whose tables are read: its header, and what the decode found out."""

    info: MediaInfo
    """Its path is empty: nothing is to be opened."""
    duration_s: float
    """From the first shown frame to the end of the last, where pictures were decoded; else as the stamps of the packets say."""
    complete: bool = True
    """False where the file broke off."""
    side_files: Mapping[str, bytes] = field(default_factory=dict[str, bytes])
    """Name -> bytes of the files beside the clip that the analyzer reads, those of its first suffix first."""


def no_wishes(params: Any) -> Wishes:
    """For analyzers that are not fed from a clip."""
    return Wishes()


def no_models(params: Any) -> tuple[str, ...]:
    """For analyzers that need no model."""
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Analyzer:
    """One row of the table.

    start: "module:function", loaded in the worker that needs it. By source:
        clip: `function(params, info) -> Accumulator`, with models `function(params, info, models) -> Accumulator`;
        tables: `function(params, facts, tables, models) -> tables`, facts a ClipFacts, tables those of `reads` and, as
            far as they are there, of `may_read`;
        song: `function(path, params) -> dict`, the song's JSON.
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
    models: Callable[[Any], tuple[str, ...]] = no_models
    """Names in the model manifest that it needs with these parameters; without one of them it is unavailable."""
    reads: tuple[str, ...] = ()
    """Analyzers whose tables it needs: switched on with their default parameters where the recipe does not name them."""
    may_read: tuple[str, ...] = ()
    """Analyzers whose tables it uses where the recipe has switched them on and they are available."""
    side_suffixes: tuple[str, ...] = ()
    """Of source "tables": it reads files beside the clip that are called as it is and end so, such as ".srt"."""

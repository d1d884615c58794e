"""What an analyzer is: the light half, readable without loading a media or number library.

An analyzer has two files: `quality.py` says what it takes and writes (this vocabulary), `quality_pass.py` computes it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Protocol

if TYPE_CHECKING:
    from fractions import Fraction

    import numpy as np
    import polars as pl

    from rushes.media.info import MediaInfo

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


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureWish:
    """Pictures that an analyzer wants from the one decode of a clip.

    Pictures are turned upright, tone-mapped to SDR, and scaled so that the longer side is `long_side_px` (never up).
    """

    form: Literal["gray", "rgb"]
    long_side_px: int
    rate_hz: float | None = None
    """At most so many pictures a second of source time, evenly spread; None: every frame."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SoundWish:
    """Sound that an analyzer wants from the same demux: float32 blocks of shape (samples, channels)."""

    rate_hz: int | None = None
    """None: as recorded."""
    channels: Literal[1, 2] | None = None
    """None: as recorded."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """All that one analyzer asks of a clip. Picture wishes are numbered; `update` says which one a picture answers."""

    pictures: tuple[PictureWish, ...] = ()
    sound: SoundWish | None = None


@dataclass(frozen=True, slots=True)
class Picture:
    """One decoded picture, scaled as wished.

    pixels: shape (h, w) uint8 for gray, (h, w, 3) uint8 for rgb; valid only during the call, copy what is kept.
    """

    pts: int
    t_s: float
    """Seconds from the start of the clip's picture stream."""
    pixels: np.ndarray
    wish: int
    """Which of the analyzer's picture wishes this answers."""


@dataclass(frozen=True, slots=True)
class SoundBlock:
    """A run of decoded samples. samples: shape (n, channels) float32, -1..1."""

    t_s: float
    samples: np.ndarray
    rate_hz: int


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
class Seen:
    """What the decode pass itself found out about the clip."""

    info: MediaInfo
    decoded_duration_s: float
    """From the first shown frame to the end of the last one."""
    frame_count: int
    rate_fps: Fraction
    complete: bool
    """False where the file broke off: everything up to there is sound."""


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

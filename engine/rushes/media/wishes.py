"""What a reader of a clip may ask of its one decode, and what it is given: no media library is loaded here."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

from rushes.media.info import MediaInfo

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureWish:
    """Pictures that an analyzer wants from the one decode of a clip.

    Pictures are turned upright, tone-mapped to SDR, and scaled so that the longer side is `long_side_px` (never up).
    """

    form: Literal["gray", "rgb"]
    long_side_px: int
    rate_hz: float | None = None
    """At most so many pictures a second of source time: those nearest to an even grid from 0; None: every frame."""
    and_last: bool = False
    """The last frame as well, wherever it lies."""
    quick: bool = False
    """Scale with two source pixels a row instead of all: a sixth of the price, for measures of the whole picture.
    The rest are averaged over the whole area of each pixel."""

    def __post_init__(self) -> None:
        if self.long_side_px < 1:
            raise ValueError(f"long_side_px={self.long_side_px} is not at least 1")
        if self.rate_hz is not None and self.rate_hz <= 0:
            raise ValueError(f"rate_hz={self.rate_hz} is not above 0")


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
    pixels: NDArray[np.uint8]
    wish: int
    """Which of the analyzer's picture wishes this answers."""


@dataclass(frozen=True, slots=True)
class SoundBlock:
    """A run of decoded samples. samples: shape (n, channels) float32, -1..1."""

    t_s: float
    """Seconds from the start of the clip's picture stream to the first sample; sound may begin before the picture."""
    samples: NDArray[np.float32]
    rate_hz: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamps:
    """What the time stamps of the picture's packets say, decoded or not."""

    duration_s: float
    """From the first picture to the end of the last one."""
    frame_count: int
    complete: bool
    """False where they end before the header says."""


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
    damaged_packets: int = 0
    """Packets that could not be decoded and frames that came out damaged; both were left out."""
    pictures_decoded: bool = True
    stamps: Stamps | None = None
    """None where they were not read to the end of the file."""
    sound_decodes: bool = True
    """False where there is sound and someone asked for it, but none of it can be decoded."""
    damaged_sound_packets: int = 0
    """Packets of sound that could not be decoded: there is silence in their place."""

    def by_ear(self) -> Seen:
        """What one who asked for no picture is told: the same whether others had the picture decoded or not."""
        if self.stamps is None:
            return self
        return replace(
            self,
            decoded_duration_s=self.stamps.duration_s,
            frame_count=self.stamps.frame_count,
            complete=self.stamps.complete,
            damaged_packets=0,
            pictures_decoded=False,
        )

    def by_eye(self) -> Seen:
        """What one who asked for no sound is told: the same whether others had the sound decoded or not."""
        return replace(self, stamps=None, sound_decodes=True, damaged_sound_packets=0)

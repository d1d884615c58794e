"""What is known of a media file before it is decoded."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

Transfer = Literal["sdr", "hlg", "pq"]


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoInfo:
    """The picture stream, as shown: width and height are those after the rotation flag has been applied."""

    codec: str
    width_px: int
    height_px: int
    rotation_deg: int
    """Clockwise turn that a player applies: 0, 90, 180 or 270."""
    rate_fps: Fraction
    """Average rate; frames need not be evenly spaced."""
    time_base: Fraction
    start_pts: int
    frame_count: int
    """As the container says, or estimated from duration and rate; never trusted as exact."""
    bit_depth: int
    transfer: Transfer
    pixel_format: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AudioInfo:
    """The first sound stream."""

    codec: str
    rate_hz: int
    channels: int
    time_base: Fraction
    start_pts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaInfo:
    """A probed file: `path` is where it lies on this machine, `digest` the BLAKE3 of its bytes (64 hex digits)."""

    path: str
    digest: str
    size_bytes: int
    container: str
    duration_s: float
    video: VideoInfo | None
    audio: AudioInfo | None
    created: str | None = None
    """`creation_time` tag of the file where it has one, as written."""
    undecodable_sound: bool = False
    """It has sound streams, and no decoder for any of them: `audio` is None though the clip is not silent."""

    @property
    def may_sound(self) -> bool:
        """Whether it has sound, decodable or not."""
        return self.audio is not None or self.undecodable_sound


@dataclass(frozen=True, slots=True, kw_only=True)
class FootageFile:
    """A file found in the footage folder: `clip` is its path below the folder with forward slashes, its public name."""

    clip: str
    path: str
    metadata: tuple[tuple[str, str], ...] = ()
    """Facts read from its name by the recipe, such as ("angle", "front"), sorted."""

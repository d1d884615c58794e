"""Clips whose every picture says which one it is, and timelines of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray
from rushes.media.info import MediaInfo
from rushes.media.probe import probe
from rushes.timeline.tree import ClipMetadata, Reasoning, Timeline, TimelineClip, Transition

BITS = 8
PLAIN = ClipMetadata(
    shot_type=None,
    angle=None,
    motion_intensity=None,
    visual_quality=None,
    color_variance=None,
    ai_confidence=0.5,
    ai_reasoning="",
    runner_up=None,
)


def numbered(number: int, width: int, height: int) -> NDArray[np.uint8]:
    """A gray picture of 8 bands from top to bottom, light where the number has a one, highest bit first."""
    rows = np.arange(height) * BITS // height
    light = (number >> (BITS - 1 - rows)) & 1
    return np.repeat(np.where(light, 200, 50).astype(np.uint8)[:, None], width, axis=1)


def number_of(luma: NDArray[np.uint8]) -> int:
    """The number that a picture shows."""
    height, width = luma.shape
    middles = (np.arange(BITS) * 2 + 1) * height // (2 * BITS)
    bits = luma[middles, width // 4 : width * 3 // 4].mean(axis=1) > 125
    return int("".join("01"[int(bit)] for bit in bits), 2)


def lumas(path: Path) -> list[NDArray[np.uint8]]:
    """Luma planes of a finished file, in the order shown."""
    with av.open(str(path)) as container:
        return [frame.to_ndarray(format="gray8") for frame in container.decode(video=0)]


def write_clip(
    path: Path,
    pictures: Sequence[NDArray[np.uint8]],
    *,
    rate_fps: Fraction = Fraction(30),
    codec: str = "libx264",
    pixel_format: str = "yuv420p",
    rotation_deg: int = 0,
    pts: Sequence[int] | None = None,
    time_base: Fraction | None = None,
    tags: Mapping[str, int] | None = None,
    options: Mapping[str, str] | None = None,
) -> MediaInfo:
    """Encode pictures (gray (h, w), or rgb (h, w, 3)) as they are shown; a rotation is undone in the stored ones."""
    base = time_base or 1 / rate_fps
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=rate_fps, options=dict(options or {"crf": "10", "g": "24"}))
        stored = [np.rot90(picture, rotation_deg // 90) for picture in pictures]
        stream.height, stream.width = stored[0].shape[:2]
        stream.pix_fmt, stream.codec_context.time_base = pixel_format, base
        for name, value in (tags or {}).items():
            setattr(stream.codec_context, name, value)
        if codec == "libx265":
            stream.options["x265-params"] = "log-level=none"
        if rotation_deg:
            # PyAV counts against the clock.
            stream.set_display_rotation(-rotation_deg)
        for at, picture in enumerate(stored):
            kind = "gray8" if picture.ndim == 2 else "rgb24"
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), format=kind)
            frame = frame.reformat(format=pixel_format)
            frame.pts, frame.time_base = (pts[at] if pts else at), base
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return probe(str(path))


def timeline_of(
    shots: Sequence[tuple[str, int, int]],
    *,
    dissolves: Mapping[int, int] | None = None,
    size_px: tuple[int, int] = (180, 320),
    rate_fps: Fraction = Fraction(30),
    kind: Any = "quick_dissolve",
) -> Timeline:
    """shots: (clip, first source frame, frames). dissolves: length by the position of the clip that goes out."""
    clips: list[TimelineClip] = []
    at = 0
    for number, (file, start, frames) in enumerate(shots):
        clips.append(
            TimelineClip(
                id=f"c{number}",
                file=file,
                digest="0" * 64,
                source_start_frames=start,
                source_rate_fps=Fraction(30),
                timeline_start_frames=at,
                duration_frames=frames,
                metadata=PLAIN,
            )
        )
        at += frames
    transitions = tuple(
        Transition(
            from_clip=clips[position].id,
            to_clip=clips[position + 1].id,
            type=kind,
            at_frames=clips[position + 1].timeline_start_frames,
            duration_frames=length,
            at_beat=False,
            beat_index=None,
        )
        for position, length in sorted((dissolves or {}).items())
    )
    return Timeline(
        version=1,
        project_id="p",
        creator_id="c",
        rate_fps=rate_fps,
        width_px=size_px[0],
        height_px=size_px[1],
        duration_frames=at,
        song=None,
        clips=tuple(clips),
        transitions=transitions,
        ai_reasoning=Reasoning(
            pacing_target="", style_match_score=None, notes=(), objective=0.0, bound=0.0, gap=0.0
        ),
    )

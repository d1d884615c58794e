"""What a video shows, as small grey pictures that survive another encoder, and whether two videos show the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, cast

import av
import numpy as np
from av.error import FFmpegError
from numpy.typing import NDArray

from rushes.errors import MediaError, Place, Problem
from rushes.timeline.tree import Timeline

LONG_SIDE_PX = 16
"""Enough to tell shots and framings apart; small enough to read in a diff."""


def pictures_of_video(video: Path, timeline: Timeline, per_clip: int) -> dict[str, Any]:
    """Size, number of frames, and per shot `per_clip` pictures, evenly within it: grey in full
    range 0..255, rows from the top.

    Raises MediaError where the video cannot be decoded.
    """
    wanted = {
        frame: place
        for place, clip in enumerate(timeline.clips, start=1)
        for frame in sample_frames(clip.timeline_start_frames, clip.duration_frames, per_clip)
    }
    found: list[dict[str, Any]] = []
    width_px = height_px = count = 0
    try:
        with av.open(str(video)) as container:
            for count, frame in enumerate(container.decode(video=0), start=1):
                width_px, height_px = frame.width, frame.height
                if count - 1 in wanted:
                    luma = _small_luma(frame)
                    found.append({"clip": wanted[count - 1], "at_frames": count - 1, "luma": luma.tolist()})
    except (FFmpegError, IndexError) as error:
        raise MediaError(
            Problem(Place(str(video)), f"this video cannot be decoded: {error}", "render it again")
        ) from None
    return {"width_px": width_px, "height_px": height_px, "frames": count, "pictures": found}


def sample_frames(start_frames: int, duration_frames: int, count: int) -> list[int]:
    """Frames in the middles of `count` even parts of a shot, each once."""
    middles = ((2 * part + 1) * duration_frames // (2 * count) for part in range(count))
    return sorted({start_frames + at for at in middles})


def _small_luma(frame: av.VideoFrame) -> NDArray[np.uint8]:
    scale = LONG_SIDE_PX / max(frame.width, frame.height)
    width, height = (max(1, round(side * scale)) for side in (frame.width, frame.height))
    small = frame.reformat(width=width, height=height, format="gray", interpolation="AREA")
    return cast("NDArray[np.uint8]", small.to_ndarray())


def picture_differences(
    golden: Mapping[str, Any], now: Mapping[str, Any], most_levels: float
) -> Iterator[str]:
    """What differs: size, length, and shots that look different by more than most_levels on average."""
    for name in ("width_px", "height_px", "frames"):
        if golden[name] != now[name]:
            yield f"video {name}: {golden[name]} → {now[name]}"
    before = {picture["at_frames"]: picture for picture in golden["pictures"]}
    for picture in now["pictures"]:
        known = before.get(picture["at_frames"])
        if known is None:
            continue
        a, b = np.asarray(known["luma"], np.float64), np.asarray(picture["luma"], np.float64)
        off = float(np.abs(a - b).mean()) if a.shape == b.shape else 255.0
        if off > most_levels:
            where = f"clip {picture['clip']} looks different at frame {picture['at_frames']}"
            yield f"{where}: {off:.1f} levels off on average (tolerance {most_levels:g})"

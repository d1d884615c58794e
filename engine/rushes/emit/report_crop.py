"""The crop of a shot, drawn on a picture of its clip."""

from __future__ import annotations

from typing import Any

from rushes.emit.report_thumbnails import Thumbnail
from rushes.emit.report_words import decimal
from rushes.timeline.crop_path import CropPath, Place
from rushes.timeline.tree import ReframeMode, Timeline, TimelineClip

_WORDS: dict[ReframeMode, str] = {
    "steady": "at rest",
    "pan": "in one move",
    "track": "follows what is to be seen",
    "fit": "shown smaller, over a blurred copy",
}
_STEPS = 24
"""Points of the drawn way."""


def crop_view(clip: TimelineClip, timeline: Timeline, picture: Thumbnail | None) -> dict[str, Any] | None:
    """The crop at the beginning and, where it moves, at the end, and the way of its middle; the picture is 100 wide.

    None where the crop is the middle of the picture.
    """
    if clip.reframe is None:
        return None
    if picture is None:
        return {"words": _WORDS[clip.reframe.mode], "picture": None}
    height = 100 * picture.height_px / picture.width_px
    path = CropPath(clip.reframe.keys)
    start_s, end_s = float(clip.source_start_s()), float(clip.source_end_s(timeline.rate_fps))
    # The end of a shot is the first moment that is no longer seen: a jump there is none.
    moments = [start_s + (end_s - start_s) * 0.999 * n / _STEPS for n in range(_STEPS + 1)]
    places = [path.at(at_s) for at_s in moments]
    shape = timeline.width_px / timeline.height_px
    moves = places[0] != places[-1] or len(set(places)) > 1
    way = " ".join(f"{decimal(100 * x, 1)},{decimal(height * y, 1)}" for x, y, _ in places)
    return {
        "words": _WORDS[clip.reframe.mode],
        "picture": picture.name,
        "height": decimal(height, 2),
        "begin": _rectangle(places[0], height, shape),
        "end": _rectangle(places[-1], height, shape) if moves else None,
        "way": way if moves else None,
    }


def _rectangle(place: Place, height: float, shape: float) -> dict[str, str]:
    """What of the window lies in the picture. shape: of the frame, width / height."""
    x, y, width_01 = place
    across, down = 100 * width_01, 100 * width_01 / shape
    left, right = max(0.0, 100 * x - across / 2), min(100.0, 100 * x + across / 2)
    top, bottom = max(0.0, height * y - down / 2), min(height, height * y + down / 2)
    sides = {"x": left, "y": top, "width": right - left, "height": bottom - top}
    return {name: decimal(value, 2) for name, value in sides.items()}

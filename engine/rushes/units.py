"""Conversions between units. Every number elsewhere carries its unit in its name."""

from __future__ import annotations

import math
import re
from fractions import Fraction

_CLOCK = re.compile(r"^(?:(\d+):)?([0-5]?\d):([0-5]?\d(?:\.\d+)?)$")
_QUANTITY = re.compile(r"^([0-9]*\.?[0-9]+)\s*(ms|s|min|h)$")
_SECONDS_PER = {
    "ms": Fraction(1, 1000),
    "s": Fraction(1),
    "min": Fraction(60),
    "h": Fraction(3600),
}


def seconds_to_frames(at_s: float | Fraction, rate_fps: Fraction) -> int:
    """Nearest whole frame; a half rounds up."""
    return math.floor(Fraction(at_s) * rate_fps + Fraction(1, 2))


def frames_to_seconds(frames: int, rate_fps: Fraction) -> Fraction:
    """Exact time at which a frame begins."""
    return frames / rate_fps


def pts_to_seconds(pts: int, time_base: Fraction) -> Fraction:
    """Exact time of a presentation stamp."""
    return pts * time_base


def round_6(value: float | Fraction) -> float:
    """Six digits, the precision of numbers in JSON for people; never -0.0."""
    return round(float(value), 6) + 0.0


def text_to_seconds(text: str) -> Fraction:
    """Read a time with its unit: `90s`, `250ms`, `1.5min`, `00:01:30`, `00:01:30.5`.

    Raises ValueError for anything else; `1:30` without hours is refused because YAML readers disagree on it.
    """
    quantity = _QUANTITY.match(text.strip())
    if quantity:
        return Fraction(quantity[1]) * _SECONDS_PER[quantity[2]]
    clock = _CLOCK.match(text.strip())
    if clock and clock[1] is not None:
        return int(clock[1]) * 3600 + int(clock[2]) * 60 + Fraction(clock[3])
    raise ValueError(f"{text!r} is not a time with a unit")


def rate_to_text(rate_fps: Fraction) -> str:
    """`30`, `30000/1001`."""
    return str(rate_fps)

"""Frame rates as recipes write them: whole numbers, and the NTSC rates by their usual names or as fractions.

30000/1001 and its like are what 29.97 and its like stand for (SMPTE ST 12-1).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from functools import cache

NTSC_NAMES = {
    "23.976": "24000/1001",
    "23.98": "24000/1001",
    "29.97": "30000/1001",
    "47.952": "48000/1001",
    "59.94": "60000/1001",
    "119.88": "120000/1001",
}
"""What the usual names of rates stand for."""

LEAST_FPS, MOST_FPS = 1, 120

RATE_PATTERN = (
    "^(?:" + "|".join(re.escape(name) for name in (*NTSC_NAMES, *sorted(set(NTSC_NAMES.values())))) + ")$"
)
"""Rates that are written as a text."""

RATE_FORMS = "write a whole number such as 25, or 23.976, 29.97, 47.952, 59.94, 119.88, or a fraction such as 30000/1001"

_NEAR = Fraction(1, 2000)


@dataclass(frozen=True, slots=True)
class IsRate:
    """Beside a type: the number is a frame rate."""


@cache
def exact_rate(rate_fps: int | str) -> Fraction:
    """Pictures a second of a rate in canonical form, exact. Raises ValueError for what is no rate."""
    rate = Fraction(rate_fps)
    if canonical_rate(rate_fps) != rate_fps:
        raise ValueError(f"{rate_fps!r} is no frame rate in canonical form")
    return rate


def canonical_rate(value: float | str) -> int | str | None:
    """The one form of a rate: a whole number of pictures a second, or a text such as 30000/1001. None: it is no rate."""
    if isinstance(value, str):
        return NTSC_NAMES.get(value, value if value in NTSC_NAMES.values() else None)
    if float(value).is_integer():
        return int(value) if LEAST_FPS <= value <= MOST_FPS else None
    return NTSC_NAMES.get(repr(float(value)))


def rate_fix(value: float | str) -> str:
    """The rate as it should be written, where that can be told, or the forms that are read."""
    try:
        rate = Fraction(value.strip() if isinstance(value, str) else value)
    except (ValueError, ZeroDivisionError):
        return RATE_FORMS
    if rate.denominator == 1 and canonical_rate(int(rate)) is not None:
        return f"write {rate}"
    near = next((name for name, exact in NTSC_NAMES.items() if abs(rate / Fraction(exact) - 1) < _NEAR), None)
    return RATE_FORMS if near is None else f"write {near}"

"""Frame rates and timecode as editing programs count them.

Drop-frame timecode (SMPTE ST 12-1) leaves out numbers, never pictures: the first two of every minute at 29.97, four at
59.94, but none in minutes that divide by ten, so that the clock stays within 4 frames of real time in a day.
"""

from __future__ import annotations

import re
from fractions import Fraction

_NTSC = Fraction(1000, 1001)
_NTSC_BASES = (24, 30, 48, 60, 120, 240)
_DROP_BASES = (30, 60)
_TIMECODE = re.compile(r"^(\d{1,2}):([0-5]\d):([0-5]\d)([:;.,])(\d{1,3})$")


def nominal_rate(rate_fps: Fraction) -> Fraction:
    """The rate that a program takes a file for: the nearest whole one, or the nearest of 23.976, 29.97, 47.952, 59.94, ....

    A variable rate averages to something odd, such as 29.87; no format but our own can say that.
    """
    if rate_fps <= 0:
        raise ValueError(f"{rate_fps} is not a frame rate")
    whole = Fraction(max(1, round(rate_fps)))
    choices = (whole, *(base * _NTSC for base in _NTSC_BASES))
    return min(choices, key=lambda choice: (abs(choice - rate_fps), choice))


def timebase(rate_fps: Fraction) -> tuple[int, bool]:
    """Frames that one second of timecode counts, and whether it lasts 1.001 s. rate_fps is a nominal one."""
    if rate_fps.denominator == 1:
        return int(rate_fps), False
    return round(rate_fps / _NTSC), True


def may_drop(rate_fps: Fraction) -> bool:
    """Whether drop-frame timecode exists at this nominal rate: at 29.97 and 59.94 only."""
    base, ntsc = timebase(rate_fps)
    return ntsc and base in _DROP_BASES


def frames_to_timecode(frames: int, rate_fps: Fraction, drop: bool = False) -> str:
    """`HH:MM:SS:FF`, with `;` before the frames of drop-frame timecode; after 24 hours it begins again.

    Raises ValueError for drop-frame timecode at a rate that has none.
    """
    base, _ = timebase(rate_fps)
    if drop:
        _refuse_drop(rate_fps)
        frames = frames % (24 * 6 * _frames_in_ten_minutes(base))
        frames += _numbers_left_out(frames, base)
    seconds, part = divmod(frames, base)
    minutes, second = divmod(seconds, 60)
    hours, minute = divmod(minutes, 60)
    digits = max(2, len(str(base - 1)))
    return f"{hours % 24:02}:{minute:02}:{second:02}{';' if drop else ':'}{part:0{digits}}"


def timecode_to_frames(text: str, rate_fps: Fraction) -> tuple[int, bool]:
    """Frames since 00:00:00:00, and whether the timecode is drop-frame (`;`, `.` or `,` before its frames).

    At a rate that has no drop-frame timecode the separator means nothing. Raises ValueError for what is no timecode of
    this rate, also for a number that drop-frame timecode leaves out.
    """
    found = _TIMECODE.match(text.strip())
    if not found:
        raise ValueError(f"{text!r} is not a timecode")
    base, _ = timebase(rate_fps)
    hour, minute, second, part = (int(found[at]) for at in (1, 2, 3, 5))
    if part >= base:
        raise ValueError(f"{text!r} has frame {part}, but a second has {base}")
    drop = found[4] != ":" and may_drop(rate_fps)
    minutes = hour * 60 + minute
    frames = (minutes * 60 + second) * base + part
    if not drop:
        return frames, False
    left_out = base // 15
    if second == 0 and part < left_out and minute % 10:
        raise ValueError(f"{text!r} does not exist: drop-frame timecode leaves it out")
    return frames - left_out * (minutes - minutes // 10), True


def _frames_in_ten_minutes(base: int) -> int:
    return 600 * base - 9 * (base // 15)


def _numbers_left_out(frames: int, base: int) -> int:
    """How many numbers were left out before this frame."""
    left_out = base // 15
    tens, rest = divmod(frames, _frames_in_ten_minutes(base))
    minutes = 0 if rest < 60 * base else 1 + (rest - 60 * base) // (60 * base - left_out)
    return left_out * (9 * tens + minutes)


def _refuse_drop(rate_fps: Fraction) -> None:
    if not may_drop(rate_fps):
        raise ValueError(f"there is no drop-frame timecode at {rate_fps} frames per second")

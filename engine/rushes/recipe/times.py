"""How a time was meant that is not written as one."""

from __future__ import annotations

import re

_UNITS = {
    "ms": ("milliseconds", "millisecond", "msec", "millis"),
    "s": ("seconds", "second", "secs", "sec"),
    "min": ("minutes", "minute", "mins", "m"),
    "h": ("hours", "hour", "hrs", "hr"),
}
_WORDED = re.compile(r"([0-9]*\.?[0-9]+)\s*([A-Za-z]+)")
_SHORT_CLOCK = re.compile(r"([0-9]+):([0-5]?[0-9](?:\.[0-9]+)?)")
_FORMS = "write seconds as a number, or a time with its unit: 90s, 250ms, 1.5min, 00:01:30"


def time_fix(text: str) -> str:
    """The time as it should be written, where that can be told, or the forms that are read."""
    worded = _WORDED.fullmatch(text.strip())
    if worded:
        unit = next((unit for unit, words in _UNITS.items() if worded[2].lower() in words), None)
        if unit:
            return f"write {worded[1]}{unit}"
    clock = _SHORT_CLOCK.fullmatch(text.strip())
    if clock and int(clock[1]) < 60:
        return f"write 00:{int(clock[1]):02d}:{clock[2].zfill(2)} for minutes and seconds"
    return _FORMS

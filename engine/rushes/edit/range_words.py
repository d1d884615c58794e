"""How much a constraint asks for, in words."""

from __future__ import annotations


def bounds(low: float | None, high: float | None, unit: str = "") -> str:
    """ "1 to 3", "exactly 2", "at least 1.5 s". One of both at least is given; unit: follows the number, such as " s"."""
    if low is not None and high is not None:
        return f"exactly {low:g}{unit}" if low == high else f"{low:g} to {high:g}{unit}"
    return f"at least {low:g}{unit}" if low is not None else f"at most {high:g}{unit}"


def shots(low: float | None, high: float | None) -> str:
    """ "shot" or "shots", to follow bounds: by the number that is said last."""
    return "shot" if (low if high is None else high) == 1 else "shots"


def counted(count: int, what: str) -> str:
    """ "1 clip", "2 clips"."""
    return f"{count} {what}{'' if count == 1 else 's'}"

"""Numbers and facts as people read them."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any


def clock(at_s: float) -> str:
    """`0:07.50`, `12:03.00`."""
    hundredths = round(at_s * 100)
    return f"{hundredths // 6000}:{hundredths // 100 % 60:02}.{hundredths % 100:02}"


def seconds(length_s: float) -> str:
    """`1.50 s`."""
    return f"{length_s:.2f} s"


def decimal(value: float | Fraction, digits: int) -> str:
    """At most that many digits after the point, without idle zeros."""
    text = f"{float(value):.{digits}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def percent(share_01: float) -> str:
    """`83 %`."""
    return f"{share_01 * 100:.0f} %"


def plain(name: str) -> str:
    """A column's or constraint's name as words: `max_uses_per_clip` -> `max uses per clip`."""
    return name.replace("_", " ")


def quantity(name: str) -> str:
    """A name whose ending is a unit: `min_shot_s` -> `min shot (s)`, `dark_exposure_01` -> `dark exposure`."""
    for ending, unit in (("_01", ""), ("_s", " (s)"), ("_percent", " (%)")):
        if name.endswith(ending):
            return plain(name.removesuffix(ending)) + unit
    return plain(name)


def level_of(value_01: float | None, high_01: float, medium_01: float) -> str:
    """high, medium, low, or none where there is no value."""
    if value_01 is None:
        return "none"
    return "high" if value_01 >= high_01 else "medium" if value_01 >= medium_01 else "low"


def fields_of(facts: Mapping[str, Any]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Facts for a definition list: name -> lines of (label, text); nested mappings become labelled lines."""
    return [(plain(name), _lines(value)) for name, value in facts.items()]


def _lines(value: Any) -> list[tuple[str, str]]:
    if isinstance(value, Mapping):
        return [(str(label), fact_text(part)) for label, part in value.items()]
    if isinstance(value, list | tuple):
        return [("", fact_text(part)) for part in value]
    return [("", fact_text(value))]


def fact_text(value: Any) -> str:
    """One fact on one line."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return decimal(value, 6)
    if value == "":
        return "–"
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {fact_text(part)}" for key, part in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(fact_text(part) for part in value)
    return str(value)

"""Ranges of numbers, said once beside the field: the schema, the checks and the specs themselves read them here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Annotated, Any, get_args, get_origin, get_type_hints


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Range of a number: least <= x <= most, and x > above; None: no such bound."""

    least: float | None = None
    most: float | None = None
    above: float | None = None

    def fault(self, number: float) -> str:
        """What is wrong with a number, such as "must be at least 0"; "" if nothing is."""
        if self.above is not None and not number > self.above:
            return f"must be above {self.above:g}"
        if self.least is not None and not number >= self.least:
            return f"must be at least {self.least:g}"
        if self.most is not None and not number <= self.most:
            return f"must be at most {self.most:g}"
        return ""


def limits_of(hint: Any) -> Limits | None:
    """The range that a type hint such as Annotated[float, Limits(least=0)] carries."""
    if get_origin(hint) is Annotated:
        return next((part for part in get_args(hint)[1:] if isinstance(part, Limits)), None)
    return None


_HINTS: dict[type[Any], Mapping[str, Any]] = {}
_LIMITS: dict[type[Any], dict[str, Limits]] = {}


def hints_of(kind: type[Any]) -> Mapping[str, Any]:
    """Type hints of a spec with their ranges, by field. They are texts; to make sense of them once takes long enough."""
    if kind not in _HINTS:
        _HINTS[kind] = get_type_hints(kind, include_extras=True)
    return _HINTS[kind]


def check_limits(spec: Any) -> None:
    """Raise ValueError where a number of a spec is outside its range."""
    kind: type[Any] = type(spec)
    if kind not in _LIMITS:
        hints = hints_of(kind)
        _LIMITS[kind] = {
            field.name: found for field in fields(kind) if (found := limits_of(hints[field.name])) is not None
        }
    for name, limits in _LIMITS[kind].items():
        number = getattr(spec, name)
        if number is not None and (fault := limits.fault(number)):
            raise ValueError(f"{name}={number!r} {fault}")

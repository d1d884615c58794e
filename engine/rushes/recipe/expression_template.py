"""Rule texts with values in them: `{column}`, `{column:.2f}`, `{column:percent}`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from rushes.recipe.expression_columns import list_fault, nameable
from rushes.recipe.expression_tree import ColumnFacts, ExpressionFault, Value
from rushes.recipe.names import did_you_mean

_SLOT = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")
_NAME = re.compile(r"[A-Za-z_]\w*", re.ASCII)
_DECIMALS = re.compile(r"\.([0-6])f")
_FORMATS = ".0f to .6f, percent, or nothing"


@dataclass(frozen=True, slots=True)
class Slot:
    """A value in a text. decimals: None = at most two, without trailing zeros. percent: a share as `50 %`."""

    name: str
    offset: int
    decimals: int | None = None
    percent: bool = False


@dataclass(frozen=True, slots=True)
class Template:
    """A text and its slots, in order."""

    parts: tuple[str | Slot, ...]

    @property
    def slots(self) -> tuple[Slot, ...]:
        """The values it needs."""
        return tuple(part for part in self.parts if isinstance(part, Slot))


def parse_template(text: str) -> Template:
    """Read a rule text; `{{` and `}}` stand for braces. Raises ExpressionFault."""
    parts: list[str | Slot] = []
    at = 0
    for found in _SLOT.finditer(text):
        parts.append(text[at : found.start()])
        at = found.end()
        if found[0] in ("{{", "}}"):
            parts.append(found[0][0])
        elif found[1] is None:
            raise ExpressionFault(
                found.start(),
                f"this {found[0]} has no partner",
                f"write {found[0] * 2} for the character itself",
            )
        else:
            parts.append(_slot(found[1], found.start() + 1))
    parts.append(text[at:])
    return Template(tuple(part for part in parts if part != ""))


def template_faults(template: Template, columns: Mapping[str, ColumnFacts]) -> tuple[ExpressionFault, ...]:
    """Unknown names and formats that do not fit their column, in the order of the text."""
    faults: list[ExpressionFault] = []
    for slot in template.slots:
        facts = columns.get(slot.name)
        if facts is None:
            what = f"{slot.name} is neither a column nor a threshold"
            faults.append(ExpressionFault(slot.offset, what, did_you_mean(slot.name, nameable(columns))))
        elif facts.type == "list":
            faults.append(list_fault(slot.name, slot.offset, columns))
        elif facts.type != "number" and (slot.percent or slot.decimals is not None):
            what = f"{slot.name} is no number and takes no format"
            faults.append(ExpressionFault(slot.offset, what, f"write {{{slot.name}}}"))
        elif slot.percent and facts.unit not in ("", "01"):
            what = f"percent is for shares from 0 to 1, but {slot.name} is in {facts.unit}"
            faults.append(ExpressionFault(slot.offset, what, f"write {{{slot.name}:.0f}}", "warning"))
    return tuple(faults)


def format_value(slot: Slot, value: Value | None) -> str:
    """The words that stand for a value; a missing one is "unknown"."""
    if value is None:
        return "unknown"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return value
    if slot.percent:
        return f"{_fixed(value * 100, 0)} %"
    if slot.decimals is not None:
        return _fixed(value, slot.decimals)
    text = _fixed(value, 2)
    return text.rstrip("0").rstrip(".")


def _fixed(value: float, decimals: int) -> str:
    text = f"{value:.{decimals}f}"
    return text.removeprefix("-") if float(text) == 0 else text


def _slot(inside: str, offset: int) -> Slot:
    name, _, form = inside.partition(":")
    if not _NAME.fullmatch(name):
        what = f"{{{inside}}} does not name a column" if name else "{} names no column"
        raise ExpressionFault(offset, what, "write {column}; to compute a value, make it a feature first")
    decimals = _DECIMALS.fullmatch(form)
    if form and form != "percent" and not decimals:
        raise ExpressionFault(offset + len(name) + 1, f"{form} is not a format", f"formats are {_FORMATS}")
    return Slot(name, offset, int(decimals[1]) if decimals else None, form == "percent")

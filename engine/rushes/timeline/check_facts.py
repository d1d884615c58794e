"""What must hold of the facts that edits are judged with, beyond what the schema says of their form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rushes.timeline.judge_footage import CLIP, END, START

_FIX = "write the timeline again with `rushes run`, or take it from a backup"
_WHERE = "ai_reasoning.for_edits"


def facts_problems(facts: Mapping[str, Any] | None) -> Iterator[tuple[str, str]]:
    """Every broken invariant and how to mend it; nothing for None, as plans of before 0.4 have it. facts: as the schema has
    them."""
    if facts is None:
        return
    for what in (*_of_takes(facts), *_of_song(facts), *_of_talk(facts)):
        yield f"{_WHERE}: {what}", _FIX


def _of_takes(facts: Mapping[str, Any]) -> Iterator[str]:
    columns, takes = facts.get("columns", []), facts.get("takes", [])
    numbers = {START, END, *(doubt["fact"] for doubt in facts["doubts"])}
    if "takes" not in facts:
        return
    missing = sorted({CLIP, *numbers} - set(columns))
    if missing:
        yield f"takes have no {', '.join(missing)}"
        return
    for at, values in enumerate(takes):
        if len(values) != len(columns):
            yield f"takes[{at}] has {len(values)} values for {len(columns)} columns"
            continue
        take = dict(zip(columns, values, strict=True))
        is_placed = isinstance(take[CLIP], str) and take[START] is not None and take[END] is not None
        if not is_placed or not all(_is_number_or_none(take[name]) for name in numbers):
            yield f"takes[{at}] says no clip, or no number for one of {', '.join(sorted(numbers))}"


def _is_number_or_none(value: Any) -> bool:
    return value is None or (isinstance(value, int | float) and not isinstance(value, bool))


def _of_song(facts: Mapping[str, Any]) -> Iterator[str]:
    energy_01 = facts.get("energy_01")
    if energy_01 is not None and not energy_01[0] < energy_01[1]:
        yield f"energy_01 is {energy_01}: quiet is not below loud"


def _of_talk(facts: Mapping[str, Any]) -> Iterator[str]:
    said = facts.get("said")
    if said is None:
        return
    if not any(begin < end for stretches in said.values() for begin, end in stretches):
        yield "nothing was said in any clip"
    backwards = sorted(
        file for file, stretches in said.items() if any(begin > end for begin, end in stretches)
    )
    if backwards:
        yield f"speech ends before it begins in {', '.join(backwards)}"
    if "lengths_s" not in facts:
        yield "it has said, but no lengths_s"
    unheard = sorted(set(facts.get("lengths_s", ())) - set(said))
    if unheard:
        yield f"lengths_s has clips that said does not: {', '.join(unheard)}"

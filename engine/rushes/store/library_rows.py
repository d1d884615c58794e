"""Clips as rows of the library file: numbers packed, everything else as JSON; and results of several runs as one."""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from rushes.store.library_records import AnalyzerResult, ClipRecord, Json, ResultState

Row = tuple[str, str, str, int, str, str, str, bytes, str]
"""digest, name, path, bytes, facts, metadata, layout document, numbers, others.

numbers: those of all results, a missing value as NaN. others: by analyzer its reason and the columns that are no numbers.
"""


_LENGTHS = ("complete", "duration_s", "clip_duration_s")
"""Facts that only a run that looked at the picture knows for certain. Where one run says less, the least holds: False
is less than True."""
_STRONGER: Mapping[ResultState, tuple[ResultState, ...]] = {
    "interrupted": ("ok", "partial"),
    "unavailable": ("ok", "partial", "failed", "interrupted"),
}
"""State that a run ends with -> those known before that it leaves alone; every other replaces whatever there was."""
_NO_REST: tuple[str, dict[str, Json]] = ("", {})


@dataclass(frozen=True, slots=True)
class _PartLayout:
    """One analyzer's share of a layout."""

    analyzer: str
    fingerprint: str
    state: ResultState
    places: Mapping[str, int]
    """Column -> place of its number among the clip's."""


class _Columns(Mapping[str, Json]):
    """Columns of one analyzer, read where they stand: making a dict of each would take longer than reading the file."""

    __slots__ = ("_others", "_places", "_values")

    def __init__(
        self, places: Mapping[str, int], values: Sequence[float], others: Mapping[str, Json]
    ) -> None:
        self._places, self._values, self._others = places, values, others

    def __getitem__(self, name: str) -> Json:
        place = self._places.get(name)
        if place is None:
            return self._others[name]
        value = self._values[place]
        return None if math.isnan(value) else value

    def __iter__(self) -> Iterator[str]:
        yield from self._places
        yield from self._others

    def __len__(self) -> int:
        return len(self._places) + len(self._others)

    def __repr__(self) -> str:
        return repr(dict(self))


@dataclass(frozen=True, slots=True)
class Layout:
    """How the packed numbers of a clip are to be read."""

    parts: tuple[_PartLayout, ...]
    numbers: struct.Struct
    places: Mapping[str, int]
    """Column -> place of its number. A name that two analyzers write is the later one's."""


def read_layout(document: str) -> Layout:
    """Raises ValueError or TypeError where the document is none of ours."""
    parts: list[_PartLayout] = []
    count = 0
    for analyzer, fingerprint, state, names in json.loads(document):
        places = {name: count + index for index, name in enumerate(names)}
        parts.append(_PartLayout(analyzer, fingerprint, state, places))
        count += len(names)
    of_all = {name: place for part in parts for name, place in part.places.items()}
    return Layout(tuple(parts), struct.Struct(f"<{count}d"), of_all)


def encode(clip: ClipRecord) -> Row:
    """The row of a clip. Raises ValueError or TypeError for a value that JSON cannot hold, such as NaN."""
    layout: list[list[Json]] = []
    numbers: list[float] = []
    others: dict[str, list[Json]] = {}
    for analyzer, result in sorted(clip.results.items()):
        names: list[str] = []
        rest: dict[str, Json] = {}
        for name, value in sorted(result.columns.items()):
            if value is None:
                numbers.append(math.nan)
                names.append(name)
            elif isinstance(value, float):
                numbers.append(_finite(clip, name, value))
                names.append(name)
            else:
                rest[name] = value
        layout.append([analyzer, result.fingerprint, result.state, names])
        if rest or result.reason:
            others[analyzer] = [result.reason, rest]
    return (
        clip.digest,
        clip.name,
        clip.path,
        clip.bytes,
        json_text(clip.facts),
        json_text(clip.metadata),
        json_text(layout),
        struct.pack(f"<{len(numbers)}d", *numbers),
        json_text(others),
    )


def decode(row: Row, layout: Layout) -> ClipRecord:
    """The clip of a row. Raises ValueError, TypeError or struct.error where the row is damaged."""
    facts, metadata, others = _mappings(row[4], row[5], row[8])
    values: tuple[float, ...] = layout.numbers.unpack(row[7])
    results: dict[str, AnalyzerResult] = {}
    for part in layout.parts:
        reason, more = others.get(part.analyzer, _NO_REST)
        results[part.analyzer] = AnalyzerResult(
            fingerprint=part.fingerprint,
            state=part.state,
            reason=reason,
            columns=_Columns(part.places, values, more),
        )
    return ClipRecord(
        digest=row[0],
        name=row[1],
        path=row[2],
        bytes=row[3],
        facts=facts,
        metadata=metadata,
        results=results,
    )


def _mappings(*texts: str) -> list[dict[str, Json]]:
    """JSON objects; together they are read faster than one by one."""
    found = json.loads(f"[{','.join(texts)}]")
    if len(found) != len(texts) or not all(isinstance(part, dict) for part in found):
        raise ValueError("a clip has facts that are no mapping")
    return list(found)


def picked(rows: Sequence[Row], layouts: Sequence[Layout], names: Sequence[str]) -> list[list[Json]]:
    """Some columns of rows, None where a row has no such column: much cheaper than whole clips. layouts: of each row.

    A name is looked for in the facts and the results; a number of the results is that number. Metadata is left out: it
    is of the file's name at the time, and who reads has the name of today. Raises as `decode`.
    """
    facts = _mappings(*(row[4] for row in rows))
    # Clips that were analysed alike share a layout.
    different = {id(layout): layout for layout in layouts}
    places = {
        known: [(name, layout.places.get(name, -1)) for name in names] for known, layout in different.items()
    }
    strange = [name for name in names if any(name not in each.places for each in different.values())]
    asked = any(name not in known for known in facts for name in strange)
    others = _mappings(*(row[8] for row in rows)) if asked else [{}] * len(rows)
    return [
        _picked(layout.numbers.unpack(row[7]), places[id(layout)], known, rest)
        for row, layout, known, rest in zip(rows, layouts, facts, others, strict=True)
    ]


def _picked(
    numbers: Sequence[float],
    places: Sequence[tuple[str, int]],
    facts: Mapping[str, Json],
    others: Mapping[str, tuple[str, Mapping[str, Json]]],
) -> list[Json]:
    said: dict[str, Json] = {}
    for _, columns in others.values():
        said |= columns
    said |= facts
    # A number is NaN where it is missing, and only NaN is not itself.
    return [
        said.get(name) if place < 0 else (number if (number := numbers[place]) == number else facts.get(name))
        for name, place in places
    ]


def merged(known: ClipRecord | None, seen: ClipRecord) -> ClipRecord:
    """What is known of a clip after a run has seen it again.

    Analyzers that the run did not have keep their results. One that was not available to the run, for want of a model,
    or was interrupted does not take away what an earlier run found. The content is the same, so the facts are those of
    the run that looked closer: one that only listened may not have seen that the picture breaks off.
    """
    if known is None:
        return seen
    results = dict(known.results)
    for analyzer, result in seen.results.items():
        before = results.get(analyzer)
        if before is None or before.state not in _STRONGER.get(result.state, ()):
            results[analyzer] = result
    return replace(seen, results=results, facts=_merged_facts(known, seen))


def _merged_facts(known: ClipRecord, seen: ClipRecord) -> Mapping[str, Json]:
    """How long the clip is stays as it was where this run looked at nothing, and what broke off stays broken off. A run
    that learnt no fact at all takes none away."""
    if not seen.facts:
        return known.facts
    before = {name: known.facts[name] for name in _LENGTHS if known.facts.get(name) is not None}
    after = {name: value for name, value in seen.facts.items() if name not in before or value is not None}
    if not any(result.state in ("ok", "partial") for result in seen.results.values()):
        return {**after, **before}
    if before.get("complete") is False:
        shorter = {name: min(value, after.get(name, value)) for name, value in before.items()}
        return {**after, **shorter}
    return {**before, **after}


def json_text(value: Json) -> str:
    """JSON with sorted keys and no blanks: equal values give equal text. Raises as `encode`."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)


def _finite(clip: ClipRecord, name: str, value: float) -> float:
    if not math.isfinite(value):
        raise ValueError(f"{clip.name}: {name} is {value}; what is not known is None")
    return value

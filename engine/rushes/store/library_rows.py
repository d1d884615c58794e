"""Clips as rows of the library file: numbers packed, everything else as JSON; and results of several runs as one."""

from __future__ import annotations

import json
import math
import struct
from dataclasses import dataclass, replace

from rushes.store.library_records import AnalyzerResult, ClipRecord, Json, ResultState

Row = tuple[str, str, str, int, str, str, str, bytes, str]
"""digest, name, path, bytes, facts, metadata, layout document, numbers, others."""


@dataclass(frozen=True, slots=True)
class _PartLayout:
    """One analyzer's share of a layout: its numbers stand at [start, end) of the clip's."""

    analyzer: str
    fingerprint: str
    state: ResultState
    names: tuple[str, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Layout:
    """How the packed numbers of a clip are to be read."""

    parts: tuple[_PartLayout, ...]
    numbers: struct.Struct


def read_layout(document: str) -> Layout:
    """Raises ValueError or TypeError where the document is none of ours."""
    parts: list[_PartLayout] = []
    end = 0
    for analyzer, fingerprint, state, names in json.loads(document):
        start, end = end, end + len(names)
        parts.append(_PartLayout(analyzer, fingerprint, state, tuple(names), start, end))
    return Layout(tuple(parts), struct.Struct(f"<{end}d"))


def encode(clip: ClipRecord) -> Row:
    """The row of a clip. Raises ValueError or TypeError for a value that JSON cannot hold, such as NaN."""
    layout: list[list[Json]] = []
    numbers: list[float] = []
    others: dict[str, list[Json]] = {}
    for analyzer, result in sorted(clip.results.items()):
        names: list[str] = []
        rest: dict[str, Json] = {}
        for name, value in sorted(result.columns.items()):
            if value is None or isinstance(value, float):
                names.append(name)
                numbers.append(_packed(clip, name, value))
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
    digest, name, path, size_bytes, facts, metadata, _, numbers, others = row
    read_facts, read_metadata, rest = json.loads(f"[{facts},{metadata},{others}]")
    values = _unpacked(layout, numbers)
    results: dict[str, AnalyzerResult] = {}
    for part in layout.parts:
        columns: dict[str, Json] = dict(zip(part.names, values[part.start : part.end], strict=True))
        reason = ""
        if part.analyzer in rest:
            reason, more = rest[part.analyzer]
            columns.update(more)
        results[part.analyzer] = AnalyzerResult(
            fingerprint=part.fingerprint, state=part.state, reason=reason, columns=columns
        )
    return ClipRecord(
        digest=digest,
        name=name,
        path=path,
        bytes=size_bytes,
        facts=read_facts,
        metadata=read_metadata,
        results=results,
    )


def _unpacked(layout: Layout, numbers: bytes) -> tuple[float | None, ...]:
    values: tuple[float, ...] = layout.numbers.unpack(numbers)
    if any(map(math.isnan, values)):
        return tuple(None if math.isnan(value) else value for value in values)
    return values


def merged(known: ClipRecord | None, seen: ClipRecord) -> ClipRecord:
    """What is known of a clip after a run has seen it again.

    Analyzers that the run did not have keep their results. One that was not available to the run, for want of a model,
    does not take away what an earlier run found.
    """
    if known is None:
        return seen
    results = dict(known.results)
    for analyzer, result in seen.results.items():
        if result.state != "unavailable" or results.get(analyzer, result).state == "unavailable":
            results[analyzer] = result
    return replace(seen, results=results)


def json_text(value: Json) -> str:
    """JSON with sorted keys and no blanks: equal values give equal text. Raises as `encode`."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)


def _packed(clip: ClipRecord, name: str, value: float | None) -> float:
    if value is None:
        return math.nan
    if not math.isfinite(value):
        raise ValueError(f"{clip.name}: {name} is {value}; what is not known is None")
    return value

"""What the library file holds, as values: clips with their analyses, and what people did with them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Json = Any
"""What JSON can hold: text, finite numbers, true, false, null, lists and mappings of them."""
ResultState = Literal["ok", "partial", "failed", "interrupted", "unavailable"]
"""partial: there is a result, made without something that it would have used. failed: it cannot be had of this clip. interrupted: the run could not finish it (a bug, a time limit, a process that
died, a disk that did not answer), and the next one tries again. unavailable: for want of a model."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnalyzerResult:
    """What one analyzer found in one clip."""

    fingerprint: str
    """Digest of the document that says what the result depended on."""
    state: ResultState
    reason: str = ""
    """Why there is no result, or what a partial one was made without; "" where it is whole."""
    columns: Mapping[str, Json] = field(default_factory=dict[str, Json])


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipRecord:
    """All that is known of one clip. It is known by its content: a moved or renamed file is the same clip."""

    digest: str
    """BLAKE3 of the file, 64 hex digits."""
    name: str
    """What the last run called it: its path below the footage folder."""
    path: str
    """Where the last run saw it."""
    bytes: int
    facts: Mapping[str, Json] = field(default_factory=dict[str, Json])
    """The built-in columns, such as duration_s."""
    metadata: Mapping[str, str] = field(default_factory=dict[str, str])
    """What its name tells, such as angle."""
    results: Mapping[str, AnalyzerResult] = field(default_factory=dict[str, AnalyzerResult])
    """By analyzer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenClip:
    """How a clip can be found: its content, and what it was called last."""

    digest: str
    name: str
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """Some columns of every clip; all lists have a row per clip, in the order of the digests."""

    digests: list[str]
    names: list[str]
    """What the last run called them."""
    paths: list[str]
    states: list[Mapping[str, tuple[str, ResultState]]]
    """Analyzer -> fingerprint and state. Clips that were analysed alike share one mapping."""
    columns: Mapping[str, list[Json]]


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedbackEvent:
    """One thing that somebody did with a clip. Events are never changed; a later one takes an earlier one back."""

    uid: str
    """The same event has the same uid in every library that it is loaded into."""
    clip: str
    """Digest of the clip."""
    creator: str
    kind: str
    """favorite, bad, untag, view, skip or export (score/feedback.py)."""
    at: str
    """When, in UTC: 2026-05-04T12:30:00.000000Z. Text order is time order."""
    value: Mapping[str, Json] = field(default_factory=dict[str, Json])
    note: str = ""

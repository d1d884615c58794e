"""What people did with clips, folded to what it says of each clip. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from operator import attrgetter
from types import MappingProxyType
from typing import Literal

from rushes.store.canonical import canonical_json, digest_bytes
from rushes.store.library_records import FeedbackEvent, Json

__all__ = [
    "KINDS",
    "Engagement",
    "FeedbackEvent",
    "FeedbackState",
    "Tag",
    "creator_fault",
    "event_fault",
    "fold_feedback",
    "uid_of",
    "utc_text",
]

Tag = Literal["favorite", "bad"]

KINDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "favorite": (),
        "bad": (),
        "untag": (),
        "view": ("watch_s", "completion_01", "rewatch"),
        "skip": ("position_s",),
        "export": (),
    }
)
"""What can be done with a clip, and which values can stand beside it.

favorite, bad: the tag, until another one; untag: none again. view: watched for watch_s, up to completion_01 of its length,
again (rewatch: true). skip: left at position_s. export: used in a finished video.
"""

_CREATOR = re.compile(r"[^\W_](?:[\w .-]{0,62}[\w-])?")
_NUMBERS = frozenset({"watch_s", "completion_01", "position_s"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Engagement:
    """When somebody who gave no tag liked a clip all the same. The defaults are those of the recipe's section `personal`."""

    min_views: int = 3
    """So many views,"""
    min_completion_01: float = 0.8
    """or one view up to this share of the clip, or an export, or a rewatch."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedbackState:
    """What all events of one clip come to."""

    tag: Tag | None = None
    views: int = 0
    watch_s: float = 0.0
    """In all views together."""
    completion_01: float = 0.0
    """Of the most complete view."""
    rewatches: int = 0
    exports: int = 0
    skips: int = 0
    engaged: bool = False


@dataclass(slots=True)
class _Counts:
    """What was seen of a clip so far."""

    tag: Tag | None = None
    views: int = 0
    watch_s: float = 0.0
    completion_01: float = 0.0
    rewatches: int = 0
    exports: int = 0
    skips: int = 0

    def add(self, event: FeedbackEvent) -> None:
        """See the next event, in the order of time."""
        match event.kind:
            case "favorite" | "bad" as tag:
                self.tag = tag
            case "untag":
                self.tag = None
            case "export":
                self.exports += 1
            case "skip":
                self.skips += 1
            case "view":
                self._view(event.value)

    def _view(self, value: Mapping[str, Json]) -> None:
        self.views += 1
        self.watch_s += value.get("watch_s", 0.0)
        self.completion_01 = max(self.completion_01, value.get("completion_01", 0.0))
        self.rewatches += value.get("rewatch") is True


def fold_feedback(
    events: Iterable[FeedbackEvent], rule: Engagement | None = None
) -> dict[str, FeedbackState]:
    """Clip -> its state, sorted by clip. An event that comes twice (same uid) counts once.

    Of several tags the latest by `at` holds, of the same moment the one that comes later in `events`.
    """
    chosen = rule or Engagement()
    once = {event.uid: event for event in events}
    of_clip: dict[str, _Counts] = {}
    # The sort is stable: the place in the list decides between events of one moment.
    for event in sorted(once.values(), key=attrgetter("at")):
        counts = of_clip.get(event.clip)
        if counts is None:
            counts = of_clip[event.clip] = _Counts()
        counts.add(event)
    return {clip: _state(of_clip[clip], chosen) for clip in sorted(of_clip)}


def _state(counts: _Counts, rule: Engagement) -> FeedbackState:
    return FeedbackState(
        tag=counts.tag,
        views=counts.views,
        watch_s=counts.watch_s,
        completion_01=counts.completion_01,
        rewatches=counts.rewatches,
        exports=counts.exports,
        skips=counts.skips,
        engaged=counts.views >= rule.min_views
        or counts.completion_01 >= rule.min_completion_01
        or counts.rewatches > 0
        or counts.exports > 0,
    )


def creator_fault(name: str) -> str:
    """What is wrong with the name of a creator, in words; "" where nothing is. It is part of a file's name."""
    if _CREATOR.fullmatch(name):
        return ""
    return f"{name!r} is no name of a creator: letters, digits, blanks, - _ and ., a letter or digit first"


def event_fault(kind: str, value: Mapping[str, Json]) -> str:
    """What is wrong with an event, in words; "" where nothing is."""
    if kind not in KINDS:
        return f"there is no feedback of kind {kind!r}; there are {', '.join(KINDS)}"
    unknown = sorted(set(value) - set(KINDS[kind]))
    if unknown:
        beside = ", ".join(KINDS[kind]) or "nothing"
        return f"{kind} does not take {unknown[0]}: it takes {beside}"
    for name, given in sorted(value.items()):
        if name in _NUMBERS and not (_is_number(given) and given >= 0):
            return f"{name} is {given!r}, which is no number from 0 on"
        if name == "completion_01" and given > 1:
            return f"completion_01 is {given!r}, above 1 (the whole clip)"
        if name == "rewatch" and not isinstance(given, bool):
            return f"rewatch is {given!r}, which is neither true nor false"
    return ""


def _is_number(value: Json) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < float("inf")


def utc_text(moment: datetime) -> str:
    """A moment as events say it: `2026-05-04T12:30:00.000000Z`. Raises ValueError for one without a time zone."""
    if moment.tzinfo is None:
        raise ValueError(f"{moment.isoformat()} has no time zone")
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def uid_of(*, clip: str, creator: str, kind: str, value: Mapping[str, Json], at: str, note: str) -> str:
    """A uid that follows from what an event says, for events that came without one: loaded twice, they are one."""
    return digest_bytes(canonical_json([clip, creator, kind, value, at, note]))[:32]

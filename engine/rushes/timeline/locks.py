"""What a lock holds: a shot's record position and length, its source range, or both."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from rushes.timeline.tree import TimelineClip

Held = Literal["position", "source", "both"]


def held_by_lock(clip: TimelineClip) -> Held | None:
    """None: the shot is not locked. Locks that do not say what they hold, hold both."""
    if not clip.locked:
        return None
    what = (clip.lock_metadata or {}).get("what", "both")
    return "position" if what == "position" else "source" if what == "source" else "both"


def holds_position(clip: TimelineClip) -> bool:
    """Whether the shot keeps its record position and its length."""
    return held_by_lock(clip) in ("position", "both")


def holds_source(clip: TimelineClip) -> bool:
    """Whether the shot keeps its source range, and so its length."""
    return held_by_lock(clip) in ("source", "both")


def both_held(before: Held | None, added: Held) -> Held:
    """What two locks on one shot hold together."""
    return added if before in (None, added) else "both"


def lock_words(clip: TimelineClip) -> str:
    """Who locked a shot and when, as far as it is known: `locked by ann, 2026-05-01T12:00:00Z, "opening"`."""
    facts: Mapping[str, Any] = clip.lock_metadata or {}
    who = f" by {facts['locked_by']}" if facts.get("locked_by") else ""
    when = f", {facts['locked_at']}" if facts.get("locked_at") else ""
    why = f', "{facts["reason"]}"' if facts.get("reason") else ""
    return f"locked{who}{when}{why}"

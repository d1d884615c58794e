"""Shots that the engine did not choose."""

from __future__ import annotations

from rushes.timeline.tree import TimelineClip

_BY_HAND = ("clip_replaced", "clip_added")


def is_chosen_by_user(clip: TimelineClip) -> bool:
    """Whether a user put the shot's file there: the engine has no opinion on it, and its confidence of 0 says nothing."""
    return clip.metadata.ai_confidence == 0 and any(
        record.get("action") in _BY_HAND for record in clip.edit_history
    )

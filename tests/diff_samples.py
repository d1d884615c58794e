"""Differences of timelines, as they are told."""

from __future__ import annotations

from dataclasses import replace

import timeline_samples as samples
from rushes.timeline.diff import changes_to_text, diff_timelines
from rushes.timeline.tree import (
    Timeline,
    TimelineClip,
)


def told(a: Timeline, b: Timeline, tolerance: float = 1e-6) -> str:
    return changes_to_text(diff_timelines(a, b, tolerance))


def laid(timeline: Timeline, clips: list[TimelineClip]) -> Timeline:
    """The same timeline with these clips one after another and hard cuts between them."""
    starts = [sum(clip.duration_frames for clip in clips[:at]) for at in range(len(clips) + 1)]
    placed = tuple(
        replace(clip, timeline_start_frames=at) for clip, at in zip(clips, starts[:-1], strict=True)
    )
    model = samples.timeline(tuple(clip.duration_frames for clip in clips))
    joined = tuple(
        replace(part, from_clip=placed[at].id, to_clip=placed[at + 1].id)
        for at, part in enumerate(model.transitions)
    )
    return replace(timeline, clips=placed, transitions=joined, duration_frames=starts[-1])

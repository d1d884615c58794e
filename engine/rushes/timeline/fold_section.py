"""A section that was made anew, put into the timeline: nothing outside it changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from rushes.timeline.lay import laid
from rushes.timeline.parts_document import clip_from_document, transition_from_document
from rushes.timeline.tree import Timeline, TimelineClip


def section_made_anew(timeline: Timeline, payload: Mapping[str, Any]) -> Timeline:
    """The timeline with the shots and transitions of a `regenerate_requested` in their section.

    Transitions at the section's two borders are taken over where the payload has them. Raises ValueError where a border is
    no cut, or the shots do not fill the section.
    """
    start, end = payload["section_start_frames"], payload["section_end_frames"]
    for border in (start, end):
        if border not in (
            0,
            timeline.duration_frames,
            *(clip.timeline_start_frames for clip in timeline.clips),
        ):
            raise ValueError(f"frame {border} of the section's border is no cut any more")
    clips = tuple(clip_from_document(clip) for clip in payload["clips"])
    _check_filled(clips, start, end)
    before = tuple(clip for clip in timeline.clips if clip.timeline_start_frames < start)
    after = tuple(clip for clip in timeline.clips if clip.timeline_start_frames >= end)
    given = {
        (part["from_clip"], part["to_clip"]): transition_from_document(part)
        for part in payload["transitions"]
    }
    whole = (*before, *clips, *after)
    made = laid(timeline, whole)
    transitions = tuple(given.get((part.from_clip, part.to_clip), part) for part in made.transitions)
    # Logs of before 0.4 do not have them.
    rows = tuple(payload.get("constraints", made.ai_reasoning.constraints))
    reasoning = replace(made.ai_reasoning, constraints=rows)
    return replace(made, version=timeline.version + 1, transitions=transitions, ai_reasoning=reasoning)


def _check_filled(clips: tuple[TimelineClip, ...], start: int, end: int) -> None:
    at = start
    for clip in clips:
        if clip.timeline_start_frames != at:
            raise ValueError(f"{clip.id} begins at frame {clip.timeline_start_frames} instead of {at}")
        at = clip.timeline_end_frames()
    if at != end:
        raise ValueError(f"the new shots end at frame {at}, the section at {end}")

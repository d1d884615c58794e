"""A section that was made anew, put into the timeline: nothing outside it changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from rushes.timeline.judge_notes import shot_keys
from rushes.timeline.lay import laid
from rushes.timeline.parts_document import clip_from_document, transition_from_document
from rushes.timeline.tree import Reasoning, Timeline, TimelineClip


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
    known = {clip.id: clip for clip in timeline.clips}
    clips = tuple(_as_before(clip_from_document(clip), known) for clip in payload["clips"])
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
    return replace(
        made,
        version=timeline.version + 1,
        transitions=transitions,
        ai_reasoning=_reasoning(made, payload),
    )


def _as_before(clip: TimelineClip, known: Mapping[str, TimelineClip]) -> TimelineClip:
    """A shot of the section, with all that the plan says of it where it is one of before: the payload has what was true of
    it then."""
    before = known.get(clip.id)
    if before is None or _picture(before) != _picture(clip):
        return clip
    return replace(clip, metadata=before.metadata)


def _picture(clip: TimelineClip) -> tuple[object, ...]:
    """What is seen of a shot, wherever it stands."""
    return clip.file, clip.digest, clip.source_start_frames, clip.duration_frames, clip.retime


def _reasoning(timeline: Timeline, payload: Mapping[str, Any]) -> Reasoning:
    """What is said of the whole edit. By the recipe's own measure the objective is only where nothing was asked besides."""
    reasoning = timeline.ai_reasoning
    # Logs of before 0.4 do not have them.
    reasoning = replace(reasoning, constraints=tuple(payload.get("constraints", reasoning.constraints)))
    objective, bound = payload.get("objective"), payload.get("bound")
    if reasoning.for_edits is None or payload.get("instruction") or payload.get("seed"):
        return reasoning
    if objective is None or bound is None or bound <= 0:
        return reasoning
    measured = {
        "shots": shot_keys(timeline.clips),
        "objective": objective,
        "bound": bound,
        "gap": round(min(1.0, max(0.0, (bound - objective) / bound)), 9),
    }
    return replace(reasoning, for_edits={**reasoning.for_edits, "measured": measured})


def _check_filled(clips: tuple[TimelineClip, ...], start: int, end: int) -> None:
    at = start
    for clip in clips:
        if clip.timeline_start_frames != at:
            raise ValueError(f"{clip.id} begins at frame {clip.timeline_start_frames} instead of {at}")
        at = clip.timeline_end_frames()
    if at != end:
        raise ValueError(f"the new shots end at frame {at}, the section at {end}")

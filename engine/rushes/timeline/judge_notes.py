"""What is said of a whole edit once it was changed: notes counted anew or dropped, the pace it has, and whose objective it is.

The objective itself is the solver's: it reads footage and song at every tenth of a second, which no timeline carries.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

from rushes.timeline.judge_footage import Takes
from rushes.timeline.judge_talk import talk_reasoning
from rushes.timeline.tree import Timeline, TimelineClip

_HAS = "; the edit has "

Facts = Mapping[str, Any]


def shot_keys(clips: Sequence[TimelineClip]) -> list[list[Any]]:
    """What an objective is the objective of: the shots in their order, each with its range."""
    return [[clip.id, clip.file, clip.source_start_frames, clip.duration_frames] for clip in clips]


def pacing_words(asked: str, clips: int, duration_s: float) -> str:
    """What pace is asked for, and what the edit has."""
    shots = "1 shot of" if clips == 1 else f"{clips} shots of"
    mean = "" if clips == 1 else " on average"
    return f"{asked}{_HAS}{shots} {duration_s / clips:.2f} s{mean}"


def doubt_words(asked: Sequence[Facts], shots: Sequence[Facts | None]) -> Iterator[str]:
    """How many shots are not as the style likes it. asked: fact, least, most, says; shots: what is known of each, None for one
    that nobody measured."""
    for doubt in asked:
        values = [shot[doubt["fact"]] for shot in shots if shot is not None]
        count = sum(value is not None and not doubt["least"] <= value <= doubt["most"] for value in values)
        if count:
            yield f"{count} of {len(shots)} shots are {doubt['says']}"


def joined_words(sources: Sequence[str]) -> Iterator[str]:
    """How many cuts stay within one clip. sources: what each shot is cut from, in their order."""
    joined = sum(a == b for a, b in pairwise(sources))
    if joined:
        yield f"{joined} {'cut stays' if joined == 1 else 'cuts stay'} within one clip"


def notes_as_they_are(timeline: Timeline) -> Timeline:
    """The timeline with notes, pace and style that are true of it. Plans of before 0.4 stay as they are."""
    known = timeline.ai_reasoning.for_edits
    if known is None:
        return timeline
    reasoning = timeline.ai_reasoning
    asked, has, _ = reasoning.pacing_target.partition(_HAS)
    if has:
        pacing = pacing_words(asked, len(timeline.clips), float(timeline.duration_s()))
        reasoning = replace(reasoning, pacing_target=pacing)
    shots = shot_keys(timeline.clips)
    if shots == known["shots"]:
        return replace(timeline, ai_reasoning=replace(reasoning, objective_of="edit"))
    measured = known.get("measured", {})
    counted: tuple[str, ...] = ()
    if "said" in known:
        reasoning = talk_reasoning(timeline, known)
        counted = reasoning.notes
    elif shots == measured.get("shots"):
        numbers = {name: measured[name] for name in ("objective", "bound", "gap")}
        reasoning = replace(reasoning, objective_of="edit", **numbers)
    else:
        reasoning = replace(reasoning, objective_of="plan")
    same_length = timeline.duration_frames == known["duration_frames"]
    stay = {"always", "length"} if same_length else {"always"}
    notes = [note["says"] for note in known["notes"] if note["of"] in stay]
    warnings = [warning["says"] for warning in known["warnings"] if warning["of"] in stay]
    reasoning = replace(
        reasoning,
        style_match_score=None,
        notes=(*notes, *(counted or _counted(timeline, known))),
        warnings=tuple(warnings),
    )
    return replace(timeline, ai_reasoning=reasoning)


def _counted(timeline: Timeline, known: Facts) -> Iterator[str]:
    takes = Takes(timeline)
    yield from doubt_words(known["doubts"], [takes.of(clip) for clip in timeline.clips])
    yield from joined_words([clip.digest for clip in timeline.clips])

"""What is said of each shot once an edit was changed: reasons that are no longer true are dropped, and what was done is said.

A shot says as what it was chosen (`chosen`), and each of its reasons what of it must stay. So a shot that is put back as it
was has all its reasons again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from rushes.timeline.judge_footage import FACTS, Takes
from rushes.timeline.judge_shots import loud_01
from rushes.timeline.tree import Chosen, HeldBy, Timeline, TimelineClip

NO_ANGLE = "other"
TERMS: Mapping[str, tuple[HeldBy, ...]] = MappingProxyType(
    {
        "score": ("range",),
        "energy": ("range", "place"),
        "shot_type": ("take", "place"),
        "pacing": ("take", "place"),
        "accent": ("range", "place"),
        "clean": ("range",),
        "order": ("take", "place"),
        "sequence": ("take", "before"),
        "angle_change": ("take", "before"),
        "variation": ("take",),
    }
)
"""What each term of the objective looks at."""
_NOTHING_LEFT = "why it was chosen is no longer true of it"


def reasons_as_they_are(timeline: Timeline) -> Timeline:
    """The timeline with what is said of each shot true of it. Shots of plans of before 0.4 stay as they are."""
    takes = Takes(timeline)
    found: list[TimelineClip] = []
    for clip in timeline.clips:
        now = clip if clip.metadata.chosen is not None else _measured(clip, takes)
        if clip.metadata.chosen is not None:
            now = _as_it_is(clip, clip.metadata.chosen, found[-1] if found else None, timeline, takes)
        found.append(now)
    return replace(timeline, clips=tuple(found))


def _measured(clip: TimelineClip, takes: Takes) -> TimelineClip:
    """A shot that its user chose, with what the footage is known to be like there."""
    if not takes.are_known:
        return clip
    return replace(clip, metadata=replace(clip.metadata, **_facts(takes.of(clip))))


def _facts(take: Mapping[str, Any] | None) -> dict[str, Any]:
    known = take or {}
    angle = known.get("angle")
    return {
        "shot_type": known.get("shot_type"),
        "angle": None if angle == NO_ANGLE else angle,
        **{name: known.get(column) for name, column in FACTS.items()},
    }


def _as_it_is(
    clip: TimelineClip, chosen: Chosen, before: TimelineClip | None, timeline: Timeline, takes: Takes
) -> TimelineClip:
    changed = tuple(_changed(clip, chosen, before, timeline, takes))
    metadata = replace(clip.metadata, changed=changed)
    if "take" in changed:
        metadata = replace(metadata, **_facts(takes.of(clip)))
    if changed:
        terms = {
            name: value for name, value in metadata.terms.items() if _stays(_looks_at(name, changed), changed)
        }
        metadata = replace(metadata, terms=terms, ai_reasoning=_said(clip, chosen, changed, timeline))
    return replace(clip, metadata=metadata)


def _looks_at(term: str, changed: tuple[HeldBy, ...]) -> tuple[HeldBy, ...]:
    """What nobody knows may look at all that changed."""
    return TERMS.get(term, changed)


def _stays(of: tuple[HeldBy, ...], changed: tuple[HeldBy, ...]) -> bool:
    return not set(of) & set(changed)


def _changed(
    clip: TimelineClip, chosen: Chosen, before: TimelineClip | None, timeline: Timeline, takes: Takes
) -> Iterator[HeldBy]:
    if (clip.source_start_frames, clip.duration_frames) != (
        chosen.source_start_frames,
        chosen.duration_frames,
    ):
        take = takes.at(clip.file, *_chosen_s(clip, chosen, timeline))
        if takes.are_known and (take is None or take is not takes.of(clip)):
            yield "take"
        yield "range"
    if (clip.timeline_start_frames, clip.duration_frames) != (
        chosen.timeline_start_frames,
        chosen.duration_frames,
    ):
        yield "place"
        if part_now(clip, timeline) != chosen.part:
            yield "part"
    if chosen.before != (None if before is None else before.metadata.angle):
        yield "before"


def part_words(loud: float) -> str:
    """A part of the song in words; energies are relative to the part that is used, so their numbers would mislead."""
    if loud >= 0.6:
        return "the loudest part of the song" if loud >= 0.95 else "a loud part of the song"
    if loud <= 0.4:
        return "the quietest part of the song" if loud <= 0.05 else "a quiet part of the song"
    return "a middling part of the song"


def part_now(clip: TimelineClip, timeline: Timeline) -> str | None:
    """The part of the song under a shot in words; None: there is no song, or nothing is known of it."""
    start_s = float(clip.timeline_start_s(timeline.rate_fps))
    known = timeline.ai_reasoning.for_edits or {}
    end_s = start_s + float(clip.duration_s(timeline.rate_fps))
    loud = loud_01(timeline.song, known.get("energy_01"), start_s, end_s)
    return None if loud is None else part_words(loud)


def _chosen_s(clip: TimelineClip, chosen: Chosen, timeline: Timeline) -> tuple[float, float]:
    """The source range that was chosen, in seconds; of a ramp as if it ran at one speed."""
    start_s = chosen.source_start_frames / clip.source_rate_fps
    speed = clip.mean_speed(timeline.rate_fps)
    return float(start_s), float(start_s + speed * chosen.duration_frames / timeline.rate_fps)


def _said(clip: TimelineClip, chosen: Chosen, changed: tuple[HeldBy, ...], timeline: Timeline) -> str:
    kept = [reason.says for reason in chosen.because if _stays(reason.of, changed)]
    said = [*_done(clip, chosen, changed, timeline), *kept]
    return "; ".join(said if kept else [*said, _NOTHING_LEFT])


def _done(
    clip: TimelineClip, chosen: Chosen, changed: tuple[HeldBy, ...], timeline: Timeline
) -> Iterator[str]:
    """What edits made of the shot, and as what it was chosen."""
    rate = timeline.rate_fps
    if "range" in changed:
        same_length = chosen.duration_frames == clip.duration_frames
        done = _by(clip, "clip_trimmed", "slipped" if same_length else "trimmed")
        start_s = float(chosen.source_start_frames / clip.source_rate_fps)
        length_s = float(chosen.duration_frames / rate)
        asked = f"chosen from {start_s:.2f} s of its file, for {length_s:.2f} s"
        added = _by(clip, "clip_added", "added")
        yield f"{done or added or 'made to fit beside an edit'} ({asked})"
    if clip.timeline_start_frames != chosen.timeline_start_frames:
        done = _by(clip, "clip_reordered", "moved") or "moved since"
        yield f"{done} (chosen for {float(chosen.timeline_start_frames / rate):.2f} s of the edit)"
    if "before" in changed and any("before" in reason.of for reason in chosen.because):
        yield "the shot before it is another now"


def _by(clip: TimelineClip, action: str, done: str) -> str:
    """Such as "trimmed by ada"; "" where nobody did that to the shot itself: one that gave or took time has no `before`."""
    records = [record for record in clip.edit_history if record.get("action") == action]
    who = [str(record.get("by", "")) for record in records if "before" in record or "place" in record]
    return f"{done} by {who[-1]}".removesuffix(" by ") if who else ""

"""Sections of an edit that are chosen anew."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from rushes.edit.request import KeptShot

RATE = Fraction(30)


def kept_shot(clip, hold="both"):
    return KeptShot(
        id=clip.id,
        clip=clip.file,
        source_start_s=clip.source_start_s(),
        source_end_s=clip.source_end_s(RATE),
        record_start_frames=clip.timeline_start_frames,
        duration_frames=clip.duration_frames,
        hold=hold,
    )


def section_of(timeline, first, last):
    """Record frames from the beginning of one shot to the end of another, by index."""
    return timeline.clips[first].timeline_start_frames, timeline.clips[last].timeline_end_frames()


def asked(request, timeline, section, locks=(), **changes):
    """The request for a section. locks: id -> what is locked."""
    inside = [clip for clip in timeline.clips if section[0] <= clip.timeline_start_frames < section[1]]
    locks = dict(locks)
    return replace(
        request,
        section_frames=section,
        kept=tuple(
            kept_shot(clip, locks.get(clip.id, "both"))
            for clip in timeline.clips
            if clip not in inside or clip.id in locks
        ),
        standing=tuple(kept_shot(clip) for clip in inside if clip.id not in locks),
        **changes,
    )


def with_section(timeline, made, section):
    """The whole edit after a section was made anew."""
    before = [clip for clip in timeline.clips if clip.timeline_start_frames < section[0]]
    after = [clip for clip in timeline.clips if clip.timeline_start_frames >= section[1]]
    inside = {part.at_frames: part for part in made.transitions}
    outside = {part.at_frames: part for part in timeline.transitions}
    transitions = {at: part for at, part in outside.items() if not section[0] <= at <= section[1]} | inside
    return replace(
        timeline,
        clips=(*before, *made.clips, *after),
        transitions=tuple(transitions[at] for at in sorted(transitions)),
    )


def sources_of(clips):
    return [(clip.file, clip.source_start_s(), clip.source_end_s(RATE)) for clip in clips]

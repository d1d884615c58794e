"""How one shot gives way to the next: hard cuts, and a few short dissolves where the style wants them."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from rushes.edit.attempt import Answer
from rushes.timeline.tree import TimelineClip, Transition
from rushes.units import seconds_to_frames


def lay_transitions(answer: Answer, clips: Sequence[TimelineClip]) -> tuple[Transition, ...]:
    """One transition for each cut.

    Dissolves go to the quietest of the cuts that the style names, at most its share of all cuts, never two in a row, and only
    where both shots have source for it beyond their range and are three times as long.
    """
    frames = _dissolve_frames(answer)
    dissolves = _dissolves(answer, clips, frames)
    found: list[Transition] = []
    for at in range(1, len(clips)):
        place = int(answer.spans.start[answer.choices[at].span])
        beat = int(answer.scene.places.beat[place])
        found.append(
            Transition(
                from_clip=clips[at - 1].id,
                to_clip=clips[at].id,
                type="quick_dissolve" if at in dissolves else "hard_cut",
                at_frames=clips[at].timeline_start_frames,
                duration_frames=frames if at in dissolves else 0,
                at_beat=beat >= 0,
                beat_index=beat if beat >= 0 else None,
            )
        )
    return tuple(found)


def _dissolve_frames(answer: Answer) -> int:
    edit = answer.scene.request.edit
    return seconds_to_frames(edit.transitions.dissolve_s, Fraction(edit.rate_fps))


def _dissolves(answer: Answer, clips: Sequence[TimelineClip], frames: int) -> set[int]:
    """Shots that a dissolve leads into, by index."""
    edit, style = answer.scene.request.edit, answer.scene.style.transitions
    most = int(style.quick_dissolve * (len(clips) - 1) + 1e-9)
    if "quick_dissolve" not in edit.transitions.allow or most == 0 or frames < 2:
        return set()
    wanted = sorted((loud, at) for at in range(1, len(clips)) if (loud := _wish(answer, at)) is not None)
    chosen: set[int] = set()
    for _, at in wanted:
        beside = chosen & {at - 1, at + 1}
        if len(chosen) < most and not beside and _has_room(answer, clips, at, frames):
            chosen.add(at)
    return chosen


def _wish(answer: Answer, at: int) -> float | None:
    """Energy around the cut into shot `at` where the style wants a dissolve there; None where it does not."""
    style, places = answer.scene.style.transitions, answer.scene.places
    spans = [answer.choices[at - 1].span, answer.choices[at].span]
    loud = float(np.mean(answer.shots.loud_01[spans]))
    if answer.scene.music is None:
        return None
    turns = bool(places.turn[int(answer.spans.start[spans[1]])])
    quiet = "low_energy" in style.dissolve_at and loud <= style.dissolve_max_energy_01
    boundary = "section_boundary" in style.dissolve_at and turns and loud <= 0.5
    return loud if quiet or boundary else None


def _has_room(answer: Answer, clips: Sequence[TimelineClip], at: int, frames: int) -> bool:
    """Whether both sides show source beyond their range within their piece, and are long enough."""
    rate = answer.scene.request.edit.rate_fps
    before, after = clips[at - 1], clips[at]
    if min(before.duration_frames, after.duration_frames) < 3 * frames:
        return False
    pieces = [answer.footage.pieces[answer.built.piece_of(answer.choices[i])] for i in (at - 1, at)]
    tail = before.source_end_s(Fraction(rate)) + Fraction(frames - frames // 2, rate)
    head = after.source_start_s() - Fraction(frames // 2, rate)
    slack = Fraction(1, 10**6)
    return tail <= Fraction(pieces[0].end_s) + slack and head >= Fraction(pieces[1].start_s) - slack

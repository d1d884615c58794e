"""How one shot gives way to the next: hard cuts, and a few softer ones where the style wants them.

Dips to black go first, as there are fewest places for them, then whip pans, then dissolves. No two soft ones follow each
other, so that none overlap and each is between two shots that begin or end as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType

import numpy as np

from rushes.edit.attempt import Answer
from rushes.edit.camera import Turn, turn_of
from rushes.timeline.tree import Direction, TimelineClip, Transition, TransitionName
from rushes.units import seconds_to_frames

_BESIDE_S = 0.4
"""So much of both shots says how the camera turns at a cut."""
_AT_ONCE_S = 0.05
"""A shot that ends no earlier before a drop reaches it."""

_ABSENT: Mapping[TransitionName, tuple[str, str]] = MappingProxyType(
    {
        "whip_pan": (
            "whip pan",
            "no loud cut that suits is between two shots, long enough, in which the camera turns the same way",
        ),
        "dip_to_black": (
            "dip to black",
            "no cut that suits lies where a part of the song begins or before a drop, between long enough shots",
        ),
    }
)
"""What is said where a transition that is used only by wish is in no place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wish:
    """A cut that a kind of transition suits. rank: the least is served first; then the earliest cut."""

    rank: float
    reason: str
    direction: Direction | None = None


def lay_transitions(answer: Answer, clips: Sequence[TimelineClip]) -> tuple[Transition, ...]:
    """One transition for each cut. Each kind has at most the style's share of all cuts and goes to where it is wished for
    most, where both shots are long enough and have the source that it shows beyond their ranges.

    Dissolves: at the quietest of the cuts that the style names. Whip pans: at loud cuts across which the camera turns
    fast, the same way in both shots. Dips: where a part of the song begins, and at the last cut before a drop.
    """
    taken: dict[int, tuple[TransitionName, _Wish]] = {}
    for kind in ("dip_to_black", "whip_pan", "quick_dissolve"):
        for at, wish in _chosen(answer, clips, kind, frozenset(taken)).items():
            taken[at] = (kind, wish)
    return tuple(_transition(answer, clips, at, taken.get(at)) for at in range(1, len(clips)))


def absent_notes(answer: Answer, transitions: Sequence[Transition]) -> tuple[str, ...]:
    """Which transitions the recipe allows by name and the edit has none of, and why."""
    made = {part.type for part in transitions}
    return tuple(
        f"there is no {name}: transition_preferences.{kind} of the style is 0"
        if getattr(answer.scene.style.transitions, kind) == 0
        else f"there is no {name}: {why}"
        for kind, (name, why) in _ABSENT.items()
        if kind in answer.scene.request.edit.transitions.allow and kind not in made
    )


def _transition(
    answer: Answer, clips: Sequence[TimelineClip], at: int, soft: tuple[TransitionName, _Wish] | None
) -> Transition:
    beat = int(answer.scene.places.beat[_place(answer, at)])
    kind, wish = soft or ("hard_cut", _Wish(rank=0, reason=""))
    return Transition(
        from_clip=clips[at - 1].id,
        to_clip=clips[at].id,
        type=kind,
        at_frames=clips[at].timeline_start_frames,
        duration_frames=_length(answer, kind),
        at_beat=beat >= 0,
        beat_index=beat if beat >= 0 else None,
        direction=wish.direction,
        reason=wish.reason,
    )


def _place(answer: Answer, at: int) -> int:
    """The place that shot `at` begins at."""
    return int(answer.spans.start[answer.choices[at].span])


def _length(answer: Answer, kind: TransitionName) -> int:
    edit = answer.scene.request.edit
    lengths_s: Mapping[TransitionName, float] = {
        "quick_dissolve": edit.transitions.dissolve_s,
        "whip_pan": edit.transitions.whip_pan_s,
        "dip_to_black": edit.transitions.dip_s,
    }
    return seconds_to_frames(lengths_s.get(kind, 0.0), edit.rate)


def _chosen(
    answer: Answer, clips: Sequence[TimelineClip], kind: TransitionName, taken: frozenset[int]
) -> dict[int, _Wish]:
    """Cuts that get this kind, by the shot that they lead into."""
    frames, allowed = _length(answer, kind), answer.scene.request.edit.transitions.allow
    most = int(getattr(answer.scene.style.transitions, kind) * (len(clips) - 1) + 1e-9)
    if kind not in allowed or most == 0 or frames < 2:
        return {}
    wishes = _WISHES[kind](answer, clips)
    chosen: dict[int, _Wish] = {}
    for at, wish in sorted(wishes.items(), key=lambda pair: (pair[1].rank, pair[0])):
        beside = {at - 1, at, at + 1} & (taken | chosen.keys())
        if len(chosen) < most and not beside and _has_room(answer, clips, at, kind):
            chosen[at] = wish
    return chosen


def _loud_01(answer: Answer, at: int) -> float:
    """Energy around the cut into shot `at`."""
    return float(np.mean(answer.shots.loud_01[[answer.choices[at - 1].span, answer.choices[at].span]]))


def _dissolves(answer: Answer, clips: Sequence[TimelineClip]) -> dict[int, _Wish]:
    style = answer.scene.style.transitions
    if answer.scene.music is None:
        return {}
    found: dict[int, _Wish] = {}
    for at in range(1, len(clips)):
        loud = _loud_01(answer, at)
        quiet = "low_energy" in style.dissolve_at and loud <= style.dissolve_max_energy_01
        turns = bool(answer.scene.places.turn[_place(answer, at)])
        if quiet or ("section_boundary" in style.dissolve_at and turns and loud <= 0.5):
            found[at] = _Wish(rank=loud, reason="a part of the song begins" if turns else "the song is quiet")
    return found


def _whip_pans(answer: Answer, clips: Sequence[TimelineClip]) -> dict[int, _Wish]:
    style, samples = answer.scene.style.transitions, answer.scene.request.samples
    if answer.scene.music is None:
        return {}
    rate_fps = answer.scene.request.edit.rate
    found: dict[int, _Wish] = {}
    for at in range(1, len(clips)):
        if _loud_01(answer, at) < style.whip_pan_min_energy_01:
            continue
        end_s, start_s = float(clips[at - 1].source_end_s(rate_fps)), float(clips[at].source_start_s())
        leaves = turn_of(samples, clips[at - 1].file, end_s - _BESIDE_S, end_s)
        enters = turn_of(samples, clips[at].file, start_s, start_s + _BESIDE_S)
        joint = _joint(leaves, enters, style.whip_pan_min_per_s)
        if joint is not None:
            direction, per_s = joint
            words = f"to the {direction}" if direction in ("left", "right") else direction
            reason = f"both shots turn {words}, at up to {per_s:.2f} of the picture a second"
            found[at] = _Wish(rank=-per_s, reason=reason, direction=direction)
    return found


def _joint(leaves: Turn, enters: Turn, least_per_s: float) -> tuple[Direction, float] | None:
    """The direction in which the camera turns on both sides of a cut, and how fast on the faster one; None where it is
    slow on both or where the one turns otherwise than the other."""
    ways: tuple[tuple[Direction, float, float], ...] = (
        ("right", leaves.right_per_s, enters.right_per_s),
        ("left", -leaves.right_per_s, -enters.right_per_s),
        ("up", leaves.up_per_s, enters.up_per_s),
        ("down", -leaves.up_per_s, -enters.up_per_s),
    )
    direction, before, after = max(ways, key=lambda way: way[1] + way[2])
    if min(before, after) <= 0 or max(before, after) < least_per_s:
        return None
    return direction, max(before, after)


def _dips(answer: Answer, clips: Sequence[TimelineClip]) -> dict[int, _Wish]:
    style, places, music = answer.scene.style.transitions, answer.scene.places, answer.scene.music
    if music is None:
        return {}
    half_s = (_length(answer, "dip_to_black") + 1) // 2 / answer.scene.request.edit.frames_per_s
    cuts_s = [float(places.time_s[_place(answer, at)]) for at in range(len(clips))]
    ends_s = [*cuts_s[1:], float(places.time_s[answer.spans.end[answer.choices[-1].span]])]
    drops_s = music.drops_s
    found: dict[int, _Wish] = {}
    for at in range(1, len(clips)):
        # A drop that comes while the picture is dark would be lost.
        if np.any((drops_s > cuts_s[at] - half_s) & (drops_s < cuts_s[at] + half_s)):
            continue
        coming = (drops_s >= cuts_s[at] + half_s) & (drops_s < ends_s[at] + _AT_ONCE_S)
        if "before_drop" in style.dip_at and np.any(coming):
            found[at] = _Wish(rank=-1, reason="the last cut before the drop")
        elif "section_boundary" in style.dip_at and places.turn[_place(answer, at)]:
            found[at] = _Wish(rank=_loud_01(answer, at), reason="a part of the song begins")
    return found


_WISHES: Mapping[TransitionName, Callable[[Answer, Sequence[TimelineClip]], dict[int, _Wish]]] = {
    "dip_to_black": _dips,
    "whip_pan": _whip_pans,
    "quick_dissolve": _dissolves,
}


def _has_room(answer: Answer, clips: Sequence[TimelineClip], at: int, kind: TransitionName) -> bool:
    """Whether both shots are long enough, and show source beyond their range within their piece."""
    rate_fps, frames = answer.scene.request.edit.rate, _length(answer, kind)
    before, after = clips[at - 1], clips[at]
    times = 3 if kind == "quick_dissolve" else 2
    if min(before.duration_frames, after.duration_frames) < times * frames:
        return False
    if kind == "dip_to_black":
        return True
    pieces = [answer.footage.pieces[answer.built.piece_of(answer.choices[i])] for i in (at - 1, at)]
    tail = before.source_at_s(before.duration_frames + frames - frames // 2, rate_fps)
    head = after.source_at_s(-(frames // 2), rate_fps)
    slack = Fraction(1, 10**6)
    return tail <= Fraction(pieces[0].end_s) + slack and head >= Fraction(pieces[1].start_s) - slack

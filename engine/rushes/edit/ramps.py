"""Speed ramps: a shot runs fast towards its strongest movement, slow from there on, and that moment falls on a beat.

The shot keeps its place and length in the edit. Its in-point moves so that the frame on the beat is the one of the movement;
where the source before it is too short for the speed asked for, it runs less fast.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
import polars as pl

from rushes.edit.attempt import Answer
from rushes.edit.footage import Piece
from rushes.recipe.transition_spec import RampsSpec
from rushes.timeline.tree import Reason, Retime, RetimeKey, TimelineClip
from rushes.units import round_6, seconds_to_frames

_EARLIEST_01, _LATEST_01 = 0.2, 0.85
"""Part of a shot in which its movement may lie: there is time to run towards it, and to see it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """What a ramp may be made of. first_s, last_s: source that may be shown. accents: (source time, strength 0..1) of the
    movements in it. beats: (frame of the shot, number of the song's beat) in order; empty without a song."""

    first_s: float
    last_s: float
    accents: tuple[tuple[float, float], ...]
    beats: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ramp:
    """A shot with a ramp, and how strong the movement is that it is for."""

    clip: TimelineClip
    strength_01: float


def lay_ramps(answer: Answer, clips: Sequence[TimelineClip]) -> tuple[TimelineClip, ...]:
    """The shots, some with a ramp: those with the strongest movements, at most `edit.ramps.share` of all."""
    request = answer.scene.request
    most = int(request.edit.ramps.share * len(clips) + 1e-9)
    if most == 0 or request.accents is None:
        return tuple(clips)
    found: dict[int, Ramp] = {}
    for at, clip in enumerate(clips):
        ramp = ramped(clip, _room(answer, at, clip), request.edit.ramps, request.edit.rate)
        if ramp is not None:
            found[at] = ramp
    chosen = sorted(found, key=lambda at: (-found[at].strength_01, at))[:most]
    return tuple(found[at].clip if at in chosen else clip for at, clip in enumerate(clips))


def ramp_notes(answer: Answer, clips: Sequence[TimelineClip]) -> tuple[str, ...]:
    """Why there is no ramp, where the recipe asks for some."""
    request = answer.scene.request
    if request.edit.ramps.share == 0 or any(clip.retime is not None for clip in clips):
        return ()
    if request.accents is None:
        return ("there is no speed ramp: nobody looked for movement",)
    if int(request.edit.ramps.share * len(clips) + 1e-9) == 0:
        return (f"there is no speed ramp: edit.ramps.share of {len(clips)} shots is less than one",)
    return ("there is no speed ramp: no shot that is long enough shows a strong movement near a beat",)


def _room(answer: Answer, at: int, clip: TimelineClip) -> Room:
    edit, scene = answer.scene.request.edit, answer.scene
    piece: Piece = answer.footage.pieces[answer.built.piece_of(answer.choices[at])]
    accents = scene.request.accents
    assert accents is not None
    rows = accents.filter(pl.col("clip") == clip.file).sort("t_s")
    rate_fps = edit.rate
    start_s = float(scene.places.time_s[0])
    beats_s = scene.music.beats_s if scene.music is not None else np.zeros(0)
    frames = [
        (seconds_to_frames(float(beat_s) - start_s, rate_fps) - clip.timeline_start_frames, beat)
        for beat, beat_s in enumerate(beats_s.tolist())
    ]
    return Room(
        first_s=piece.start_s + edit.handle_s,
        last_s=piece.end_s - edit.handle_s,
        accents=tuple(rows.select("t_s", "strength_01").iter_rows()),
        beats=tuple((frame, beat) for frame, beat in frames if 0 < frame < clip.duration_frames),
    )


def ramped(clip: TimelineClip, room: Room, spec: RampsSpec, rate_fps: Fraction) -> Ramp | None:
    """The shot with a ramp for the strongest movement that it shows; None where it shows none that is strong enough, is
    too short, or has too little source for a change of speed that can be seen.

    The movement falls on the nearest beat that it can be brought to; without a song it stays where it is.
    """
    if clip.duration_s(rate_fps) < Fraction(spec.min_shot_s):
        return None
    start_s, end_s = float(clip.source_start_s()), float(clip.source_end_s(rate_fps))
    shown = [
        (strength, -t_s)
        for t_s, strength in room.accents
        if max(start_s, room.first_s) <= t_s < min(end_s, room.last_s) and strength >= spec.least_strength_01
    ]
    for strength_01, back_s in sorted(shown, reverse=True):
        for frame, beat in _landings(clip, room, -back_s, rate_fps):
            made = _laid(clip, room, spec, rate_fps, -back_s, frame)
            if made is not None:
                where = f"on beat {beat}" if beat is not None else f"at {float(frame / rate_fps):.2f} s"
                return Ramp(clip=_told(*made, spec.slow, where), strength_01=strength_01)
    return None


def _landings(
    clip: TimelineClip, room: Room, accent_s: float, rate_fps: Fraction
) -> Iterator[tuple[int, int | None]]:
    """Frames of the shot that a movement may fall on, each with its beat, the nearest to where it is first."""
    lies = seconds_to_frames(accent_s - float(clip.source_start_s()), rate_fps)
    first = max(2, math.ceil(_EARLIEST_01 * clip.duration_frames))
    last = min(clip.duration_frames - 2, math.floor(_LATEST_01 * clip.duration_frames))
    beats = room.beats or ((min(max(lies, first), last), None),)
    inside = [(frame, beat) for frame, beat in beats if first <= frame <= last]
    yield from sorted(inside, key=lambda landing: (abs(landing[0] - lies), landing[0]))


def _laid(
    clip: TimelineClip, room: Room, spec: RampsSpec, rate_fps: Fraction, accent_s: float, frame: int
) -> tuple[TimelineClip, float] | None:
    """The shot whose frame shows the movement, and how fast it runs before; None where there is too little source."""
    rate = float(rate_fps)
    fast_part = _fast_part(frame, spec, rate)
    slow_run = spec.slow * (frame - math.fsum(fast_part))

    def fastest(run_s: float) -> float:
        """Speed that shows so much source before the movement."""
        return (run_s * rate - slow_run) / math.fsum(fast_part)

    fast = min(spec.fast, fastest(accent_s - room.first_s))
    run_s = (fast * math.fsum(fast_part) + slow_run) / rate
    # The in-point is a whole source frame, and the speed gives way so that the movement stays on its frame.
    source_frame = math.ceil((accent_s - run_s) * clip.source_rate_fps - 1e-6)
    fast = fastest(accent_s - float(source_frame / clip.source_rate_fps))
    if fast < max(1.0, spec.slow * spec.least_change):
        return None
    speeds = [spec.slow + (fast - spec.slow) * share for share in fast_part]
    speeds += _speeds_after(clip.duration_frames - frame, spec, rate)
    keys = _keys(speeds, rate)
    if float(source_frame / clip.source_rate_fps) + keys[-1].source_s > room.last_s + 1e-6:
        return None
    retime = Retime(keys=keys, blend=spec.blend)
    return replace(clip, source_start_frames=source_frame, retime=retime), fast


def _fast_part(frames: int, spec: RampsSpec, rate: float) -> list[float]:
    """How far each frame before the movement is from the slow speed to the fast one, 0..1."""
    ease = min(spec.ease_s * rate, 0.75 * frames)
    return [min(1.0, (frames - at - 0.5) / ease) if ease > 0 else 1.0 for at in range(frames)]


def _speeds_after(frames: int, spec: RampsSpec, rate: float) -> list[float]:
    """Speed of each frame from the movement on: slow for a while, then back to the shot's own."""
    ease = spec.ease_s * rate
    past = [at + 0.5 - spec.slow_s * rate for at in range(frames)]
    back = [min(1.0, max(0.0, since / ease)) if ease > 0 else float(since > 0) for since in past]
    return [spec.slow + (1.0 - spec.slow) * share for share in back]


def _keys(speeds: Sequence[float], rate: float) -> tuple[RetimeKey, ...]:
    """A key wherever the speed changes, and one at each end."""
    runs = np.concatenate([[0.0], np.cumsum(speeds)]) / rate
    turns = [at for at in range(1, len(speeds)) if abs(speeds[at] - speeds[at - 1]) > 1e-9]
    return tuple(
        RetimeKey(at_frames=at, source_s=round_6(float(runs[at]))) for at in (0, *turns, len(speeds))
    )


def _told(clip: TimelineClip, fast: float, slow: float, where: str) -> TimelineClip:
    """The shot with what its ramp is for added to its reason."""
    words = f"it runs at {fast:.2g}× to its movement {where} and at {slow:.2g}× from there"
    metadata = clip.metadata
    reason = "; ".join(part for part in (metadata.ai_reasoning, words) if part)
    chosen = metadata.chosen
    if chosen is not None:
        because = (*chosen.because, Reason(says=words, of=("range", "place")))
        chosen = replace(chosen, source_start_frames=clip.source_start_frames, because=because)
    return replace(clip, metadata=replace(metadata, ai_reasoning=reason, chosen=chosen))

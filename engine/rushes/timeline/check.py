"""What must hold of every timeline, whoever made it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from rushes.errors import Place, Problem
from rushes.timeline.check_facts import facts_problems
from rushes.timeline.tree import Reframe, Retime, Timeline, TimelineClip, Transition

WIDEST = 16.0
"""A window that many times as wide as the picture shows a strip that nobody can make out."""

SLOWEST, FASTEST = 0.05, 20.0
"""Speeds beyond which a shot stands still or cannot be made out."""


def problems_of(timeline: Timeline, path: str = "timeline.json") -> tuple[Problem, ...]:
    """Every broken invariant; empty for a sound timeline. `path` is what the problems name as their place."""
    found = (
        *_identity(timeline),
        *_clips(timeline),
        *_transitions(timeline),
        *_song(timeline),
        *_titles(timeline),
        *facts_problems(timeline.ai_reasoning.for_edits),
    )
    return tuple(Problem(Place(path), what, fix) for what, fix in found)


def _identity(timeline: Timeline) -> Iterator[tuple[str, str]]:
    for clip_id, count in sorted(Counter(clip.id for clip in timeline.clips).items()):
        if count > 1:
            yield f"{count} clips have the id {clip_id!r}", "give every clip an id of its own"
    if min(timeline.width_px, timeline.height_px) < 1:
        size = f"{timeline.width_px}x{timeline.height_px} px"
        yield f"the picture is {size}", "set width_px and height_px to at least 1"


def _clips(timeline: Timeline) -> Iterator[tuple[str, str]]:
    expected = 0
    for place, clip in enumerate(timeline.clips, start=1):
        yield from _one_clip(place, clip)
        yield from _speeds(place, clip, timeline)
        if clip.timeline_start_frames != expected:
            kind = "a gap" if clip.timeline_start_frames > expected else "an overlap"
            what = f"clip {place} starts at frame {clip.timeline_start_frames}, leaving {kind}: it should be {expected}"
            yield what, f"set timeline_start_frames of {clip.id!r} to {expected}"
        expected = clip.timeline_end_frames()
    if timeline.duration_frames != expected:
        what = f"duration_frames is {timeline.duration_frames}, the clips end at {expected}"
        yield what, f"set duration_frames to {expected}"


def _one_clip(place: int, clip: TimelineClip) -> Iterator[tuple[str, str]]:
    if clip.duration_frames < 1:
        yield (
            f"clip {place} lasts {clip.duration_frames} frames",
            "give it at least one frame, or take it out",
        )
    if clip.source_start_frames < 0:
        what = f"clip {place} starts {-clip.source_start_frames} frames before its source does"
        yield what, "set source_start_frames to 0 or more"
    if clip.source_rate_fps <= 0:
        yield f"clip {place} has the source rate {clip.source_rate_fps}", "set source_rate_fps above 0"
    if not 0 <= clip.metadata.ai_confidence <= 1:
        what = f"clip {place} has the confidence {clip.metadata.ai_confidence}"
        yield what, "set ai_confidence to a number from 0 to 1"
    if clip.lock_metadata is not None and not clip.locked:
        yield (
            f"clip {place} has lock_metadata but is not locked",
            "set locked to true or lock_metadata to null",
        )
    if clip.reframe is not None:
        yield from ((f"clip {place}: {what}", fix) for what, fix in _reframe(clip.reframe))
    if clip.retime is not None:
        yield from (
            (f"clip {place}: {what}", fix) for what, fix in _retime(clip.retime, clip.duration_frames)
        )


def _reframe(reframe: Reframe) -> Iterator[tuple[str, str]]:
    keys = reframe.keys
    if not keys:
        yield "its reframe has no key", "give it one, or set reframe to null"
    if any(b.at_s < a.at_s for a, b in pairwise(keys)):
        yield "the keys of its reframe are not in order of time", "sort them by at_s"
    if any(a.at_s == b.at_s == c.at_s for a, b, c in zip(keys, keys[1:], keys[2:], strict=False)):
        yield "three keys of its reframe are at one moment", "keep the first and the last: a jump has two"
    if any(b.at_s > a.at_s and b.width_01 != a.width_01 for a, b in pairwise(keys)):
        yield "the width of its reframe changes along the way", "let width_01 change at a jump alone"
    if not all(0 <= key.x_01 <= 1 and 0 <= key.y_01 <= 1 for key in keys):
        yield "its reframe leaves the picture", "set x_01 and y_01 to numbers from 0 to 1"
    if not all(0 < key.width_01 <= WIDEST for key in keys):
        yield (
            f"the window of its reframe is not above 0 and at most {WIDEST:g} pictures wide",
            "correct width_01",
        )
    if not 0 <= reframe.pad_blur_01 <= 1:
        yield f"the blur of its reframe is {reframe.pad_blur_01}", "set pad_blur_01 to a number from 0 to 1"


def _retime(retime: Retime, duration_frames: int) -> Iterator[tuple[str, str]]:
    keys = retime.keys
    if len(keys) < 2:
        yield "its retime has fewer than two keys", "give it a first and a last one, or set retime to null"
        return
    if (keys[0].at_frames, keys[0].source_s) != (0, 0):
        yield "the first key of its retime is not at the beginning", "set its at_frames and source_s to 0"
    if keys[-1].at_frames != duration_frames:
        what = (
            f"the last key of its retime is at frame {keys[-1].at_frames}, the shot lasts {duration_frames}"
        )
        yield what, f"set at_frames of the last key to {duration_frames}"
    if any(b.at_frames <= a.at_frames or b.source_s <= a.source_s for a, b in pairwise(keys)):
        yield (
            "the keys of its retime do not ascend",
            "sort them; a shot neither stands still nor runs backwards",
        )


def _speeds(place: int, clip: TimelineClip, timeline: Timeline) -> Iterator[tuple[str, str]]:
    """Speeds of a retimed clip that nobody can follow."""
    for a, b in pairwise(clip.retime.keys if clip.retime is not None else ()):
        speed = (b.source_s - a.source_s) * float(timeline.rate_fps) / max(1, b.at_frames - a.at_frames)
        if b.at_frames > a.at_frames and not (speed <= 0 or SLOWEST <= speed <= FASTEST):
            what = f"clip {place} runs at {speed:.3g} times its speed from frame {a.at_frames} on"
            yield what, f"keep the speed from {SLOWEST:g} to {FASTEST:g}"


def _transitions(timeline: Timeline) -> Iterator[tuple[str, str]]:
    neighbours = {(a.id, b.id): b for a, b in pairwise(timeline.clips)}
    seen: set[tuple[str, str]] = set()
    for transition in timeline.transitions:
        pair = (transition.from_clip, transition.to_clip)
        name = f"the transition {pair[0]!r} to {pair[1]!r}"
        if pair in seen:
            yield f"{name} is there twice", "keep one of them"
        seen.add(pair)
        if pair not in neighbours:
            yield f"{name} is not between neighbours", "remove it, or name two clips that follow each other"
            continue
        yield from _one_transition(name, transition, neighbours[pair].timeline_start_frames)
    missing = [f"{a!r} to {b!r}" for a, b in neighbours if (a, b) not in seen]
    if timeline.transitions and missing:
        yield f"there is no transition from {', '.join(missing)}", "add a hard_cut there"


def _one_transition(name: str, transition: Transition, cut_frames: int) -> Iterator[tuple[str, str]]:
    if transition.at_frames != cut_frames:
        yield (
            f"{name} is at frame {transition.at_frames}, the cut at {cut_frames}",
            f"set at_frames to {cut_frames}",
        )
    if transition.duration_frames < 0 or (transition.type == "hard_cut" and transition.duration_frames):
        what = f"{name} is a {transition.type} of {transition.duration_frames} frames"
        yield what, "set duration_frames to 0"
    if transition.direction is not None and transition.type != "whip_pan":
        yield f"{name} is a {transition.type} with a direction", "set direction to null"
    if transition.at_beat and transition.beat_index is None:
        yield f"{name} is at a beat but names none", "set beat_index, or at_beat to false"


def _titles(timeline: Timeline) -> Iterator[tuple[str, str]]:
    for name, count in sorted(Counter(title.name for title in timeline.titles).items()):
        if count > 1:
            yield f"{count} titles have the name {name!r}", "give every title a name of its own"
    for title in timeline.titles:
        if not 0 <= title.start_frames < title.end_frames <= timeline.duration_frames:
            what = f"the title {title.name!r} is shown from frame {title.start_frames} to {title.end_frames}"
            yield what, f"keep it within 0 and {timeline.duration_frames}, at least a frame long"
        if not title.look.text.strip():
            yield f"the title {title.name!r} has no text", "write one, or take it out"


def _song(timeline: Timeline) -> Iterator[tuple[str, str]]:
    song = timeline.song
    if song is None:
        return
    for name in ("beats", "downbeats", "energy_times", "drops"):
        values: tuple[float, ...] = getattr(song, name)
        if any(a >= b for a, b in pairwise(values)):
            yield f"{name} of the song do not ascend", "sort them and remove repeats"
    if len(song.energy_curve) != len(song.energy_times):
        what = f"energy_curve has {len(song.energy_curve)} values, energy_times has {len(song.energy_times)}"
        yield what, "give both the same length"
    for transition in timeline.transitions:
        if transition.beat_index is not None and transition.beat_index >= len(song.beats):
            what = f"a transition names beat {transition.beat_index}, the song has {len(song.beats)}"
            yield what, "set beat_index to a beat of the song, from 0"

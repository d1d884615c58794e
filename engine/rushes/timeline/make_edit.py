"""Wishes of an editor as edits: what a shot is to become, and what the shots beside it give or take for it.

Deleting and moving let later shots move (ripple). Trimming takes the time from the shot after it where there is a song, so
that every later cut stays on its beat, and ripples where there is none. Either can be asked for. Shots that are locked in
position never move: rushes.timeline.settle.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from rushes.errors import Problem
from rushes.timeline.edit_log import Edit, EditError
from rushes.timeline.lay import frame_showing, with_range
from rushes.timeline.locks import Held, both_held, held_by_lock, holds_position, holds_source, lock_words
from rushes.timeline.name_clip import called
from rushes.timeline.settle import Media, Wish, ended_on_beat, settled
from rushes.timeline.tree import Timeline, TimelineClip
from rushes.units import seconds_to_frames


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file that is to be shown. length_s: of its pictures."""

    name: str
    digest: str
    rate_fps: Fraction
    length_s: Fraction


def delete_edit(
    timeline: Timeline,
    clip: TimelineClip,
    reason: str,
    media: Media,
    *,
    ripple: bool = True,
    on_beat: bool = False,
) -> Edit:
    """Take a shot out. ripple: later shots move to the front; else the shots beside it fill its place."""
    _refuse_locked(timeline, clip, "deleted")
    if len(timeline.clips) == 1:
        raise EditError(
            Problem(None, f"{called(timeline, clip)} is the only one", "an edit needs at least one")
        )
    place = timeline.clips.index(clip)
    shots = (*timeline.clips[:place], *timeline.clips[place + 1 :])
    wish = Wish(shots=shots, seams=(place,), tail_first=True, closed=not ripple, on_beat=on_beat)
    took = _took(shots, settled(timeline, wish, media))
    return Edit(action="clip_deleted", payload={"clip_id": clip.id, "reason": reason, "took": took})


def move_edit(
    timeline: Timeline, clip: TimelineClip, place: int, media: Media, *, on_beat: bool = False
) -> Edit:
    """Put a shot at another place, from 1. All shots keep their lengths; those between the two places move."""
    if holds_position(clip):
        raise EditError(Problem(None, f"{called(timeline, clip)} is {lock_words(clip)}", _unlock(clip)))
    if not 1 <= place <= len(timeline.clips):
        what = f"there is no place {place}: the edit has {len(timeline.clips)} clips"
        raise EditError(Problem(None, what, f"give a number from 1 to {len(timeline.clips)}"))
    here = timeline.clips.index(clip)
    if place == here + 1:
        what = f"{called(timeline, clip)} stands at place {place} already"
        raise EditError(Problem(None, what, "give another place"))
    shots = [other for other in timeline.clips if other is not clip]
    shots.insert(place - 1, clip)
    left = here if place - 1 > here else here + 1
    wish = Wish(shots=tuple(shots), seams=(left, place), fixed=place - 1, tail_first=True, on_beat=on_beat)
    took = _took(shots, settled(timeline, wish, media))
    return Edit(action="clip_reordered", payload={"clip_id": clip.id, "place": place, "took": took})


def trim_edit(
    timeline: Timeline,
    clip: TimelineClip,
    start_s: Fraction | None,
    end_s: Fraction | None,
    media: Media,
    *,
    ripple: bool | None = None,
    on_beat: bool = False,
) -> Edit:
    """Show another range of the shot's file, in seconds of it; None: that end stays. The same length is a slip.

    ripple: later shots move; False: the shots beside it give or take the time; None: False where there is a song.
    """
    rate = timeline.rate_fps
    changed = _trimmed(timeline, clip, start_s, end_s, media)
    if on_beat and not holds_position(clip):
        ended = ended_on_beat(timeline, changed, media)
        # The log has begin and length alone: a retimed shot that is as long as before would be read as a slip.
        is_told = with_range(clip, ended.source_start_frames, ended.duration_frames, rate) == ended
        changed = ended if is_told else changed
    if changed == clip:
        raise EditError(Problem(None, f"{called(timeline, clip)} shows that range already", "give another"))
    place = timeline.clips.index(clip)
    shots = (*timeline.clips[:place], changed, *timeline.clips[place + 1 :])
    if changed.duration_frames != clip.duration_frames and holds_position(clip):
        what = (
            f"{called(timeline, clip)} is {lock_words(clip)}, so its length stays {_s(clip.duration_s(rate))}"
        )
        fix = "give --start and --end that far apart to show another range, or unlock it"
        raise EditError(Problem(None, what, fix))
    is_last = place == len(timeline.clips) - 1
    closed = not is_last and (timeline.song is not None if ripple is None else not ripple)
    wish = Wish(
        shots=shots, seams=(place + 1,), fixed=place, tail_first=False, closed=closed, on_beat=on_beat
    )
    took = _took(shots, settled(timeline, wish, media))
    payload = {
        "clip_id": clip.id,
        "source_start_frames": changed.source_start_frames,
        "duration_frames": changed.duration_frames,
        "took": took,
    }
    return Edit(action="clip_trimmed", payload=payload)


def replace_edit(timeline: Timeline, clip: TimelineClip, file: File, start_s: Fraction | None) -> Edit:
    """Show another file at the same place, just as long. start_s: in seconds of the file; None: where the shot's runner-up
    begins if it is that file, else the middle of the file."""
    if holds_source(clip):
        raise EditError(Problem(None, f"{called(timeline, clip)} is {lock_words(clip)}", _unlock(clip)))
    length_s = clip.duration_s(timeline.rate_fps)
    runner_up = clip.metadata.runner_up
    if start_s is None and runner_up is not None and runner_up.file == file.name:
        start_s = Fraction(round(runner_up.source_start_s * 1_000_000), 1_000_000)
    if start_s is None:
        start_s = max(Fraction(0), (file.length_s - length_s) / 2)
    start = seconds_to_frames(start_s, file.rate_fps)
    if start < 0:
        raise EditError(
            Problem(None, f"the clip would begin {_s(-start_s)} before its file", "begin at 0 or later")
        )
    if start / file.rate_fps + length_s > file.length_s + 1 / file.rate_fps / 2:
        what = f"{file.name} is {_s(file.length_s)} long, too short for {_s(length_s)} from {_s(start_s)} on"
        last = max(Fraction(0), file.length_s - length_s)
        fix = f"begin at {_s(last)} or earlier" if file.length_s >= length_s else "trim the clip first"
        raise EditError(Problem(None, what, fix))
    if (file.digest, start) == (clip.digest, clip.source_start_frames):
        raise EditError(Problem(None, f"{called(timeline, clip)} shows that already", "name another file"))
    payload = {
        "clip_id": clip.id,
        "file": file.name,
        "digest": file.digest,
        "source_start_frames": start,
        "source_rate_fps": f"{file.rate_fps.numerator}/{file.rate_fps.denominator}",
        "duration_frames": clip.duration_frames,
    }
    return Edit(action="clip_replaced", payload=payload)


def lock_edit(timeline: Timeline, clip: TimelineClip, what: Held, reason: str = "", note: str = "") -> Edit:
    """Keep a shot as it is. Locks add up: position and source are both."""
    held = held_by_lock(clip)
    if both_held(held, what) == held:
        said = f"{called(timeline, clip)} is {lock_words(clip)} already"
        raise EditError(Problem(None, said, "unlock it first to lock it anew"))
    payload = {"clip_id": clip.id, "what": what, "reason": reason, "note": note}
    return Edit(action="clip_locked", payload=payload)


def unlock_edit(timeline: Timeline, clip: TimelineClip) -> Edit:
    """Take the lock of a shot away."""
    if not clip.locked:
        raise EditError(Problem(None, f"{called(timeline, clip)} is not locked", "there is nothing to do"))
    return Edit(action="clip_unlocked", payload={"clip_id": clip.id})


def note_edit(clip: TimelineClip, note: str) -> Edit:
    """Write a remark on a shot."""
    if not note.strip():
        raise EditError(Problem(None, "the note is empty", "write a text behind the clip"))
    return Edit(action="clip_noted", payload={"clip_id": clip.id, "note": note})


def _trimmed(
    timeline: Timeline, clip: TimelineClip, start_s: Fraction | None, end_s: Fraction | None, media: Media
) -> TimelineClip:
    """The shot with its new range, within its file."""
    rate = timeline.rate_fps
    if holds_source(clip):
        raise EditError(Problem(None, f"{called(timeline, clip)} is {lock_words(clip)}", _unlock(clip)))
    start = clip.source_start_frames if start_s is None else seconds_to_frames(start_s, clip.source_rate_fps)
    first_s = start / clip.source_rate_fps
    last_s = clip.source_end_s(rate) if end_s is None else end_s
    length_s = media(clip)
    if start < 0:
        raise EditError(
            Problem(None, f"the trim begins {_s(-first_s)} before its file", "begin at 0 or later")
        )
    if length_s is not None and first_s >= length_s:
        what = f"{clip.file} is {_s(length_s)} long, the trim begins at {_s(first_s)}"
        raise EditError(Problem(None, what, f"begin before {_s(min(last_s, length_s))}"))
    duration = _length_frames(clip, first_s, last_s, rate)
    if duration < 1:
        what = f"the trim ends at {_s(last_s)}, where it begins at {_s(first_s)}"
        known = "" if length_s is None else f"; {clip.file} is {_s(length_s)} long"
        raise EditError(Problem(None, f"{what}{known}", "let --end be later than --start"))
    changed = with_range(clip, start, duration, rate)
    # Both ends are rounded to whole frames: that is no wish for more of the file.
    over = changed.source_end_s(rate) > clip.source_end_s(rate) + 1 / rate / 2
    if over and length_s is None:
        what = f"nobody knows how long {clip.file} is, so it cannot be shown for longer"
        raise EditError(Problem(None, what, "say where its folder lies with --footage"))
    if over and length_s is not None and changed.source_end_s(rate) > length_s + 1 / clip.source_rate_fps / 2:
        ends_s = changed.source_end_s(rate) if end_s is None else end_s
        what = f"{clip.file} is {_s(length_s)} long, the trim ends at {_s(ends_s)}"
        raise EditError(Problem(None, what, f"end at {_s(length_s)} or earlier"))
    return changed


def _length_frames(clip: TimelineClip, first_s: Fraction, last_s: Fraction, rate_fps: Fraction) -> int:
    """How long the shot is with another range of its file. A retimed one that shows as much as before slips, and keeps its
    length; else every picture that stays keeps its speed."""
    length = seconds_to_frames((last_s - first_s) / clip.mean_speed(rate_fps), rate_fps)
    if clip.retime is None or length == clip.duration_frames:
        return length
    begin_s = clip.source_start_s()
    return frame_showing(clip.retime, last_s - begin_s) - frame_showing(clip.retime, first_s - begin_s)


def _refuse_locked(timeline: Timeline, clip: TimelineClip, word: str) -> None:
    if clip.locked:
        what = f"{called(timeline, clip)} is {lock_words(clip)}, so it cannot be {word}"
        raise EditError(Problem(None, what, _unlock(clip)))


def _unlock(clip: TimelineClip) -> str:
    return f"unlock it first with `rushes edit OUT unlock {clip.id}`"


def _took(wished: Sequence[TimelineClip], fitted: Sequence[TimelineClip]) -> list[dict[str, Any]]:
    """The ranges of the shots that gave or took time."""
    return [
        {
            "clip_id": now.id,
            "source_start_frames": now.source_start_frames,
            "duration_frames": now.duration_frames,
        }
        for was, now in zip(wished, fitted, strict=True)
        if (was.source_start_frames, was.duration_frames) != (now.source_start_frames, now.duration_frames)
    ]


def _s(seconds: Fraction) -> str:
    return f"{float(seconds):.2f} s"

"""Which shot of an edit somebody means: its place, its id, or the beginning of its id."""

from __future__ import annotations

from collections.abc import Sequence

from rushes.errors import Problem
from rushes.recipe.names import did_you_mean
from rushes.timeline.edit_log import EditError
from rushes.timeline.tree import Timeline, TimelineClip


def clip_meant(timeline: Timeline, word: str) -> TimelineClip:
    """The shot that a word means. A number is a place, from 1; else a whole id, or the beginning of only one.

    Raises EditError that says what there is.
    """
    clips = timeline.clips
    if word.isascii() and word.isdigit():
        if 1 <= int(word) <= len(clips):
            return clips[int(word) - 1]
        what = f"there is no place {word}: the edit has {len(clips)} clips"
        raise EditError(Problem(None, what, f"give a number from 1 to {len(clips)}, or an id"))
    found = [clip for clip in clips if clip.id == word] or [
        clip for clip in clips if word and clip.id.startswith(word)
    ]
    if len(found) == 1:
        return found[0]
    if found:
        listed = _listed(clips, found)
        raise EditError(Problem(None, f"{word} means {len(found)} clips: {listed}", "give more of the id"))
    gone = next((clip for clip in timeline.deleted_clips if clip["clip_id"] == word), None)
    if gone is not None:
        what = f"the clip {word} ({gone['file']}) is deleted, since {gone['deleted_at']}"
        raise EditError(Problem(None, what, "bring it back with `rushes undo OUT`, or name another clip"))
    fix = did_you_mean(word, [clip.id for clip in clips], kind="clips of this edit")
    raise EditError(Problem(None, f"there is no clip {word!r}", fix))


def called(timeline: Timeline, clip: TimelineClip) -> str:
    """A shot as people speak of it: `clip 3 (c0a1, front.mp4)`."""
    place = next((at for at, other in enumerate(timeline.clips, start=1) if other.id == clip.id), 0)
    return f"clip {place} ({clip.id}, {clip.file})" if place else f"{clip.id} ({clip.file})"


def _listed(clips: Sequence[TimelineClip], found: Sequence[TimelineClip]) -> str:
    places = {clip.id: place for place, clip in enumerate(clips, start=1)}
    return ", ".join(f"{clip.id} (place {places[clip.id]}, {clip.file})" for clip in found)

"""Which shot of an edit somebody means: its place, its id, the beginning of its id, or its file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePosixPath

from rushes.errors import Problem
from rushes.recipe.listed import listed
from rushes.recipe.names import did_you_mean
from rushes.timeline.edit_log import EditError
from rushes.timeline.tree import Timeline, TimelineClip

_LISTED = 20
"""So many clips are listed at most."""


def clip_meant(timeline: Timeline, word: str) -> TimelineClip:
    """The shot that a word means. A number is a place, from 1; else a whole id, the beginning of only one, or the file of
    only one: its whole name, or its last part with or without the suffix.

    Raises EditError that says what there is.
    """
    clips = timeline.clips
    if word.isascii() and word.isdigit():
        if 1 <= int(word) <= len(clips):
            return clips[int(word) - 1]
        what = f"there is no place {word}: the edit has {len(clips)} clips"
        raise EditError(Problem(None, what, f"give a number from 1 to {len(clips)}, or an id"))
    for fits in (_is_id, _begins_id, _is_file):
        found = [clip for clip in clips if word and fits(clip, word)]
        if len(found) == 1:
            return found[0]
        if found:
            more = "more of the id" if fits is _begins_id else "a place or an id"
            raise EditError(
                Problem(None, f"{word} means {len(found)} clips: {_placed(clips, found)}", f"give {more}")
            )
    gone = next((clip for clip in timeline.deleted_clips if clip["clip_id"] == word), None)
    if gone is not None:
        what = f"the clip {word} ({gone['file']}) is deleted, since {gone['deleted_at']}"
        raise EditError(Problem(None, what, "bring it back with `rushes undo OUT`, or name another clip"))
    raise EditError(Problem(None, f"there is no clip {word!r}", _known(clips, word)))


def _is_id(clip: TimelineClip, word: str) -> bool:
    return clip.id == word


def _begins_id(clip: TimelineClip, word: str) -> bool:
    return clip.id.startswith(word)


def _is_file(clip: TimelineClip, word: str) -> bool:
    path = PurePosixPath(clip.file)
    return word in (clip.file, path.name, path.stem)


def _known(clips: Sequence[TimelineClip], word: str) -> str:
    """What may have been meant, and all that there is, in order of place."""
    names = [name for clip in clips for name in (clip.id, clip.file)]
    near = did_you_mean(word, names, kind="").partition("?")
    meant = f"{near[0]}? " if near[1] else ""
    every = [f"{place} {clip.id} {clip.file}" for place, clip in enumerate(clips, start=1)]
    return f"{meant}clips of this edit by place, id and file: {listed(every, _LISTED)}"


def called(timeline: Timeline, clip: TimelineClip) -> str:
    """A shot as people speak of it: `clip 3 (c0a1, front.mp4)`."""
    place = next((at for at, other in enumerate(timeline.clips, start=1) if other.id == clip.id), 0)
    return f"clip {place} ({clip.id}, {clip.file})" if place else f"{clip.id} ({clip.file})"


def _placed(clips: Sequence[TimelineClip], found: Sequence[TimelineClip]) -> str:
    places = {clip.id: place for place, clip in enumerate(clips, start=1)}
    return listed([f"{clip.id} (place {places[clip.id]}, {clip.file})" for clip in found], _LISTED)

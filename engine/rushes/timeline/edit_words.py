"""What an edit did, in an editor's words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from rushes.timeline.edit_log import Edit, Entry
from rushes.timeline.fold import standing_steps, walk
from rushes.timeline.lay import with_range
from rushes.timeline.tree import Timeline, TimelineClip


def all_edit_words(edits: Sequence[Edit | Entry], before: Timeline) -> list[str]:
    """A line for each of the edits of one step, such as an import. Clips are called by their numbers before the step; one that
    moves and has another number by then is told with both, as its new place counts without what was deleted."""
    order = [clip.id for clip in before.clips]
    said: list[str] = []
    for edit in edits:
        said.append(edit_words(edit, before, order))
        _follow(order, edit)
    return said


def _follow(order: list[str], edit: Edit | Entry) -> None:
    """What an edit does to the order of clips."""
    payload = edit.payload
    if edit.action == "clip_added":
        order.insert(
            order.index(payload["after"]) + 1 if payload["after"] in order else 0, payload["clip"]["id"]
        )
    elif edit.action in ("clip_deleted", "clip_reordered") and payload["clip_id"] in order:
        order.remove(payload["clip_id"])
        if edit.action == "clip_reordered":
            order.insert(payload["place"] - 1, payload["clip_id"])


def edit_words(edit: Edit | Entry, before: Timeline, order: Sequence[str] = ()) -> str:
    """One line. before: the timeline that the edit was made on; of a clip that it does not have the id is said. order: ids of
    clips as they stand when the edit is made, where others are made with it."""
    payload = edit.payload
    action = edit.action
    if action in ("undo", "redo"):
        steps = payload["steps"]
        return f"{steps} step{'s' * (steps > 1)} {'undone' if action == 'undo' else 'done again'}"
    if action == "regenerate_requested":
        section = f"{payload['section_start_s']:.2f}-{payload['section_end_s']:.2f} s"
        seed = payload.get("seed")
        asked = [payload["instruction"], None if seed is None else f"seed {seed}"]
        how = ", ".join(word for word in asked if word)
        return f"{section} made anew{f' ({how})' if how else ''}: {len(payload['clips'])} clips"
    if action == "clip_added":
        clip = payload["clip"]
        return f"{clip['id']} ({clip['file']}) added behind {payload['after'] or 'nothing, as the first'}"
    name = _name(before, payload["clip_id"], order if action == "clip_reordered" else ())
    return f"{name} {_done(action, payload, before)}"


def step_words(plan: Timeline, entries: Sequence[Entry]) -> list[str]:
    """What the steps did that the last entry, an undo or redo, takes back or does again; in the order in which it does so."""
    *before, last = entries
    done, undone = standing_steps(before)
    steps = (done if last.action == "undo" else undone)[-last.payload["steps"] :]
    wanted = {step[0].n for step in steps}
    words = {
        step[0].n: "; ".join(all_edit_words(step, timeline))
        for step, timeline, _ in walk(plan, before)
        if step[0].n in wanted
    }
    return [words[step[0].n] for step in reversed(steps)]


def effect_words(edits: Sequence[Edit], before: Timeline, after: Timeline) -> Iterator[str]:
    """What else follows: shots that gave or took time, the new length, cuts that left the beat. Nothing where nothing does."""
    old = {clip.id: clip for clip in before.clips}
    now = {clip.id: clip for clip in after.clips}
    took = [range_["clip_id"] for edit in edits for range_ in edit.payload.get("took", ())]
    for clip_id in dict.fromkeys(took):
        if clip_id not in old or clip_id not in now:
            continue
        if old[clip_id].duration_frames != now[clip_id].duration_frames:
            yield _gave(old[clip_id], now[clip_id], after)
    if after.duration_frames != before.duration_frames:
        lengths = (before.duration_s(), after.duration_s())
        yield f"the edit lasts {float(lengths[1]):.2f} s instead of {float(lengths[0]):.2f} s"
    off = _off_beat(after) - _off_beat(before)
    if off > 0:
        hint = "; --on-beat moves cuts to it" if any(edit.action in _SNAPPING for edit in edits) else ""
        yield f"{off} more cut{'s' * (off > 1)} {'are' if off > 1 else 'is'} off the beat{hint}"


_SNAPPING = ("clip_deleted", "clip_reordered", "clip_trimmed")
"""Edits that can be asked to move cuts to beats."""


def _name(timeline: Timeline, clip_id: str, order: Sequence[str] = ()) -> str:
    for place, clip in enumerate(timeline.clips, start=1):
        if clip.id == clip_id:
            now = order.index(clip_id) + 1 if clip_id in order else place
            number = f"{place}" if now == place else f"{place}, now {now}"
            return f"clip {number} ({clip.id}, {clip.file})"
    return str(clip_id)


def _done(action: str, payload: Mapping[str, Any], before: Timeline) -> str:
    clip = next((clip for clip in before.clips if clip.id == payload["clip_id"]), None)
    if action == "clip_deleted":
        return f"deleted: {payload['reason']}" if payload["reason"] else "deleted"
    if action == "clip_reordered":
        return f"moved to place {payload['place']}"
    if action == "clip_trimmed":
        return _trimmed(payload, clip, before.rate_fps)
    if action == "clip_replaced":
        start_s = payload["source_start_frames"] / Fraction(payload["source_rate_fps"])
        return f"replaced by {payload['file']} from {float(start_s):.2f} s"
    if action == "clip_locked":
        what = {"position": "in position", "source": "in its source range", "both": "as it is"}[
            payload["what"]
        ]
        return f"locked {what}" + (f": {payload['reason']}" if payload["reason"] else "")
    if action == "clip_unlocked":
        return "unlocked"
    return f"noted: {payload['note']}"


def _trimmed(payload: Mapping[str, Any], clip: TimelineClip | None, rate_fps: Fraction) -> str:
    length_s = payload["duration_frames"] / rate_fps
    if clip is None:
        return f"trimmed to {float(length_s):.2f} s"
    after = with_range(clip, payload["source_start_frames"], payload["duration_frames"], rate_fps)
    word = "slipped" if payload["duration_frames"] == clip.duration_frames else "trimmed"
    ranges = [
        f"{float(shot.source_start_s()):.2f}-{float(shot.source_end_s(rate_fps)):.2f} s"
        for shot in (clip, after)
    ]
    return f"{word}: {ranges[0]} → {ranges[1]} of its file"


def _gave(old: TimelineClip, now: TimelineClip, after: Timeline) -> str:
    moved_s = now.source_start_s() - old.source_start_s()
    longer = now.duration_frames - old.duration_frames
    word = "longer" if longer > 0 else "shorter"
    where = "at its beginning" if moved_s else "at its end"
    seconds = float(abs(longer) / after.rate_fps)
    return f"{_name(after, now.id)} is {seconds:.2f} s {word}, {where}"


def _off_beat(timeline: Timeline) -> int:
    return 0 if timeline.song is None else sum(not part.at_beat for part in timeline.transitions)

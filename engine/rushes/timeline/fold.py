"""The edit as it stands: the plan, and what its user did to it since, one entry after another. Pure and repeatable.

Payloads say what happened, not what was wished: which shots gave or took time stands in them, so that the fold needs
neither media nor a solver, and an old log gives the same timeline in every later version. rushes.timeline.make_edit makes
payloads from wishes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import groupby
from types import MappingProxyType
from typing import Any

from rushes.errors import Place, Problem
from rushes.timeline.check import problems_of
from rushes.timeline.edit_log import EditError, Entry
from rushes.timeline.fold_section import section_made_anew
from rushes.timeline.judge import judged
from rushes.timeline.lay import laid, with_range
from rushes.timeline.locks import both_held, held_by_lock, holds_position, holds_source, lock_words
from rushes.timeline.name_clip import called
from rushes.timeline.parts_document import clip_document, clip_from_document
from rushes.timeline.tree import ClipMetadata, Timeline, TimelineClip


def fold(plan: Timeline, entries: Sequence[Entry], path: str = "edits.jsonl") -> Timeline:
    """The timeline after all entries; without entries, or with all of them undone, the plan itself.

    path: what errors call the log. Raises EditError that names the entry where one cannot be applied, where a step moves
    what is locked, or where the result is unsound.
    """
    timeline = plan
    for step in steps_in_force(entries, path):
        timeline = _after_step(timeline, step, path)
    return judged(timeline)


def walk(
    plan: Timeline, entries: Sequence[Entry], path: str = "edits.jsonl"
) -> Iterator[tuple[tuple[Entry, ...], Timeline, Timeline]]:
    """Every step of the log with the timeline before and after it, also steps that are undone later and undoing itself.

    Raises EditError as `fold` does, when it comes to the entry.
    """
    standing_steps(entries, path)
    done, undone = [plan], list[Timeline]()
    for step in _steps(entries):
        before = done[-1]
        action = step[0].action
        if action == "undo":
            undone += [done.pop() for _ in range(step[0].payload["steps"])]
        elif action == "redo":
            done += [undone.pop() for _ in range(step[0].payload["steps"])]
        else:
            done.append(_after_step(before, step, path))
            undone.clear()
        yield step, before, done[-1]


def _steps(entries: Sequence[Entry]) -> Iterator[tuple[Entry, ...]]:
    for _, group in groupby(entries, key=lambda entry: entry.group):
        yield tuple(group)


def steps_in_force(entries: Sequence[Entry], path: str = "edits.jsonl") -> tuple[tuple[Entry, ...], ...]:
    """The steps that are done and not undone, oldest first: one entry each, or all entries of a group.

    Raises EditError where more is undone than was done, or redone than was undone.
    """
    return tuple(standing_steps(entries, path)[0])


def standing_steps(
    entries: Sequence[Entry], path: str = "edits.jsonl"
) -> tuple[list[tuple[Entry, ...]], list[tuple[Entry, ...]]]:
    """Steps that are done, oldest first, and steps that are undone, the next one to redo last."""
    done: list[tuple[Entry, ...]] = []
    undone: list[tuple[Entry, ...]] = []
    for step in _steps(entries):
        action = step[0].action
        if action not in ("undo", "redo"):
            done.append(step)
            undone.clear()
            continue
        source, target = (done, undone) if action == "undo" else (undone, done)
        count = step[0].payload["steps"]
        if count > len(source):
            raise _fault(step[0], path, f"there are {len(source)} steps to {action}, not {count}")
        for _ in range(count):
            target.append(source.pop())
    return done, undone


def _after_step(timeline: Timeline, step: Sequence[Entry], path: str) -> Timeline:
    after = timeline
    for entry in step:
        try:
            after = _APPLY[entry.action](after, entry)
        except _Impossible as error:
            raise _fault(entry, path, error.what, error.fix) from None
        after = replace(after, user_edits=(*after.user_edits, _user_edit(entry, after.rate_fps)))
    moved = next(_moved_locks(timeline, after, step), None)
    if moved is not None:
        clip, what = moved
        raise _fault(step[-1], path, what, f"unlock it first with `rushes edit OUT unlock {clip.id}`")
    wrong = problems_of(after, path)
    if wrong:
        raise _fault(step[-1], path, wrong[0].what)
    return after


class _Impossible(Exception):
    """An entry cannot be applied."""

    def __init__(self, what: str, fix: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.fix = fix


class FoldError(EditError):
    """An entry of a log cannot be applied. n: of the entry; why, way_out: what its problem says of the timeline alone."""

    def __init__(
        self, problems: Problem | Iterable[Problem], *, n: int = 0, why: str = "", way_out: str = ""
    ) -> None:
        super().__init__(problems)
        self.n = n
        self.why = why
        self.way_out = way_out


def _fault(entry: Entry, path: str, what: str, fix: str = "") -> FoldError:
    said = f"edit {entry.n} ({entry.action} by {entry.by}, {entry.timestamp}) cannot be made: {what}"
    undo = "undo it with `rushes undo OUT`, or take plan and log from one backup"
    problem = Problem(Place(path, entry.n + 1, 1), said, fix or undo)
    return FoldError(problem, n=entry.n, why=what, way_out=fix)


def _moved_locks(
    before: Timeline, after: Timeline, step: Sequence[Entry]
) -> Iterator[tuple[TimelineClip, str]]:
    """What a step did to shots that were locked before it and are not unlocked by it."""
    freed = {entry.payload["clip_id"] for entry in step if entry.action == "clip_unlocked"}
    now = {clip.id: clip for clip in after.clips}
    for clip in before.clips:
        if not clip.locked or clip.id in freed:
            continue
        found, name = now.get(clip.id), called(before, clip)
        if found is None:
            yield clip, f"it takes out {name}, which is {lock_words(clip)}"
        elif holds_position(clip) and _position(found) != _position(clip):
            at_s = float(clip.timeline_start_s(before.rate_fps))
            yield clip, f"it moves {name} away from {at_s:.2f} s, where it is {lock_words(clip)}"
        elif holds_source(clip) and _source(found) != _source(clip):
            yield clip, f"it shows another range in {name}, which is {lock_words(clip)}"


def _position(clip: TimelineClip) -> tuple[int, int]:
    return clip.timeline_start_frames, clip.duration_frames


def _source(clip: TimelineClip) -> tuple[object, ...]:
    return clip.digest, clip.file, clip.source_start_frames, clip.duration_frames, clip.retime


def _place_of(timeline: Timeline, clip_id: str) -> int:
    for place, clip in enumerate(timeline.clips):
        if clip.id == clip_id:
            return place
    gone = any(clip["clip_id"] == clip_id for clip in timeline.deleted_clips)
    raise _Impossible(f"the clip {clip_id} is deleted" if gone else f"there is no clip {clip_id}")


def _history(clip: TimelineClip, entry: Entry, facts: Mapping[str, Any]) -> TimelineClip:
    record = {
        "action": entry.action,
        "timestamp": entry.timestamp,
        "version": len(clip.edit_history) + 1,
        "by": entry.by,
        "edit": entry.n,
        **facts,
    }
    return replace(clip, edit_history=(*clip.edit_history, record))


def _user_edit(entry: Entry, rate_fps: Fraction) -> Mapping[str, Any]:
    """The entry as `user_edits` has it."""
    payload = entry.payload
    facts = {
        key: value
        for key, value in payload.items()
        if key not in ("took", "clip", "clips", "transitions", "constraints")
    }
    if entry.action == "clip_added":
        facts["clip_id"] = payload["clip"]["id"]
        facts["file"] = payload["clip"]["file"]
    elif entry.action == "regenerate_requested":
        facts["clip_id"] = None
        facts["section_start"] = float(payload["section_start_frames"] / rate_fps)
        facts["section_end"] = float(payload["section_end_frames"] / rate_fps)
        facts["clip_ids"] = [clip["id"] for clip in payload["clips"]]
    return {"timestamp": entry.timestamp, "action": entry.action, "by": entry.by, "edit": entry.n, **facts}


def _with_took(timeline: Timeline, clips: Sequence[TimelineClip], entry: Entry) -> list[TimelineClip]:
    """The shots, those beside the edit with the ranges that they gave or took."""
    ranges = {took["clip_id"]: took for took in entry.payload.get("took", ())}
    found: list[TimelineClip] = []
    for clip in clips:
        took = ranges.pop(clip.id, None)
        if took is None:
            found.append(clip)
            continue
        start, duration = took["source_start_frames"], took["duration_frames"]
        changed = with_range(clip, start, duration, timeline.rate_fps)
        found.append(_history(changed, entry, {"source_start_frames": start, "duration_frames": duration}))
    if ranges:
        raise _Impossible(f"there is no clip {min(ranges)}")
    return found


def _deleted(timeline: Timeline, entry: Entry) -> Timeline:
    place = _place_of(timeline, entry.payload["clip_id"])
    clip = timeline.clips[place]
    if len(timeline.clips) == 1:
        raise _Impossible("it is the only clip")
    document = clip_document(clip, timeline.rate_fps)
    gone = {
        "clip_id": clip.id,
        "deleted_at": entry.timestamp,
        "deleted_by": entry.by,
        "ai_confidence": clip.metadata.ai_confidence,
        "user_reason": entry.payload["reason"],
        **{name: document[name] for name in _DELETED_KEYS},
    }
    rest = [*timeline.clips[:place], *timeline.clips[place + 1 :]]
    after = laid(timeline, _with_took(timeline, rest, entry))
    return replace(after, deleted_clips=(*timeline.deleted_clips, gone))


_DELETED_KEYS = (
    "file",
    "digest",
    "source_start_s",
    "source_end_s",
    "source_start_frames",
    "source_end_frames",
    "source_rate_fps",
    "metadata",
)


def _reordered(timeline: Timeline, entry: Entry) -> Timeline:
    here, there = _place_of(timeline, entry.payload["clip_id"]), entry.payload["place"]
    if there > len(timeline.clips):
        raise _Impossible(f"there is no place {there}: there are {len(timeline.clips)} clips")
    clips = list(timeline.clips)
    clip = clips.pop(here)
    clips.insert(there - 1, _history(clip, entry, {"from_place": here + 1, "place": there}))
    return laid(timeline, _with_took(timeline, clips, entry))


def _trimmed(timeline: Timeline, entry: Entry) -> Timeline:
    place = _place_of(timeline, entry.payload["clip_id"])
    clip = timeline.clips[place]
    start, duration = entry.payload["source_start_frames"], entry.payload["duration_frames"]
    changed = _history(
        with_range(clip, start, duration, timeline.rate_fps),
        entry,
        {
            "source_start_frames": start,
            "duration_frames": duration,
            "before": {
                "source_start_frames": clip.source_start_frames,
                "duration_frames": clip.duration_frames,
            },
        },
    )
    clips = [*timeline.clips[:place], changed, *timeline.clips[place + 1 :]]
    return laid(timeline, _with_took(timeline, clips, entry))


def _replaced(timeline: Timeline, entry: Entry) -> Timeline:
    payload = entry.payload
    place = _place_of(timeline, payload["clip_id"])
    clip = timeline.clips[place]
    changed = replace(
        clip,
        file=payload["file"],
        digest=payload["digest"],
        source_start_frames=payload["source_start_frames"],
        source_rate_fps=Fraction(payload["source_rate_fps"]),
        duration_frames=payload["duration_frames"],
        reframe=None,
        retime=None,
        metadata=unmeasured(f"chosen by hand ({entry.by})"),
    )
    before = {"file": clip.file, "source_start_frames": clip.source_start_frames}
    changed = _history(changed, entry, {"file": payload["file"], "before": before})
    return laid(timeline, [*timeline.clips[:place], changed, *timeline.clips[place + 1 :]])


def unmeasured(reason: str) -> ClipMetadata:
    """Of a shot that its user chose: nothing is measured, and the engine has no opinion on it."""
    return ClipMetadata(
        shot_type=None,
        angle=None,
        motion_intensity=None,
        visual_quality=None,
        color_variance=None,
        ai_confidence=0.0,
        ai_reasoning=reason,
        runner_up=None,
    )


def _added(timeline: Timeline, entry: Entry) -> Timeline:
    clip = clip_from_document(entry.payload["clip"])
    if any(clip.id == other.id for other in timeline.clips):
        raise _Impossible(f"there is a clip {clip.id} already")
    after = entry.payload["after"]
    place = 0 if after is None else _place_of(timeline, after) + 1
    clips = list(timeline.clips)
    clips.insert(place, _history(clip, entry, {"place": place + 1}))
    return laid(timeline, clips)


def _with_clip(timeline: Timeline, place: int, clip: TimelineClip) -> Timeline:
    return replace(timeline, clips=(*timeline.clips[:place], clip, *timeline.clips[place + 1 :]))


def _locked(timeline: Timeline, entry: Entry) -> Timeline:
    payload = entry.payload
    place = _place_of(timeline, payload["clip_id"])
    clip = timeline.clips[place]
    what = both_held(held_by_lock(clip), payload["what"])
    lock = {
        "locked_by": entry.by,
        "locked_at": entry.timestamp,
        "reason": payload["reason"] or None,
        "note": payload["note"] or None,
        "what": what,
    }
    changed = _history(replace(clip, locked=True, lock_metadata=lock), entry, {"what": what})
    return _with_clip(timeline, place, changed)


def _unlocked(timeline: Timeline, entry: Entry) -> Timeline:
    place = _place_of(timeline, entry.payload["clip_id"])
    clip = timeline.clips[place]
    if not clip.locked:
        raise _Impossible(f"{clip.id} is not locked")
    changed = _history(replace(clip, locked=False, lock_metadata=None), entry, {"what": held_by_lock(clip)})
    return _with_clip(timeline, place, changed)


def _noted(timeline: Timeline, entry: Entry) -> Timeline:
    place = _place_of(timeline, entry.payload["clip_id"])
    changed = _history(timeline.clips[place], entry, {"note": entry.payload["note"]})
    return _with_clip(timeline, place, changed)


def _regenerated(timeline: Timeline, entry: Entry) -> Timeline:
    try:
        return section_made_anew(timeline, entry.payload)
    except ValueError as error:
        raise _Impossible(str(error)) from None


_APPLY: Mapping[str, Callable[[Timeline, Entry], Timeline]] = MappingProxyType(
    {
        "clip_deleted": _deleted,
        "clip_reordered": _reordered,
        "clip_trimmed": _trimmed,
        "clip_replaced": _replaced,
        "clip_added": _added,
        "clip_locked": _locked,
        "clip_unlocked": _unlocked,
        "clip_noted": _noted,
        "regenerate_requested": _regenerated,
    }
)

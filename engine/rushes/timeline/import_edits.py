"""What was done in another editing program as edits of the log: one for each change, to be undone as one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from blake3 import blake3

from rushes.errors import Problem
from rushes.timeline.changes import Change, ClipAdded, ClipDeleted, ClipReordered, ClipReplaced, ClipTrimmed
from rushes.timeline.edit_log import Edit, EditError
from rushes.timeline.fold import unmeasured
from rushes.timeline.lay import with_range
from rushes.timeline.parts_document import clip_document
from rushes.timeline.settle import Media
from rushes.timeline.tree import Timeline, TimelineClip


def edits_of_changes(
    timeline: Timeline, changes: Sequence[Change], digests: Mapping[str, str], step: int, media: Media
) -> tuple[Edit, ...]:
    """Edits that do what `changes_between` found, in its order. Nothing beside them moves to make them fit: the other
    program has settled that.

    digests: file -> BLAKE3 of every clip of the footage. step: n of the first entry; new shots are called by it. Raises
    EditError that lists shots which show more than their file has, where its length is known.
    """
    ids = _new_ids(changes, digests, step)
    takeover = _Takeover(timeline, ids, digests)
    edits = tuple(takeover.edit(change) for change in changes)
    _check_lengths(takeover.shown, timeline.rate_fps, media)
    return edits


class _Takeover:
    """Changes as edits, one after another. shown: shots with new ranges, for a look at the lengths of their files."""

    def __init__(self, timeline: Timeline, ids: Mapping[str, str], digests: Mapping[str, str]) -> None:
        self._timeline = timeline
        self._ids = ids
        self._digests = digests
        self._known = {clip.id: clip for clip in timeline.clips}
        self._order = [clip.id for clip in timeline.clips]
        self.shown: list[TimelineClip] = []

    def edit(self, change: Change) -> Edit:
        """The edit that does what the change says."""
        if isinstance(change, ClipDeleted):
            self._order.remove(change.clip_id)
            return Edit(action="clip_deleted", payload={"clip_id": change.clip_id, "reason": "", "took": []})
        if isinstance(change, ClipReplaced):
            return self._replaced(change)
        if isinstance(change, ClipTrimmed):
            return self._trimmed(change)
        if isinstance(change, ClipAdded):
            return self._added(change)
        return self._reordered(change)

    def _replaced(self, change: ClipReplaced) -> Edit:
        clip = replace(
            self._known[change.clip_id],
            file=change.file,
            digest=self._digests[change.file],
            source_start_frames=change.source_start_frames,
            source_rate_fps=change.source_rate_fps,
            duration_frames=change.duration_frames,
            retime=None,
        )
        self.shown.append(clip)
        payload = {
            "clip_id": clip.id,
            "file": clip.file,
            "digest": clip.digest,
            "source_start_frames": clip.source_start_frames,
            "source_rate_fps": f"{clip.source_rate_fps.numerator}/{clip.source_rate_fps.denominator}",
            "duration_frames": clip.duration_frames,
        }
        return Edit(action="clip_replaced", payload=payload)

    def _trimmed(self, change: ClipTrimmed) -> Edit:
        start, duration = change.source_start_frames, change.duration_frames
        clip = self._known[change.clip_id]
        self.shown.append(with_range(clip, start, duration, self._timeline.rate_fps))
        payload = {"clip_id": clip.id, "source_start_frames": start, "duration_frames": duration, "took": []}
        return Edit(action="clip_trimmed", payload=payload)

    def _added(self, change: ClipAdded) -> Edit:
        clip_id = self._ids[change.clip_id]
        after = self._insert(clip_id, change.after)
        self.shown.append(_new_clip(self._timeline, change, clip_id, self._digests[change.file]))
        document = clip_document(self.shown[-1], self._timeline.rate_fps)
        return Edit(action="clip_added", payload={"clip": document, "after": after})

    def _reordered(self, change: ClipReordered) -> Edit:
        self._order.remove(change.clip_id)
        self._insert(change.clip_id, change.after)
        place = self._order.index(change.clip_id) + 1
        return Edit(action="clip_reordered", payload={"clip_id": change.clip_id, "place": place, "took": []})

    def _insert(self, clip_id: str, behind: str | None) -> str | None:
        """Put it into the order; the id of the shot that it stands behind."""
        after = None if behind is None else self._ids.get(behind, behind)
        self._order.insert(0 if after is None else self._order.index(after) + 1, clip_id)
        return after


def _new_ids(changes: Sequence[Change], digests: Mapping[str, str], step: int) -> dict[str, str]:
    """Stable ids for shots that were added: two of them are never called alike, also not like one that is deleted."""
    found: dict[str, str] = {}
    for at, change in enumerate(changes):
        if isinstance(change, ClipAdded):
            facts = f"{digests[change.file]}|{change.file}|{change.source_start_frames}|{step + at}"
            found[change.clip_id] = f"c{blake3(facts.encode()).hexdigest()[:12]}"
    return found


def _new_clip(timeline: Timeline, change: ClipAdded, clip_id: str, digest: str) -> TimelineClip:
    """A new shot. What is known of the shot that it was cut off from, or another of its file, holds for it too."""
    made = TimelineClip(
        id=clip_id,
        file=change.file,
        digest=digest,
        source_start_frames=change.source_start_frames,
        source_rate_fps=change.source_rate_fps,
        timeline_start_frames=0,
        duration_frames=change.duration_frames,
        metadata=unmeasured(_REASON),
    )
    rate, start_s = timeline.rate_fps, made.source_start_s()
    alike = [clip for clip in timeline.clips if clip.digest == digest]
    if not alike:
        return made
    near = min(alike, key=lambda clip: (abs(clip.source_start_s() - start_s), clip.id))
    inside = near.source_start_s() <= start_s and made.source_end_s(rate) <= near.source_end_s(rate)
    metadata = replace(
        near.metadata,
        ai_confidence=0.0,
        ai_reasoning=_REASON,
        runner_up=None,
        terms={},
        chosen=None,
        changed=(),
    )
    return replace(made, metadata=metadata, reframe=near.reframe if inside else None)


_REASON = "added in another program"


def _check_lengths(shown: Sequence[TimelineClip], rate_fps: Fraction, media: Media) -> None:
    """Programs round to frames of their own: a frame beyond the end is none."""
    problems: list[Problem] = []
    for clip in shown:
        length_s = media(clip)
        end_s = clip.source_end_s(rate_fps)
        if length_s is not None and end_s > length_s + max(1 / clip.source_rate_fps, 1 / rate_fps):
            what = f"{clip.file} is {float(length_s):.2f} s long, but is shown until {float(end_s):.2f} s"
            problems.append(Problem(None, what, "let it end earlier in the other program"))
    if problems:
        raise EditError(problems)

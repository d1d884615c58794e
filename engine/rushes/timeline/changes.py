"""What was done to an edit in another program, as edits: deleted, replaced, added, moved and trimmed clips.

Only order, files and source ranges count. Gaps close, as a timeline has none, and what a program cannot carry back
(reasons, locks, transitions) stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any, ClassVar

from rushes.timeline.lay import with_range
from rushes.timeline.match import common_order
from rushes.timeline.tree import Timeline, TimelineClip
from rushes.units import seconds_to_frames


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedClip:
    """A clip as another program has it. id: ours, where the program kept it. file: its name below the footage folder.
    source_start_frames: frames of the file at source_rate_fps since its first picture; duration_frames: frames of the
    imported timeline. by_ramp: the first picture of a shot whose speed changes was found by that change, not by its mean.
    speed: on the mean, 1 as it was filmed."""

    id: str | None
    file: str
    source_start_frames: int
    source_rate_fps: Fraction
    duration_frames: int
    by_ramp: bool = False
    speed: Fraction = Fraction(1)

    def source_start_s(self) -> Fraction:
        """Source time of the first picture, exact."""
        return self.source_start_frames / self.source_rate_fps


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedTimeline:
    """The picture track of an imported edit, in record order. notes: what was read but is not taken over."""

    rate_fps: Fraction
    clips: tuple[ImportedClip, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipDeleted:
    """The clip is gone."""

    action: ClassVar[str] = "clip_deleted"
    clip_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipReplaced:
    """Another file stands in the clip's place. Source frames are the file's, the duration the timeline's."""

    action: ClassVar[str] = "clip_replaced"
    clip_id: str
    file: str
    source_start_frames: int
    source_rate_fps: Fraction
    duration_frames: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipTrimmed:
    """Another range of the same file. Source frames are the clip's own, the duration the timeline's."""

    action: ClassVar[str] = "clip_trimmed"
    clip_id: str
    source_start_frames: int
    duration_frames: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipAdded:
    """A clip that was not there: also the second half of one that was cut in two. It goes behind `after`, None: first."""

    action: ClassVar[str] = "clip_added"
    clip_id: str
    file: str
    source_start_frames: int
    source_rate_fps: Fraction
    duration_frames: int
    after: str | None
    place: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipReordered:
    """The clip goes right behind `after`, None: to the beginning. place: where it then is in the whole, from 1."""

    action: ClassVar[str] = "clip_reordered"
    clip_id: str
    after: str | None
    place: int


Change = ClipDeleted | ClipReplaced | ClipTrimmed | ClipAdded | ClipReordered


def changes_between(timeline: Timeline, imported: ImportedTimeline) -> tuple[Change, ...]:
    """The fewest edits that turn the timeline into the imported one, in the order in which they apply: deletions,
    replacements, trims, then additions and moves from the first place to the last. Empty where nothing differs.

    Clips are told by our id, then by file and the nearest source range; where another file stands alone between the
    same neighbours, it replaces what was there.
    """
    partner = _partners(timeline, imported)
    taken = set(partner.values())
    ids = _ids(timeline, imported, partner)
    pairs = [(timeline.clips[here], imported.clips[there]) for there, here in sorted(partner.items())]
    return (
        *(ClipDeleted(clip_id=clip.id) for at, clip in enumerate(timeline.clips) if at not in taken),
        *_replaced(pairs, timeline, imported),
        *_trimmed(pairs, timeline, imported),
        *_placed(timeline, imported, partner, ids),
    )


def speed_notes(timeline: Timeline, imported: ImportedTimeline) -> tuple[str, ...]:
    """Which clips run otherwise in the imported edit than here: speeds are not taken over."""
    partner = _partners(timeline, imported)
    found: list[str] = []
    for there, new in enumerate(imported.clips):
        place = partner.get(there)
        old = None if place is None else timeline.clips[place]
        if old is None or old.file != new.file:
            if abs(new.speed - 1) > _SAME_SPEED:
                found.append(f"{new.file}: it runs at {float(new.speed):.2f}× there, which is left out")
            continue
        speed = _speed_here(old, new, timeline, imported)
        if abs(new.speed - speed) > _SAME_SPEED * speed:
            name = f"clip {(place or 0) + 1} ({old.id}, {old.file})"
            found.append(
                f"{name}: it runs at {float(new.speed):.2f}× there instead of {float(speed):.2f}×, which is left out"
            )
    return tuple(found)


_SAME_SPEED = Fraction(2, 100)
"""Programs round to frames."""


def _speed_here(
    old: TimelineClip, new: ImportedClip, timeline: Timeline, imported: ImportedTimeline
) -> Fraction:
    """The mean speed of a shot; of what is left of it where the import told the mean of that."""
    if not new.by_ramp:
        return old.mean_speed(timeline.rate_fps)
    start = seconds_to_frames(new.source_start_s(), old.source_rate_fps)
    left = with_range(old, start, _duration(new, timeline, imported), timeline.rate_fps)
    return left.mean_speed(timeline.rate_fps)


def change_to_json(change: Change) -> dict[str, Any]:
    """The change as plain data, its action first; rates are written as `30000/1001`."""
    facts = {
        key: str(value) if isinstance(value, Fraction) else value for key, value in asdict(change).items()
    }
    return {"action": change.action, **facts}


def changes_to_lines(changes: Sequence[Change], timeline: Timeline) -> list[str]:
    """The changes in an editor's words, a line for each. Clips are called by their numbers in the timeline; one that moves and has
    another number by then is told with both, as its new place counts without what was deleted."""
    order = [clip.id for clip in timeline.clips]
    lines: list[str] = []
    for change in changes:
        lines.append(_line(change, timeline, order))
        if isinstance(change, ClipDeleted | ClipReordered):
            order.remove(change.clip_id)
        if isinstance(change, ClipAdded | ClipReordered):
            order.insert(change.place - 1, change.clip_id)
    return lines


def _line(change: Change, timeline: Timeline, order: Sequence[str]) -> str:
    known = {clip.id: (place, clip) for place, clip in enumerate(timeline.clips, start=1)}
    if isinstance(change, ClipAdded):
        seconds = float(change.duration_frames / timeline.rate_fps)
        return f"{change.clip_id} ({change.file}) added as clip {change.place}, {seconds:.2f} s long"
    place, clip = known[change.clip_id]
    name = f"clip {place} ({clip.id}, {clip.file})"
    if isinstance(change, ClipDeleted):
        return f"{name} deleted"
    if isinstance(change, ClipReordered):
        now = order.index(clip.id) + 1
        name = name if now == place else f"clip {place}, now {now} ({clip.id}, {clip.file})"
        return f"{name} moved to place {change.place}"
    if isinstance(change, ClipReplaced):
        return f"{name} replaced by {change.file} from {float(change.source_start_frames / change.source_rate_fps):.2f} s"
    return f"{name} {_trim_words(change, clip, timeline.rate_fps)}"


def _trim_words(change: ClipTrimmed, clip: TimelineClip, rate_fps: Fraction) -> str:
    after = with_range(clip, change.source_start_frames, change.duration_frames, rate_fps)
    ranges = [
        f"{float(shot.source_start_s()):.2f}-{float(shot.source_end_s(rate_fps)):.2f} s"
        for shot in (clip, after)
    ]
    word = "slipped" if change.duration_frames == clip.duration_frames else "trimmed"
    return f"{word}: {ranges[0]} → {ranges[1]} of its file"


def _duration(clip: ImportedClip, timeline: Timeline, imported: ImportedTimeline) -> int:
    return max(1, seconds_to_frames(clip.duration_frames / imported.rate_fps, timeline.rate_fps))


def _partners(timeline: Timeline, imported: ImportedTimeline) -> dict[int, int]:
    """Place in the imported edit -> place in the timeline."""
    partner: dict[int, int] = {}
    _match(partner, timeline, imported, by_id=True)
    _match(partner, timeline, imported, by_id=False)
    of_id = {clip.id: place for place, clip in enumerate(timeline.clips)}
    for there, new in enumerate(imported.clips):
        here = of_id.get(new.id or "")
        if there not in partner and here is not None and here not in partner.values():
            partner[there] = here
    _match_between(partner, len(timeline.clips), len(imported.clips))
    return partner


def _match(partner: dict[int, int], timeline: Timeline, imported: ImportedTimeline, by_id: bool) -> None:
    """Pair clips of one file, the nearest source ranges first."""
    taken = set(partner.values())
    # The second half of a clip that was cut in two carries its id; it is nobody else's.
    owned = {(clip.id, clip.file) for clip in timeline.clips}
    near = sorted(
        (abs(new.source_start_s() - old.source_start_s()), abs(there - here), there, here)
        for there, new in enumerate(imported.clips)
        for here, old in enumerate(timeline.clips)
        if there not in partner
        and here not in taken
        and new.file == old.file
        and (new.id == old.id if by_id else (new.id, new.file) not in owned)
    )
    for _, _, there, here in near:
        if there not in partner and here not in taken:
            partner[there] = here
            taken.add(here)


def _match_between(partner: dict[int, int], here_count: int, there_count: int) -> None:
    """One clip alone between the same neighbours on both sides was replaced."""
    anchors = [(-1, -1), *sorted(partner.items()), (there_count, here_count)]
    for (there_a, here_a), (there_b, here_b) in pairwise(anchors):
        if there_b - there_a == here_b - here_a == 2 and here_a + 1 not in partner.values():
            partner[there_a + 1] = here_a + 1


def _ids(timeline: Timeline, imported: ImportedTimeline, partner: Mapping[int, int]) -> tuple[str, ...]:
    """The id of every imported clip: ours, or a new one for those that were added."""
    used = {clip.id for clip in timeline.clips}
    found: list[str] = []
    for there in range(len(imported.clips)):
        if there in partner:
            found.append(timeline.clips[partner[there]].id)
            continue
        count = 1
        while f"added_{count:02}" in used:
            count += 1
        found.append(f"added_{count:02}")
        used.add(found[-1])
    return tuple(found)


def _replaced(
    pairs: Sequence[tuple[TimelineClip, ImportedClip]], timeline: Timeline, imported: ImportedTimeline
) -> Iterator[Change]:
    for old, new in pairs:
        if new.file != old.file:
            yield ClipReplaced(
                clip_id=old.id,
                file=new.file,
                source_start_frames=new.source_start_frames,
                source_rate_fps=new.source_rate_fps,
                duration_frames=_duration(new, timeline, imported),
            )


def _trimmed(
    pairs: Sequence[tuple[TimelineClip, ImportedClip]], timeline: Timeline, imported: ImportedTimeline
) -> Iterator[Change]:
    for old, new in pairs:
        moved = not _starts_alike(old, new)
        duration = _duration(new, timeline, imported)
        if new.file == old.file and (moved or duration != old.duration_frames):
            start_s = _by_ramp_s(old, new, duration, timeline.rate_fps)
            start = seconds_to_frames(start_s, old.source_rate_fps)
            yield ClipTrimmed(
                clip_id=old.id,
                source_start_frames=start if moved else old.source_start_frames,
                duration_frames=duration,
            )


def _by_ramp_s(old: TimelineClip, new: ImportedClip, duration: int, rate_fps: Fraction) -> Fraction:
    """Where a trimmed shot begins in its file. A program that knows its mean speed alone moves its beginning by that: so many
    frames of the edit were cut off, and the ramp says what is shown there. Of the same length it was slipped."""
    if old.retime is None or new.by_ramp or duration == old.duration_frames:
        return new.source_start_s()
    cut_s = (new.source_start_s() - old.source_start_s()) / old.mean_speed(rate_fps)
    return max(Fraction(0), old.source_at_s(seconds_to_frames(cut_s, rate_fps), rate_fps))


def _starts_alike(old: TimelineClip, new: ImportedClip) -> bool:
    """At the same rate to the frame; where the import counts otherwise, as near as its frames can say."""
    start_s = old.source_start_s()
    if seconds_to_frames(start_s, new.source_rate_fps) == new.source_start_frames:
        return True
    apart_s = abs(new.source_start_s() - start_s)
    return new.source_rate_fps != old.source_rate_fps and apart_s < 1 / new.source_rate_fps


def _placed(
    timeline: Timeline, imported: ImportedTimeline, partner: Mapping[int, int], ids: Sequence[str]
) -> Iterator[Change]:
    """Additions and moves: what lies outside the longest run that is in order moves behind its new neighbour."""
    kept = sorted(partner.values())
    order = [partner[there] for there in sorted(partner)]
    stays = {kept[row] for row, _ in common_order([[x == y for y in order] for x in kept])}
    for there, new in enumerate(imported.clips):
        after = ids[there - 1] if there else None
        if there not in partner:
            yield ClipAdded(
                clip_id=ids[there],
                file=new.file,
                source_start_frames=new.source_start_frames,
                source_rate_fps=new.source_rate_fps,
                duration_frames=_duration(new, timeline, imported),
                after=after,
                place=there + 1,
            )
        elif partner[there] not in stays:
            yield ClipReordered(clip_id=ids[there], after=after, place=there + 1)

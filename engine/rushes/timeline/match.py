"""Which shot of one timeline became which shot of another."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from rushes.timeline.tree import Timeline, TimelineClip


@dataclass(frozen=True, slots=True)
class Pair:
    """A clip of the first timeline and the one of the second that stands for it; None: it has none. Places from 0."""

    a: int | None
    b: int | None


def match_clips(first: Timeline, second: Timeline) -> tuple[Pair, ...]:
    """Every clip of both in one pair each, in the order of `second`; those that went stand where they were.

    By id and file, then by file and overlapping source range, then by file, then by id, then by standing alone between
    the same neighbours. Where edits made one of the other, the file alone says nothing, and what was deleted is gone.
    """
    deleted = _deleted(first) | _deleted(second)

    def overlaps(x: TimelineClip, y: TimelineClip) -> bool:
        return (
            x.file == y.file
            and not {x.id, y.id} & deleted
            and (
                max(x.source_start_s(), y.source_start_s())
                < min(x.source_end_s(first.rate_fps), y.source_end_s(second.rate_fps))
            )
        )

    a, b = first.clips, second.clips
    partner: dict[int, int] = {}
    _match_same(partner, a, b, lambda clip: (clip.id, clip.file))
    _match(partner, a, b, overlaps)
    if not is_edited_from(first, second) and not is_edited_from(second, first):
        _match(partner, a, b, lambda x, y: x.file == y.file)
    _match_same(partner, a, b, lambda clip: clip.id)
    _match_between(partner, a, b, deleted)
    of_b = {there: here for here, there in partner.items()}
    kept = [Pair(of_b.get(there), there) for there in range(len(b))]
    gone = [Pair(here, None) for here in range(len(a)) if here not in partner]
    return tuple(sorted(kept + gone, key=_pair_order))


def is_edited_from(plan: Timeline, edit: Timeline) -> bool:
    """Whether the edits of a timeline tell all of how it got other clips than the other has."""
    done = edit.user_edits
    if not done or done == plan.user_edits:
        return False
    here, there = ({clip.id for clip in timeline.clips} for timeline in (plan, edit))
    brought = {
        clip_id
        for one in done
        if one["action"] in _BRING
        for clip_id in (one.get("clip_id"), *one.get("clip_ids", ()))
    }
    is_anew = any(one["action"] == "regenerate_requested" for one in done)
    return there - here <= brought and (is_anew or here - there <= _deleted(edit))


_BRING = ("clip_added", "regenerate_requested")
"""Edits that bring clips with ids of their own."""


def _deleted(timeline: Timeline) -> frozenset[str]:
    return frozenset(gone["clip_id"] for gone in timeline.deleted_clips)


def _pair_order(pair: Pair) -> tuple[int, int]:
    return (pair.b, 1) if pair.b is not None else (pair.a or 0, 0)


def _match_same(
    partner: dict[int, int],
    a: Sequence[TimelineClip],
    b: Sequence[TimelineClip],
    name: Callable[[TimelineClip], Hashable],
) -> None:
    """Pair what is called the same, wherever it stands. name: no two clips of a timeline have the same."""
    taken = set(partner.values())
    free_b = {name(clip): at for at, clip in enumerate(b) if at not in taken}
    for at, clip in enumerate(a):
        if at not in partner and name(clip) in free_b:
            partner[at] = free_b[name(clip)]


def _match(
    partner: dict[int, int],
    a: Sequence[TimelineClip],
    b: Sequence[TimelineClip],
    fits: Callable[[TimelineClip, TimelineClip], bool],
) -> None:
    """Pair what fits: first in the same order (longest common subsequence), then what moved, nearest place first."""
    free_a = [at for at in range(len(a)) if at not in partner]
    taken = set(partner.values())
    free_b = [at for at in range(len(b)) if at not in taken]
    for at, there in common_order([[fits(a[i], b[j]) for j in free_b] for i in free_a]):
        partner[free_a[at]] = free_b[there]
    rest_b = [at for at in free_b if at not in partner.values()]
    for here in (at for at in free_a if at not in partner):
        found = [at for at in rest_b if fits(a[here], b[at])]
        if found:
            nearest = min(found, key=lambda at: (abs(at - here), at))
            partner[here] = nearest
            rest_b.remove(nearest)


def common_order(fits: Sequence[Sequence[bool]]) -> list[tuple[int, int]]:
    """Longest common subsequence: pairs (row, column) where fits is true, both ascending."""
    rows, columns = len(fits), len(fits[0]) if fits else 0
    length = [[0] * (columns + 1) for _ in range(rows + 1)]
    for i in reversed(range(rows)):
        for j in reversed(range(columns)):
            skip = max(length[i + 1][j], length[i][j + 1])
            length[i][j] = max(skip, length[i + 1][j + 1] + 1) if fits[i][j] else skip
    pairs: list[tuple[int, int]] = []
    i = j = 0
    while i < rows and j < columns:
        if fits[i][j] and length[i][j] == length[i + 1][j + 1] + 1:
            pairs.append((i, j))
            i, j = i + 1, j + 1
        elif length[i + 1][j] >= length[i][j + 1]:
            i += 1
        else:
            j += 1
    return pairs


def _match_between(
    partner: dict[int, int],
    a: Sequence[TimelineClip],
    b: Sequence[TimelineClip],
    deleted: frozenset[str],
) -> None:
    """Clips alone between the same neighbours were replaced; more of them pair in order where they are as many."""
    anchors = [(-1, -1), *sorted(partner.items()), (len(a), len(b))]
    for (a0, b0), (a1, b1) in pairwise(anchors):
        here = [at for at in range(a0 + 1, a1) if a[at].id not in deleted]
        there = [at for at in range(b0 + 1, b1) if b[at].id not in deleted]
        if here and len(here) == len(there) and not set(there) & set(partner.values()):
            partner.update(zip(here, there, strict=True))

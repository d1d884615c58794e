"""Which pieces cannot be needed: where enough others are better on every span, an edit can do without them.

Take an edit of at most T shots and one of its shots, of a class. If T clips have pieces of the same class that are worth
more on this span, then at least one of these clips is in none of the other T - 1 shots: its piece in place of this one
keeps every limit and betters the edit. So the best edit consists of pieces that, on some span, are no worse than the T-th
best clip of their class, and bounds on what is left hold for everything. One more clip is kept, so that the same is true of
the second choice for a shot.

A class has everything that a rule may read of a piece: its kind, the globs of edit.must_use that its clip matches, and
what counts and covers read of it (constraint_kinds.py says why groups of a single clip are one). So the piece that takes
the place breaks no rule that the other kept, and no soft rule more than the other did. What constraints say of one shot at
a time is part of its worth. A shot that stands already (edit.kept) is a class of its own.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rushes.edit.footage import Footage, clip_indices
from rushes.edit.places import Spans
from rushes.edit.problem import Bools, Floats, Ints
from rushes.media.find import matches_any
from rushes.recipe.spec import EditSpec


@dataclass(frozen=True, slots=True, eq=False)
class PieceClasses:
    """(pieces,) the clip of each piece, and a number for all that a rule may read of it."""

    clip: Ints
    kind: Ints


def piece_classes(footage: Footage, edit: EditSpec, read: Ints) -> PieceClasses:
    """Classes of all pieces: those of one class may stand in for each other. read: (pieces,) a number for each combination of
    kind and what rules read of a piece besides."""
    names, clip = clip_indices(footage)
    wanted = [
        tuple(any(matches_any(name, (glob,)) for name in footage.names_of(clip)) for glob in edit.must_use)
        for clip in names
    ]
    numbers: dict[tuple[int, str, tuple[bool, ...]], int] = {}
    kind = [
        numbers.setdefault((one, piece.kept, wanted[at]), len(numbers))
        for piece, at, one in zip(footage.pieces, clip.tolist(), read.tolist(), strict=True)
    ]
    return PieceClasses(clip, np.array(kind, dtype=np.int64))


def longest_row(spans: Spans) -> int:
    """The most shots that an edit of these spans can have."""
    shots: dict[int, int] = {0: 0}
    for start, end in zip(spans.start.tolist(), spans.end.tolist(), strict=True):
        if start in shots:
            shots[end] = max(shots.get(end, 0), shots[start] + 1)
    return max(shots.values())


def worth_keeping(value: Floats, piece: Ints, classes: PieceClasses, most: int) -> Ints:
    """Columns of `value` (spans, columns) that may be needed. piece: (columns,) ascending; most: clips kept on each span."""
    kept = np.zeros(len(piece), dtype=bool)
    kinds = classes.kind[piece]
    for kind in np.unique(kinds).tolist():
        columns = np.flatnonzero(kinds == kind)
        clips = classes.clip[piece[columns]]
        starts = np.flatnonzero(np.concatenate([[True], np.diff(clips) > 0]))
        if len(starts) <= most:
            kept[columns] = True
            continue
        worth = value[:, columns]
        by_clip = np.maximum.reduceat(worth, starts, axis=1)
        least = np.partition(by_clip, len(starts) - most, axis=1)[:, len(starts) - most]
        needed: Bools = np.any(np.isfinite(worth) & (worth >= least[:, None]), axis=0)
        kept[columns] = needed
        kept[columns[0]] |= not needed.any()
    return np.flatnonzero(kept)

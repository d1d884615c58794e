"""Which takes look alike: from vectors of their pictures where these were embedded, else from what was measured.

Takes are gathered around leaders (J. Hartigan, Clustering Algorithms, 1975, chapter 3): one after the other, each joins the
first leader that it is like, or becomes a leader. So no chain of small steps makes unlike takes alike, as it would if all
that are like a member joined.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from rushes.edit.problem import Floats, Ints
from rushes.recipe.check_constraints import LOOK_COLUMNS
from rushes.score.looks import LOOK_VECTOR, read_looks

ALONE = -1
"""Group of a take that looks like no take of another clip."""

_TEXTS = ("angle", "shot_type")
"""Takes of which one of these differs look different."""
_SPREAD = 0.25
"""Difference of a measure, 0..1, at which a likeness of 1 has fallen to 0."""


def look_groups(segments: pl.DataFrame, likeness_01: float) -> pl.Series:
    """(segments,) Int64: number of the group of look-alikes, from 0; ALONE for a segment that looks like none of another clip.

    The likeness of two takes whose pictures were embedded is the cosine between their vectors. That of others is 1 less the
    largest difference of their brightness, contrast, colourfulness and variety of
    colour, as a share of 0.25; takes that differ in angle or shot type are not alike. A measure that is missing of
    either tells nothing.
    """
    likeness = _Likeness(segments)
    texts = [
        segments[name].to_list() if name in segments.columns else [None] * len(segments) for name in _TEXTS
    ]
    kinds: dict[tuple[str | None, ...], int] = {}
    kind = np.array([kinds.setdefault(key, len(kinds)) for key in zip(*texts, strict=True)], dtype=np.int64)
    order = segments.with_row_index("\x00row").sort("clip", "start_s", "segment")["\x00row"].to_numpy()
    group = np.full(len(segments), ALONE, dtype=np.int64)
    count = 0
    for one in np.unique(kind).tolist():
        left = order[kind[order] == one].astype(np.int64)
        while len(left):
            near = likeness.of(left[0], left) >= likeness_01 - 1e-6
            near[0] = True
            group[left[near]] = count
            left, count = left[~near], count + 1
    return pl.Series(_of_several_clips(group, segments["clip"].to_list()), dtype=pl.Int64)


class _Likeness:
    """How alike segments look, by their rows."""

    def __init__(self, segments: pl.DataFrame) -> None:
        self._measures = np.stack([_measure(segments, name) for name in LOOK_COLUMNS], axis=1)
        looks = segments[LOOK_VECTOR].to_list() if LOOK_VECTOR in segments.columns else [None] * len(segments)
        self._vectors, self._embedded = read_looks(looks)

    def of(self, one: int, others: Ints) -> Floats:
        """(others,) likeness to one, at most 1."""
        away = np.abs(self._measures[others] - self._measures[one])
        measured: Floats = 1.0 - np.where(np.isnan(away), 0.0, away).max(axis=1) / _SPREAD
        if not self._embedded[one]:
            return measured
        # Not a matrix product: that would be shared out among the cores.
        cosine = (self._vectors[others] * self._vectors[one]).sum(axis=1, dtype=np.float64)
        likeness: Floats = np.where(self._embedded[others], cosine, measured)
        return likeness


def _measure(segments: pl.DataFrame, name: str) -> Floats:
    if name not in segments.columns:
        return np.full(len(segments), np.nan)
    return segments[name].cast(pl.Float64).fill_null(float("nan")).to_numpy()


def _of_several_clips(group: Ints, clips: list[str]) -> Ints:
    """Groups of one clip stand for nothing: takes of one clip are kept apart by other means."""
    seen: dict[int, set[str]] = {}
    for number, clip in zip(group.tolist(), clips, strict=True):
        seen.setdefault(number, set()).add(clip)
    kept = {number: at for at, number in enumerate(n for n in sorted(seen) if len(seen[n]) > 1)}
    return np.array([kept.get(number, ALONE) for number in group.tolist()], dtype=np.int64)

"""What a crop of one shot gains and loses at each moment and place: the salience outside it, and what it cuts off."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

Array = NDArray[np.float64]

STEP_S = 0.2
"""Moments of a shot lie at most this far apart."""
PLACES = 65
"""Places along the free way that are compared."""
_FACE_CUT, _ROOM_CUT, _PERSON_CUT = 10.0, 3.0, 2.0
"""What it costs to cut the whole of one off; all salience outside the crop costs 1."""
_ROOM = 0.5
"""A face wants so much of its own size around it: boxes end at brow and chin, and between two looks it moves."""
_UNSURE_S = 0.25
"""And so much of its way: one that starts or stops between two looks a second apart is so far off the straight line."""
_SAME_WALK_S = 0.5
"""Samples further apart say nothing of how fast a face is."""
ROOM = "room"
_OFF_CENTER = 0.02
"""Of two places that show as much the one nearer the middle of the picture is better by this times its distance."""
_AT_THE_EDGE = 0.3
"""What is shown at the edge of the crop counts for so much less than what is in its middle."""


@dataclass(frozen=True, slots=True)
class Region:
    """What should not be cut off: begin and end along the crop's way, shares of the picture. cost: of losing it whole. what:
    face, person, or ROOM, a face with what is around it."""

    begin: float
    end: float
    cost: float
    what: str


@dataclass(frozen=True, slots=True)
class Sample:
    """What was found at a moment, faces without their room. mass: salience that stands out, by cell along the crop's way, its sum 1 or 0."""

    t_s: float
    mass: Array
    regions: tuple[Region, ...]


@dataclass(frozen=True, slots=True)
class Scene:
    """One unbroken stretch of a shot.

    times_s: moments, evenly spaced, from the first to the last; shape (n,). places: middles of the crop, shape (PLACES,).
    lost: cost of each place at each moment, shape (n, PLACES). regions: what should not be cut off, per moment.
    length: of the crop along its way, a share of the picture.
    """

    times_s: Array
    places: Array
    lost: Array
    regions: tuple[tuple[Region, ...], ...]
    length: float

    @property
    def step_s(self) -> float:
        return float(self.times_s[1] - self.times_s[0])

    def costs(self, ways: Array) -> Array:
        """Mean cost of each way: its middles at times_s, shape (ways, n); between the places on the straight line."""
        span = self.places[-1] - self.places[0]
        at = np.clip((ways - self.places[0]) / span * (PLACES - 1), 0, PLACES - 1)
        low = np.minimum(at.astype(int), PLACES - 2)
        row, share = np.arange(ways.shape[1]), at - low
        return np.asarray(((1 - share) * self.lost[row, low] + share * self.lost[row, low + 1]).mean(axis=1))

    def cut(self, way: Array, kinds: Sequence[str]) -> float:
        """Share of the regions of some kinds that lies outside on the way, shape (n,), in the mean over moments."""
        half = self.length / 2
        shares = [
            float(_outside(region, middle - half, middle + half))
            for middle, here in zip(way, self.regions, strict=True)
            for region in here
            if region.what in kinds
        ]
        return math.fsum(shares) / len(way)


def samples_of(
    maps: pl.DataFrame, required: pl.DataFrame, axis: int, kinds: Sequence[str], least_weight_01: float
) -> list[Sample]:
    """From tables of `saliency`, in order of time. axis: 0 across, 1 down. kinds: of the regions that count."""
    names = ("x_01", "width_01") if axis == 0 else ("y_01", "height_01")
    wanted = required.filter(pl.col("what").is_in(list(kinds)) & (pl.col("weight_01") >= least_weight_01))
    cost = {"face": _FACE_CUT, "person": _PERSON_CUT}
    found: dict[int, list[Region]] = {}
    ordered = wanted.sort("pts", "what", *names, "weight_01")
    for pts, begin, length, what, weight in ordered.select("pts", *names, "what", "weight_01").rows():
        found.setdefault(pts, []).append(Region(begin, begin + length, cost[what] * weight, what))
    return [
        Sample(t_s, _mass(data, rows, columns, axis), tuple(found.get(pts, ())))
        for pts, t_s, columns, rows, data in maps.sort("t_s", "pts")
        .select("pts", "t_s", "columns_n", "rows_n", "map")
        .rows()
    ]


def _with_room(samples: Sequence[Sample], at: int) -> tuple[Region, ...]:
    """Regions of a sample, each face with what is around it."""
    here = samples[at]
    near = [
        other for other in samples[max(0, at - 1) : at + 2] if 0 < abs(other.t_s - here.t_s) <= _SAME_WALK_S
    ]
    found: list[Region] = []
    for region in here.regions:
        found.append(region)
        if region.what == "face":
            speed = max((_speed_per_s(region, here.t_s, other) for other in near), default=0.0)
            more = _ROOM * (region.end - region.begin) + _UNSURE_S * speed
            room = max(0.0, region.begin - more), min(1.0, region.end + more)
            found.append(Region(*room, region.cost * _ROOM_CUT / _FACE_CUT, ROOM))
    return tuple(found)


def _speed_per_s(region: Region, t_s: float, other: Sample) -> float:
    """Of a region towards another sample; 0 where it is not in it."""
    again = _same(region, other.regions)
    if again is None:
        return 0.0
    return abs(again.begin + again.end - region.begin - region.end) / 2 / abs(other.t_s - t_s)


def _mass(data: bytes, rows: int, columns: int, axis: int) -> Array:
    """What stands out from the mean of a map, by column or row. What runs all along the crop's way, as a horizon does, is
    in every crop and draws it nowhere."""
    found = np.frombuffer(data, np.uint8).reshape(rows, columns) / 255
    along = np.median(found, axis=1 - axis, keepdims=True)
    mass = np.maximum(found - np.maximum(found.mean(), along), 0).sum(axis=axis)
    total = float(mass.sum())
    return np.asarray(mass / total if total > 0 else mass)


def scene_of(samples: Sequence[Sample], start_s: float, end_s: float, length: float) -> Scene:
    """The stretch [start_s, end_s] of a shot. samples: at least one, of this shot alone. length: of the crop, below 1."""
    count = max(3, int(np.ceil((end_s - start_s) / STEP_S)) + 1)
    times_s = np.linspace(start_s, end_s, count)
    places = np.linspace(length / 2, 1 - length / 2, PLACES)
    first = max(0, bisect_right([sample.t_s for sample in samples], start_s) - 1)
    last = bisect_left([sample.t_s for sample in samples], end_s)
    seen = [_with_room(samples, at) for at in range(first, min(last + 1, len(samples)))]
    samples = samples[first : last + 1]
    known_s = [sample.t_s for sample in samples]
    shown = {cells: _shown(places, length, cells) for cells in {len(sample.mass) for sample in samples}}
    # Where nothing stands out, nothing is lost.
    masses = [float(sample.mass.any()) - sample.mass @ shown[len(sample.mass)] for sample in samples]
    lost, regions = [], []
    for t_s in times_s:
        before, after, share = _around(known_s, float(t_s))
        here = _between(seen[before], seen[after], share)
        row = (1 - share) * masses[before] + share * masses[after] + _OFF_CENTER * np.abs(places - 0.5)
        for region in here:
            row = row + region.cost * _outside(region, places - length / 2, places + length / 2)
        lost.append(row)
        regions.append(here)
    return Scene(times_s, places, np.array(lost), tuple(regions), length)


def _around(known_s: Sequence[float], t_s: float) -> tuple[int, int, float]:
    """Indices of the moments before and after, and how far t_s lies from the one to the other, 0..1."""
    after = bisect_left(known_s, t_s)
    if after == 0 or after == len(known_s):
        only = min(after, len(known_s) - 1)
        return only, only, 0.0
    return after - 1, after, (t_s - known_s[after - 1]) / (known_s[after] - known_s[after - 1])


def _shown(places: Array, length: float, cells: int) -> Array:
    """How much what lies in each cell counts as shown by a crop at each place, shape (cells, places): 1 in its middle, less
    towards its edges, 0 outside."""
    edges = np.arange(cells)[:, None] / cells
    left, right = places - length / 2, places + length / 2
    covered = (np.minimum(edges + 1 / cells, right) - np.maximum(edges, left)) * cells
    off = (edges + 0.5 / cells - places) / (length / 2)
    return np.asarray(np.clip(covered, 0, 1) * (1 - _AT_THE_EDGE * np.minimum(off * off, 1)))


def _outside(region: Region, begin: float | Array, end: float | Array) -> Array:
    """Share of a region outside [begin, end)."""
    left = np.maximum(begin - region.begin, 0)
    right = np.maximum(region.end - end, 0)
    return np.asarray(np.minimum((left + right) / max(region.end - region.begin, 1e-6), 1))


def _between(before: Sequence[Region], after: Sequence[Region], share: float) -> tuple[Region, ...]:
    """Regions between two samples: those that are in both on the straight line, the others in their nearer half."""
    free = list(after)
    found: list[Region] = []
    for region in before:
        other = _same(region, free)
        if other is not None:
            free.remove(other)
            found.append(_mixed(region, other, share))
        elif share < 0.5:
            found.append(region)
    return (*found, *(region for region in free if share >= 0.5))


def _same(region: Region, others: Sequence[Region]) -> Region | None:
    """The nearest region of the kind, where it lies no further off than its own length."""
    middle, reach = (region.begin + region.end) / 2, region.end - region.begin
    near = [
        (abs((other.begin + other.end) / 2 - middle), place)
        for place, other in enumerate(others)
        if other.what == region.what
    ]
    distance, place = min(near, default=(1.0, 0))
    return others[place] if near and distance <= reach else None


def _mixed(one: Region, other: Region, share: float) -> Region:
    begin, end, cost = (
        a + (b - a) * share
        for a, b in ((one.begin, other.begin), (one.end, other.end), (one.cost, other.cost))
    )
    return Region(begin, end, cost, one.what)

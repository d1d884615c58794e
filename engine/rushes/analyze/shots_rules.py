"""From a few numbers a frame to cuts: what stands out from its neighbours, what blends, what goes dark between."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from rushes.analyze.shots import Params

MIN_STEP = 3.0
"""Change of 0..255 below which nothing can be a cut."""

_NEIGHBOURS = 3
_STEP_FLOOR = 3.0
_HISTOGRAM_FLOOR_01 = 0.1
_MAX_SHIFT = 3.0
_EVEN_SCORE = 1.1
"""Score at which a step is as likely a cut as not: true cuts of the made cases lie above 1.15, all else below 1.05."""
_WORTH_A_LOOK = 0.4
"""Square of a score at which nobody would call it a cut."""
_MAX_BLEND_01 = 0.15
_DARK_MEAN = 14.0
_DARK_SPREAD = 6.0
_BLEND_STRENGTH_01 = 0.6
_BLEND_GAP_S = 0.8


@dataclass(slots=True)
class Change:
    """Lists with a number a frame. step, lasting: difference of 0..255 to the frame before, and from the frame before
    to those that follow; blend_01: see CutFinder; mean, spread: of the frame itself, 0..255."""

    t_s: list[float] = field(default_factory=list[float])
    mean: list[float] = field(default_factory=list[float])
    spread: list[float] = field(default_factory=list[float])
    step: list[float] = field(default_factory=list[float])
    histogram_01: list[float] = field(default_factory=list[float])
    lasting: list[float] = field(default_factory=list[float])
    blend_01: list[float] = field(default_factory=list[float])


def may_be_cut(change: Change, at: int) -> bool:
    """Whether what came before lets a step stand out; what follows can only make less of it."""
    step, shift = change.step[at], change.histogram_01[at]
    if step <= MIN_STEP:
        return False
    before = slice(max(1, at - _NEIGHBOURS), at)
    step /= max(change.step[before], default=0.0) + _STEP_FLOOR
    shift /= max(change.histogram_01[before], default=0.0) + _HISTOGRAM_FLOOR_01
    return step * min(shift, _MAX_SHIFT) > _WORTH_A_LOOK


def find_cuts(change: Change, params: Params) -> list[tuple[float, float]]:
    """(t_s of the first frame of the new shot, strength_01), in order of time.

    A dissolve counts as a cut at its middle; a dip to black as one at the middle of the dark.
    """
    hard = [(change.t_s[at], strength) for at, strength in _hard(change)]
    soft = [(change.t_s[at], _BLEND_STRENGTH_01) for at in [*_dark(change), *_blends(change)]]
    found = [cut for cut in hard if cut[1] >= params.min_strength_01]
    if params.min_strength_01 <= _BLEND_STRENGTH_01:
        found += [cut for cut in soft if all(abs(cut[0] - other[0]) >= _BLEND_GAP_S for other in found)]
    return _spaced(found, params.min_shot_s)


def _hard(change: Change) -> list[tuple[int, float]]:
    step, histogram = np.array(change.step), np.array(change.histogram_01)
    lasting = np.array(change.lasting)
    # Of the last frames nothing follows that could show the change to last; they are believed.
    stays = np.minimum(1.0, np.where(np.isfinite(lasting), lasting, step) / np.maximum(step, 1e-3))
    # A lamp that goes on changes the histogram without end, the picture hardly.
    shift = np.minimum(histogram / (_around(histogram) + _HISTOGRAM_FLOOR_01), _MAX_SHIFT)
    score = stays * np.sqrt(step / (_around(step) + _STEP_FLOOR) * shift)
    strength = np.where(step > MIN_STEP, score / (score + _EVEN_SCORE), 0.0)
    return [(at, float(strength[at])) for at in range(1, len(step)) if strength[at] > 0]


def _around(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Largest of the neighbours on both sides, without the value itself and without the first, which has no step."""
    padded = np.concatenate([np.zeros(_NEIGHBOURS), values, np.zeros(_NEIGHBOURS)])
    offsets = [k for k in range(2 * _NEIGHBOURS + 1) if k != _NEIGHBOURS]
    largest: NDArray[np.float64] = np.max([padded[k : k + len(values)] for k in offsets], axis=0)
    return largest


def _dark(change: Change) -> list[int]:
    """Middles of the spans of black that have a picture on both sides."""
    dark = (np.array(change.mean) < _DARK_MEAN) & (np.array(change.spread) < _DARK_SPREAD)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], dark.astype(np.int8), [0]])))
    spans = zip(edges[::2], edges[1::2], strict=True)
    return [int(begin + end) // 2 for begin, end in spans if begin > 0 and end < len(dark)]


def _blends(change: Change) -> list[int]:
    """Middles of dissolves: the frame that ends the best explained stretch, moved back by half of a short dissolve."""
    blend = np.array(change.blend_01)
    found: list[int] = []
    for at in np.argsort(blend, kind="stable"):
        if blend[at] > _MAX_BLEND_01:
            break
        back = int(np.searchsorted(change.t_s, change.t_s[at] - 0.3))
        if all(abs(change.t_s[back] - change.t_s[other]) >= _BLEND_GAP_S for other in found):
            found.append(back)
    return sorted(found)


def _spaced(cuts: list[tuple[float, float]], min_shot_s: float) -> list[tuple[float, float]]:
    """Of cuts that lie closer than a shot may be long, the strongest."""
    kept: list[tuple[float, float]] = []
    for cut in sorted(cuts, key=lambda cut: (-cut[1], cut[0])):
        if all(abs(cut[0] - other[0]) >= min_shot_s for other in kept):
            kept.append(cut)
    return sorted(kept)

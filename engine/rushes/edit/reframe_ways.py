"""The ways that a crop may take through one stretch of a shot, each with what it costs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rushes.edit.reframe_scene import ROOM, Region, Scene
from rushes.edit.reframe_track import tracked
from rushes.recipe.spec import ReframeSpec
from rushes.timeline.tree import ReframeMode

Array = NDArray[np.float64]

_PAN, _PAN_WAY, _TRACK, _TRACK_WAY = 0.04, 0.1, 0.06, 0.2
"""What it costs that the crop moves at all, and a way over the whole picture; all salience outside the crop costs 1."""
_LEAST_MOVE = 0.04
"""A crop that moves less over a shot looks like a mistake: it may as well rest."""
_CUT_ENDURED = 0.02
"""Share of the regions of `fit_for` that may be cut off, in the mean, before the picture is shown smaller."""
_AROUND = 0.15
"""A picture that is shown smaller anyway shows so much more than it must."""
_WHOLE_PEOPLE = 1.35
"""By how much more a picture is made smaller so that nobody who is in it is cut."""
_EVERY = 2
"""A move begins and ends at every second place."""
_WHOLE_STRETCH = (0.0, 1.0)
_PARTS = (_WHOLE_STRETCH, (0.0, 0.7), (0.3, 1.0), (0.15, 0.85), (0.0, 0.5), (0.25, 0.75), (0.5, 1.0))
"""When a move begins and ends, as shares of the stretch."""
_EASE_SPEED, _EASE_ACCELERATION = 1.5, 6.0
"""Greatest speed and acceleration of the eased move over 1 in 1 s."""


@dataclass(frozen=True, slots=True)
class Way:
    """keys: moment and middle along the free direction. length: of the window there, above the scene's where it is more than a
    crop."""

    mode: ReframeMode
    cost: float
    keys: tuple[tuple[float, float], ...]
    length: float


def best_way(scene: Scene, spec: ReframeSpec, *, alone: bool) -> Way:
    """The cheapest way, at rest where that is as good. alone: the stretch is the whole shot; else a move fills it, so that
    its last key is the jump."""
    ways = [_steady(scene)]
    # No move is cheaper than the best place of every moment, taken apart.
    if spec.mode == "auto" and ways[0][0].cost > float(scene.lost.min(axis=1).mean()) + _PAN:
        parts = _PARTS if alone else (_WHOLE_STRETCH,)
        ways += [*(way for part in parts for way in _pan(scene, spec, part)), *_track(scene, spec)]
    way, middles = min(ways, key=lambda found: found[0].cost)
    return _fit(scene, spec) if scene.cut(middles, spec.fit_for) > _CUT_ENDURED else way


def _steady(scene: Scene) -> tuple[Way, Array]:
    # Of places that differ by less than a millionth the first is taken: no last digit decides.
    costs = np.round(scene.lost.mean(axis=0), 6)
    at = int(np.argmin(costs))
    middle = float(scene.places[at])
    way = Way("steady", float(costs[at]), ((float(scene.times_s[0]), middle),), scene.length)
    return way, np.full(len(scene.times_s), middle)


def _pan(scene: Scene, spec: ReframeSpec, part: tuple[float, float]) -> Iterator[tuple[Way, Array]]:
    """The best eased move in a part of the stretch, where one is slow enough and not too short."""
    begin_s, until_s = (scene.times_s[0] + share * (scene.times_s[-1] - scene.times_s[0]) for share in part)
    length_s = until_s - begin_s
    most = min(
        spec.max_speed_per_s * length_s / _EASE_SPEED,
        spec.max_acceleration_per_s2 * length_s**2 / _EASE_ACCELERATION,
    )
    ends = scene.places[::_EVERY]
    start, stop = (found.ravel() for found in np.meshgrid(ends, ends, indexing="ij"))
    move = np.abs(stop - start)
    allowed = (move <= most) & (move >= _LEAST_MOVE)
    start, stop, move = start[allowed], stop[allowed], move[allowed]
    if not len(start):
        return
    s = np.clip((scene.times_s - begin_s) / length_s, 0, 1)
    middles = start[:, None] + (stop - start)[:, None] * (s * s * (3 - 2 * s))
    costs = np.round(scene.costs(middles) + _PAN + _PAN_WAY * move, 6)
    at = int(np.argmin(costs))
    keys = ((float(begin_s), float(start[at])), (float(until_s), float(stop[at])))
    yield Way("pan", float(costs[at]), keys, scene.length), middles[at]


def _track(scene: Scene, spec: ReframeSpec) -> Iterator[tuple[Way, Array]]:
    """The way that follows, where it goes anywhere."""
    middles = tracked(scene, spec.max_speed_per_s, spec.max_acceleration_per_s2)
    if np.ptp(middles) < _LEAST_MOVE:
        return
    far = float(np.abs(np.diff(middles)).sum())
    cost = round(float(scene.costs(middles[None])[0]) + _TRACK + _TRACK_WAY * far, 6)
    keys = tuple(zip(scene.times_s.tolist(), middles.tolist(), strict=True))
    yield Way("track", cost, keys, scene.length), middles


def _fit(scene: Scene, spec: ReframeSpec) -> Way:
    """At rest, and as long as what must be seen; people who are partly there are shown whole where that costs little."""
    seen = [region for here in scene.regions for region in here]
    kinds = {*spec.fit_for, *((ROOM,) if "face" in spec.fit_for else ())}
    begin, end = _span([region for region in seen if region.what in kinds])
    wide = _span([Region(begin, end, 0.0, ROOM), *(r for r in seen if r.begin < end and r.end > begin)])
    if wide[1] - wide[0] <= _WHOLE_PEOPLE * (end - begin):
        begin, end = wide
    length = min(1.0, max(scene.length, (1 + _AROUND) * (end - begin)))
    middle = min(1 - length / 2, max(length / 2, (begin + end) / 2))
    return Way("fit", 0.0, ((float(scene.times_s[0]), middle),), length)


def _span(regions: Sequence[Region]) -> tuple[float, float]:
    return min(region.begin for region in regions), max(region.end for region in regions)

"""Where the crop of a shot is: at rest, in one move, or following, chosen by what it shows against how much it moves.

The crop is the largest window of the frame's shape, so it is free in one direction alone. Where what must be seen is not
inside any such window, the window grows beyond the picture in the other direction, which is then padded.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import polars as pl

from rushes.edit.reframe_scene import Sample, samples_of, scene_of
from rushes.edit.reframe_ways import Way, best_way
from rushes.recipe.spec import ReframeSpec
from rushes.timeline.tree import Reframe, ReframeKey, ReframeMode
from rushes.units import round_6

_SAME_SHAPE = 0.995
"""A crop that keeps so much of the picture has nowhere to go."""
_BY_MOTION: tuple[ReframeMode, ...] = ("steady", "pan", "track", "fit")
"""What a shot is called that has several."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShotToReframe:
    """The part of a clip that a shot shows, and what is known of the clip.

    start_s, end_s: source time, with what dissolves show beyond the cut. picture_shape, frame_shape: width / height.
    maps, required: tables of `saliency`. cuts_s: first moments of the clip's own shots.
    """

    start_s: float
    end_s: float
    picture_shape: float
    frame_shape: float
    maps: pl.DataFrame
    required: pl.DataFrame
    cuts_s: Sequence[float] = ()


def reframe_shot(shot: ShotToReframe, spec: ReframeSpec) -> Reframe | None:
    """The crop of a shot; None: the middle, as where the picture has the frame's shape or nothing is known of it."""
    across = shot.frame_shape / shot.picture_shape
    axis, length = (0, across) if across < 1 else (1, 1 / across)
    if spec.mode == "centre" or length > _SAME_SHAPE:
        return None
    if spec.mode == "fit":
        return _reframe([(shot.end_s, Way("fit", 0.0, ((shot.start_s, 0.5),), 1.0))], axis, length, spec)
    maps, required = _near(shot)
    samples = samples_of(maps, required, axis, spec.require, spec.least_weight_01)
    stretches = list(_stretches(shot, samples))
    ways = [
        (
            end_s,
            best_way(scene_of(known, start_s, end_s, length), spec, alone=len(stretches) == 1)
            if known
            else Way("steady", 0.0, ((start_s, 0.5),), length),
        )
        for start_s, end_s, known in stretches
    ]
    return _reframe(ways, axis, length, spec) if any(known for _, _, known in stretches) else None


def _near(shot: ShotToReframe) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Samples that the shot may lie between: two before its first moment, two after its last, and all between."""
    times_s = shot.maps["t_s"].sort().to_list()
    if not times_s:
        return shot.maps, shot.required
    first = max(0, bisect_right(times_s, shot.start_s) - 2)
    last = min(len(times_s) - 1, bisect_left(times_s, shot.end_s) + 1)
    wanted = pl.col("t_s").is_between(times_s[first], times_s[last])
    return shot.maps.filter(wanted), shot.required.filter(wanted)


def _stretches(shot: ShotToReframe, samples: Sequence[Sample]) -> Iterator[tuple[float, float, list[Sample]]]:
    """The parts of a shot between the clip's cuts, each with the samples of the clip's shot that it lies in."""
    cuts = sorted(set(shot.cuts_s))
    inside = [cut for cut in cuts if shot.start_s < cut < shot.end_s]
    for begin_s, end_s in pairwise([shot.start_s, *inside, shot.end_s]):
        first_s = max((cut for cut in cuts if cut <= begin_s), default=-math.inf)
        last_s = min((cut for cut in cuts if cut >= end_s), default=math.inf)
        yield begin_s, end_s, [sample for sample in samples if first_s <= sample.t_s < last_s]


def _reframe(ways: Sequence[tuple[float, Way]], axis: int, length: float, spec: ReframeSpec) -> Reframe:
    """ways: of each stretch, with the time at which it ends. length: of the crop along the axis."""
    keys: list[ReframeKey] = []
    for place, (end_s, way) in enumerate(ways, start=1):
        moments = list(way.keys)
        if place < len(ways) and moments[-1][0] < end_s:
            moments.append((end_s, moments[-1][1]))
        keys += [_key(at_s, middle, way.length, axis, length) for at_s, middle in moments]
    mode = max((way.mode for _, way in ways), key=_BY_MOTION.index)
    return Reframe(mode=mode, keys=tuple(keys), pad_blur_01=spec.pad_blur_01)


def _key(at_s: float, middle: float, window: float, axis: int, length: float) -> ReframeKey:
    """Across, the window's length is its width; down, the crop is as wide as the picture and the window in proportion."""
    x_01, y_01, width_01 = (middle, 0.5, window) if axis == 0 else (0.5, middle, window / length)
    return ReframeKey(at_s=round_6(at_s), x_01=round_6(x_01), y_01=round_6(y_01), width_01=round_6(width_01))

"""Reframing: how much of the faces of real footage stays inside the crop, and how the crop moves.

    python bench/reframe.py ../shared/data --models ../shared/models [--shot-s 3] [--faces-hz 1] [--truth-hz 5] [--rendered]

Clips are cut as an edit does (parts of --shot-s, at their own cuts), and each part is cropped to every shape from tables
at the rates of the recipes (faces: --faces-hz). Faces are then looked for anew at --truth-hz. Printed per clip and shape: modes, share of pictures
with faces in which every face is whole inside the crop (95 % of its box), for our crop and for the middle one, faces of
at least a quarter of the largest one's height and all; the greatest speed and acceleration of the crop, in pictures a
second; milliseconds of processor time a shot. Last, all clips together. With --rendered every upright shot whose crop
moves is rendered, and its pictures are sought in those of the clip: how far they lie from where the crop should be, and the
greatest step from one picture to the next beside the planned one.
"""

from __future__ import annotations

import argparse
import math
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import polars as pl
from numpy.typing import NDArray
from rushes.analyze.clip_pass import analyze_clip, derive_tables
from rushes.analyze.spec import ClipFacts
from rushes.analyze.table import ANALYZERS
from rushes.edit.reframe import ShotToReframe, reframe_shot
from rushes.emit.video import SegmentSource, SegmentSpec, window_of
from rushes.emit.video_segment import render_segment
from rushes.emit.video_source import open_clip, shown_at_s, shown_pictures
from rushes.media.info import MediaInfo
from rushes.media.probe import probe
from rushes.models.session import Models
from rushes.recipe.spec import SIZES_PX, ReframeSpec
from rushes.timeline.crop_path import CropPath
from rushes.timeline.tree import Reframe, ReframeKey

CLIPS = ("asl_shoot/*.mkv", "film/chaplin.mp4", "film/bikes.mp4", "intel/one-by-one-person-detection.mp4")
MODELS = {"yunet": "yunet/yunet_n_dynamic.onnx", "yolox_nano": "yolox_nano/yolox_nano.onnx"}
RAW, READ = ("detail", "shots", "face_detection", "bodies"), ("faces", "saliency")
WHOLE = 0.95
DRAWN_PX, FINER = (540, 960), 4
"""Size of what is rendered, upright alone, and so many times larger pictures are compared."""
LEAST_WEIGHT = 0.25
Tables = dict[str, Mapping[str, pl.DataFrame]]
Box = tuple[float, float, float, float]


@dataclass
class Tally:
    """Counts over the parts of a clip in one shape."""

    pictures: int = 0
    inside: Counter[str] = field(default_factory=Counter[str])
    modes: Counter[str] = field(default_factory=Counter[str])
    speed: float = 0.0
    acceleration: float = 0.0
    spent_s: float = 0.0
    moving: list[tuple[Reframe, float, float]] = field(default_factory=list[tuple[Reframe, float, float]])

    def add(self, other: Tally) -> None:
        self.pictures += other.pictures
        self.inside += other.inside
        self.modes += other.modes
        self.speed = max(self.speed, other.speed)
        self.acceleration = max(self.acceleration, other.acceleration)
        self.spent_s += other.spent_s

    def __str__(self) -> str:
        shares = " ".join(
            f"{name} {100 * self.inside[name] / max(1, self.pictures):6.2f} %"
            for name in ("auto", "centre", "auto, all", "centre, all")
        )
        modes = ", ".join(f"{count} {mode}" for mode, count in sorted(self.modes.items()))
        shots = max(1, sum(self.modes.values()))
        return (
            f"{self.pictures:4} pictures: {shares}; speed {self.speed:.3f}/s, acceleration {self.acceleration:.3f}/s2, "
            f"{1000 * self.spent_s / shots:.0f} ms a shot; {modes}"
        )


def looked_at(info: MediaInfo, models: Models, **rates_hz: float) -> Tables:
    """Tables of all that reframing reads."""
    wanted = {
        name: (
            ANALYZERS[name],
            ANALYZERS[name].params(**({"rate_hz": rates_hz[name]} if name in rates_hz else {})),
        )
        for name in RAW
    }
    found: Tables = dict(analyze_clip(info, wanted, {name: models for name in ("face_detection", "bodies")}))
    facts = ClipFacts(info=info, duration_s=info.duration_s)
    for name in READ:
        analyzer = ANALYZERS[name]
        found[name] = derive_tables(analyzer, analyzer.params(), facts, found, models)
    return found


def faces_of(tables: Tables) -> dict[float, list[Box]]:
    """Accepted faces by time, clipped to the picture."""
    boxes = tables["face_detection"]["boxes"].join(tables["faces"]["tracks"], on=["pts", "face"])
    found: dict[float, list[Box]] = {}
    for t_s, x, y, width, height in boxes.select("t_s", "x_01", "y_01", "width_01", "height_01").rows():
        left, top = max(0.0, x), max(0.0, y)
        found.setdefault(t_s, []).append((left, top, min(1.0, x + width) - left, min(1.0, y + height) - top))
    return found


def parts(info: MediaInfo, cuts_s: Sequence[float], shot_s: float) -> Iterator[tuple[float, float]]:
    """Shots of the clip, long ones in even parts."""
    for begin, end in pairwise([0.0, *cuts_s, info.duration_s]):
        count = max(1, math.ceil((end - begin) / shot_s))
        for n in range(count):
            yield begin + (end - begin) * n / count, begin + (end - begin) * (n + 1) / count


def is_whole(face: Box, place: tuple[float, float, float], height_01: float) -> bool:
    x, y, width, height = face
    across = min(x + width, place[0] + place[2] / 2) - max(x, place[0] - place[2] / 2)
    down = min(y + height, place[1] + height_01 / 2) - max(y, place[1] - height_01 / 2)
    return max(0.0, across) * max(0.0, down) >= WHOLE * width * height


def measured(
    info: MediaInfo, tables: Tables, truth: Mapping[float, list[Box]], aspect: str, shot_s: float
) -> Tally:
    """One clip in one shape."""
    assert info.video is not None
    shape, frame = info.video.width_px / info.video.height_px, SIZES_PX[aspect][0] / SIZES_PX[aspect][1]
    cuts_s = tables["shots"]["cuts"]["t_s"].sort().to_list()
    middle = Reframe(
        mode="steady", keys=(ReframeKey(at_s=0.0, x_01=0.5, y_01=0.5, width_01=min(1.0, frame / shape)),)
    )
    tally = Tally()
    for start_s, end_s in parts(info, cuts_s, shot_s):
        shot = ShotToReframe(
            start_s=start_s,
            end_s=end_s,
            picture_shape=shape,
            frame_shape=frame,
            maps=tables["saliency"]["maps"],
            required=tables["saliency"]["required"],
            cuts_s=cuts_s,
        )
        began = time.process_time()
        ours = reframe_shot(shot, ReframeSpec()) or middle
        tally.spent_s += time.process_time() - began
        tally.modes[ours.mode] += 1
        _count(tally, {"auto": ours, "centre": middle}, truth, start_s, end_s, shape / frame)
        _motion(tally, ours, start_s, end_s)
        if not CropPath(ours.keys).is_still:
            tally.moving.append((ours, start_s, end_s))
    return tally


def _count(
    tally: Tally,
    crops: Mapping[str, Reframe],
    truth: Mapping[float, list[Box]],
    start_s: float,
    end_s: float,
    down: float,
) -> None:
    for t_s, faces in truth.items():
        if not start_s <= t_s < end_s:
            continue
        tally.pictures += 1
        tallest = max(face[3] for face in faces)
        for name, crop in crops.items():
            place = CropPath(crop.keys).at(t_s)
            whole = {face: is_whole(face, place, place[2] * down) for face in faces}
            tally.inside[name] += all(whole[face] for face in faces if face[3] >= LEAST_WEIGHT * tallest)
            tally.inside[f"{name}, all"] += all(whole.values())


def _motion(tally: Tally, crop: Reframe, start_s: float, end_s: float) -> None:
    """Speed and acceleration by differences over a hundredth of a second."""
    path, step_s = CropPath(crop.keys), 0.01
    way = np.array([path.at(float(t_s))[:2] for t_s in np.arange(start_s, end_s, step_s)])
    if len(way) > 2:
        tally.speed = max(tally.speed, float(np.abs(np.diff(way, axis=0)).max()) / step_s)
        tally.acceleration = max(
            tally.acceleration, float(np.abs(np.diff(way, n=2, axis=0)).max()) / step_s**2
        )


def rendered(info: MediaInfo, crop: Reframe, start_s: float, end_s: float) -> str:
    """One line of how the crop moves in the finished picture; the rate is the clip's."""
    assert info.video is not None
    rate_fps = info.video.rate_fps
    first = math.ceil(start_s * rate_fps)
    frames = max(3, math.floor(end_s * rate_fps) - first)
    spec = SegmentSpec(
        kind="shot",
        frames=frames,
        width_px=DRAWN_PX[0],
        height_px=DRAWN_PX[1],
        rate_fps=rate_fps,
        quality="maximum",
        sources=(SegmentSource(clip="clip", start_s=first / rate_fps, crop=window_of(crop), run=None),),
    )
    path = CropPath(crop.keys)
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "shot.mp4"
        render_segment(spec, {"clip": info}, out)
        with open_clip(info) as clip, av.open(str(out)) as made:
            shown = shown_pictures(clip, first / rate_fps, frames, rate_fps)
            pairs = [
                (picture.to_ndarray(format="gray"), path.at(shown_at_s(clip, picture))[0], small)
                for picture, small in zip(
                    (one for one, times in shown for _ in range(times)), made.decode(video=0), strict=True
                )
            ]
        found = np.array([sought(whole, small.to_ndarray(format="gray"), at) for whole, at, small in pairs])
    planned, width_px = np.array([at for _, at, _ in pairs]), info.video.width_px
    off_px = (found - planned) * width_px
    steps = (float(np.abs(np.diff(way)).max()) * width_px for way in (found, planned))
    return "{}: off by {:.2f} px, at most {:.2f} px more or less; greatest step {:.2f} px, planned {:.2f} px".format(
        crop.mode, off_px.mean(), np.abs(off_px - off_px.mean()).max(), *steps
    )


def sought(whole: NDArray[Any], part: NDArray[Any], near_01: float) -> float:
    """Middle of a part of a picture across it, to a fraction of a quarter of a pixel, looked for near a place."""
    height, width = (FINER * size for size in whole.shape)
    taken = round(height * DRAWN_PX[0] / DRAWN_PX[1])
    large, small = (
        cv2.resize(one, size, interpolation=cv2.INTER_CUBIC).astype(np.float32)
        for one, size in ((whole, (width, height)), (part, (taken, height)))
    )
    begin = near_01 * width - taken / 2
    low, high = max(0, int(begin) - 10 * FINER), min(width - taken, int(begin) + 10 * FINER)
    costs = cv2.matchTemplate(large[:, low : high + taken], small, cv2.TM_SQDIFF)[0].astype(float)
    at = int(costs.argmin())
    if 0 < at < len(costs) - 1:
        before, here, after = costs[at - 1 : at + 2]
        at += (before - after) / 2 / (before - 2 * here + after)
    return float((low + at + taken / 2) / width)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path)
    parser.add_argument("--models", type=Path, required=True)
    parser.add_argument("--shot-s", type=float, default=3.0)
    parser.add_argument("--faces-hz", type=float, default=1.0)
    parser.add_argument("--truth-hz", type=float, default=5.0)
    parser.add_argument("--rendered", action="store_true")
    parser.add_argument("--aspects", nargs="+", default=sorted(SIZES_PX))
    arguments = parser.parse_args()
    models = Models({name: arguments.models / file for name, file in MODELS.items()})
    total: dict[str, Tally] = {aspect: Tally() for aspect in arguments.aspects}
    for path in (p for glob in CLIPS for p in sorted(arguments.data.glob(glob))):
        info = probe(str(path))
        tables = looked_at(info, models, face_detection=arguments.faces_hz)
        truth = faces_of(looked_at(info, models, face_detection=arguments.truth_hz))
        for aspect in arguments.aspects:
            tally = measured(info, tables, truth, aspect, arguments.shot_s)
            total[aspect].add(tally)
            print(f"{path.name:36} {aspect:5} {tally}", flush=True)
            for crop, start_s, end_s in tally.moving if arguments.rendered and aspect == "9:16" else ():
                print(f"{'':8}{start_s:7.2f}-{end_s:.2f} s: {rendered(info, crop, start_s, end_s)}")
    for aspect, tally in total.items():
        print(f"{'all':36} {aspect:5} {tally}")


if __name__ == "__main__":
    main()

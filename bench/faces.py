"""Faces: what the analyzers `face_detection` and `faces` find in real footage, against the targets, and what it costs.

    python bench/faces.py ../shared/data --models ../shared/models [--detector yunet] [--rate-hz 1] [--sides 640 480 320]

Printed per size of the looked-at picture: clips of one person (asl_shoot: share of samples with exactly one face, least
clip; people counted), clips without people (mdn, bottle-detection, big_buck_bunny, the slate of talking: share of
samples with a face), stills of one face each (faces/labelled: share found), people walking in one by one, and two actors
in black and white; then milliseconds a picture on one thread, alone and with all that is done for a face, against
decoding a 1080p clip where one is named. Rules that turn false faces away are switched off one by one.
The models folder holds yunet/yunet_n_dynamic.onnx and, for --detector blazeface,
blazeface/face_detection_short_range.tflite.
"""

from __future__ import annotations

import argparse
import csv
import dataclasses
import time
from collections.abc import Iterator, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import polars as pl
from rushes.analyze.clip_pass import analyze_clip
from rushes.analyze.face_detection_pass import FaceFinder, detector
from rushes.analyze.faces_pass import start as judge
from rushes.analyze.spec import ClipFacts
from rushes.analyze.table import ANALYZERS
from rushes.media.decode import decode_pass
from rushes.media.info import MediaInfo
from rushes.media.probe import probe
from rushes.media.wishes import Picture, Seen
from rushes.models.session import Models

FILES = {
    "yunet": "yunet/yunet_n_dynamic.onnx",
    "blazeface": "blazeface/face_detection_short_range.tflite",
}
ONE_PERSON = ("asl_shoot/*.mkv",)
NOBODY = ("mdn/*.mp4", "intel/bottle-detection.mp4", "film/big_buck_bunny_0_30.webm")
OTHERS = ("talking/example.mp4", "intel/one-by-one-person-detection.mp4", "film/chaplin.mp4")
FIRST_LOOK = "first look alone"
RULES: Mapping[str, Mapping[str, float]] = {
    "all rules": {},
    FIRST_LOOK: {},
    "second look at 0.5": {"min_second_look_01": 0.5},
    "no least area": {"min_area_01": 0.0},
    "confidence 0.6": {"min_confidence_01": 0.6},
    "confidence 0.8": {"min_confidence_01": 0.8},
}
DETECTION, FACES = ANALYZERS["face_detection"], ANALYZERS["faces"]
Tables = Mapping[str, pl.DataFrame]


def models_of(folder: Path, name: str) -> Models:
    """The detector's file in a models folder."""
    return Models({name: folder / FILES[name]})


def raw_of(path: Path, models: Models, **params: Any) -> tuple[MediaInfo, Tables]:
    """Tables of face_detection."""
    info = probe(str(path))
    wanted = {"face_detection": (DETECTION, DETECTION.params(**params))}
    return info, analyze_clip(info, wanted, {"face_detection": models})["face_detection"]


def judged(info: MediaInfo, raw: Tables, **params: Any) -> Tables:
    """Tables of faces."""
    facts = ClipFacts(info=dataclasses.replace(info, path=""), duration_s=0.0)
    return judge(FACES.params(**params), facts, {"face_detection": raw}, Models())


def stills(folder: Path, side_px: int) -> Iterator[Picture]:
    """Pictures of faces/labelled, as a decode would show them; numbered."""
    with (folder / "labels.csv").open() as lines:
        names = [row["file"] for row in csv.DictReader(lines)]
    for number, name in enumerate(names):
        rgb = cv2.cvtColor(cv2.imread(str(folder / name)), cv2.COLOR_BGR2RGB)
        scale = side_px / max(rgb.shape[:2])
        if scale < 1:
            rgb = cv2.resize(rgb, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        yield Picture(number, float(number), np.ascontiguousarray(rgb), 0)


def still_tables(folder: Path, info: MediaInfo, models: Models, name: str, side_px: int) -> Tables:
    """Tables of face_detection over the stills. info: of any clip."""
    finder = FaceFinder(DETECTION.params(detector=name, long_side_px=side_px), detector(name, models))
    for picture in stills(folder, side_px):
        finder.update(picture)
    seen = Seen(info=info, decoded_duration_s=0.0, frame_count=0, rate_fps=Fraction(1), complete=True)
    return finder.finish(seen)


def without_second_look(raw: Tables) -> Tables:
    """As if the second look said what the first does."""
    return {**raw, "boxes": raw["boxes"].with_columns(second_look_01="confidence_01")}


def numbers(data: Path, clips: Mapping[str, tuple[MediaInfo, Tables]], still: Tables, **params: float) -> str:
    """One line of the table."""

    def shares(names: tuple[str, ...], count: int | None = None) -> list[tuple[int, int]]:
        out = []
        for path in (p for glob in names for p in sorted(data.glob(glob))):
            counts = judged(*clips[str(path)], **params)["samples"]["face_count_avg"]
            hits = counts > 0 if count is None else counts == count
            out.append((int(hits.sum()), len(counts)))
        return out

    one, nobody = shares(ONE_PERSON, 1), shares(NOBODY)
    info = next(iter(clips.values()))[0]
    found = judged(info, still, **params)["samples"]["face_count_avg"] > 0
    others = ", ".join(f"{hits}/{of}" for hits, of in shares(OTHERS))
    false, samples = (sum(column) for column in zip(*nobody, strict=True))
    return (
        f"one person: least {min(hits / of for hits, of in one):.3f}; nobody: {false}/{samples} = {100 * false / samples:.2f} %; "
        f"stills {int(found.sum())}/{len(found)} = {100 * found.mean():.2f} %; slate, one by one, chaplin: {others}"
    )


def people(data: Path, clips: Mapping[str, tuple[MediaInfo, Tables]]) -> str:
    """People counted in clips where their number is known."""
    counts = {}
    for path in (p for glob in (*ONE_PERSON, *OTHERS) for p in sorted(data.glob(glob))):
        counts[path.stem] = int(judged(*clips[str(path)])["clip"]["people_count"].item())
    return ", ".join(f"{name} {count}" for name, count in counts.items())


def cost(data: Path, models: Models, name: str, side_px: int) -> str:
    """Milliseconds a picture: least of three rounds, over pictures with a face and pictures without."""
    params = DETECTION.params(detector=name, long_side_px=side_px)
    spent = []
    for path in ("asl_shoot/book.mkv", "intel/bottle-detection.mp4"):
        pictures: list[Picture] = []
        wishes = {"faces": DETECTION.wishes(params)}
        decode_pass(
            probe(str(data / path)), wishes, lambda _, p, kept=pictures: kept.append(p), lambda _, b: None
        )
        least = float("inf")
        for _ in range(3):
            finder = FaceFinder(params, detector(name, models))
            begin = time.process_time()
            for picture in pictures[:10]:
                finder.update(picture)
            least = min(least, (time.process_time() - begin) * 1000 / len(pictures[:10]))
        spent.append(f"{least:.1f} ({pictures[0].pixels.shape[1]}x{pictures[0].pixels.shape[0]})")
    return f"ms a picture: one face {spent[0]}, nobody {spent[1]}"


def against_decode(path: Path, models: Models, name: str) -> str:
    """Time of face_detection at 1 Hz over that of the decode alone, in turn, least of three."""
    info = probe(str(path))
    params = DETECTION.params(detector=name)
    least = {"decode": float("inf"), "faces": float("inf")}
    for _ in range(3):
        begin = time.process_time()
        decode_pass(info, {"faces": DETECTION.wishes(params)}, lambda _, p: None, lambda _, b: None)
        middle = time.process_time()
        analyze_clip(info, {"face_detection": (DETECTION, params)}, {"face_detection": models})
        least["decode"] = min(least["decode"], middle - begin)
        least["faces"] = min(least["faces"], time.process_time() - middle)
    return f"{path.name}: +{least['faces'] / least['decode'] - 1:.3f} of its decode"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path)
    parser.add_argument("--models", type=Path, required=True)
    parser.add_argument("--detector", choices=sorted(FILES), default="yunet")
    parser.add_argument("--rate-hz", type=float, default=1.0)
    parser.add_argument("--sides", type=int, nargs="+", default=[640])
    parser.add_argument("--cost-on", type=Path, help="a 1080p clip whose decode is compared")
    arguments = parser.parse_args()
    cv2.setNumThreads(1)
    data, name = arguments.data, arguments.detector
    models = models_of(arguments.models, name)
    for side_px in arguments.sides:
        params = {"detector": name, "long_side_px": side_px, "rate_hz": arguments.rate_hz}
        paths = [p for glob in (*ONE_PERSON, *NOBODY, *OTHERS) for p in sorted(data.glob(glob))]
        clips = {str(path): raw_of(path, models, **params) for path in paths}
        some_info = clips[str(paths[0])][0]
        still = still_tables(data / "faces" / "labelled", some_info, models, name, side_px)
        print(f"{name}, {side_px} px, {arguments.rate_hz:g} Hz")
        for rule, changes in RULES.items():
            shown, faces = clips, still
            if rule == FIRST_LOOK:
                shown = {path: (info, without_second_look(raw)) for path, (info, raw) in clips.items()}
                faces = without_second_look(still)
            print(f"  {rule:20} {numbers(data, shown, faces, **changes)}")
        print(f"  people: {people(data, clips)}")
        print(f"  {cost(data, models, name, side_px)}")
    if arguments.cost_on:
        print(against_decode(arguments.cost_on, models, name))


if __name__ == "__main__":
    main()

"""Where faces and people are at any time, from the moments at which they were looked for."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from rushes.analyze.saliency import Params
from rushes.analyze.shot_times import ShotTimes
from rushes.analyze.spec import TablesByAnalyzer

Box = tuple[float, float, float, float]
"""left, top, width, height as shares of the picture."""
_BOX = ("x_01", "y_01", "width_01", "height_01")


@dataclass(frozen=True, slots=True)
class Region:
    """A part of the picture that a crop should keep. what: face or person; weight_01: how much it matters."""

    box: Box
    what: str
    weight_01: float


class Regions:
    """Faces and people of a clip, looked up by time."""

    def __init__(self, params: Params, tables: TablesByAnalyzer) -> None:
        self._params = params
        self._shots = ShotTimes(tables)
        self._tracks = _tracks(tables)
        self._searched_s, self._people = _people(tables)

    def at(self, t_s: float) -> list[Region]:
        """Faces, then people; the most important first."""
        faces = [box for times, boxes in self._tracks if (box := self._face(times, boxes, t_s)) is not None]
        strongest = max(self._params.face_weight, self._params.person_weight) or 1.0
        return [
            *_weighed(faces, "face", self._params.face_weight / strongest),
            *_weighed(self._people_at(t_s), "person", self._params.person_weight / strongest),
        ]

    def _face(self, times: Sequence[float], boxes: Sequence[Box], t_s: float) -> Box | None:
        """Where one face is: between two sightings on the straight line, else where it was last."""
        after = bisect_left(times, t_s)
        before = after - 1
        if 0 < after < len(times):
            gap_s = times[after] - times[before]
            if gap_s <= self._params.bridge_s and self._shots.same_shot(times[before], times[after]):
                return _between(boxes[before], boxes[after], (t_s - times[before]) / gap_s)
        row = self._shots.nearest(times, t_s, self._params.hold_s)
        return None if row is None else boxes[row]

    def _people_at(self, t_s: float) -> list[Box]:
        row = self._shots.nearest(self._searched_s, t_s, self._params.person_hold_s)
        return [] if row is None else self._people[row]


def _tracks(tables: TablesByAnalyzer) -> list[tuple[list[float], list[Box]]]:
    """Times and boxes of each face that `faces` follows, in order of its number."""
    if "faces" not in tables or "face_detection" not in tables:
        return []
    seen = tables["face_detection"]["boxes"].join(tables["faces"]["tracks"], on=["pts", "face"])
    # One face of a track a picture.
    ordered = seen.sort("track", "pts", "face").unique(["track", "pts"], keep="first", maintain_order=True)
    return [
        (track["t_s"].to_list(), track.select(_BOX).rows())
        for track in ordered.partition_by("track", maintain_order=True)
    ]


def _people(tables: TablesByAnalyzer) -> tuple[list[float], list[list[Box]]]:
    """Times of the pictures that were searched for people, sorted, and who is in each."""
    if "bodies" not in tables:
        return [], []
    pictures = tables["bodies"]["pictures"].sort("t_s", "pts")
    found: dict[int, list[Box]] = {pts: [] for pts in pictures["pts"]}
    for pts, *box in tables["bodies"]["boxes"].sort("pts", "body").select("pts", *_BOX).rows():
        found[pts].append((box[0], box[1], box[2], box[3]))
    return pictures["t_s"].to_list(), list(found.values())


def _between(first: Box, second: Box, share_01: float) -> Box:
    left, top, width, height = (a + (b - a) * share_01 for a, b in zip(first, second, strict=True))
    return left, top, width, height


def _weighed(boxes: Sequence[Box], what: str, weight_01: float) -> list[Region]:
    """The tallest has the whole weight, the others as much less as they are smaller. Nothing outside the picture."""
    inside = [box for box in map(_inside, boxes) if box[2] > 0 and box[3] > 0]
    tallest = max((box[3] for box in inside), default=1.0)
    found = [Region(box, what, weight_01 * box[3] / tallest) for box in inside]
    return sorted(found, key=lambda region: (-region.weight_01, region.box))


def _inside(box: Box) -> Box:
    left, top = (min(1.0, max(0.0, edge)) for edge in box[:2])
    right, bottom = (min(1.0, max(0.0, box[n] + box[n + 2])) for n in (0, 1))
    return left, top, right - left, bottom - top

"""Where faces and people are at any time, from the moments at which they were looked for."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from rushes.analyze.saliency import Params
from rushes.analyze.saliency_follow import Box, Motion
from rushes.analyze.shot_times import ShotTimes
from rushes.analyze.spec import TablesByAnalyzer

_BOX = ("x_01", "y_01", "width_01", "height_01")
_WALK_01, _GROWTH = 0.35, 1.6
"""Somebody is the same between two searches who is no further off than this, and so many times as high or less."""
_HEAD = 0.35
"""So much of somebody's height is where their face may be."""
_MOVED = 0.5
"""A face that is held goes on with its person who moves by more than so much of its width."""
_AS_LONG = 1 + 1e-6
"""As long before a moment as another is after it, with the sample that lies just there."""
_FADES = 0.6
"""Somebody who is not found again may have gone: at the end of hold_s they matter by so much less."""


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
        self._motion = Motion(tables)

    def at(self, t_s: float) -> list[Region]:
        """Faces, then people; the most important first."""
        faces = [
            (box, 1.0) for times, boxes in self._tracks if (box := self._face(times, boxes, t_s)) is not None
        ]
        strongest = max(self._params.face_weight, self._params.person_weight) or 1.0
        return [
            *_weighed(faces, "face", self._params.face_weight / strongest),
            *_weighed(self._people_at(t_s), "person", self._params.person_weight / strongest),
        ]

    def _face(self, times: Sequence[float], boxes: Sequence[Box], t_s: float) -> Box | None:
        """Where one face is: between two sightings on the straight line, else where it was last, or where its person went
        from there."""
        after = bisect_left(times, t_s)
        before = after - 1
        if 0 < after < len(times):
            gap_s = times[after] - times[before]
            if gap_s <= self._params.bridge_s and self._shots.same_shot(times[before], times[after]):
                return _between(boxes[before], boxes[after], (t_s - times[before]) / gap_s)
        row = self._shots.nearest(times, t_s, self._params.hold_s)
        return None if row is None else self._gone_on(boxes[row], times[row], t_s)

    def _gone_on(self, face: Box, seen_s: float, t_s: float) -> Box:
        """A face that was seen once, where its person has taken it. Nearer to a search that finds nobody they have left: they
        walk on as they came, for what moves is then less and less of them."""
        person = self._person_of(face, seen_s)
        if person is None:
            return face
        near = self._shots.nearest(self._searched_s, t_s, self._params.person_hold_s)
        has_left = near is not None and not self._people[near]
        at_s = seen_s + _AS_LONG * (seen_s - t_s) if has_left else t_s
        if not self._shots.same_shot(seen_s, at_s):
            return face
        shift = self._motion.followed(person, seen_s, at_s)[0] - person[0]
        shift = -shift if has_left else shift
        return (face[0] + shift, *face[1:]) if abs(shift) > _MOVED * face[2] else face

    def _person_of(self, face: Box, seen_s: float) -> Box | None:
        """Who a face belongs to, at the moment at which it was seen, if there was nobody else about: of two, what moves would
        not tell who of them it was."""
        rows = self._shots.around(self._searched_s, seen_s, self._params.person_hold_s)
        row = min(
            rows, key=lambda at: (not self._people[at], abs(self._searched_s[at] - seen_s)), default=None
        )
        if row is None or max(len(self._people[at]) for at in rows) != 1:
            return None
        return _below(face, self._people[row][0])

    def _people_at(self, t_s: float) -> list[tuple[Box, float]]:
        """Who is there, and how sure that is: on the straight line between two searches that found them, else where what
        moves has taken them from the nearest moment at which they, or their face alone, were found."""
        row = self._shots.nearest(self._searched_s, t_s, self._params.person_hold_s)
        if row is None:
            return []
        at_s, here = self._searched_s[row], self._people[row]
        other = row + 1 if t_s > at_s else row - 1
        is_known = 0 <= other < len(self._searched_s) and self._shots.same_shot(at_s, self._searched_s[other])
        there = self._people[other] if is_known else []
        share = (t_s - at_s) / (self._searched_s[other] - at_s) if there else 0.0
        return [
            self._followed(box, at_s, t_s) if again is None else (_between(box, again, share), 1.0)
            for box, again in _again(here, there)
        ]

    def _followed(self, box: Box, at_s: float, t_s: float) -> tuple[Box, float]:
        """One of the people of a search, at another time, and how sure that is; from their face, where it was seen nearer."""
        off_s, from_s, person = abs(t_s - at_s), at_s, box
        for times, faces in self._tracks:
            row = self._shots.nearest(times, t_s, off_s)
            same = None if row is None else self._person_of(faces[row], times[row])
            if row is None or same is None or same[1:] != box[1:]:
                continue
            if abs(times[row] - t_s) < off_s:
                off_s, from_s, person = abs(times[row] - t_s), times[row], same
        sure_01 = 1 - _FADES * off_s / max(self._params.person_hold_s, 1e-9)
        return self._motion.followed(person, from_s, t_s), sure_01


def _below(face: Box, person: Box) -> Box | None:
    """A person found at another moment, moved so that the face is in their box; None where it cannot be their head."""
    left, top, width, height = person
    middle, down = face[0] + face[2] / 2, face[1] + face[3] / 2
    off = abs(left + width / 2 - middle)
    if off > _WALK_01 or not 0 <= down - top <= _HEAD * height or face[3] > _HEAD * height:
        return None
    return left if off <= width / 2 else middle - width / 2, top, width, height


def _again(here: Sequence[Box], there: Sequence[Box]) -> list[tuple[Box, Box | None]]:
    """Each of some people with themselves in another search, the nearest pairs first."""
    pairs = sorted(
        (abs(one[0] + one[2] / 2 - other[0] - other[2] / 2), a, b)
        for a, one in enumerate(here)
        for b, other in enumerate(there)
        if max(one[3], other[3]) <= _GROWTH * min(one[3], other[3])
    )
    found: dict[int, int] = {}
    for distance, a, b in pairs:
        if distance <= _WALK_01 and a not in found and b not in found.values():
            found[a] = b
    return [(box, there[found[a]] if a in found else None) for a, box in enumerate(here)]


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


def _weighed(boxes: Sequence[tuple[Box, float]], what: str, weight_01: float) -> list[Region]:
    """The tallest has the whole weight, the others as much less as they are smaller; all of it where they are surely there.
    Nothing outside the picture."""
    inside = [(_inside(box), sure_01) for box, sure_01 in boxes]
    inside = [(box, sure_01) for box, sure_01 in inside if box[2] > 0 and box[3] > 0]
    tallest = max((box[3] for box, _ in inside), default=1.0)
    found = [Region(box, what, weight_01 * sure_01 * box[3] / tallest) for box, sure_01 in inside]
    return sorted(found, key=lambda region: (-region.weight_01, region.box))


def _inside(box: Box) -> Box:
    left, top = (min(1.0, max(0.0, edge)) for edge in box[:2])
    right, bottom = (min(1.0, max(0.0, box[n] + box[n + 2])) for n in (0, 1))
    return left, top, right - left, bottom - top

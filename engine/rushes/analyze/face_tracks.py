"""Following faces from sample to sample, a second or so apart, and telling people apart.

At that distance boxes of one face need not overlap, and two people may have changed places: looks decide, and place
where looks leave it open.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from rushes.analyze.face_looks import Look, blended, difference_01
from rushes.analyze.faces import Params

_MAX_GROWTH = 1.8
"""A face that was near is the same only up to this change of size."""
_MOVE_WEIGHT = 0.1
"""What a move as far as a face is followed at all adds to a difference in looks: it decides between people who look alike."""
_FAR_MOVES = 4.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """A face in one picture. Places and size in widths of the picture; size: the longer side of its box."""

    pts: int
    t_s: float
    face: int
    x: float
    y: float
    size: float
    look: Look | None = None
    shot: int = 0
    """Cuts before it."""


@dataclass(slots=True)
class _Person:
    track: int
    last: Sighting
    looks: int = 0
    mean_look: Look | None = field(default=None)

    def see(self, sighting: Sighting) -> None:
        """Remember where and how the person was last."""
        self.last = sighting
        if sighting.look is not None:
            known = self.mean_look
            self.mean_look = sighting.look if known is None else blended(known, sighting.look, self.looks)
            self.looks += 1

    def difference_01(self, look: Look | None) -> float | None:
        """To how they looked last or on the whole, whichever is less; None where it is not known."""
        known = [one for one in (self.last.look, self.mean_look) if one is not None]
        if look is None or not known:
            return None
        return min(difference_01(one, look) for one in known)


def follow(pictures: Sequence[Sequence[Sighting]], params: Params) -> list[list[int]]:
    """Numbers of the people, in the order of first sight, for each face of each picture. pictures: in order of time."""
    people: list[_Person] = []
    return [_recognised(people, faces, params) for faces in pictures]


def _recognised(people: list[_Person], faces: Sequence[Sighting], params: Params) -> list[int]:
    """Give each face the person who fits best, the best fits first; who fits nobody is new."""
    fits = sorted(
        (cost, person.track, index)
        for person in people
        for index, face in enumerate(faces)
        if (cost := _cost(person, face, params)) is not None
    )
    chosen: dict[int, int] = {}
    for _, track, index in fits:
        if index not in chosen and track not in chosen.values():
            chosen[index] = track
    for index, face in enumerate(faces):
        if index not in chosen:
            chosen[index] = len(people)
            people.append(_Person(chosen[index], face))
        people[chosen[index]].see(face)
    return [chosen[index] for index in range(len(faces))]


def _cost(person: _Person, face: Sighting, params: Params) -> float | None:
    """How badly a face fits a person; None: it is someone else."""
    last = person.last
    moves = math.hypot(face.x - last.x, face.y - last.y) / max(min(face.size, last.size), 1e-6)
    growth = max(face.size, last.size) / max(min(face.size, last.size), 1e-6)
    is_recent = face.t_s - last.t_s <= params.max_gap_s and face.shot == last.shot
    is_near = is_recent and moves <= params.max_move and growth <= _MAX_GROWTH
    difference = person.difference_01(face.look)
    if difference is None:
        return _MOVE_WEIGHT * moves if is_near else None
    if difference > (params.near_look_01 if is_near else params.same_look_01):
        return None
    return difference + _MOVE_WEIGHT * min(1.0, moves / _FAR_MOVES)

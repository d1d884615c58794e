"""Where the song asks for a cut, or for none: marks of music on the places of an edit."""

from __future__ import annotations

import numpy as np

from rushes.edit.music import Music
from rushes.edit.places import Places
from rushes.edit.problem import Bools, Floats
from rushes.recipe.constraint_spec import ConstraintSpec

_NEARLY_S = 1e-6


def marks_of_music(kind: str, places: Places, music: Music | None, rate_fps: float) -> Bools:
    """(places,) whether a place lies on a mark: on a beat, downbeat or phrase to one frame; on the place that is nearest to a
    section's beginning, within half a beat."""
    if music is None:
        return np.zeros(len(places.frames), dtype=bool)
    if kind == "section":
        return _nearest(places, np.array([part.start_s for part in music.sections[1:]]), music)
    marks = {"beat": music.beats_s, "downbeat": music.downbeats_s, "phrase": music.phrases_s()}[kind]
    if len(marks) == 0:
        return np.zeros(len(places.frames), dtype=bool)
    away = np.abs(places.time_s[:, None] - marks[None, :]).min(axis=1)
    near: Bools = away <= 1.0 / rate_fps + _NEARLY_S
    return near


def held_moments(spec: ConstraintSpec, places: Places, music: Music | None) -> Floats:
    """Song times inside the edit over which a `hold` holds, moved to the nearest place."""
    if music is None:
        return np.zeros(0)
    marks = music.drops_s if spec.hold == "drop" else np.array([part.start_s for part in music.sections[1:]])
    return places.time_s[_nearest(places, marks, music)]


def moments_of_song(spec: ConstraintSpec, places: Places, music: Music) -> Floats:
    """Song times that a `hold`, or cuts on sections, speak of in the whole song: inside the edit as `held_moments` has them,
    and behind its end, which a user may move, on the nearest beat."""
    marks = music.drops_s if spec.hold == "drop" else np.array([part.start_s for part in music.sections[1:]])
    reach_s = 0.5 * (music.beat_s or 0.5)
    later = marks[marks > places.time_s[-1] + reach_s]
    if len(music.beats_s) and len(later):
        nearest = music.beats_s[np.abs(music.beats_s[None, :] - later[:, None]).argmin(axis=1)]
        later = np.where(np.abs(nearest - later) <= reach_s, nearest, later)
    return np.unique(np.concatenate([places.time_s[_nearest(places, marks, music)], later]))


def held_over(spec: ConstraintSpec, places: Places, music: Music | None) -> Bools:
    """(places,) where a `hold` allows no cut: before_s before each moment, after_s after it, and where both are given, on it."""
    found = np.zeros(len(places.frames), dtype=bool)
    for moment in held_moments(spec, places, music).tolist():
        away = places.time_s - moment
        if spec.before_s is not None:
            found |= (away < -_NEARLY_S) & (away > -spec.before_s + _NEARLY_S)
        if spec.after_s is not None:
            found |= (away > _NEARLY_S) & (away < spec.after_s - _NEARLY_S)
        if spec.before_s is not None and spec.after_s is not None:
            found |= np.abs(away) <= _NEARLY_S
    return found


def _nearest(places: Places, marks: Floats, music: Music) -> Bools:
    """(places,) the place nearest to each mark, where it is within half a beat."""
    found = np.zeros(len(places.frames), dtype=bool)
    for mark in marks.tolist():
        away = np.abs(places.time_s - mark)
        nearest = int(away.argmin())
        found[nearest] |= bool(away[nearest] <= 0.5 * (music.beat_s or 0.5))
    return found

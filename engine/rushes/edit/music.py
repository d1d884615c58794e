"""The song as the edit hears it: where it can be cut, how loud it is, and which part of it is used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from rushes.edit.problem import Floats
from rushes.errors import ConstraintError, Problem
from rushes.timeline.tree import Section

_PHRASE_BARS = 4
_NEAR_S = 0.05


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Music:
    """A song in song time, seconds. energy_01 holds from its time to the next."""

    duration_s: float
    bpm: float
    beats_s: Floats
    downbeats_s: Floats
    energy_s: Floats
    energy_01: Floats
    sections: tuple[Section, ...]
    drops_s: Floats

    @property
    def beat_s(self) -> float | None:
        """Length of a beat; None for a song without one."""
        return 60.0 / self.bpm if self.bpm > 0 and len(self.beats_s) > 1 else None

    def energy_of(self, start_s: Floats, end_s: Floats) -> Floats:
        """Mean energy of ranges, 0..1."""
        if len(self.energy_s) == 0:
            return np.zeros(len(start_s))
        step = np.diff(np.append(self.energy_s, max(self.duration_s, self.energy_s[-1] + 0.1)))
        edges = np.append(self.energy_s, self.energy_s[-1] + step[-1])
        total = np.concatenate([[0.0], np.cumsum(self.energy_01 * step)])
        length = np.maximum(end_s - start_s, 1e-9)
        mean: Floats = (np.interp(end_s, edges, total) - np.interp(start_s, edges, total)) / length
        return np.clip(mean, 0.0, 1.0)

    def phrases_s(self) -> Floats:
        """Where phrases begin: every fourth downbeat of each section, counted from the section's own first."""
        near_s = 0.5 * (self.beat_s or 0.5)
        found = [
            self.downbeats_s[
                (self.downbeats_s >= part.start_s - near_s) & (self.downbeats_s < part.end_s - near_s)
            ]
            for part in self.sections
        ]
        bars = [downbeats[::_PHRASE_BARS] for downbeats in found] or [self.downbeats_s[::_PHRASE_BARS]]
        return np.unique(np.concatenate(bars))

    def turns_s(self) -> Floats:
        """Where something begins: drops and sections after the first."""
        starts = [part.start_s for part in self.sections[1:]]
        return np.unique(np.concatenate([self.drops_s, np.array(starts, dtype=np.float64)]))


def read_music(song: Mapping[str, Any]) -> Music:
    """Music of the song analyzer's JSON."""
    return Music(
        duration_s=float(song["duration_s"]),
        bpm=float(song.get("bpm") or 0.0),
        beats_s=_numbers(song["beats_s"]),
        downbeats_s=_numbers(song["downbeats_s"]),
        energy_s=_numbers(song["energy_times_s"]),
        energy_01=_numbers(song["energy_curve_01"]),
        sections=tuple(
            Section(
                start_s=float(part["start_s"]),
                end_s=float(part["end_s"]),
                label=str(part["label"]),
                energy_01=float(part["energy_01"]),
            )
            for part in song.get("sections", ())
        ),
        drops_s=_numbers(song.get("drops_s", ())),
    )


def _numbers(values: Any) -> Floats:
    return np.array(list(values), dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Part:
    """The part of the song that is used, and why, in an editor's words."""

    start_s: float
    why: str


def choose_part(music: Music, duration_s: float, start_s: float | None) -> Part:
    """Where in the song an edit of `duration_s` begins.

    A start that the recipe gives is kept. Else every downbeat from which the edit fits is judged: half for the mean
    energy, and for a drop in its middle, a start with a section and an end with a section or a whole phrase of four
    bars. The earliest of the best is taken. Raises ConstraintError for a start behind the end of the song.
    """
    if start_s is not None and start_s >= music.duration_s:
        raise ConstraintError(
            Problem(
                None,
                f"song.start_s is {start_s:g} s, but the song lasts {music.duration_s:.2f} s",
                "set it to an earlier time, or leave it out",
            )
        )
    if start_s is not None:
        return Part(start_s, f"the song starts at {start_s:g} s, as the recipe says")
    latest = music.duration_s - duration_s
    starts = _starts(music)
    starts = starts[starts <= latest + _NEAR_S]
    if len(starts) == 0:
        return Part(0.0, "the song is used from its start")
    judged = _judge(music, starts, duration_s)
    total = judged @ np.array([0.50, 0.25, 0.125, 0.125])
    best = int(np.argmax(np.round(total, 9)))
    return Part(float(starts[best]), _why(music, float(starts[best]), judged[best]))


def _starts(music: Music) -> Floats:
    for marks in (music.downbeats_s, music.beats_s):
        if len(marks):
            return marks
    return np.arange(0.0, max(music.duration_s, 0.5), 0.5)


def _judge(music: Music, starts: Floats, duration_s: float) -> Floats:
    """(starts, 4): energy, drop in the middle, begins with a section, ends with a section or phrase; all 0..1."""
    ends = starts + duration_s
    energy = music.energy_of(starts, ends)
    at_01 = (music.drops_s[None, :] - starts[:, None]) / duration_s
    drop = ((at_01 >= 0.2) & (at_01 <= 0.7)).any(axis=1)
    section_starts = np.array([part.start_s for part in music.sections], dtype=np.float64)
    tolerance = 0.5 * (music.beat_s or 0.5)
    return np.stack(
        [energy, drop, _near(starts, section_starts, tolerance), _ends_well(music, ends, tolerance)], axis=1
    ).astype(np.float64)


def _ends_well(music: Music, ends: Floats, tolerance: float) -> Floats:
    section_ends = np.array([part.end_s for part in music.sections], dtype=np.float64)
    return np.maximum(_near(ends, section_ends, tolerance), 0.6 * _near(ends, music.phrases_s(), tolerance))


def _near(times: Floats, marks: Floats, tolerance: float) -> Floats:
    if len(marks) == 0:
        return np.zeros(len(times))
    near: Floats = (np.abs(times[:, None] - marks[None, :]).min(axis=1) <= tolerance).astype(np.float64)
    return near


def _why(music: Music, start_s: float, judged: Floats) -> str:
    reasons = [f"mean energy {judged[0]:.2f}"]
    if judged[1]:
        reasons.append("a drop in its middle")
    if judged[2]:
        reasons.append("it begins with a section")
    if judged[3]:
        reasons.append("it ends with a section" if judged[3] == 1.0 else "it ends with a phrase")
    mark = "downbeat" if len(music.downbeats_s) else "beat" if len(music.beats_s) else "point"
    return f"the song starts at {start_s:.2f} s, the best {mark} for this length: {', '.join(reasons)}"

"""The song analyzer: beats, downbeats, energy, sections and drops of one song."""

from __future__ import annotations

import math
import os
import pathlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from rushes.analyze.beats import Params
from rushes.analyze.beats_grid import Path, find_path
from rushes.analyze.beats_onsets import Onsets, find_onsets
from rushes.analyze.beats_refine import refine_beats
from rushes.analyze.beats_sections import Section, find_drops, find_sections
from rushes.media.audio import load_song
from rushes.units import round_6

Floats = NDArray[np.float32]

STEP_S = 0.1
"""Step of the energy curve and of the onset strength, seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SongGrid:
    """What is known of a song. Times are seconds from its start; all numbers have six digits.

    bpm: median tempo, beats a minute; 0.0 where there is no beat, and then beats_s and downbeats_s are empty.
    beats_s: ascending. downbeats_s: those of beats_s that begin a bar. beat_strength_01: onset strength at each beat.
    energy_times_s, energy_curve_01, onset_strength_01: one value every 0.1 s. Energy is the level of the surrounding
        second, 1 at the song's loud parts, 0 at its quiet ones; onset strength is the largest within the step.
    sections: half-open, without gaps, from 0 to duration_s. drops_s: where energy jumps up after a lower part.
    confidence_01: how sure the beat is; it says so even where it was too low for a beat.
    """

    duration_s: float
    bpm: float
    beats_s: tuple[float, ...]
    downbeats_s: tuple[float, ...]
    beat_strength_01: tuple[float, ...]
    energy_times_s: tuple[float, ...]
    energy_curve_01: tuple[float, ...]
    onset_strength_01: tuple[float, ...]
    sections: tuple[Section, ...]
    drops_s: tuple[float, ...]
    confidence_01: float


def analyze_song(samples: Floats, rate_hz: int, params: Params) -> SongGrid:
    """Find the beat and the form of a song.

    samples: shape (n,), float32 mono, -1..1. rate_hz: at least 8000; 22050 or more sees hi-hats whole.
    A silent song, a song without a beat and a song of a few seconds are normal input: see SongGrid.bpm.
    """
    duration_s = samples.size / rate_hz
    onsets = find_onsets(samples, rate_hz)
    beats_s, places, confidence = _beats(samples, rate_hz, onsets, params)
    downbeats_s = beats_s[places == 0]
    steps = max(1, math.ceil(duration_s / STEP_S - 1e-9))
    energy = _energy_curve(onsets, steps, params.energy_smooth_s)
    total = _total_strength(onsets)
    sections = find_sections(energy, STEP_S, duration_s, downbeats_s.tolist(), params.min_section_s)
    return SongGrid(
        duration_s=round_6(duration_s),
        bpm=round_6(60.0 / float(np.median(np.diff(beats_s)))) if beats_s.size > 1 else 0.0,
        beats_s=_numbers(beats_s),
        downbeats_s=_numbers(downbeats_s),
        beat_strength_01=_numbers(_strength_at(total, beats_s, onsets.fps)),
        energy_times_s=_numbers(np.arange(steps) * STEP_S),
        energy_curve_01=_numbers(energy),
        onset_strength_01=_numbers(_per_step(total, onsets.fps, steps)),
        sections=tuple(_rounded(section) for section in sections),
        drops_s=_numbers(find_drops(sections)),
        confidence_01=round_6(confidence),
    )


def start_song(path: os.PathLike[str], params: Params) -> dict[str, Any]:
    """The song's grid as JSON, from its file. Raises MediaError where it cannot be read."""
    samples, rate_hz = load_song(pathlib.Path(path))
    return grid_to_json(analyze_song(samples, rate_hz, params))


def grid_to_json(grid: SongGrid) -> dict[str, Any]:
    """Plain lists and numbers, ready for canonical JSON; json_to_grid gives the same grid back."""
    plain = {name: getattr(grid, name) for name in SongGrid.__slots__}
    return {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in plain.items()
        if name != "sections"
    } | {
        "sections": [
            {"start_s": part.start_s, "end_s": part.end_s, "label": part.label, "energy_01": part.energy_01}
            for part in grid.sections
        ]
    }


def json_to_grid(data: Mapping[str, Any]) -> SongGrid:
    """The grid that grid_to_json wrote. Raises KeyError where a field is missing."""
    values: dict[str, Any] = {
        name: tuple(data[name]) if isinstance(data[name], list) else data[name] for name in SongGrid.__slots__
    }
    values["sections"] = tuple(Section(**part) for part in values["sections"])
    return SongGrid(**values)


def _beats(
    samples: Floats, rate_hz: int, onsets: Onsets, params: Params
) -> tuple[NDArray[np.float64], NDArray[np.int64], float]:
    """Beat times, their places in the bar, and the confidence; empty where it is below the wanted one."""
    none = np.zeros(0), np.zeros(0, np.int64)
    sounding = np.flatnonzero(onsets.events.any(axis=1))
    if sounding.size < 4 or (sounding[-1] - sounding[0]) / onsets.fps < 1.5:
        return *none, 0.0
    first, last = max(int(sounding[0]) - 2, 0), int(sounding[-1]) + 3
    path = find_path(onsets, first, last, params.min_bpm, params.max_bpm, params.prior_bpm)
    confidence = _confidence(path)
    if confidence < params.min_confidence_01:
        return *none, confidence
    beats_s = refine_beats(samples, rate_hz, path.at / onsets.fps)
    inside = (beats_s >= 0.0) & (beats_s < samples.size / rate_hz)
    return beats_s[inside], path.place[inside], confidence


def _confidence(path: Path) -> float:
    """What each unit of onset strength earned, from onsets by chance (0) to a drum machine (1)."""
    return min(1.0, max(0.0, path.score_per_onset))


def _energy_curve(onsets: Onsets, steps: int, smooth_s: float) -> Floats:
    """Level over a sliding window, mapped so that the song's loud parts are 1; at least 12 dB span the whole range."""
    power = 10.0 ** (onsets.loudness_db.astype(np.float64) / 10.0)
    smooth = ndimage.uniform_filter1d(power, max(1, round(smooth_s * onsets.fps)), mode="nearest")
    centre = np.minimum(np.round((np.arange(steps) + 0.5) * STEP_S * onsets.fps), power.size - 1).astype(
        np.int64
    )
    level_db = 10.0 * np.log10(smooth[centre] + 1e-12)
    loud, quiet = np.percentile(level_db, 95), np.percentile(level_db, 5)
    if loud < -70.0:
        return np.zeros(steps, np.float32)
    floor = max(min(quiet, loud - 12.0), loud - 40.0)
    return np.clip((level_db - floor) / (loud - floor), 0.0, 1.0).astype(np.float32)


def _total_strength(onsets: Onsets) -> Floats:
    """Onset strength over all bands, 1 at the song's strongest two percent of events."""
    total = np.asarray(onsets.strength.mean(axis=1), np.float32)
    peaks = total[onsets.events.any(axis=1)]
    top = float(np.percentile(peaks, 98)) if peaks.size else 0.0
    strength: Floats = np.clip(total / max(top, 1e-6), 0.0, 1.0).astype(np.float32)
    return strength


def _strength_at(total: Floats, beats_s: NDArray[np.float64], fps: float) -> Floats:
    wide = ndimage.maximum_filter1d(total, 2 * round(0.03 * fps) + 1)
    return np.asarray(wide, np.float32)[np.minimum(np.round(beats_s * fps).astype(np.int64), wide.size - 1)]


def _per_step(total: Floats, fps: float, steps: int) -> Floats:
    step_of = np.minimum((np.arange(total.size) / fps / STEP_S + 1e-9).astype(np.int64), steps - 1)
    out = np.zeros(steps, np.float32)
    np.maximum.at(out, step_of, total)
    return out


def _numbers(values: NDArray[Any] | tuple[float, ...]) -> tuple[float, ...]:
    return tuple(round_6(value) for value in values)


def _rounded(section: Section) -> Section:
    return Section(
        round_6(section.start_s), round_6(section.end_s), section.label, round_6(section.energy_01)
    )

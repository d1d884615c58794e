"""Where in a piece a shot lies best on every span.

In-points are looked at in three steps. Of every length: the cleanest of each even part of a piece, and those that put a
strong movement on a beat. Of every span: the best of these. Then the movement is moved onto the beat to the frame.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from rushes.edit.in_points import (
    Chosen,
    Judge,
    Room,
    Scales,
    beat_gaps,
    beats_inside,
    in_points,
    on_the_beat,
    peaks_on_beats,
)
from rushes.edit.in_points_sums import PieceArrays, Sums
from rushes.edit.music import Music
from rushes.edit.places import Places, Spans
from rushes.edit.problem import Bools, Floats, Ints
from rushes.recipe.spec import EditSpec

MATCH_SHARE = 0.7
"""Share of the better known half of a term: motion against kinds of motion, types at an energy against types in general."""


@dataclass(frozen=True, slots=True, eq=False)
class Windows:
    """The best window of each piece on each span, all (spans, pieces).

    fits: False where the piece is too short. in_s: source time of the first picture. score, energy, accent, clean: the
    terms that depend on the window, 0..1.
    """

    fits: Bools
    in_s: Floats
    score: Floats
    energy: Floats
    accent: Floats
    clean: Floats


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Lie:
    """What the spans lie on. loud_01: (spans,) energy of each."""

    places: Places
    spans: Spans
    music: Music | None
    loud_01: Floats
    edit: EditSpec
    speech_cost: float = 0.0
    """What a shot that begins or ends in speech loses against other in-points of its piece."""


def best_windows(
    lie: Lie, weights: Mapping[str, float], sums: Sums, pieces: PieceArrays, kinds: Floats
) -> Windows:
    """The in-point of each piece on each span that makes score, energy, accent and clean best together.

    kinds: (spans, pieces) how well the kind of motion fits. In-points are compared in single precision; what is given back
    is computed in double.
    """
    shape = (len(lie.loud_01), len(pieces.first))
    found = Windows(np.zeros(shape, dtype=bool), *(np.zeros(shape) for _ in range(5)))
    judge = Judge(sums, pieces, _scales(weights, lie), lie.edit.frames_per_s)
    strongest = None if sums.accents is None else judge.strongest(sums.accents)
    gaps = beat_gaps(lie.music, lie.edit.frames_per_s, int(lie.spans.length_frames.max(initial=1)))
    for length in np.unique(lie.spans.length_frames):
        of_length = np.flatnonzero(lie.spans.length_frames == length)
        start, length_s = lie.spans.start[of_length], float(length) / lie.edit.frames_per_s
        beats = beats_inside(lie.music, lie.places, start, int(length), lie.edit.frames_per_s)
        room = Room.of(pieces, length_s, lie.edit.handle_s)
        in_s = in_points(judge, room, length_s, strongest, gaps)
        chosen, lands = _picked(judge, in_s, length_s, beats, lie.loud_01[of_length])
        if sums.accents is not None:
            lands = on_the_beat(judge, sums.accents, room, chosen, beats, length_s)
        energy = 1.0 - np.abs(chosen.window.motion_01 - lie.loud_01[of_length][:, None])
        found.fits[of_length] = room.fits[None]
        found.in_s[of_length] = chosen.in_s
        found.score[of_length] = chosen.window.score_01
        found.energy[of_length] = MATCH_SHARE * energy + (1 - MATCH_SHARE) * kinds[of_length]
        found.accent[of_length] = 0.5 * lie.places.strength_01[start][:, None] + 0.5 * lands
        found.clean[of_length] = chosen.window.clean_01
    return found


def _scales(weights: Mapping[str, float], lie: Lie) -> Scales:
    return Scales(
        score=weights.get("score", 0.0),
        motion=MATCH_SHARE * weights.get("energy", 0.0),
        accent=0.5 * weights.get("accent", 0.0),
        clean=weights.get("clean", 0.0),
        speech=lie.speech_cost,
    )


def _picked(
    judge: Judge, in_s: Floats, length_s: float, beats: Ints, loud_01: Floats
) -> tuple[Chosen, Floats]:
    """Of (pieces, in-points) the best for each span, and how much of a movement falls near a beat, (spans, pieces)."""
    pieces = np.arange(len(in_s))
    window = judge.look(in_s, length_s, pieces[:, None])
    peaks = peaks_on_beats(judge, in_s, beats)
    total = np.abs(window.motion_01.astype(np.float32)[None] - loud_01.astype(np.float32)[:, None, None])
    total *= np.float32(-judge.scales.motion)
    total += np.float32(judge.scales.accent) * peaks
    total += judge.worth(window).astype(np.float32)
    pick = total.argmax(axis=2)
    lands = np.take_along_axis(peaks, pick[:, :, None], 2)[:, :, 0].astype(np.float64)
    return Chosen(in_s[pieces[None, :], pick], window.at(pieces[None, :], pick), loud_01), lands

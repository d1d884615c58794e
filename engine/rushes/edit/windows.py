"""Where in a piece a shot lies best: the in-points of every length, and the best of them on every span."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from rushes.edit.footage import Footage, Piece
from rushes.edit.footage_bins import BIN_S
from rushes.edit.music import Music
from rushes.edit.places import Places, Spans
from rushes.edit.problem import Bools, Floats, Ints
from rushes.recipe.spec import EditSpec

MATCH_SHARE = 0.7
"""Share of the better known half of a term: motion against kinds of motion, types at an energy against types in general."""
_IN_POINTS = 24
"""In-points looked at for each piece and length: the cleanest of each of so many even parts."""
_WINDOW_SHARE = 0.5

_Singles = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Windows:
    """The best window of each piece on each span, all (spans, pieces).

    fits: False where the piece is too short. in_s: source time of the first picture. score, energy, accent: the terms that
    depend on the window, 0..1.
    """

    fits: Bools
    in_s: Floats
    score: Floats
    energy: Floats
    accent: Floats


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
    """The in-point of each piece on each span that makes score, energy and accent best together.

    kinds: (spans, pieces) how well the kind of motion fits. In-points are compared in single precision; what is given back
    is computed in double.
    """
    shape = (len(lie.loud_01), len(pieces.first))
    found = Windows(np.zeros(shape, dtype=bool), *(np.zeros(shape) for _ in range(4)))
    for length in np.unique(lie.spans.length_frames):
        of_length = np.flatnonzero(lie.spans.length_frames == length)
        window = _windows(lie, sums, pieces, float(length) / lie.edit.rate_fps)
        peaks = _peaks_on_beats(lie, sums, pieces, window, of_length)
        loud = lie.loud_01[of_length].astype(np.float32)
        total = np.abs(window.motion_01.astype(np.float32)[None] - loud[:, None, None])
        total *= np.float32(-weights.get("energy", 0.0) * MATCH_SHARE)
        total += np.float32(0.5 * weights.get("accent", 0.0)) * peaks
        total += (weights.get("score", 0.0) * window.score_01 - window.lost).astype(np.float32)
        pick = total.argmax(axis=2)[:, :, None]
        rows = np.arange(shape[1])[None, :]
        motion = window.motion_01[rows, pick[:, :, 0]]
        strength = lie.places.strength_01[lie.spans.start[of_length]]
        energy = 1.0 - np.abs(motion - lie.loud_01[of_length][:, None])
        found.fits[of_length] = window.fits[None]
        found.in_s[of_length] = window.in_s[rows, pick[:, :, 0]]
        found.score[of_length] = window.score_01[rows, pick[:, :, 0]]
        found.energy[of_length] = MATCH_SHARE * energy + (1 - MATCH_SHARE) * kinds[of_length]
        found.accent[of_length] = 0.5 * strength[:, None] + 0.5 * np.take_along_axis(peaks, pick, 2)[:, :, 0]
    return found


@dataclass(frozen=True, slots=True, eq=False)
class PieceArrays:
    """Numbers of some pieces, (pieces,) each. first: where their clip's bins begin."""

    first: Ints
    start_s: Floats
    end_s: Floats
    rate_fps: Floats


def piece_arrays(pieces: tuple[Piece, ...]) -> PieceArrays:
    """Numbers of pieces."""
    return PieceArrays(
        np.array([piece.first_bin for piece in pieces], dtype=np.int64),
        np.array([piece.start_s for piece in pieces]),
        np.array([piece.end_s for piece in pieces]),
        np.array([float(piece.rate_fps) for piece in pieces]),
    )


class Sums:
    """Running sums along all clips, so that the mean of any window is two look-ups."""

    def __init__(self, footage: Footage) -> None:
        self.score, self.quality, self.motion = (
            np.concatenate([[0.0], np.cumsum(values)])
            for values in (footage.score, footage.quality, footage.motion)
        )
        self.peaks = self._peaks(footage)
        self.speech = footage.speech
        self.ranked = np.sort(mean_of(self.motion, *_whole(piece_arrays(footage.offered or footage.pieces))))
        """Mean motion of all pieces, ascending: what counts as much motion depends on the footage."""

    def _peaks(self, footage: Footage) -> Floats:
        """How much each bin stands out as a peak of motion, 0..1: its height above both neighbours' surroundings."""
        motion = footage.motion
        padded = np.concatenate([motion[:1], motion, motion[-1:]]) if len(motion) else np.zeros(2)
        around = (padded[:-2] + padded[2:]) / 2
        is_peak = (motion >= padded[:-2]) & (motion >= padded[2:])
        rise = np.where(is_peak, motion - around, 0.0)
        top = float(np.percentile(rise[rise > 0], 90)) if np.any(rise > 1e-9) else 0.0
        return np.clip(rise / top, 0.0, 1.0) if top > 0 else np.zeros(len(motion))


def _whole(pieces: PieceArrays) -> tuple[Ints, Floats, Floats]:
    return pieces.first, pieces.start_s, pieces.end_s


def mean_of(sums: Floats, first: Ints, start_s: Floats, end_s: Floats) -> Floats:
    """Mean over windows from running sums; the first axis of start_s and end_s is the piece."""
    first = first.reshape(-1, *([1] * (start_s.ndim - 1)))
    total = _between(sums, first + end_s / BIN_S) - _between(sums, first + start_s / BIN_S)
    return total / np.maximum((end_s - start_s) / BIN_S, 1e-9)


def _between(values: Floats, at: Floats) -> Floats:
    """Values at fractional indices, straight between neighbours, held at both ends."""
    last = len(values) - 1
    at = np.clip(at, 0.0, float(last))
    below = np.minimum(at.astype(np.int64), max(0, last - 1))
    low = values[below]
    found: Floats = low + (at - below) * (values[np.minimum(below + 1, last)] - low)
    return found


@dataclass(frozen=True, slots=True, eq=False)
class _Window:
    """In-points of one length: (pieces, in-points) each; fits: (pieces,)."""

    in_s: Floats
    fits: Bools
    score_01: Floats
    motion_01: Floats
    lost: Floats


def _windows(lie: Lie, sums: Sums, pieces: PieceArrays, length_s: float) -> _Window:
    """For each piece the cleanest in-point of each even part of the room that it leaves.

    In-points lie on whole source frames, with handles on both sides inside the piece.
    """
    handle, rate = lie.edit.handle_s, pieces.rate_fps
    first = np.ceil((pieces.start_s + handle) * rate - 1e-6)
    last = np.floor((pieces.end_s - handle - length_s) * rate + 1e-6)
    room = np.maximum(last - first, 0.0)
    most = int(min(np.ceil(room.max() / (BIN_S * rate.min())) + 1, 20 * _IN_POINTS))
    share = np.linspace(0.0, 1.0, max(1, most))
    frame = np.floor(first[:, None] + room[:, None] * share[None, :] + 0.5)
    in_s = frame / rate[:, None]
    clean = mean_of(sums.quality, pieces.first, in_s, in_s + length_s)
    clean -= mean_of(sums.quality, *_whole(pieces))[:, None]
    score = np.clip(
        mean_of(sums.score, pieces.first, in_s, in_s + length_s) + _WINDOW_SHARE * clean, 0.0, 1.0
    )
    lost = np.zeros_like(score)
    if sums.speech is not None:
        lost += lie.speech_cost * sums.speech.cut_by(pieces.first[:, None] * BIN_S + in_s, length_s)
    keep = _best_of_parts(score - lost)
    in_s, score = np.take_along_axis(in_s, keep, 1), np.take_along_axis(score, keep, 1)
    motion = mean_of(sums.motion, pieces.first, in_s, in_s + length_s)
    motion_01 = np.searchsorted(sums.ranked, motion, side="right") / max(1, len(sums.ranked))
    return _Window(in_s, last >= first, score, motion_01, np.take_along_axis(lost, keep, 1))


def _best_of_parts(score: Floats) -> Ints:
    """(pieces, parts) column of the best score within each of at most _IN_POINTS even parts of the columns."""
    columns = score.shape[1]
    parts = min(columns, _IN_POINTS)
    edges = np.linspace(0, columns, parts + 1).astype(np.int64)
    picks = [score[:, a:b].argmax(axis=1) + a for a, b in pairwise(edges.tolist())]
    return np.stack(picks, axis=1)


def _peaks_on_beats(lie: Lie, sums: Sums, pieces: PieceArrays, window: _Window, of_length: Ints) -> _Singles:
    """(spans, pieces, in-points): how much a peak of motion falls on a beat, 0..1.

    The beats inside the shot count, or the cut itself where it has none inside.
    """
    found = np.zeros((len(of_length), *window.in_s.shape), dtype=np.float32)
    beats = lie.music.beats_s if lie.music is not None else np.zeros(0)
    known: dict[int, _Singles] = {}
    for at, span in enumerate(of_length):
        start, end = lie.places.time_s[[lie.spans.start[span], lie.spans.end[span]]]
        inside = beats[(beats > start + BIN_S / 2) & (beats < end - BIN_S / 2)] - start
        for offset in (inside if len(inside) else np.zeros(1)).tolist():
            step = round(offset / (BIN_S / 2))
            if step not in known:
                source = pieces.first[:, None] + (window.in_s + step * BIN_S / 2) / BIN_S
                known[step] = _between(sums.peaks, source - 0.5).astype(np.float32)
            np.maximum(found[at], known[step], out=found[at])
    return found

"""Where in a piece a shot lies best: the in-points of every length, and the best of them on every span.

In-points are looked at in three steps. Of every length: the cleanest of each even part of a piece, and those that put a
strong movement on a beat. Of every span: the best of these. Then the movement is moved onto the beat to the frame.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from rushes.edit.footage import Footage, Piece
from rushes.edit.footage_bins import BIN_S
from rushes.edit.in_points_accents import REACH_S, Accents, accents_within
from rushes.edit.in_points_flaws import Lowest
from rushes.edit.music import Music
from rushes.edit.places import Places, Spans
from rushes.edit.problem import Bools, Floats, Ints
from rushes.recipe.spec import EditSpec

MATCH_SHARE = 0.7
"""Share of the better known half of a term: motion against kinds of motion, types at an energy against types in general."""
_IN_POINTS = 24
"""In-points looked at for each piece and length: the cleanest of each of so many even parts."""
_BY_PART, _BY_ACCENT = 14, 10
"""The same where accents are known, and how many there are besides that put an accent on a beat."""
_ACCENTS, _OFFSETS = 6, 8
"""Accents of a piece, and times of beats in shots of one length, that are brought together."""
_ONE_BEAT_FRAMES = 3
"""Times of beats in shots of one length that are no further apart are one: songs are played by people."""
_WINDOW_SHARE = 0.5
_WORST_SHARE = 0.75
"""A shot is judged by its worst moment so much more than by its mean."""
_WHOLE_SHARE = 0.3
"""Part of the term `clean` that is for an action that is not cut before it ends."""

_Singles = npt.NDArray[np.float32]


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
    judge = _Judge(lie, weights, sums, pieces)
    strongest = None if sums.accents is None else judge.strongest(sums.accents)
    for length in np.unique(lie.spans.length_frames):
        of_length = np.flatnonzero(lie.spans.length_frames == length)
        start = lie.spans.start[of_length]
        beats = beats_inside(lie.music, lie.places, start, int(length), lie.edit.rate_fps)
        length_s = float(length) / lie.edit.rate_fps
        room = _Room.of(lie, pieces, length_s)
        in_s = _in_points(judge, room, length_s, strongest, beats)
        window = judge.look(in_s, length_s)
        peaks = _peaks_on_beats(judge, in_s, beats)
        loud = lie.loud_01[of_length].astype(np.float32)
        total = np.abs(window.motion_01.astype(np.float32)[None] - loud[:, None, None])
        total *= np.float32(-weights.get("energy", 0.0) * MATCH_SHARE)
        total += np.float32(0.5 * weights.get("accent", 0.0)) * peaks
        total += judge.worth(window).astype(np.float32)
        pick = total.argmax(axis=2)
        picked = in_s[np.arange(shape[1])[None, :], pick]
        if sums.accents is None:
            lands = np.take_along_axis(peaks, pick[:, :, None], 2)[:, :, 0].astype(np.float64)
            chosen = window.at(pick)
        else:
            picked, chosen, lands = _on_the_beat(judge, room, picked, beats, length_s, lie.loud_01[of_length])
        strength = lie.places.strength_01[start]
        energy = 1.0 - np.abs(chosen.motion_01 - lie.loud_01[of_length][:, None])
        found.fits[of_length] = room.fits[None]
        found.in_s[of_length] = picked
        found.score[of_length] = chosen.score_01
        found.energy[of_length] = MATCH_SHARE * energy + (1 - MATCH_SHARE) * kinds[of_length]
        found.accent[of_length] = 0.5 * strength[:, None] + 0.5 * lands
        found.clean[of_length] = chosen.clean_01
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

    def __init__(self, footage: Footage, longest_s: float) -> None:
        self.score, self.quality, self.motion = (
            np.concatenate([[0.0], np.cumsum(values)])
            for values in (footage.score, footage.quality, footage.motion)
        )
        moments = footage.moments
        self.accents, self.unfinished = moments.accents, moments.unfinished
        self.peaks = self._peaks(footage) if self.accents is None else np.zeros(0)
        self.clean, self.worst = None, None
        if moments.clean is not None:
            self.clean = np.concatenate([[0.0], np.cumsum(moments.clean)])
            self.worst = Lowest(moments.clean, int(np.ceil(longest_s / BIN_S)) + 2)
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
    """Mean over windows from running sums. first: bins of the clips, of a shape that start_s and end_s go with."""
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
    """What windows of one length are like, arrays of one shape: 0..1. lost: what those that begin or end in speech lose."""

    score_01: Floats
    motion_01: Floats
    clean_01: Floats
    lost: Floats

    def at(self, pick: Ints) -> _Window:
        """(spans, pieces) of (pieces, in-points)."""
        rows = np.arange(pick.shape[1])[None, :]
        return _Window(
            self.score_01[rows, pick],
            self.motion_01[rows, pick],
            self.clean_01[rows, pick],
            self.lost[rows, pick],
        )


@dataclass(frozen=True, slots=True, eq=False)
class _Room:
    """Where in-points of one length may lie: (pieces,) whole source frames, both included, with the handles kept."""

    first: Floats
    last: Floats
    fits: Bools

    @staticmethod
    def of(lie: Lie, pieces: PieceArrays, length_s: float) -> _Room:
        handle, rate = lie.edit.handle_s, pieces.rate_fps
        first = np.ceil((pieces.start_s + handle) * rate - 1e-6)
        last = np.floor((pieces.end_s - handle - length_s) * rate + 1e-6)
        return _Room(first, np.maximum(last, first), last >= first)


@dataclass(frozen=True, slots=True, eq=False)
class _Judge:
    """What in-points are judged by. In-points: (pieces, ...) or, of spans, (spans, pieces); seconds of source."""

    lie: Lie
    weights: Mapping[str, float]
    sums: Sums
    pieces: PieceArrays

    def look(self, in_s: Floats, length_s: float, *, by_span: bool = False) -> _Window:
        """All that is known of windows."""
        first, sums = self._first(by_span), self.sums
        out_s = in_s + length_s
        motion = mean_of(sums.motion, first, in_s, out_s)
        motion_01 = np.searchsorted(sums.ranked, motion, side="right") / max(1, len(sums.ranked))
        score, clean, lost = self._cleanness(in_s, out_s, first, by_span=by_span)
        return _Window(score, motion_01, clean, lost)

    def worth(self, window: _Window) -> Floats:
        """What does not depend on the music, in the objective's unit."""
        worth: Floats = self.weights.get("score", 0.0) * window.score_01 - window.lost
        return worth + self.weights.get("clean", 0.0) * window.clean_01

    def worth_of(self, in_s: Floats, length_s: float) -> Floats:
        """The same of many in-points; where neither counts, the score decides."""
        score, clean, lost = self._cleanness(in_s, in_s + length_s, self._first(False), by_span=False)
        worth: Floats = max(self.weights.get("score", 0.0), 1e-6) * score - lost
        return worth + self.weights.get("clean", 0.0) * clean

    def line_s(self, in_s: Floats, *, by_span: bool = False) -> Floats:
        """The same moments on the line of all clips."""
        line: Floats = in_s + self._first(by_span) * BIN_S
        return line

    def strongest(self, accents: Accents) -> tuple[Floats, Floats]:
        """(pieces, _ACCENTS) source times and strengths of the strongest accents of each piece, NaN and 0 for none."""
        begin_s = self.pieces.first * BIN_S
        found, strength = accents_within(
            accents, begin_s + self.pieces.start_s, begin_s + self.pieces.end_s, _ACCENTS
        )
        return found - begin_s[:, None], strength

    def _first(self, by_span: bool) -> Ints:
        return self.pieces.first[None, :] if by_span else self.pieces.first[:, None]

    def _cleanness(
        self, in_s: Floats, out_s: Floats, first: Ints, *, by_span: bool
    ) -> tuple[Floats, Floats, Floats]:
        """score, the term `clean`, and what is lost for speech."""
        sums = self.sums
        usual = mean_of(sums.quality, *_whole(self.pieces))
        better = mean_of(sums.quality, first, in_s, out_s) - (usual[None, :] if by_span else usual[:, None])
        score = np.clip(mean_of(sums.score, first, in_s, out_s) + _WINDOW_SHARE * better, 0.0, 1.0)
        lost = np.zeros_like(score)
        if sums.speech is not None:
            cut = sums.speech.cut_by(first * BIN_S + in_s, out_s - in_s)
            lost += self.lie.speech_cost * cut
        return score, self._clean(in_s, out_s, first), lost

    def _clean(self, in_s: Floats, out_s: Floats, first: Ints) -> Floats:
        sums = self.sums
        if "clean" not in self.weights:
            return np.full(in_s.shape, 0.5)
        whole: Floats | None = None
        if sums.unfinished is not None:
            whole = 1.0 - _between(sums.unfinished, first + out_s / BIN_S - 0.5)
        if sums.clean is None or sums.worst is None:
            assert whole is not None, "the term takes no part where nothing is known"
            return whole
        worst = sums.worst.of(first + in_s / BIN_S, first + out_s / BIN_S)
        clean = _WORST_SHARE * worst + (1 - _WORST_SHARE) * mean_of(sums.clean, first, in_s, out_s)
        return clean if whole is None else (1 - _WHOLE_SHARE) * clean + _WHOLE_SHARE * whole


def _in_points(
    judge: _Judge,
    room: _Room,
    length_s: float,
    strongest: tuple[Floats, Floats] | None,
    beats: Ints,
) -> Floats:
    """(pieces, in-points) on whole source frames: the cleanest of each even part of the room, and those that put one of the
    strongest accents on a beat. beats: as beats_inside gives them."""
    rate = judge.pieces.rate_fps
    size = room.last - room.first
    parts = _IN_POINTS if strongest is None else _BY_PART
    most = int(min(np.ceil(size.max() / (BIN_S * rate.min())) + 1, 20 * _IN_POINTS))
    share = np.linspace(0.0, 1.0, max(1, most))
    in_s = np.floor(room.first[:, None] + size[:, None] * share[None, :] + 0.5) / rate[:, None]
    found = np.take_along_axis(in_s, _best_of_parts(judge.worth_of(in_s, length_s), parts), 1)
    if strongest is None:
        return found
    offset_s = _usual_offsets(beats) / judge.lie.edit.rate_fps
    at_s, strength = (np.repeat(values, len(offset_s), axis=1) for values in strongest)
    frame = np.floor((at_s - np.tile(offset_s, _ACCENTS)[None, :]) * rate[:, None] + 0.5)
    inside = (frame >= room.first[:, None]) & (frame <= room.last[:, None])
    landing_s = np.where(inside, frame, room.first[:, None]) / rate[:, None]
    worth = judge.worth_of(landing_s, length_s) + 0.5 * judge.weights.get("accent", 0.0) * strength
    best = np.argsort(np.where(inside, -worth, np.inf), axis=1, kind="stable")[:, :_BY_ACCENT]
    return np.concatenate([found, np.take_along_axis(landing_s, best, 1)], axis=1)


def _best_of_parts(worth: Floats, most: int) -> Ints:
    """(pieces, parts) column of the best worth within each of at most so many even parts of the columns."""
    columns = worth.shape[1]
    parts = min(columns, most)
    edges = np.linspace(0, columns, parts + 1).astype(np.int64)
    picks = [worth[:, a:b].argmax(axis=1) + a for a, b in pairwise(edges.tolist())]
    return np.stack(picks, axis=1)


def beats_inside(
    music: Music | None, places: Places, start_place: Ints, length_frames: int, rate_fps: int
) -> Ints:
    """(spans, beats) frame of the shot on which each beat inside it falls, -1 beyond its last; the cut itself, 0, where it
    has none inside. start_place: (spans,) of shots of one length."""
    if music is None or len(music.beats_s) == 0:
        return np.zeros((len(start_place), 1), dtype=np.int64)
    beats = np.floor((music.beats_s - places.time_s[0]) * rate_fps + 0.5).astype(np.int64)
    near = round(BIN_S / 2 * rate_fps)
    rows = [
        frames[(frames > near) & (frames < length_frames - near)]
        for frames in beats[None, :] - places.frames[start_place][:, None]
    ]
    found = np.full((len(rows), max(1, *map(len, rows))), -1, dtype=np.int64)
    for row, frames in enumerate(rows):
        found[row, : max(1, len(frames))] = frames if len(frames) else 0
    return found


def _usual_offsets(beats: Ints) -> Floats:
    """(offsets,) frames of the beats in shots of one length, those that are nearly one taken together; the commonest."""
    frames, counts = np.unique(beats[beats >= 0], return_counts=True)
    groups = np.cumsum(np.append(0, np.diff(frames) > 1))
    # A long run of neighbours, as of cuts off the beat, is divided.
    groups = (
        groups * (int(frames.max()) + 1)
        + (frames - frames[np.searchsorted(groups, groups)]) // _ONE_BEAT_FRAMES
    )
    totals = [counts[groups == group].sum() for group in np.unique(groups)]
    middles = [
        np.average(frames[groups == group], weights=counts[groups == group]) for group in np.unique(groups)
    ]
    order = np.lexsort((middles, -np.array(totals)))[:_OFFSETS]
    return np.floor(np.array(middles)[order] + 0.5)


def _peaks_on_beats(judge: _Judge, in_s: Floats, beats: Ints) -> _Singles:
    """(spans, pieces, in-points): how much a movement falls near a beat, 0..1. Where no accents are known, peaks of the
    motion of bins stand for them."""
    found = np.zeros((len(beats), *in_s.shape), dtype=np.float32)
    sums, line_s = judge.sums, judge.line_s(in_s)
    step = max(1, round(judge.lie.edit.rate_fps / 15))
    known: dict[int, _Singles] = {}
    for at, frames in enumerate(beats):
        for frame in frames[frames >= 0].tolist():
            key = frame // step
            if key not in known:
                moment_s = line_s + frame / judge.lie.edit.rate_fps
                if sums.accents is not None:
                    known[key] = sums.accents.near_01(moment_s)
                else:
                    known[key] = _between(sums.peaks, moment_s / BIN_S - 0.5).astype(np.float32)
            np.maximum(found[at], known[key], out=found[at])
    return found


def _on_the_beat(
    judge: _Judge, room: _Room, in_s: Floats, beats: Ints, length_s: float, loud_01: Floats
) -> tuple[Floats, _Window, Floats]:
    """In-points, (spans, pieces), moved by at most REACH_S so that the strongest accent that is near a beat falls on it,
    where that is no loss; what the windows are like; and how much falls on a beat, 0..1."""
    moved = _moved(judge, room, in_s, beats)
    before, after = (judge.look(one, length_s, by_span=True) for one in (in_s, moved))
    lands, lands_moved = (_lands(judge, one, beats) for one in (in_s, moved))

    def worth(window: _Window, lands: Floats) -> Floats:
        energy = judge.weights.get("energy", 0.0) * MATCH_SHARE * np.abs(window.motion_01 - loud_01[:, None])
        total: Floats = judge.worth(window) - energy + 0.5 * judge.weights.get("accent", 0.0) * lands
        return total

    better = worth(after, lands_moved) > worth(before, lands)
    pairs = zip(
        (after.score_01, after.motion_01, after.clean_01, after.lost),
        (before.score_01, before.motion_01, before.clean_01, before.lost),
        strict=True,
    )
    window = _Window(*(np.where(better, a, b) for a, b in pairs))
    return np.where(better, moved, in_s), window, np.where(better, lands_moved, lands)


def _moved(judge: _Judge, room: _Room, in_s: Floats, beats: Ints) -> Floats:
    """(spans, pieces) in-points with the strongest accent near a beat on that beat, to the source frame."""
    accents = judge.sums.accents
    assert accents is not None
    line_s = judge.line_s(in_s, by_span=True)
    strength, shift_s = np.zeros(in_s.shape), np.zeros(in_s.shape)
    for frames in beats.T:
        moment_s = line_s + frames[:, None] / judge.lie.edit.rate_fps
        near = np.where(frames[:, None] >= 0, accents.nearest(moment_s), len(accents))
        away_s = accents.at_s[near] - moment_s
        stronger = (accents.strength_01[near] > strength) & (np.abs(away_s) <= REACH_S)
        strength = np.where(stronger, accents.strength_01[near], strength)
        shift_s = np.where(stronger, away_s, shift_s)
    frame = np.floor((in_s + shift_s) * judge.pieces.rate_fps + 0.5)
    moved: Floats = np.clip(frame, room.first, room.last) / judge.pieces.rate_fps
    return moved


def _lands(judge: _Judge, in_s: Floats, beats: Ints) -> Floats:
    """(spans, pieces) strength of the strongest accent that falls on a beat, to the frame."""
    accents, rate = judge.sums.accents, judge.lie.edit.rate_fps
    assert accents is not None
    line_s = judge.line_s(in_s, by_span=True)
    found = np.zeros(in_s.shape)
    for frames in beats.T:
        moment_s = line_s + frames[:, None] / rate
        near = np.where(frames[:, None] >= 0, accents.nearest(moment_s), len(accents))
        np.maximum(found, accents.landing_01(near, moment_s, 1.0 / rate), out=found)
    return found

"""In-points of the shots of one length, what their windows are like, and movement on beats."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from rushes.edit.footage_bins import BIN_S
from rushes.edit.in_points_accents import REACH_S, Accents, accents_within
from rushes.edit.in_points_sums import PieceArrays, Sums, between, mean_of, score_beyond
from rushes.edit.music import Music
from rushes.edit.places import Places
from rushes.edit.problem import Bools, Floats, Ints

_IN_POINTS = 24
"""In-points looked at for each piece and length: the best of each of so many even parts."""
_BY_PART, _BY_ACCENT = 14, 10
"""The same where accents are known, and how many there are besides that put an accent on a beat."""
_ACCENTS, _OFFSETS = 6, 8
"""Accents of a piece, and times of beats in shots of one length, that are brought together."""
_ONE_BEAT_FRAMES = 3
"""Times of beats in shots of one length that are no further apart are one: songs are played by people."""
_WORST_SHARE = 0.75
"""A shot is judged by its worst moment so much, and by its mean for the rest."""
_WHOLE_SHARE = 0.3
"""Part of the term `clean` that is for an action that is not cut before it ends."""

Singles = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scales:
    """What the parts of an in-point's worth count in the objective's unit. speech: what a cut in speech costs."""

    score: float
    motion: float
    accent: float
    clean: float
    speech: float


@dataclass(frozen=True, slots=True, eq=False)
class Window:
    """What windows of one length are like, arrays of one shape: 0..1. lost: what those that begin or end in speech lose."""

    score_01: Floats
    motion_01: Floats
    clean_01: Floats
    lost: Floats

    def at(self, *index: Ints) -> Window:
        """Some of them."""
        return Window(self.score_01[index], self.motion_01[index], self.clean_01[index], self.lost[index])

    def put(self, where: tuple[Ints, Ints], other: Window) -> None:
        """Let others stand at these places."""
        self.score_01[where], self.motion_01[where] = other.score_01, other.motion_01
        self.clean_01[where], self.lost[where] = other.clean_01, other.lost


@dataclass(frozen=True, slots=True, eq=False)
class Room:
    """Where in-points of one length may lie: (pieces,) whole source frames, both included, with the handles kept."""

    first: Floats
    last: Floats
    fits: Bools

    @staticmethod
    def of(pieces: PieceArrays, length_s: float, handle_s: float) -> Room:
        """Of pieces."""
        rate = pieces.rate_fps
        first = np.ceil((pieces.start_s + handle_s) * rate - 1e-6)
        last = np.floor((pieces.end_s - handle_s - length_s) * rate + 1e-6)
        return Room(first, np.maximum(last, first), last >= first)


class Judge:
    """What in-points are judged by. In-points are seconds of source; `piece` is the piece of each, of a shape that goes with
    theirs."""

    def __init__(self, sums: Sums, pieces: PieceArrays, scales: Scales, rate_fps: float) -> None:
        self.sums, self.pieces, self.scales, self.rate_fps = sums, pieces, scales, rate_fps
        self._beyond = score_beyond(sums, pieces)

    def look(self, in_s: Floats, length_s: float, piece: Ints) -> Window:
        """All that is known of windows."""
        first = self.pieces.first[piece]
        motion = mean_of(self.sums.motion, first, in_s, in_s + length_s)
        ranked = self.sums.ranked
        motion_01 = np.searchsorted(ranked, motion, side="right") / max(1, len(ranked))
        score, clean, lost = self._still(in_s, in_s + length_s, piece)
        return Window(score, motion_01, clean, lost)

    def worth(self, window: Window) -> Floats:
        """What does not depend on the music, in the objective's unit."""
        worth: Floats = self.scales.score * window.score_01 + self.scales.clean * window.clean_01
        return worth - window.lost

    def worth_of(self, in_s: Floats, length_s: float) -> Floats:
        """The same of many in-points of each piece, (pieces, in-points); where neither counts, the score decides."""
        score, clean, lost = self._still(in_s, in_s + length_s, np.arange(len(in_s))[:, None])
        worth: Floats = max(self.scales.score, 1e-6) * score + self.scales.clean * clean
        return worth - lost

    def line_s(self, in_s: Floats, piece: Ints) -> Floats:
        """The same moments on the line of all clips."""
        line: Floats = in_s + self.pieces.first[piece] * BIN_S
        return line

    def strongest(self, accents: Accents) -> tuple[Floats, Floats]:
        """(pieces, _ACCENTS) source times and strengths of the strongest accents of each piece, NaN and 0 for none."""
        begin_s = self.pieces.first * BIN_S
        start_s, end_s = begin_s + self.pieces.start_s, begin_s + self.pieces.end_s
        found, strength = accents_within(accents, start_s, end_s, _ACCENTS)
        return found - begin_s[:, None], strength

    def _still(self, in_s: Floats, out_s: Floats, piece: Ints) -> tuple[Floats, Floats, Floats]:
        """score, the term `clean`, and what is lost for speech."""
        sums, first = self.sums, self.pieces.first[piece]
        score = np.clip(mean_of(sums.judged, first, in_s, out_s) - self._beyond[piece], 0.0, 1.0)
        lost = np.zeros_like(score)
        if sums.speech is not None:
            lost += self.scales.speech * sums.speech.cut_by(first * BIN_S + in_s, out_s - in_s)
        return score, self._clean(in_s, out_s, first), lost

    def _clean(self, in_s: Floats, out_s: Floats, first: Ints) -> Floats:
        sums = self.sums
        if self.scales.clean == 0:
            return np.full(in_s.shape, 0.5)
        whole: Floats | None = None
        if sums.unfinished is not None:
            whole = 1.0 - between(sums.unfinished, first + out_s / BIN_S - 0.5)
        if sums.clean is None or sums.worst is None:
            assert whole is not None, "the term takes no part where nothing is known"
            return whole
        worst = sums.worst.of(first + in_s / BIN_S, first + out_s / BIN_S)
        clean = _WORST_SHARE * worst + (1 - _WORST_SHARE) * mean_of(sums.clean, first, in_s, out_s)
        return clean if whole is None else (1 - _WHOLE_SHARE) * clean + _WHOLE_SHARE * whole


def in_points(
    judge: Judge,
    room: Room,
    length_s: float,
    strongest: tuple[Floats, Floats] | None,
    gaps: Ints,
) -> Floats:
    """(pieces, in-points) on whole source frames: the cleanest of each even part of the room, and those that put one of the
    strongest accents on a beat. gaps: as beat_gaps gives them."""
    rate = judge.pieces.rate_fps
    size = room.last - room.first
    parts = _IN_POINTS if strongest is None else _BY_PART
    most = int(min(np.ceil(size.max() / (BIN_S * rate.min())) + 1, 20 * _IN_POINTS))
    share = np.linspace(0.0, 1.0, max(1, most))
    in_s = np.floor(room.first[:, None] + size[:, None] * share[None, :] + 0.5) / rate[:, None]
    found = np.take_along_axis(in_s, _best_of_parts(judge.worth_of(in_s, length_s), parts), 1)
    if strongest is None:
        return found
    near = round(BIN_S / 2 * judge.rate_fps)
    offset_s = _usual_offsets(gaps, round(length_s * judge.rate_fps), near) / judge.rate_fps
    at_s, strength = (np.repeat(values, len(offset_s), axis=1) for values in strongest)
    frame = _frame_of(
        at_s - np.tile(offset_s, _ACCENTS)[None, :], rate[:, None], np.tile(offset_s == 0, _ACCENTS)
    )
    inside = (frame >= room.first[:, None]) & (frame <= room.last[:, None])
    landing_s = np.where(inside, frame, room.first[:, None]) / rate[:, None]
    worth = judge.worth_of(landing_s, length_s) + 0.5 * judge.scales.accent * strength
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
    music: Music | None, places: Places, start_place: Ints, length_frames: int, rate_fps: float
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


def beat_gaps(music: Music | None, rate_fps: float, longest_frames: int) -> Ints:
    """Frames from any beat of the song, or from half way to the next, to any later beat within a shot. What is looked at
    does not depend on which part of an edit is made."""
    if music is None or len(music.beats_s) == 0:
        return np.zeros(0, dtype=np.int64)
    beats_s = music.beats_s
    starts_s = np.concatenate([beats_s, (beats_s[:-1] + beats_s[1:]) / 2])
    gaps: Ints = np.floor((beats_s[None, :] - starts_s[:, None]) * rate_fps + 0.5).astype(np.int64).ravel()
    near: Ints = gaps[(gaps > 0) & (gaps < longest_frames)]
    return near


def _usual_offsets(gaps: Ints, length_frames: int, near_frames: int) -> Floats:
    """(offsets,) frames of the beats in shots of one length, those that are nearly one taken together; the commonest."""
    inside = gaps[(gaps > near_frames) & (gaps < length_frames - near_frames)]
    frames, counts = np.unique(np.append(inside, 0), return_counts=True)
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


def peaks_on_beats(judge: Judge, in_s: Floats, beats: Ints) -> Singles:
    """(spans, pieces, in-points): how much a movement falls near a beat, 0..1. Where no accents are known, peaks of the
    motion of bins stand for them."""
    found = np.zeros((len(beats), *in_s.shape), dtype=np.float32)
    sums, line_s = judge.sums, judge.line_s(in_s, np.arange(len(in_s))[:, None])
    step = max(1, round(judge.rate_fps / 15))
    known: dict[int, Singles] = {}
    for at, frames in enumerate(beats):
        for frame in frames[frames >= 0].tolist():
            key = frame // step
            if key not in known:
                moment_s = line_s + frame / judge.rate_fps
                if sums.accents is not None:
                    known[key] = sums.accents.near_01(moment_s)
                else:
                    known[key] = between(sums.peaks, moment_s / BIN_S - 0.5).astype(np.float32)
            np.maximum(found[at], known[key], out=found[at])
    return found


def on_the_beat(
    judge: Judge, accents: Accents, room: Room, chosen: Chosen, beats: Ints, length_s: float
) -> Floats:
    """Move in-points by at most REACH_S so that the strongest accent that is near a beat falls on it, where that is no loss.

    Returns (spans, pieces) how much falls on a beat, 0..1.
    """
    moved = _moved(judge, accents, room, chosen.in_s, beats)
    lands = _lands(judge, accents, moved, np.arange(moved.shape[1])[None, :], beats[:, None, :])
    span, piece = np.nonzero(moved != chosen.in_s)
    before_s, after_s = chosen.in_s[span, piece], moved[span, piece]
    before, after = chosen.window.at(span, piece), judge.look(after_s, length_s, piece)
    lands_before = _lands(judge, accents, before_s, piece, beats[span])
    lands_after = lands[span, piece]

    def worth(window: Window, lands: Floats) -> Floats:
        away = np.abs(window.motion_01 - chosen.loud_01[span])
        total: Floats = judge.worth(window) - judge.scales.motion * away + judge.scales.accent * lands
        return total

    better = worth(after, lands_after) > worth(before, lands_before)
    lands[span, piece] = np.where(better, lands_after, lands_before)
    where = span[better], piece[better]
    chosen.in_s[where] = after_s[better]
    chosen.window.put(where, after.at(np.flatnonzero(better)))
    return lands


@dataclass(frozen=True, slots=True, eq=False)
class Chosen:
    """In-points on spans of one length, (spans, pieces), and what their windows are like. loud_01: (spans,)."""

    in_s: Floats
    window: Window
    loud_01: Floats


def _moved(judge: Judge, accents: Accents, room: Room, in_s: Floats, beats: Ints) -> Floats:
    """(spans, pieces) in-points with the strongest accent near a beat on that beat, to the source frame."""
    line_s = judge.line_s(in_s, np.arange(in_s.shape[1])[None, :])
    strength, shift_s = np.zeros(in_s.shape), np.zeros(in_s.shape)
    is_cut = beats[:, :1] == 0
    for frames in beats.T:
        moment_s = line_s + frames[:, None] / judge.rate_fps
        near = np.where(frames[:, None] >= 0, accents.nearest(moment_s), len(accents))
        away_s = accents.at_s[near] - moment_s
        stronger = (accents.strength_01[near] > strength) & (np.abs(away_s) <= REACH_S)
        strength = np.where(stronger, accents.strength_01[near], strength)
        shift_s = np.where(stronger, away_s, shift_s)
    frame = _frame_of(in_s + shift_s, judge.pieces.rate_fps, is_cut & (shift_s != 0))
    moved: Floats = np.clip(frame, room.first, room.last) / judge.pieces.rate_fps
    return moved


def _frame_of(in_s: Floats, rate_fps: Floats, is_cut: Bools) -> Floats:
    """The source frame nearest to each in-point; where the movement is to fall on the cut itself, the one that shows it."""
    frame: Floats = np.floor(in_s * rate_fps + np.where(is_cut, 1e-6, 0.5))
    return frame


def _lands(judge: Judge, accents: Accents, in_s: Floats, piece: Ints, beats: Ints) -> Floats:
    """Strength of the strongest accent that falls on a beat, to the frame. beats: (..., beats) of a shape that goes with
    in_s."""
    line_s = judge.line_s(in_s, piece)
    found = np.zeros(in_s.shape)
    for at in range(beats.shape[-1]):
        frames = beats[..., at]
        moment_s = line_s + frames / judge.rate_fps
        near = np.where(frames >= 0, accents.nearest(moment_s), len(accents))
        # What moves before the cut is not seen.
        near = np.where((frames == 0) & (accents.at_s[near] < moment_s - 1e-6), len(accents), near)
        np.maximum(found, accents.landing_01(near, moment_s, 1.0 / judge.rate_fps), out=found)
    return found

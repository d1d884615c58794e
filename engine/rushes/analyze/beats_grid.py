"""The grid of beats and bars that explains a song's onsets best.

A bar-pointer model (Whiteley, Cemgil and Godsill, ISMIR 2006; Krebs, Böck and Widmer, ISMIR 2013 and 2015) decoded
beat by beat: a path is a chain of beats, each with a length in frames and a place in the bar of a pattern. Onsets are
seen as a Poisson process whose rate follows the pattern, so that hypotheses of any tempo are compared on the same
evidence: an onset where the pattern expects one earns log(1 + expected rate / stray rate), and every expectation costs
its expected count.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rushes.analyze.beats_onsets import Onsets
from rushes.analyze.beats_patterns import PATTERNS, Pattern

Floats = NDArray[np.float32]

_ROW_WEIGHTS = (0.6, 0.6, 0.6, 0.4, 0.4)
_ROW_SIGMA_S = (0.018, 0.018, 0.018, 0.018, 0.06)
_STRAY_PER_S = 0.5
_FULL_PER_S = 0.4
"""Onset strength a second from which on a band counts whole."""
_UNEXPECTED_01 = 0.02
"""What a 0 of a pattern means: such places are rare, not impossible."""
_STEP_COST, _DRIFT_01 = 0.2, 0.03
_THREE_COST = 0.1
"""How much rarer bars of three are than bars of four, natural log for each beat."""
_NEVER = -1e30
_REACH = 3
"""A beat differs from the one before by at most this many frames."""
_SWITCH_COST, _METER_COST = 6.0, 20.0
_BEND = 0.5
"""What a beat gains on onsets that fall by chance, because the path may bend towards them."""
_PRIOR_OCTAVES, _PRIOR_PER_S = 0.7, 1.0


@dataclass(frozen=True, slots=True)
class Path:
    """The best chain of beats.

    at: shape (beats,), int64, frame of each beat, ascending.
    place: shape (beats,), int64, place in the bar, 0 is the downbeat.
    score_per_onset: natural log of the likelihood against onsets that fall evenly, by the total strength of onsets;
        about 0 and below for noise and speech, 1 for a drum machine.
    """

    at: NDArray[np.int64]
    place: NDArray[np.int64]
    score_per_onset: float


def find_path(
    onsets: Onsets, first: int, last: int, min_bpm: float, max_bpm: float, prior_bpm: float
) -> Path:
    """Decode the frames first..last; the path begins and ends within a beat of them."""
    lengths = np.arange(round(60.0 * onsets.fps / max_bpm), round(60.0 * onsets.fps / min_bpm) + 1)
    return _Decoder(onsets, first, last, lengths, prior_bpm).decode()


class _Decoder:
    """Arrays that all steps of the decoding share. States are (length, pattern, beat in bar)."""

    def __init__(
        self, onsets: Onsets, first: int, last: int, lengths: NDArray[np.int64], prior_bpm: float
    ) -> None:
        self.first, self.count = first, last - first
        self.lengths = lengths
        rows = np.concatenate([onsets.events, onsets.chord[:, None]], axis=1)[first:last]
        longest = int(lengths[-1])
        rows = np.pad(rows, ((0, longest + 1), (0, 0)))
        length_s = self.count / onsets.fps
        weights = _row_weights(rows, length_s)
        self.mass = float((rows[:, :4] @ weights[:4]).sum())
        self.even_score = _even_score(rows, weights, length_s)
        self.groups = [_Group(rows, weights, onsets.fps, parts, lengths) for parts in (4, 3)]
        patterns = [pattern for group in self.groups for pattern in group.patterns]
        self.bar_start = np.cumsum([0] + [pattern.beats for pattern in patterns])[:-1]
        self.bar_end = self.bar_start + np.array([pattern.beats for pattern in patterns]) - 1
        self.states = int(self.bar_end[-1]) + 1
        meter = np.array([pattern.beats for pattern in patterns])
        cost = np.where(meter[:, None] == meter[None, :], _SWITCH_COST, _METER_COST)
        self.rarity = np.where(np.repeat(meter, meter) == 3, _THREE_COST, 0.0).astype(np.float32)
        self.switch = (cost - np.diag(np.diag(cost))).astype(np.float32)
        bpm = 60.0 * onsets.fps / lengths
        unlikely = 0.5 * (np.log2(bpm / prior_bpm) / _PRIOR_OCTAVES) ** 2
        self.prior = (-_PRIOR_PER_S * unlikely * lengths / onsets.fps).astype(np.float32)

    def decode(self) -> Path:
        n, size = self.count, self.lengths.size
        block, longest = int(self.lengths[0]), int(self.lengths[-1])
        # value[t % ring, l, s]: best score of a path whose last beat began at t; it is cashed at t + lengths[l].
        ring = longest + block
        value = np.full((ring, size, self.states), _NEVER, np.float32)
        came_length = np.zeros((n, size, (self.states + 1) // 2), np.uint8)
        came_pattern = np.zeros((n, size, self.bar_start.size), np.uint8)
        # No beat is shorter than a block, so that all of a block follows from blocks before it.
        for start in range(0, n, block):
            at = np.arange(start, min(start + block, n))
            before, patterns = self._previous_beat(self._arrived(value, at))
            best, lengths = self._previous_length(before)
            came_pattern[at], came_length[at] = patterns, _pack(lengths)
            value[at % ring] = best + self.prior[None, :, None] + self._gain(at)
        ends = np.arange(max(0, n - longest), n)
        crossing = (ends[:, None] + self.lengths[None, :] >= n)[:, :, None]
        final = np.where(crossing, value[ends % ring], -np.inf)
        flat = int(final.argmax())
        end, length, state = (int(index) for index in np.unravel_index(flat, final.shape))
        return self._trace(int(ends[end]), length, state, float(final.flat[flat]), came_length, came_pattern)

    def _arrived(self, value: Floats, at: NDArray[np.int64]) -> Floats:
        begun = at[:, None] - self.lengths[None, :]
        arrived = value[begun % value.shape[0], np.arange(self.lengths.size)[None, :]]
        # A path may begin anywhere within the first beat.
        return np.where(begun[:, :, None] >= 0, arrived, np.float32(0.0))

    def _previous_beat(self, arrived: Floats) -> tuple[Floats, NDArray[np.uint8]]:
        before = np.empty_like(arrived)
        before[..., 1:] = arrived[..., :-1]
        ends = arrived[..., self.bar_end]
        came = np.empty(ends.shape, np.uint8)
        for pattern, start in enumerate(self.bar_start):
            options = ends - self.switch[:, pattern]
            came[..., pattern] = options.argmax(axis=-1)
            before[..., start] = options.max(axis=-1)
        return before, came

    def _previous_length(self, before: Floats) -> tuple[Floats, NDArray[np.uint8]]:
        best = before.copy()
        came = np.full(before.shape, _REACH, np.uint8)
        for shift in range(-_REACH, _REACH + 1):
            if shift == 0:
                continue
            to = slice(max(0, -shift), self.lengths.size - max(0, shift))
            source = slice(max(0, shift), self.lengths.size - max(0, -shift))
            change = np.log(self.lengths[source] / self.lengths[to])
            cost = (_STEP_COST * abs(shift) + 0.5 * (change / _DRIFT_01) ** 2).astype(np.float32)
            option = before[:, source] - cost[None, :, None]
            better = option > best[:, to]
            best[:, to] = np.where(better, option, best[:, to])
            came[:, to][better] = _REACH + shift
        return best, came

    def _gain(self, at: NDArray[np.int64]) -> Floats:
        return np.concatenate([group.gain(at) for group in self.groups], axis=2) - self.rarity

    def _trace(
        self,
        at: int,
        length: int,
        state: int,
        score: float,
        came_length: NDArray[np.uint8],
        came_pattern: NDArray[np.uint8],
    ) -> Path:
        """Follow the best path back from its last beat."""
        pattern_of = np.repeat(np.arange(self.bar_start.size), self.bar_end - self.bar_start + 1)
        frames: list[int] = []
        places: list[int] = []
        while True:
            pattern = int(pattern_of[state])
            frames.append(at)
            places.append(state - int(self.bar_start[pattern]))
            length += _unpack(came_length, at, length, state) - _REACH
            if state == self.bar_start[pattern]:
                state = int(self.bar_end[came_pattern[at, length, pattern]])
            else:
                state -= 1
            if at < self.lengths[length]:
                break
            at -= int(self.lengths[length])
        earned = score - self.even_score - _BEND * len(frames)
        return Path(
            np.array(frames[::-1]) + self.first, np.array(places[::-1]), earned / max(self.mass, 1e-6)
        )


class _Group:
    """The patterns that part a beat alike, and what a beat of them earns at each frame."""

    def __init__(
        self, rows: Floats, weights: Floats, fps: float, parts: int, lengths: NDArray[np.int64]
    ) -> None:
        self.patterns: list[Pattern] = [pattern for pattern in PATTERNS if pattern.parts == parts]
        expected = np.concatenate([pattern.expected for pattern in self.patterns])
        self.earned = _earned(rows, weights, fps, expected)
        self.offsets = np.round(np.arange(parts)[:, None] * lengths[None, :] / parts).astype(np.int64)

    def gain(self, at: NDArray[np.int64]) -> Floats:
        """Shape (times, lengths, states): what beats that begin at these frames earn."""
        sum_of_parts: Floats = np.add.reduce(
            [
                earned[at[:, None] + offset[None, :]]
                for earned, offset in zip(self.earned, self.offsets, strict=True)
            ]
        )
        return sum_of_parts


def _row_weights(rows: Floats, length_s: float) -> Floats:
    """Weight of each row. A band that is all but empty, as the hats of a dull recording, says nothing of the beat."""
    weights = np.array(_ROW_WEIGHTS, np.float32)
    weights[:4] *= np.minimum(rows[:, :4].sum(axis=0) / length_s / _FULL_PER_S, 1.0)
    return weights


def _pack(small: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Two numbers below 16 to the byte along the last axis: these are what grows with a song's length."""
    even = np.pad(small, [(0, 0)] * (small.ndim - 1) + [(0, small.shape[-1] % 2)])
    return np.bitwise_or(even[..., ::2], np.left_shift(even[..., 1::2], np.uint8(4)), dtype=np.uint8)


def _unpack(packed: NDArray[np.uint8], at: int, length: int, index: int) -> int:
    return int(packed[at, length, index // 2]) >> (4 * (index % 2)) & 15


def _earned(rows: Floats, weights: Floats, fps: float, expected: Floats) -> Floats:
    """Shape (parts, frames, states): score of placing each part of each beat at each frame."""
    states, parts, kinds = expected.shape
    out = np.zeros((parts, rows.shape[0], states), np.float32)
    for kind in range(kinds):
        levels = np.unique(expected[:, :, kind])
        for level in levels:
            rate = max(float(level), _UNEXPECTED_01)
            reach = round(2.5 * _ROW_SIGMA_S[kind] * fps)
            away_s = np.arange(-reach, reach + 1) / fps
            bell = np.exp(-0.5 * (away_s / _ROW_SIGMA_S[kind]) ** 2) / (
                _ROW_SIGMA_S[kind] * np.sqrt(2 * np.pi)
            )
            match = np.convolve(rows[:, kind], np.log1p(rate * bell / _STRAY_PER_S), mode="same") - rate
            for part in range(parts):
                chosen = expected[:, part, kind] == level
                out[part][:, chosen] += (weights[kind] * match).astype(np.float32)[:, None]
    return out


def _even_score(rows: Floats, weights: Floats, length_s: float) -> float:
    """Score of a song whose onsets come at their mean rate, but at any time: what a beat must do better than."""
    mass = rows.sum(axis=0, dtype=np.float64)
    rate = np.maximum(mass / length_s, _STRAY_PER_S)
    gains = mass * np.log(rate / _STRAY_PER_S) - (rate - _STRAY_PER_S) * length_s
    return float(gains @ weights)

"""What makes a shot good at a place: the terms of the objective, each 0..1, weighed by the length of the shot.

The worth of an edit is the mean of its terms over its time, so few long and many short shots compare fairly:
score         the segment's score, and how much cleaner than its piece the chosen window is
energy        motion that fits the energy of the music, and the kinds of motion that the style likes there
shot_type     shot types that the style likes at that energy, and in general
pacing        a length near the one that the style wants at that energy, tempo and shot type
accent        shots that begin on strong beats, and a peak of motion on a beat
sequence      an angle that the style likes after the one before
angle_change  another angle than the one before
order         clips in the order of their names
A term that nothing is known for takes no part; where only this piece is unknown it counts one half.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from rushes.edit.footage import BIN_S, NO_ANGLE, Footage, Piece
from rushes.edit.music import Music
from rushes.edit.places import Places, Spans
from rushes.edit.problem import IMPOSSIBLE, Bools, Floats, Ints
from rushes.recipe.spec import EditSpec
from rushes.style.profile import EnergyStyle, StyleProfile

UNARY_TERMS = ("score", "energy", "shot_type", "pacing", "accent", "order")
PAIR_TERMS = ("sequence", "angle_change")

_IN_POINTS = 24
"""In-points looked at for each piece and length: the cleanest of each of so many even parts."""
_MATCH_SHARE = 0.7
_WINDOW_SHARE = 0.5
_SEED_SHARE = 0.002


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Shots:
    """Every piece on every span, with its best in-point.

    value: (spans, pieces) weighted mean of the unary terms, 0..1; -inf where the piece is too short. in_s: (spans, pieces)
    source time of the first picture. terms: term -> (spans, pieces), 0..1. loud_01: (spans,) energy relative to the part of the
    song that is used.
    """

    value: Floats
    in_s: Floats
    terms: Mapping[str, Floats]
    weights: Mapping[str, float]
    """Of all terms that take part; they add up to 1."""
    pair: Floats
    """(angles + 1, angles) worth of angle b after a; the last row is for the first shot."""
    angles: tuple[str, ...]
    loud_01: Floats
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Scene:
    """Everything that the terms read."""

    footage: Footage
    places: Places
    spans: Spans
    music: Music | None
    style: StyleProfile
    edit: EditSpec
    loud_01: Floats
    length_s: Floats


def rate_shots(
    footage: Footage, places: Places, spans: Spans, music: Music | None, style: StyleProfile, edit: EditSpec
) -> Shots:
    """Value of every piece on every span."""
    loud = _loudness(places, spans, music)
    scene = _Scene(
        footage=footage,
        places=places,
        spans=spans,
        music=music,
        style=style,
        edit=edit,
        loud_01=loud,
        length_s=spans.length_frames / edit.rate_fps,
    )
    weights, notes = _weights(scene)
    flat = {"shot_type": _shot_type(scene), "pacing": _pacing(scene), "order": _order(scene)}
    base = np.zeros((len(loud), len(footage.pieces)))
    for name, values in flat.items():
        base += weights.get(name, 0.0) * values
    value, in_s, chosen = _best_windows(scene, weights, base)
    if edit.seed:
        noise = np.random.default_rng(edit.seed).random(len(footage.pieces))
        value += _SEED_SHARE * noise
    angles = _angles(footage)
    return Shots(
        value=value,
        in_s=in_s,
        terms={name: terms for name, terms in {**flat, **chosen}.items() if name in weights},
        weights=weights,
        pair=_pair(angles, style, weights),
        angles=angles,
        loud_01=loud,
        notes=tuple(notes),
    )


def _weights(scene: _Scene) -> tuple[dict[str, float], list[str]]:
    """Weights of the terms that something is known for, adding up to 1, and notes on the others."""
    pieces = scene.footage.pieces
    known_angles = {piece.angle for piece in pieces} - {NO_ANGLE}
    nothing_known = {
        "score": (not scene.footage.has_score, f"no segment has a {scene.edit.score}"),
        "energy": (
            scene.music is None or not scene.footage.has_motion,
            "there is no song" if scene.music is None else "no motion was measured",
        ),
        "shot_type": (all(piece.shot_type is None for piece in pieces), "no shot type is known"),
        "accent": (scene.music is None or len(scene.music.beats_s) == 0, "there is no beat"),
        "sequence": (len(known_angles) < 2, "fewer than two angles are known"),
        "angle_change": (len(known_angles) < 2, "fewer than two angles are known"),
    }
    asked = {name: weight for name, weight in scene.edit.weights.items() if weight > 0}
    notes: list[str] = []
    for name in sorted(asked):
        missing, why = nothing_known.get(name, (False, ""))
        if missing:
            del asked[name]
            notes.append(f"the term {name} takes no part: {why}")
    if not asked:
        asked = {"pacing": 1.0}
    total = sum(asked.values())
    return {name: asked[name] / total for name in sorted(asked)}, notes


def _loudness(places: Places, spans: Spans, music: Music | None) -> Floats:
    """Energy of each span within the used part of the song: 0 at its quiet fifth, 1 at its loud fifth."""
    if music is None:
        return np.full(len(spans.start), 0.5)
    energy = music.energy_of(places.time_s[spans.start], places.time_s[spans.end])
    steps = music.energy_of(places.time_s[:-1], places.time_s[1:])
    low, high = np.percentile(steps, 20), np.percentile(steps, 80)
    if high - low < 0.1:
        return energy
    return np.clip((energy - low) / (high - low), 0.0, 1.0)


def _shot_type(scene: _Scene) -> Floats:
    """(spans, pieces): 0.7 for the style's types at this energy, 0.3 for its types in general."""
    most = max(scene.style.shot_types.values(), default=0.0)
    columns: list[Floats] = []
    for piece in scene.footage.pieces:
        if piece.shot_type is None:
            columns.append(np.full(len(scene.loud_01), 0.5))
            continue
        loud = _preference(scene.style.high_energy.preferred_shot_type, piece.shot_type)
        quiet = _preference(scene.style.low_energy.preferred_shot_type, piece.shot_type)
        in_general = scene.style.shot_types.get(piece.shot_type, 0.0) / most if most > 0 else 0.5
        fits = scene.loud_01 * loud + (1 - scene.loud_01) * quiet
        columns.append(_MATCH_SHARE * fits + (1 - _MATCH_SHARE) * in_general)
    return np.stack(columns, axis=1)


def _preference(liked: tuple[str, ...], name: str | None) -> float:
    """1 for what is liked best, falling to 0.6 for the last of the list, 0 for what is not in it; unknown: 0.5."""
    if name is None:
        return 0.5
    if name not in liked:
        return 0.0
    return 1.0 - 0.4 * liked.index(name) / max(1, len(liked) - 1)


def _pacing(scene: _Scene) -> Floats:
    """(spans, pieces): 1 at the wanted length, falling as a bell over the ratio of lengths.

    The wanted length follows the cut frequency of the style between quiet and loud (a geometric mean), scaled so that half
    way it is cuts_per_beat; with a known shot type it leans (0.3) to its hold duration. Without a beat it is the style's mean shot.
    """
    style = scene.style
    low, high = style.low_energy.cut_frequency, style.high_energy.cut_frequency
    relative = (high / low) ** (scene.loud_01 - 0.5)
    beat_s = scene.music.beat_s if scene.music is not None else None
    mean_s = beat_s / style.cuts_per_beat if beat_s is not None else style.avg_shot_length_s
    wanted = np.log(mean_s / relative)
    width = max(0.2, np.log1p(style.shot_length_std_s / style.avg_shot_length_s))
    columns: dict[str | None, Floats] = {}
    for kind in dict.fromkeys(piece.shot_type for piece in scene.footage.pieces):
        hold = style.hold_s.get(kind or "")
        target = wanted if hold is None else 0.7 * wanted + 0.3 * np.log(hold)
        columns[kind] = np.exp(-0.5 * ((np.log(scene.length_s) - target) / width) ** 2)
    return np.stack([columns[piece.shot_type] for piece in scene.footage.pieces], axis=1)


def _order(scene: _Scene) -> Floats:
    """(spans, pieces): 1 where the clip's rank by name and time equals the place in the edit."""
    pieces, places = scene.footage.pieces, scene.places
    rank = np.linspace(0.0, 1.0, len(pieces)) if len(pieces) > 1 else np.full(len(pieces), 0.5)
    middle = (places.frames[scene.spans.start] + places.frames[scene.spans.end]) / (2 * places.total_frames)
    return 1.0 - np.abs(rank[None, :] - middle[:, None])


def _best_windows(
    scene: _Scene, weights: Mapping[str, float], base: Floats
) -> tuple[Floats, Floats, dict[str, Floats]]:
    """The in-point of each piece on each span that makes score, energy and accent best together."""
    spans, pieces = len(scene.loud_01), len(scene.footage.pieces)
    value = np.full((spans, pieces), IMPOSSIBLE)
    in_s = np.zeros((spans, pieces))
    terms = {name: np.zeros((spans, pieces)) for name in ("score", "energy", "accent")}
    kinds = _kind_match(scene)
    sums = _Sums(scene.footage)
    ranked = np.sort(sums.piece_mean(sums.motion))
    for length in np.unique(scene.spans.length_frames):
        of_length = np.flatnonzero(scene.spans.length_frames == length)
        window = _windows(scene, sums, float(length) / scene.edit.rate_fps, ranked)
        energy = 1.0 - np.abs(window.motion_01[None] - scene.loud_01[of_length][:, None, None])
        energy = _MATCH_SHARE * energy + (1 - _MATCH_SHARE) * kinds[of_length][:, :, None]
        accent = _accent(scene, sums, window, of_length)
        total = (
            weights.get("score", 0.0) * window.score_01[None]
            + weights.get("energy", 0.0) * energy
            + weights.get("accent", 0.0) * accent
        )
        total = np.where(window.fits[None], total, IMPOSSIBLE)
        pick = total.argmax(axis=2)[:, :, None]
        value[of_length] = np.take_along_axis(total, pick, 2)[:, :, 0] + base[of_length]
        terms["energy"][of_length] = np.take_along_axis(energy, pick, 2)[:, :, 0]
        terms["accent"][of_length] = np.take_along_axis(accent, pick, 2)[:, :, 0]
        shape = (len(of_length), *window.in_s.shape)
        terms["score"][of_length] = np.take_along_axis(np.broadcast_to(window.score_01, shape), pick, 2)[
            :, :, 0
        ]
        in_s[of_length] = np.take_along_axis(np.broadcast_to(window.in_s, shape), pick, 2)[:, :, 0]
    return value, in_s, terms


class _Sums:
    """Running sums along all clips, so that the mean of any window is two look-ups."""

    def __init__(self, footage: Footage) -> None:
        self.score, self.quality, self.motion = (
            np.concatenate([[0.0], np.cumsum(values)])
            for values in (footage.score, footage.quality, footage.motion)
        )
        self.first = np.array([piece.first_bin for piece in footage.pieces])
        self.start_s = np.array([piece.start_s for piece in footage.pieces])
        self.end_s = np.array([piece.end_s for piece in footage.pieces])
        self.rate_fps = np.array([float(piece.rate_fps) for piece in footage.pieces])
        self.peaks = self._peaks(footage)

    def mean(self, sums: Floats, start_s: Floats, end_s: Floats) -> Floats:
        """Mean over windows; the first axis of start_s and end_s is the piece."""
        first = self.first.reshape(-1, *([1] * (start_s.ndim - 1)))
        bins = np.arange(len(sums))
        total = np.interp(first + end_s / BIN_S, bins, sums) - np.interp(first + start_s / BIN_S, bins, sums)
        return total / np.maximum((end_s - start_s) / BIN_S, 1e-9)

    def piece_mean(self, sums: Floats) -> Floats:
        """Mean over each whole piece."""
        return self.mean(sums, self.start_s, self.end_s)

    def _peaks(self, footage: Footage) -> Floats:
        """How much each bin stands out as a peak of motion, 0..1: its height above both neighbours' surroundings."""
        motion = footage.motion
        padded = np.concatenate([motion[:1], motion, motion[-1:]]) if len(motion) else np.zeros(2)
        around = (padded[:-2] + padded[2:]) / 2
        is_peak = (motion >= padded[:-2]) & (motion >= padded[2:])
        rise = np.where(is_peak, motion - around, 0.0)
        top = float(np.percentile(rise[rise > 0], 90)) if np.any(rise > 1e-9) else 0.0
        return np.clip(rise / top, 0.0, 1.0) if top > 0 else np.zeros(len(motion))


@dataclass(frozen=True, slots=True, eq=False)
class _Window:
    """In-points of one length: (pieces, in-points) each."""

    in_s: Floats
    fits: Bools
    score_01: Floats
    motion_01: Floats


def _windows(scene: _Scene, sums: _Sums, length_s: float, ranked: Floats) -> _Window:
    """For each piece the cleanest in-point of each even part of the room that it leaves.

    In-points lie on whole source frames, with handles on both sides inside the piece.
    """
    handle = scene.edit.handle_s
    first = np.ceil((sums.start_s + handle) * sums.rate_fps - 1e-6)
    last = np.floor((sums.end_s - handle - length_s) * sums.rate_fps + 1e-6)
    room = np.maximum(last - first, 0.0)
    most = (
        int(min(np.ceil(room.max() / (BIN_S * sums.rate_fps.min())) + 1, 20 * _IN_POINTS)) if len(room) else 1
    )
    share = np.linspace(0.0, 1.0, max(1, most))
    frame = np.floor(first[:, None] + room[:, None] * share[None, :] + 0.5)
    in_s = frame / sums.rate_fps[:, None]
    clean = sums.mean(sums.quality, in_s, in_s + length_s) - sums.piece_mean(sums.quality)[:, None]
    score = np.clip(sums.mean(sums.score, in_s, in_s + length_s) + _WINDOW_SHARE * clean, 0.0, 1.0)
    keep = _best_of_parts(score)
    in_s, score = np.take_along_axis(in_s, keep, 1), np.take_along_axis(score, keep, 1)
    motion = sums.mean(sums.motion, in_s, in_s + length_s)
    motion_01 = np.searchsorted(ranked, motion, side="right") / max(1, len(ranked))
    fits = np.repeat((last >= first)[:, None], in_s.shape[1], axis=1)
    return _Window(in_s, fits, score, motion_01)


def _best_of_parts(score: Floats) -> Ints:
    """(pieces, parts) column of the best score within each of at most _IN_POINTS even parts of the columns."""
    columns = score.shape[1]
    parts = min(columns, _IN_POINTS)
    edges = np.linspace(0, columns, parts + 1).astype(np.int64)
    picks = [score[:, a:b].argmax(axis=1) + a for a, b in pairwise(edges.tolist())]
    return np.stack(picks, axis=1)


def _kind_match(scene: _Scene) -> Floats:
    """(spans, pieces): whether the kind of motion is one that the style likes at this energy."""

    def liked(section: EnergyStyle, piece: Piece) -> float:
        return _preference(section.motion_preference, piece.motion_kind)

    pieces = scene.footage.pieces
    loud = np.array([liked(scene.style.high_energy, piece) for piece in pieces])
    quiet = np.array([liked(scene.style.low_energy, piece) for piece in pieces])
    match: Floats = scene.loud_01[:, None] * loud[None] + (1 - scene.loud_01[:, None]) * quiet[None]
    return match


def _accent(scene: _Scene, sums: _Sums, window: _Window, of_length: Ints) -> Floats:
    """(spans, pieces, in-points): half how strong the beat is that the shot begins on, half a motion peak on a beat.

    The beats inside the shot count, or the cut itself where it has none inside.
    """
    strength = scene.places.strength_01[scene.spans.start[of_length]]
    found = np.zeros((len(of_length), *window.in_s.shape))
    bins = np.arange(len(sums.peaks)) + 0.5
    first = sums.first[:, None]
    beats = scene.music.beats_s if scene.music is not None else np.zeros(0)
    known: dict[int, Floats] = {}
    for at, span in enumerate(of_length):
        start, end = scene.places.time_s[[scene.spans.start[span], scene.spans.end[span]]]
        inside = beats[(beats > start + BIN_S / 2) & (beats < end - BIN_S / 2)] - start
        for offset in (inside if len(inside) else np.zeros(1)).tolist():
            step = round(offset / (BIN_S / 2))
            if step not in known:
                source = first + (window.in_s + step * BIN_S / 2) / BIN_S
                known[step] = (
                    np.interp(source, bins, sums.peaks) if len(bins) else np.zeros(window.in_s.shape)
                )
            np.maximum(found[at], known[step], out=found[at])
    return 0.5 * strength[:, None, None] + 0.5 * found


def _angles(footage: Footage) -> tuple[str, ...]:
    """Angles by name; what is not known comes last."""
    named = sorted({piece.angle for piece in footage.pieces} - {NO_ANGLE})
    unknown = [NO_ANGLE] if any(piece.angle == NO_ANGLE for piece in footage.pieces) else []
    return (*named, *unknown)


def _pair(angles: tuple[str, ...], style: StyleProfile, weights: Mapping[str, float]) -> Floats:
    """Worth of angle b after angle a: how usual it is in the style, against the most usual after a; and a change as such."""
    count = len(angles)
    sequence = np.full((count + 1, count), 0.5)
    change = np.full((count + 1, count), 0.5)
    for a, before in enumerate(angles):
        rates = [style.angle_transitions.get((before, after), 0.0) for after in angles]
        for b, after in enumerate(angles):
            if NO_ANGLE in (before, after):
                continue
            change[a, b] = float(a != b)
            if max(rates) > 0:
                sequence[a, b] = rates[b] / max(rates)
    return weights.get("sequence", 0.0) * sequence + weights.get("angle_change", 0.0) * change

"""What makes a shot good at a place: the terms of the objective, each 0..1, weighed by the length of the shot.

The worth of an edit is the mean of its terms over its time, so few long and many short shots compare fairly:
score         the segment's score, and how much cleaner than its piece the chosen window is
energy        motion that fits the energy of the music, and the kinds of motion that the style likes there
shot_type     shot types that the style likes at that energy, and in general
pacing        a length near the one that the style wants at that energy, tempo and shot type
accent        shots that begin on strong beats, and a peak of motion on a beat
clean         the worst moment of the shot is free of blur, shake, closed eyes and the shove of starting or stopping the
              camera, and no action is cut before it ends
sequence      an angle that the style likes after the one before
angle_change  another angle than the one before, as often as the style changes it
order         clips in the order of their names
variation     drawn from the seed, where there is one, with a weight of 0.002: it decides between near equals
A term that nothing is known for takes no part; where only this piece is unknown it counts one half.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from rushes.edit.constraint_kinds import Kinds, standing_in
from rushes.edit.constraints import OF_ONE_SHOT, Constraints
from rushes.edit.footage import NO_ANGLE, Footage
from rushes.edit.in_points_sums import Sums, piece_arrays
from rushes.edit.kept import Mask
from rushes.edit.music import Music
from rushes.edit.pair_terms import angles_of, pair_worth
from rushes.edit.places import Places, Spans
from rushes.edit.problem import IMPOSSIBLE, Bools, Floats, Ints
from rushes.edit.spare import longest_row, piece_classes, worth_keeping
from rushes.edit.style_terms import length_worth, motion_worth, shot_type_worth
from rushes.edit.windows import Lie, best_windows
from rushes.recipe.spec import EditSpec
from rushes.style.profile import StyleProfile

UNARY_TERMS = ("score", "energy", "shot_type", "pacing", "accent", "clean", "order", "variation")

_NEVER = 2.0
"""Above the sum of all terms."""
WORTH_STEPS = 500
_CHUNK = 1024
"""Pieces that are rated together."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Shots:
    """The pieces that may be part of the best edit, on every span, each with its best in-point.

    piece: (columns,) index of each in the footage, ascending. value: (spans, columns) weighted mean of the unary terms, 0..1;
    -inf where the piece is too short. in_s: (spans, columns) source time of the first picture. terms: term -> (spans,
    columns), 0..1. loud_01: (spans,) energy relative to the part of the song that is used.
    """

    piece: Ints
    value: Floats
    in_s: Floats
    terms: Mapping[str, Floats]
    weights: Mapping[str, float]
    """Of all terms that take part; they add up to 1."""
    typical: Mapping[str, Floats]
    """Term -> (spans,) its mean over all pieces that fit the span."""
    spread: Ints
    """(spans, WORTH_STEPS + 1) how many of all pieces that fit are worth so many steps of 0..1."""
    pair: Floats
    """(kinds + 1, kinds) worth of kind b after a; the last row is for the first shot."""
    change: Floats
    """(kinds + 1, kinds) the part of it that is for another angle as such."""
    angles: tuple[str, ...]
    kinds: Kinds
    """Of all pieces of the footage."""
    constraints: Constraints
    offends: Mapping[str, Bools]
    """Constraint that looks at one shot at a time -> (spans, columns) where it is broken: a hard one has made the value -inf, a
    soft one has lowered it by its weight."""
    blocked: Mapping[str, Floats]
    """Hard one of these -> (spans,) the most that a piece would be worth there which it does not allow; -inf: none."""
    loud_01: Floats
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Scene:
    """Everything that the terms read."""

    footage: Footage
    lie: Lie
    style: StyleProfile
    weights: Mapping[str, float]
    length_s: Floats
    sums: Sums
    noise: Floats
    """(pieces,) 0..1, drawn from the seed."""
    mask: Mask | None
    constraints: Constraints


@dataclass(frozen=True, slots=True, eq=False)
class _Rated:
    """Some pieces on every span: (spans, columns) each."""

    piece: Ints
    value: Floats
    in_s: Floats
    terms: Mapping[str, Floats]
    offends: Mapping[str, Bools]
    blocked: Mapping[str, Floats]
    """(spans,) each, of all pieces that were looked at."""

    def only(self, kept: Ints) -> _Rated:
        terms = {name: values[:, kept] for name, values in self.terms.items()}
        offends = {name: wrong[:, kept] for name, wrong in self.offends.items()}
        value, in_s = self.value[:, kept], self.in_s[:, kept]
        return _Rated(self.piece[kept], value, in_s, terms, offends, self.blocked)

    def joined(self, more: _Rated) -> _Rated:
        def both(a: Floats, b: Floats) -> Floats:
            return np.concatenate([a, b], axis=1)

        return _Rated(
            np.concatenate([self.piece, more.piece]),
            both(self.value, more.value),
            both(self.in_s, more.in_s),
            {name: both(values, more.terms[name]) for name, values in self.terms.items()},
            {
                name: np.concatenate([wrong, more.offends[name]], axis=1)
                for name, wrong in self.offends.items()
            },
            {name: np.maximum(worth, more.blocked[name]) for name, worth in self.blocked.items()},
        )


def rate_shots(
    footage: Footage,
    places: Places,
    spans: Spans,
    music: Music | None,
    style: StyleProfile,
    edit: EditSpec,
    mask: Mask | None = None,
    variation_01: float = 0.002,
) -> Shots:
    """Value of every piece on every span, of those pieces that may be part of the best edit.

    mask: which piece may lie where, besides what its length says; None: anywhere. variation_01: weight of what a seed draws.
    """
    lie = Lie(
        places=places,
        spans=spans,
        music=music,
        loud_01=_biased(_loudness(places, spans, music), edit),
        edit=edit,
    )
    weights, scale, notes = _weights(footage, lie, variation_01)
    lie = replace(lie, speech_cost=_speech_cost(edit, scale))
    constraints = Constraints(footage, lie, scale)
    angles = angles_of(footage)
    at = {angle: index for index, angle in enumerate(angles)}
    kinds = Kinds(constraints, np.array([at[piece.angle] for piece in footage.pieces], dtype=np.int64))
    scene = _Scene(
        footage=footage,
        lie=lie,
        style=style,
        weights=weights,
        length_s=spans.length_frames / edit.frames_per_s,
        sums=Sums(footage, float(spans.length_frames.max(initial=1)) / edit.frames_per_s),
        noise=_noise(footage, edit.seed),
        mask=mask,
        constraints=constraints,
    )
    rated, typical, spread = _rate_all(scene, standing_in(constraints, kinds))
    of_kind = np.append(kinds.angle, len(angles))
    pair, change = (worth[np.ix_(of_kind, kinds.angle)] for worth in pair_worth(angles, style, weights))
    return Shots(
        piece=rated.piece,
        value=rated.value,
        in_s=rated.in_s,
        terms=rated.terms,
        weights=weights,
        typical=typical,
        spread=spread,
        pair=pair,
        change=change,
        angles=angles,
        kinds=kinds,
        constraints=constraints,
        offends=rated.offends,
        blocked=rated.blocked,
        loud_01=lie.loud_01,
        notes=(*notes, *constraints.notes()),
    )


def _noise(footage: Footage, seed: int) -> Floats:
    """(pieces,) a worth drawn for each piece; a kept shot has that of the piece that it lies in."""
    drawn = np.random.default_rng(seed).random(len(footage.offered or footage.pieces))
    return drawn[[piece.rank for piece in footage.pieces]] if footage.kept else drawn


def _rate_all(scene: _Scene, read: Ints) -> tuple[_Rated, dict[str, Floats], Ints]:
    """The pieces that are worth keeping, the mean of each term over all that fit, and how their worth is spread.

    Pieces are rated chunk by chunk, and those that better ones make needless are dropped on the way: memory does not
    grow with the library.
    """
    classes = piece_classes(scene.footage, scene.lie.edit, read)
    most = longest_row(scene.lie.spans) + 1
    totals = {name: np.zeros(len(scene.length_s)) for name in scene.weights if name in UNARY_TERMS}
    spread = np.zeros((len(scene.length_s), WORTH_STEPS + 1), dtype=np.int64)
    rated: _Rated | None = None
    for first in range(0, len(scene.footage.pieces), _CHUNK):
        some = _rate(scene, np.arange(first, min(first + _CHUNK, len(scene.footage.pieces))))
        fits = np.isfinite(some.value)
        spread += _spread(some.value, fits)
        for name, total in totals.items():
            total += np.where(fits, some.terms[name], 0.0).sum(axis=1)
        rated = some if rated is None else rated.joined(some)
        rated = rated.only(worth_keeping(rated.value, rated.piece, classes, most))
    assert rated is not None, "footage without pieces is refused before"
    fitting = np.maximum(spread.sum(axis=1), 1)
    return rated, {name: total / fitting for name, total in totals.items()}, spread


def worth_step(value: float) -> int:
    """Step of a worth of 0..1."""
    return min(WORTH_STEPS, max(0, int(value * WORTH_STEPS)))


def _spread(value: Floats, fits: Bools) -> Ints:
    """(spans, WORTH_STEPS + 1) counts of values."""
    width = WORTH_STEPS + 1
    step = np.clip(np.where(fits, value, 0.0) * WORTH_STEPS, 0, WORTH_STEPS).astype(np.int64)
    cells = step + width * np.arange(len(value))[:, None]
    return np.bincount(cells[fits], minlength=width * len(value)).reshape(len(value), width)


def _rate(scene: _Scene, index: Ints) -> _Rated:
    """Some pieces on every span."""
    pieces = tuple(scene.footage.pieces[at] for at in index.tolist())
    style, loud_01, music = scene.style, scene.lie.loud_01, scene.lie.music
    windows = best_windows(
        scene.lie, scene.weights, scene.sums, piece_arrays(pieces), motion_worth(style, loud_01, pieces)
    )
    terms = {
        "score": windows.score,
        "energy": windows.energy,
        "shot_type": shot_type_worth(style, loud_01, pieces),
        "pacing": length_worth(
            style, loud_01, scene.length_s, None if music is None else music.beat_s, pieces
        ),
        "accent": windows.accent,
        "clean": windows.clean,
        "order": _order(scene, index),
        "variation": np.broadcast_to(scene.noise[index], windows.fits.shape),
    }
    terms = {name: terms[name] for name in UNARY_TERMS if name in scene.weights}
    value = np.zeros(windows.fits.shape)
    for name, values in terms.items():
        value += scene.weights[name] * values
    fits = windows.fits if scene.mask is None else scene.mask.of(windows.fits, index)
    value[~fits] = IMPOSSIBLE
    value, offends, blocked = _constrained(scene.constraints, value, index, windows.in_s)
    return _Rated(index, value, windows.in_s, terms, offends, blocked)


def _constrained(
    constraints: Constraints, value: Floats, index: Ints, in_s: Floats
) -> tuple[Floats, dict[str, Bools], dict[str, Floats]]:
    """Value, (spans, pieces), of what the constraints allow, less what soft ones take; `Shots.offends` and `Shots.blocked`."""
    offends: dict[str, Bools] = {}
    blocked: dict[str, Floats] = {}
    allowed = value.copy()
    for spec in constraints.specs:
        if spec.kind not in OF_ONE_SHOT:
            continue
        wrong = offends[spec.name] = constraints.offends(spec, index, in_s)
        weight = constraints.weight(spec)
        if weight is not None:
            allowed[wrong] -= weight
            continue
        wrong = wrong & ~constraints.kept[index]
        blocked[spec.name] = np.where(wrong, value, IMPOSSIBLE).max(axis=1, initial=IMPOSSIBLE)
        allowed[wrong] = IMPOSSIBLE
    return allowed, offends, blocked


def _speech_cost(edit: EditSpec, scale: float) -> float:
    """What an in-point in speech is worth less: more than all terms together where speech must not be cut."""
    weights = [spec.weight for spec in edit.constraints if spec.uncut is not None]
    return max((_NEVER if weight is None else weight * scale for weight in weights), default=0.0)


def _weights(footage: Footage, lie: Lie, variation_01: float) -> tuple[dict[str, float], float, list[str]]:
    """Weights of the terms that something is known for, adding up to 1; what a weight of 1 in the recipe has become; and
    notes on the other terms."""
    pieces, music, edit = footage.pieces, lie.music, lie.edit
    known_angles = {piece.angle for piece in pieces} - {NO_ANGLE}
    nothing_known = {
        "score": (not footage.has_score, f"no segment has a {edit.score}"),
        "energy": (
            music is None or not footage.has_motion,
            "there is no song" if music is None else "no motion was measured",
        ),
        "shot_type": (all(piece.shot_type is None for piece in pieces), "no shot type is known"),
        "accent": (music is None or len(music.beats_s) == 0, "there is no beat"),
        "clean": (
            footage.moments.clean is None and footage.moments.unfinished is None,
            "neither sharpness nor movement was measured",
        ),
        "sequence": (len(known_angles) < 2, "fewer than two angles are known"),
        "angle_change": (len(known_angles) < 2, "fewer than two angles are known"),
    }
    asked = {name: weight for name, weight in edit.weights.items() if weight > 0}
    notes: list[str] = []
    for name in sorted(asked):
        missing, why = nothing_known.get(name, (False, ""))
        if missing:
            del asked[name]
            notes.append(f"the term {name} takes no part: {why}")
    if not asked:
        asked = {"pacing": 1.0}
    total = math.fsum(asked.values())
    drawn = {"variation": variation_01} if edit.seed else {}
    rest = (1.0 - math.fsum(drawn.values())) / total
    return {name: asked[name] * rest for name in sorted(asked)} | drawn, rest, notes


def _loudness(places: Places, spans: Spans, music: Music | None) -> Floats:
    """Energy of each span within the used part of the song: 0 at its quiet fifth, 1 at its loud fifth."""
    if music is None:
        return np.full(len(spans.start), 0.5)
    energy = music.energy_of(places.time_s[spans.start], places.time_s[spans.end])
    quiet, loud = quiet_and_loud(places, music)
    return np.clip((energy - quiet) / (loud - quiet), 0.0, 1.0)


def quiet_and_loud(places: Places, music: Music) -> tuple[float, float]:
    """Energy of the quiet fifth and of the loud fifth of the used part of the song; 0 and 1 where they hardly differ."""
    marks = places.time_s if places.grid_s is None else places.grid_s
    steps = music.energy_of(marks[:-1], marks[1:])
    low, high = float(np.percentile(steps, 20)), float(np.percentile(steps, 80))
    return (0.0, 1.0) if high - low < 0.1 else (low, high)


def _biased(loud_01: Floats, edit: EditSpec) -> Floats:
    return np.clip(loud_01 + edit.energy_bias_01, 0.0, 1.0)


def _order(scene: _Scene, index: Ints) -> Floats:
    """(spans, pieces): 1 where the clip's rank by name and time equals the place in the edit."""
    footage, places, spans = scene.footage, scene.lie.places, scene.lie.spans
    count = len(footage.offered or footage.pieces)
    own = np.array([footage.pieces[at].rank for at in index.tolist()]) if footage.kept else index
    rank = own / (count - 1) if count > 1 else np.full(len(index), 0.5)
    middle = (places.frames[spans.start] + places.frames[spans.end]) / (2 * places.total_frames)
    return 1.0 - np.abs(rank[None, :] - middle[:, None])

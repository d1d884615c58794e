"""How well pieces fit a style: terms of the objective that follow from what a piece is, from its length and from the music,
whichever part of it is shown."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rushes.edit.footage import Piece
from rushes.edit.problem import Floats
from rushes.edit.windows import MATCH_SHARE
from rushes.style.profile import EnergyStyle, StyleProfile

_HOLD_SHARE = 0.3
"""How far the length that is wanted leans to the one that the style holds a shot type for."""


def shot_type_worth(style: StyleProfile, loud_01: Floats, pieces: Sequence[Piece]) -> Floats:
    """(spans, pieces): 0.7 for the style's types at this energy, 0.3 for its types in general. loud_01: (spans,)."""
    most = max(style.shot_types.values(), default=0.0)
    columns: dict[str | None, Floats] = {None: np.full(len(loud_01), 0.5)}
    for kind in sorted({piece.shot_type for piece in pieces if piece.shot_type is not None}):
        loud = _preference(style.high_energy.preferred_shot_type, kind)
        quiet = _preference(style.low_energy.preferred_shot_type, kind)
        in_general = style.shot_types.get(kind, 0.0) / most if most > 0 else 0.5
        fits = loud_01 * loud + (1 - loud_01) * quiet
        columns[kind] = MATCH_SHARE * fits + (1 - MATCH_SHARE) * in_general
    return np.stack([columns[piece.shot_type] for piece in pieces], axis=1)


def motion_worth(style: StyleProfile, loud_01: Floats, pieces: Sequence[Piece]) -> Floats:
    """(spans, pieces): whether the kind of motion is one that the style likes at this energy. loud_01: (spans,)."""

    def liked(section: EnergyStyle, piece: Piece) -> float:
        return _preference(section.motion_preference, piece.motion_kind)

    loud = np.array([liked(style.high_energy, piece) for piece in pieces])
    quiet = np.array([liked(style.low_energy, piece) for piece in pieces])
    at = loud_01[:, None]
    match: Floats = at * loud[None] + (1 - at) * quiet[None]
    return match


def length_worth(
    style: StyleProfile, loud_01: Floats, length_s: Floats, beat_s: float | None, pieces: Sequence[Piece]
) -> Floats:
    """(spans, pieces): 1 at the wanted length, falling as a bell over the ratio of lengths. loud_01, length_s: (spans,).

    The wanted length follows the cut frequency of the style between quiet and loud (a geometric mean), scaled so that half
    way it is cuts_per_beat; with a known shot type it leans to its hold duration. Without a beat it is the style's mean shot.
    """
    low, high = style.low_energy.cut_frequency, style.high_energy.cut_frequency
    relative = (high / low) ** (loud_01 - 0.5)
    mean_s = beat_s / style.cuts_per_beat if beat_s is not None else style.avg_shot_length_s
    wanted = np.log(mean_s / relative)
    width = max(0.2, np.log1p(style.shot_length_std_s / style.avg_shot_length_s))
    columns: dict[str | None, Floats] = {}
    for kind in dict.fromkeys(piece.shot_type for piece in pieces):
        hold = style.hold_s.get(kind or "")
        target = wanted if hold is None else (1 - _HOLD_SHARE) * wanted + _HOLD_SHARE * np.log(hold)
        columns[kind] = np.exp(-0.5 * ((np.log(length_s) - target) / width) ** 2)
    return np.stack([columns[piece.shot_type] for piece in pieces], axis=1)


def _preference(liked: Sequence[str], name: str | None) -> float:
    """1 for what is liked best, falling to 0.6 for the last of the list, 0 for what is not in it; unknown: 0.5."""
    if name is None:
        return 0.5
    if name not in liked:
        return 0.0
    return 1.0 - 0.4 * liked.index(name) / max(1, len(liked) - 1)

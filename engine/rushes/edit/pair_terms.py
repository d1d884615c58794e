"""What makes a shot good after another one: the terms `sequence` and `angle_change`."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from rushes.edit.footage import NO_ANGLE, Footage
from rushes.edit.problem import Floats
from rushes.style.profile import StyleProfile


def angles_of(footage: Footage) -> tuple[str, ...]:
    """Angles by name; what is not known comes last."""
    named = sorted({piece.angle for piece in footage.pieces} - {NO_ANGLE})
    unknown = [NO_ANGLE] if any(piece.angle == NO_ANGLE for piece in footage.pieces) else []
    return (*named, *unknown)


def pair_worth(
    angles: tuple[str, ...], style: StyleProfile, weights: Mapping[str, float]
) -> tuple[Floats, Floats]:
    """Worth of angle b after angle a: how usual it is in the style, against the most usual after a, and whether the angle
    stays or changes, against what the style does more often: (angles + 1, angles), the last row for the first shot. The second
    array is the worth of the change alone."""
    count = len(angles)
    sequence = np.full((count + 1, count), 0.5)
    change = np.full((count + 1, count), 0.5)
    stay = style.same_angle_repeat_rate
    for a, before in enumerate(angles):
        rates = [style.angle_transitions.get((before, after), 0.0) for after in angles]
        for b, after in enumerate(angles):
            if NO_ANGLE in (before, after):
                continue
            change[a, b] = (stay if a == b else 1.0 - stay) / max(stay, 1.0 - stay)
            if max(rates) > 0:
                sequence[a, b] = rates[b] / max(rates)
    change *= weights.get("angle_change", 0.0)
    return weights.get("sequence", 0.0) * sequence + change, change

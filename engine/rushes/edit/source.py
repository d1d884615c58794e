"""Source ranges on whole source frames."""

from __future__ import annotations

import math
from fractions import Fraction

from rushes.edit.footage import Piece
from rushes.recipe.spec import EditSpec


def source_start_frames(piece: Piece, in_s: float, length_frames: int, edit: EditSpec) -> int:
    """The source frame nearest to `in_s` from which the shot, with its handles, stays inside the piece."""
    rate = piece.rate_fps
    length_s = length_frames / edit.rate
    handle_s = Fraction(edit.handle_s)
    slack = Fraction(1, 10**6)
    first = math.ceil((Fraction(piece.start_s) + handle_s) * rate - slack)
    last = math.floor((Fraction(piece.end_s) - handle_s - length_s) * rate + slack)
    return max(first, min(last, math.floor(Fraction(in_s) * rate + Fraction(1, 2))))

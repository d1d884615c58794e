"""What the in-point of a shot does, in an editor's words."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from rushes.edit.attempt import Answer
from rushes.edit.footage import Piece
from rushes.edit.footage_bins import BIN_S
from rushes.edit.in_points import beats_inside
from rushes.edit.in_points_flaws import CAUSES
from rushes.edit.problem import Floats

_LANDS_01 = 0.3
"""A movement that is stronger than this is worth saying."""
_SPOILT_01, _FREE_01 = 0.5, 0.2
"""A moment that is less clean than that is spoilt; one that is so much cleaner than those left out is no such."""
_JUST_ENDED_BINS = 6
_ACTION_01 = 0.5
_LEFT_OUT = {
    "closed_eyes": "closed eyes are left out",
    "start": "the shaky start is left out",
    "end": "the shaky end is left out",
    "blur": "what is blurred is left out",
    "shake": "what is shaky is left out",
}


def landed_s(answer: Answer, at: int) -> float | None:
    """Second of the edit of the beat on which the strongest movement of shot `at` falls to the frame; None: on none."""
    accents, music = answer.footage.moments.accents, answer.scene.music
    if accents is None or music is None or len(music.beats_s) == 0:
        return None
    choice, rate = answer.choices[at], answer.scene.request.edit.rate_fps
    length = int(answer.spans.length_frames[choice.span])
    start = answer.spans.start[[choice.span]]
    beats = beats_inside(music, answer.scene.places, start, length, rate)[0]
    piece, in_s = _shown(answer, at)
    moment_s = piece.first_bin * BIN_S + in_s + beats / rate
    lands = accents.landing_01(accents.nearest(moment_s), moment_s, 1.0 / rate)
    best = int(lands.argmax())
    if lands[best] < _LANDS_01:
        return None
    return float((answer.scene.places.frames[start[0]] + beats[best]) / rate)


def cleanness_words(answer: Answer, at: int) -> str:
    """What the window of shot `at` leaves out of its piece, and whether it shows an action to its end."""
    return "; ".join(_cleanness(answer, at))


def _cleanness(answer: Answer, at: int) -> Iterator[str]:
    moments, (piece, in_s) = answer.footage.moments, _shown(answer, at)
    length_s = int(answer.spans.length_frames[answer.choices[at].span]) / answer.scene.request.edit.rate_fps
    first, last = _bins(piece, in_s, in_s + length_s)
    said = False
    if moments.clean is not None and moments.flaw is not None:
        cause = _left_out(
            moments.clean, moments.flaw, _bins(piece, piece.start_s, piece.end_s), (first, last)
        )
        if cause is not None:
            said = True
            yield _LEFT_OUT[cause]
    if moments.unfinished is not None:
        before = moments.unfinished[max(first, last - _JUST_ENDED_BINS) : last]
        if len(before) and before.max() >= _ACTION_01 and before[-1] <= _FREE_01:
            said = True
            yield "the action is shown to its end"
    if not said and moments.clean is not None and moments.clean[first:last].min() >= 1.0 - _FREE_01:
        yield "sharp and steady throughout"


def _left_out(clean: Floats, flaw: Floats, whole: tuple[int, int], shown: tuple[int, int]) -> str | None:
    """What spoils most of the moments of a piece that are not shown; None where what is shown is hardly better."""
    outside = np.r_[whole[0] : shown[0], shown[1] : whole[1]]
    least = min(_SPOILT_01, float(clean[shown[0] : shown[1]].min()) - _FREE_01)
    spoilt = outside[clean[outside] < least]
    if len(spoilt) == 0:
        return None
    return CAUSES[int(np.bincount(flaw[spoilt].astype(np.int64)).argmax())]


def _shown(answer: Answer, at: int) -> tuple[Piece, float]:
    """The piece of a shot, and the source time of its first picture."""
    choice, built = answer.choices[at], answer.built
    in_s = float(answer.shots.in_s[choice.span, built.column_of(choice)])
    return answer.footage.pieces[built.piece_of(choice)], in_s


def _bins(piece: Piece, start_s: float, end_s: float) -> tuple[int, int]:
    """The bins that a range of a piece's source shows, by the rule of Lowest."""
    first = piece.first_bin + int(np.floor(start_s / BIN_S + 0.25))
    return first, max(first + 1, piece.first_bin + int(np.ceil(end_s / BIN_S - 0.25)))

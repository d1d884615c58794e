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
_NEAR_BINS = 7
"""What lies further from a shot is not left out by its in-point."""
_ACTION_01 = 0.5
_LEFT_OUT = {
    "closed_eyes": "closed eyes are left out",
    "start": "the shaky start is left out",
    "end": "the shaky end is left out",
    "blur": "what is blurred is left out",
    "shake": "what is shaky is left out",
}


def landing_words(answer: Answer, at: int) -> str:
    """The beat on which the strongest movement of shot `at` falls to the frame, by its time in the edit; "": on none."""
    accents, music = answer.footage.moments.accents, answer.scene.music
    if accents is None or music is None or len(music.beats_s) == 0:
        return ""
    choice, rate = answer.choices[at], answer.scene.request.edit.frames_per_s
    length = int(answer.spans.length_frames[choice.span])
    start = answer.spans.start[[choice.span]]
    beats = beats_inside(music, answer.scene.places, start, length, rate)[0]
    piece, in_s = _shown(answer, at)
    moment_s = piece.first_bin * BIN_S + in_s + beats / rate
    lands = accents.landing_01(accents.nearest(moment_s), moment_s, 1.0 / rate)
    best = int(lands.argmax())
    if lands[best] < _LANDS_01:
        return ""
    beat_s = (answer.scene.places.frames[start[0]] + beats[best]) / rate
    return f"a movement lands on the {'beat' if beats[best] else 'cut'} at {beat_s:.2f} s"


def cleanness_words(answer: Answer, at: int) -> str:
    """What is good about the window of shot `at`."""
    clean, (first, last) = answer.footage.moments.clean, _window(answer, at)
    said = in_point_words(answer, at)
    if not said and clean is not None and clean[first:last].min() >= 1.0 - _FREE_01:
        return "sharp and steady throughout"
    return "; ".join(said)


def in_point_words(answer: Answer, at: int) -> tuple[str, ...]:
    """What the window of shot `at` leaves out beside it in its piece, and whether it shows an action to its end."""
    return tuple(_in_point_words(answer, at))


def _in_point_words(answer: Answer, at: int) -> Iterator[str]:
    moments, (piece, _), (first, last) = answer.footage.moments, _shown(answer, at), _window(answer, at)
    if moments.clean is not None and moments.flaw is not None:
        whole = _bins(piece, piece.start_s, piece.end_s)
        near = max(whole[0], first - _NEAR_BINS), min(whole[1], last + _NEAR_BINS)
        cause = _left_out(moments.clean, moments.flaw, near, (first, last))
        if cause is not None:
            yield _LEFT_OUT[cause]
    if moments.unfinished is not None:
        before = moments.unfinished[max(first, last - _JUST_ENDED_BINS) : last]
        if len(before) and before.max() >= _ACTION_01 and before[-1] <= _FREE_01:
            yield "the action is shown to its end"


def _left_out(clean: Floats, flaw: Floats, whole: tuple[int, int], shown: tuple[int, int]) -> str | None:
    """What spoils most of the moments of a range that are not shown; None where what is shown is hardly better."""
    outside = np.r_[whole[0] : shown[0], shown[1] : whole[1]]
    least = min(_SPOILT_01, float(clean[shown[0] : shown[1]].min()) - _FREE_01)
    spoilt = outside[clean[outside] < least]
    if len(spoilt) == 0:
        return None
    return CAUSES[int(np.bincount(flaw[spoilt].astype(np.int64)).argmax())]


def _window(answer: Answer, at: int) -> tuple[int, int]:
    """The bins that shot `at` shows."""
    piece, in_s = _shown(answer, at)
    length_s = (
        int(answer.spans.length_frames[answer.choices[at].span]) / answer.scene.request.edit.frames_per_s
    )
    return _bins(piece, in_s, in_s + length_s)


def _shown(answer: Answer, at: int) -> tuple[Piece, float]:
    """The piece of a shot, and the source time of its first picture."""
    choice, built = answer.choices[at], answer.built
    in_s = float(answer.shots.in_s[choice.span, built.column_of(choice)])
    return answer.footage.pieces[built.piece_of(choice)], in_s


def _bins(piece: Piece, start_s: float, end_s: float) -> tuple[int, int]:
    """The bins that a range of a piece's source shows, by the rule of Lowest."""
    first = piece.first_bin + int(np.floor(start_s / BIN_S + 0.25))
    return first, max(first + 1, piece.first_bin + int(np.ceil(end_s / BIN_S - 0.25)))

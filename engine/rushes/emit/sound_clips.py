"""The clips' own sound, laid along an edit to the sample."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from rushes.emit.sound_level import Samples
from rushes.emit.sound_pieces import SoundPiece
from rushes.media.decode import decode_pass
from rushes.media.encode_sound import SOUND_RATE_HZ
from rushes.media.info import MediaInfo
from rushes.media.wishes import Picture, SoundBlock, SoundWish, Wishes


@dataclass(slots=True)
class _Place:
    """A piece in samples: its first sample in the clip and in the edit, with what it fades over beyond its range."""

    source_at: int
    record_at: int
    samples: Samples


def clip_track(
    pieces: Sequence[SoundPiece],
    sources: Mapping[str, MediaInfo],
    length: int,
    gains_db: Mapping[str, float] | None = None,
) -> Samples:
    """The sound of an edit: shape (length, 2) float32 at SOUND_RATE_HZ, silence where no piece is or a clip has no sound.

    sources: clip -> the file; each is decoded once, however many pieces it has, and what no piece needs is not kept. Time 0
    of a clip is its first picture, as for everybody else who hears it. gains_db: clip -> what is added to its level.
    Fades are of equal power, as what crosses has nothing in common. Raises MediaError for a file that has vanished.
    """
    track = np.zeros((length, 2), np.float32)
    for clip in dict.fromkeys(piece.clip for piece in pieces):
        info = sources[clip]
        own = [piece for piece in pieces if piece.clip == clip]
        gain = np.float32(10 ** ((gains_db or {}).get(clip, 0.0) / 20))
        for piece, place in zip(own, _heard(info, own), strict=True):
            _add(track, place.samples * (_envelope(piece, place) * gain)[:, None], place.record_at)
    return track


def _heard(info: MediaInfo, pieces: Sequence[SoundPiece]) -> list[_Place]:
    """The samples of each piece."""
    places = [_place(piece) for piece in pieces]
    if info.audio is None:
        return places
    # Where it is one channel, both are it: mixed up by the resampler it would be 3 dB lower.
    wish = SoundWish(rate_hz=SOUND_RATE_HZ, channels=1 if info.audio.channels == 1 else 2)

    def hear(_: str, block: SoundBlock) -> None:
        at = round(block.t_s * SOUND_RATE_HZ)
        for place in places:
            first, last = (
                max(at, place.source_at),
                min(at + len(block.samples), place.source_at + len(place.samples)),
            )
            if first < last:
                place.samples[first - place.source_at : last - place.source_at] = block.samples[
                    first - at : last - at
                ]

    decode_pass(info, {"sound": Wishes(sound=wish)}, _no_picture, hear)
    for place in places:
        np.nan_to_num(place.samples, copy=False, nan=0.0, posinf=1.0, neginf=-1.0)
    return places


def _no_picture(reader: str, picture: Picture) -> None:
    """Nobody asks for one."""


def _place(piece: SoundPiece) -> _Place:
    lead, begin = _samples(piece.lead_s), _samples(piece.record_start_s)
    end = _samples(piece.record_end_s)
    length = lead + end - begin + _samples(piece.tail_s)
    return _Place(
        source_at=_samples(piece.source_start_s) - lead,
        record_at=begin - lead,
        samples=np.zeros((length, 2), np.float32),
    )


def _samples(length_s: Fraction) -> int:
    """Nearest whole one."""
    return round(length_s * SOUND_RATE_HZ)


def _envelope(piece: SoundPiece, place: _Place) -> Samples:
    """Shape (n,): 0..1."""
    length = len(place.samples)
    gain = np.ones(length, np.float32)
    rise, fall = (min(_samples(fade_s), length) for fade_s in (piece.rise_s, piece.fall_s))
    gain[:rise] *= _quarter_wave(rise)
    gain[length - fall :] *= _quarter_wave(fall)[::-1]
    return gain


def _quarter_wave(length: int) -> Samples:
    """Rises so that its square and the square of its mirror image add up to 1."""
    return np.sin(np.pi / 2 * (np.arange(length) + 0.5) / max(1, length)).astype(np.float32)


def _add(track: Samples, samples: Samples, at: int) -> None:
    first, last = max(0, at), min(len(track), at + len(samples))
    if first < last:
        track[first:last] += samples[first - at : last - at]

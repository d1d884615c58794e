"""The song under a video: the used part, faded, brought to a loudness, and encoded."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np

from rushes.emit.sound_level import Samples, level, loudness_lufs, true_peak_db
from rushes.emit.sound_song import read_part
from rushes.media.encode import whole_file
from rushes.media.encode_sound import SOUND_RATE_HZ, read_aac, write_aac

_HEADROOM_DB = 0.2
"""AAC overshoots about so much at least; what it does beyond that is measured and taken off."""
_SPARE_DB = 0.05
_ROUNDS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class SoundReport:
    """What was measured of the encoded sound. Loudness and peak are None for silence."""

    loudness_lufs: float | None
    true_peak_db: float | None
    gain_db: float
    limited: bool


def render_song(
    song: Path | None,
    *,
    start_s: Fraction,
    duration_s: Fraction,
    out: Path,
    fade_in_s: float = 0.05,
    fade_out_s: float = 1.0,
    target_lufs: float = -14.0,
    peak_at_most_db: float = -1.0,
) -> SoundReport:
    """Write the sound of a video: AAC in stereo at 48 kHz, exactly `duration_s` long, in an M4A for `join`.

    The song plays from `start_s` on, with silence where it has ended, or all through without a song. It reaches
    `target_lufs` (within 0.5) unless that takes more gain than a song should need, and never passes
    `peak_at_most_db` (dBTP) as it is decoded again. Raises MediaError for a song that cannot be read, RenderError
    where `out` cannot be written.
    """
    length = max(1, round(duration_s * SOUND_RATE_HZ))
    faded = faded_song(song, start_s=start_s, length=length, fade_in_s=fade_in_s, fade_out_s=fade_out_s)
    return write_sound(faded, out, target_lufs=target_lufs, peak_at_most_db=peak_at_most_db)


def faded_song(
    song: Path | None, *, start_s: Fraction, length: int, fade_in_s: float, fade_out_s: float
) -> Samples:
    """The used part of a song with its fades, not yet at its loudness: shape (length, 2); silence without a song."""
    part = read_part(song, start_s, length) if song else np.zeros((length, 2), np.float32)
    return fade(part, fade_in_s, fade_out_s)


def write_sound(
    samples: Samples, out: Path, *, target_lufs: float = -14.0, peak_at_most_db: float = -1.0
) -> SoundReport:
    """Bring a sound to its loudness, as render_song does, and write it. Raises RenderError where `out` cannot be written."""
    with whole_file(out) as file:
        return _encode(file, samples, target_lufs, peak_at_most_db)


def fade(samples: Samples, fade_in_s: float, fade_out_s: float) -> Samples:
    """Raised-cosine fades at both ends; where they meet, both hold. Where the sound ends in silence, the fade ends with it."""
    heard = np.flatnonzero(np.abs(samples).max(axis=1) > 0)
    end = int(heard[-1]) + 1 if heard.size else 0
    gain = np.ones(len(samples), np.float32)
    rise, fall = (min(round(length_s * SOUND_RATE_HZ), end) for length_s in (fade_in_s, fade_out_s))
    gain[:rise] *= _ramp(rise)
    gain[end - fall : end] *= _ramp(fall)[::-1]
    return samples * gain[:, None]


def _ramp(length: int) -> Samples:
    return (0.5 - 0.5 * np.cos(np.pi * (np.arange(length) + 0.5) / max(1, length))).astype(np.float32)


def _encode(file: Path, samples: Samples, target_lufs: float, peak_at_most_db: float) -> SoundReport:
    """Encode, listen to the result, and lower the ceiling by what AAC overshot until it holds."""
    ceiling_db = peak_at_most_db - _HEADROOM_DB
    for _ in range(_ROUNDS - 1):
        report = _encode_once(file, samples, target_lufs, ceiling_db)
        if report.true_peak_db is None or report.true_peak_db <= peak_at_most_db:
            return report
        ceiling_db -= report.true_peak_db - peak_at_most_db + _SPARE_DB
    return _encode_once(file, samples, target_lufs, ceiling_db)


def _encode_once(file: Path, samples: Samples, target_lufs: float, ceiling_db: float) -> SoundReport:
    levelled = level(samples, target_lufs, ceiling_db)
    write_aac(file, levelled.samples)
    decoded = read_aac(file)
    return SoundReport(
        loudness_lufs=loudness_lufs(decoded),
        true_peak_db=true_peak_db(decoded),
        gain_db=levelled.gain_db,
        limited=levelled.limited,
    )

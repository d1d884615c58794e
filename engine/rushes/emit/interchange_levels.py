"""How loud song and clips are beside each other, as keys that editing programs have.

The same numbers as in the mix of the video: the song's level is looked up at every frame of the edit, and as many of these become
keys as straight lines between decibels need to stay within a quarter of one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rushes.emit.interchange import LevelKey, Mix
from rushes.emit.sound import faded_song
from rushes.emit.sound_clips import clip_track
from rushes.emit.sound_mix import Span, clip_level_db, ducking, heard_spans
from rushes.emit.sound_pieces import sound_pieces
from rushes.media.encode_sound import SOUND_RATE_HZ
from rushes.media.info import MediaInfo
from rushes.recipe.sound_spec import SoundSpec
from rushes.timeline.tree import Timeline

_APART_DB = 0.25
_AT_MOST_DB = 12.0
"""Volumes of editing programs end there."""


def mix_of(
    timeline: Timeline,
    spec: SoundSpec,
    sources: Mapping[str, MediaInfo],
    song: Path,
    song_fades_s: tuple[float, float],
    speech: Mapping[str, Sequence[Span]],
) -> Mix:
    """The levels of a song with clips under it. sources: clip -> its file. speech: clip -> its stretches of speech, of clips that
    were listened to.

    Where clips would need more than editing programs have, the song is lowered by what is missing. Raises MediaError for files
    that cannot be read.
    """
    pieces = sound_pieces(timeline, Fraction(str(spec.crossfade_s)))
    length = max(1, round(timeline.duration_s() * SOUND_RATE_HZ))
    clips = clip_track(pieces, sources, length)
    start_s = Fraction(str(timeline.song.start_s)) if timeline.song else Fraction(0)
    fade_in_s, fade_out_s = song_fades_s
    heard = faded_song(song, start_s=start_s, length=length, fade_in_s=fade_in_s, fade_out_s=fade_out_s)
    clips_db = clip_level_db(heard, clips, spec.clip_gain_db)
    keys: tuple[LevelKey, ...] = ()
    if spec.duck is not None:
        spans = heard_spans(pieces, clips, speech, only_speech=spec.duck.only_speech).spans
        ducked = ducking(spans, length, spec.duck)
        keys = level_keys(ducked, timeline.duration_frames, timeline.rate_fps)
    beyond_db = max(0.0, clips_db - _AT_MOST_DB)
    return Mix(clips=spec.clips, clips_db=clips_db - beyond_db, song_keys=_lowered(keys, beyond_db))


def _lowered(keys: tuple[LevelKey, ...], by_db: float) -> tuple[LevelKey, ...]:
    if not by_db:
        return keys
    return tuple(replace(key, level_db=key.level_db - by_db) for key in keys or (LevelKey(0, 0.0),))


def level_keys(gain: NDArray[np.float32], frames: int, rate_fps: Fraction) -> tuple[LevelKey, ...]:
    """Keys of a gain: shape (n,), 0..1, at SOUND_RATE_HZ; () where it is 1 all along. frames: of the edit."""
    at = [min(len(gain) - 1, round(frame * SOUND_RATE_HZ / rate_fps)) for frame in range(frames + 1)]
    level_db = 20 * np.log10(np.maximum(gain[at].astype(np.float64), 1e-9))
    if not level_db.any():
        return ()
    return tuple(LevelKey(frame, round(float(level_db[frame]), 3)) for frame in _corners(level_db))


def _corners(values: NDArray[np.float64]) -> list[int]:
    """The points between which a straight line misses none of the others, found by halving at the worst one (Douglas and Peucker,
    1973), and both ends."""
    kept = {0, len(values) - 1}
    spans = [(0, len(values) - 1)]
    while spans:
        begin, end = spans.pop()
        line = np.linspace(values[begin], values[end], end - begin + 1)
        missed = np.abs(values[begin : end + 1] - line)
        worst = begin + int(missed.argmax())
        if missed.max() > _APART_DB:
            kept.add(worst)
            spans += [(begin, worst), (worst, end)]
    return sorted(kept)

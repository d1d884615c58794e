"""The song with the sound of the clips: how loud they are beside it, and how it steps back while somebody speaks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from rushes.emit.sound_level import Samples, loudness_lufs
from rushes.emit.sound_pieces import SoundPiece
from rushes.media.encode_sound import SOUND_RATE_HZ
from rushes.recipe.sound_spec import DuckSpec

Span = tuple[float, float]
"""Begin and end in seconds, half open."""

_GAIN_AT_MOST_DB = 24.0
"""Clips that are quieter than this are room noise, which nobody wants louder."""
_WINDOW_S = 0.05
_BELOW_LOUDEST_DB = 20.0
_SILENT_DB = -50.0
"""By level: windows count as heard that are no more than so much below the loudest one, and above silence."""


def mixed(song: Samples, clips: Samples, clip_gain_db: float, ducked: NDArray[np.float32]) -> Samples:
    """The song times its gain (of `ducking`, shape (n,)), with the clips at `clip_gain_db` beside it.

    song, clips: shape (n, 2). Both loudnesses are those of the whole edit, the song's before it is ducked; where one of the
    two is silent, the other is as it was.
    """
    gain = float(10 ** (clip_level_db(song, clips, clip_gain_db) / 20))
    return (song * ducked[:, None] + clips * np.float32(gain)).astype(np.float32)


def clip_level_db(song: Samples, clips: Samples, clip_gain_db: float) -> float:
    """How much louder the clips become than they were recorded, for `mixed`."""
    of_song, of_clips = loudness_lufs(song), loudness_lufs(clips)
    if of_song is None or of_clips is None:
        return 0.0
    return min(_GAIN_AT_MOST_DB, of_song - of_clips + clip_gain_db)


def ducking(spans: Sequence[Span], length: int, duck: DuckSpec) -> NDArray[np.float32]:
    """The gain of a song for spans of the edit in which it steps back: shape (length,), 0..1.

    Within a span it is exactly -by_db; before it, it goes down over attack_ms, after it, up over release_ms, both as raised
    cosines of its decibels, which have no corner to be heard. Pauses up to hold_ms are no pauses; where a way up and a way
    down overlap, the quieter one holds.
    """
    attack, release = (round(ms * SOUND_RATE_HZ / 1000) for ms in (duck.attack_ms, duck.release_ms))
    depth = np.zeros(length + attack + release, np.float64)
    falls, rises = _way(attack), _way(release)[::-1]
    for start_s, end_s in _bridged(spans, duck.hold_ms / 1000):
        begin = max(0, round(start_s * SOUND_RATE_HZ)) + attack
        end = min(length, round(end_s * SOUND_RATE_HZ)) + attack
        if begin < end:
            depth[begin:end] = 1.0
            for part, way in ((slice(begin - attack, begin), falls), (slice(end, end + release), rises)):
                np.maximum(depth[part], way, out=depth[part])
    return np.asarray(10 ** (-duck.by_db / 20 * depth[attack : attack + length]), np.float32)


def _way(length: int) -> NDArray[np.float64]:
    """From nearly 0 to nearly 1."""
    return 0.5 - 0.5 * np.cos(np.pi * (np.arange(length) + 0.5) / max(1, length))


def _bridged(spans: Sequence[Span], pause_s: float) -> list[Span]:
    found: list[Span] = []
    for start_s, end_s in sorted(spans):
        if found and start_s - found[-1][1] <= pause_s + 1e-9:
            found[-1] = (found[-1][0], max(found[-1][1], end_s))
        else:
            found.append((start_s, end_s))
    return found


@dataclass(frozen=True, slots=True)
class Heard:
    """When clips speak in the edit. by_level: clips of which nothing but the level told."""

    spans: tuple[Span, ...]
    by_level: tuple[str, ...]


def heard_spans(
    pieces: Sequence[SoundPiece],
    clips: Samples,
    speech: Mapping[str, Sequence[Span]],
    *,
    only_speech: bool,
) -> Heard:
    """Where in the edit the song is to step back.

    clips: the laid track, shape (n, 2). speech: clip -> its stretches of speech in source time, of clips that were
    listened to; with only_speech these decide, and the level does for the other clips.
    """
    known = speech if only_speech else {}
    loud = _loud_spans(clips)
    spans: list[Span] = []
    by_level: set[str] = set()
    for piece in pieces:
        begin, end = float(piece.record_start_s), float(piece.record_end_s)
        shift_s = begin - float(piece.source_start_s)
        if piece.clip in known:
            found = [(start + shift_s, stop + shift_s) for start, stop in known[piece.clip]]
        else:
            found = loud
            by_level.add(piece.clip)
        spans += [
            (max(begin, start), min(end, stop)) for start, stop in found if start < end and stop > begin
        ]
    return Heard(tuple(sorted(spans)), tuple(sorted(by_level)))


def _loud_spans(clips: Samples) -> list[Span]:
    window = round(_WINDOW_S * SOUND_RATE_HZ)
    edges = np.arange(0, len(clips), window)
    power = np.add.reduceat(np.square(clips.astype(np.float64)).mean(axis=1), edges)
    power /= np.diff(np.append(edges, len(clips)))
    least = max(10 ** (_SILENT_DB / 10), float(power.max(initial=0.0)) * 10 ** (-_BELOW_LOUDEST_DB / 10))
    marks = np.flatnonzero(np.diff(np.concatenate([[False], power >= least, [False]])))
    return [
        (first * window / SOUND_RATE_HZ, min(last * window, len(clips)) / SOUND_RATE_HZ)
        for first, last in list(pairwise(marks.tolist()))[::2]
    ]

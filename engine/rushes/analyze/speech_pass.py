"""Stretches of speech from how likely speech is, window by window. A clip without sound is a clip in which nobody speaks;
of one whose sound cannot be decoded it is not known.

The steps are those of Silero VAD's own tools and of most others: a threshold to begin and a lower one to end
(hysteresis), short pauses bridged, then short stretches left out, then both ends padded.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import polars as pl

from rushes.analyze.spec import ClipFacts, TablesByAnalyzer
from rushes.analyze.speech import Params
from rushes.analyze.voice_activity import WINDOW_S
from rushes.models.session import Models

Span = tuple[float, float]
"""Begin and end in seconds, half open."""
SAMPLES_HZ = 10
SEGMENTS = {"start_s": pl.Float64(), "end_s": pl.Float64()}
CLIP = {
    "speech_segments": pl.List(pl.Struct(SEGMENTS)),
    "speech_segment_count": pl.Float64(),
    "speech_duration_ms": pl.Float64(),
    "silence_duration_ms": pl.Float64(),
    "longest_speech_s": pl.Float64(),
}
SAMPLES = {"t_s": pl.Float64(), "speech_percent": pl.Float64()}


def start(
    params: Params, facts: ClipFacts, tables: TablesByAnalyzer, models: Models
) -> dict[str, pl.DataFrame]:
    """`clip` (one row), `samples` (ten a second over the whole clip, 0 or 100 percent) and `segments`.

    Where there is sound and nothing of it was heard, the columns are null and there are no samples.
    """
    likely = tables["voice_activity"]["speech"]
    if facts.info.may_sound and likely.is_empty():
        return _unknown()
    spans = speech_spans(likely["t_s"].to_list(), likely["speech_01"].to_list(), params, facts.duration_s)
    segments = pl.DataFrame(spans, schema=SEGMENTS, orient="row")
    return {
        "clip": _clip(spans, segments, facts.duration_s),
        "samples": _samples(spans, facts.duration_s),
        "segments": segments,
    }


def speech_spans(
    begin_s: Sequence[float], likely_01: Sequence[float], params: Params, duration_s: float
) -> list[Span]:
    """Stretches of speech in order, apart from each other, within [0, duration_s).

    begin_s: where each window of WINDOW_S begins; the windows follow each other, and may begin before 0.
    """
    merged = _bridged(_above(begin_s, likely_01, params), params.merge_gap_ms / 1000)
    long_enough = [span for span in merged if span[1] - span[0] >= params.min_speech_ms / 1000 - 1e-6]
    padding_s = params.padding_ms / 1000
    padded = _bridged([(first - padding_s, last + padding_s) for first, last in long_enough], 0.0)
    inside = [(max(0.0, first), min(duration_s, last)) for first, last in padded]
    return [(round(first, 6), round(last, 6)) for first, last in inside if last - first > 1e-6]


def _above(begin_s: Sequence[float], likely_01: Sequence[float], params: Params) -> list[Span]:
    """From the onset of a window at the threshold to the first one below the release."""
    spans: list[Span] = []
    since_s: float | None = None
    onset_s: float | None = None
    for at_s, likely in zip(begin_s, likely_01, strict=True):
        if since_s is None:
            rises = likely >= min(params.onset_01, params.threshold_01)
            onset_s = (at_s if onset_s is None else onset_s) if rises else None
            since_s = onset_s if likely >= params.threshold_01 else None
        elif likely < params.release_01:
            spans.append((since_s, at_s))
            since_s = onset_s = None
    if since_s is not None:
        spans.append((since_s, begin_s[-1] + WINDOW_S))
    return spans


def _bridged(spans: Iterable[Span], gap_s: float) -> list[Span]:
    """Spans with a gap shorter than gap_s, or none, made one."""
    joined: list[Span] = []
    for first, last in spans:
        # Times are multiples of 32 ms as floats: a millionth of a second is no gap, and makes none shorter.
        if joined and first - joined[-1][1] < max(gap_s - 1e-6, 1e-6):
            joined[-1] = (joined[-1][0], max(last, joined[-1][1]))
        else:
            joined.append((first, last))
    return joined


def _unknown() -> dict[str, pl.DataFrame]:
    return {
        "clip": pl.DataFrame({name: [None] for name in CLIP}, schema=CLIP),
        "samples": pl.DataFrame(schema=SAMPLES),
        "segments": pl.DataFrame(schema=SEGMENTS),
    }


def _clip(spans: Sequence[Span], segments: pl.DataFrame, duration_s: float) -> pl.DataFrame:
    lengths_s = [last - first for first, last in spans]
    spoken_s = math.fsum(lengths_s)
    columns = {
        "speech_segments": [segments.to_dicts()],
        "speech_segment_count": [float(len(spans))],
        "speech_duration_ms": [round(spoken_s * 1000, 3)],
        "silence_duration_ms": [round(max(0.0, duration_s - spoken_s) * 1000, 3)],
        "longest_speech_s": [round(max(lengths_s, default=0.0), 6)],
    }
    return pl.DataFrame(columns, schema=CLIP)


def _samples(spans: Sequence[Span], duration_s: float) -> pl.DataFrame:
    """A clip of any length has a sample, so that its speech is 0 and not missing."""
    count = max(1, math.ceil(duration_s * SAMPLES_HZ - 1e-6))
    percent = [0.0] * count
    for first, last in spans:
        begin, end = (math.ceil(at_s * SAMPLES_HZ - 1e-6) for at_s in (first, last))
        percent[begin:end] = [100.0] * (min(end, count) - begin)
    times = [n / SAMPLES_HZ for n in range(count)]
    return pl.DataFrame({"t_s": times, "speech_percent": percent}, schema=SAMPLES)

"""What is said, as side files have it: what the analyzer `transcript` reads and writes. The work is in transcript_pass.py.

A side file lies beside its clip and is called as it is: `take 1.srt`, `take 1.en.vtt` or `take 1.json` beside `take 1.mp4`.
Of clips without one it takes what `transcribe` heard, where the recipe has switched that on.
"""

from __future__ import annotations

from dataclasses import dataclass

from rushes.analyze.spec import Analyzer, Column, no_wishes


@dataclass(frozen=True, slots=True, kw_only=True)
class Params:
    """language: of transcripts that do not say theirs, such as en; "" where it is not known."""

    language: str = ""


COLUMNS = (
    Column(name="language", type="text", says="Language of the transcript, such as en."),
    Column(
        name="transcript_segments",
        type="list",
        unit="s",
        says="Sentences or cues of the transcript: start_s and end_s, from the start of the picture.",
    ),
    Column(
        name="word_count", says="Number of words in the transcript; missing for clips without a transcript."
    ),
    Column(
        name="words_per_minute",
        unit="per_min",
        says="Words of the transcript a minute of speech; 110 is slow, 160 usual, 200 fast.",
    ),
)

TABLES = {
    "segments": (
        ("segment", "Int64"),
        ("start_s", "Float64"),
        ("end_s", "Float64"),
        ("text", "String"),
    ),
    "words": (
        ("segment", "Int64"),
        ("start_s", "Float64"),
        ("end_s", "Float64"),
        ("word", "String"),
        ("probability_01", "Float64"),
    ),
    "source": (("file", "String"), ("language", "String")),
}
"""segments: in order of time, numbered from 1. words: those that have times, with the number of their segment. source: one
row where there is a transcript, none where there is not."""

ANALYZER = Analyzer(
    name="transcript",
    version=1,
    source="tables",
    params=Params,
    wishes=no_wishes,
    start="rushes.analyze.transcript_pass:start",
    columns=COLUMNS,
    tables=TABLES,
    may_read=("transcribe",),
    side_suffixes=(".json", ".vtt", ".srt"),
)

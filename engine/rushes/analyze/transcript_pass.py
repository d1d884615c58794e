"""Transcripts as tables."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import polars as pl

from rushes.analyze.spec import ClipFacts, TablesByAnalyzer
from rushes.analyze.transcript import TABLES, Params
from rushes.analyze.transcript_read import Segment, Transcript, Word, is_transcript, read_transcript
from rushes.errors import MediaError, Problem
from rushes.media.find import VIDEO_SUFFIXES
from rushes.models.session import Models

_RANGE = {"start_s": pl.Float64(), "end_s": pl.Float64()}
CLIP = {
    "language": pl.String(),
    "transcript_segments": pl.List(pl.Struct(_RANGE)),
    "word_count": pl.Float64(),
    "words_per_minute": pl.Float64(),
}
_SCHEMAS = {name: {column: getattr(pl, kind) for column, kind in columns} for name, columns in TABLES.items()}


def start(
    params: Params, facts: ClipFacts, tables: TablesByAnalyzer, models: Models
) -> dict[str, pl.DataFrame]:
    """The tables of the first side file that is a transcript, else of what was heard; without either, all is missing.

    Raises MediaError, with file and line in what is wrong, for a transcript that cannot be read.
    """
    for name, data in facts.side_files.items():
        if is_transcript(data, name):
            found = _read(data, name)
            return transcript_tables(
                found, found.language or _named(name) or params.language, name, facts.duration_s
            )
    heard = tables.get("transcribe", {})
    if heard and not heard["source"].is_empty():
        file, language = heard["source"].row(0)
        return transcript_tables(_heard(heard), language, file, facts.duration_s)
    return transcript_tables(None, "", "", facts.duration_s)


def _heard(tables: Mapping[str, pl.DataFrame]) -> Transcript:
    words: dict[int, list[Word]] = {}
    for number, start_s, end_s, text, sure in tables["words"].rows():
        words.setdefault(number, []).append(Word(start_s, end_s, text, sure))
    return Transcript(
        tuple(
            Segment(start_s, end_s, text, tuple(words.get(number, ())))
            for number, start_s, end_s, text in tables["segments"].rows()
        )
    )


def _read(data: bytes, name: str) -> Transcript:
    try:
        return read_transcript(data, name)
    except MediaError as error:
        # What a clip failed of is told beside the clip's own name.
        (problem,) = error.problems
        raise MediaError(Problem(None, f"{problem.place}: {problem.what}", problem.fix)) from None


def _named(name: str) -> str:
    """The language that a name says, as `take.en.srt` and `take.pt-BR.vtt` do; "" for others."""
    parts = name.rsplit("/", 1)[-1].split(".")
    code = parts[-2] if len(parts) > 2 else ""
    if f".{code.lower()}" in VIDEO_SUFFIXES:
        return ""
    return code if 2 <= len(code.partition("-")[0]) <= 3 and code.replace("-", "").isalpha() else ""


def transcript_tables(
    transcript: Transcript | None, language: str, file: str, duration_s: float
) -> dict[str, pl.DataFrame]:
    """`clip` (one row), `segments`, `words` and `source` of a transcript; what lies beyond the clip is left out."""
    segments = [] if transcript is None else _inside(transcript.segments, duration_s)
    numbered = list(enumerate(segments, start=1))
    words = sorted(
        ((number, word) for number, segment in numbered for word in segment.words),
        key=lambda pair: (pair[1].start_s, pair[1].end_s, pair[0], pair[1].text),
    )
    rows: Mapping[str, Sequence[tuple[object, ...]]] = {
        "segments": [(n, _s(one.start_s), _s(one.end_s), one.text) for n, one in numbered],
        "words": [(n, _s(w.start_s), _s(w.end_s), w.text, w.probability_01) for n, w in words],
        "source": [] if transcript is None else [(file, language)],
    }
    tables = {
        name: pl.DataFrame(rows[name], schema=schema, orient="row") for name, schema in _SCHEMAS.items()
    }
    return {"clip": _clip(segments, language) if transcript is not None else _unknown(), **tables}


def _s(at_s: float) -> float:
    return round(at_s, 6)


def _inside(segments: Sequence[Segment], duration_s: float) -> list[Segment]:
    return [
        Segment(
            one.start_s, min(one.end_s, duration_s), one.text, tuple(_words_inside(one.words, duration_s))
        )
        for one in segments
        if one.start_s < duration_s
    ]


def _words_inside(words: Sequence[Word], duration_s: float) -> list[Word]:
    return [
        Word(word.start_s, min(word.end_s, duration_s), word.text, word.probability_01)
        for word in words
        if word.start_s < duration_s
    ]


def _unknown() -> pl.DataFrame:
    return pl.DataFrame({name: [None] for name in CLIP}, schema=CLIP)


def _clip(segments: Sequence[Segment], language: str) -> pl.DataFrame:
    count = sum(len(segment.text.split()) for segment in segments)
    spoken_s = math.fsum(segment.end_s - segment.start_s for segment in segments)
    columns = {
        "language": [language or None],
        "transcript_segments": [[{"start_s": _s(o.start_s), "end_s": _s(o.end_s)} for o in segments]],
        "word_count": [float(count)],
        "words_per_minute": [round(60 * count / spoken_s, 6) if spoken_s > 0 else None],
    }
    return pl.DataFrame(columns, schema=CLIP)

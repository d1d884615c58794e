"""Transcripts that other tools wrote: SubRip, WebVTT, and the JSON of Whisper and its relatives.

Formats as their makers describe them: WebVTT by the W3C; SubRip as players read it; JSON of openai-whisper,
faster-whisper, WhisperX (`words` with `start`, `end` and `word`) and whisper.cpp (`transcription` with `offsets` in ms).
"""

from __future__ import annotations

import codecs
import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import PurePath
from typing import Any

from rushes.errors import MediaError, Place, Problem

SUFFIXES = (".json", ".vtt", ".srt")
"""Of side files, those that may have the times of words first."""

_STAMP = r"(?:(\d+):)?(\d{1,2}):(\d{1,2})[.,](\d{1,3})"
_RANGE = re.compile(rf"^\s*{_STAMP}\s*-->\s*{_STAMP}(?:\s.*)?$")
_INLINE = re.compile(rf"<{_STAMP}>")
_TAG = re.compile(r"<[^>]*>|\{\\[^}]*\}")
_COUNT = re.compile(r"^\s*\d+\s*$")
_LANGUAGE = re.compile(r"^\s*Language:\s*(\S+)", re.IGNORECASE)
_FIX = "write the transcript anew, or take the file away"


@dataclass(frozen=True, slots=True)
class Word:
    """A word, or a few that share their times. Seconds of the clip; probability_01: how sure the transcriber was."""

    start_s: float
    end_s: float
    text: str
    probability_01: float | None = None


@dataclass(frozen=True, slots=True)
class Segment:
    """A cue or a sentence. words: empty where the file has times for the whole alone."""

    start_s: float
    end_s: float
    text: str
    words: tuple[Word, ...] = ()


@dataclass(frozen=True, slots=True)
class Transcript:
    """Segments in order of time; they may overlap. language: as the file says it, "" where it does not."""

    segments: tuple[Segment, ...]
    language: str = ""

    def words(self) -> list[Word]:
        """All words that have times, in order."""
        found = [word for segment in self.segments for word in segment.words]
        return sorted(found, key=lambda word: (word.start_s, word.end_s, word.text))


def read_transcript(data: bytes, name: str) -> Transcript:
    """Read a side file by the ending of its name. Raises MediaError with file and line of the first fault."""
    suffix = PurePath(name).suffix.lower()
    if suffix == ".json":
        found = _read_json(_text(data, name), name)
    else:
        found = _read_cues(_text(data, name).splitlines(), name, is_vtt=suffix == ".vtt")
    ordered = sorted(found.segments, key=lambda one: (one.start_s, one.end_s, one.text))
    return replace(found, segments=tuple(ordered))


def is_transcript(data: bytes, name: str) -> bool:
    """Whether a side file is a transcript at all: cameras write JSON of their own beside their clips."""
    if PurePath(name).suffix.lower() != ".json":
        return True
    try:
        tree = json.loads(_text(data, name))
    except (MediaError, ValueError, RecursionError):
        # Broken, so it cannot be told: reading it says where.
        return True
    return _parts(tree) is not None


def _fault(name: str, line: int, what: str, fix: str = _FIX) -> MediaError:
    return MediaError(Problem(Place(name, line, 1 if line else 0), what, fix))


def _text(data: bytes, name: str) -> str:
    """Text in UTF-8, or UTF-16 that says so; the mark of either is no part of it."""
    utf_16 = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        return data.decode("utf-16" if utf_16 else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise _fault(name, line, "this is not text in UTF-8", "save the transcript as UTF-8") from None


def _seconds(groups: Sequence[str | None]) -> float:
    hours, minutes, seconds, part = groups
    milliseconds = int((part or "0").ljust(3, "0"))
    return int(hours or 0) * 3600 + int(minutes or 0) * 60 + int(seconds or 0) + milliseconds / 1000


def _read_cues(lines: Sequence[str], name: str, *, is_vtt: bool) -> Transcript:
    language = ""
    if is_vtt:
        if not lines or not lines[0].startswith("WEBVTT"):
            raise _fault(name, 1, "a WebVTT file begins with WEBVTT, this one does not")
        head = (_LANGUAGE.match(line) for line in _until_blank(lines))
        language = next((found[1] for found in head if found), "")
    cues = [_cue(block, at, name) for at, block in _blocks(lines, is_vtt=is_vtt)]
    return Transcript(tuple(_without_repeats([cue for cue in cues if cue.text])), language)


def _until_blank(lines: Sequence[str]) -> Iterator[str]:
    for line in lines:
        if not line.strip():
            return
        yield line


def _blocks(lines: Sequence[str], *, is_vtt: bool) -> Iterator[tuple[int, list[str]]]:
    """Runs of lines between blank ones, each with the number of its first line; no header, notes and styles."""
    block: list[str] = []
    for number, line in enumerate([*lines, ""], start=1):
        if line.strip():
            block.append(line)
            continue
        if block and not (is_vtt and block[0].startswith(("WEBVTT", "NOTE", "STYLE", "REGION"))):
            yield number - len(block), block
        block = []


def _cue(block: Sequence[str], at: int, name: str) -> Segment:
    """One cue: perhaps its number or name, its times, its text."""
    times = next((place for place, line in enumerate(block[:2]) if "-->" in line), None)
    if times is None:
        line = at + (1 if len(block) > 1 and _COUNT.match(block[0]) else 0)
        raise _fault(name, line, "here a time range should stand, such as 00:00:01,000 --> 00:00:02,500")
    found = _RANGE.match(block[times])
    if found is None:
        raise _fault(name, at + times, f"{block[times].strip()!r} is no range of times")
    start_s, end_s = _seconds(found.groups()[:4]), _seconds(found.groups()[4:])
    if end_s < start_s:
        raise _fault(name, at + times, f"the cue ends at {end_s:.3f} s, before it begins ({start_s:.3f} s)")
    lines = list(block[times + 1 :])
    stamped = [line for line in lines if _INLINE.search(line)]
    # Captions that roll repeat the line before, without times.
    return _stamped_cue(start_s, end_s, stamped) if stamped else Segment(start_s, end_s, _plain(lines))


def _plain(lines: Sequence[str]) -> str:
    return " ".join(_TAG.sub("", " ".join(lines)).split())


def _stamped_cue(start_s: float, end_s: float, lines: Sequence[str]) -> Segment:
    """A cue whose words begin at the times between them."""
    pieces: list[tuple[float, str]] = []
    line = " ".join(lines)
    begins = [start_s, *(_seconds(found.groups()) for found in _INLINE.finditer(line))]
    ends_of_text = [(found.start(), found.end()) for found in _INLINE.finditer(line)]
    edges = [0, *(edge for pair in ends_of_text for edge in pair), len(line)]
    texts = [_plain([line[first:last]]) for first, last in zip(edges[::2], edges[1::2], strict=True)]
    pieces = [(at_s, text) for at_s, text in zip(begins, texts, strict=True)]
    words = [
        Word(at_s, max(at_s, min(next_s, end_s)), text)
        for (at_s, text), (next_s, _) in pairwise([*pieces, (end_s, "")])
        if text
    ]
    return Segment(start_s, end_s, " ".join(word.text for word in words), tuple(words))


def _without_repeats(cues: Sequence[Segment]) -> Iterator[Segment]:
    """Rolling captions show a finished line once more, as a cue without times for its words."""
    rolls = any(cue.words for cue in cues)
    before = ""
    for cue in cues:
        if not (rolls and not cue.words and cue.text == before):
            yield cue
        before = cue.text


def _read_json(text: str, name: str) -> Transcript:
    try:
        tree = json.loads(text)
    except json.JSONDecodeError as error:
        raise _fault(name, error.lineno, f"this is no JSON: {error.msg}") from None
    except RecursionError:
        raise _fault(name, 0, "this is no transcript: it is nested too deeply") from None
    parts = _parts(tree)
    if parts is None:
        raise _fault(name, 0, "this is no transcript: it has none of segments, words and transcription")
    kind, rows = parts
    reader = _JsonReader(name)
    segments = reader.segments(kind, rows)
    if kind == "segments" and isinstance(tree, dict) and not any(segment.words for segment in segments):
        loose = tree.get("words") or tree.get("word_segments") or []
        words = [word for one in reader.segments("words", loose) for word in one.words]
        segments = _with_words(segments, words)
    return Transcript(tuple(segments), _language(tree))


def _with_words(segments: Sequence[Segment], words: Sequence[Word]) -> list[Segment]:
    """Words that stand beside the segments instead of in them; those in no segment are segments of their own."""
    inside: list[list[Word]] = [[] for _ in segments]
    alone: list[Segment] = []
    for word in words:
        middle_s = (word.start_s + word.end_s) / 2
        home = next((at for at, one in enumerate(segments) if one.start_s <= middle_s <= one.end_s), None)
        if home is None:
            alone.append(Segment(word.start_s, word.end_s, word.text, (word,)))
        else:
            inside[home].append(word)
    homes = [replace(one, words=tuple(own)) for one, own in zip(segments, inside, strict=True)]
    return [*homes, *alone]


def _parts(tree: Any) -> tuple[str, Sequence[Any]] | None:
    """Under which key the rows stand, and the rows; None for JSON of another kind."""
    if isinstance(tree, list) and tree and all(isinstance(row, dict) and "start" in row for row in tree):
        return "segments", tree
    if not isinstance(tree, dict):
        return None
    for kind in ("segments", "words", "word_segments", "transcription"):
        if isinstance(tree.get(kind), list):
            return kind, tree[kind]
    return None


def _language(tree: Any) -> str:
    if not isinstance(tree, dict):
        return ""
    result = tree.get("result")
    found = tree.get("language") or (result.get("language") if isinstance(result, dict) else "")
    return found if isinstance(found, str) else ""


class _JsonReader:
    """Reads rows; a fault names its place in the tree, for JSON keeps no lines."""

    def __init__(self, name: str) -> None:
        self._name = name

    def segments(self, kind: str, rows: Any) -> list[Segment]:
        """All rows under one key that say something."""
        if not isinstance(rows, list):
            raise self._fault(kind, rows, "a list")
        found = [self._segment(kind, at, row) for at, row in enumerate(rows)]
        return [segment for segment in found if segment is not None]

    def _segment(self, kind: str, at: int, row: Any) -> Segment | None:
        """One row; None for one that says nothing, or a word of which the transcriber has no times."""
        path = f"{kind}[{at}]"
        if not isinstance(row, Mapping):
            raise self._fault(path, row, "an object")
        if kind in ("words", "word_segments"):
            word = self._word(path, row)
            return None if word is None else Segment(word.start_s, word.end_s, word.text, (word,))
        if kind == "transcription":
            return self._timed_in_ms(path, row)
        start_s, end_s = self._times(path, row)
        rows = row.get("words") or []
        if not isinstance(rows, list):
            raise self._fault(f"{path}.words", rows, "a list")
        words = [self._word(f"{path}.words[{n}]", one) for n, one in enumerate(rows)]
        text = self._said(path, row, "text")
        return Segment(start_s, end_s, text, tuple(word for word in words if word is not None))

    def _timed_in_ms(self, path: str, row: Mapping[str, Any]) -> Segment:
        offsets = row.get("offsets")
        if not isinstance(offsets, Mapping):
            raise self._fault(f"{path}.offsets", offsets, "an object with from and to")
        start_s, end_s = (
            self._number(f"{path}.offsets.{key}", offsets.get(key)) / 1000 for key in ("from", "to")
        )
        return Segment(start_s, max(start_s, end_s), self._said(path, row, "text"))

    def _word(self, path: str, row: Any) -> Word | None:
        if not isinstance(row, Mapping):
            raise self._fault(path, row, "an object")
        text = self._said(path, row, "word" if "word" in row else "text")
        # WhisperX gives no times to what it could not align, such as numbers.
        if not text or row.get("start") is None or row.get("end") is None:
            return None
        start_s, end_s = self._times(path, row)
        sure = row.get("probability", row.get("score"))
        probability = float(sure) if isinstance(sure, int | float) and 0 <= sure <= 1 else None
        return Word(start_s, end_s, text, probability)

    def _times(self, path: str, row: Mapping[str, Any]) -> tuple[float, float]:
        start_s, end_s = (self._number(f"{path}.{key}", row.get(key)) for key in ("start", "end"))
        if end_s < start_s:
            raise _fault(self._name, 0, f"{path} ends at {end_s:g} s, before it begins ({start_s:g} s)")
        return start_s, end_s

    def _number(self, path: str, value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise self._fault(path, value, "a number")
        return float(value)

    def _said(self, path: str, row: Mapping[str, Any], key: str) -> str:
        value = row.get(key, "")
        if not isinstance(value, str):
            raise self._fault(f"{path}.{key}", value, "text")
        return " ".join(value.split())

    def _fault(self, path: str, value: Any, wanted: str) -> MediaError:
        shown = "missing" if value is None else json.dumps(value)[:40]
        return _fault(self._name, 0, f"{path} is {shown}, not {wanted}")

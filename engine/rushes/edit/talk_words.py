"""Which words of a transcript are fillers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

_WORD = re.compile(r"\w+(?:['\u2019-]\w+)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """Something that a transcript has times for, in seconds: a word, or a whole cue where its words have none."""

    start_s: float
    end_s: float
    text: str
    is_word: bool = True


def words_of(text: str) -> tuple[str, ...]:
    """Words without case and punctuation: "Um, you know..." is um, you, know."""
    return tuple(word.replace("\u2019", "'") for word in _WORD.findall(text.casefold()))


def fillers_for(language: str, fillers: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """The fillers of a language, such as en, en-GB or english; none where the language is not known or has no list."""
    code = language.casefold().replace("-", "_")
    code = _NAMES.get(code, code)
    return tuple(fillers.get(code) or fillers.get(code.partition("_")[0]) or ())


_NAMES = {
    "english": "en",
    "german": "de",
    "french": "fr",
    "spanish": "es",
    "italian": "it",
    "portuguese": "pt",
    "dutch": "nl",
}
"""Some tools write the name of a language instead of its code (ISO 639-1)."""


def filler_places(said: Sequence[Said], fillers: Iterable[str]) -> frozenset[int]:
    """Which of them are fillers and nothing else. A phrase may run over several that follow each other; the longest wins."""
    phrases = sorted({words_of(text) for text in fillers} - {()}, key=lambda words: (-len(words), words))
    words = [(word, place) for place, one in enumerate(said) for word in words_of(one.text)]
    texts = tuple(word for word, _ in words)
    marked = set(_marked(texts, phrases))
    kept = {place for at, (_, place) in enumerate(words) if at not in marked}
    return frozenset({words[at][1] for at in marked} - kept)


def _marked(texts: tuple[str, ...], phrases: Sequence[tuple[str, ...]]) -> Iterator[int]:
    at = 0
    while at < len(texts):
        found = next((words for words in phrases if texts[at : at + len(words)] == words), ())
        yield from range(at, at + len(found))
        at += max(1, len(found))

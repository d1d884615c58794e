"""Which clip somebody means: a file, the beginning of a digest, or a name that the library knows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from rushes.errors import Problem, RecipeError
from rushes.media.find import VIDEO_SUFFIXES
from rushes.recipe.listed import listed
from rushes.recipe.names import did_you_mean
from rushes.store.digests import DigestIndex
from rushes.store.library_records import SeenClip

_PREFIX = re.compile(r"[0-9a-f]{8,64}")
_SHOWN = 8
_SHORT = 12
"""Digits of a digest for people: eight would do, and twelve are never equal by chance."""


@dataclass(frozen=True, slots=True)
class FoundClip:
    """A clip that was meant. known: the library has seen it."""

    digest: str
    name: str
    known: bool


def find_clips(words: Sequence[str], seen: Sequence[SeenClip], digests: DigestIndex) -> list[FoundClip]:
    """The clips that words mean, in their order. seen: all clips of the library.

    A word is a path of a file, 8 or more digits of a digest, the name of a clip, or the end of its name: its file name
    with or without its suffix. Files are known by content: a copy of a known clip is that clip. Raises RecipeError for
    every word that means no clip or several, MediaError for a file that cannot be read.
    """
    found: list[FoundClip] = []
    problems: list[Problem] = []
    for word in words:
        try:
            found.append(_find(word, seen, digests))
        except RecipeError as error:
            problems.extend(error.problems)
    if problems:
        raise RecipeError(problems)
    return found


def _find(word: str, seen: Sequence[SeenClip], digests: DigestIndex) -> FoundClip:
    path = Path(word)
    if path.is_file():
        return _file(path, seen, digests)
    if path.is_dir():
        raise RecipeError(
            Problem(None, f"{word} is a folder, not a clip", f"name clips in it, such as {word}/*")
        )
    matches = _matches(word, seen)
    if not matches:
        names = [clip.name for clip in seen]
        fix = did_you_mean(word, names, kind="clips of the library") if names else _NO_CLIPS
        raise RecipeError(
            Problem(None, f"there is no clip {word}: no such file, and none in the library", fix)
        )
    if len(matches) > 1:
        named = [f"{clip.name} ({clip.digest[:_SHORT]})" for clip in matches]
        what = f"{word} means {len(matches)} clips: {listed(named, _SHOWN)}"
        raise RecipeError(Problem(None, what, "give the digest in brackets, or the file's path"))
    return FoundClip(matches[0].digest, matches[0].name, known=True)


_NO_CLIPS = "give the path of a clip; names are known once a recipe has run over them"


def _file(path: Path, seen: Sequence[SeenClip], digests: DigestIndex) -> FoundClip:
    digest = digests.digest(path)
    same = next((clip for clip in seen if clip.digest == digest), None)
    if same is None and path.suffix.lower() not in VIDEO_SUFFIXES:
        raise RecipeError(
            Problem(None, f"{path} is no video file", "clips end in .mp4, .mov, .mkv and the like")
        )
    return FoundClip(digest, same.name if same else path.name, known=same is not None)


def _matches(word: str, seen: Sequence[SeenClip]) -> list[SeenClip]:
    """Clips by whole name; where there is none by digest; then by the end of the name. Sorted by name."""
    named = [clip for clip in seen if clip.name == word]
    if not named and _PREFIX.fullmatch(word.lower()):
        named = [clip for clip in seen if clip.digest.startswith(word.lower())]
    if not named:
        named = [clip for clip in seen if word in _ends(clip.name)]
    return sorted(named, key=lambda clip: (clip.name, clip.digest))


def _ends(name: str) -> tuple[str, str]:
    path = PurePosixPath(name)
    return path.name, path.stem

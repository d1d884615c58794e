"""The clips of a footage folder with the digests of their content, and those that cannot be opened."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rushes.errors import MediaError, Place, Problem
from rushes.media.find import find_footage
from rushes.media.info import FootageFile
from rushes.recipe.spec import FootageSpec
from rushes.store.digests import DigestIndex


def found_clips(
    folder: str, spec: FootageSpec, digests: DigestIndex, besides: Sequence[Path] = ()
) -> tuple[list[tuple[FootageFile, str]], dict[str, Problem]]:
    """Clips sorted by name with their digests, and name -> what is wrong with those that cannot be opened at all.

    besides: folders that are no footage, such as the store. Raises MediaError where the folder holds no clip.
    """
    clips: list[tuple[FootageFile, str]] = []
    unreadable: dict[str, Problem] = {}
    for file in find_footage(Path(folder), spec, besides=besides):
        try:
            check_name(file.clip)
            clips.append((file, digests.digest(file.path)))
        except MediaError as error:
            unreadable[printable(file.clip)] = error.problems[0]
    return clips, unreadable


def check_name(name: str) -> None:
    """Timelines are UTF-8: a name of other bytes, which Linux allows, cannot stand in one. Raises MediaError."""
    if printable(name) != name:
        what = "the name of the file is not text in UTF-8"
        raise MediaError(Problem(Place(printable(name)), what, "rename the file"))


def printable(name: str) -> str:
    """A name that can be written as UTF-8; bytes that are none stand as \\x.."""
    return name.encode("utf-8", "backslashreplace").decode("utf-8")

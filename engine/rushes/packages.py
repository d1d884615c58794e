"""What is installed beside rushes.

`importlib.metadata` tells it too, but it comes with parsers of mail and of CSV, and it reads whole descriptions for a version:
that takes longer than the rest of a short verb. Here the folders of `sys.path` are looked at, as it does; where something else
can hold packages, such as a zip file, it is asked itself.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from functools import cache
from importlib.machinery import PathFinder
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

_FOLDERS_OF_FACTS = (".dist-info", ".egg-info")
_FILES_OF_FACTS = ("METADATA", "PKG-INFO")
_UNREADABLE = (OSError, UnicodeDecodeError)


def version_of(package: str) -> str | None:
    """Version of an installed distribution; None where it is not installed."""
    wanted = _normal(package)
    for folder, names in _listed():
        for name in names:
            if _normal(name.rpartition(".")[0].partition("-")[0]) == wanted:
                return _version_in(folder / name) or _asked_version(package)
    return None if _all_is_in_folders() else _asked_version(package)


def entry_points(*, group: str, name: str | None = None) -> tuple[EntryPoint, ...]:
    """What installed packages add to a group, or what of it has this name."""
    if _all_is_in_folders() and not any(
        _mentions(folder / child / "entry_points.txt", group)
        for folder, names in _listed()
        for child in names
    ):
        return ()
    from importlib import metadata

    found = metadata.entry_points(group=group)
    return tuple(found if name is None else found.select(name=name))


def _listed() -> Iterator[tuple[Path, tuple[str, ...]]]:
    """Folders that Python imports from, in that order, with the names of what is said in them about packages."""
    for entry in sys.path:
        folder = entry or "."
        try:
            changed_ns = os.stat(folder).st_mtime_ns
        except OSError:
            continue
        yield Path(folder), _facts_in(os.path.abspath(folder), changed_ns)


@cache
def _facts_in(folder: str, _changed_ns: int) -> tuple[str, ...]:
    try:
        names = os.listdir(folder)
    except OSError:
        return ()
    return tuple(name for name in names if name.lower().endswith(_FOLDERS_OF_FACTS))


def _all_is_in_folders() -> bool:
    """Whether no package can be installed in another way: in a zip file, an egg, or by a finder of its own."""
    if any(os.path.isfile(entry) or entry.lower().endswith(".egg") for entry in sys.path):
        return False
    return not any(
        hasattr(finder, "find_distributions") and finder is not PathFinder for finder in sys.meta_path
    )


def _normal(name: str) -> str:
    """A name as PEP 503 compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


@cache
def _mentions(path: Path, group: str) -> bool:
    try:
        return f"[{group}]" in "".join(path.read_text(encoding="utf-8").split())
    except _UNREADABLE:
        return path.is_file()


def _version_in(facts: Path) -> str | None:
    """What the head of a description says; None where there is none."""
    for name in _FILES_OF_FACTS:
        try:
            with open(facts / name, encoding="utf-8") as lines:
                return _version_of_head(lines)
        except _UNREADABLE:
            continue
    return None


def _version_of_head(lines: Iterator[str]) -> str | None:
    for line in lines:
        key, _, value = line.partition(":")
        if key.lower() == "version":
            return value.strip()
        if not line.strip():
            break
    return None


def _asked_version(package: str) -> str | None:
    from importlib import metadata

    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None

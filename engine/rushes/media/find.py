"""Which files of a folder are clips, and what their names say about them."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from rushes.errors import MediaError, Place, Problem
from rushes.media.info import FootageFile
from rushes.recipe.spec import FootageSpec

# fmt: off
VIDEO_SUFFIXES = frozenset((
    ".3g2", ".3gp", ".avi", ".dv", ".f4v", ".flv", ".m2t", ".m2ts", ".m2v", ".m4v", ".mjpeg", ".mjpg", ".mkv",
    ".mov", ".mp4", ".mpeg", ".mpg", ".mts", ".mxf", ".ogv", ".qt", ".ts", ".vob", ".webm", ".wmv", ".y4m",
))
# fmt: on
"""Names of video containers; pictures and sounds are not clips."""


def find_footage(root: Path, spec: FootageSpec, besides: Sequence[Path] = ()) -> tuple[FootageFile, ...]:
    """All clips below root, sorted by their name (path below root, forward slashes).

    Hidden files and folders are skipped; links to folders are followed once. Globs know `*`, `?`, `[...]` and `**/`,
    ignore case, and are matched against the path below root and against the bare name.
    besides: folders that are not entered, such as the one that a run writes into.
    Raises MediaError where root is no readable folder or holds no clip.
    """
    place = Place(str(root))
    if not root.exists():
        raise MediaError(Problem(place, "there is no such folder", "check the path given by --footage"))
    if not root.is_dir():
        raise MediaError(
            Problem(place, "footage is a folder, but this is a file", "name the folder it lies in")
        )
    if not os.access(root, os.R_OK | os.X_OK):
        raise MediaError(Problem(place, "the folder may not be read", "give yourself permission to read it"))
    videos = sorted(
        clip for clip in _walk(root, besides) if os.path.splitext(clip)[1].lower() in VIDEO_SUFFIXES
    )
    if not videos:
        endings = "video files end in .mp4, .mov, .mkv, .webm and the like"
        raise MediaError(
            Problem(place, "no clips were found", f"name the folder with the footage; {endings}")
        )
    chosen = [clip for clip in videos if _is_chosen(clip, spec)]
    if not chosen:
        what = f"footage.include and footage.exclude leave none of {len(videos)} clips"
        raise MediaError(Problem(place, what, "widen footage.include or narrow footage.exclude"))
    above = str(root / "x").removesuffix("x")
    return tuple(
        FootageFile(clip=clip, path=above + clip, metadata=name_metadata(clip, spec.metadata))
        for clip in chosen
    )


def name_metadata(
    clip: str, rules: Mapping[str, Mapping[str, tuple[str, ...]]]
) -> tuple[tuple[str, str], ...]:
    """Facts that the clip's name tells: per column the first value one of whose globs matches, sorted by column."""
    found: list[tuple[str, str]] = []
    for column in sorted(rules):
        first = _first_of(tuple(rules[column].values()), clip)
        if first is not None:
            found.append((column, tuple(rules[column])[first]))
    return tuple(found)


def unmatched_globs(
    clips: Sequence[str], rules: Mapping[str, Mapping[str, tuple[str, ...]]]
) -> Iterator[tuple[str, str, str, str | None]]:
    """Column, value and glob of metadata that no clip matches, with a glob like it that some do; None where none does."""
    for column, values in rules.items():
        for value, globs in values.items():
            for glob in globs:
                if not any(matches_any(clip, (glob,)) for clip in clips):
                    wider = (f"{glob}/**", f"**/{glob}/**", glob.replace("*", "**"))
                    tried = (one for one in wider if any(matches_any(clip, (one,)) for clip in clips))
                    yield column, value, glob, next(tried, None)


def _first_of(choices: tuple[tuple[str, ...], ...], clip: str) -> int | None:
    """Which of several lists of globs is the first to match, by the path or by the bare name."""
    by_path = _group(choices, clip)
    if "/" not in clip:
        return by_path
    by_name = _group(choices, clip.rsplit("/", 1)[-1])
    return min((found for found in (by_path, by_name) if found is not None), default=None)


def _group(choices: tuple[tuple[str, ...], ...], text: str) -> int | None:
    hit = _one_of(choices).fullmatch(text)
    return hit.lastindex - 1 if hit and hit.lastindex else None


def matches_any(clip: str, globs: tuple[str, ...]) -> bool:
    """Whether a glob matches the path below the footage folder or the bare name, whatever the case."""
    return _first_of((globs,), clip) is not None


def _is_chosen(clip: str, spec: FootageSpec) -> bool:
    return matches_any(clip, spec.include) and not matches_any(clip, spec.exclude)


def _walk(root: Path, besides: Sequence[Path]) -> Iterator[str]:
    """Paths of files below root. A folder that links back to one above it, or that was seen, is not entered again."""
    seen = {
        (status.st_dev, status.st_ino) for status in (folder.stat() for folder in besides if folder.is_dir())
    }
    for folder, subfolders, files in os.walk(root, followlinks=True):
        status = os.stat(folder)
        if (status.st_dev, status.st_ino) in seen:
            subfolders.clear()
            continue
        seen.add((status.st_dev, status.st_ino))
        subfolders[:] = sorted(name for name in subfolders if not name.startswith("."))
        # Below: plain text, for a Path each makes ten thousand clips half a second slower.
        above = "" if Path(folder) == root else f"{Path(folder).relative_to(root).as_posix()}/"
        # Asking each file what it is would take three times as long.
        with os.scandir(folder) as entries:
            plain = {entry.name for entry in entries if entry.is_file()}
        for name in files:
            if name in plain and not name.startswith("."):
                yield above + name


@lru_cache(maxsize=1024)
def _one_of(choices: tuple[tuple[str, ...], ...]) -> re.Pattern[str]:
    """Matches what any glob of any list matches, as the group of the first list that does."""
    lists = ["|".join(f"(?:{_glob(glob)})" for glob in globs) or r"(?!)" for globs in choices]
    return re.compile("|".join(f"({either})" for either in lists) or r"(?!)", re.IGNORECASE | re.DOTALL)


def _glob(pattern: str) -> str:
    """As a regular expression: `**/` is any number of folders, `**` anything, `*` and `?` stay within one name.

    The recipe uses `/` everywhere.
    """
    parts: list[str] = []
    at = 0
    while at < len(pattern):
        if pattern.startswith("**/", at):
            parts.append("(?:.*/)?")
            at += 3
        elif pattern.startswith("**", at):
            parts.append(".*")
            at += 2
        elif pattern[at] == "[" and (end := pattern.find("]", at + 2)) > 0:
            parts.append(_choice(pattern[at + 1 : end]))
            at = end + 1
        else:
            parts.append({"*": "[^/]*", "?": "[^/]"}.get(pattern[at], re.escape(pattern[at])))
            at += 1
    return "".join(parts)


def _choice(inside: str) -> str:
    """What stands in brackets: characters and ranges, after `!` those that are not meant. A range that runs backwards
    holds nothing, as in a shell."""
    wanted = inside.removeprefix("!")
    pieces = [(piece[0], piece[-1]) for piece in re.findall(r".-.|.", wanted, re.DOTALL)]
    ranges = "".join(f"{re.escape(low)}-{re.escape(high)}" for low, high in pieces if low <= high)
    if not ranges:
        return "[^/]" if inside.startswith("!") else r"(?!)"
    return f"[^/{ranges}]" if inside.startswith("!") else f"[{ranges}]"

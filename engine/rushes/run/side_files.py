"""Files that lie beside clips and are called as they are, such as transcripts."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from rushes.analyze.spec import Analyzer
from rushes.graph.sources import SourceFile
from rushes.media.info import FootageFile
from rushes.recipe.spec import AnalyzerSpec
from rushes.run.footage import check_name
from rushes.store.digests import DigestIndex


def side_files(
    clips: Sequence[tuple[FootageFile, str]],
    specs: Sequence[AnalyzerSpec],
    analyzers: Mapping[str, Analyzer],
    digests: DigestIndex,
) -> dict[str, tuple[SourceFile, ...]]:
    """Clip -> files beside it that an analyzer of the recipe reads, in order of name: `take.srt`, `take.en.srt` and
    `take.mp4.srt` beside `take.mp4`. Nothing is looked for where no analyzer reads any.

    Raises MediaError for one that cannot be opened: without it the edit would be another one.
    """
    suffixes = tuple(sorted({end for spec in specs for end in analyzers[spec.name].side_suffixes}))
    if not suffixes:
        return {}
    beside: dict[str, list[str]] = {}
    found: dict[str, tuple[SourceFile, ...]] = {}
    for file, _ in clips:
        folder = os.path.dirname(file.path)
        if folder not in beside:
            beside[folder] = _ending(folder, suffixes)
        names = [name for name in beside[folder] if _belongs(name, os.path.basename(file.path))]
        if names:
            found[file.clip] = tuple(_source(os.path.join(folder, name), digests) for name in names)
    return found


def side_files_of(path: str, suffixes: Sequence[str]) -> dict[str, Path]:
    """Name -> path of the files beside one clip that end so."""
    folder, clip = os.path.split(path)
    names = _ending(folder, tuple(suffixes)) if suffixes else []
    return {name: Path(folder, name) for name in names if _belongs(name, clip)}


def _ending(folder: str, suffixes: tuple[str, ...]) -> list[str]:
    return sorted(name for name in os.listdir(folder or ".") if name.lower().endswith(suffixes))


def read_side_files(paths: Mapping[str, Path], suffixes: Sequence[str]) -> dict[str, bytes]:
    """Their bytes, by the order of suffixes; of those that end alike the shortest name first."""
    ranks = {name: next(r for r, end in enumerate(suffixes) if name.lower().endswith(end)) for name in paths}
    ordered = sorted(paths, key=lambda name: (ranks[name], len(name), name))
    return {name: paths[name].read_bytes() for name in ordered}


def _belongs(name: str, clip: str) -> bool:
    """Whether a side file is called as the clip, apart from endings and a language."""
    stem = os.path.splitext(name)[0]
    own = os.path.splitext(clip)[0]
    if stem in (own, clip):
        return True
    rest = stem.removeprefix(f"{own}.")
    return rest != stem and len(rest) <= _LONGEST_LANGUAGE and rest.replace("-", "").isalpha()


_LONGEST_LANGUAGE = 8
"""Such as zh-Hant."""


def _source(path: str, digests: DigestIndex) -> SourceFile:
    name = os.path.basename(path)
    check_name(name)
    return SourceFile(name=name, path=path, digest=digests.digest(path))

"""The files that a graph reads from outside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from rushes.graph.node import FileInput
from rushes.media.info import FootageFile


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFile:
    """A file of the user's with the BLAKE3 of its bytes. `name` is how outputs call it; `path` never enters a key."""

    name: str
    path: str
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """Everything that the graph reads from outside: clips sorted by name, with their metadata, and the song."""

    clips: tuple[SourceFile, ...]
    metadata: Mapping[str, tuple[tuple[str, str], ...]]
    song: SourceFile | None
    sides: Mapping[str, tuple[SourceFile, ...]] = field(default_factory=dict[str, tuple[SourceFile, ...]])
    """Clip -> the files beside it that analyzers read, such as transcripts."""
    fonts: Mapping[str, SourceFile] = field(default_factory=dict[str, SourceFile])
    """Font of titles as the recipe names it -> the file."""

    @staticmethod
    def of(
        clips: Sequence[tuple[FootageFile, str]],
        song: SourceFile | None,
        sides: Mapping[str, tuple[SourceFile, ...]] | None = None,
        fonts: Mapping[str, SourceFile] | None = None,
    ) -> Sources:
        """From found files and their digests."""
        ordered = sorted(clips, key=lambda pair: pair[0].clip)
        return Sources(
            clips=tuple(SourceFile(name=f.clip, path=f.path, digest=digest) for f, digest in ordered),
            metadata={f.clip: f.metadata for f, _ in ordered},
            song=song,
            sides=sides or {},
            fonts=fonts or {},
        )


def file_input(source: SourceFile) -> FileInput:
    """A leaf of the graph."""
    return FileInput(path=source.path, digest=source.digest)

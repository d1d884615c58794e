"""Frames as Arrow IPC files, the same bytes for the same rows."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import polars as pl

from rushes.score.library import Library

LIBRARY_TABLES = ("clips", "segments", "samples", "cuts")


def write_frame(frame: pl.DataFrame, path: Path) -> None:
    """Write one frame. Polars' own string views may share buffers in any way; the older layout has one form only."""
    frame.rechunk().write_ipc(path, compression="lz4", compat_level=pl.CompatLevel.oldest())


def read_frame(path: Path) -> pl.DataFrame:
    """Read what `write_frame` wrote."""
    return pl.read_ipc(path)


def write_library(library: Library, paths: Mapping[str, Path]) -> None:
    """Write clips, segments, samples and cuts, each to the path under its name."""
    for name in LIBRARY_TABLES:
        write_frame(getattr(library, name), paths[name])


def read_library(paths: Mapping[str, Path]) -> Library:
    """Read what `write_library` wrote."""
    return Library(*(read_frame(paths[name]) for name in LIBRARY_TABLES))

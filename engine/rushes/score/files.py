"""Frames as Arrow IPC files, the same bytes for the same rows."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import polars as pl

from rushes.score.library import Library

_BLANKS: Mapping[pl.DataType, float | int | str | bool] = {
    pl.Float64(): 0.0,
    pl.Int64(): 0,
    pl.String(): "",
    pl.Boolean(): False,
}
LIBRARY_TABLES = ("clips", "segments", "samples", "cuts")
"""What scores read."""
WRITTEN_TABLES = (*LIBRARY_TABLES, "seen", "accents")


def write_frame(frame: pl.DataFrame, path: Path) -> None:
    """Write one frame.

    The same rows can lie in memory in several ways, depending on the number of threads that joined them: string views
    into any buffer, a map of missing values where none is missing, remains under missing values. All are undone here.
    """
    blank = frame.rechunk().with_columns(
        pl.when(pl.col(name).is_not_null()).then(pl.col(name).fill_null(_BLANKS[dtype]))
        for name, dtype in frame.schema.items()
        if dtype in _BLANKS and frame.get_column(name).has_nulls()
    )
    # Gathering drops the map of missing values where none is missing.
    plain = blank.select(pl.all().gather(pl.int_range(0, pl.len())))
    plain.rechunk().write_ipc(path, compression="lz4", compat_level=pl.CompatLevel.oldest())


def read_frame(path: Path) -> pl.DataFrame:
    """Read what `write_frame` wrote."""
    return pl.read_ipc(path)


def write_library(library: Library, paths: Mapping[str, Path]) -> None:
    """Write each frame of the library that has a path under its name."""
    for name, path in paths.items():
        write_frame(getattr(library, name), path)


def read_library(paths: Mapping[str, Path]) -> Library:
    """Read what `write_library` wrote, without `seen` and `accents`."""
    return Library(*(read_frame(paths[name]) for name in LIBRARY_TABLES))

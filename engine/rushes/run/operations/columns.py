"""Which columns the frames of a library have."""

from __future__ import annotations

from collections.abc import Sequence

from rushes.analyze.spec import Column
from rushes.analyze.table import analyzer_named


def library_columns(analyzers: Sequence[str]) -> tuple[Column, ...]:
    """Columns of analyzers, in the order in which the recipe names them."""
    return tuple(column for name in analyzers for column in analyzer_named(name).columns)

"""The edit as an operation: what it is told of movement."""

from __future__ import annotations

from pathlib import Path

import polars as pl
from rushes.analyze.tables import pack_tables
from rushes.run.operations.edit import _accents


def packed(path: Path, rows: list[tuple[float, float]]) -> Path:
    schema = {"t_s": pl.Float64, "strength_01": pl.Float64}
    tables = {"motion_accents": pl.DataFrame(rows, schema=schema, orient="row")}
    path.write_bytes(pack_tables(tables, {}))
    return path


def test_the_accents_of_all_clips_whose_motion_is_known_are_gathered(tmp_path: Path):
    inputs = {
        "motion/b/2.mp4": packed(tmp_path / "b", [(0.5, 1.0)]),
        "motion/a.mp4": packed(tmp_path / "a", [(1.0, 0.6), (2.0, 1.0)]),
        "clips": tmp_path / "clips",
    }
    found = _accents(inputs)
    assert found is not None
    assert found.rows() == [("a.mp4", 1.0, 0.6), ("a.mp4", 2.0, 1.0), ("b/2.mp4", 0.5, 1.0)]


def test_where_no_motion_is_known_there_is_nothing_to_tell():
    assert _accents({}) is None

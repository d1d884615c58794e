"""The edit as an operation: what it is told of movement."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import polars as pl
from edit.made_library import make_request, make_shoot
from rushes.run.operations.edit import edit_request
from rushes.score.files import write_frame

REQUEST = make_request(make_shoot(3), None, duration_s=4.0, grid="free")
PARAMS: dict[str, Any] = {
    "edit": asdict(REQUEST.edit),
    "song": None,
    "song_spec": None,
    "style": {},
    "thresholds": {},
    "project_id": "p",
    "creator_id": "c",
}


def inputs_of(folder: Path, **frames: pl.DataFrame) -> dict[str, Path]:
    frames |= {name: getattr(REQUEST, name) for name in ("segments", "samples", "clips")}
    for name, frame in frames.items():
        write_frame(frame, folder / f"{name}.arrow")
    return {name: folder / f"{name}.arrow" for name in frames}


def test_the_edit_is_told_of_the_accents_of_all_clips(tmp_path: Path):
    accents = pl.DataFrame({"clip": ["a.mp4", "b/2.mp4"], "t_s": [1.0, 0.5], "strength_01": [0.6, 1.0]})
    found = edit_request(PARAMS, inputs_of(tmp_path, accents=accents)).accents
    assert found is not None
    assert found.equals(accents)


def test_where_nobody_looked_for_movement_there_is_nothing_to_tell(tmp_path: Path):
    assert edit_request(PARAMS, inputs_of(tmp_path)).accents is None

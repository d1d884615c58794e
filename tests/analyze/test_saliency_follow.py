"""Somebody found once is followed by what moves. Grids have 32 columns, five a second."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import polars as pl
import pytest
from rushes.analyze.saliency_follow import Motion
from rushes.analyze.table import ANALYZERS

BOX = (0.4, 0.1, 0.15, 0.8)


def motion(where: Callable[[float], float], width: float = 0.15, level: int = 200) -> Motion:
    """Something moves around a place across the picture, for two seconds."""
    across = (np.arange(32) + 0.5) / 32
    rows = []
    for n in range(11):
        row = np.where(np.abs(across - where(n / 5)) <= width / 2, level, 0).astype(np.uint8)
        rows.append((n * 6, n / 5, 32, 18, bytes(18 * 32), np.tile(row, (18, 1)).tobytes(), bytes(18 * 32)))
    schema = {name: getattr(pl, kind) for name, kind in ANALYZERS["detail"].tables["grids"]}
    return Motion({"detail": {"grids": pl.DataFrame(rows, schema=schema, orient="row")}})


def middle(found: tuple[float, float, float, float]) -> float:
    return found[0] + found[2] / 2


@pytest.mark.parametrize("speed", [-0.3, -0.1, 0.0, 0.1, 0.3])
def test_somebody_who_walks_is_followed_from_where_they_were_found(speed: float):
    seen = motion(lambda t: 0.475 + speed * t)
    found = seen.followed(BOX, 0.0, 1.0)
    assert middle(found) == pytest.approx(0.475 + speed, abs=0.04)
    assert found[1:] == BOX[1:]


def test_they_are_followed_back_in_time_as_well():
    seen = motion(lambda t: 0.2 + 0.275 * t)
    assert middle(seen.followed(BOX, 1.0, 0.2)) == pytest.approx(0.255, abs=0.04)


def test_who_stands_still_stays_whatever_goes_on_elsewhere():
    assert motion(lambda t: 0.9).followed(BOX, 0.0, 1.0) == BOX
    assert motion(lambda t: 0.475 + 0.3 * t, level=20).followed(BOX, 0.0, 1.0) == BOX


def test_who_leaves_the_picture_is_last_seen_at_its_edge():
    found = motion(lambda t: 0.475 + 0.6 * t, width=0.2).followed(BOX, 0.0, 1.8)
    assert 0.85 < middle(found) <= 1.0

"""One map a sample of what draws the eye, from tables. No media is opened.

Faces and people first, then what moves on its own, then what is unlike the rest of the picture and detail, with a slight
preference for the middle, where most viewers look first (Tatler, Journal of Vision 7(14), 2007). What lies at the border
is more often background than not (Wei, Wen, Zhu and Sun, "Geodesic saliency using background priors", ECCV 2012).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from rushes.analyze.saliency import COLUMNS, Params
from rushes.analyze.saliency_regions import Region, Regions
from rushes.analyze.spec import ClipFacts, TablesByAnalyzer
from rushes.models.session import Models

Map = NDArray[np.float64]

_BUSY_CELLS_01 = 0.95
_MOVING_CELLS_01 = 0.98
"""Quantiles of a map that count as much as there is: detail is everywhere, motion in a few places."""
_LEAST_DETAIL, _LEAST_MOTION = 0.08, 0.15
"""Below them the grain of the sensor would be what draws the eye."""
_HARDLY_SEEN, _SHADOW = 0.4, 0.2
"""What moves with less detail than so much of the picture's busiest cells is a shadow or a smear, and counts less, so much at
least."""
_CENTER_SIGMA = 0.3
_BORDER, _AT_BORDER = 0.08, 0.25
"""So near to the border of the picture detail counts less, there only so much."""
_WHOLE_PICTURE = math.sqrt(1 / 6)
"""Distance from the middle, as a root mean square, of an even map."""
_MAPS: dict[str, Any] = {
    "pts": pl.Int64,
    "t_s": pl.Float64,
    "columns_n": pl.Int64,
    "rows_n": pl.Int64,
    "map": pl.Binary,
}
_REQUIRED: dict[str, Any] = {
    "pts": pl.Int64,
    "t_s": pl.Float64,
    **dict.fromkeys(("x_01", "y_01", "width_01", "height_01"), pl.Float64),
    "what": pl.String,
    "weight_01": pl.Float64,
}
_SAMPLES: dict[str, Any] = {"t_s": pl.Float64, **dict.fromkeys((c.name for c in COLUMNS), pl.Float64)}


def start(
    params: Params, facts: ClipFacts, tables: TablesByAnalyzer, models: Models
) -> Mapping[str, pl.DataFrame]:
    """`samples`, `maps` (uint8, row by row from the left upper corner; 255 where all that counts comes together) and
    `required` (what a crop should keep, the most important first)."""
    regions = Regions(params, tables)
    samples: list[tuple[float, ...]] = []
    maps: list[tuple[int, float, int, int, bytes]] = []
    required: list[tuple[Any, ...]] = []
    for pts, t_s, columns, rows, *grids in tables["detail"]["grids"].sort("pts").rows():
        here = regions.at(t_s)
        detail, motion, standout = (_grid(grid, rows, columns) for grid in grids)
        found = saliency(detail, motion, standout, here, params)
        maps.append((pts, t_s, columns, rows, np.rint(found * 255).astype(np.uint8).tobytes()))
        required += [(pts, t_s, *region.box, region.what, region.weight_01) for region in here]
        samples.append((t_s, *center_and_spread(found)))
    return {
        "samples": pl.DataFrame(samples, schema=_SAMPLES, orient="row"),
        "maps": pl.DataFrame(maps, schema=_MAPS, orient="row"),
        "required": pl.DataFrame(required, schema=_REQUIRED, orient="row"),
    }


def saliency(detail: Map, motion: Map, standout: Map, regions: Sequence[Region], params: Params) -> Map:
    """How much each cell draws the eye, 0..1. detail, motion, standout: 0..1, all of shape (rows, columns)."""
    parts = (
        (params.face_weight, _covered(regions, "face", detail.shape)),
        (params.person_weight, _covered(regions, "person", detail.shape)),
        (params.motion_weight, _seen(detail) * _relative(motion, _MOVING_CELLS_01, _LEAST_MOTION)),
        (params.detail_weight, _inside(*detail.shape) * _relative(detail, _BUSY_CELLS_01, _LEAST_DETAIL)),
        (params.standout_weight, _inside(*detail.shape) * standout),
        (params.center_weight, _middle(*detail.shape)),
    )
    return np.asarray(sum(weight * part for weight, part in parts) / params.total_weight)


def center_and_spread(found: Map) -> tuple[float, float, float]:
    """Centre of what stands out from the mean of a map, across and down, and how far it is scattered; all 0..1. A map
    without anything that stands out is the whole picture."""
    weight = np.maximum(found - found.mean(), 0)
    total = float(weight.sum())
    if total < 1e-9:
        return 0.5, 0.5, 1.0
    rows, columns = found.shape
    across, down = (np.arange(columns) + 0.5) / columns, (np.arange(rows) + 0.5) / rows
    x, y = float(weight.sum(axis=0) @ across) / total, float(weight.sum(axis=1) @ down) / total
    square = (weight.sum(axis=0) @ (across - x) ** 2 + weight.sum(axis=1) @ (down - y) ** 2) / total
    return x, y, min(1.0, math.sqrt(float(square)) / _WHOLE_PICTURE)


def _grid(data: bytes, rows: int, columns: int) -> Map:
    return np.frombuffer(data, np.uint8).reshape(rows, columns) / 255


def _covered(regions: Sequence[Region], what: str, shape: tuple[int, ...]) -> Map:
    """Share of each cell that the regions of a kind cover, the less important ones less; shape (rows, columns)."""
    found = np.zeros(shape)
    mine = [region for region in regions if region.what == what]
    most = max((region.weight_01 for region in mine), default=1.0) or 1.0
    for region in mine:
        left, top, width, height = region.box
        down, across = _overlap(top, height, shape[0]), _overlap(left, width, shape[1])
        found = np.maximum(found, region.weight_01 / most * np.outer(down, across))
    return found


def _overlap(begin: float, length: float, cells: int) -> Map:
    """Share of each of some cells side by side over 0..1 that [begin, begin + length) covers; shape (cells,)."""
    edges = np.arange(cells) / cells
    shared = np.minimum(edges + 1 / cells, begin + length) - np.maximum(edges, begin)
    return np.asarray(np.clip(shared * cells, 0, 1))


def _relative(values: Map, quantile_01: float, least: float) -> Map:
    return np.minimum(values / max(least, float(np.quantile(values, quantile_01))), 1)


def _seen(detail: Map) -> Map:
    """How much of what moves is to be seen, by the detail of a cell and its neighbours; 1 where it has enough."""
    padded = np.pad(detail, 1)
    near = np.lib.stride_tricks.sliding_window_view(padded, (3, 3)).max(axis=(2, 3))
    return np.asarray(np.clip(_relative(near, _BUSY_CELLS_01, _LEAST_DETAIL) / _HARDLY_SEEN, _SHADOW, 1))


@lru_cache(maxsize=16)
def _inside(rows: int, columns: int) -> Map:
    """1 away from the border of the picture, less at it; shape (rows, columns)."""
    across, down = ((np.arange(cells) + 0.5) / cells for cells in (columns, rows))
    near = np.minimum(np.minimum(across, 1 - across)[None, :], np.minimum(down, 1 - down)[:, None])
    return np.asarray(_AT_BORDER + (1 - _AT_BORDER) * np.minimum(near / _BORDER, 1))


@lru_cache(maxsize=16)
def _middle(rows: int, columns: int) -> Map:
    across = (np.arange(columns) + 0.5) / columns - 0.5
    down = (np.arange(rows) + 0.5) / rows - 0.5
    return np.exp(-(across[None, :] ** 2 + down[:, None] ** 2) / (2 * _CENTER_SIGMA**2))
